package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// gate holds the calls that match until they are cancelled.
type gate struct {
	reached chan struct{} // gets one for each call that waits
}

func newGate(f *memfs.FS, match func(memfs.Call) bool) *gate {
	g := &gate{reached: make(chan struct{}, 100)}
	f.SetHook(func(ctx context.Context, c memfs.Call) error {
		if !match(c) {
			return nil
		}
		g.reached <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	return g
}

// afterWrites matches the nth write and those after it.
func afterWrites(n int) func(memfs.Call) bool {
	var mu sync.Mutex
	return func(c memfs.Call) bool {
		mu.Lock()
		defer mu.Unlock()
		if c.Op == memfs.OpWrite {
			n--
		}
		return c.Op == memfs.OpWrite && n < 0
	}
}

var large = strings.Repeat("0123456789abcdef", 1<<14) // 256 KiB

// begun returns a running rig with one large upload that has moved a part and
// stands still.
func begun(t *testing.T) (r *rig, id ID, stop func()) {
	r = newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
	r.here.Put("/a", large, when)
	r.here.SetChunk(1 << 12)
	id = r.add(up("/a"))[0]
	g := newGate(r.there, afterWrites(3))
	stop = r.start()
	<-g.reached
	return r, id, stop
}

func TestPauseKeepsThePart(t *testing.T) {
	r, id, stop := begun(t)
	r.must(r.Pause(t.Context(), id))
	r.await("stop", func() bool { return len(r.Snapshot().Active) == 0 })
	got := r.item(id)
	if got.State != Paused || got.Done == 0 || got.Done >= got.Size {
		t.Fatalf("the row is %s at %d of %d", got.State, got.Done, got.Size)
	}
	part, _ := r.there.Get("/in/a" + transfer.Suffix)
	if int64(len(part)) != got.Done {
		t.Errorf("the part has %d bytes, the row says %d", len(part), got.Done)
	}
	r.there.SetHook(nil)
	r.must(r.Resume(t.Context(), id))
	r.await("end", func() bool { return r.item(id).State == Done })
	stop()
	if got, _ := r.there.Get("/in/a"); got != large {
		t.Error("the file is not whole")
	}
	creates := 0
	for _, c := range r.there.Calls() {
		if c.Op == memfs.OpCreate {
			creates++
		}
	}
	if creates != 2 {
		t.Errorf("%d creates", creates)
	}
}

func TestCancelLeavesNothing(t *testing.T) {
	r, id, _ := begun(t)
	r.must(r.Cancel(t.Context(), id))
	if len(r.items()) != 0 {
		t.Error("the row is still listed")
	}
	r.await("clean target", func() bool { return len(r.there.Files()) == 0 })
	r.await("empty journal", func() bool { return r.rows() == 0 })
}

// rows counts the journal's rows, the unseen ones too.
func (r *rig) rows() (n int) {
	r.t.Helper()
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.must(r.s.row(r.t.Context(), `SELECT count(*) FROM rows`).Scan(&n))
	return n
}

func TestCancelSweepsWhenTheSiteIsBack(t *testing.T) {
	r, id, stop := begun(t)
	stop()
	r.there.SetHook(nil)
	r.must(r.Cancel(t.Context(), id))
	r.there.Fail(memfs.OpRemove, "", 3, vfs.KindRefused)
	r.drain()
	if files := r.there.Files(); len(files) != 0 || r.rows() != 0 {
		t.Errorf("left: %d files, %d rows", len(files), r.rows())
	}
}

// TestCancelSweepsUnderTheChosenName: the part of a copy that keeps both does
// not stand beside the row's own target.
func TestCancelSweepsUnderTheChosenName(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", large, when)
	r.there.Put("/in/a", "old", when)
	r.here.Inject(memfs.Fault{Op: memfs.OpRead, Bytes: 1 << 16, Kind: vfs.KindPermission})
	r.there.Inject(memfs.Fault{Op: memfs.OpRemove, Times: 1, Kind: vfs.KindPermission}) // so that the part stays
	request := up("/a")
	request.Exists = transfer.Rename
	ids := r.add(request)
	r.drain()
	if _, ok := r.there.Get("/in/a (2)" + transfer.Suffix); !ok {
		t.Fatal("there is no part to sweep")
	}
	r.must(r.Cancel(t.Context(), ids...))
	r.drain()
	if files := r.there.Files(); len(files) != 1 || files["/in/a"] != "old" || r.rows() != 0 {
		t.Errorf("left: %d files, %d rows", len(files), r.rows())
	}
}

// TestCancelThenTheSameAgain: the new row's part is not the old row's to
// sweep.
func TestCancelThenTheSameAgain(t *testing.T) {
	r, id, stop := begun(t)
	stop()
	r.there.SetHook(nil)
	r.must(r.Cancel(t.Context(), id))
	again := r.add(up("/a"))[0]
	r.drain()
	if got, _ := r.there.Get("/in/a"); got != large || r.item(again).State != Done || r.rows() != 1 {
		t.Errorf("the row is %s, %d rows are left", r.item(again).State, r.rows())
	}
}

func TestHoldStopsAllAndOutlivesTheProcess(t *testing.T) {
	r, id, stop := begun(t)
	r.must(r.Hold(t.Context(), true))
	r.await("stop", func() bool { return len(r.Snapshot().Active) == 0 })
	if got := r.item(id); got.State != Waiting || got.Attempts != 0 {
		t.Errorf("the row is %s after %d attempts", got.State, got.Attempts)
	}
	stop()
	r.drain() // returns at once
	if snap := r.Snapshot(); !snap.Held || snap.Count[Waiting] != 1 {
		t.Errorf("snapshot %+v", snap)
	}
	r.there.SetHook(nil)
	r.must(r.Hold(t.Context(), false))
	r.drain()
	wantStates(t, r, "/a: done")
}

// planted puts rows of each state into a folder by hand and returns the rig and
// the folder.
func planted(t *testing.T) (*rig, ID) {
	r := newRig(t, func(c *Config) { c.Tuning.Workers = 1; c.Retries = -1 })
	r.here.Put("/t/done", "1", when)
	r.here.Put("/t/failed", "1", when)
	r.here.Put("/t/sub/skipped", "1", when)
	r.here.Put("/t/sub/asking", "1", when)
	r.here.Put("/t/sub/paused", "1", when)
	r.there.Put("/in/t/sub/asking", "0", when)
	r.there.Put("/in/t/sub/skipped", "0", when)
	r.here.Fail(memfs.OpOpen, "/t/failed", -1, vfs.KindPermission)
	request := upDir("/t")
	request.Exists = transfer.Ask
	top := r.add(request)[0]
	r.here.Fail(memfs.OpOpen, "/t/sub/paused", -1, vfs.KindPermission)
	r.drain()
	for _, item := range r.items() {
		switch item.Source.Path.Base() {
		case "skipped":
			r.must(r.Answer(t.Context(), item.ID, transfer.Answer{}))
		case "paused":
			r.must(r.Retry(t.Context(), item.ID))
			r.must(r.Pause(t.Context(), item.ID))
		}
	}
	r.drain()
	wantStates(t, r, "/t: active", "/t/done: done", "/t/failed: failed", "/t/sub: active",
		"/t/sub/skipped: skipped", "/t/sub/asking: asking", "/t/sub/paused: paused")
	return r, top
}

func TestWhatEachCommandDoes(t *testing.T) {
	sub := func(r *rig) ID {
		for _, item := range r.items() {
			if item.Source.Path.Base() == "sub" {
				return item.ID
			}
		}
		return 0
	}
	for outcome, tc := range map[string]struct {
		do   func(ctx context.Context, r *rig, top ID) error
		want []string
	}{
		"pause stops all that has not ended": {
			func(ctx context.Context, r *rig, top ID) error { return r.Pause(ctx, top) },
			[]string{"/t: paused", "/t/done: done", "/t/failed: failed", "/t/sub: paused", "/t/sub/skipped: skipped", "/t/sub/asking: paused", "/t/sub/paused: paused"},
		},
		"resume takes paused rows only": {
			func(ctx context.Context, r *rig, top ID) error { return r.Resume(ctx, top) },
			[]string{"/t: active", "/t/done: done", "/t/failed: failed", "/t/sub: active", "/t/sub/skipped: skipped", "/t/sub/asking: asking", "/t/sub/paused: waiting"},
		},
		"retry takes failed and paused rows": {
			func(ctx context.Context, r *rig, top ID) error { return r.Retry(ctx, top) },
			[]string{"/t: active", "/t/done: done", "/t/failed: waiting", "/t/sub: active", "/t/sub/skipped: skipped", "/t/sub/asking: asking", "/t/sub/paused: waiting"},
		},
		"cancel of a folder takes all below": {
			func(ctx context.Context, r *rig, top ID) error { return r.Cancel(ctx, sub(r)) },
			[]string{"/t: failed", "/t/done: done", "/t/failed: failed"},
		},
		"cancel of the whole leaves nothing": {
			func(ctx context.Context, r *rig, top ID) error { return r.Cancel(ctx, top) }, nil,
		},
		"cancel of all by their IDs leaves nothing": {
			func(ctx context.Context, r *rig, _ ID) error { return r.Cancel(ctx, r.ids()...) }, nil,
		},
		"what is named beside its folder is paused once": {
			func(ctx context.Context, r *rig, top ID) error { return r.Pause(ctx, r.ids()...) },
			[]string{"/t: paused", "/t/done: done", "/t/failed: failed", "/t/sub: paused", "/t/sub/skipped: skipped", "/t/sub/asking: paused", "/t/sub/paused: paused"},
		},
		"clear of done rows keeps the folders in use": {
			func(ctx context.Context, r *rig, _ ID) error { return r.Clear(ctx, Done) },
			[]string{"/t: active", "/t/failed: failed", "/t/sub: active", "/t/sub/skipped: skipped", "/t/sub/asking: asking", "/t/sub/paused: paused"},
		},
		"clear of all that is open ends the folders": {
			func(ctx context.Context, r *rig, _ ID) error { return r.Clear(ctx, Asking, Paused) },
			[]string{"/t: failed", "/t/done: done", "/t/failed: failed", "/t/sub: done", "/t/sub/skipped: skipped"},
		},
		"clear of everything leaves nothing": {
			func(ctx context.Context, r *rig, _ ID) error {
				return r.Clear(ctx, Waiting, Scanning, Active, Paused, Asking, Done, Failed, Skipped)
			}, nil,
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r, top := planted(t)
			r.must(tc.do(t.Context(), r, top))
			r.sound()
			wantStates(t, r, tc.want...)
		})
	}
}

func TestSitesAreThoseThatWorkIsLeftFor(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", "1", when)
	across := up("/c")
	across.Source.Site = other
	r.add(up("/a"))
	r.drain()
	if got, err := r.Sites(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("after all is done: %v, %v", got, err)
	}
	ids := r.add(up("/b"), across)
	if got, err := r.Sites(t.Context()); err != nil || !slices.Equal(got, []site.ID{remote, other}) {
		t.Errorf("two sites wait: %v, %v", got, err)
	}
	r.must(r.Pause(t.Context(), ids[1]))
	if got, err := r.Sites(t.Context()); err != nil || !slices.Equal(got, []site.ID{remote}) {
		t.Errorf("one is paused: %v, %v", got, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	r := newRig(t, nil)
	r.opened[remote] = &vfs.Error{Op: "open", Kind: vfs.KindPermission}
	for i := range chunk + 50 {
		r.here.Put(fmt.Sprintf("/t/%05d", i), "", when)
	}
	r.opened[remote] = nil
	r.there.Fail(memfs.OpCreate, "", -1, vfs.KindPermission)
	top := r.add(upDir("/t"))[0]
	r.drain()
	if got := r.item(top); got.Message != fmt.Sprintf("%d of %d entries failed", chunk+50, chunk+50) {
		t.Errorf("the folder says %q", got.Message)
	}
	r.there.Heal()
	r.must(r.Retry(t.Context(), top))
	r.sound()
	r.drain()
	if count := r.Snapshot().Count; count[Done] != chunk+51 {
		t.Errorf("rows %v", count)
	}
	r.must(r.Clear(t.Context(), Done))
	if n := r.rows(); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// TestACountThatBreaksOffChangesNothing: the sum of the second folder is more
// than a number can hold, as on a damaged page.
func TestACountThatBreaksOffChangesNothing(t *testing.T) {
	r, top := planted(t)
	var inside []ID
	for _, item := range r.items() {
		if item.Type == vfs.TypeFile {
			inside = append(inside, item.ID)
		}
	}
	count := func(n int64) {
		r.must(r.write(t.Context(), cheap, func() error {
			_, err := r.s.exec(t.Context(), `UPDATE rows SET total = ? WHERE type = 'file' AND parent <> ?`, n, int64(top))
			return err
		}))
	}
	count(1 << 62)
	if err := r.Cancel(t.Context(), inside...); err == nil {
		t.Error("rows were taken out of folders that nobody counted")
	}
	count(0)
	wantStates(t, r, "/t: active", "/t/done: done", "/t/failed: failed", "/t/sub: active",
		"/t/sub/skipped: skipped", "/t/sub/asking: asking", "/t/sub/paused: paused")
}
