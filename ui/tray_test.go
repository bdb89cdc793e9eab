//go:build !headless

package ui

import (
	"testing"
	"time"

	"wherry/sync/queue"
)

func TestTrayTellsWhatTheQueueDoes(t *testing.T) {
	count := func(state queue.State, n int) map[queue.State]int { return map[queue.State]int{state: n} }
	for want, tc := range map[string]struct {
		now    queue.Snapshot
		asking bool
	}{
		"Nothing to transfer":                 {now: queue.Snapshot{Count: count(queue.Failed, 3)}},
		"3 transfers, 2 min left":             {now: queue.Snapshot{Rate: 1000, Count: count(queue.Waiting, 3), BytesLeft: 110_000}},
		"3 transfers, 1 h 5 min left":         {now: queue.Snapshot{Rate: 1000, Count: count(queue.Waiting, 3), BytesLeft: 3_910_000}},
		"1 transfer, less than a minute left": {now: queue.Snapshot{Rate: 1000, Count: count(queue.Active, 1), BytesLeft: 59_000}},
		"4 transfers, 1 min left":             {now: queue.Snapshot{Rate: 1000, Count: count(queue.Waiting, 4), BytesLeft: 90_000_000, Later: queue.Later{Rows: 1, Bytes: 89_940_000}}},
		"5 transfers":                         {now: queue.Snapshot{Rate: 1000, Count: count(queue.Waiting, 5), BytesLeft: 5000, Later: queue.Later{Rows: 5, Bytes: 5000}}},
		"2 transfers":                         {now: queue.Snapshot{Count: count(queue.Waiting, 2), BytesLeft: 1000}},
		"2 transfers, on hold":                {now: queue.Snapshot{Held: true, Count: count(queue.Waiting, 2)}},
		"3 transfers, on hold":                {now: queue.Snapshot{Held: true, Count: count(queue.Waiting, 3), OpensAt: time.Date(2024, 5, 1, 22, 0, 0, 0, time.UTC)}},
		"2 transfers, paused":                 {now: queue.Snapshot{Count: count(queue.Paused, 2)}},
		"1 transfer, a question waits":        {now: queue.Snapshot{Count: count(queue.Asking, 1)}},
		"200,000 transfers, a question waits": {now: queue.Snapshot{Count: count(queue.Waiting, 200_000)}, asking: true},
		"2 transfers, from 22:00 on":          {now: queue.Snapshot{Count: count(queue.Waiting, 2), OpensAt: time.Date(2024, 5, 1, 22, 0, 0, 0, time.UTC)}},
		"A question waits":                    {asking: true},
	} {
		if got := trayState(tc.now, tc.asking); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
