package localfs

import (
	"errors"
	"io/fs"
)

// renameLooking renames without replacing where the system has no word for it.
// A second name for the file cannot replace anything, so that comes first;
// folders and file systems without hard links get a look before the step.
func renameLooking(t tree, from, to string) error {
	err := t.link(from, to)
	switch {
	case err == nil:
		return t.removeFile(from)
	case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist):
		return err
	}
	if _, err := t.lstat(to); err == nil {
		return fs.ErrExist
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return t.rename(from, to)
}
