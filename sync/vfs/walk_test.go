package vfs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func tree() *memfs.FS {
	f := memfs.New()
	for _, name := range []string{"/t/b/two", "/t/b/deep/three", "/t/a", "/other"} {
		f.Put(name, "x", time.Unix(0, 0))
	}
	f.PutDir("/t/empty")
	f.PutDir("/kept")
	f.Put("/kept/file", "x", time.Unix(0, 0))
	f.PutLink("/t/link", "/kept")
	return f
}

// hostile lists a name that is no path beside the folder's own.
type hostile struct {
	vfs.FS
	dir  string
	name string
}

func (f hostile) List(ctx context.Context, dir vfs.Path) ([]vfs.Entry, error) {
	entries, err := f.FS.List(ctx, dir)
	if dir.String() == f.dir {
		entries = append(entries, vfs.Entry{Name: f.name, Type: vfs.TypeDir})
	}
	return entries, err
}

func TestWalkGoesThroughEverythingOnce(t *testing.T) {
	var got []string
	err := vfs.Walk(t.Context(), tree(), vfs.MustParse("/t"), func(p vfs.Path, e vfs.Entry, leaving bool) error {
		got = append(got, fmt.Sprint(p, " ", e.Type, " ", leaving))
		return nil
	}, nil)
	want := []string{
		"/t/b dir false", "/t/b/two file false", "/t/b/deep dir false", "/t/b/deep/three file false",
		"/t/b/deep dir true", "/t/b dir true", "/t/a file false", "/t/empty dir false", "/t/empty dir true", "/t/link link false",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("visited %q, want %q: %v", got, want, err)
	}
}

func TestWalkTellsOfBadNamesBeforeTheRestOfTheirFolder(t *testing.T) {
	for _, name := range []string{"..", ".", "", "a/b", "../x", "a\nb", "\x00"} {
		f := hostile{tree(), "/t/b", name}
		var told []string
		err := vfs.Walk(t.Context(), f, vfs.MustParse("/t"), func(p vfs.Path, _ vfs.Entry, _ bool) error {
			if p.Dir().String() == "/t/b" && len(told) == 0 {
				t.Errorf("%s is visited before %q is told of", p, name)
			}
			return nil
		}, func(dir vfs.Path, e vfs.Entry, err error) {
			told = append(told, dir.String()+" "+e.Name)
			if vfs.KindOf(err) != vfs.KindBadName {
				t.Errorf("refused with %v", err)
			}
		})
		if err != nil || !slices.Equal(told, []string{"/t/b " + name}) {
			t.Errorf("told of %q for %q: %v", told, name, err)
		}
	}
}

func TestWalkEnds(t *testing.T) {
	stop := errors.New("stop")
	for outcome, tc := range map[string]struct {
		f     func() vfs.FS
		visit vfs.Visit
		want  func(error) bool
	}{
		"with the visitor's error": {
			func() vfs.FS { return tree() },
			func(vfs.Path, vfs.Entry, bool) error { return stop },
			func(err error) bool { return errors.Is(err, stop) },
		},
		"with the visitor's error on leaving": {
			func() vfs.FS { return tree() },
			func(_ vfs.Path, _ vfs.Entry, leaving bool) error {
				if leaving {
					return stop
				}
				return nil
			},
			func(err error) bool { return errors.Is(err, stop) },
		},
		"with a listing that fails": {
			func() vfs.FS {
				f := tree()
				f.Fail(memfs.OpList, "/t/b/deep", 1, vfs.KindUnreadable)
				return f
			},
			func(vfs.Path, vfs.Entry, bool) error { return nil },
			func(err error) bool { return vfs.KindOf(err) == vfs.KindUnreadable },
		},
		"at a folder without bottom": {
			func() vfs.FS { return bottomless{memfs.New()} },
			func(vfs.Path, vfs.Entry, bool) error { return nil },
			func(err error) bool { return vfs.KindOf(err) == vfs.KindProtocol },
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			if err := vfs.Walk(t.Context(), tc.f(), vfs.MustParse("/t"), tc.visit, nil); !tc.want(err) {
				t.Fatalf("error %v", err)
			}
		})
	}
}

// bottomless answers every listing with one more folder.
type bottomless struct{ vfs.FS }

func (bottomless) List(context.Context, vfs.Path) ([]vfs.Entry, error) {
	return []vfs.Entry{{Name: "d", Type: vfs.TypeDir}}, nil
}

func TestRemoveAll(t *testing.T) {
	dir, file, link := vfs.Entry{Type: vfs.TypeDir}, vfs.Entry{Type: vfs.TypeFile}, vfs.Entry{Type: vfs.TypeLink, TargetType: vfs.TypeDir}
	for outcome, tc := range map[string]struct {
		path    string
		entry   vfs.Entry
		arrange func(f *memfs.FS) vfs.FS
		kind    vfs.Kind
		removed int
		files   []string // that are left
	}{
		"a tree with all in it": {"/t", dir, nil, 0, 8, []string{"/kept/file", "/other"}},
		"a file":                {"/t/a", file, nil, 0, 1, []string{"/kept/file", "/other", "/t/b/deep/three", "/t/b/two"}},
		"a link and not what is behind it": {
			"/t/link", link, nil, 0, 1,
			[]string{"/kept/file", "/other", "/t/a", "/t/b/deep/three", "/t/b/two"},
		},
		"an empty folder": {"/t/empty", dir, nil, 0, 1, []string{"/kept/file", "/other", "/t/a", "/t/b/deep/three", "/t/b/two"}},
		"it stops at an error": {
			"/t", dir,
			func(f *memfs.FS) vfs.FS { f.Fail(memfs.OpRemove, "/t/a", 1, vfs.KindPermission); return f },
			vfs.KindPermission, 4,
			[]string{"/kept/file", "/other", "/t/a"},
		},
		"it stops at an error of a folder": {
			"/t", dir,
			func(f *memfs.FS) vfs.FS { f.Fail(memfs.OpRemoveDir, "/t/b/deep", 1, vfs.KindPermission); return f },
			vfs.KindPermission, 2,
			[]string{"/kept/file", "/other", "/t/a"},
		},
		"a bad name keeps its whole folder": {
			"/t", dir,
			func(f *memfs.FS) vfs.FS { return hostile{f, "/t/b", "../x"} },
			vfs.KindBadName, 0,
			[]string{"/kept/file", "/other", "/t/a", "/t/b/deep/three", "/t/b/two"},
		},
		"a bad name in an empty folder keeps it": {
			"/t/empty", dir,
			func(f *memfs.FS) vfs.FS { return hostile{f, "/t/empty", "../x"} },
			vfs.KindBadName, 0,
			[]string{"/kept/file", "/other", "/t/a", "/t/b/deep/three", "/t/b/two"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			mem := tree()
			var f vfs.FS = mem
			if tc.arrange != nil {
				f = tc.arrange(mem)
			}
			removed := 0
			err := vfs.RemoveAll(t.Context(), f, vfs.MustParse(tc.path), tc.entry, func(vfs.Path) { removed++ })
			if (err != nil) != (tc.kind != 0) || err != nil && vfs.KindOf(err) != tc.kind || removed != tc.removed {
				t.Errorf("%d removed, error %v; want %d, %v", removed, err, tc.removed, tc.kind)
			}
			var left []string
			for name := range mem.Files() {
				left = append(left, name)
			}
			slices.Sort(left)
			if !slices.Equal(left, tc.files) {
				t.Errorf("left %q, want %q", left, tc.files)
			}
		})
	}
}
