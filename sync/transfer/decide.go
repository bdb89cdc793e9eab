package transfer

import (
	"context"
	"strings"
	"time"

	"wherry/sync/vfs"
)

// action is what the exists rule comes to.
type action uint8

const (
	toReplace action = iota // to a part, then over the target
	toAppend                // behind the target itself
	toEnd                   // the Result is final
)

// maxNumber bounds the search for a free name.
const maxNumber = 10_000

// decide applies the rule to a target that exists, and may change the target's
// name. The Result counts only with toEnd.
func (r *run) decide(ctx context.Context) (action, Result, error) {
	if r.old == nil {
		return toReplace, Result{}, nil
	}
	rule := r.job.Exists
	if rule == Ask || rule == "" {
		question := Question{
			Source: r.job.Source.Path, Target: r.target, SourceEntry: r.source, TargetNow: *r.old,
		}
		if r.job.Ask == nil {
			return toEnd, Result{Outcome: Asking, Target: r.target, Size: r.id.Size, Question: question}, nil
		}
		answer, err := r.job.Ask(ctx, question)
		if err != nil {
			return toEnd, Result{}, err
		}
		if rule = answer.Rule; rule == Ask || rule == "" {
			rule = Skip
		}
	}
	switch rule {
	case Overwrite:
		return toReplace, Result{}, nil
	case Skip:
		return r.skip(string(Skip))
	case Newer:
		return r.ifNewer()
	case Different:
		return r.ifDifferent()
	case Resume:
		return r.ifShorter()
	case Rename:
		return toReplace, Result{}, r.keepBoth(ctx)
	}
	return toEnd, Result{}, r.fault(vfs.KindUnsupported, "there is no rule "+string(rule))
}

func (r *run) skip(reason string) (action, Result, error) {
	return toEnd, Result{Outcome: Skipped, Target: r.target, Size: r.id.Size, Reason: reason}, nil
}

// ifNewer lets the source replace a target that is older by more than both
// sides' times can be wrong. Where a time is not told nothing is replaced.
func (r *run) ifNewer() (action, Result, error) {
	source, target := r.source.ModTime, r.old.ModTime
	switch {
	case source.IsZero(), target.IsZero():
		return r.skip(string(Newer))
	case source.Sub(target) > r.timeStep():
		return toReplace, Result{}, nil
	case target.Sub(source) > r.timeStep():
		return r.skip(string(Newer))
	}
	return r.skip("same")
}

// ifDifferent compares what both sides tell; what only one tells counts as
// equal, and what nobody tells as different.
func (r *run) ifDifferent() (action, Result, error) {
	sizes := r.id.Size != vfs.SizeUnknown && r.old.Size != vfs.SizeUnknown
	times := !r.source.ModTime.IsZero() && !r.old.ModTime.IsZero()
	switch {
	case sizes && r.id.Size != r.old.Size,
		times && r.source.ModTime.Sub(r.old.ModTime).Abs() > r.timeStep(),
		!sizes && !times:
		return toReplace, Result{}, nil
	}
	return r.skip("same")
}

// timeStep is how far apart two equal times may be told: by the coarser of the
// two sides, and by a second in any case, because FTP knows none below (RFC
// 3659, 2.3, lets servers send fractions and hardly any does).
func (r *run) timeStep() time.Duration {
	return max(r.source.Accuracy, r.old.Accuracy, time.Second)
}

// ifShorter is the rule Resume as far as sizes tell; the overlap is compared
// when the streams are opened.
func (r *run) ifShorter() (action, Result, error) {
	switch {
	case r.old.Type != vfs.TypeFile, r.id.Size == vfs.SizeUnknown, r.old.Size == vfs.SizeUnknown:
		return r.skip(string(Resume))
	case r.old.Size == r.id.Size:
		return r.skip("same")
	case r.old.Size > r.id.Size:
		return r.skip("different")
	case r.old.Size == 0:
		return toReplace, Result{}, nil
	case !r.from.ResumeRead, !r.to.ResumeRead, !r.to.ResumeWrite:
		return r.skip(string(Resume))
	}
	return toAppend, Result{}, nil
}

// keepBoth gives the target the first free name. A name whose part stands is
// another transfer's, unless this run goes on with a part or has made it.
func (r *run) keepBoth(ctx context.Context) error {
	mine := r.job.Made != nil || r.created
	entries, err := r.job.Target.FS.List(ctx, r.job.Target.Path.Dir())
	if err != nil {
		return err
	}
	fold := func(name string) string { return name }
	if r.to.FoldsCase {
		fold = strings.ToLower
	}
	taken := make(map[string]bool, len(entries))
	for _, e := range entries {
		taken[fold(e.Name)] = true
	}
	for n := 2; n < maxNumber; n++ {
		p, err := r.job.Target.Path.Dir().Join(numbered(r.job.Target.Path.Base(), n))
		if err != nil {
			return err
		}
		part, err := PartName(p)
		if err != nil {
			return err
		}
		if taken[fold(p.Base())] || !mine && taken[fold(part.Base())] {
			continue
		}
		r.target, r.old, r.both = p, nil, true
		return nil
	}
	return r.fault(vfs.KindExists, "every name to keep both by is taken")
}
