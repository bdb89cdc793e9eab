package localfs_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"wherry/sync/localfs"
	"wherry/sync/vfs"
	"wherry/sync/vfs/vfstest"
)

func TestConformance(t *testing.T) {
	opt := vfstest.Options{
		Link: func(t *testing.T, target string, at vfs.Path) {
			if err := os.Symlink(target, localfs.ToOS(at)); err != nil {
				t.Fatal(err)
			}
		},
	}
	if runtime.GOOS == "windows" {
		opt = vfstest.Options{NoModes: true, Refuses: func(name string) bool { return localfs.CheckWindowsName(name) != nil }}
	}
	vfstest.Run(t, func(t *testing.T) (vfs.FS, vfs.Path) {
		return localfs.New(), pathOf(t, t.TempDir())
	}, opt)
}

func pathOf(t *testing.T, name string) vfs.Path {
	t.Helper()
	p, err := localfs.FromOS(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// place returns a file system and an empty folder, by both its names.
func place(t *testing.T) (*localfs.FS, vfs.Path, string) {
	t.Helper()
	f, name := localfs.New(), t.TempDir()
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, pathOf(t, name), name
}

func join(t *testing.T, p vfs.Path, elem string) vfs.Path {
	t.Helper()
	q, err := p.Join(elem)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func plant(t *testing.T, dir, name, content string) string {
	t.Helper()
	full := filepath.Join(dir, name)
	if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return full
}

func TestNamesOfTheSystemComeBackTheSame(t *testing.T) {
	if runtime.GOOS == "windows" {
		for name, want := range map[string]string{`C:\Users\a b`: "/C:/Users/a b", `D:\`: "/D:"} {
			if p := pathOf(t, name); p.String() != want || localfs.ToOS(p) != name {
				t.Errorf("%q became %s and %q", name, p, localfs.ToOS(p))
			}
		}
		return
	}
	for name, want := range map[string]string{
		"/": "/", "/a//b/./c/": "/a/b/c", "/a/../b": "/b", "/latin \xe4": "/latin \xe4", `/back\slash`: `/back\slash`,
	} {
		if p := pathOf(t, name); p.String() != want {
			t.Errorf("%q became %s, want %s", name, p, want)
		}
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if p := pathOf(t, "x/y"); localfs.ToOS(p) != filepath.Join(here, "x", "y") {
		t.Errorf("a relative name became %s", p)
	}
	if _, err := localfs.FromOS("/a\nb"); vfs.KindOf(err) != vfs.KindBadName {
		t.Errorf("a line end in a name: %v, want bad_name", err)
	}
}

func TestHomeIsTheRootWhereThereIsNone(t *testing.T) {
	f, _, dir := place(t)
	for outcome, tc := range map[string]struct{ env, want string }{
		"a folder":         {dir, pathOf(t, dir).String()},
		"a missing folder": {filepath.Join(dir, "missing"), "/"},
		"a file":           {plant(t, dir, "file", ""), "/"},
		"nothing said":     {"", "/"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Setenv("HOME", tc.env)
			t.Setenv("USERPROFILE", tc.env)
			features, err := f.Features(t.Context())
			if err != nil || features.Home.String() != tc.want {
				t.Fatalf("home %s, want %s: %v", features.Home, tc.want, err)
			}
		})
	}
}
