package localfs

import (
	"errors"
	"math"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// reserveStep is how much is set aside between two looks at ctx: ext4 and XFS
// need a moment for it, tmpfs clears so much memory in a third of a second.
const reserveStep = 1 << 30

// reserve sets blocks aside from the file's end to size bytes, by fallocate(2)
// with FALLOC_FL_KEEP_SIZE. Holes that stand before are left holes. Free space is looked at first: ext4
// fills the disk before it says that there is not enough, and all others who
// write meanwhile fail.
//
// On btrfs it would set aside what compression makes needless, and turn that
// off for the file, so it is let be, like every file system without
// fallocate: there a full disk is found while writing.
func reserve(file *os.File, size int64, alive func() error) error {
	return control(file, func(fd int) error {
		var disk unix.Statfs_t
		if unix.Fstatfs(fd, &disk) != nil || uint32(disk.Type) == unix.BTRFS_SUPER_MAGIC {
			return nil
		}
		var stat unix.Stat_t
		if unix.Fstat(fd, &stat) != nil || fallocate(fd, stat.Size, 1) != nil {
			return nil
		}
		if need := size - max(stat.Size, stat.Blocks*512); need > 0 && uint64(need) > free(disk) {
			return unix.ENOSPC
		}
		for at := stat.Size; at < size; at += reserveStep {
			if err := alive(); err != nil {
				return err
			}
			switch err := fallocate(fd, at, min(reserveStep, size-at)); {
			case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT), errors.Is(err, unix.EFBIG):
				return err
			case err != nil:
				return nil // it is only help
			}
		}
		return nil
	})
}

// free is in bytes; the part that is kept for root counts for root alone.
func free(disk unix.Statfs_t) uint64 {
	blocks := disk.Bavail
	if os.Geteuid() == 0 {
		blocks = disk.Bfree
	}
	size := uint64(max(disk.Bsize, 1))
	if blocks > math.MaxInt64/size {
		return math.MaxInt64
	}
	return blocks * size
}

func fallocate(fd int, at, n int64) error {
	for {
		if err := unix.Fallocate(fd, unix.FALLOC_FL_KEEP_SIZE, at, n); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
