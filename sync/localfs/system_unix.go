//go:build !windows

package localfs

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"wherry/sync/vfs"
)

const (
	nonBlocking = unix.O_NONBLOCK
	noFollow    = unix.O_NOFOLLOW
	hasModes    = true
	nameless    = true // an open file lives on when its name is removed
	timeStep    = time.Nanosecond
)

// kinds by what the system says. Those that fs.ErrNotExist and its like cover
// are not repeated.
var kinds = map[error]vfs.Kind{
	unix.ENOTEMPTY:    vfs.KindNotEmpty,
	unix.ENOTDIR:      vfs.KindNotDir,
	unix.EISDIR:       vfs.KindIsDir,
	unix.ENOSPC:       vfs.KindNoSpace,
	unix.EDQUOT:       vfs.KindNoSpace,
	unix.EFBIG:        vfs.KindNoSpace, // 4 GiB on FAT: as final as a full disk
	unix.ENAMETOOLONG: vfs.KindBadName,
	unix.EILSEQ:       vfs.KindBadName, // not UTF-8 on APFS
	unix.EINVAL:       vfs.KindBadName, // ":" on FAT, a folder into itself
	unix.ELOOP:        vfs.KindNotFound,
	unix.ENXIO:        vfs.KindExists, // a pipe that nobody reads
	unix.EROFS:        vfs.KindPermission,
	unix.EBUSY:        vfs.KindBusy,
	unix.ETXTBSY:      vfs.KindBusy,
	unix.EMFILE:       vfs.KindBusy,
	unix.ENFILE:       vfs.KindBusy,
	unix.EXDEV:        vfs.KindUnsupported, // no rename between two disks
	unix.ETIMEDOUT:    vfs.KindTimeout,
}

func systemKind(err error) (vfs.Kind, bool) {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return vfs.KindOther, false
	}
	kind, ok := kinds[errno]
	return kind, ok
}

func removeFile(name string) error { return unix.Unlink(name) }
func removeDir(name string) error  { return unix.Rmdir(name) }

// refuseLink tells a link by its own words; that none is followed is the doing
// of O_NOFOLLOW.
func refuseLink(t tree, name string) error {
	if info, err := t.lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return &vfs.Error{Kind: vfs.KindExists, Reply: "a link has this name and is not written through"}
	}
	return nil
}

// syncDir makes a rename in the folder last. Some file systems cannot sync a
// folder, and some folders may be written to but not opened; the rename has
// happened all the same.
func syncDir(t tree, name string) error {
	folder, err := t.open(name)
	if err != nil {
		return nil // the file system's habit, not a failure
	}
	defer folder.Close()
	return syncOpen(folder)
}

func syncOpen(folder *os.File) error {
	err := folder.Sync()
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EBADF) {
		return nil
	}
	return err
}

// owners remembers the names of numbers: a folder has a handful of owners and
// maybe 100,000 files. Unknown numbers are shown as such.
type owners struct {
	mu     sync.Mutex
	users  map[uint32]string // guarded
	groups map[uint32]string // guarded
}

func (o *owners) of(info fs.FileInfo) (owner, group string) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", ""
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.users == nil {
		o.users, o.groups = map[uint32]string{}, map[uint32]string{}
	}
	owner, ok = o.users[stat.Uid]
	if !ok {
		owner = strconv.FormatUint(uint64(stat.Uid), 10)
		if u, err := user.LookupId(owner); err == nil {
			owner = u.Username
		}
		o.users[stat.Uid] = owner
	}
	group, ok = o.groups[stat.Gid]
	if !ok {
		group = strconv.FormatUint(uint64(stat.Gid), 10)
		if g, err := user.LookupGroupId(group); err == nil {
			group = g.Name
		}
		o.groups[stat.Gid] = group
	}
	return owner, group
}
