//go:build !headless

package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"wherry/sync/queue"
)

func TestClosingTellsOfWhatStartsLater(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	const safe = "Nothing is lost: the queue goes on where it was when Wherry is started again."
	for outcome, tc := range map[string]struct {
		later      queue.Later
		asks, says string
	}{
		"nothing where all starts at once": {queue.Later{}, safe, "Wherry quits when the queue is done"},
		"when the one starts": {
			queue.Later{Rows: 1, First: now.Add(11 * time.Hour), Last: now.Add(11 * time.Hour)},
			safe + " One transfer starts at a time to come, 23:00, if Wherry runs then.",
			"Wherry quits when the queue is done, not before 23:00",
		},
		"when the first starts, and the last": {
			queue.Later{Rows: 15, First: now.Add(11 * time.Hour), Last: now.Add(21 * time.Hour)},
			safe + " 15 transfers start at a time to come, the first 23:00, if Wherry runs then.",
			"Wherry quits when the queue is done, not before tomorrow 09:00",
		},
	} {
		if got := closingText(tc.later, now); got != tc.asks {
			t.Errorf("%s: it asks with %q", outcome, got)
		}
		if got := quitsText(tc.later, now); got != tc.says {
			t.Errorf("%s: it says %q", outcome, got)
		}
	}
}

func TestWhatIsSaidOfQuittingIsKeptTrue(t *testing.T) {
	test.NewTempApp(t)
	s := &shell{status: newStatusBar(later(new(func())), nil)}
	for _, text := range []string{"not before tomorrow 09:00", "not before 09:00", ""} {
		s.announceQuit(text)
		s.announceQuit(text)
		s.status.say("Refresh")
		s.status.say("")
		if got := s.status.message.Text(); got != text {
			t.Errorf("it says %q, want %q", got, text)
		}
	}
}
