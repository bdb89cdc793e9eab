package localfs

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/windows"

	"wherry/sync/vfs"
)

const (
	nonBlocking = 0
	noFollow    = 0 // refuseLink looks before; Windows lets few make links
	hasModes    = false
	nameless    = false
	timeStep    = 100 * time.Nanosecond
)

var kinds = map[error]vfs.Kind{
	windows.ERROR_DIR_NOT_EMPTY:        vfs.KindNotEmpty,
	windows.ERROR_DIRECTORY:            vfs.KindNotDir,
	windows.ERROR_DISK_FULL:            vfs.KindNoSpace,
	windows.ERROR_HANDLE_DISK_FULL:     vfs.KindNoSpace,
	windows.ERROR_DISK_QUOTA_EXCEEDED:  vfs.KindNoSpace,
	windows.ERROR_INVALID_NAME:         vfs.KindBadName,
	windows.ERROR_FILENAME_EXCED_RANGE: vfs.KindBadName,
	windows.ERROR_SHARING_VIOLATION:    vfs.KindBusy,
	windows.ERROR_LOCK_VIOLATION:       vfs.KindBusy,
	windows.ERROR_NOT_SAME_DEVICE:      vfs.KindUnsupported,
	windows.ERROR_WRITE_PROTECT:        vfs.KindPermission,
}

func systemKind(err error) (vfs.Kind, bool) {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return vfs.KindOther, false
	}
	kind, ok := kinds[errno]
	return kind, ok
}

func removeFile(name string) error { return os.Remove(name) }

func removeDir(name string) error {
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return windows.ERROR_DIRECTORY
	}
	return os.Remove(name)
}

// refuseLink keeps writing from going through a link, a folder or a device.
func refuseLink(t tree, name string) error {
	info, err := t.lstat(name)
	switch {
	case err != nil, info.Mode().IsRegular():
		return nil
	case info.IsDir():
		return &vfs.Error{Kind: vfs.KindIsDir}
	}
	return &vfs.Error{Kind: vfs.KindExists, Reply: "a link has this name and is not written through"}
}

// renameNoReplace waits until the new name is on the disk.
func renameNoReplace(_ tree, source, target string) error {
	from, err := windows.UTF16PtrFromString(source)
	if err != nil {
		return err
	}
	to, err := windows.UTF16PtrFromString(target)
	if err != nil {
		return err
	}
	return windows.MoveFileEx(from, to, windows.MOVEFILE_WRITE_THROUGH)
}

// syncDir has nothing to do: NTFS logs renames.
func syncDir(tree, string) error { return nil }
func syncOpen(*os.File) error    { return nil }

// owners are SIDs here; nobody reads them in a list.
type owners struct{}

func (*owners) of(fs.FileInfo) (owner, group string) { return "", "" }
