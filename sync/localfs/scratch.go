package localfs

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"wherry/sync/vfs"
)

var _ vfs.Scratcher = (*FS)(nil)

// named is the name that a scratch file has for a moment where none can be made
// without. It ends like a part's, so that nobody copies what a kill has left of
// it, which is an empty file at most, one in a folder, and gone with the next.
const named = ".wherry-scratch.wherry-part"

// Scratch implements vfs.Scratcher: a file that never has a name, or, where the
// file system has no such thing, one whose name is removed as soon as it is open.
// Windows keeps the name of an open file, and with it the file where the process is
// killed, so it is KindUnsupported there.
func (f *FS) Scratch(ctx context.Context, dir vfs.Path, size int64) (vfs.Scratch, error) {
	if !nameless {
		return nil, &vfs.Error{Op: "create", Path: dir.String(), Kind: vfs.KindUnsupported, Reply: "an open file has a name here"}
	}
	file, err := f.noName(ctx, dir, private)
	if err != nil {
		return nil, err
	}
	s := &scratch{writer: &writer{stream: f.opened(ctx, dir, file)}}
	if err := s.Reserve(size); err != nil {
		_ = s.Close() // nothing was written
		return nil, err
	}
	return s, nil
}

func (f *FS) noName(ctx context.Context, dir vfs.Path, perm fs.FileMode) (*os.File, error) {
	name, err := f.begin(ctx, "create", dir)
	if err != nil {
		return nil, err
	}
	if unnamed != 0 {
		if file, err := f.tree.create(name, os.O_RDWR|unnamed, perm); err == nil {
			return file, nil
		}
	}
	p, err := dir.Join(named)
	if err != nil {
		return nil, err
	}
	if name, err = f.begin(ctx, "create", p); err != nil {
		return nil, err
	}
	file, err := f.briefly(name, perm)
	return file, failed("create", p, err)
}

// maxBriefly is how often others may be first to use the name.
const maxBriefly = 100

// briefly makes a file and removes its name. Others may do the same at a time: each
// has a file of its own, whoever removes whose name.
func (f *FS) briefly(name string, perm fs.FileMode) (*os.File, error) {
	for range maxBriefly {
		file, err := f.tree.create(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
		if err == nil {
			if err = f.unname(name); err == nil {
				return file, nil
			}
			_ = file.Close() // nothing was written
			return nil, err
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if info, looking := f.tree.lstat(name); looking == nil && (!info.Mode().IsRegular() || info.Size() > 0) {
			return nil, err // no kill has left that
		}
		if err := f.unname(name); err != nil {
			return nil, err
		}
	}
	return nil, fs.ErrExist
}

func (f *FS) unname(name string) error {
	if err := f.tree.removeFile(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// scratch is a writer that is read as well and never committed.
type scratch struct{ *writer }

// ReadAt implements io.ReaderAt.
func (s *scratch) ReadAt(p []byte, off int64) (int, error) {
	if err := s.alive("read"); err != nil {
		return 0, err
	}
	n, err := s.file.ReadAt(p, off)
	return n, (&reader{stream: s.stream}).reading(err)
}

// Close gives the room back.
func (s *scratch) Close() error { return s.Abort() }
