//go:build !headless

package ui

import (
	"testing"
	"time"

	"wherry/sync/queue"
)

func TestQueueIsDoneOnceAfterEachWork(t *testing.T) {
	var f finish
	now := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	end := func(types ...queue.EventType) {
		for _, e := range types {
			f.onEvent(queue.Event{Type: e})
		}
	}
	look := func(after time.Duration, left queue.State) (outcome, bool) {
		now = now.Add(after)
		s := queue.Snapshot{Count: map[queue.State]int{queue.Done: 9}}
		if left != "" {
			s.Count[left] = 1
		}
		return f.look(now, s)
	}
	quiet := func(outcome string, after time.Duration, left queue.State) {
		t.Helper()
		if o, done := look(after, left); done {
			t.Errorf("%s: done with %+v", outcome, o)
		}
	}
	quiet("nothing was done yet", time.Hour, "")
	end(queue.EventStarted, queue.EventProgress, queue.EventRetry)
	quiet("nothing has ended", time.Hour, "")
	end(queue.EventDone, queue.EventDone)
	for _, left := range []queue.State{queue.Active, queue.Waiting, queue.Scanning, queue.Asking} {
		quiet("there is one "+string(left), time.Hour, left)
	}
	end(queue.EventFailed, queue.EventSkipped)
	quiet("the last news just came", time.Hour, "")
	quiet("more may come", rest/2, "")
	if !f.pending() {
		t.Error("nothing has to be told any more before it was")
	}
	if o, done := look(rest, queue.Paused); !done || o != (outcome{done: 2, failed: 1, skipped: 1}) {
		t.Errorf("done %v, with %+v", done, o)
	}
	quiet("it was told already", time.Hour, "")
	if f.pending() {
		t.Error("something has still to be told")
	}
	end(queue.EventDone)
	quiet("the next work just ended", 0, "")
	if o, done := look(rest, ""); !done || o != (outcome{done: 1}) {
		t.Errorf("the next work: done %v, with %+v", done, o)
	}
}

func TestFinishIsTold(t *testing.T) {
	for want, tc := range map[string]struct {
		o      outcome
		paused int
	}{
		"The queue is done: 1 file was transferred.":                                                            {o: outcome{done: 1}},
		"The queue is done: 1,200 files were transferred, 3 were skipped.":                                      {o: outcome{done: 1200, skipped: 3}},
		"The queue is done, not all went well: 2 failed.":                                                       {o: outcome{failed: 2}},
		"The queue is done, not all went well: 5 files were transferred, 1 failed, 1 was skipped, 1 is paused.": {outcome{5, 1, 1}, 1},
	} {
		title, text := finishText(tc.o, tc.paused)
		if got := title + ": " + text; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
