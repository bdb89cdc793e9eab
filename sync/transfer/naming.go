package transfer

import (
	"context"

	"wherry/sync/vfs"
)

// maxTaken is how often a free name may be snatched away before it is used.
const maxTaken = 3

// named sees to it that the part, which is whole, gets its name where the first
// try has come to err, or that the rule is put again over what nobody had seen.
func (r *run) named(ctx context.Context, err error, verified string, kept bool) (Result, error) {
	for try := 0; r.both && vfs.KindOf(err) == vfs.KindExists && try < maxTaken; try++ {
		if err := r.keepBoth(ctx); err != nil {
			return Result{}, err
		}
		if err := r.start(); err != nil {
			return Result{}, err
		}
		err = r.job.Target.FS.Rename(ctx, r.part, r.target, false)
	}
	kind := vfs.KindOf(err)
	switch {
	case refused(err):
		return r.otherwise(ctx, err, verified, kept)
	case r.unseen && (kind == vfs.KindExists || kind == vfs.KindChanged):
		return r.ruledAgain(ctx, verified)
	case (kind == vfs.KindLost || kind == vfs.KindTimeout) && ctx.Err() == nil && r.tookEffect(ctx):
		err = nil
	}
	return r.result(verified, kept), err
}

// ruledAgain looks at a target that Known had told otherwise of, and lets the
// rule decide over it. The part is whole and kept meanwhile.
func (r *run) ruledAgain(ctx context.Context, verified string) (Result, error) {
	if err := r.lookAtTarget(ctx); err != nil {
		return Result{}, err
	}
	act, result, err := r.decide(ctx)
	switch {
	case err != nil:
		return Result{}, err
	case act == toEnd && result.Outcome == Asking:
		return result, nil
	case act != toReplace:
		r.drop(ctx, r.part)
	}
	switch act {
	case toEnd:
		return result, nil
	case toAppend:
		return r.behindTarget(ctx)
	case toCheck:
		return r.leftBehind(ctx)
	}
	if r.both {
		if err := r.start(); err != nil {
			return Result{}, err
		}
	}
	kept, err := r.dress(ctx, r.part)
	if err != nil {
		return Result{}, err
	}
	return r.named(ctx, r.takeName(ctx), verified, kept)
}

// takeName renames the part. It never replaces what it has not seen.
func (r *run) takeName(ctx context.Context) error {
	stands := false
	if r.old != nil {
		var err error
		if stands, err = r.stillStands(ctx); err != nil {
			return err
		}
	}
	err := r.job.Target.FS.Rename(ctx, r.part, r.target, stands)
	if stands && vfs.KindOf(err) == vfs.KindExists {
		return &vfs.Error{
			Op: vfs.OpReplace, Path: r.target.String(), Kind: vfs.KindExists, Err: err,
			Reply: "the server refuses to rename onto an existing file",
		}
	}
	return err
}

// stillStands looks whether what is to be replaced is there. KindChanged where
// something else is.
func (r *run) stillStands(ctx context.Context) (bool, error) {
	now, err := r.job.Target.FS.Stat(ctx, r.target)
	switch {
	case vfs.KindOf(err) == vfs.KindNotFound:
		return false, nil
	case err != nil:
		return false, err
	case !now.Same(*r.old):
		return false, &vfs.Error{
			Op: "transfer", Path: r.target.String(), Kind: vfs.KindChanged,
			Reply: "the target changed while the transfer was under way",
		}
	}
	return true, nil
}

// tookEffect looks whether a rename whose reply was lost has happened. It is a
// look and not a second try. What is like the old file is taken for that: the
// part may also be gone because the server keeps nothing of a broken upload.
func (r *run) tookEffect(ctx context.Context) bool {
	if _, err := r.job.Target.FS.Stat(ctx, r.part); vfs.KindOf(err) != vfs.KindNotFound {
		return false
	}
	now, err := r.job.Target.FS.Stat(ctx, r.target)
	return err == nil && now.Type == vfs.TypeFile && now.Size == r.done && (r.old == nil || !now.Same(*r.old))
}
