package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"wherry/sync/vfs"
)

// openBehind returns no writer where there is no part to go on with.
func (r *run) openBehind(ctx context.Context) (vfs.Reader, vfs.Writer, error) {
	if !r.mayGoOn() {
		return nil, nil, nil
	}
	part, err := r.job.Target.FS.Stat(ctx, r.part)
	switch {
	case vfs.KindOf(err) == vfs.KindNotFound:
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	case part.Type != vfs.TypeFile, part.Size <= 0, part.Size > r.id.Size:
		return nil, nil, nil
	case r.job.Made == nil && r.source.ModTime.Sub(part.ModTime) > max(r.source.Accuracy, part.Accuracy, time.Second):
		return nil, nil, nil // the source was changed after the part was written
	}
	src, agrees, err := r.prove(ctx, r.part, part.Size)
	if err != nil || !agrees {
		return nil, nil, err
	}
	w, err := r.createPart(ctx, part.Size)
	if err != nil {
		_ = src.Close() // broken off; the error is the target's
		if vfs.KindOf(err) == vfs.KindPermission && r.job.Made != nil {
			// It has come so far that it got the permissions of a file that
			// nobody may write to.
			r.drop(ctx, r.part)
			return nil, nil, nil
		}
		return nil, nil, unlessDifferent(err)
	}
	// The part stays where there is no room for the rest: it was there before.
	if err := r.reserve(w, part.Size); err != nil {
		_ = src.Close() // broken off; the error is the target's
		return nil, nil, err
	}
	r.created, r.offset, r.done = true, part.Size, part.Size
	return src, w, nil
}

// mayGoOn tells whether a part may be one of this source: the journal says so,
// or there is none and the person has said Resume, which takes the overlap for
// proof.
func (r *run) mayGoOn() bool {
	if r.anew {
		return false
	}
	if r.job.Made == nil {
		return r.job.Exists == Resume && r.resumable()
	}
	return r.job.Made.equal(r.id) && r.resumable()
}

// resumable tells whether a part could be continued at all.
func (r *run) resumable() bool {
	return r.id.Size != vfs.SizeUnknown && !r.id.ModTime.IsZero() &&
		r.from.ResumeRead && r.to.ResumeRead && r.to.ResumeWrite
}

// prove compares the last bytes of the n that stand under p with the same
// bytes of the source, and returns the source's stream behind them. It is one
// stream for the proof and what follows, so that a server which ignores the
// offset cannot pass.
func (r *run) prove(ctx context.Context, p vfs.Path, n int64) (vfs.Reader, bool, error) {
	begin := max(0, n-Overlap)
	have, err := tail(ctx, r.job.Target.FS, p, begin, n-begin)
	if err != nil {
		return nil, false, unlessDifferent(err)
	}
	src, err := r.job.Source.FS.Open(ctx, r.job.Source.Path, begin)
	if err != nil {
		return nil, false, unlessDifferent(err)
	}
	want := make([]byte, n-begin)
	_, err = io.ReadFull(src, want)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = nil
	case err == nil && bytes.Equal(have, want):
		if err = r.announced(src); err == nil {
			return src, true, nil
		}
	}
	_ = src.Close() // broken off
	return nil, false, unlessDifferent(err)
}

// tail reads what stands from begin to the end, and at most one byte more than
// n, which tells that it is not what was looked for. To the end, because a
// server ends a whole reading at once and a broken one slowly.
func tail(ctx context.Context, f vfs.FS, p vfs.Path, begin, n int64) ([]byte, error) {
	in, err := f.Open(ctx, p, begin)
	if err != nil {
		return nil, err
	}
	have, err := io.ReadAll(io.LimitReader(in, n+1))
	if closing := in.Close(); err == nil {
		err = closing
	}
	return have, err
}

// unlessDifferent makes nothing of the errors that say that an offset cannot
// be had; the transfer then begins anew. KindSize is a server that says yes to
// REST and sends the whole file.
func unlessDifferent(err error) error {
	switch vfs.KindOf(err) {
	case vfs.KindNotFound, vfs.KindChanged, vfs.KindUnsupported, vfs.KindSize:
		return nil
	}
	return err
}
