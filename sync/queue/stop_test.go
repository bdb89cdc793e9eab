package queue

import (
	"context"
	"slices"
	"testing"

	"wherry/sync/site"
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

// TestARefusalIsForgottenByAPersonsWord: once for all rows, and not because of one
// that was added since, which nobody meant to ask the server by.
func TestARefusalIsForgottenByAPersonsWord(t *testing.T) {
	for outcome, tc := range map[string]struct {
		sendOn func(*rig, []ID) error
		want   []site.ID
	}{
		"one is retried":     {func(r *rig, ids []ID) error { return r.Retry(r.t.Context(), ids[0]) }, []site.ID{remote + " login"}},
		"another goes on":    {func(r *rig, ids []ID) error { return r.Resume(r.t.Context(), ids[1]) }, []site.ID{remote + " login"}},
		"one is added":       {func(r *rig, _ []ID) error { r.add(up("/c")); return nil }, nil},
		"one is taken out":   {func(r *rig, ids []ID) error { return r.Cancel(r.t.Context(), ids...) }, nil},
		"another site's are": {func(r *rig, ids []ID) error { return r.Retry(r.t.Context(), ids[2]) }, nil},
	} {
		t.Run(outcome, func(t *testing.T) {
			var told []site.ID
			r := newRig(t, func(c *Config) {
				c.Tuning.Workers = 1
				c.Again = func(id site.ID, kind vfs.Kind) { told = append(told, id+site.ID(" "+kind.String())) }
			})
			for _, name := range []string{"/a", "/b", "/c"} {
				r.here.Put(name, "x", when)
			}
			r.opened[remote] = &vfs.Error{Op: "login", Kind: vfs.KindLogin}
			elsewhere := up("/c")
			elsewhere.Target.Site = other
			ids := r.add(up("/a"), up("/b"), elsewhere)
			r.drain()
			r.must(tc.sendOn(r, ids))
			r.drain()
			if !slices.Equal(told, tc.want) {
				t.Errorf("told of %q, want %q", told, tc.want)
			}
		})
	}
}
