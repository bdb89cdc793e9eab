package localfs

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// reserve sets room aside behind the file's end, by F_PREALLOCATE of fcntl(2),
// which leaves its size alone. What the file system cannot do is let be.
func reserve(file *os.File, size int64, alive func() error) error {
	if err := alive(); err != nil {
		return err
	}
	return control(file, func(fd int) error {
		var stat unix.Stat_t
		if unix.Fstat(fd, &stat) != nil || size <= stat.Blocks*512 {
			return nil
		}
		room := unix.Fstore_t{Flags: unix.F_ALLOCATEALL, Posmode: unix.F_PEOFPOSMODE, Length: size - stat.Blocks*512}
		err := unix.FcntlFstore(uintptr(fd), unix.F_PREALLOCATE, &room)
		if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) || errors.Is(err, unix.EFBIG) {
			return err
		}
		return nil
	})
}
