package transfer

import (
	"context"

	"wherry/sync/vfs"
)

// action is what the exists rule comes to.
type action uint8

const (
	toReplace action = iota // to a part, then over the target
	toAppend                // behind the target itself
	toCheck                 // the target is as long as it will be, by an earlier run
	toEnd                   // the Result is final
)

// maxNumber bounds the search for a free name.
const maxNumber = 10_000

// judge decides over the target. What would be left because of what a listing
// has told is looked at before: a listing can be days old, and nobody would come
// back for the file. Who has both listings of this moment in hand need not call Run
// at all (Known.Leaves). A person is asked once, by what both sides are now.
func (r *run) judge(ctx context.Context) (action, Result, error) {
	if r.trusts && r.old != nil && r.asks() {
		r.looks = true
		if err := r.look(ctx); err != nil {
			return toEnd, Result{}, err
		}
	}
	act, result, err := r.decide(ctx)
	if err != nil || act != toEnd || !r.unseen && !r.trusts {
		return act, result, err
	}
	r.looks = true
	if err := r.look(ctx); err != nil {
		return toEnd, Result{}, err
	}
	return r.decide(ctx)
}

// decide applies the rule to a target that exists, and may change the target's
// name. The Result counts only with toEnd.
func (r *run) decide(ctx context.Context) (action, Result, error) {
	rule := r.job.Exists
	if r.old == nil && (rule != Rename || r.job.Chosen.IsRoot()) {
		return toReplace, Result{}, nil
	}
	if err := r.asSpelled(ctx); err != nil {
		return toEnd, Result{}, err
	}
	if rule == Ask || rule == "" {
		question := r.question()
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
	if r.ownRemains() {
		rule = Overwrite
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

func (r *run) question() Question {
	return Question{Source: r.job.Source.Path, Target: r.target, SourceEntry: r.source, TargetNow: *r.old}
}

func (r *run) skip(reason string) (action, Result, error) {
	return toEnd, Result{Outcome: Skipped, Target: r.target, Size: r.id.Size, Reason: reason}, nil
}

// ifNewer lets the source replace a target that is older by more than both
// sides' times can be wrong. Where a time is not told nothing is replaced.
func (r *run) ifNewer() (action, Result, error) {
	switch {
	case r.source.ModTime.IsZero(), r.old.ModTime.IsZero():
		return r.skip("undated")
	}
	switch compareTimes(r.source, *r.old) {
	case sourceNewer:
		return toReplace, Result{}, nil
	case targetNewer:
		return r.skip(string(Newer))
	}
	return r.skip(Same)
}

// ifDifferent compares the sizes. Where one is not told the times tell, and
// what nobody tells counts as different.
func (r *run) ifDifferent() (action, Result, error) {
	same := r.id.Size == r.old.Size
	if r.id.Size == vfs.SizeUnknown || r.old.Size == vfs.SizeUnknown {
		same = !r.source.ModTime.IsZero() && !r.old.ModTime.IsZero() && compareTimes(r.source, *r.old) == sameAge
	}
	if same {
		return r.skip(Same)
	}
	return toReplace, Result{}, nil
}

// ifShorter is the rule Resume as far as sizes tell; the overlap is compared
// when the streams are opened.
func (r *run) ifShorter() (action, Result, error) {
	switch {
	case r.old.Type != vfs.TypeFile, r.id.Size == vfs.SizeUnknown, r.old.Size == vfs.SizeUnknown:
		return r.skip(string(Resume))
	case r.old.Size == r.id.Size && r.job.Made != nil && r.job.Made.equal(r.id):
		return toCheck, Result{}, nil
	case r.old.Size == r.id.Size && compareTimes(r.source, *r.old) != sameAge:
		return r.skip("long")
	case r.old.Size == r.id.Size:
		return r.skip(Same)
	case r.old.Size > r.id.Size:
		return r.skip("different")
	case r.old.Size == 0:
		return toReplace, Result{}, nil
	case !r.from.ResumeRead, !r.to.ResumeRead, !r.to.ResumeWrite:
		return r.skip(string(Resume))
	}
	return toAppend, Result{}, nil
}

// keepBoth gives the target the first free name, or the one that an earlier
// run chose. Another name whose part stands is another transfer's.
func (r *run) keepBoth(ctx context.Context) error {
	taken, err := r.namesTaken(ctx)
	if err != nil {
		return err
	}
	if found, err := r.chosenBefore(ctx, taken); found || err != nil {
		return err
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
		if taken(p) || taken(part) {
			continue
		}
		r.target, r.old, r.both = p, nil, true
		return nil
	}
	return r.inTheWay(vfs.KindExists, "every name to keep both by is taken")
}

// namesTaken lists the target's folder and tells which names stand there.
func (r *run) namesTaken(ctx context.Context) (func(vfs.Path) bool, error) {
	entries, err := r.job.Target.FS.List(ctx, r.job.Target.Path.Dir())
	if err != nil {
		return nil, err
	}
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		names[FoldName(e.Name, r.to)] = true
	}
	return func(p vfs.Path) bool { return names[FoldName(p.Base(), r.to)] }, nil
}

// chosenBefore takes Job.Chosen where that name is still free. Where it is not,
// a part beside it is an earlier run's and of no use to anybody.
func (r *run) chosenBefore(ctx context.Context, taken func(vfs.Path) bool) (bool, error) {
	chosen := r.job.Chosen
	if chosen.IsRoot() || r.created {
		return false, nil
	}
	part, err := PartName(chosen)
	switch {
	case err != nil:
		return false, err
	case !taken(chosen):
		r.target, r.old, r.both = chosen, nil, true
		return true, nil
	case taken(part):
		_ = r.job.Target.FS.Remove(ctx, part) // best effort; the transfer does not need it gone
	}
	return false, nil
}
