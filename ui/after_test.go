//go:build !headless

package ui

import (
	"strings"
	"testing"
	"time"

	"wherry/sync/queue"
	"wherry/ui/settings"
)

func TestComputerStaysAwakeWhileSomethingMoves(t *testing.T) {
	var a awake
	now := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	with := func(states ...queue.State) queue.Snapshot {
		s := queue.Snapshot{Count: map[queue.State]int{queue.Waiting: 5, queue.Asking: 1}}
		for _, state := range states {
			s.Active = append(s.Active, queue.Item{State: state})
		}
		return s
	}
	for _, step := range []struct {
		outcome string
		after   time.Duration
		now     queue.Snapshot
		want    bool
	}{
		{"nothing has moved yet", 0, with(), false},
		{"a question is open", time.Hour, with(queue.Asking), false},
		{"a file moves", time.Second, with(queue.Asking, queue.Active), true},
		{"it is the pause between two files", awakeRest / 2, with(), true},
		{"nothing moves for longer", awakeRest, with(queue.Asking), false},
		{"a folder is read", time.Second, with(queue.Scanning), true},
		{"what is left waits", awakeRest, with(), false},
		{"and goes on", time.Hour, with(queue.Active), true},
	} {
		now = now.Add(step.after)
		if got := a.wants(now, step.now); got != step.want {
			t.Errorf("%s: %v", step.outcome, got)
		}
	}
	// What follows the queue may be to let the computer sleep.
	a.release = func() {}
	if a.take() == nil || a.take() != nil {
		t.Error("what is held is not let go of once")
	}
	if a.wants(now, with()) {
		t.Error("it stays awake although it was let go")
	}
}

func TestWhatFollowsTheQueue(t *testing.T) {
	quits, runs := settings.Settings{After: settings.AfterQuits}, settings.Settings{After: settings.AfterRuns, AfterCommand: "true"}
	all := outcome{done: 1, failed: 1}
	for outcome, tc := range map[string]struct {
		s    *shell
		o    outcome
		want settings.After
	}{
		"the end of the program":               {&shell{kept: quits}, all, settings.AfterQuits},
		"no half minute for who said quit":     {&shell{kept: quits, quitWhenDone: true}, all, settings.AfterNothing},
		"the command":                          {&shell{kept: runs}, all, settings.AfterRuns},
		"the command also before it quits":     {&shell{kept: runs, quitWhenDone: true}, all, settings.AfterRuns},
		"no command where none is written":     {&shell{kept: settings.Settings{After: settings.AfterRuns, AfterCommand: " "}}, all, settings.AfterNothing},
		"nothing where nothing arrived":        {&shell{kept: quits}, outcome{failed: 1}, settings.AfterNothing},
		"nothing while it is asked how to end": {&shell{kept: runs, leaving: true}, all, settings.AfterNothing},
	} {
		if got := tc.s.next(tc.o); got != tc.want {
			t.Errorf("%s: got %q, want %q", outcome, got, tc.want)
		}
	}
}

func TestPausedRowsAreNoWork(t *testing.T) {
	for want, counts := range map[bool]map[queue.State]int{
		false: {queue.Paused: 2, queue.Failed: 1},
		true:  {queue.Paused: 2, queue.Asking: 1},
	} {
		if got := busy(queue.Snapshot{Count: counts}); got != want {
			t.Errorf("%v: %v", counts, got)
		}
	}
}

func TestEndOfACommandsOutputIsTold(t *testing.T) {
	if got := lastLines(""); got != nil {
		t.Errorf("nothing is %q", got)
	}
	long := strings.Repeat("line\n", 30) + "last"
	if got := lastLines(long); len(got) != commandLines || got[commandLines-1] != "last" {
		t.Errorf("got %q", got)
	}
}
