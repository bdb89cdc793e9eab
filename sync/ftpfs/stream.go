package ftpfs

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"wherry/sync/ftpfs/internal/pool"
	"wherry/sync/ftpfs/internal/session"
	"wherry/sync/vfs"
)

// Open reads a file from offset on; see vfs.FS. It waits while as many files
// move as the site and the server allow. Until the first byte it is repeated
// like a look-up; then an error is the Reader's.
func (f *FS) Open(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	return f.open(ctx, p, offset, pool.Transfer, func(s conn) (vfs.Reader, error) { return s.Read(ctx, p, offset) })
}

// OpenSpare is Open that waits for no connection; see vfs.Sparer.
func (f *FS) OpenSpare(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	return f.open(ctx, p, offset, pool.Transfer|pool.Spare, func(s conn) (vfs.Reader, error) { return s.Read(ctx, p, offset) })
}

// OpenSeen is Open without a look at what seen tells; see vfs.Swift.
func (f *FS) OpenSeen(ctx context.Context, p vfs.Path, offset int64, seen vfs.Entry) (vfs.Reader, error) {
	return f.open(ctx, p, offset, pool.Transfer, func(s conn) (vfs.Reader, error) { return s.ReadSeen(ctx, p, offset, seen) })
}

func (f *FS) open(ctx context.Context, p vfs.Path, offset int64, use pool.Use, read func(conn) (vfs.Reader, error)) (vfs.Reader, error) {
	c := call{"read", p, use, true}
	if err := f.enter(c); err != nil {
		return nil, err
	}
	defer f.leave()
	var r vfs.Reader
	lease, err := f.lend(ctx, c, func(s conn) (err error) {
		r, err = read(s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &reader{stream: stream{ctx: ctx, fs: f, call: c, lease: lease, at: offset}, from: r}, nil
}

// Create writes a file behind its first at bytes; see vfs.FS. It waits as
// Open does. It goes on with another session only where the server hangs on a
// data connection, so that nothing took effect.
func (f *FS) Create(ctx context.Context, p vfs.Path, at int64) (vfs.Writer, error) {
	c := call{writing, p, pool.Transfer | pool.Sure, false}
	if err := f.enter(c); err != nil {
		return nil, err
	}
	defer f.leave()
	var isNew func(vfs.Entry) bool
	if at == 0 { // else the bytes that it has had more are proof
		isNew = f.sinceNow(p)
	}
	var w vfs.Writer
	lease, err := f.lend(ctx, c, func(s conn) (err error) {
		w, err = s.Write(ctx, p, at)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &writer{stream: stream{ctx: ctx, fs: f, call: c, lease: lease, at: at, isNew: isNew}, to: w}, nil
}

// stream is what reader and writer share: a lease until the end, and a session
// that must not be touched after it, being in other hands then.
type stream struct {
	ctx   context.Context // of Open or Create: it governs the stream
	fs    *FS
	call  call
	lease *pool.Lease[conn]
	at    int64 // of the file, where the next byte belongs; of who moves bytes
	// isNew says whether a file of the right size is what was written; nil where
	// the size is proof enough.
	isNew func(vfs.Entry) bool

	once    sync.Once
	over    atomic.Bool
	verdict error // of whichever of the calls that end it came first
}

// move runs one step of the stream's work.
func (s *stream) move(work func() (int64, error)) (int64, error) {
	if s.over.Load() {
		return 0, &vfs.Error{Op: s.call.op, Path: s.call.path.String(), Reply: "the file is closed already"}
	}
	// A session notices a moment later, and may take some more bytes first.
	if err := s.ctx.Err(); err != nil {
		return 0, &vfs.Error{Op: s.call.op, Path: s.call.path.String(), Kind: vfs.KindOf(err), Err: err}
	}
	if err := s.fs.enter(s.call); err != nil {
		return 0, err
	}
	defer s.fs.leave()
	n, err := work()
	s.at += n
	if errors.Is(err, io.EOF) {
		return n, io.EOF
	}
	return n, s.fs.fault(s.call, err)
}

// end runs the last step and gives the session back, once, and then what does
// without it. It works on a closed file system too: the session then only has
// to let go.
func (s *stream) end(work, then func() error) error {
	s.once.Do(func() {
		s.over.Store(true)
		if s.fs.enter(s.call) == nil {
			defer s.fs.leave()
		}
		err := work()
		s.fs.note(s.lease.Session())
		s.lease.Release()
		if errors.Is(err, session.ErrNoVerdict) && s.stands() {
			err = nil
		}
		if err == nil && then != nil {
			err = then()
		}
		s.verdict = s.fs.fault(s.call, err)
	})
	return s.verdict
}

type reader struct {
	stream
	from vfs.Reader
}

func (r *reader) Size() int64 { return r.from.Size() }

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.move(func() (int64, error) {
		n, err := r.from.Read(p)
		return int64(n), err
	})
	return int(n), err
}

// WriteTo keeps the session's short way from the network to w open.
func (r *reader) WriteTo(w io.Writer) (int64, error) {
	return r.move(func() (int64, error) { return io.Copy(w, r.from) })
}

func (r *reader) Close() error { return r.end(r.from.Close, nil) }

// Before and After are the session's; see vfs.Witness.
func (r *reader) Before() (vfs.Entry, bool) {
	if w, ok := r.from.(vfs.Witness); ok {
		return w.Before()
	}
	return vfs.Entry{}, false
}

func (r *reader) After() (vfs.Entry, bool) {
	if w, ok := r.from.(vfs.Witness); ok {
		return w.After()
	}
	return vfs.Entry{}, false
}

type writer struct {
	stream
	to vfs.Writer
	by ending // set before verdict is
}

// ending is which of a writer's last calls took effect.
type ending uint8

const (
	begun ending = iota
	committed
	aborted
	finished
)

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.move(func() (int64, error) {
		n, err := w.to.Write(p)
		return int64(n), err
	})
	return int(n), err
}

// ReadFrom leaves the copying to the session where it does that, for which it
// keeps a buffer from file to file. io.Copy would ask r first.
func (w *writer) ReadFrom(r io.Reader) (int64, error) {
	return w.move(func() (int64, error) {
		if short, ok := w.to.(io.ReaderFrom); ok {
			return short.ReadFrom(r)
		}
		return io.Copy(w.to, r)
	})
}

// Commit after Abort is KindCancelled: nil would say that the file stands.
func (w *writer) Commit() error {
	err := w.end(func() error {
		w.by = committed
		return w.to.Commit()
	}, nil)
	if err == nil && w.by == aborted {
		return w.brokenOff()
	}
	return err
}

func (w *writer) brokenOff() error {
	return &vfs.Error{Op: w.call.op, Path: w.call.path.String(), Kind: vfs.KindCancelled, Reply: "the upload was broken off"}
}

func (w *writer) Abort() error {
	return w.end(func() error {
		w.by = aborted
		return w.to.Abort()
	}, nil)
}
