//go:build !headless

package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"wherry/sync/engine"
	"wherry/sync/queue"
	"wherry/sync/vault"
	"wherry/sync/vfs"
	"wherry/ui/loop"
	"wherry/ui/parts"
)

func TestClosingTellsOfWhatStartsLater(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	const safe = "20 transfers are not finished. Nothing is lost: the queue goes on where it was when Wherry is started again."
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
		if got := closingText(queue.Snapshot{Count: map[queue.State]int{queue.Waiting: 20}, Later: tc.later}, now); got != tc.asks {
			t.Errorf("%s: it asks with %q", outcome, got)
		}
		if got := quitsText(tc.later, now); got != tc.says {
			t.Errorf("%s: it says %q", outcome, got)
		}
	}
}

// TestTheOpenQuestionFollowsTheQueue, which goes on behind it.
func TestTheOpenQuestionFollowsTheQueue(t *testing.T) {
	test.NewTempApp(t)
	l := loop.NewManual(t.Context())
	t.Cleanup(l.Close)
	w := test.NewTempWindow(t, container.NewStack())
	w.Resize(fyne.NewSize(800, 600))
	s := &shell{loop: l.Loop}
	s.followClosing(queue.Snapshot{}) // nothing was asked yet
	s.closing = parts.Ask(w.Canvas(), parts.Question{Title: "Quit?", Text: "as asked"})
	for _, tc := range []struct {
		left int
		says string
	}{
		{10, "10 transfers are not finished. Nothing is lost"}, {1, "1 transfer is not finished. Nothing is lost"}, {0, "All transfers are finished."},
	} {
		s.followClosing(queue.Snapshot{Count: map[queue.State]int{queue.Active: tc.left}})
		said := ""
		for _, o := range test.LaidOutObjects(w.Canvas().Overlays().Top()) {
			if o, ok := o.(*widget.RichText); ok {
				said += o.String()
			}
		}
		if !strings.Contains(said, tc.says) {
			t.Errorf("with %d left it says %q", tc.left, said)
		}
	}
}

// TestWhoStaysIsNotQuit: the question at closing ends the countdown to quit.
func TestWhoStaysIsNotQuit(t *testing.T) {
	a := test.NewTempApp(t)
	l := loop.NewManual(t.Context())
	t.Cleanup(l.Close)
	w := test.NewTempWindow(t, container.NewStack())
	e, err := engine.Start(t.Context(), engine.Config{Dirs: engine.Dirs{Config: t.TempDir(), State: t.TempDir()}, Vault: vault.Memory()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	s := &shell{app: a, window: w, facts: newFacts(nil), engine: e, loop: l.Loop, status: newStatusBar(later(new(func())), nil)}
	s.beginQuit()
	ids, err := e.Enqueue(t.Context(), queue.Request{Source: queue.Place{Path: vfs.MustParse("/a")}, Target: queue.Place{Path: vfs.MustParse("/b")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Queue().Pause(t.Context(), ids...); err != nil {
		t.Fatal(err)
	}
	s.askClose()
	if !s.after.quitAt.IsZero() || !s.after.dialog.Closed() {
		t.Error("it still counts down")
	}
	if s.closing == nil || s.closing.Closed() {
		t.Error("nothing is asked")
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

func TestNothingIsLeftForTheToolkitToDoAtTheEnd(t *testing.T) {
	l := test.NewTempApp(t).Lifecycle()
	hook, ok := l.(interface {
		SetOnStoppedHookExecuted(f func())
		OnStopped() func()
	})
	if !ok {
		t.Fatal("the toolkit ends in another way by now: see endQuietly")
	}
	hook.SetOnStoppedHookExecuted(func() {})
	if endQuietly(l); hook.OnStopped() != nil {
		t.Error("it still does something then")
	}
}
