package transfer

import (
	"context"
	"errors"
	"time"

	"wherry/sync/vfs"
)

// run is one transfer under way. It is used by one goroutine.
type run struct {
	job    Job
	source vfs.Entry
	id     Identity
	from   vfs.Features // of the source's file system
	to     vfs.Features // of the target's
	target vfs.Path     // job.Target.Path, or another under Rename
	old    *vfs.Entry   // what stands under target; nil for nothing
	both   bool         // the target's name was made up, to keep both
	part   vfs.Path

	by   vfs.HashName // what both sides are compared by, "" for none
	anew bool         // no part is gone on with
	text bool         // the last failure was one of line ends

	looks      bool       // Known has been found wanting: both sides are looked at
	trusts     bool       // source is from Known, and nothing has confirmed it yet
	unseen     bool       // old is from Known
	untrue     bool       // the last failure may be Known's
	spreads    bool       // the source is read by segments
	journalled bool       // OnStart was told
	owned      bool       // what stands under the part's name can only be of this source
	after      *vfs.Entry // what came along with the source's last byte

	created bool      // the part is of this run's making
	sole    bool      // the part may be the only whole copy at the target's side
	offset  int64     // where this run began
	done    int64     // bytes that stand in the part or target
	whole   bool      // the part is proven whole
	written vfs.Entry // what the target's side says of it, once whole
	unmoded bool      // it did not take the permissions it was to have
}

// Run does one transfer as the package's pseudo-code says and returns once
// nothing of it is left in progress. An error is a *vfs.Error; the old target
// then stands as it stood, and a part stands only where a run with Job.Made
// can go on with it, or where it is the one whole copy (ReplaceDelete,
// ReplaceDirect). It never puts a question twice, waits or tries again, but for a
// file whose line ends were changed on the way, for a Known that was untrue, for an
// upload whose end was lost to haste (vfs.ErrCutShort), and where Segments may have
// filled the disk or put other bytes together: these it sends once more.
//
// Two runs with the same target must not be under way at a time: they would
// write the same part.
func Run(ctx context.Context, job Job) (Result, error) {
	if job.Counter == nil {
		job.Counter = new(Counter)
	}
	r := &run{job: job, target: job.Target.Path}
	result, err := r.run(ctx)
	if err != nil && (r.untrue || r.misspread(err) || errors.Is(err, vfs.ErrCutShort)) && ctx.Err() == nil {
		job.Segments = 0
		r = &run{job: job, target: job.Target.Path, looks: true}
		result, err = r.run(ctx)
	}
	if err != nil {
		return Result{}, r.sorted(ctx, err)
	}
	return result, nil
}

func (r *run) run(ctx context.Context) (Result, error) {
	if err := r.look(ctx); err != nil {
		if r.endedForGood(ctx, err) {
			r.dropEarlier(ctx)
		}
		return Result{}, err
	}
	act, result, err := r.judge(ctx)
	if err != nil || act == toEnd {
		if err == nil && result.Outcome == Skipped {
			r.dropEarlier(ctx)
		}
		return result, err
	}
	if r.part, err = PartName(r.target); err != nil {
		return Result{}, err
	}
	if err := r.chooseHash(); err != nil {
		return Result{}, err
	}
	switch act {
	case toAppend:
		return r.behindTarget(ctx)
	case toCheck:
		return r.leftBehind(ctx)
	}
	r.owned = r.writesTarget() || r.job.Made != nil && r.job.Made.equal(r.id)
	if !r.trusts {
		if err := r.start(); err != nil {
			return Result{}, err
		}
	}
	result, err = r.send(ctx)
	if err != nil && r.text {
		r.tidy(ctx, err)
		r.anew, r.text, r.created, r.offset, r.done = true, false, false, 0, 0
		result, err = r.send(ctx)
	}
	if err != nil {
		r.tidy(ctx, err)
	}
	return result, err
}

func (r *run) send(ctx context.Context) (Result, error) {
	if r.writesTarget() {
		return r.directly(ctx)
	}
	result, err := r.throughPart(ctx)
	if r.partInTheWay(ctx, err) {
		r.created, r.offset, r.done = false, 0, 0
		result, err = r.throughPart(ctx)
	}
	if r.noneBeside(ctx, err) {
		return r.instead(ctx)
	}
	return result, err
}

// start tells the journal that bytes are about to move. As long as another
// source's part may stand there it does not say from what: should this run end
// before that one is gone, the next must not take it for its own.
func (r *run) start() error {
	r.journalled = true
	r.job.Counter.Total.Store(r.id.Size)
	if r.job.OnStart == nil {
		return nil
	}
	id := r.id
	if !r.owned {
		id.ModTime = time.Time{}
	}
	return r.job.OnStart(id, r.target)
}

// own tells the journal what the part is made from, once w has begun it anew. w
// is ended where it fails.
func (r *run) own(w vfs.Writer) error {
	if r.owned || r.id.ModTime.IsZero() {
		return nil
	}
	r.owned = true
	err := r.start()
	if err != nil {
		_ = w.Abort() // the first error is the one to tell
	}
	return err
}

// look asks both sides what stands there, as far as Known does not tell.
func (r *run) look(ctx context.Context) error {
	var err error
	if r.from, err = r.job.Source.FS.Features(ctx); err != nil {
		return err
	}
	if err := r.lookAtSource(ctx); err != nil {
		return err
	}
	if r.to, err = r.job.Target.FS.Features(ctx); err != nil {
		return err
	}
	if r.knowsTarget() {
		r.unseen, r.old = true, r.job.Known.Target
		return nil
	}
	return r.lookAtTarget(ctx)
}

func (r *run) lookAtSource(ctx context.Context) error {
	var listed *vfs.Entry
	if r.job.Known != nil {
		listed = &r.job.Known.Source
	}
	if r.knowsSource() {
		r.trusts, r.source, r.id = true, *listed, identity(*listed)
		return nil
	}
	now, err := r.job.Source.FS.Stat(ctx, r.job.Source.Path)
	if err != nil {
		return err
	}
	r.trusts, r.source = false, withMode(now, listed)
	switch {
	case r.source.IsDir():
		return r.fault(vfs.KindIsDir, "the source is a folder")
	case r.source.Type == vfs.TypeOther:
		return r.fault(vfs.KindUnsupported, "the source is no plain file")
	}
	r.id = identity(r.source)
	return nil
}

func (r *run) lookAtTarget(ctx context.Context) error {
	r.unseen, r.old = false, nil
	now, err := r.job.Target.FS.Stat(ctx, r.target)
	switch {
	case vfs.KindOf(err) == vfs.KindNotFound:
		return nil
	case err != nil:
		return err
	case now.IsDir():
		return r.inTheWay(vfs.KindIsDir, "a folder has the target's name")
	case now.Type == vfs.TypeOther:
		return r.inTheWay(vfs.KindExists, "what has the target's name is no file")
	}
	if r.job.Known != nil {
		now = withMode(now, r.job.Known.Target)
	}
	r.old = &now
	return nil
}

// identity is what can be compared later. A link's own size and time say
// nothing about the file behind it.
func identity(e vfs.Entry) Identity {
	if e.Type == vfs.TypeLink {
		return Identity{Size: vfs.SizeUnknown}
	}
	return Identity{Size: e.Size, ModTime: e.ModTime}
}

func (id Identity) equal(other Identity) bool {
	return id.Size == other.Size && id.ModTime.Equal(other.ModTime)
}

func (r *run) fault(kind vfs.Kind, why string) error {
	return &vfs.Error{Op: "transfer", Path: r.job.Source.Path.String(), Kind: kind, Reply: why}
}

// inTheWay is fault for what is about the target.
func (r *run) inTheWay(kind vfs.Kind, why string) error {
	return &vfs.Error{Op: "transfer", Path: r.target.String(), Kind: kind, Reply: why}
}

// sorted makes a *vfs.Error of every error. Once ctx is done, that is the
// reason, whatever broke first because of it.
func (r *run) sorted(ctx context.Context, err error) error {
	var e *vfs.Error
	kind := vfs.KindOf(err)
	if ended := ctx.Err(); ended != nil && kind != vfs.KindCancelled && kind != vfs.KindTimeout {
		kind = vfs.KindOf(ended)
	} else if errors.As(err, &e) && e.Path != "" {
		return err
	}
	return &vfs.Error{Op: "transfer", Path: r.job.Source.Path.String(), Kind: kind, Err: err}
}
