package localfs

import (
	"context"
	"crypto/rand"
	"os"

	"wherry/sync/vfs"
)

var _ vfs.Scratcher = (*FS)(nil)

// Scratch implements vfs.Scratcher: a file that never has a name, or, where the
// file system has no such thing, one whose name is removed as soon as it is open; a
// kill between the two leaves an empty file, ".wherry-" and random letters. Windows
// keeps the name of an open file, and with it the file where the process is killed,
// so it is KindUnsupported there.
func (f *FS) Scratch(ctx context.Context, dir vfs.Path, size int64) (vfs.Scratch, error) {
	if !nameless {
		return nil, &vfs.Error{Op: "create", Path: dir.String(), Kind: vfs.KindUnsupported, Reply: "an open file has a name here"}
	}
	file, err := f.noName(ctx, dir)
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

func (f *FS) noName(ctx context.Context, dir vfs.Path) (*os.File, error) {
	name, err := f.begin(ctx, "create", dir)
	if err != nil {
		return nil, err
	}
	if unnamed != 0 {
		if file, err := f.tree.create(name, os.O_RDWR|unnamed); err == nil {
			return file, nil
		}
	}
	p, err := dir.Join(".wherry-" + rand.Text())
	if err != nil {
		return nil, err
	}
	if name, err = f.begin(ctx, "create", p); err != nil {
		return nil, err
	}
	file, err := f.tree.create(name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, failed("create", p, err)
	}
	if err := f.tree.removeFile(name); err != nil {
		_ = file.Close() // nothing was written
		return nil, failed("create", p, err)
	}
	return file, nil
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
