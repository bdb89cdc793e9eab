package localfs

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	foldsCase = false
	foldsForm = false
	// casefoldFlag is FS_CASEFOLD_FL of linux/fs.h: a folder of ext4, f2fs or
	// tmpfs that compares names folded, by case and by form.
	casefoldFlag = 0x40000000
)

// folderFolds tells what the kernel says of a folder; sure is false where only
// a try can tell.
func folderFolds(folder *os.File) (caseless, formless, sure bool) {
	conn, err := folder.SyscallConn()
	if err != nil {
		return foldsCase, foldsForm, false
	}
	_ = conn.Control(func(fd uintptr) {
		if flags, err := unix.IoctlGetUint32(int(fd), unix.FS_IOC_GETFLAGS); err == nil && flags&casefoldFlag != 0 {
			caseless, formless, sure = true, true, true
		}
		var disk unix.Statfs_t
		if unix.Fstatfs(int(fd), &disk) != nil {
			return
		}
		switch uint32(disk.Type) {
		case unix.MSDOS_SUPER_MAGIC, unix.EXFAT_SUPER_MAGIC:
			caseless, sure = true, true
		}
	})
	return caseless, formless, sure
}
