package queue

import (
	"context"
	"slices"
	"testing"
	"time"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestWhatWasStartedIsToldAsStopped by whoever stops it: who follows the events
// would wait for its end for ever.
func TestWhatWasStartedIsToldAsStopped(t *testing.T) {
	for outcome, tc := range map[string]struct {
		do    func(r *rig, id ID) error
		want  EventType
		state State
	}{
		"a person paused it":  {func(r *rig, id ID) error { return r.Pause(t.Context(), id) }, EventPaused, Paused},
		"all is held":         {func(r *rig, id ID) error { return r.Hold(t.Context(), true) }, EventPaused, Waiting},
		"it is wanted later":  {func(r *rig, id ID) error { return r.Schedule(t.Context(), when.AddDate(50, 0, 0), id) }, EventPaused, Waiting},
		"it was taken out":    {func(r *rig, id ID) error { return r.Cancel(t.Context(), id) }, EventRemoved, ""},
		"the process is over": {func(r *rig, id ID) error { return nil }, "", Waiting},
	} {
		t.Run(outcome, func(t *testing.T) {
			r, id, stop := begun(t)
			r.must(tc.do(r, id))
			if tc.want != "" {
				r.await("event", func() bool { return slices.Contains(r.eventTypes(), tc.want) })
			}
			r.there.SetHook(nil)
			stop()
			last := EventType("")
			for _, e := range r.eventTypes() {
				if e == EventPaused || e == EventRemoved {
					last = e
				}
			}
			if last != tc.want {
				t.Errorf("told was %q, want %q", last, tc.want)
			}
			if tc.state != "" && r.item(id).State != tc.state {
				t.Errorf("the row is %s", r.item(id).State)
			}
		})
	}
}

// TestAMissingPasswordIsNoFailure: the rows of that login are paused, those of
// others go on, and each run asks anew.
func TestAMissingPasswordIsNoFailure(t *testing.T) {
	r := newRig(t, nil)
	r.here.PutDir("/d")
	for _, name := range []string{"/a", "/b", "/d/c"} {
		r.here.Put(name, "x", when)
	}
	elsewhere := up("/a")
	elsewhere.Target = Place{Site: other, Path: vfs.MustParse("/elsewhere")}
	later := up("/b")
	later.NotBefore = when.Add(48 * time.Hour)
	ids := r.add(up("/a"), upDir("/d"), elsewhere, later)
	r.must(r.Pause(t.Context(), ids[3]))
	r.opened[remote] = &vfs.Error{Op: "connect", Path: "host", Kind: vfs.KindLogin, Err: site.ErrNoPassword}
	for range 2 {
		r.drain()
		if got, want := r.states(), []string{"/a: paused", "/d: paused", "/a: done", "/b: paused"}; !slices.Equal(got, want) {
			t.Fatalf("the rows are %q, want %q", got, want)
		}
	}
	if slices.Contains(r.eventTypes(), EventFailed) {
		t.Error("a failure was told")
	}
	if ids, err := r.Sites(t.Context()); err != nil || !slices.Equal(ids, []site.ID{remote}) {
		t.Errorf("passwords are wanted for %q, %v", ids, err)
	}
	pauses, err := r.Pauses(t.Context())
	if err != nil || len(pauses) != 2 || pauses[0].Rows != 2 || !pauses[0].Lacking || pauses[1].Rows != 1 || pauses[1].Message != "" {
		t.Errorf("the reasons are %+v, %v", pauses, err)
	}
	r.opened[remote] = nil
	r.drain()
	if got := r.states(); r.count(Done) != 4 || !slices.Contains(got, "/b: paused") {
		t.Errorf("with the password the rows are %q", got)
	}
}

// TestAPersonsPauseHolds also where the row was paused already, for a password that
// nobody knew: the next run, which has it, leaves it alone.
func TestAPersonsPauseHolds(t *testing.T) {
	r := newRig(t, nil)
	r.here.PutDir("/d")
	r.here.PutDir("/e")
	for _, name := range []string{"/a", "/b", "/d/c", "/e/f"} {
		r.here.Put(name, "x", when)
	}
	ids := r.add(up("/a"), up("/b"), upDir("/d"), upDir("/e"))
	r.opened[remote] = &vfs.Error{Op: "connect", Path: "host", Kind: vfs.KindLogin, Err: site.ErrNoPassword}
	r.drain()
	r.must(r.Pause(t.Context(), ids[1], ids[3]))
	if ids, err := r.Sites(t.Context()); err != nil || !slices.Equal(ids, []site.ID{remote}) {
		t.Errorf("passwords are wanted for %q, %v", ids, err)
	}
	pauses, err := r.Pauses(t.Context())
	if err != nil || len(pauses) != 2 || pauses[0].Rows != 2 || pauses[1].Rows != 2 || pauses[0].Lacking == pauses[1].Lacking {
		t.Errorf("the reasons are %+v, %v", pauses, err)
	}
	r.opened[remote] = nil
	r.drain()
	if got, want := r.states(), []string{"/a: done", "/b: paused", "/d: done", "/e: paused", "/d/c: done"}; !slices.Equal(got, want) {
		t.Errorf("the rows are %q, want %q", got, want)
	}
	r.must(r.Resume(t.Context(), ids...))
	r.drain()
	if r.count(Done) != 6 {
		t.Errorf("resumed the rows are %q", r.states())
	}
}

// TestAPersonsPauseHoldsBelowAFolder whose content was paused for a password.
func TestAPersonsPauseHoldsBelowAFolder(t *testing.T) {
	r := newRig(t, nil)
	r.here.PutDir("/d")
	r.here.Put("/d/a", "x", when)
	r.here.Put("/d/b", "x", when)
	folder := r.add(upDir("/d"))[0]
	lacks := &vfs.Error{Op: "connect", Path: "host", Kind: vfs.KindLogin, Err: site.ErrNoPassword}
	r.there.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpCreate {
			return lacks
		}
		return nil
	})
	r.drain()
	if got, want := r.states(), []string{"/d: active", "/d/a: paused", "/d/b: paused"}; !slices.Equal(got, want) {
		t.Fatalf("the rows are %q, want %q", got, want)
	}
	r.must(r.Pause(t.Context(), folder))
	r.there.SetHook(nil)
	r.drain()
	if r.count(Paused) != 3 {
		t.Errorf("the rows are %q", r.states())
	}
}
