package queue

import "testing"

// TestCountIsWhatIsListed, with each part of a filter.
func TestCountIsWhatIsListed(t *testing.T) {
	r, _ := planted(t)
	r.add(many(0, 30)...)
	for outcome, tc := range map[string]struct {
		f    Filter
		want int
	}{
		"everything":        {Filter{}, 37},
		"one state":         {Filter{States: []State{Waiting}, Newest: true}, 30},
		"several states":    {Filter{States: []State{Failed, Paused, Waiting}}, 32},
		"requests only":     {Filter{TopLevel: true}, 31},
		"what a path holds": {Filter{Find: "IMG_0000001", Newest: true}, 10},
		"that in one state": {Filter{Find: "sub", States: []State{Skipped, Done}}, 1},
		"nothing":           {Filter{Find: "\x00"}, 0},
		"a state without":   {Filter{States: []State{Scanning}}, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			got, err := r.Count(t.Context(), tc.f)
			r.must(err)
			rows, err := r.List(t.Context(), tc.f, 0, 1000)
			r.must(err)
			if got != tc.want || len(rows) != tc.want {
				t.Errorf("counted %d, listed %d, want %d", got, len(rows), tc.want)
			}
		})
	}
}
