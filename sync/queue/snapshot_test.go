package queue

import "testing"

func TestUnfinished(t *testing.T) {
	for outcome, tc := range map[string]struct {
		snap Snapshot
		want int
	}{
		"nothing is nothing":                      {Snapshot{}, 0},
		"what has ended is not counted":           {Snapshot{Count: map[State]int{Done: 3, Failed: 2, Skipped: 1}}, 0},
		"all that waits or works is":              {Snapshot{Count: map[State]int{Waiting: 1, Scanning: 1, Active: 1, Asking: 1, Paused: 1}}, 5},
		"work that the counts do not know of yet": {Snapshot{Active: make([]Item, 2)}, 2},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := tc.snap.Unfinished(); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}
