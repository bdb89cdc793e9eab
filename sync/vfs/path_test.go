package vfs_test

import (
	"slices"
	"strings"
	"testing"

	"wherry/sync/vfs"
)

func TestParse(t *testing.T) {
	long := strings.Repeat("/123456789", vfs.MaxPath/10)
	for outcome, tc := range map[string]struct{ name, want string }{
		"the top":                         {"/", "/"},
		"many slashes are the top":        {"////", "/"},
		"a plain path":                    {"/a/b", "/a/b"},
		"repeated slashes are one":        {"//a///b//", "/a/b"},
		"dots that mean here are dropped": {"/./a/././b/.", "/a/b"},
		"names of dots are names":         {"/.../..a/a..", "/.../..a/a.."},
		"spaces stay":                     {"/ a / b ", "/ a / b "},
		"bytes that are not UTF-8 stay":   {"/\xff\xfe", "/\xff\xfe"},
		"a backslash is a letter":         {`/a\b`, `/a\b`},
		"the longest path":                {long, long},
		"one byte more is refused":        {long + "/1234567", ""},
		"nothing is refused":              {"", ""},
		"a relative name is refused":      {"a/b", ""},
		"a step up is refused":            {"/a/../b", ""},
		"a last step up is refused":       {"/a/..", ""},
		"a NUL is refused":                {"/a\x00b", ""},
		"a line end is refused":           {"/a\nb", ""},
		"a carriage return is refused":    {"/a\rb", ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			p, err := vfs.Parse(tc.name)
			if tc.want == "" {
				if vfs.KindOf(err) != vfs.KindBadName || !p.IsRoot() {
					t.Fatalf("%s, %v; want bad_name", p, err)
				}
				return
			}
			if err != nil || p.String() != tc.want {
				t.Fatalf("%s, %v; want %s", p, err, tc.want)
			}
		})
	}
}

func TestPathParts(t *testing.T) {
	for outcome, tc := range map[string]struct {
		name, base, dir string
		elems           []string
	}{
		"the top":     {"/", "", "/", nil},
		"one element": {"/a", "a", "/", []string{"a"}},
		"several":     {"/a/b/c", "c", "/a/b", []string{"a", "b", "c"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := vfs.MustParse(tc.name)
			if p.Base() != tc.base || p.Dir().String() != tc.dir || !slices.Equal(p.Elems(), tc.elems) || p.IsRoot() != (tc.base == "") {
				t.Fatalf("base %q, folder %s, elements %q", p.Base(), p.Dir(), p.Elems())
			}
		})
	}
	if vfs.Root() != vfs.MustParse("/") || vfs.Root() != (vfs.Path{}) {
		t.Error("there is more than one top")
	}
}

func TestHolds(t *testing.T) {
	for outcome, tc := range map[string]struct {
		p, q string
		want bool
	}{
		"itself":                  {"/a", "/a", true},
		"below":                   {"/a", "/a/b/c", true},
		"the top holds all":       {"/", "/a", true},
		"not what is above":       {"/a/b", "/a", false},
		"not a longer name":       {"/a", "/ab", false},
		"the top holds itself":    {"/", "/", true},
		"a folder not the top":    {"/a", "/", false},
		"nor its sister's inside": {"/a", "/b/a", false},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := vfs.MustParse(tc.p).Holds(vfs.MustParse(tc.q)); got != tc.want {
				t.Fatalf("%v, want %v", got, tc.want)
			}
		})
	}
}

func TestMustParsePanicsOnABadName(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Fatal("no panic")
		}
	}()
	vfs.MustParse("relative")
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"/", "/a/b", "//a/./b/", "/a/../b", "a", "", "/\x00", "/\r\n", "/\xff", "/" + strings.Repeat("x", vfs.MaxPath)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		p, err := vfs.Parse(name)
		if err != nil {
			if vfs.KindOf(err) != vfs.KindBadName {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		checkSound(t, p)
		if again, err := vfs.Parse(p.String()); err != nil || again != p {
			t.Fatalf("%q parses as %q and that as %q: %v", name, p, again, err)
		}
	})
}

func FuzzJoin(f *testing.F) {
	for _, seed := range []string{"a", "", ".", "..", "a/b", "/", "\x00", "a\n", "\r", "...", "\xff", `..\x`, strings.Repeat("x", vfs.MaxPath)} {
		f.Add("/some/dir", seed)
	}
	f.Fuzz(func(t *testing.T, dir, elem string) {
		d, err := vfs.Parse(dir)
		if err != nil {
			return
		}
		p, err := d.Join(elem)
		if err != nil {
			if vfs.KindOf(err) != vfs.KindBadName {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		checkSound(t, p)
		if p.Dir() != d || p.Base() != elem || !d.Holds(p) || p.Holds(d) {
			t.Fatalf("%q joined to %q is %q", elem, d, p)
		}
	})
}

// checkSound is the promise that lets a Path go into a command line and below
// a root unchecked.
func checkSound(t *testing.T, p vfs.Path) {
	t.Helper()
	s := p.String()
	if !strings.HasPrefix(s, "/") || len(s) > vfs.MaxPath || strings.ContainsAny(s, "\x00\r\n") || s != "/" && strings.HasSuffix(s, "/") {
		t.Fatalf("%q is no sound path", s)
	}
	for _, elem := range p.Elems() {
		if elem == "" || elem == "." || elem == ".." || strings.Contains(elem, "/") {
			t.Fatalf("%q holds the element %q", s, elem)
		}
	}
}
