//go:build !windows

package localfs

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// always is a tree whose files always have a name, as those of many FUSE and network
// file systems.
type always struct{ tree }

func (t always) create(name string, flag int, perm fs.FileMode) (*os.File, error) {
	if unnamed != 0 && flag&unnamed == unnamed {
		return nil, unix.EOPNOTSUPP
	}
	return t.tree.create(name, flag, perm)
}

// TestAScratchThatHasANameForAMoment: what a kill has left of one goes with the next,
// what is somebody's stays, and no one gets another's file.
func TestAScratchThatHasANameForAMoment(t *testing.T) {
	if !transfer.IsPart(named) {
		t.Errorf("%q would be copied with its folder", named)
	}
	for outcome, tc := range map[string]struct {
		plant func(name string) error
		want  vfs.Kind // KindOther for success
		left  int
	}{
		"nothing is there":            {func(string) error { return nil }, vfs.KindOther, 0},
		"what a kill has left goes":   {func(name string) error { return os.WriteFile(name, nil, 0o600) }, vfs.KindOther, 0},
		"somebody's file stays":       {func(name string) error { return os.WriteFile(name, []byte("x"), 0o600) }, vfs.KindExists, 1},
		"somebody's folder stays":     {func(name string) error { return os.Mkdir(name, 0o700) }, vfs.KindExists, 1},
		"somebody's empty pipe stays": {func(name string) error { return unix.Mkfifo(name, 0o600) }, vfs.KindExists, 1},
		"somebody's link stays":       {func(name string) error { return os.Symlink("x", name) }, vfs.KindExists, 1},
		"there is no folder":          {func(name string) error { return os.Remove(filepath.Dir(name)) }, vfs.KindNotFound, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			f, dir, name := withNames(t)
			if err := tc.plant(filepath.Join(name, named)); err != nil {
				t.Fatal(err)
			}
			s, err := f.Scratch(t.Context(), dir, 0)
			if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) {
				t.Fatalf("%v, want %v", err, tc.want)
			}
			if err == nil {
				if info, err := s.(*scratch).file.Stat(); err != nil || info.Mode().Perm() != private {
					t.Errorf("mode %v, want %v: %v", info.Mode(), fs.FileMode(private), err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
			if left, _ := os.ReadDir(name); len(left) != tc.left {
				t.Errorf("the folder shows %v", left)
			}
		})
	}
}

// TestManyScratchesHaveANameAtATime: whoever removes whose name, each is a file of
// its own, and none is left.
func TestManyScratchesHaveANameAtATime(t *testing.T) {
	f, dir, name := withNames(t)
	var work sync.WaitGroup
	for i := range byte(8) {
		work.Go(func() {
			for range 50 {
				s, err := f.Scratch(t.Context(), dir, 0)
				if err != nil {
					t.Error(err)
					return
				}
				got := make([]byte, 2)
				_, writing := s.Write([]byte{i})
				if n, _ := s.ReadAt(got, 0); writing != nil || n != 1 || got[0] != i {
					t.Errorf("read %v, wrote %d: %v", got[:n], i, writing)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	if left, err := os.ReadDir(name); err != nil || len(left) != 0 {
		t.Errorf("the folder shows %v: %v", left, err)
	}
}

// TestOneFolderIsHeldAtATime: that of the first file below the top, and none once the
// tree is closed.
func TestOneFolderIsHeldAtATime(t *testing.T) {
	name := t.TempDir()
	for _, sub := range []string{"sub", "other"} {
		if err := os.Mkdir(filepath.Join(name, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	base, err := FromOS(name)
	if err != nil {
		t.Fatal(err)
	}
	made, err := whole{}.within(name, base)
	if err != nil {
		t.Fatal(err)
	}
	one := made.(*inside)
	for _, step := range []struct{ file, want string }{{"file", ""}, {"sub/file", "sub"}, {"other/file", "sub"}, {"file", "sub"}} {
		if one.hold(step.file); one.near.name != step.want {
			t.Errorf("after %s it holds %q, want %q", step.file, one.near.name, step.want)
		}
	}
	if err := one.near.close(); err != nil {
		t.Error(err)
	}
	if one.hold("other/file"); one.near.name != "" {
		t.Errorf("it holds %q once it is closed", one.near.name)
	}
	if err := one.close(); err != nil {
		t.Error(err)
	}
}

// TestAPartTakesNoPipesPlace: only a plain file is removed for it.
func TestAPartTakesNoPipesPlace(t *testing.T) {
	f, dir, name := withNames(t)
	if err := unix.Mkfifo(filepath.Join(name, "part"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := dir.Join("part")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.CreatePart(t.Context(), p, 0, nil); vfs.KindOf(err) != vfs.KindExists {
		t.Errorf("%v, want exists", err)
	}
	if info, err := os.Lstat(filepath.Join(name, "part")); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v: %v", info, err)
	}
}

// withNames is a file system of such a tree, and a folder by both its names.
func withNames(t *testing.T) (*FS, vfs.Path, string) {
	t.Helper()
	name := t.TempDir()
	dir, err := FromOS(name)
	if err != nil {
		t.Fatal(err)
	}
	f := newFS(always{whole{}}, vfs.Root(), new(owners), nil)
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, dir, name
}
