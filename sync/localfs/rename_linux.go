package localfs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// renameNoReplace asks the kernel not to replace; file systems that cannot
// (some FUSE and network ones) say EINVAL or ENOSYS.
func renameNoReplace(source, target string) error {
	err := unix.Renameat2(unix.AT_FDCWD, source, unix.AT_FDCWD, target, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENOTSUP) {
		return renameLooking(source, target)
	}
	return err
}
