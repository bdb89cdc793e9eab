package transfer

import "testing"

// TestASegmentIsReadUpToTheNext, and no further once the next has been gone over
// to: what came then would be counted twice.
func TestASegmentIsReadUpToTheNext(t *testing.T) {
	const part = 10 * Overlap
	for outcome, tc := range map[string]struct {
		happens func(s *segments, next *segment)
		most    int64
	}{
		"up to the proof of the next":           {func(*segments, *segment) {}, 2*part + Overlap},
		"on where the next was of no use":       {func(s *segments, next *segment) { s.drop(next) }, 3*part + Overlap},
		"no further where the next is read now": {func(s *segments, next *segment) { s.enter(next) }, 2*part + Overlap},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := &segments{r: &run{id: Identity{Size: 4 * part}}, came: &arrivals{counter: new(Counter)}}
			now, next, last := &segment{all: s, begin: part}, &segment{all: s, begin: 2 * part}, &segment{all: s, begin: 3 * part}
			s.rest, next.cancel = []*segment{next, last}, func() {}
			tc.happens(s, next)
			if end := s.endOf(now); end > tc.most || end < tc.most-Overlap {
				t.Errorf("wanted up to %d, want %d", end, tc.most)
			}
			if end := s.endOf(last); end != 4*part {
				t.Errorf("the last is wanted up to %d", end)
			}
		})
	}
}
