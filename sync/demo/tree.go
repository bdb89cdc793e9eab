package demo

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"goftp.io/server/v2"
)

// tree is the served folder. os.Root keeps every name inside it, whatever the
// name and whatever links stand there. It is the library's driver; the
// commands here use it too, and have no Context to give.
type tree struct{ root *os.Root }

var _ server.Driver = (*tree)(nil)

// rel turns an FTP path into one below the root.
func rel(path string) string {
	if path = strings.Trim(path, "/"); path != "" {
		return path
	}
	return "."
}

// Stat implements server.Driver.
func (t *tree) Stat(_ *server.Context, path string) (os.FileInfo, error) {
	return t.root.Lstat(rel(path))
}

// ListDir implements server.Driver.
func (t *tree) ListDir(_ *server.Context, path string, each func(os.FileInfo) error) error {
	entries, err := fs.ReadDir(t.root.FS(), rel(path))
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone since
		}
		if err == nil {
			err = each(info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// DeleteDir implements server.Driver, for empty folders only.
func (t *tree) DeleteDir(_ *server.Context, path string) error { return t.remove(path, true) }

// DeleteFile implements server.Driver.
func (t *tree) DeleteFile(_ *server.Context, path string) error { return t.remove(path, false) }

func (t *tree) remove(path string, dir bool) error {
	info, err := t.root.Lstat(rel(path))
	switch {
	case err != nil:
		return err
	case info.IsDir() && !dir:
		return syscall.EISDIR
	case !info.IsDir() && dir:
		return syscall.ENOTDIR
	}
	return t.root.Remove(rel(path))
}

// Rename implements server.Driver; a file of the new name is replaced.
func (t *tree) Rename(_ *server.Context, from, to string) error {
	return t.root.Rename(rel(from), rel(to))
}

// MakeDir implements server.Driver.
func (t *tree) MakeDir(_ *server.Context, path string) error {
	return t.root.Mkdir(rel(path), 0o755)
}

// GetFile implements server.Driver; the number is what is left to read.
func (t *tree) GetFile(_ *server.Context, path string, offset int64) (int64, io.ReadCloser, error) {
	f, err := t.root.Open(rel(path))
	if err != nil {
		return 0, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = syscall.EISDIR
	}
	if err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		_ = f.Close() // the error that matters is the first one
		return 0, nil, err
	}
	return max(0, info.Size()-offset), f, nil
}

// PutFile implements server.Driver. offset -1 begins anew; otherwise the file
// goes on there, and loses what stood behind.
func (t *tree) PutFile(_ *server.Context, path string, data io.Reader, offset int64) (int64, error) {
	f, err := t.create(path, offset)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(f, data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return n, err
}

// create opens a file for PutFile.
func (t *tree) create(path string, offset int64) (*os.File, error) {
	flags := os.O_WRONLY | os.O_CREATE
	if offset < 0 {
		flags |= os.O_TRUNC
	}
	f, err := t.root.OpenFile(rel(path), flags, 0o644)
	if err != nil || offset < 0 {
		return f, err
	}
	info, err := f.Stat()
	if err == nil && info.Size() < offset {
		err = errors.New("the file is shorter than that")
	}
	if err == nil {
		err = f.Truncate(offset)
	}
	if err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		_ = f.Close() // the error that matters is the first one
		return nil, err
	}
	return f, nil
}
