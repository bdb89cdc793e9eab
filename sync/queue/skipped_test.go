package queue

import (
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// TestASkippedFileIsNotTakenForOneThatArrived: its rule had let it pass before the
// server refused to replace what stood there, so the attempt that was begun says
// nothing of a file of the same size.
func TestASkippedFileIsNotTakenForOneThatArrived(t *testing.T) {
	for outcome, tc := range map[string]struct {
		before bool // the person skips all of the site before the file is sent
		all    bool
	}{
		"this one":             {},
		"all that asks":        {all: true},
		"all, said of another": {before: true, all: true},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			r.there.Limit(func(can *vfs.Features) { can.Replaces = false })
			for _, name := range []string{"/a", "/b", "/c"} {
				r.here.Put(name, "new", when)
				r.there.Put("/in"+name, "old", when.AddDate(0, 0, 1))
			}
			later := up("/c") // as long as it is left, all of the site stays skipped
			later.NotBefore = r.clock.Now().Add(24 * time.Hour)
			ids := r.add(up("/a"), later)
			stop := r.start()
			r.await("question", func() bool { return r.item(ids[0]).State == Asking })
			r.must(r.Answer(t.Context(), ids[0], transfer.Answer{ForAll: tc.all}))
			id := ids[0]
			if tc.before {
				id = r.add(up("/b"))[0]
			}
			for range 2 {
				r.await("end", func() bool { return isEnd(r.item(id).State) })
				if got := r.item(id); got.State != Skipped {
					t.Errorf("it is %s: %s", got.State, got.Message)
				}
				r.must(r.Retry(t.Context(), id))
			}
			r.await("end", func() bool { return isEnd(r.item(id).State) })
			stop()
			if parts := r.below("/in"); len(parts) != 3 {
				t.Errorf("there are %v", parts)
			}
		})
	}
}
