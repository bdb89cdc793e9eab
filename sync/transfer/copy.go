package transfer

import (
	"context"
	"errors"

	"wherry/sync/vfs"
)

// throughPart copies to the part and gives it the target's name.
func (r *run) throughPart(ctx context.Context) (Result, error) {
	src, w, err := r.open(ctx)
	if err != nil {
		return Result{}, err
	}
	src = r.spread(ctx, src)
	if f, ok := w.(vfs.Finisher); ok && r.by == "" {
		return r.atOnce(ctx, src, w, f)
	}
	if err := r.copy(ctx, src, w, r.part); err != nil {
		return Result{}, err
	}
	verified, err := r.verify(ctx, r.part)
	if err != nil {
		return Result{}, err
	}
	r.whole = true
	kept, err := r.dress(ctx, r.part)
	if err != nil {
		return Result{}, err
	}
	return r.named(ctx, r.takeName(ctx), verified, kept)
}

// atOnce is throughPart where the target's side does the last steps together,
// and no hash stands between them.
func (r *run) atOnce(ctx context.Context, src vfs.Reader, w vfs.Writer, f vfs.Finisher) (Result, error) {
	if err := r.pour(ctx, src, w, r.part); err != nil {
		return Result{}, err
	}
	if err := r.unchanged(ctx); err != nil {
		_ = w.Abort() // the first error is the one to tell
		return Result{}, err
	}
	done, err := f.Finish(vfs.Finish{Size: r.done, ModTime: r.when(), Mode: r.mode(), Target: r.target, Old: r.old})
	r.written, r.unmoded = vfs.Entry{Type: vfs.TypeFile, Size: done.Size}, done.ModeRefused
	switch vfs.KindOf(err) {
	case vfs.KindSize:
		if done.Size != vfs.SizeUnknown && done.Size != r.done {
			err = r.wrongSize(ctx)
		}
		return Result{}, err
	case vfs.KindExists, vfs.KindChanged:
		r.whole = true
	}
	return r.named(ctx, err, r.bySize(), done.TimeKept)
}

// behindTarget is the rule Resume: the target itself is continued.
func (r *run) behindTarget(ctx context.Context) (Result, error) {
	src, agrees, err := r.prove(ctx, r.target, r.old.Size)
	if err != nil {
		return Result{}, err
	}
	if !agrees {
		_, result, err := r.skip("different")
		return result, err
	}
	w, err := r.appending(ctx)
	if err == nil {
		err = r.reserve(w, r.old.Size)
	}
	if err != nil {
		_ = src.Close() // broken off; the error is the target's
		return Result{}, err
	}
	r.offset = r.old.Size
	return r.intoTarget(ctx, src, w)
}

// intoTarget is the way of the bytes where w writes to the target itself.
func (r *run) intoTarget(ctx context.Context, src vfs.Reader, w vfs.Writer) (Result, error) {
	if err := r.copy(ctx, src, w, r.target); err != nil {
		return Result{}, err
	}
	verified, err := r.verify(ctx, r.target)
	if err != nil {
		return Result{}, err
	}
	kept, err := r.dress(ctx, r.target)
	if err != nil {
		return Result{}, err
	}
	return r.result(verified, kept), nil
}

// leftBehind is the rule Resume where an earlier run has sent every byte and
// did not come to its end: what it has left is held against the source once
// more, so that other bytes of the same number are not called alike.
func (r *run) leftBehind(ctx context.Context) (Result, error) {
	r.offset, r.done = r.old.Size, r.old.Size
	compared, err := r.compare(ctx, r.target)
	if err != nil {
		return Result{}, err
	}
	if !compared {
		_, result, err := r.skip(Same)
		return result, err
	}
	kept, err := r.dress(ctx, r.target)
	if err != nil {
		return Result{}, err
	}
	return r.result("hash", kept), nil
}

func (r *run) appending(ctx context.Context) (vfs.Writer, error) {
	r.owned = true // the rule has said that what stands there is
	if err := r.start(); err != nil {
		return nil, err
	}
	return r.job.Target.FS.Create(ctx, r.target, r.old.Size)
}

func (r *run) result(verified string, kept bool) Result {
	return Result{
		Outcome: Done, Target: r.target, Bytes: r.done - r.offset, Size: r.done,
		Verified: verified, TimeKept: kept, ModeRefused: r.modeRefused(),
	}
}

// open makes both streams ready, behind a part of this source where there is
// one, else from the beginning.
func (r *run) open(ctx context.Context) (vfs.Reader, vfs.Writer, error) {
	src, w, err := r.openBehind(ctx)
	if err != nil || w != nil {
		return src, w, err
	}
	if src, err = r.openSource(ctx); err != nil {
		return nil, nil, err
	}
	w, err = r.createPart(ctx, 0)
	// A Create that failed may have made the part all the same, unless what
	// stood in its way is somebody's.
	kind := vfs.KindOf(err)
	r.created = kind != vfs.KindExists && kind != vfs.KindIsDir
	if err == nil {
		err = r.own(w)
	}
	if err == nil {
		err = r.reserve(w, 0)
	}
	if err != nil {
		_ = src.Close() // broken off; the error is the target's
		return nil, nil, err
	}
	return src, w, nil
}

// createPart keeps the part from those who will not be able to read the file.
func (r *run) createPart(ctx context.Context, at int64) (vfs.Writer, error) {
	if maker, ok := r.job.Target.FS.(vfs.PartMaker); ok {
		return maker.CreatePart(ctx, r.part, at, r.mode())
	}
	return r.job.Target.FS.Create(ctx, r.part, at)
}

// reserve lets a full disk be found before the first byte, and ends w where it
// is. stands is how many of its bytes are there already. A copy within this
// computer is let be: it may come to share the source's blocks, and then needs
// no room.
func (r *run) reserve(w vfs.Writer, stands int64) error {
	room, ok := w.(vfs.Reserver)
	if !ok || r.id.Size == vfs.SizeUnknown || r.from.HashesHere && r.to.HashesHere {
		return nil
	}
	err := room.Reserve(r.id.Size)
	if err == nil {
		return nil
	}
	_ = w.Abort() // the first error is the one to tell
	var e *vfs.Error
	if errors.As(err, &e) && e.Kind == vfs.KindNoSpace {
		alone := *e
		alone.Asked = r.id.Size - stands
		return &alone
	}
	return err
}

// announced takes the size from the stream where the listing had none, and
// fails where the two disagree.
func (r *run) announced(src vfs.Reader) error {
	size := src.Size()
	switch {
	case size == vfs.SizeUnknown:
	case r.id.Size == vfs.SizeUnknown:
		r.id.Size = size
	case r.id.Size != size:
		r.untrue = r.trusts
		return r.fault(vfs.KindChanged, "the source has another size than a moment ago")
	}
	return nil
}

// copy moves the bytes and asks both ends for their verdict. Both streams are
// ended when it returns. w writes to the path to.
func (r *run) copy(ctx context.Context, src vfs.Reader, w vfs.Writer, to vfs.Path) error {
	if err := r.pour(ctx, src, w, to); err != nil {
		return err
	}
	return w.Commit()
}

// pour moves the bytes and asks the source for its verdict. w is ended where it
// fails, and waits for the caller's word where it does not.
func (r *run) pour(ctx context.Context, src vfs.Reader, w vfs.Writer, to vfs.Path) error {
	m := newMeter(ctx, r.job, src, w, r.id.Size, r.offset)
	err := m.take(src)
	r.done = m.done
	closing := src.Close()
	if err == nil {
		err = closing
	}
	if err == nil && r.id.Size != vfs.SizeUnknown && r.done != r.id.Size {
		err = r.fault(vfs.KindSize, "another number of bytes came than was announced")
	}
	if err == nil {
		r.heard(src)
		return nil
	}
	_ = w.Abort()                    // the first error is the one to tell
	r.job.Counter.Done.Store(r.done) // what came ahead of that is gone
	if vfs.KindOf(err) == vfs.KindSize {
		// A file that grows is the common reason; say so.
		if changed := r.unchanged(ctx); vfs.KindOf(changed) == vfs.KindChanged {
			return changed
		}
		if r.arrivedAsText(ctx, to) {
			return r.asText()
		}
	}
	return err
}

// heard keeps what came along with the last byte.
func (r *run) heard(src vfs.Reader) {
	if w, ok := src.(vfs.Witness); ok {
		if now, told := w.After(); told {
			r.after = &now
		}
	}
}
