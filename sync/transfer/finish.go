package transfer

import (
	"context"
	"errors"
	"io/fs"
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
	if r.written, err = r.job.Target.FS.Stat(ctx, written); err != nil {
		return "", err
	}
	if r.written.Size != vfs.SizeUnknown && r.written.Size != r.done {
		return "", r.wrongSize(ctx)
	}
	compared, err := r.compare(ctx, written)
	switch {
	case err != nil:
		return "", err
	case compared:
		return "hash", nil
	}
	return r.bySize(), nil
}

// wrongSize is the failure where the target tells another size than was sent.
func (r *run) wrongSize(ctx context.Context) error {
	if r.storedAsText(ctx) {
		return r.asText()
	}
	return r.fault(vfs.KindSize, "the target holds another number of bytes than was sent")
}

// bySize is what a result was compared by that no hash was computed of.
func (r *run) bySize() string {
	if r.written.Size == vfs.SizeUnknown && r.id.Size == vfs.SizeUnknown {
		return "none"
	}
	return "size"
}

// dress gives the file at p its permissions and the source's time.
func (r *run) dress(ctx context.Context, p vfs.Path) (timeKept bool, err error) {
	if mode := r.mode(); mode != nil && !(r.written.HasMode && r.written.Mode.Perm() == *mode) {
		err := r.job.Target.FS.SetMode(ctx, p, *mode)
		if fatal(err) {
			return false, err
		}
		if r.unmoded = err != nil; !r.unmoded {
			r.written.Mode, r.written.HasMode = *mode, true // the rule may be put again, over another file
		}
	}
	when := r.when()
	if when.IsZero() {
		return false, nil
	}
	err = r.job.Target.FS.SetTime(ctx, p, when)
	if fatal(err) {
		return false, err
	}
	return err == nil, nil
}

// mode is what permissions the target shall have: those of the source where the
// job says so, else those of the file that is replaced, because a private file
// stays private. Nil where nobody tells them, or they cannot be set.
func (r *run) mode() *fs.FileMode {
	var mode fs.FileMode
	switch {
	case !r.to.SetMode:
		return nil
	case r.job.KeepMode && r.source.HasMode && r.source.Type == vfs.TypeFile:
		mode = r.source.Mode.Perm()
	case r.old != nil && r.old.HasMode && r.old.Type == vfs.TypeFile:
		mode = r.old.Mode.Perm()
		if mine := r.written.Group; mine != "" && r.old.Group != "" && mine != r.old.Group {
			mode &= 0o707 | mode<<3&0o070 // its people get what all have
		}
	default:
		return nil
	}
	return &mode
}

// modeRefused says whether the source's permissions were wanted and known, and the
// target did not take them.
func (r *run) modeRefused() bool {
	return r.job.KeepMode && r.source.HasMode && r.source.Type == vfs.TypeFile && (r.unmoded || !r.to.SetMode)
}

// when is the time that the target shall have, zero where it keeps its own.
func (r *run) when() time.Time {
	if !r.job.KeepTime || r.source.Accuracy > time.Minute || !r.to.SetTime || r.source.Type == vfs.TypeLink {
		return time.Time{}
	}
	return r.source.ModTime
}

// fatal tells what ends a transfer even where the step itself is not needed:
// the connection or the person's patience is gone.
func fatal(err error) bool {
	kind := vfs.KindOf(err)
	return kind == vfs.KindCancelled || kind.Temporary()
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
	if !r.created || r.sole || r.worthKeeping(vfs.KindOf(err)) && !r.filled(err) {
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
	if only, err := OnlyCopy(ctx, r.job.Target, *r.job.Made, r.job.Replace); only || err != nil {
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
	if at, err := PartName(r.target); err != nil || at != r.part {
		return false // a later run looks beside the name that it has now
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
