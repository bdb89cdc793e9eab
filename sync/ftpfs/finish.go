package ftpfs

import (
	"errors"
	"fmt"

	"wherry/sync/vfs"
)

// swift is what a session's Writer does of a Finish in one flight. done tells
// that it was all; where it is not, and err is nil, the file stands and nothing
// was renamed.
type swift interface {
	Finish(f vfs.Finish) (out vfs.Finished, done bool, err error)
}

// Finish ends the upload, and goes on to the rename; see vfs.Finisher. What
// does not come out right in one flight, or cannot be asked so, is gone
// through step by step, on any session.
func (w *writer) Finish(f vfs.Finish) (vfs.Finished, error) {
	out, done := vfs.Finished{Size: vfs.SizeUnknown}, false
	err := w.end(func() (err error) {
		w.by = finished
		if s, ok := w.to.(swift); ok {
			out, done, err = s.Finish(f)
			return err
		}
		return w.to.Commit()
	}, func() (err error) {
		if !done {
			out, err = w.stepByStep(f)
		}
		return err
	})
	switch {
	case err == nil && w.by == aborted:
		err = w.brokenOff()
	case err == nil && w.by == committed:
		err = &vfs.Error{Op: w.call.op, Path: w.call.path.String(), Kind: vfs.KindUnsupported, Reply: "the upload was ended already"}
	}
	return out, err
}

// stepByStep does what Finish does behind the Commit.
func (w *writer) stepByStep(f vfs.Finish) (vfs.Finished, error) {
	out, part := vfs.Finished{Size: vfs.SizeUnknown}, w.call.path
	now, err := w.fs.Stat(w.ctx, part)
	if err != nil {
		return out, err
	}
	out.Size = now.Size
	if now.Size != vfs.SizeUnknown && now.Size != f.Size {
		return out, &vfs.Error{Op: w.call.op, Path: part.String(), Kind: vfs.KindSize, Reply: fmt.Sprintf("the server has %d bytes, %d were sent", now.Size, f.Size)}
	}
	if f.Mode != nil && !(now.HasMode && now.Mode.Perm() == f.Mode.Perm()) {
		err := w.fs.SetMode(w.ctx, part, *f.Mode)
		if ends(err) {
			return out, err
		}
		out.ModeRefused = err != nil
	}
	if !f.ModTime.IsZero() {
		err := w.fs.SetTime(w.ctx, part, f.ModTime)
		if ends(err) {
			return out, err
		}
		out.TimeKept = err == nil
	}
	return out, w.rename(part, f)
}

// ends says whether a step that nothing depends on ends everything: the
// connection or the person's patience is gone.
func ends(err error) bool {
	kind := vfs.KindOf(err)
	return err != nil && (kind == vfs.KindCancelled || kind.Temporary())
}

// rename gives part the target's name where what stands there is what should.
func (w *writer) rename(part vfs.Path, f vfs.Finish) error {
	now, err := w.fs.Stat(w.ctx, f.Target)
	gone := vfs.KindOf(err) == vfs.KindNotFound
	switch {
	case err != nil && !gone:
		return err
	case !gone && f.Old == nil:
		return &vfs.Error{Op: "rename", Path: f.Target.String(), Kind: vfs.KindExists, Reply: "the new name is taken"}
	case !gone && (now.IsDir() || !now.Same(*f.Old)):
		return &vfs.Error{Op: "rename", Path: f.Target.String(), Kind: vfs.KindChanged, Reply: "what has that name has changed meanwhile"}
	}
	err = w.fs.Rename(w.ctx, part, f.Target, true)
	var refused *vfs.Error
	if !gone && vfs.KindOf(err) == vfs.KindExists && errors.As(err, &refused) {
		return &vfs.Error{Op: vfs.OpReplace, Path: f.Target.String(), Kind: vfs.KindExists, Reply: refused.Reply, Err: err}
	}
	return err
}
