//go:build !windows

package localfs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

const holdsFolders = true // see near

// at calls do with the folder that name lies in, opened inside of the root,
// and name's last element. It is for what os.Root has no word for: what a
// system call does at the element itself, without following it.
func (t *inside) at(name string, do func(folder int, base string) error) error {
	folder := t.held(filepath.Dir(name))
	if folder == nil {
		var err error
		if folder, err = t.root.OpenFile(filepath.Dir(name), os.O_RDONLY|unix.O_DIRECTORY, 0); err != nil {
			return t.told(err)
		}
		defer folder.Close()
	}
	conn, err := folder.SyscallConn()
	if err != nil {
		return err
	}
	var done error
	err = conn.Control(func(fd uintptr) {
		for {
			if done = do(int(fd), filepath.Base(name)); !errors.Is(done, unix.EINTR) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return done
}

func (t *inside) create(name string, flag int, perm fs.FileMode) (file *os.File, err error) {
	if err := refuseLink(t, name); err != nil {
		return nil, err
	}
	err = t.at(name, func(folder int, base string) error {
		fd, err := unix.Openat(folder, base, flag|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, uint32(perm))
		if err == nil {
			// It kept a pipe from being waited for. Left on, NewFile would give
			// a plain file to the poller, which kqueue bears badly.
			_ = unix.SetNonblock(fd, false)
			file = os.NewFile(uintptr(fd), filepath.Join(t.root.Name(), name))
		}
		return err
	})
	return file, err
}

func (t *inside) removeFile(name string) error { return t.unlink(name, 0) }
func (t *inside) removeDir(name string) error  { return t.unlink(name, unix.AT_REMOVEDIR) }

// unlink deletes nothing in a folder that was moved away: whoever did it wants to
// keep what is in it.
func (t *inside) unlink(name string, flags int) error {
	if err := t.stays(filepath.Dir(name)); err != nil {
		return err
	}
	return t.at(name, func(folder int, base string) error { return unix.Unlinkat(folder, base, flags) })
}

func (t *inside) renameNoReplace(from, to string) error {
	err := t.at(from, func(source int, old string) error {
		if filepath.Dir(from) == filepath.Dir(to) {
			return renameNoReplaceAt(source, old, source, filepath.Base(to))
		}
		return t.at(to, func(target int, base string) error { return renameNoReplaceAt(source, old, target, base) })
	})
	if cannotRefuse(err) {
		return renameLooking(t, from, to)
	}
	return err
}

func renameNoReplace(t tree, from, to string) error {
	err := renameNoReplaceAt(unix.AT_FDCWD, from, unix.AT_FDCWD, to)
	if cannotRefuse(err) {
		return renameLooking(t, from, to)
	}
	return err
}

// cannotRefuse tells the answers of file systems (some FUSE and network ones)
// and systems that have no rename which does not replace.
func cannotRefuse(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENOTSUP)
}
