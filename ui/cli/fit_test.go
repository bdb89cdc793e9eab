package cli

import (
	"testing"
	"unicode/utf8"
)

func TestALongNameKeepsBothEndsInItsColumns(t *testing.T) {
	for outcome, tc := range map[string]struct {
		name    string
		columns int
		want    string
	}{
		"what fits stays":           {"a.txt", 5, "a.txt"},
		"the middle goes":           {"a long name of a file.bin", 15, "a long na…e.bin"},
		"wide letters take two":     {"日本語の長い名前.png", 13, "日本語の….png"},
		"half a wide letter is not": {"日本語の長い名前.png", 12, "日本語….png"},
		"marks take nothing":        {"e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"},
		"no room at all":            {"abc", 1, "…"},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := shorten(tc.name, tc.columns); got != tc.want {
				t.Errorf("got %q in %d columns, want %q", got, cells(got), tc.want)
			}
		})
	}
}

func FuzzShorten(f *testing.F) {
	for _, seed := range []string{"a.txt", "日本語の長い名前.png", "e\u0301", "👩‍👧", ""} {
		f.Add(seed, 7)
	}
	f.Fuzz(func(t *testing.T, name string, columns int) {
		if columns < 1 || columns > 200 || !utf8.ValidString(name) {
			return
		}
		if got := shorten(name, columns); cells(got) > columns {
			t.Errorf("%q takes %d of %d columns", got, cells(got), columns)
		}
	})
}
