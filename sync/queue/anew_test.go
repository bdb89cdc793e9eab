package queue

import (
	"context"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestWhatFailedAndIsAskedForAgainIsOneMatter: the failure of one night does not stand
// in the list for ever beside the copy that has mended it.
func TestWhatFailedAndIsAskedForAgainIsOneMatter(t *testing.T) {
	elsewhere := up("/a")
	elsewhere.Target.Path = vfs.MustParse("/in/elsewhere")
	folder := upDir("/night")
	within := up("/a")
	within.Target.Path, within.Arrive = vfs.MustParse("/in"), ArriveLook
	for outcome, tc := range map[string]struct {
		first, again Request
		bad          string        // the source that fails in the first night
		left         map[State]int // before the second night's run
		end          map[State]int
	}{
		"a file":                     {up("/a"), up("/a"), "/a", map[State]int{Waiting: 1}, map[State]int{Done: 1}},
		"to another place stays":     {up("/a"), elsewhere, "/a", map[State]int{Failed: 1, Waiting: 1}, map[State]int{Failed: 1, Done: 1}},
		"one looked at later":        {up("/a"), within, "/a", map[State]int{Waiting: 1}, map[State]int{Done: 1}},
		"another file":               {up("/a"), up("/b"), "/a", map[State]int{Failed: 1, Waiting: 1}, map[State]int{Failed: 1, Done: 1}},
		"what a folder did stays":    {folder, folder, "/night/a", map[State]int{Done: 2, Waiting: 1}, map[State]int{Done: 4, Skipped: 1}},
		"a folder of which none did": {upDir("/one"), upDir("/one"), "/one/a", map[State]int{Waiting: 1}, map[State]int{Done: 2}},
		"a folder unread":            {folder, folder, "/night", map[State]int{Waiting: 1}, map[State]int{Done: 3}},
		"a file of it":               {folder, up("/night/a"), "/night/a", map[State]int{Done: 1, Failed: 2, Waiting: 1}, map[State]int{Done: 2, Failed: 2}},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.Retries = -1 })
			for _, name := range []string{"/a", "/b", "/night/a", "/night/b", "/one/a"} {
				r.here.Put(name, name, when)
			}
			tc.first.Exists, tc.again.Exists = transfer.Different, transfer.Different
			r.here.SetHook(func(_ context.Context, c memfs.Call) error {
				if c.Path.String() == tc.bad && (c.Op == memfs.OpOpen || c.Op == memfs.OpList) {
					return &vfs.Error{Op: string(c.Op), Path: tc.bad, Kind: vfs.KindPermission}
				}
				return nil
			})
			r.add(tc.first)
			r.drain()
			if n := r.Snapshot().Count[Failed]; n == 0 {
				t.Fatal("nothing failed")
			}
			r.here.SetHook(nil)
			r.add(tc.again)
			r.wantCounts("asked for again", tc.left)
			r.drain()
			r.wantCounts("in the end", tc.end)
		})
	}
}

func (r *rig) wantCounts(at string, want map[State]int) {
	r.t.Helper()
	count := r.Snapshot().Count
	for _, s := range []State{Waiting, Scanning, Active, Paused, Asking, Done, Failed, Skipped} {
		if count[s] != want[s] {
			r.t.Errorf("%s: %d rows are %s, want %d", at, count[s], s, want[s])
		}
	}
}
