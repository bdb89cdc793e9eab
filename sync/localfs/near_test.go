//go:build !windows

package localfs_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wherry/sync/vfs"
)

// TestAFileWhoseFolderIsNotInItsPlaceTakesNoName: a part holds the folder of its
// file open, and what is renamed there must be found by its path.
func TestAFileWhoseFolderIsNotInItsPlaceTakesNoName(t *testing.T) {
	for outcome, tc := range map[string]struct {
		happen func(sub string) error
		want   vfs.Kind // KindOther for success
	}{
		"nothing happened":         {func(string) error { return nil }, vfs.KindOther},
		"it was moved within":      {func(sub string) error { return os.Rename(sub, sub+"2") }, vfs.KindChanged},
		"it was moved outside":     {func(sub string) error { return os.Rename(sub, filepath.Join(sub, "../../out/sub")) }, vfs.KindChanged},
		"another stands there now": {func(sub string) error { return errors.Join(os.Rename(sub, sub+"2"), os.Mkdir(sub, 0o700)) }, vfs.KindChanged},
		"it was moved and came back": {func(sub string) error {
			return errors.Join(os.Rename(sub, sub+"2"), os.Rename(sub+"2", sub))
		}, vfs.KindOther},
		"a link within leads to it": {func(sub string) error { return errors.Join(os.Rename(sub, sub+"2"), os.Symlink("sub2", sub)) }, vfs.KindOther},
		"a link leads outside":      {func(sub string) error { return errors.Join(os.Rename(sub, sub+"2"), os.Symlink("../out", sub)) }, vfs.KindChanged},
	} {
		for _, replace := range []bool{false, true} {
			f, dir, name := held(t)
			sub := filepath.Join(name, "in", "sub")
			if err := os.Mkdir(sub, 0o700); err != nil {
				t.Fatal(err)
			}
			at := func(elem string) vfs.Path { return join(t, join(t, dir, "sub"), elem) }
			w, err := f.Create(t.Context(), at("part"), 0)
			if err == nil {
				err = w.Commit()
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := tc.happen(sub); err != nil {
				t.Fatal(err)
			}
			err = f.Rename(t.Context(), at("part"), at("file"), replace)
			if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) {
				t.Errorf("%s: error %v, want %v", outcome, err, tc.want)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestALinkInAFilesFolderLeadsToItsSiblings(t *testing.T) {
	f, dir, name := held(t)
	for _, sub := range []string{"sub", "beside"} {
		if err := os.Mkdir(filepath.Join(name, "in", sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	plant(t, filepath.Join(name, "in", "beside"), "file", "x")
	plant(t, filepath.Join(name, "out"), "file", "x")
	for link, target := range map[string]string{"inside": "../beside/file", "outside": "../../out/file"} {
		if err := os.Symlink(target, filepath.Join(name, "in", "sub", link)); err != nil {
			t.Fatal(err)
		}
	}
	at := func(elem string) vfs.Path { return join(t, join(t, dir, "sub"), elem) }
	if _, err := f.Stat(t.Context(), at("inside")); err != nil { // from here on the folder is held
		t.Fatal(err)
	}
	then := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	if err := errors.Join(f.SetTime(t.Context(), at("inside"), then), f.SetMode(t.Context(), at("inside"), 0o640)); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(name, "in", "beside", "file")); err != nil || !info.ModTime().Equal(then) || info.Mode().Perm() != 0o640 {
		t.Errorf("the file is %v: %v", info, err)
	}
	for _, err := range []error{f.SetTime(t.Context(), at("outside"), then), f.SetMode(t.Context(), at("outside"), 0o640)} {
		if vfs.KindOf(err) != vfs.KindOutside {
			t.Errorf("a link that leads outside: %v", err)
		}
	}
}

// TestAFileIsRenamedOutOfItsFolder: into another one than that which is held open.
func TestAFileIsRenamedOutOfItsFolder(t *testing.T) {
	for _, replace := range []bool{false, true} {
		f, dir, name := held(t)
		sub := filepath.Join(name, "in", "sub")
		if err := os.Mkdir(sub, 0o700); err != nil {
			t.Fatal(err)
		}
		plant(t, sub, "file", "x")
		from := join(t, join(t, dir, "sub"), "file")
		if _, err := f.Stat(t.Context(), from); err != nil { // from here on the folder is held
			t.Fatal(err)
		}
		if err := f.Rename(t.Context(), from, join(t, dir, "file"), replace); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(name, "in", "file")); err != nil {
			t.Errorf("replace %v: %v", replace, err)
		}
	}
}

func TestAClosedPartHoldsNoFolder(t *testing.T) {
	entries := func() int {
		open, err := os.ReadDir("/dev/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(open)
	}
	f, dir, name := held(t)
	plant(t, filepath.Join(name, "in"), "x", "x")
	if err := os.Mkdir(filepath.Join(name, "in", "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	before := entries()
	if _, err := f.Stat(t.Context(), join(t, join(t, dir, "sub"), "none")); vfs.KindOf(err) != vfs.KindNotFound {
		t.Fatal(err)
	}
	if entries() <= before {
		t.Error("the folder is not held open, and this test sees nothing")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if after := entries(); after >= before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}

// TestAFolderThatIsMovedAwayKeepsWhatIsInIt: a folder that is being deleted and
// that somebody takes out of the way is not followed to where it went.
func TestAFolderThatIsMovedAwayKeepsWhatIsInIt(t *testing.T) {
	for outcome, remove := range map[string]func(vfs.FS, vfs.Path) error{
		"a file":   func(f vfs.FS, dir vfs.Path) error { return f.Remove(t.Context(), join(t, dir, "file")) },
		"a folder": func(f vfs.FS, dir vfs.Path) error { return f.RemoveDir(t.Context(), join(t, dir, "folder")) },
	} {
		f, dir, name := held(t)
		sub := filepath.Join(name, "in", "sub")
		if err := os.MkdirAll(filepath.Join(sub, "folder"), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{"first", "file"} {
			plant(t, sub, file, "x")
		}
		if err := f.Remove(t.Context(), join(t, join(t, dir, "sub"), "first")); err != nil {
			t.Fatal(err)
		}
		moved := filepath.Join(name, "out", "sub")
		if err := os.Rename(sub, moved); err != nil {
			t.Fatal(err)
		}
		if err := remove(f, join(t, dir, "sub")); err == nil {
			t.Errorf("%s: no error", outcome)
		}
		if left, err := os.ReadDir(moved); err != nil || len(left) != 2 {
			t.Errorf("%s: of two %d are left: %v", outcome, len(left), err)
		}
	}
}
