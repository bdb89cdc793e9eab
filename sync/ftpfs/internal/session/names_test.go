package session

import (
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

func TestNames(t *testing.T) {
	for outcome, tc := range map[string]struct {
		label, raw, name string
	}{
		"UTF-8 is the name":              {"", "Ü", "Ü"},
		"other bytes stay what they are": {"", "a\xe4b", "a\xe4b"},
		"Latin-1":                        {"latin1", "a\xe4b", "aäb"},
		"Shift-JIS":                      {"shift_jis", "\x93\xfa\x96\x7b", "日本"},
		"KOI8-R":                         {"koi8-r", "\xd7", "в"},
		"UTF-8 by name":                  {"utf-8", "Ü", "Ü"},
		"what the encoding lacks":        {"shift_jis", "a\xff", "a\xff"},
	} {
		t.Run(outcome, func(t *testing.T) {
			n, err := newNames(tc.label)
			if err != nil {
				t.Fatal(err)
			}
			name := n.decode(tc.raw)
			if name != tc.name {
				t.Fatalf("%q is read as %q", tc.raw, name)
			}
			p, err := vfs.Root().Join(name)
			if err != nil {
				t.Fatal(err)
			}
			back, err := n.encode(p)
			if err != nil || back != "/"+tc.raw {
				t.Fatalf("%q goes back as %q, %v", tc.raw, back, err)
			}
		})
	}
}

func TestNameThatTheEncodingLacks(t *testing.T) {
	n, err := newNames("latin1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.encode(vfs.MustParse("/日本")); vfs.KindOf(err) != vfs.KindBadName {
		t.Errorf("%v", err)
	}
}

// FuzzNames: a name of a listing goes back as the bytes it came as, or is
// refused; and it is never another path.
func FuzzNames(f *testing.F) {
	for _, label := range []string{"", "latin1", "shift_jis", "gbk", "big5", "euc-kr", "koi8-r", "iso-2022-jp"} {
		for _, raw := range []string{"a", "a\xe4b", "\x93\xfa", "\x81\x5c", "\x1b$B", "\xff\xfe"} {
			f.Add(label, raw)
		}
	}
	f.Fuzz(func(t *testing.T, label, raw string) {
		n, err := newNames(label)
		if err != nil {
			return
		}
		p, err := vfs.Root().Join(n.decode(raw))
		if err != nil {
			return
		}
		back, err := n.encode(p)
		if err == nil && back != "/"+raw {
			t.Errorf("%s: %q was shown as %q and goes back as %q", label, raw, p, back)
		}
		if err == nil && strings.ContainsAny(back[1:], "/\x00\r\n") {
			t.Errorf("%q", back)
		}
	})
}

// TestEncodedSite: a site in another encoding, listed and written to.
func TestEncodedSite(t *testing.T) {
	r := script(t, ftptest.Plan{Files: map[string]string{"/\xe4": "umlaut"}})
	r.conf.Site.Encoding = "windows-1252"
	s := r.open()
	got, err := read(t.Context(), s, "/ä")
	r.must(err)
	if got != "umlaut" {
		t.Errorf("read %q", got)
	}
	r.must(write(t.Context(), s, "/ö", "new"))
	if _, ok := r.Get("/\xf6"); !ok {
		t.Errorf("the server has %q", r.Names("/"))
	}
	if r.Count("OPTS") > 0 {
		t.Error("UTF-8 was turned on")
	}
}

func TestFactsCommand(t *testing.T) {
	for offered, want := range map[string]string{
		"type*;size*;modify*;UNIX.mode*;":        "",
		"type*;perm*;size*;unique*;unix.mode;":   "OPTS MLST type;perm;size;unix.mode;",
		"type*;size*;modify*;unique;create;":     "",
		"":                                       "",
		"Type;Size;Modify;UNIX.ownername;X.odd;": "OPTS MLST Type;Size;Modify;UNIX.ownername;",
	} {
		if got := factsCommand(offered); got != want {
			t.Errorf("%q: %q", offered, got)
		}
	}
}

func TestKindOf(t *testing.T) {
	for outcome, tc := range map[string]struct {
		code int
		text string
		want vfs.Kind
	}{
		"idle too long":            {421, "Timeout.", vfs.KindLost},
		"no room":                  {421, "Too many users", vfs.KindBusy},
		"no room at login":         {530, "Sorry, too many connections", vfs.KindBusy},
		"not logged in":            {530, "Please login with USER and PASS.", vfs.KindLogin},
		"quota by words":           {550, "Disk quota exceeded", vfs.KindNoSpace},
		"quota by code":            {552, "No.", vfs.KindNoSpace},
		"IIS: missing":             {550, "The system cannot find the file specified.", vfs.KindNotFound},
		"FileZilla: missing":       {550, "File not found", vfs.KindNotFound},
		"ProFTPD: missing at 450":  {450, "/x: No such file or directory", vfs.KindNotFound},
		"not clear":                {550, "Failed to open file.", vfs.KindOther},
		"try later":                {451, "Local error", vfs.KindBusy},
		"session not reused":       {522, "SSL connection failed", vfs.KindTLS},
		"unknown command":          {500, "What?", vfs.KindUnsupported},
		"words of another command": {500, "No such file of a command", vfs.KindUnsupported},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := kindOf(tc.code, tc.text); got != tc.want {
				t.Errorf("%v", got)
			}
		})
	}
}
