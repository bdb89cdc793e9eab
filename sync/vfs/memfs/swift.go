package memfs

import (
	"context"

	"wherry/sync/vfs"
)

// OpenSeen implements vfs.Swift. Where a fault keeps it from telling what
// stands there, its Size is that of seen, true or not.
func (f *FS) OpenSeen(ctx context.Context, p vfs.Path, offset int64, seen vfs.Entry) (vfs.Reader, error) {
	before, told := f.along(ctx, OpAhead, p)
	r, err := f.open(ctx, p, offset)
	if err != nil {
		return nil, err
	}
	r.size = seen.Size
	if told {
		r.size = before.Size
	}
	return &witness{reader: r, before: before, told: told}, nil
}

// along is what a server would say in the same breath.
func (f *FS) along(ctx context.Context, op Op, p vfs.Path) (vfs.Entry, bool) {
	after, err := f.begin(ctx, op, p)
	if err != nil || after != nil {
		return vfs.Entry{}, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	_, at, err := f.resolveLocked(op, p, true, 0)
	if err != nil {
		return vfs.Entry{}, false
	}
	n, err := f.findLocked(op, at, false)
	if err != nil || n.typ != vfs.TypeFile {
		return vfs.Entry{}, false
	}
	e := f.entryLocked(at, n)
	return vfs.Entry{Size: e.Size, ModTime: e.ModTime, Accuracy: e.Accuracy}, true
}

type witness struct {
	*reader
	before vfs.Entry // fixed
	told   bool      // fixed

	// Written by Close, read behind it.
	after  vfs.Entry
	behind bool
}

func (w *witness) Before() (vfs.Entry, bool) { return w.before, w.told }

func (w *witness) After() (vfs.Entry, bool) { return w.after, w.behind }

func (w *witness) Close() error {
	w.mu.Lock()
	first := !w.ended && w.eof
	w.mu.Unlock()
	err := w.reader.Close()
	if first && err == nil {
		w.after, w.behind = w.fs.along(w.ctx, OpBehind, w.path)
	}
	return err
}

// Finish implements vfs.Finisher by the single calls, each of which meets its
// own faults.
func (w *writer) Finish(f vfs.Finish) (vfs.Finished, error) {
	w.mu.Lock()
	ended, committed := w.ended, w.committed
	w.mu.Unlock()
	none := vfs.Finished{Size: vfs.SizeUnknown}
	switch {
	case committed:
		return none, fail(OpCommit, w.path, vfs.KindUnsupported)
	case ended:
		return none, fail(OpCommit, w.path, vfs.KindCancelled)
	}
	done, err := w.finish(f)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.first = err
	return done, err
}

func (w *writer) finish(f vfs.Finish) (vfs.Finished, error) {
	done := vfs.Finished{Size: vfs.SizeUnknown}
	if err := w.Commit(); err != nil {
		return done, err
	}
	part, err := w.fs.Stat(w.ctx, w.path)
	if err != nil {
		return done, err
	}
	if done.Size = part.Size; part.Size != vfs.SizeUnknown && part.Size != f.Size {
		return done, fail(OpStat, w.path, vfs.KindSize)
	}
	if f.Mode != nil {
		err := w.fs.SetMode(w.ctx, w.path, *f.Mode)
		if fatal(err) {
			return done, err
		}
		done.ModeRefused = err != nil
	}
	if !f.ModTime.IsZero() {
		err := w.fs.SetTime(w.ctx, w.path, f.ModTime)
		if fatal(err) {
			return done, err
		}
		done.TimeKept = err == nil
	}
	return done, w.takeName(f)
}

// fatal tells the errors that end a Finish even where the step can be left out.
func fatal(err error) bool {
	kind := vfs.KindOf(err)
	return kind == vfs.KindCancelled || err != nil && kind.Temporary()
}

func (w *writer) takeName(f vfs.Finish) error {
	now, err := w.fs.Stat(w.ctx, f.Target)
	switch missing := vfs.KindOf(err) == vfs.KindNotFound; {
	case missing:
		return w.fs.Rename(w.ctx, w.path, f.Target, false)
	case err != nil:
		return err
	case f.Old == nil:
		return fail(OpRename, f.Target, vfs.KindExists)
	case !now.Same(*f.Old):
		return fail(OpRename, f.Target, vfs.KindChanged)
	}
	err = w.fs.Rename(w.ctx, w.path, f.Target, true)
	if vfs.KindOf(err) == vfs.KindExists {
		return &vfs.Error{Op: vfs.OpReplace, Path: f.Target.String(), Kind: vfs.KindExists, Err: err}
	}
	return err
}
