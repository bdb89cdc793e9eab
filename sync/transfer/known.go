package transfer

import (
	"context"

	"wherry/sync/vfs"
)

// Known is what listings have said of both sides, so that Run needs not ask
// again. It is believed for the first attempt of a job only, and only as far as
// nothing is lost where it has become untrue:
//
//   - With Job.Made, with Job.Chosen, or under the rules Resume and Rename, both
//     sides are looked at. So is a side that is read by this process
//     (Features.HashesHere), where a look costs nothing.
//   - The source is what its FS says along with its bytes (vfs.Witness). Where
//     it says nothing and Source is not exact (vfs.Entry.Exact), it is looked at.
//   - A Target that stands and is not exact is looked at, and so is what the rule
//     would leave: a queue keeps Known for days. Only who has both listings just
//     made may leave a file by them (Leaves); what the rule would replace at that
//     moment is replaced then, as it would be by a look.
//   - The target is looked at once more before the rename. What has come to
//     stand there meanwhile, or has changed, puts the rule again.
//   - A source that turns out to be another file than Known says is begun with
//     anew, without Known; OnStart is then called again.
type Known struct {
	Source vfs.Entry
	// Target is what stands under the target's name. Nil: a listing of the
	// target's folder shows that nothing does, or the folder was made by this
	// very job.
	Target *vfs.Entry
}

// believes tells whether Known counts at all.
func (r *run) believes() bool {
	j := &r.job
	return j.Known != nil && !r.looks && j.Made == nil && j.Chosen.IsRoot() && j.Exists != Resume && j.Exists != Rename &&
		!(r.asks() && j.Known.Target != nil)
}

// asks tells whether a person will judge a target that stands: by what both
// sides are now.
func (r *run) asks() bool { return r.job.Exists == Ask || r.job.Exists == "" }

// knowsSource tells whether the look at the source is left to its opening.
func (r *run) knowsSource() bool {
	if !r.believes() || r.from.HashesHere || r.job.Known.Source.Type != vfs.TypeFile {
		return false
	}
	if r.job.Known.Source.Exact() {
		return true
	}
	_, swift := r.job.Source.FS.(vfs.Swift)
	judged := r.job.Known.Target != nil && (r.job.Exists == Newer || r.job.Exists == Different)
	return swift && !judged
}

// knowsTarget tells whether the look at the target is left to the renaming.
func (r *run) knowsTarget() bool {
	return r.believes() && !r.to.HashesHere && (r.job.Known.Target == nil || r.job.Known.Target.Exact())
}

// withMode adds the permissions that a listing has told where a look at the
// one file does not (FTP without MLST, RFC 3659).
func withMode(now vfs.Entry, listed *vfs.Entry) vfs.Entry {
	if !now.HasMode && listed != nil && listed.HasMode && listed.Type == now.Type {
		now.Mode, now.HasMode = listed.Mode, true
	}
	return now
}

// openSource opens the source from its first byte, and takes what is told along
// with it for the look that Known has spared.
func (r *run) openSource(ctx context.Context) (vfs.Reader, error) {
	from := r.job.Source
	swift, ok := from.FS.(vfs.Swift)
	var src vfs.Reader
	var err error
	if ok && r.source.Type == vfs.TypeFile {
		src, err = swift.OpenSeen(ctx, from.Path, 0, r.source)
	} else {
		src, err = from.FS.Open(ctx, from.Path, 0)
	}
	if err != nil {
		// Why it cannot be opened, a look tells better.
		r.untrue = r.trusts && !fatal(err)
		return nil, err
	}
	if err = r.confirm(ctx, src); err == nil {
		err = r.announced(src)
	}
	if err == nil && !r.journalled {
		err = r.start()
	}
	if err != nil {
		_ = src.Close() // broken off; the error says why
		return nil, err
	}
	return src, nil
}

// confirm holds what the opening has told against what was seen. A source that
// nobody has looked at is known to the second from here on where its file
// system tells that at all.
func (r *run) confirm(ctx context.Context, src vfs.Reader) error {
	now, told := vfs.Entry{}, false
	if w, ok := src.(vfs.Witness); ok {
		now, told = w.Before()
	}
	if !told {
		if !r.trusts || r.source.Exact() {
			return nil
		}
		var err error
		if now, err = r.job.Source.FS.Stat(ctx, r.job.Source.Path); err != nil {
			return err
		}
	}
	if !now.Same(r.source) {
		return r.changed()
	}
	if !r.trusts {
		return nil
	}
	r.trusts = false
	if now.Size != vfs.SizeUnknown {
		r.source.Size = now.Size
	}
	if !now.ModTime.IsZero() {
		r.source.ModTime, r.source.Accuracy = now.ModTime, now.Accuracy
	}
	r.id = identity(r.source)
	return nil
}

// behind is a look at the source after its last byte: what was told along with
// it, once, where that is no less than what was told before.
func (r *run) behind(ctx context.Context) (vfs.Entry, error) {
	now := r.after
	r.after = nil
	if now != nil && (now.Size != vfs.SizeUnknown || r.source.Size == vfs.SizeUnknown) &&
		(!now.ModTime.IsZero() || r.source.ModTime.IsZero()) {
		return *now, nil
	}
	return r.job.Source.FS.Stat(ctx, r.job.Source.Path)
}

// unchanged looks at the source once more after its last byte.
func (r *run) unchanged(ctx context.Context) error {
	now, err := r.behind(ctx)
	if err != nil {
		return err
	}
	if !now.Same(r.source) {
		return r.changed()
	}
	r.trusts = false
	return nil
}

// changed is the failure; where the source was only known from a listing, that
// may be what is wrong.
func (r *run) changed() error {
	r.untrue = r.trusts
	return r.fault(vfs.KindChanged, "the source changed while it was being sent")
}
