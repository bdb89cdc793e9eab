package localfs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"

	"wherry/sync/vfs"
)

// slice is how many bytes a fast copy moves between two looks at ctx: some
// milliseconds from a disk.
const slice = 8 << 20

// stream is what a reader and a writer have in common: an open file, the
// context that governs it, and one end.
type stream struct {
	fs   *FS
	ctx  context.Context // fixed; package vfs: it governs the whole stream
	path vfs.Path
	file *os.File

	mu       sync.Mutex
	ended    bool  // guarded
	reserved bool  // guarded; blocks may be set aside behind the file's end
	first    error // guarded; what the ending call returned
}

func (f *FS) opened(ctx context.Context, p vfs.Path, file *os.File) *stream {
	s := &stream{fs: f, ctx: ctx, path: p, file: file}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.streams[s] = struct{}{}
	return s
}

// alive is nil while bytes may move.
func (s *stream) alive(op string) error {
	s.mu.Lock()
	ended := s.ended
	s.mu.Unlock()
	if ended {
		return &vfs.Error{Op: op, Path: s.path.String(), Kind: vfs.KindCancelled, Reply: "the file is closed"}
	}
	return s.fs.alive(s.ctx, op, s.path)
}

// next is vfs.Pour's slice.
func (s *stream) next(op string) func() (int64, error) {
	return func() (int64, error) { return slice, s.alive(op) }
}

// end makes the first call of finish the only one. The file is closed
// afterwards in any case.
func (s *stream) end(finish func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return s.first
	}
	s.ended = true
	s.fs.mu.Lock()
	delete(s.fs.streams, s)
	s.fs.mu.Unlock()
	s.giveBackLocked()
	s.first = finish()
	if err := s.file.Close(); err != nil && s.first == nil {
		s.first = failed("close", s.path, err)
	}
	return s.first
}

// breakOff ends the stream when the file system is closed.
func (s *stream) breakOff() {
	closed := &vfs.Error{Op: "close", Path: s.path.String(), Kind: vfs.KindCancelled, Reply: "the file system is closed"}
	_ = s.end(func() error { return closed }) // told to whoever ends it next
}

// Open implements vfs.FS. Only regular files can be read.
func (f *FS) Open(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	name, err := f.begin(ctx, "open", p)
	if err != nil {
		return nil, err
	}
	file, err := f.tree.open(name)
	if err != nil {
		return nil, f.unopened(name, failed("open", p, err))
	}
	size, err := regular(file)
	if err == nil && offset > size {
		err = &vfs.Error{Op: "open", Path: p.String(), Kind: vfs.KindChanged, Reply: "the file is shorter than it was"}
	}
	if err == nil && offset > 0 {
		_, err = file.Seek(offset, io.SeekStart)
	}
	if err != nil {
		_ = file.Close() // nothing was read
		return nil, failed("open", p, err)
	}
	return &reader{stream: f.opened(ctx, p, file), size: size}, nil
}

// unopened tells a link that leads to nothing, or in a circle, from a name that is
// missing: who looks for that finds it.
func (f *FS) unopened(name string, err error) error {
	var e *vfs.Error
	if errors.As(err, &e) && e.Kind == vfs.KindNotFound {
		if info, missing := f.tree.lstat(name); missing == nil && info.Mode()&fs.ModeSymlink != 0 {
			e.Reply = "it is a link that leads to nothing"
		}
	}
	return err
}

type reader struct {
	*stream
	size int64
}

func (r *reader) Size() int64 { return r.size }

func (r *reader) Read(p []byte) (int, error) {
	if err := r.alive("read"); err != nil {
		return 0, err
	}
	n, err := r.file.Read(p)
	return n, r.reading(err)
}

// WriteTo gives w the file itself where w can make use of it.
func (r *reader) WriteTo(w io.Writer) (int64, error) {
	n, err := vfs.Pour(w, r.file, r.next("read"), func(int64) {})
	return n, r.reading(err)
}

// reading makes a *vfs.Error of the file's own errors and leaves those of the
// other end of a copy, and io.EOF, as they are.
func (r *reader) reading(err error) error {
	var mine *os.PathError
	if errors.As(err, &mine) && mine.Path == r.file.Name() {
		if errors.Is(err, os.ErrClosed) {
			return r.alive("read")
		}
		return failed("read", r.path, err)
	}
	return err
}

func (r *reader) Close() error { return r.end(func() error { return nil }) }

// Create implements vfs.FS. A new file gets the permissions that the person's
// umask leaves of 0666. A link, pipe or device under the name is not written
// to: that is KindExists.
func (f *FS) Create(ctx context.Context, p vfs.Path, at int64) (vfs.Writer, error) {
	name, err := f.begin(ctx, "create", p)
	if err != nil {
		return nil, err
	}
	flag := os.O_WRONLY
	if at == 0 {
		flag |= os.O_CREATE
	}
	file, err := f.tree.create(name, flag, anybodys)
	if err == nil {
		err = position(file, p, at)
	}
	return f.written(ctx, p, file, err)
}

// anybodys are the permissions of a new file, of which the person's umask takes.
const anybodys = 0o666

// written is the writer of an open file, or the end of it where err is not nil.
func (f *FS) written(ctx context.Context, p vfs.Path, file *os.File, err error) (vfs.Writer, error) {
	if err == nil {
		return &writer{stream: f.opened(ctx, p, file)}, nil
	}
	if file != nil {
		_ = file.Close() // nothing was written
	}
	return nil, failed("create", p, err)
}

// position makes the open file ready to be written from at on. It looks
// before it truncates: with O_TRUNC a device would have been opened for it.
func position(file *os.File, p vfs.Path, at int64) error {
	size, err := regular(file)
	switch {
	case vfs.KindOf(err) == vfs.KindUnsupported:
		return &vfs.Error{Op: "create", Path: p.String(), Kind: vfs.KindExists, Reply: "no plain file has this name"}
	case err != nil:
		return err
	case at == 0 && size > 0:
		return file.Truncate(0)
	case at != 0 && size != at:
		return &vfs.Error{Op: "create", Path: p.String(), Kind: vfs.KindChanged, Reply: "the file has another length"}
	}
	_, err = file.Seek(at, io.SeekStart)
	return err
}

// regular returns the size of a plain file and an error for anything else.
func regular(file *os.File) (int64, error) {
	info, err := file.Stat()
	switch {
	case err != nil:
		return 0, err
	case info.IsDir():
		return 0, &vfs.Error{Op: "open", Kind: vfs.KindIsDir}
	case !info.Mode().IsRegular():
		return 0, &vfs.Error{Op: "open", Kind: vfs.KindUnsupported, Reply: "not a plain file"}
	}
	return info.Size(), nil
}

type writer struct {
	*stream
	committed bool  // guarded by stream.mu
	broken    error // guarded by stream.mu; the first write that failed
}

func (w *writer) Write(p []byte) (int, error) {
	if err := w.alive("write"); err != nil {
		return 0, err
	}
	n, err := w.file.Write(p)
	return n, w.writing(err)
}

// ReadFrom lets the kernel move the bytes where r is a file or a connection.
func (w *writer) ReadFrom(r io.Reader) (int64, error) {
	n, err := vfs.Pour(w.file, r, w.next("write"), func(int64) {})
	if err != nil && !ofDisk(err) {
		return n, err
	}
	return n, w.writing(err)
}

// ofDisk tells our errors from the source's: splice(2) reports both ends' in
// one place, and package os puts our file's name to them. What a connection
// says is given back as it came, for the one who owns it to sort.
func ofDisk(err error) bool {
	switch kindOf(err) {
	case vfs.KindNoSpace, vfs.KindPermission, vfs.KindBusy, vfs.KindCancelled:
		return true
	}
	var onCall *os.SyscallError
	return !errors.As(err, &onCall) && !errors.Is(err, os.ErrDeadlineExceeded)
}

// writing is reading for the other direction. A failed write is remembered, so
// that a Commit after it cannot succeed.
func (w *writer) writing(err error) error {
	var mine *os.PathError
	if !errors.As(err, &mine) || mine.Path != w.file.Name() {
		return err
	}
	if errors.Is(err, os.ErrClosed) {
		return w.alive("write")
	}
	err = failed("write", w.path, err)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == nil {
		w.broken = err
	}
	return err
}

// Commit implements vfs.Writer: the bytes are on the disk when it returns nil.
func (w *writer) Commit() error {
	err := w.end(func() error {
		if err := w.fs.alive(w.ctx, "commit", w.path); err != nil {
			return err
		}
		if w.broken != nil {
			return w.broken
		}
		w.committed = true
		return failed("commit", w.path, w.file.Sync())
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil && !w.committed {
		return &vfs.Error{Op: "commit", Path: w.path.String(), Kind: vfs.KindCancelled, Reply: "the file was aborted"}
	}
	return err
}

// Abort implements vfs.Writer; what was written stays.
func (w *writer) Abort() error { return w.end(func() error { return nil }) }
