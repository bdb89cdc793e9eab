//go:build !headless

package ui

import (
	"context"
	"time"

	"wherry/sync/queue"
	"wherry/ui/desktop"
)

// awakeRest is how long after the last movement the computer may sleep again:
// the pause between two files is no reason to ask the desktop twice.
const awakeRest = 10 * time.Second

// awake keeps the computer from falling asleep while something moves. It belongs
// to the window's thread.
type awake struct {
	moved   time.Time // when something moved last
	asking  bool      // the desktop is being asked
	refused bool      // it said no to this movement, and is not asked again
	release func()    // nil while nothing is held
}

// moves says whether bytes flow or a folder is read; what waits for a server or
// for an answer may wait in a computer that sleeps.
func moves(now queue.Snapshot) bool {
	for _, item := range now.Active {
		if item.State == queue.Active || item.State == queue.Scanning {
			return true
		}
	}
	return false
}

// wants says whether the computer is to stay awake now.
func (a *awake) wants(now time.Time, s queue.Snapshot) bool {
	if moves(s) {
		a.moved = now
	}
	return !a.moved.IsZero() && now.Sub(a.moved) < awakeRest
}

// take returns what lets the computer sleep again, nil where nothing is held.
func (a *awake) take() (release func()) {
	release, a.release, a.moved = a.release, nil, time.Time{}
	return release
}

// keepAwake asks the desktop, or takes that back.
func (s *shell) keepAwake(now queue.Snapshot) {
	wanted := s.awake.wants(s.loop.Now(), now) && !s.kept.MaySleep && desktop.CanStayAwake
	switch a := &s.awake; {
	case !wanted:
		a.refused = false
		if a.release != nil {
			s.letSleep(a.take())
		}
	case a.release == nil && !a.asking && !a.refused:
		a.asking = true
		s.loop.Go(func(ctx context.Context) func() {
			release, err := desktop.StayAwake(ctx, "Files are being transferred")
			return func() { a.asking, a.refused, a.release = false, err != nil, release }
		})
	}
}

// letSleep does not wait: who releases speaks with a service.
func (s *shell) letSleep(release func()) {
	s.loop.Go(func(context.Context) func() {
		release()
		return nil
	})
}
