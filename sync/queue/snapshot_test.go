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
		"by the number of many":     tell(Snapshot{BytesLeft: 300, Rate: 20, FileRate: 5, Count: map[State]int{Waiting: 100}}.Left())(20 * time.Second),
		"but not of a few":          tell(Snapshot{BytesLeft: 300, Rate: 20, FileRate: 4, Count: map[State]int{Waiting: 100}}.Left())(15 * time.Second),
		"of empty ones alone":       tell(Snapshot{FileRate: 10, Count: map[State]int{Waiting: 100}, Later: Later{Rows: 50}}.Left())(5 * time.Second),
		"where all is later":        tell(Snapshot{BytesLeft: 300, Rate: 20, Later: Later{Bytes: 300}}.Left())(-1),
		"where all stands":          tell(Snapshot{BytesLeft: 300}.Left())(-1),
		"where all nearly stands":   tell(Snapshot{BytesLeft: 50 << 40, Rate: 1}.Left())(long),
	} {
		if tc.ok != (tc.want >= 0) || tc.ok && tc.left != tc.want {
			t.Errorf("%s: %v, %t", outcome, tc.left, tc.ok)
		}
	}
}

// TestTimeLeftIsNotThatOfWhatStands until a person lets it go on.
func TestTimeLeftIsNotThatOfWhatStands(t *testing.T) {
	r := newRig(t, nil)
	var requests []Request
	for name, size := range map[string]int64{"/a": 100, "/b": 200, "/c": 400} {
		one := up(name)
		one.Size = size
		requests = append(requests, one)
	}
	for i, id := range r.add(requests...) {
		switch requests[i].Size {
		case 200:
			r.must(r.Pause(t.Context(), id))
		case 400:
			r.must(r.write(t.Context(), cheap, func() error {
				_, err := r.s.exec(t.Context(), `UPDATE rows SET state = 'asking', question = '{}' WHERE id = ?`, int64(id))
				return err
			}))
		}
	}
	r.must(r.refresh(t.Context()))
	snap := r.Snapshot()
	snap.Rate = 20
	if left, ok := snap.Left(); !ok || left != 5*time.Second || snap.BytesLeft != 700 {
		t.Errorf("%v, %t; %d bytes are left", left, ok, snap.BytesLeft)
	}
}
