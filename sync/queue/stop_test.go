package queue

import (
	"context"
	"testing"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestAFolderBeingReadStopsWithItsSite: what is found in it would only meet the
// same refusal.
func TestAFolderBeingReadStopsWithItsSite(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
	r.here.Put("/a", "x", when)
	r.here.Put("/t/b", "x", when)
	reading := make(chan struct{})
	r.here.SetHook(func(ctx context.Context, c memfs.Call) error {
		if c.Op != memfs.OpList || c.Path.String() != "/t" {
			return nil
		}
		close(reading)
		<-ctx.Done()
		return ctx.Err()
	})
	r.there.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op != memfs.OpCreate {
			return nil
		}
		<-reading
		return &vfs.Error{Op: "login", Kind: vfs.KindLogin}
	})
	ids := r.add(up("/a"), upDir("/t"))
	r.drain()
	if got := r.item(ids[1]); got.Kind != vfs.KindLogin {
		t.Errorf("the folder says %s", got.Kind)
	}
	wantStates(t, r, "/a: failed", "/t: paused")
}
