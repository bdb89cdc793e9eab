package localfs

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"wherry/sync/vfs"
)

// TestAPartThatCannotBeKeptFromOthers is only gone on with where they may do no more
// to it than to the file that it will be. A file opened by O_PATH is one that takes
// no permissions.
func TestAPartThatCannotBeKeptFromOthers(t *testing.T) {
	for outcome, tc := range map[string]struct {
		part, mode fs.FileMode
		want       vfs.Kind // KindOther for success
	}{
		"its owner's is":                   {0o700, 0o600, vfs.KindOther},
		"one as open as the file is":       {0o755, 0o755, vfs.KindOther},
		"one that more may read is not":    {0o644, 0o600, vfs.KindChanged},
		"one that more may write is not":   {0o666, 0o644, vfs.KindChanged},
		"one that another group may read":  {0o640, 0o604, vfs.KindChanged},
		"one that fewer may read than all": {0o640, 0o644, vfs.KindOther},
	} {
		t.Run(outcome, func(t *testing.T) {
			f, dir, name := withNames(t)
			full := filepath.Join(name, "part")
			plantPart(t, full, tc.part)
			file, err := os.OpenFile(full, unix.O_PATH, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			err = f.keep(t.Context(), dir, file, &tc.mode)
			if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) {
				t.Errorf("%v, want %v", err, tc.want)
			}
		})
	}
}

// even is a disk on which all files have the same permissions.
type even struct{ tree }

func (t even) create(name string, flag int, perm fs.FileMode) (*os.File, error) {
	file, err := t.tree.create(name, flag, perm)
	if err == nil && perm != 0 {
		err = file.Chmod(0o777)
	}
	return file, err
}

// TestAPartWhereAllFilesHaveTheSamePermissions is gone on with: begun anew it would
// be as open.
func TestAPartWhereAllFilesHaveTheSamePermissions(t *testing.T) {
	f, dir, name := withNames(t)
	f.tree = even{f.tree}
	full := filepath.Join(name, "part")
	plantPart(t, full, 0o777)
	file, err := os.OpenFile(full, unix.O_PATH, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p, err := dir.Join("part")
	if err != nil {
		t.Fatal(err)
	}
	mode := fs.FileMode(0o644)
	if err := f.keep(t.Context(), p, file, &mode); err != nil {
		t.Error(err)
	}
}

func plantPart(t *testing.T, name string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}
