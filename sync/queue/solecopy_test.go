package queue

import (
	"strings"
	"testing"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestTheOnlyCopyOutlivesItsRow: where the old file was removed, or is half written
// over, and the new one stands whole as a part, taking the failed row off the queue
// takes away no file.
func TestTheOnlyCopyOutlivesItsRow(t *testing.T) {
	fresh, old := strings.Repeat("new", 50_000), strings.Repeat("o", 1000)
	for outcome, tc := range map[string]struct {
		way   transfer.ReplaceWay
		fault memfs.Fault
		old   string // "" for nothing there
		stays bool
	}{
		"removed, and not renamed": {
			transfer.ReplaceDelete, memfs.Fault{Op: memfs.OpRename, Path: "/in/a" + transfer.Suffix, Skip: 1, Kind: vfs.KindPermission}, old, true,
		},
		"half of it written over the old one": {
			transfer.ReplaceDirect, memfs.Fault{Op: memfs.OpWrite, Path: "/in/a", Bytes: 60_000, Kind: vfs.KindLost}, old, true,
		},
		"half of it sent": {
			transfer.ReplaceDelete, memfs.Fault{Op: memfs.OpWrite, Path: "/in/a" + transfer.Suffix, Bytes: 60_000, Kind: vfs.KindLost}, old, false,
		},
		"half of it sent, and nothing there before": {
			transfer.ReplaceDelete, memfs.Fault{Op: memfs.OpWrite, Path: "/in/a" + transfer.Suffix, Bytes: 60_000, Kind: vfs.KindLost}, "", false,
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			way := tc.way
			r := newRig(t, func(c *Config) {
				c.Retries = -1
				c.Replace = func(site.ID) transfer.ReplaceWay { return way }
			})
			r.there.Limit(func(can *vfs.Features) { can.Replaces = false })
			r.here.Put("/a", fresh, when)
			if tc.old != "" {
				r.there.Put("/in/a", tc.old, when)
			}
			if way == transfer.ReplaceDirect { // the whole part is that of a first refusal
				way = transfer.ReplaceAsk
				r.add(up("/a"))
				r.drain()
				wantStates(t, r, "/a: asking")
				way = tc.way
				r.there.Inject(tc.fault)
				r.must(r.Answer(t.Context(), 1, transfer.Answer{Replace: way}))
			} else {
				r.there.Inject(tc.fault)
				r.add(up("/a"))
			}
			r.drain()
			wantStates(t, r, "/a: failed")
			r.there.Heal()
			r.must(r.Clear(t.Context(), Failed))
			r.drain()
			part, stands := r.there.Get("/in/a" + transfer.Suffix)
			if stands != tc.stays || stands && part != fresh {
				t.Errorf("a part of %d bytes stands: %v", len(part), stands)
			}
			if n := len(r.items()); n > 0 {
				t.Errorf("%d rows are left", n)
			}
		})
	}
}
