package engine

import (
	"time"

	"golang.org/x/sys/unix"
)

// sleptSoFar compares the clock that goes on while the computer sleeps with the
// one that does not (clock_gettime(3)). Neither is ever set, and both go on while
// a program is stopped.
func sleptSoFar() (time.Duration, bool) {
	return apart(unix.CLOCK_MONOTONIC_RAW, unix.CLOCK_UPTIME_RAW)
}
