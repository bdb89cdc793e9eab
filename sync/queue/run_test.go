package queue

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestFileArrives(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", "hello", when)
	ids := r.add(up("/a"))
	r.drain()
	if got, _ := r.there.Get("/in/a"); got != "hello" {
		t.Errorf("the target holds %q", got)
	}
	got := r.item(ids[0])
	if got.State != Done || got.Verified != "hash" || got.Size != 5 || got.Done != 5 || got.Attempts != 1 || got.Ended.IsZero() {
		t.Errorf("the row is %+v", got)
	}
	if want := []EventType{EventStarted, EventDone}; !slices.Equal(r.eventTypes(), want) {
		t.Errorf("events %v", r.eventTypes())
	}
}

func TestTreeArrives(t *testing.T) {
	r := newRig(t, nil)
	want := map[string]string{}
	for name, content := range map[string]string{
		"/t/a": "1", "/t/b c": "22", "/t/sub/d": "333", "/t/sub/deep/e": "", "/t/\xff\xfe": "bytes",
	} {
		r.here.Put(name, content, when)
		want["/in"+name] = content
	}
	r.here.PutDir("/t/empty")
	r.here.PutLink("/t/link", "a")
	r.here.PutLink("/t/loop", ".")
	want["/in/t/link"] = "1"
	r.there.PutDir("/in/t/sub") // a folder that is there is as good
	ids := r.add(upDir("/t"))
	r.drain()
	if diff := cmp.Diff(want, r.there.Files()); diff != "" {
		t.Errorf("files at the target (-want +got):\n%s", diff)
	}
	if e, err := r.there.Stat(t.Context(), vfs.MustParse("/in/t/empty")); err != nil || e.Type != vfs.TypeDir {
		t.Error("the empty folder did not arrive")
	}
	wantStates(t, r, "/t: done", "/t/a: done", "/t/b c: done", "/t/sub: done", "/t/sub/d: done", "/t/sub/deep: done",
		"/t/sub/deep/e: done", "/t/\xff\xfe: done", "/t/empty: done", "/t/link: done", "/t/loop: skipped")
	if got := r.item(ids[0]); got.Size != 10 || got.Done != 10 {
		t.Errorf("the folder counts %d of %d", got.Done, got.Size)
	}
}

func TestTreeWithTroubleGoesOn(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/t/good", "1", when)
	r.here.Put("/t/bad", "2", when)
	r.here.Put("/t/sub/x", "3", when)
	r.here.Fail("open", "/t/bad", -1, vfs.KindPermission)
	r.there.Put("/in/t/sub", "a file is in the way", when)
	ids := r.add(upDir("/t"))
	r.drain()
	wantStates(t, r, "/t: failed", "/t/good: done", "/t/bad: failed", "/t/sub: failed")
	top := r.item(ids[0])
	if top.Message != "2 of 3 entries failed" {
		t.Errorf("the folder says %q", top.Message)
	}
	if sub := r.items()[3]; sub.Kind != vfs.KindNotDir && r.items()[2].Kind != vfs.KindNotDir {
		t.Errorf("the folder in the way is %v", sub)
	}
	failed := 0
	for _, e := range r.eventTypes() {
		if e == EventFailed {
			failed++
		}
	}
	if failed != 2 {
		t.Errorf("%d failed events for 2 failures", failed)
	}

	// Retry of the whole takes only what failed.
	r.here.Heal()
	r.there.Drop("/in/t/sub")
	r.must(r.Retry(t.Context(), ids[0]))
	r.sound()
	if got := r.item(ids[0]).State; got != Active {
		t.Errorf("the folder is %s after Retry", got)
	}
	r.drain()
	wantStates(t, r, "/t: done", "/t/good: done", "/t/bad: done", "/t/sub: done", "/t/sub/x: done")
}

func TestNamesThatCannotBeUsed(t *testing.T) {
	r := newRig(t, nil)
	folder := row{Item: Item{ID: 7, Source: Place{Path: vfs.MustParse("/t")}, Target: Place{Site: remote, Path: vfs.MustParse("/in/t")}}}
	for outcome, e := range map[string]vfs.Entry{
		"up":        {Name: "..", Type: vfs.TypeDir},
		"slash":     {Name: "a/b", Type: vfs.TypeFile},
		"line":      {Name: "a\r\nDELE b", Type: vfs.TypeFile},
		"link away": {Name: "../x", Type: vfs.TypeLink, TargetType: vfs.TypeDir},
	} {
		t.Run(outcome, func(t *testing.T) {
			got := childOf(folder, e)
			if got.State != Failed || got.Kind != vfs.KindBadName || got.Source.Path != folder.Source.Path || got.Name != e.Name {
				t.Errorf("row %+v", got.Item)
			}
		})
	}
	// Such a row is never tried again: its path is the folder's.
	r.here.Put("/t/a", "1", when)
	ids := r.add(upDir("/t"))
	r.drain()
	r.s.mu.Lock()
	top, err := r.list(t.Context(), `SELECT `+columns+` FROM rows WHERE id = ?`, int64(ids[0]))
	r.s.mu.Unlock()
	r.must(err)
	bad := childOf(top[0], vfs.Entry{Name: "a/b", Type: vfs.TypeFile})
	r.must(r.write(t.Context(), durable, func() error {
		if _, err := r.insert(t.Context(), bad, 1); err != nil {
			return err
		}
		return r.bump(t.Context(), top[0].ID, tally{total: 1, ended: 1, failed: 1})
	}))
	r.sound()
	r.must(r.Retry(t.Context(), ids[0]))
	wantStates(t, r, "/t: failed", "/t/a: done", "/t: failed")
	if all := r.items(); all[len(all)-1].Name != "a/b" {
		t.Errorf("the journal tells the name as %q", all[len(all)-1].Name)
	}
}

func TestUnknownTypesAreAskedFor(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", "1", when)
	r.here.Put("/d/b", "2", when)
	r.here.PutLink("/l", "/d")
	requests := []Request{up("/a"), up("/d"), up("/l")}
	for i := range requests {
		requests[i].Type = vfs.TypeUnknown
	}
	r.add(requests...)
	r.drain()
	wantStates(t, r, "/a: done", "/d: done", "/d/b: done", "/l: skipped")
}

func TestAskedForTwiceIsOnce(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", "1", when)
	first := r.add(up("/a"), up("/b"))
	again := r.add(up("/b"), up("/a"), up("/c"), up("/c"))
	if again[0] != first[1] || again[1] != first[0] || again[2] == first[0] || again[2] != again[3] || len(r.items()) != 3 {
		t.Errorf("added %v, then %v", first, again)
	}
	r.drain()
	if next := r.add(up("/a")); next[0] == first[0] {
		t.Error("a row that ended was taken for the new one")
	}
}

func TestRefusedRequests(t *testing.T) {
	r := newRig(t, nil)
	in := func(a, b string, typ vfs.Type) Request {
		return Request{Source: Place{Path: vfs.MustParse(a)}, Target: Place{Path: vfs.MustParse(b)}, Type: typ, Exists: transfer.Skip}
	}
	many, less := in("/a", "/b", vfs.TypeFile), in("/a", "/b", vfs.TypeFile)
	many.Segments, less.Segments = transfer.MaxSegments+1, -1
	for outcome, request := range map[string]Request{
		"too many segments":     many,
		"less than no segments": less,
		"file onto itself":      in("/a", "/a", vfs.TypeFile),
		"folder into itself":    in("/a", "/a/b", vfs.TypeDir),
		"unknown into itself":   in("/a", "/a/b/c", vfs.TypeUnknown),
		"a file with no target": in("/a", "/", vfs.TypeFile),
	} {
		t.Run(outcome, func(t *testing.T) {
			_, err := r.Add(t.Context(), up("/fine"), request)
			if vfs.KindOf(err) != vfs.KindBadName || len(r.items()) != 0 {
				t.Errorf("error %v, rows %v", err, r.states())
			}
		})
	}
}

func TestRetryReopensEveryFolderAbove(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/t/a/b/c/file", "1", when)
	r.here.Put("/t/other", "1", when)
	r.here.Fail(memfs.OpOpen, "/t/a/b/c/file", -1, vfs.KindPermission)
	r.add(upDir("/t"))
	r.drain()
	wantStates(t, r, "/t: failed", "/t/a: failed", "/t/a/b: failed", "/t/a/b/c: failed", "/t/a/b/c/file: failed", "/t/other: done")
	items := r.items()
	r.must(r.Retry(t.Context(), items[len(items)-1].ID))
	r.sound()
	wantStates(t, r, "/t: active", "/t/a: active", "/t/a/b: active", "/t/a/b/c: active", "/t/a/b/c/file: waiting", "/t/other: done")
	r.here.Heal()
	r.drain()
	wantStates(t, r, "/t: done", "/t/a: done", "/t/a/b: done", "/t/a/b/c: done", "/t/a/b/c/file: done", "/t/other: done")
}

// TestOneWriterForATarget: two rows that end at one name would write one part.
func TestOneWriterForATarget(t *testing.T) {
	r := newRig(t, nil)
	r.here.SetChunk(1 << 12)
	var requests []Request
	for i := range 4 {
		name := fmt.Sprintf("/%d/same", i)
		r.here.Put(name, large, when)
		requests = append(requests, up(name))
		if i%2 == 1 { // one name on some disks
			requests[i].Target.Path = vfs.MustParse("/in/SAME")
		}
	}
	var mu sync.Mutex
	writing, most := 0, 0
	r.there.SetHook(func(_ context.Context, c memfs.Call) error {
		mu.Lock()
		defer mu.Unlock()
		switch c.Op {
		case memfs.OpCreate:
			writing++
			most = max(most, writing)
		case memfs.OpRename:
			writing--
		}
		return nil
	})
	r.add(requests...)
	r.drain()
	if most != 1 {
		t.Errorf("%d wrote the part at a time", most)
	}
	if count := r.Snapshot().Count; count[Done] != 4 {
		t.Errorf("rows %v", count)
	}
}

// TestRateAndProgress: a snapshot shows what moves, and events tell of it.
func TestRateAndProgress(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
	clock := &manual{now: when, due: make(chan time.Time)}
	r.clock = clock
	r.here.Put("/a", large, when)
	r.here.SetChunk(1 << 12)
	step, reached := make(chan struct{}), make(chan struct{}, 100)
	r.there.SetHook(func(ctx context.Context, c memfs.Call) error {
		if c.Op == memfs.OpWrite {
			reached <- struct{}{}
			select {
			case <-step:
			case <-ctx.Done():
			}
		}
		return ctx.Err()
	})
	id := r.add(up("/a"))[0]
	stop := r.start()
	<-reached
	step <- struct{}{}
	<-reached
	r.Snapshot()
	first := r.Snapshot().Active[0].Done
	clock.advance(time.Second)
	for range 4 {
		step <- struct{}{}
		<-reached
	}
	snap := r.Snapshot()
	active := snap.Active[0]
	moved := active.Done - first
	if active.ID != id || moved <= 0 || active.Rate != float64(moved) || snap.RateUp != active.Rate || snap.RateDn != 0 {
		t.Errorf("after %d bytes in a second the snapshot shows %+v", moved, snap)
	}
	// A snapshot does not wait for a journal that is busy; its counts may be
	// those of a moment ago.
	r.must(r.refresh(t.Context()))
	if snap := r.Snapshot(); snap.BytesLeft != int64(len(large))-active.Done {
		t.Errorf("%d bytes are left of %d", snap.BytesLeft, len(large))
	}
	if left, ok := active.Left(); !ok || left <= 0 {
		t.Error("the time left cannot be told")
	}
	clock.due <- clock.Now()
	r.await("progress", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		last := r.events[len(r.events)-1]
		return last.Type == EventProgress && last.Item.Done == active.Done
	})
	stop()
}

// manual is a clock that stands still; due ends one wait.
type manual struct {
	mu  sync.Mutex
	now time.Time
	due chan time.Time
}

func (m *manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *manual) advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

func (m *manual) After(d time.Duration) (<-chan time.Time, func() bool) {
	if d >= time.Hour || d == sampleTick {
		return nil, func() bool { return true }
	}
	return m.due, func() bool { return true }
}

func TestMeter(t *testing.T) {
	var m meter
	at := func(seconds float64) time.Time { return when.Add(time.Duration(seconds * float64(time.Second))) }
	for _, step := range []struct{ at, done, want float64 }{
		{0, 0, 0}, {1, 1000, 0}, {2, 1500, 500}, {3, 2500, 750}, {6, 5500, 900}, {7, 5500, 800}, {12, 5500, 0},
	} {
		if got := m.add(at(step.at), int64(step.done)); got != step.want {
			t.Errorf("at %v s: %v bytes a second, want %v", step.at, got, step.want)
		}
	}
}

// TestAClockThatIsSetBackMakesNoWaitLonger: what waits for another attempt, as its
// site does, is due then; a time that a person set stays.
func TestAClockThatIsSetBackMakesNoWaitLonger(t *testing.T) {
	for outcome, tc := range map[string]struct {
		back time.Duration
		due  bool
	}{
		"due behind two hours":      {2 * time.Hour, true},
		"not behind a small change": {time.Second, false},
		"not behind none":           {0, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			now := when
			clock := &settable{now: now}
			r.clock = clock
			later := up("/later")
			later.NotBefore = now.Add(time.Hour)
			ids := r.add(up("/again"), later)
			r.must(r.write(t.Context(), cheap, func() error {
				_, err := r.s.exec(t.Context(), `UPDATE rows SET next_try = ? WHERE id = ?`, nanos(now.Add(time.Minute)), int64(ids[0]))
				if err != nil {
					return err
				}
				_, err = r.s.exec(t.Context(), `INSERT INTO sites (site, next_try, attempts, kind, message, about) VALUES (?, ?, 1, '', '', '')`,
					string(remote), nanos(now.Add(time.Minute)))
				return err
			}))
			for _, at := range []time.Time{now, now.Add(-tc.back)} {
				clock.set(at)
				if _, err := r.lookAround(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if again := r.item(ids[0]); again.NextTry.IsZero() != tc.due {
				t.Errorf("it is tried again at %v", again.NextTry)
			}
			if waits := r.Snapshot().Waits; len(waits) != 1 || waits[0].Until.IsZero() != tc.due {
				t.Errorf("the site is waited for: %v", waits)
			}
			if got := r.item(ids[1]); !got.NextTry.Equal(later.NotBefore) {
				t.Errorf("what is to begin later begins at %v", got.NextTry)
			}
		})
	}
}
