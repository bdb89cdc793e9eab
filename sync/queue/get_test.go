package queue

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGetIsOfTheRowsThatAreThere(t *testing.T) {
	r := newRig(t, nil)
	ids := r.add(many(0, 4)...)
	r.must(r.Cancel(t.Context(), ids[1]))
	for outcome, tc := range map[string]struct{ ask, want []ID }{
		"rows by ID, each once":       {[]ID{ids[2], ids[0], ids[2]}, []ID{ids[0], ids[2]}},
		"a removed one is left out":   {[]ID{ids[0], ids[1]}, []ID{ids[0]}},
		"one that never was is, too":  {[]ID{4711, ids[3]}, []ID{ids[3]}},
		"of nothing there is nothing": {nil, nil},
	} {
		t.Run(outcome, func(t *testing.T) {
			found, err := r.Get(t.Context(), tc.ask...)
			r.must(err)
			var got []ID
			for _, i := range found {
				got = append(got, i.ID)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
