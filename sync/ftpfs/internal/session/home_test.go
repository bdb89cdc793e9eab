package session

import (
	"strings"
	"testing"
)

func TestParsePWD(t *testing.T) {
	for outcome, tc := range map[string]struct {
		text, dir string
		ok        bool
	}{
		"usual":            {`"/home/me" is the current directory`, "/home/me", true},
		"quotes doubled":   {`"/a ""b"" c" is`, `/a "b" c`, true},
		"quoted words too": {`"/a" is "here"`, "/a", true},
		"unclosed":         {`"/unclosed`, "", false},
		"one quote":        {`"`, "", false},
		"relative":         {`"home"`, "home", false},
		"empty":            {`""`, "", false},
		"none":             {`/a`, "", false},
	} {
		t.Run(outcome, func(t *testing.T) {
			if dir, ok := parsePWD(tc.text); ok != tc.ok || ok && dir != tc.dir {
				t.Errorf("%q %v", dir, ok)
			}
		})
	}
}

func FuzzParsePWD(f *testing.F) {
	for _, seed := range []string{`"/a"`, `"/unclosed`, `"`, `""`, `"/a""b"`, `"/a"""`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		dir, ok := parsePWD(text)
		if ok && !strings.HasPrefix(dir, "/") {
			t.Errorf("%q", dir)
		}
		// What a server quotes comes back.
		if back, ok := parsePWD(`"/` + strings.ReplaceAll(text, `"`, `""`) + `"`); !ok || back != "/"+text {
			t.Errorf("%q became %q", text, back)
		}
	})
}
