//go:build linux || darwin

package engine

import (
	"time"

	"golang.org/x/sys/unix"
)

// apart is how far one clock is ahead of another.
func apart(ahead, behind int32) (time.Duration, bool) {
	var a, b unix.Timespec
	if unix.ClockGettime(behind, &b) != nil || unix.ClockGettime(ahead, &a) != nil {
		return 0, false
	}
	return time.Duration(a.Nano() - b.Nano()), true
}
