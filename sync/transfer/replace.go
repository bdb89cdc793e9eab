package transfer

import (
	"context"
	"errors"

	"wherry/sync/vfs"
)

// ReplaceWay says how a file is replaced where the server refuses to rename
// onto an existing file. It changes nothing for other servers, but see ReplaceDirect.
type ReplaceWay string

// The ways to replace there.
const (
	// ReplaceAsk puts the Question with NoReplace; without anyone to answer the
	// run ends with Outcome Asking, and the whole part is kept.
	ReplaceAsk ReplaceWay = ""
	// ReplaceDirect writes the target itself, from its first byte on, also where
	// nothing may be made beside it (KindPermission). Promise 2
	// is then the person's to give up: while it is written, and after a failure
	// until the next attempt, neither the old file nor the new one stands there
	// whole. The whole part of a first refusal stays until the target is proven
	// whole.
	ReplaceDirect ReplaceWay = "direct"
	// ReplaceDelete removes the target and renames the part. Between the two the
	// new file stands whole under the part's name only; where the rename then
	// fails, the part is kept whatever the reason, and the error names it.
	ReplaceDelete ReplaceWay = "delete"
	// ReplaceNever fails the transfer with KindExists and Error.Op vfs.OpReplace.
	ReplaceNever ReplaceWay = "never"
)

// refused tells that the server does not rename onto an existing file.
func refused(err error) bool {
	var e *vfs.Error
	return errors.As(err, &e) && e.Kind == vfs.KindExists && e.Op == vfs.OpReplace
}

// otherwise replaces the target where the server has refused to do it by
// renaming. The part is whole.
func (r *run) otherwise(ctx context.Context, refusal error, verified string, kept bool) (Result, error) {
	way := r.job.Replace
	if way == ReplaceAsk {
		question := r.question()
		question.NoReplace = true
		if r.job.Ask == nil {
			return Result{Outcome: Asking, Target: r.target, Size: r.id.Size, Question: question}, nil
		}
		answer, err := r.job.Ask(ctx, question)
		if err != nil {
			return Result{}, err
		}
		way = answer.Replace
	}
	switch way {
	case ReplaceAsk:
		r.drop(ctx, r.part)
		_, result, err := r.skip(string(Skip))
		return result, err
	case ReplaceDelete:
		return r.result(verified, kept), r.afterRemoval(ctx)
	case ReplaceDirect:
		return r.directly(ctx)
	case ReplaceNever:
		r.whole = false // nobody will come back for it
		return Result{}, refusal
	}
	return Result{}, r.fault(vfs.KindUnsupported, "there is no way to replace called "+string(way))
}

// afterRemoval deletes the target and gives the part its name. From the removal
// on the part is the only copy at this side, and is never tidied away.
func (r *run) afterRemoval(ctx context.Context) error {
	stands, err := r.stillStands(ctx)
	if err != nil {
		return err
	}
	if stands {
		r.sole = true
		if err := r.job.Target.FS.Remove(ctx, r.target); err != nil {
			_, gone := r.job.Target.FS.Stat(ctx, r.target)
			r.sole = gone != nil // servers have refused what they then did
			return err
		}
		r.old = nil
	}
	err = r.job.Target.FS.Rename(ctx, r.part, r.target, false)
	if err != nil && ctx.Err() != nil {
		// A cancel is not worth being without both.
		once, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyAfterCancelled)
		defer cancel()
		_ = r.job.Target.FS.Rename(once, r.part, r.target, false)
		return err
	}
	if err == nil || r.tookEffect(ctx) { // servers have refused this as well, and done it
		return nil
	}
	return &vfs.Error{
		Op: "rename", Path: r.part.String(), Kind: vfs.KindOf(err), Err: err,
		Reply: "the old file is removed, and the new one stands whole under this name",
	}
}

// directly writes the target itself. A whole part stays beside it until it is
// proven.
func (r *run) directly(ctx context.Context) (Result, error) {
	if _, err := r.stillStands(ctx); err != nil {
		return Result{}, err
	}
	src, err := r.openSource(ctx)
	if err != nil {
		return Result{}, err
	}
	r.sole, r.offset, r.done = r.whole, 0, 0
	w, err := r.job.Target.FS.Create(ctx, r.target, 0)
	if err == nil {
		err = r.reserve(w, 0)
	}
	if err != nil {
		_ = src.Close() // broken off; the error is the target's
		return Result{}, r.stillWhole(ctx, err)
	}
	result, err := r.intoTarget(ctx, src, w)
	err = r.stillWhole(ctx, err)
	if err == nil && (r.created || r.job.Made != nil) {
		r.drop(ctx, r.part)
	}
	return result, err
}

// stillWhole returns err. Where that is a refusal to write to the target, and what
// stands there was not touched, nobody needs the part.
func (r *run) stillWhole(ctx context.Context, err error) error {
	var e *vfs.Error
	if errors.As(err, &e) && e.Untouched && r.job.Made == nil {
		if stands, changed := r.stillStands(ctx); stands && changed == nil {
			r.sole = false
		}
	}
	return err
}

// writesTarget tells whether the target itself is written at once: the server is
// known to refuse, and the person has said so.
func (r *run) writesTarget() bool {
	return r.old != nil && r.job.Replace == ReplaceDirect && !r.to.Replaces
}

// noneBeside tells whether err says that nothing may be made in the target's folder,
// where the person has said that the target itself is written then. On shared hosting
// single files of such a folder may be. A server that is sent the bytes ahead of its
// word refuses the part with any of them, or behind the last. Where a part stands, it
// is something else that was refused.
func (r *run) noneBeside(ctx context.Context, err error) bool {
	var e *vfs.Error
	if r.old == nil || r.job.Replace != ReplaceDirect || !errors.As(err, &e) || e.Kind != vfs.KindPermission || e.Path != r.part.String() {
		return false
	}
	_, stands := r.job.Target.FS.Stat(ctx, r.part)
	return vfs.KindOf(stands) == vfs.KindNotFound
}

// partInTheWay tells whether err says that a part which stands there, and which nobody
// goes on with, may not be written to, and that it is gone now. ProFTPD writes to no
// file that stands unless it is told otherwise (AllowOverwrite), and deletes it all the
// same.
func (r *run) partInTheWay(ctx context.Context, err error) bool {
	var e *vfs.Error
	if !r.created || r.whole || !errors.As(err, &e) || !e.Untouched || e.Path != r.part.String() {
		return false
	}
	stands, missing := r.job.Target.FS.Stat(ctx, r.part)
	return missing == nil && stands.Type == vfs.TypeFile && r.job.Target.FS.Remove(ctx, r.part) == nil
}

// instead is directly where a part was tried first. The journal is told before the
// target is touched: what a broken attempt leaves there is then known as this job's.
func (r *run) instead(ctx context.Context) (Result, error) {
	r.created = false // there is no part
	if !r.owned {
		r.owned = true
		if err := r.start(); err != nil {
			return Result{}, err
		}
	}
	return r.directly(ctx)
}

// ownRemains tells whether what stands under the target may be what an earlier
// run of this job has left of writing it directly. The rule had let that one
// pass, and must not judge what it broke.
func (r *run) ownRemains() bool {
	return r.job.Replace == ReplaceDirect && r.job.Made != nil && r.job.Made.equal(r.id) &&
		(r.job.Exists == Newer || r.job.Exists == Different)
}

// OnlyCopy tells whether a part beside target that is made from made may be all that
// stands whole there: a way to replace files that was broken off leaves it so. Who
// does not go on with such a part leaves it where it is. With an error nobody knows.
func OnlyCopy(ctx context.Context, target File, made Identity, way ReplaceWay) (bool, error) {
	name, err := PartName(target.Path)
	if err != nil || way != ReplaceDirect && way != ReplaceDelete {
		return false, err
	}
	now, err := target.FS.Stat(ctx, target.Path)
	switch {
	case err != nil && vfs.KindOf(err) != vfs.KindNotFound:
		return false, err
	case err == nil && (way == ReplaceDelete || now.Size == made.Size):
		return false, nil
	}
	part, err := target.FS.Stat(ctx, name)
	if vfs.KindOf(err) == vfs.KindNotFound {
		return false, nil
	}
	return made.Size < 0 || part.Size < 0 || part.Size == made.Size, err
}
