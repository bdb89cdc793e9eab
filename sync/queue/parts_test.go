package queue

import (
	"strings"
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// TestAPartThatAnotherRowBeganIsNotGoneOnWith: two rows of one target share the name of
// its part. Where both files hold the same for long, as images of disks hold zeros, the
// bytes that are compared before going on do not tell them apart.
func TestAPartThatAnotherRowBeganIsNotGoneOnWith(t *testing.T) {
	zeros := strings.Repeat("\x00", 4*transfer.Overlap)
	one, other := "the one"+zeros+"the one", "another"+zeros+"another"
	for outcome, restarts := range map[string]bool{"in one run": false, "in the next run": true} {
		t.Run(outcome, func(t *testing.T) {
			r := newDiskRig(t)
			r.there.Limit(func(can *vfs.Features) { can.Hashes = nil })
			r.here.PutDir("/one")
			r.here.PutDir("/other")
			r.here.Put("/one/disk", one, when)
			r.here.Put("/other/disk", other, when.Add(time.Hour))
			r.here.SetChunk(1 << 12)
			stop := r.start()
			pausedHalfway := func(source string) ID {
				g := newGate(r.there, afterWrites(2*transfer.Overlap>>12))
				id := r.add(up(source))[0]
				<-g.reached
				r.must(r.Pause(t.Context(), id))
				r.await("pause", func() bool { return len(r.Snapshot().Active) == 0 })
				r.there.SetHook(nil)
				return id
			}
			first := pausedHalfway("/one/disk")
			second := pausedHalfway("/other/disk")
			if restarts {
				stop()
				r.start()
			}
			for _, row := range []struct {
				id   ID
				want string
			}{{first, one}, {second, other}} {
				r.must(r.Resume(t.Context(), row.id))
				r.await("end", func() bool { return r.item(row.id).State == Done })
				if got, _ := r.there.Get("/in/disk"); got != row.want {
					t.Errorf("what row %d has brought begins with %q and ends with %q", row.id, got[:7], got[len(got)-7:])
				}
			}
		})
	}
}
