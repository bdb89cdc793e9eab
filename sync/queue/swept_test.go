package queue

import (
	"context"
	"strings"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestAFolderThatIsAskedForAgainGoesOnWithItsParts: what its rows that failed have
// left is for the new ones to go on with, and may be the one whole copy.
func TestAFolderThatIsAskedForAgainGoesOnWithItsParts(t *testing.T) {
	content := strings.Repeat("0123456789", 100_000)
	into := upDir("/t")
	into.Target.Path, into.Arrive = vfs.MustParse("/in"), ArriveLook
	for name, again := range map[string]Request{"/t/big": upDir("/t"), "/t/sub/big": upDir("/t"), "/t/large": into} {
		r := newRig(t, func(c *Config) { c.Retries = -1 })
		r.here.Put(name, content, when)
		r.there.PutDir("/in")
		r.there.Inject(memfs.Fault{Op: memfs.OpWrite, Path: "/in" + name + transfer.Suffix, Bytes: 600_000, Kind: vfs.KindLost})
		req := upDir("/t")
		req.Exists = transfer.Resume
		r.add(req)
		r.drain()
		if n := r.Snapshot().Count[Failed]; n == 0 {
			t.Fatal("nothing failed")
		}
		r.there.Heal()
		again.Exists = transfer.Resume
		r.there.SetHook(func(_ context.Context, c memfs.Call) error {
			if _, stands := r.there.Get(c.Path.String()); stands && c.Op == memfs.OpRemove {
				t.Errorf("%s was removed", c.Path)
			}
			return nil
		})
		r.add(again)
		r.drain()
		if got, _ := r.there.Get("/in" + name); got != content {
			t.Errorf("%s has %d bytes", name, len(got))
		}
	}
}
