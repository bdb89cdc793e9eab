//go:build !headless

package ui

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wherry/sync/queue"
	"wherry/ui/settings"
	"wherry/ui/words"
)

// appID is the program's name for the desktop, as in FyneApp.toml.
const appID = "org.wherry.Wherry"

// rest is how long the queue has nothing to do before it counts as done: the
// news of the last transfer comes after its row, and small jobs follow on each
// other.
const rest = time.Second

// outcome counts transfers that ended.
type outcome struct{ done, failed, skipped int }

// finish notices when the queue is done after work of this process.
type finish struct {
	// away is set while the window is not in front; any goroutine.
	away atomic.Bool

	mu  sync.Mutex
	now outcome // guarded; since the queue was done last

	seen  outcome   // when it was looked at last
	since time.Time // since when nothing has happened
	// telling is set while the desktop is being told; a program that quits at
	// the end waits for that.
	telling bool
}

// onEvent is called on the queue's goroutine.
func (f *finish) onEvent(e queue.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch e.Type {
	case queue.EventDone:
		f.now.done++
	case queue.EventFailed:
		f.now.failed++
	case queue.EventSkipped:
		f.now.skipped++
	}
}

func (f *finish) ended() outcome {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// look returns what the queue came to, once at each end of its work. Rows that
// a person paused do not keep it from being done; an open question does.
func (f *finish) look(now time.Time, s queue.Snapshot) (outcome, bool) {
	ended := f.ended()
	if busy(s) || ended == (outcome{}) || ended != f.seen {
		f.seen, f.since = ended, now
		return outcome{}, false
	}
	if now.Sub(f.since) < rest {
		return outcome{}, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now, f.seen = outcome{}, outcome{}
	return ended, true
}

// busy says whether there is work; rows that a person paused are none.
func busy(s queue.Snapshot) bool { return s.Unfinished() > s.Count[queue.Paused] }

// pending says whether an end of work has still to be told.
func (f *finish) pending() bool { return f.telling || f.ended() != (outcome{}) }

// finishText says in words what the queue came to. No name stands in it: some
// services read markup.
func finishText(o outcome, paused int) (title, text string) {
	title = "The queue is done"
	if o.failed > 0 {
		title = "The queue is done, not all went well"
	}
	var parts []string
	if o.done > 0 || o.failed+o.skipped == 0 {
		parts = append(parts, words.Count(int64(o.done), "file was transferred", "files were transferred"))
	}
	for _, rest := range []struct {
		n         int
		one, more string
	}{{o.failed, "failed", "failed"}, {o.skipped, "was skipped", "were skipped"}, {paused, "is paused", "are paused"}} {
		if rest.n > 0 {
			parts = append(parts, words.Count(int64(rest.n), rest.one, rest.more))
		}
	}
	return title, strings.Join(parts, ", ") + "."
}

// watchFront learns when the window comes to the front and goes from it.
func (s *shell) watchFront() {
	s.app.Lifecycle().SetOnEnteredForeground(func() { s.finish.away.Store(false) })
	s.app.Lifecycle().SetOnExitedForeground(func() { s.finish.away.Store(true) })
}

// away says whether the person looks elsewhere. A window that was just hidden
// may still count as in front.
func (s *shell) away() bool { return s.finish.away.Load() || s.tray.hidden }

// tellFinish tells the desktop once when the queue is done and the person
// looks elsewhere, and begins what is to follow. Without a service that shows
// it nothing is told.
func (s *shell) tellFinish(now queue.Snapshot) {
	o, done := s.finish.look(s.loop.Now(), now)
	if !done {
		return
	}
	title, text := finishText(o, now.Count[queue.Paused])
	s.facts.tell(fact{Fact: "finished", Text: text})
	s.follow(o)
	if s.kept.After == settings.AfterNothing || !s.away() {
		return
	}
	if !s.after.quitAt.IsZero() {
		text += " " + quitText(quitDelay)
	}
	s.finish.telling = true
	s.loop.Go(func(ctx context.Context) func() {
		s.tellDesktop(ctx, title, text)
		return func() { s.finish.telling = false }
	})
}
