package queue

import (
	"testing"
	"time"

	"wherry/sync/vfs"
)

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

// TestTimeLeft: what cannot be told is not, and what takes longer than anybody waits
// is long, and not over.
func TestTimeLeft(t *testing.T) {
	const long = 1e9 * time.Second
	type told struct {
		left time.Duration
		ok   bool
		want time.Duration // below zero for none
	}
	tell := func(left time.Duration, ok bool) func(time.Duration) told {
		return func(want time.Duration) told { return told{left, ok, want} }
	}
	for outcome, tc := range map[string]told{
		"of a file":                 tell(Item{Size: 300, Done: 100, Rate: 20}.Left())(10 * time.Second),
		"of one that stands":        tell(Item{Size: 300, Done: 100}.Left())(-1),
		"of one of unknown size":    tell(Item{Size: vfs.SizeUnknown, Done: 100, Rate: 20}.Left())(-1),
		"of one that nearly stands": tell(Item{Size: 50 << 30, Rate: 0.5}.Left())(long),
		"of all":                    tell(Snapshot{BytesLeft: 300, Rate: 20}.Left())(15 * time.Second),
		"but not of what is later":  tell(Snapshot{BytesLeft: 300, Rate: 20, Later: Later{Bytes: 100}}.Left())(10 * time.Second),
		"where all is later":        tell(Snapshot{BytesLeft: 300, Rate: 20, Later: Later{Bytes: 300}}.Left())(-1),
		"where all stands":          tell(Snapshot{BytesLeft: 300}.Left())(-1),
		"where all nearly stands":   tell(Snapshot{BytesLeft: 50 << 40, Rate: 1}.Left())(long),
	} {
		if tc.ok != (tc.want >= 0) || tc.ok && tc.left != tc.want {
			t.Errorf("%s: %v, %t", outcome, tc.left, tc.ok)
		}
	}
}
