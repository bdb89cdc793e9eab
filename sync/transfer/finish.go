package transfer

import (
	"context"
	"errors"
	"time"

	"wherry/sync/vfs"
)

// verify asks both sides about what was copied. It returns what the result was
// compared by.
func (r *run) verify(ctx context.Context, written vfs.Path) (string, error) {
	if err := r.unchanged(ctx); err != nil {
		return "", err
	}
	var err error
	r.written, err = r.job.Target.FS.Stat(ctx, written)
	switch {
	case err != nil:
		return "", err
	case r.written.Size != vfs.SizeUnknown && r.written.Size != r.done:
		if r.storedAsText(ctx) {
			return "", r.asText()
		}
		return "", r.fault(vfs.KindSize, "the target holds another number of bytes than was sent")
	}
	compared, err := r.compare(ctx, written)
	switch {
	case err != nil:
		return "", err
	case compared:
		return "hash", nil
	case r.written.Size == vfs.SizeUnknown && r.id.Size == vfs.SizeUnknown:
		return "none", nil
	}
	return "size", nil
}

// dress gives the part the source's time and the old target's permissions: a
// private file stays private when it is replaced.
func (r *run) dress(ctx context.Context) (timeKept bool, err error) {
	if r.old != nil && r.old.HasMode && r.old.Type == vfs.TypeFile && r.to.SetMode &&
		!(r.written.HasMode && r.written.Mode == r.old.Mode) {
		err := r.job.Target.FS.SetMode(ctx, r.part, r.old.Mode.Perm())
		if fatal(err) {
			return false, err
		}
	}
	return r.keepTime(ctx, r.part)
}

func (r *run) keepTime(ctx context.Context, p vfs.Path) (bool, error) {
	when := r.source.ModTime
	if !r.job.KeepTime || when.IsZero() || r.source.Accuracy > time.Minute || !r.to.SetTime || r.source.Type == vfs.TypeLink {
		return false, nil
	}
	err := r.job.Target.FS.SetTime(ctx, p, when)
	if fatal(err) {
		return false, err
	}
	return err == nil, nil
}

// fatal tells what ends a transfer even where the step itself is not needed:
// the connection or the person's patience is gone.
func fatal(err error) bool {
	kind := vfs.KindOf(err)
	return kind == vfs.KindCancelled || err != nil && kind.Temporary()
}

// maxTaken is how often a free name may be snatched away before it is used.
const maxTaken = 3

// takeName renames the part. It never replaces what it has not seen.
func (r *run) takeName(ctx context.Context) error {
	if r.old != nil {
		if err := r.targetUnchanged(ctx); err != nil {
			return err
		}
	}
	err := r.job.Target.FS.Rename(ctx, r.part, r.target, r.old != nil)
	for try := 0; r.both && vfs.KindOf(err) == vfs.KindExists && try < maxTaken; try++ {
		if err := r.keepBoth(ctx); err != nil {
			return err
		}
		if err := r.start(); err != nil {
			return err
		}
		err = r.job.Target.FS.Rename(ctx, r.part, r.target, false)
	}
	switch vfs.KindOf(err) {
	case vfs.KindLost, vfs.KindTimeout:
		if ctx.Err() == nil && r.tookEffect(ctx) {
			return nil
		}
	}
	return err
}

func (r *run) targetUnchanged(ctx context.Context) error {
	now, err := r.job.Target.FS.Stat(ctx, r.target)
	switch {
	case vfs.KindOf(err) == vfs.KindNotFound:
		return nil
	case err != nil:
		return err
	case now.Type != r.old.Type, now.Size != r.old.Size, !now.ModTime.Equal(r.old.ModTime):
		return &vfs.Error{
			Op: "transfer", Path: r.target.String(), Kind: vfs.KindChanged,
			Reply: "the target changed while the transfer was under way",
		}
	}
	return nil
}

// tookEffect looks whether a rename whose reply was lost has happened. It is a
// look and not a second try.
func (r *run) tookEffect(ctx context.Context) bool {
	if _, err := r.job.Target.FS.Stat(ctx, r.part); vfs.KindOf(err) != vfs.KindNotFound {
		return false
	}
	now, err := r.job.Target.FS.Stat(ctx, r.target)
	return err == nil && now.Type == vfs.TypeFile && now.Size == r.done
}

// How long the removal of a useless part may take; after a cancel the whole
// run has one second to end.
const (
	tidyLimit          = 5 * time.Second
	tidyAfterCancelled = 800 * time.Millisecond
)

// tidy removes a part that no later run can use, as far as the file system
// lets it.
func (r *run) tidy(ctx context.Context, err error) {
	err = r.sorted(ctx, err)
	if !r.created || r.worthKeeping(vfs.KindOf(err)) && !r.filled(err) {
		return
	}
	r.drop(ctx, r.part)
}

// drop deletes a part; the transfer's own outcome is the one to tell.
func (r *run) drop(ctx context.Context, part vfs.Path) {
	limit := tidyLimit
	if ctx.Err() != nil {
		limit = tidyAfterCancelled
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	_ = r.job.Target.FS.Remove(ctx, part)
}

// dropEarlier removes what an earlier run of this job began and none will go
// on with.
func (r *run) dropEarlier(ctx context.Context) {
	if r.job.Made == nil {
		return
	}
	name := r.job.Target.Path
	if !r.job.Chosen.IsRoot() {
		name = r.job.Chosen
	}
	if part, err := PartName(name); err == nil {
		r.drop(ctx, part)
	}
}

// endedForGood tells the outcomes of look after which an earlier run's part is
// of no use. A source that is missing together with its folder is a disk that
// was taken out, and may come back as it was.
func (r *run) endedForGood(ctx context.Context, err error) bool {
	switch vfs.KindOf(err) {
	case vfs.KindIsDir, vfs.KindExists:
		return true
	case vfs.KindNotFound:
		_, above := r.job.Source.FS.Stat(ctx, r.job.Source.Path.Dir())
		return above == nil
	}
	return false
}

// filled tells whether the target's place is full. The part then goes although
// it could be continued: what else lives on that disk or account needs the room
// before a person has made any.
func (r *run) filled(err error) bool {
	var e *vfs.Error
	return errors.As(err, &e) && e.Kind == vfs.KindNoSpace && e.Path != r.job.Source.Path.String()
}

// worthKeeping tells whether the part can be continued after an error of this
// kind.
func (r *run) worthKeeping(kind vfs.Kind) bool {
	if !r.resumable() || r.done == 0 {
		return false
	}
	switch kind {
	case vfs.KindExists, vfs.KindChanged:
		return r.whole
	case vfs.KindSize, vfs.KindHash, vfs.KindNotFound, vfs.KindPermission, vfs.KindUnsupported,
		vfs.KindBadName, vfs.KindIsDir, vfs.KindNotDir:
		return false
	}
	return true
}
