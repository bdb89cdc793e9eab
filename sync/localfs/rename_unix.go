//go:build !windows

package localfs

import (
	"errors"
	"io/fs"
	"os"
)

// renameLooking renames without replacing where the kernel has no word for it.
// A second name for the file cannot replace anything, so that comes first;
// folders and file systems without hard links get a look before the step.
func renameLooking(source, target string) error {
	err := os.Link(source, target)
	switch {
	case err == nil:
		return os.Remove(source)
	case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist):
		return err
	}
	if _, err := os.Lstat(target); err == nil {
		return fs.ErrExist
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(source, target)
}
