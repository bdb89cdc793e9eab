package localfs

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"wherry/sync/vfs"
)

// folding is a folder that takes names for one whatever their case.
type folding struct {
	tree
	dir string
}

func (f folding) lstat(name string) (fs.FileInfo, error) {
	for _, n := range []string{name, otherCase(name)} {
		if info, err := os.Lstat(filepath.Join(f.dir, n)); err == nil {
			return info, nil
		}
	}
	return nil, fs.ErrNotExist
}

func TestNamesTellWhetherCaseFolds(t *testing.T) {
	for outcome, tc := range map[string]struct {
		names           []string
		folds           bool // the folder
		caseless, known bool
	}{
		"found by its other case":            {[]string{"Name"}, true, true, true},
		"not found by its other case":        {[]string{"Name"}, false, false, true},
		"both stand there":                   {[]string{"Name", "nAME"}, false, false, true},
		"nothing stands there":               {nil, true, false, false},
		"no letters":                         {[]string{"1", "2.3", "_"}, true, false, false},
		"letters beyond ASCII":               {[]string{"äÖ"}, true, true, true},
		"bytes that are not UTF-8":           {[]string{"a\xff"}, true, false, false},
		"only letters that turn no way back": {[]string{"ß", "ſ"}, true, false, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range tc.names {
				if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			base, err := FromOS(dir)
			if err != nil {
				t.Fatal(err)
			}
			reached, err := whole{}.within(dir, base)
			if err != nil {
				t.Fatal(err)
			}
			defer reached.close()
			if tc.folds {
				reached = folding{reached, dir}
			}
			folder, err := reached.open(".")
			if err != nil {
				t.Fatal(err)
			}
			defer folder.Close()
			f := newFS(reached, base, new(owners), New())
			caseless, known := f.tryNames(folder, ".")
			if caseless != tc.caseless || known != tc.known {
				t.Errorf("folds case: %v, known: %v; want %v, %v", caseless, known, tc.caseless, tc.known)
			}
		})
	}
}

// TestNamesAreAskedForInTheirOwnFolder, and not in the one that the program was
// started from.
func TestNamesAreAskedForInTheirOwnFolder(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "Name"), "file")
	folder, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	t.Chdir(t.TempDir())
	f := newFS(whole{}, vfs.Root(), new(owners), New())
	if _, known := f.tryNames(folder, dir); !known {
		t.Error("the file was not found")
	}
}

// asked counts the questions about names.
type asked struct {
	tree
	n *int
}

func (a asked) lstat(name string) (fs.FileInfo, error) {
	*a.n++
	return a.tree.lstat(name)
}

func TestPartsOfOneFolderTryItsNamesOnce(t *testing.T) {
	one, other := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, other} {
		put(t, filepath.Join(dir, "Name"), "file")
	}
	synctest.Test(t, func(t *testing.T) {
		above, n := New(), 0
		try := func(dir string, want int) {
			t.Helper()
			base, err := FromOS(dir)
			if err != nil {
				t.Fatal(err)
			}
			reached, err := whole{}.within(dir, base)
			if err != nil {
				t.Fatal(err)
			}
			defer reached.close()
			n = 0
			f := newFS(asked{reached, &n}, base, new(owners), above)
			if caseless, _ := f.folds(); caseless || n != want {
				t.Errorf("folds case: %v after %d questions, want %d", caseless, n, want)
			}
		}
		try(one, 2)
		try(one, 0)
		try(other, 2)
		try(one, 2)
		<-time.After(triedFor)
		try(one, 2)
	})
}

func TestRenamingWithoutReplacingWhereTheSystemHasNoWordForIt(t *testing.T) {
	for outcome, tc := range map[string]struct {
		from, taken string
		want        error
	}{
		"a free name":        {"file", "", nil},
		"a taken name":       {"file", "file", fs.ErrExist},
		"a folder":           {"folder", "", nil},
		"a folder on a file": {"folder", "file", fs.ErrExist},
		"a missing file":     {"", "", fs.ErrNotExist},
	} {
		t.Run(outcome, func(t *testing.T) {
			dir := t.TempDir()
			put(t, filepath.Join(dir, "old"), tc.from)
			put(t, filepath.Join(dir, "new"), tc.taken)
			base, err := FromOS(dir)
			if err != nil {
				t.Fatal(err)
			}
			held, err := whole{}.within(dir, base)
			if err != nil {
				t.Fatal(err)
			}
			defer held.close()
			if err := renameLooking(held, "old", "new"); kindOf(err) != kindOf(tc.want) {
				t.Fatalf("%v, want %v", err, tc.want)
			}
			_, err = held.lstat("old")
			if gone := err != nil; gone != (tc.want == nil || tc.from == "") {
				t.Errorf("the old name is gone: %v", gone)
			}
		})
	}
}

func put(t *testing.T, name, what string) {
	t.Helper()
	var err error
	switch what {
	case "file":
		err = os.WriteFile(name, nil, 0o600)
	case "folder":
		err = os.Mkdir(name, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPartLeavesTheWholeWhenItIsClosed(t *testing.T) {
	whole := New()
	dir, err := FromOS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		part, err := whole.Confine(dir)
		if err != nil {
			t.Fatal(err)
		}
		inner, err := part.(vfs.Confiner).Confine(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := part.Close(); err != nil {
			t.Fatal(err)
		}
		if err := inner.SetTime(t.Context(), dir, time.Unix(0, 0)); vfs.KindOf(err) != vfs.KindCancelled {
			t.Errorf("a part of a closed part: %v, want cancelled", err)
		}
	}
	if len(whole.parts) != 0 {
		t.Errorf("%d parts are remembered", len(whole.parts))
	}
}
