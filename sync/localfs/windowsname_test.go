package localfs_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"wherry/sync/localfs"
	"wherry/sync/vfs"
)

func TestWindowsNames(t *testing.T) {
	for outcome, tc := range map[string]struct {
		why   string // "" for names that are kept
		names []string
	}{
		"kept": {"", []string{
			"a", "a.txt", " leading", ".hidden", "...x", "a..b", "console", "con-1", "com", "com10", "COMA", "lpt", "auxiliary.txt",
			"nul1", "Übergröße", "日本語", "a'b;c=d,e+f", "~", "%2e", "$Extend", "x con", "conout", "com¹²",
		}},
		"devices": {"device", []string{
			"CON", "con", "Nul", "AUX.txt", "aux.tar.gz", "prn", "COM1", "com1.txt", "com0", "LPT9.x", "COM¹", "lpt³.txt", "conin$", "CONOUT$.txt",
			"con .txt", "nul  .a", "COM1 .txt",
		}},
		"trailing dots and spaces": {"dot or a space", []string{"a.", "a ", "a. .", "CON.", "...", "a.txt "}},
		"separators":               {"slash", []string{`a\b`, `..\x`, `\\server\share`, "a/b", `end\`}},
		"drives and streams":       {"colon", []string{"C:", "C:x", "a:stream", "a.txt::$DATA", "12:30"}},
		"wildcards":                {"one of", []string{"*", "a?", `"a"`, "a<b", "a>b", "a|b"}},
		"control characters":       {"control", []string{"a\tb", "\x1bx", "a\x01", "a\r", "a\n", "\x00"}},
		"another folder":           {"another folder", []string{"", ".", ".."}},
		"not UTF-8":                {"UTF-8", []string{"latin \xe4", "\xff"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			for _, name := range tc.names {
				err := localfs.CheckWindowsName(name)
				switch {
				case tc.why == "" && err != nil:
					t.Errorf("%q is refused: %v", name, err)
				case tc.why != "" && (vfs.KindOf(err) != vfs.KindBadName || !strings.Contains(err.Error(), tc.why)):
					t.Errorf("%q: %v, want a refusal that says %q", name, err, tc.why)
				}
			}
		})
	}
}

// FuzzCheckWindowsName holds what is let through to what must never reach
// Windows, written down in another way.
func FuzzCheckWindowsName(f *testing.F) {
	for _, seed := range []string{"", "a", "..", `..\x`, "C:", "con", "con.txt", "com¹", "a.", "a ", "nul .x", "\xff", "a\x00", "aux.", "LPT1.tar.gz", "a:b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if err := localfs.CheckWindowsName(name); err != nil {
			if vfs.KindOf(err) != vfs.KindBadName {
				t.Fatalf("%q: %v is no bad name", name, err)
			}
			return
		}
		if !utf8.ValidString(name) || name == "" {
			t.Fatalf("%q is let through", name)
		}
		for _, r := range name {
			if r < 0x20 || strings.ContainsRune(`<>:"/\|?*`, r) {
				t.Fatalf("%q is let through with %q", name, r)
			}
		}
		if last := name[len(name)-1]; last == '.' || last == ' ' {
			t.Fatalf("%q is let through, and would be another name", name)
		}
		stem := strings.TrimRight(strings.SplitN(name, ".", 2)[0], " ")
		for _, device := range []string{
			"con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
			"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "com¹", "com²", "com³", "lpt¹", "lpt²", "lpt³",
			"conin$", "conout$",
		} {
			if strings.EqualFold(stem, device) {
				t.Fatalf("%q is let through, and is a device", name)
			}
		}
		if _, err := vfs.Root().Join(name); err != nil && len(name) < vfs.MaxPath {
			t.Fatalf("%q is let through, and is no path: %v", name, err)
		}
	})
}
