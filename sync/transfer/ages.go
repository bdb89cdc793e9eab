package transfer

import (
	"time"

	"wherry/sync/vfs"
)

// age is how the times of a source and its target stand to each other.
type age uint8

const (
	sameAge age = iota // or one of them does not tell
	sourceNewer
	targetNewer
)

// compareTimes takes two times for one that are no further apart than the
// coarser of the two can be wrong, and than a second in any case, because FTP
// knows none below (RFC 3659, 2.3, lets servers send fractions and hardly any
// does).
func compareTimes(source, target vfs.Entry) age {
	step := max(source.Accuracy, target.Accuracy, time.Second)
	switch {
	case source.ModTime.IsZero(), target.ModTime.IsZero():
		return sameAge
	case source.ModTime.Sub(target.ModTime) > step:
		return sourceNewer
	case target.ModTime.Sub(source.ModTime) > step:
		return targetNewer
	}
	return sameAge
}
