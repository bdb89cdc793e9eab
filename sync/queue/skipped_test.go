package queue

import (
	"strings"
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
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

// TestWhatCameToStandThereIsNotTakenForWhatWasBegun: the rule leaves it, and does so
// again when the row is retried, also where it is as long.
func TestWhatCameToStandThereIsNotTakenForWhatWasBegun(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Retries = -1 })
	r.here.Put("/a", large, when)
	r.there.Inject(memfs.Fault{Op: memfs.OpWrite, Bytes: 100_000, Kind: vfs.KindLost})
	req := up("/a")
	req.Exists = transfer.Skip
	id := r.add(req)[0]
	r.drain()
	wantStates(t, r, "/a: failed")
	r.there.Heal()
	r.there.Put("/in/a", strings.Repeat("x", len(large)), when.AddDate(0, 0, 1))
	for range 2 {
		r.must(r.Retry(t.Context(), id))
		r.drain()
		wantStates(t, r, "/a: skipped")
	}
	if files := r.below("/in"); len(files) != 1 {
		t.Errorf("%d files are there", len(files))
	}
}
