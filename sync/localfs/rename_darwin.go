package localfs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// renameNoReplace asks the kernel not to replace; file systems that cannot say
// ENOTSUP.
func renameNoReplace(source, target string) error {
	err := unix.RenamexNp(source, target, unix.RENAME_EXCL)
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EINVAL) {
		return renameLooking(source, target)
	}
	return err
}
