package localfs

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"wherry/sync/vfs"
)

var _ vfs.PartMaker = (*FS)(nil)

// private are the permissions of a file that is nobody else's.
const private = 0o600

// CreatePart implements vfs.PartMaker. Windows knows no permissions in this sense: a
// new file has those of its folder there.
func (f *FS) CreatePart(ctx context.Context, p vfs.Path, at int64, mode *fs.FileMode) (vfs.Writer, error) {
	if !hasModes {
		return f.Create(ctx, p, at)
	}
	name, err := f.begin(ctx, "create", p)
	if err != nil {
		return nil, err
	}
	if at == 0 {
		file, err := f.anew(name, mode)
		return f.written(ctx, p, file, err)
	}
	file, err := f.tree.create(name, os.O_WRONLY, 0)
	if err == nil {
		err = position(file, p, at)
	}
	if err == nil {
		err = f.keep(ctx, p, file, mode)
	}
	return f.written(ctx, p, file, err)
}

// anew makes a file of that name, and a plain one that has it is removed: others
// may have it open, and its permissions and its owner are another file's.
func (f *FS) anew(name string, mode *fs.FileMode) (*os.File, error) {
	perm := fs.FileMode(anybodys)
	if mode != nil {
		perm = private
	}
	const flag = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	file, err := f.tree.create(name, flag, perm)
	if !errors.Is(err, fs.ErrExist) {
		return file, err
	}
	switch old, looking := f.tree.lstat(name); {
	case looking != nil:
		return nil, looking
	case old.IsDir():
		return nil, &vfs.Error{Op: "create", Kind: vfs.KindIsDir}
	case !old.Mode().IsRegular():
		return nil, &vfs.Error{Op: "create", Kind: vfs.KindExists, Reply: "no plain file has this name"}
	}
	if err := f.tree.removeFile(name); err != nil {
		return nil, err
	}
	return f.tree.create(name, flag, perm)
}

// keep gives a file that is gone on with the permissions that a new one would have.
func (f *FS) keep(ctx context.Context, p vfs.Path, file *os.File, mode *fs.FileMode) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	perm := info.Mode().Perm()
	switch {
	case mode == nil && perm == private:
		if usual, err := f.left(ctx, p.Dir(), anybodys); err == nil && usual != perm {
			_ = file.Chmod(usual) // it stays what it was: its owner's
		}
		return nil
	case mode == nil, perm&^0o700 == 0:
		return nil
	}
	err = file.Chmod(private)
	if err == nil || perm&^*mode == 0 {
		return nil
	}
	// Where all files have the same permissions (FAT, a network disk) they cannot be
	// changed, and the part that is begun anew would have them as well.
	if least, err := f.left(ctx, p.Dir(), private); err == nil && perm&^(*mode|least) == 0 {
		return nil
	}
	return &vfs.Error{Op: "create", Kind: vfs.KindChanged, Reply: "others may read what is there", Err: err}
}

// left is what the umask, or the folder, leaves of the permissions of a new file.
func (f *FS) left(ctx context.Context, dir vfs.Path, perm fs.FileMode) (fs.FileMode, error) {
	file, err := f.noName(ctx, dir, perm)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Mode().Perm(), nil
}
