package queue

import (
	"testing"
	"time"

	"wherry/sync/vfs"
)

// TestNothingBeginsBeforeItsTime: a row with a time to begin waits for it,
// through a pause and a restart, unless somebody says Retry.
func TestNothingBeginsBeforeItsTime(t *testing.T) {
	later := when.Add(10 * time.Minute)
	for outcome, tc := range map[string]struct {
		do   func(r *rig, id ID) error
		want time.Duration
	}{
		"as asked":             {func(*rig, ID) error { return nil }, 10 * time.Minute},
		"paused and resumed":   {func(r *rig, id ID) error { r.must(r.Pause(r.t.Context(), id)); return r.Resume(r.t.Context(), id) }, 10 * time.Minute},
		"at once after Retry":  {func(r *rig, id ID) error { return r.Retry(r.t.Context(), id) }, 0},
		"paused, then retried": {func(r *rig, id ID) error { r.must(r.Pause(r.t.Context(), id)); return r.Retry(r.t.Context(), id) }, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newDiskRig(t)
			r.clock = &hasty{now: when}
			r.here.Put("/t/a", "x", when)
			req := upDir("/t")
			req.NotBefore, req.KeepMode, req.Segments = later, true, 3
			id := r.add(req)[0]
			r.must(tc.do(r, id))
			r.must(r.Close())
			r.Queue = r.open(r.onDisk)
			r.clock = &hasty{now: when}
			if got := r.item(id); !got.KeepMode || got.Segments != 3 || tc.want > 0 && !got.NotBefore.Equal(later) {
				t.Errorf("the row keeps mode %t, has %d segments, begins at %v", got.KeepMode, got.Segments, got.NotBefore)
			}
			r.drain()
			for _, item := range r.items() {
				begun := item.Ended.Sub(when)
				if item.State != Done || tc.want == 0 && !item.NotBefore.IsZero() || begun < tc.want || !item.KeepMode || item.Segments != 3 {
					t.Errorf("%s is %s after %v, keeps its mode: %t, %d segments", item.Source.Path, item.State, begun, item.KeepMode, item.Segments)
				}
				if item.Type == vfs.TypeFile && !item.NotBefore.IsZero() {
					t.Errorf("what was found waits until %v", item.NotBefore)
				}
			}
		})
	}
}
