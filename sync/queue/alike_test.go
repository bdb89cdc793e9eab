package queue

import (
	"testing"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

func TestAlikeNames(t *testing.T) {
	for outcome, tc := range map[string]struct {
		a, b string
		same bool
	}{
		"case does not count":                  {"/In/README.txt", "/in/readme.TXT", true},
		"nor does it beyond ASCII":             {"/Ärger", "/ärger", true},
		"nor does the form":                    {"/a\u0308", "/ä", true},
		"a sign that folds into ASCII is that": {"/\u212A", "/k", true},
		"a sharp s is two":                     {"/straße", "/STRASSE", true},
		"other names stay apart":               {"/a[", "/a{", false},
	} {
		t.Run(outcome, func(t *testing.T) {
			if a, b := alikeName(tc.a), alikeName(tc.b); a == b != tc.same {
				t.Errorf("%q and %q are %q and %q", tc.a, tc.b, a, b)
			}
		})
	}
	for c := range rune(0x80) {
		if name := string(c); alikeName(name) != cases.Fold().String(norm.NFC.String(name)) {
			t.Errorf("%q is %q by the short way", name, alikeName(name))
		}
	}
}
