package transfer

import "wherry/sync/vfs"

// Leaves tells whether a Run under rule would leave the target beyond doubt, if
// both sides are as k says, and with what Result.Reason: what nobody needs to be
// sent for. ok is false where that is not clear or not so, as where a type or a
// size is not told, where times count and are not exact (vfs.Entry.Exact), under
// Ask and Rename, and where Resume would have to compare bytes.
//
// The caller answers for what it does not see: that the listings are of now, that
// each shows its name once and as it is spelled, that neither Job.Made nor
// Job.Chosen is set, and that no part stands beside the target. k is no good for it
// once it has been kept (see Known): by then the rule would be heeded as of the
// past, and nobody would come back for the file.
func (k Known) Leaves(rule Rule) (reason string, ok bool) {
	if k.Target == nil || !isMeasured(k.Source) || !isMeasured(*k.Target) {
		return "", false
	}
	dated := k.Source.Exact() && k.Target.Exact()
	r := run{source: k.Source, id: identity(k.Source), old: k.Target}
	act, result := toReplace, Result{}
	switch {
	case rule == Skip:
		act, result, _ = r.skip(string(Skip)) // no look, no error; so are those below
	case rule == Different:
		act, result, _ = r.ifDifferent()
	case rule == Newer && dated:
		act, result, _ = r.ifNewer()
	case rule == Resume && (k.Target.Size > k.Source.Size || dated && k.Target.Size == k.Source.Size):
		act, result, _ = r.ifShorter()
	}
	return result.Reason, act == toEnd
}

// WantsTimes tells whether exact times are all that Leaves lacks, so that they are
// worth asking for: what they could only show to be sent needs none.
func (k Known) WantsTimes(rule Rule) bool {
	switch {
	case k.Target == nil, !isMeasured(k.Source), !isMeasured(*k.Target), k.Source.Exact() && k.Target.Exact():
		return false
	case rule == Newer:
		return compareTimes(k.Source, *k.Target) != sourceNewer
	}
	return rule == Resume && k.Target.Size == k.Source.Size
}

// isMeasured tells a plain file whose size is told.
func isMeasured(e vfs.Entry) bool { return e.Type == vfs.TypeFile && e.Size >= 0 }
