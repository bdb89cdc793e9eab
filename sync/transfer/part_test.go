package transfer

import (
	"strings"
	"testing"
	"unicode/utf8"

	"wherry/sync/vfs"
)

func TestPartNameStaysBesideItsFile(t *testing.T) {
	long := strings.Repeat("ä", 127)
	for outcome, tc := range map[string]struct{ name, want string }{
		"a plain name":  {"/a/b.txt", "/a/b.txt" + Suffix},
		"at the top":    {"/b", "/b" + Suffix},
		"a part's part": {"/b" + Suffix, "/b" + Suffix + Suffix},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got, err := PartName(vfs.MustParse(tc.name)); err != nil || got.String() != tc.want {
				t.Fatalf("%s, want %s: %v", got, tc.want, err)
			}
		})
	}
	a, errA := PartName(vfs.MustParse("/" + long + "1"))
	b, errB := PartName(vfs.MustParse("/" + long + "2"))
	if errA != nil || errB != nil || a == b || len(a.Base()) > 255 || !utf8.ValidString(a.Base()) {
		t.Errorf("long names became %q and %q: %v, %v", a, b, errA, errB)
	}
	if _, err := PartName(vfs.Root()); vfs.KindOf(err) != vfs.KindBadName {
		t.Errorf("the top has a part: %v", err)
	}
}

func FuzzPartName(f *testing.F) {
	for _, seed := range []string{"a", "a.txt", strings.Repeat("x", 255), strings.Repeat("ä", 300), "\xff\xfe", strings.Repeat("\x80", 400), Suffix} {
		f.Add(seed, seed+"b")
	}
	dir := vfs.MustParse("/some/folder")
	f.Fuzz(func(t *testing.T, a, b string) {
		p, errA := dir.Join(a)
		q, errB := dir.Join(b)
		if errA != nil || errB != nil {
			return
		}
		partP, errA := PartName(p)
		partQ, errB := PartName(q)
		if errA != nil || errB != nil {
			t.Fatalf("no part name: %v, %v", errA, errB)
		}
		switch {
		case partP.Dir() != dir, !strings.HasSuffix(partP.Base(), Suffix), len(partP.Base()) > 255:
			t.Fatalf("%q has the part %q", a, partP)
		case p != q && partP == partQ:
			t.Fatalf("%q and %q share the part %q", a, b, partP)
		case utf8.ValidString(a) && !utf8.ValidString(partP.Base()):
			t.Fatalf("%q is cut inside a character: %q", a, partP)
		}
	})
}

func TestNumberedKeepsTheEnding(t *testing.T) {
	long := strings.Repeat("n", 255)
	for outcome, tc := range map[string]struct{ base, want string }{
		"an ending":        {"photo.jpg", "photo (2).jpg"},
		"none":             {"README", "README (2)"},
		"two endings":      {"a.tar.gz", "a (2).tar.gz"},
		"a hidden file":    {".profile", ".profile (2)"},
		"only tar":         {".tar.gz", ".tar (2).gz"},
		"a name too long":  {long, long[:251] + " (2)"},
		"long with ending": {long[:251] + ".txt", long[:247] + " (2).txt"},
		"all ending":       {"a." + long[:253], "a." + long[:249] + " (2)"},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := numbered(tc.base, 2); got != tc.want {
				t.Fatalf("%q, want %q", got, tc.want)
			}
		})
	}
}
