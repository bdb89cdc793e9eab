package memfs

import (
	"context"
	"io"
	"slices"
	"sync"

	"wherry/sync/vfs"
)

// stream is what a reader and a writer have in common.
type stream struct {
	fs   *FS
	ctx  context.Context // fixed; package vfs: it governs the whole stream
	path vfs.Path
	node *node

	mu    sync.Mutex
	moved int64 // guarded; bytes through this stream
	ended bool  // guarded
	first error // guarded; what the ending call returned
}

func (f *FS) openedLocked(ctx context.Context, p vfs.Path, n *node) *stream {
	s := &stream{fs: f, ctx: ctx, path: p, node: n}
	f.streams[s] = struct{}{}
	return s
}

func (s *stream) forget() {
	s.fs.mu.Lock()
	defer s.fs.mu.Unlock()
	delete(s.fs.streams, s)
}

// boundLocked cuts n to the bytes that may pass before a waiting fault, and
// returns the fault when none may.
func (s *stream) boundLocked(op Op, n int) (int, *Fault) {
	s.fs.mu.Lock()
	defer s.fs.mu.Unlock()
	fault := s.fs.streamFaultLocked(op, s.path)
	if fault == nil {
		return n, nil
	}
	if left := fault.Bytes - s.moved; left > 0 {
		return int(min(int64(n), left)), nil
	}
	if !fault.Lie {
		fault.Times--
	}
	return 0, fault
}

// Open implements vfs.FS.
func (f *FS) Open(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	r, err := f.open(ctx, p, offset)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (f *FS) open(ctx context.Context, p vfs.Path, offset int64) (*reader, error) {
	after, err := f.begin(ctx, OpOpen, p)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.findLocked(OpOpen, p, true)
	switch {
	case err != nil:
		return nil, err
	case n.typ == vfs.TypeDir:
		return nil, fail(OpOpen, p, vfs.KindIsDir)
	case n.typ != vfs.TypeFile:
		return nil, fail(OpOpen, p, vfs.KindUnsupported)
	case offset > 0 && !f.features.ResumeRead:
		return nil, fail(OpOpen, p, vfs.KindUnsupported)
	case offset > int64(len(n.data)):
		return nil, fail(OpOpen, p, vfs.KindChanged)
	case after != nil:
		return nil, after
	}
	size := int64(len(n.data))
	if told, ok := f.announce[p]; ok {
		size = told
	}
	if ends := f.lineEndsLocked(OpRead, p); ends != "" {
		n, offset = &node{typ: vfs.TypeFile, data: ends.convert(n.data[offset:])}, 0
	}
	return &reader{stream: f.openedLocked(ctx, p, n), at: offset, size: size}, nil
}

type reader struct {
	*stream
	size int64 // fixed
	at   int64 // guarded by stream.mu
	eof  bool  // guarded by stream.mu
}

func (r *reader) Size() int64 { return r.size }

func (r *reader) Read(p []byte) (int, error) {
	after, err := r.fs.begin(r.ctx, OpRead, r.path)
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return 0, fail(OpRead, r.path, vfs.KindCancelled)
	}
	n, fault := r.boundLocked(OpRead, len(p))
	switch {
	case fault != nil && fault.Lie:
		r.eof = true
		return 0, io.EOF
	case fault != nil:
		return 0, fail(OpRead, r.path, fault.Kind)
	}
	r.fs.mu.Lock()
	defer r.fs.mu.Unlock()
	if r.at >= int64(len(r.node.data)) {
		r.eof = true
		return 0, io.EOF
	}
	if r.fs.chunk > 0 {
		n = min(n, r.fs.chunk)
	}
	n = copy(p[:n], r.node.data[r.at:])
	r.at += int64(n)
	r.moved += int64(n)
	return n, after
}

func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return r.first
	}
	r.ended = true
	r.forget()
	after, err := r.fs.begin(r.closingContext(), OpClose, r.path)
	if err == nil {
		err = after
	}
	r.first = err
	return err
}

// closingContext lets a reader that was not read to its end be closed whatever
// became of its context: breaking off is no failure.
func (r *reader) closingContext() context.Context {
	if r.eof {
		return r.ctx
	}
	return context.WithoutCancel(r.ctx)
}

// Create implements vfs.FS.
func (f *FS) Create(ctx context.Context, p vfs.Path, at int64) (vfs.Writer, error) {
	after, err := f.begin(ctx, OpCreate, p)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, err := f.parentLocked(OpCreate, p)
	if err != nil {
		return nil, err
	}
	_, n, exists := f.childLocked(dir, p.Base())
	switch {
	case exists && n.typ == vfs.TypeDir:
		return nil, fail(OpCreate, p, vfs.KindIsDir)
	case exists && n.typ != vfs.TypeFile:
		return nil, fail(OpCreate, p, vfs.KindExists)
	case at > 0 && !f.features.ResumeWrite:
		return nil, fail(OpCreate, p, vfs.KindUnsupported)
	case at > 0 && !exists:
		return nil, fail(OpCreate, p, vfs.KindNotFound)
	case at > 0 && int64(len(n.data)) != at:
		return nil, fail(OpCreate, p, vfs.KindChanged)
	}
	if !exists {
		n = &node{typ: vfs.TypeFile, mode: 0o644}
		f.addLocked(dir, p.Base(), n)
	}
	if at == 0 {
		n.data = nil
	}
	n.modTime = f.now()
	if after != nil {
		return nil, after
	}
	return &writer{stream: f.openedLocked(ctx, p, n), ends: f.lineEndsLocked(OpWrite, p)}, nil
}

type writer struct {
	*stream
	ends      LineEnds // fixed
	held      []byte   // guarded by stream.mu; a carriage return whose line feed may come
	committed bool     // guarded by stream.mu
}

// Reserve implements vfs.Reserver; there is always room, but for a fault.
func (w *writer) Reserve(int64) error {
	after, err := w.fs.begin(w.ctx, OpReserve, w.path)
	if err != nil {
		return err
	}
	return after
}

func (w *writer) Write(p []byte) (int, error) {
	after, err := w.fs.begin(w.ctx, OpWrite, w.path)
	if err != nil {
		return 0, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return 0, fail(OpWrite, w.path, vfs.KindCancelled)
	}
	n, fault := w.boundLocked(OpWrite, len(p))
	w.fs.mu.Lock()
	w.node.data = append(w.node.data, w.convertedLocked(p[:n])...)
	w.node.modTime = w.fs.now()
	w.fs.mu.Unlock()
	w.moved += int64(n)
	if n == len(p) {
		return n, after
	}
	if fault == nil {
		_, fault = w.boundLocked(OpWrite, len(p))
	}
	if fault != nil && fault.Lie {
		return len(p), nil
	}
	return n, fail(OpWrite, w.path, faultKind(fault))
}

// convertedLocked is what the writer's LineEnds make of p.
func (w *writer) convertedLocked(p []byte) []byte {
	if w.ends == "" {
		return p
	}
	p = slices.Concat(w.held, p)
	w.held = nil
	if cut := len(p) - 1; cut >= 0 && p[cut] == '\r' {
		p, w.held = p[:cut], []byte{'\r'}
	}
	return w.ends.convert(p)
}

func faultKind(fault *Fault) vfs.Kind {
	if fault == nil {
		return vfs.KindOther
	}
	return fault.Kind
}

func (w *writer) Commit() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		if w.first == nil && !w.committed {
			return fail(OpCommit, w.path, vfs.KindCancelled)
		}
		return w.first
	}
	w.ended, w.committed = true, true
	w.fs.mu.Lock()
	w.node.data = append(w.node.data, w.held...)
	w.fs.mu.Unlock()
	w.forget()
	after, err := w.fs.begin(w.ctx, OpCommit, w.path)
	if err == nil {
		err = after
	}
	w.first = err
	return err
}

func (w *writer) Abort() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return w.first
	}
	w.ended = true
	w.forget()
	after, err := w.fs.begin(context.WithoutCancel(w.ctx), OpAbort, w.path)
	if err == nil {
		err = after
	}
	w.first = err
	return err
}
