package queue

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWalkMissesNothing: rows that go while it is read hide none of the others.
func TestWalkMissesNothing(t *testing.T) {
	const rows = 2*walkPage + 10
	for outcome, tc := range map[string]struct {
		f     Filter
		limit int
		ends  bool // rows end at each page, else they leave
		want  int
	}{
		"when rows leave":           {Filter{}, 0, false, rows},
		"of a state, when they end": {Filter{States: []State{Waiting}}, 0, true, rows},
		"with later ones last":      {Filter{LaterLast: true}, 0, false, rows},
		"the newest first":          {Filter{Newest: true}, 0, false, rows},
		"up to a limit":             {Filter{}, walkPage + 5, false, walkPage + 5},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			ids := r.add(many(0, rows)...)
			r.must(r.Schedule(t.Context(), when.AddDate(90, 0, 0), ids[3]))
			var want, got []ID
			listed, err := r.List(t.Context(), tc.f, 0, tc.want)
			r.must(err)
			for _, i := range listed {
				want = append(want, i.ID)
			}
			r.must(r.Walk(t.Context(), tc.f, tc.limit, func(page []Item) error {
				var seen []ID
				for _, i := range page {
					seen = append(seen, i.ID)
				}
				got = append(got, seen...)
				gone := seen[:len(seen)/2]
				if !tc.ends {
					return r.Cancel(t.Context(), gone...)
				}
				return r.write(t.Context(), cheap, func() error {
					_, err := r.s.exec(t.Context(), fmt.Sprintf(`UPDATE rows SET state = 'done', ended = 1 WHERE id <= %d`, slices.Max(gone)))
					return err
				})
			}))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("rows (-list +walk):\n%s", diff)
			}
		})
	}
}
