package transfer

import (
	"time"

	"wherry/sync/vfs"
)

// Side is one of the two files that a Question shows.
type Side string

// The sides, by words for JSON; NeitherSide where both are alike or one does not
// tell.
const (
	NeitherSide Side = ""
	SourceSide  Side = "source"
	TargetSide  Side = "target"
)

// Newer says which of the two is newer, as the rule Newer judges it: by more
// than both sides' times can be wrong.
func (q Question) Newer() Side { return newer(q.SourceEntry, q.TargetNow) }

// Larger says which of the two has more bytes.
func (q Question) Larger() Side {
	source, target := identity(q.SourceEntry).Size, q.TargetNow.Size
	switch {
	case source == vfs.SizeUnknown, target == vfs.SizeUnknown, source == target:
		return NeitherSide
	case source > target:
		return SourceSide
	}
	return TargetSide
}

// newer takes two times for one that are no further apart than the coarser of
// the two can be wrong, and than a second in any case, because FTP knows none
// below (RFC 3659, 2.3, lets servers send fractions and hardly any does).
func newer(source, target vfs.Entry) Side {
	step := max(source.Accuracy, target.Accuracy, time.Second)
	switch {
	case source.ModTime.IsZero(), target.ModTime.IsZero():
		return NeitherSide
	case source.ModTime.Sub(target.ModTime) > step:
		return SourceSide
	case target.ModTime.Sub(source.ModTime) > step:
		return TargetSide
	}
	return NeitherSide
}
