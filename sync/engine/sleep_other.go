//go:build !linux && !darwin

package engine

import "time"

// sleptSoFar is not told by Go on this system.
func sleptSoFar() (time.Duration, bool) { return 0, false }
