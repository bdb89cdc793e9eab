package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

var away = &vfs.Error{Op: "connect", Path: "host", Kind: vfs.KindRefused, Reply: "nobody listens"}

// awayRig has n rows for a site whose opener fails for the first so many
// calls (-1: all), and counts them.
func awayRig(t *testing.T, n, fails int, change func(*Config)) (r *rig, ids []ID, tries *int) {
	tries = new(int)
	r = newRig(t, func(c *Config) {
		open := c.Open
		c.Open = func(ctx context.Context, id site.ID) (vfs.FS, error) {
			f, err := open(ctx, id)
			r.mu.Lock()
			defer r.mu.Unlock()
			if id == remote && err == nil && (fails < 0 || *tries < fails) {
				*tries++
				return nil, away
			}
			return f, err
		}
		if change != nil {
			change(c)
		}
	})
	var requests []Request
	for i := range n {
		name := fmt.Sprintf("/f%02d", i)
		r.here.Put(name, "x", when)
		requests = append(requests, up(name))
	}
	elsewhere := up("/f00")
	elsewhere.Target = Place{Site: other, Path: vfs.MustParse("/elsewhere")}
	return r, r.add(append(requests, elsewhere)...), tries
}

// TestASiteThatIsAwayIsTriedByOneRow: no storm of connections, no row that
// fails by itself, and nobody else held up.
func TestASiteThatIsAwayIsTriedByOneRow(t *testing.T) {
	r, ids, tries := awayRig(t, 50, -1, nil)
	r.drain()
	if count := r.Snapshot().Count; count[Failed] != 1 || count[Paused] != 49 || count[Done] != 1 {
		t.Errorf("rows %v", count)
	}
	if *tries > DefaultWorkers+DefaultRetries {
		t.Errorf("tried %d times", *tries)
	}
	paused := r.item(ids[9])
	if paused.Kind != vfs.KindRefused || paused.About != "host" {
		t.Errorf("the paused row says %s about %q", paused.Kind, paused.About)
	}
	if waits := r.Snapshot().Waits; len(waits) != 0 {
		t.Errorf("given up, and still waited for: %v", waits)
	}
}

func TestASiteThatComesBackIsWorkedOn(t *testing.T) {
	r, _, tries := awayRig(t, 50, DefaultRetries, nil)
	r.drain()
	if count := r.Snapshot().Count; count[Done] != 51 {
		t.Errorf("rows %v", count)
	}
	if *tries != DefaultRetries {
		t.Errorf("tried %d times", *tries)
	}
	retries := 0
	for _, e := range r.eventTypes() {
		if e == EventRetry {
			retries++
		}
	}
	if retries != DefaultRetries {
		t.Errorf("%d rows were tried again", retries)
	}
}

// TestRowsSayWhatTheyWaitFor, and a person's word ends it.
func TestRowsSayWhatTheyWaitFor(t *testing.T) {
	for outcome, end := range map[string]func(*rig, ID) error{
		"retry": func(r *rig, id ID) error { return r.Retry(r.t.Context(), id) },
		"pause and resume": func(r *rig, id ID) error {
			if err := r.Pause(r.t.Context(), id); err != nil {
				return err
			}
			return r.Resume(r.t.Context(), id)
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r, ids, tries := awayRig(t, 5, 1, func(c *Config) { c.Tuning.Workers = 1 })
			r.clock = &manual{now: when, due: make(chan time.Time)}
			r.start()
			r.await("end of the other site's row", func() bool { return r.item(ids[5]).State == Done })
			until := when.Add(5 * time.Second)
			for _, id := range ids[:5] {
				got := r.item(id)
				if got.State != Waiting || got.WaitsFor != remote || !got.NextTry.Equal(until) || got.Kind != vfs.KindRefused {
					t.Errorf("row %d is %s for %q until %v: %s", id, got.State, got.WaitsFor, got.NextTry, got.Kind)
				}
			}
			r.must(r.refresh(t.Context()))
			waits := r.Snapshot().Waits
			if len(waits) != 1 || waits[0].Site != remote || !waits[0].Until.Equal(until) || waits[0].About != "host" || *tries != 1 {
				t.Errorf("after %d tries waited for: %+v", *tries, waits)
			}
			r.must(end(r, ids[3]))
			r.await("end of all but the first, which waits for itself", func() bool {
				done := 0
				for _, item := range r.items() {
					if item.State == Done {
						done++
					}
				}
				return done == 5
			})
			if got := r.item(ids[1]); got.WaitsFor != "" || got.Attempts != 1 {
				t.Errorf("a row that is done waits for %q after %d attempts", got.WaitsFor, got.Attempts)
			}
		})
	}
}

// TestAWaitOutlivesTheProcess, so that a restart knocks no more than once.
func TestAWaitOutlivesTheProcess(t *testing.T) {
	r := newDiskRig(t)
	clock := &manual{now: when, due: make(chan time.Time)}
	r.clock = clock
	r.opened[remote] = away
	r.here.Put("/a", "x", when)
	r.here.Put("/b", "x", when)
	ids := r.add(up("/a"), up("/b"))
	stop := r.start()
	r.await("wait", func() bool { return r.item(ids[0]).WaitsFor == remote && r.item(ids[1]).WaitsFor == remote })
	stop()
	r.must(r.Close())
	r.Queue = r.open(r.onDisk)
	r.clock = clock
	stop = r.start()
	r.await("start", func() bool { return r.Snapshot().Running })
	tries := 0
	for _, id := range ids {
		got := r.item(id)
		if tries += got.Attempts; got.WaitsFor != remote {
			t.Errorf("after a restart row %d waits for %q", id, got.WaitsFor)
		}
	}
	if tries != 1 {
		t.Errorf("%d attempts are counted", tries)
	}
	stop()
	r.mu.Lock()
	delete(r.opened, remote)
	r.mu.Unlock()
	r.clock = &hasty{now: when}
	r.drain()
	wantStates(t, r, "/a: done", "/b: done")
}

// TestAFoldersTroubleIsItsSites: the scanner meets it as the workers do.
func TestAFoldersTroubleIsItsSites(t *testing.T) {
	r, _, tries := awayRig(t, 0, 3, func(c *Config) { c.Tuning.Workers = 2 })
	for i := range 6 {
		r.here.Put(fmt.Sprintf("/d%d/x", i), "x", when)
		r.add(upDir(fmt.Sprintf("/d%d", i)))
	}
	r.here.Put("/f00", "x", when)
	r.drain()
	if count := r.Snapshot().Count; count[Done] != 13 || *tries != 3 {
		t.Errorf("rows %v after %d tries", count, *tries)
	}
}

func TestWhatSaysThatASiteIsAway(t *testing.T) {
	wrapped := &vfs.Error{Op: "store", Kind: vfs.KindTimeout, Err: fmt.Errorf("at: %w", &vfs.Error{Op: "connect", Kind: vfs.KindTimeout})}
	for outcome, tc := range map[string]struct {
		err  error
		want bool
	}{
		"nobody listens":             {&vfs.Error{Op: "store", Kind: vfs.KindRefused}, true},
		"no such host":               {&vfs.Error{Op: "list", Kind: vfs.KindHost}, true},
		"no answer while connecting": {wrapped, true},
		"too many at the greeting":   {&vfs.Error{Op: "connect", Kind: vfs.KindBusy}, true},
		"hung up at the greeting":    {&vfs.Error{Op: "connect", Kind: vfs.KindLost}, true},
		"a busy file":                {&vfs.Error{Op: "retrieve", Kind: vfs.KindBusy}, false},
		"a transfer that stood":      {&vfs.Error{Op: "retrieve", Kind: vfs.KindTimeout}, false},
		"no data connection":         {&vfs.Error{Op: "connect", Kind: vfs.KindNoData}, false},
		"a refused login":            {&vfs.Error{Op: "connect", Kind: vfs.KindLogin}, false},
		"another error":              {errors.New("x"), false},
		"none":                       {nil, false},
	} {
		if got := unreachable(tc.err); got != tc.want {
			t.Errorf("%s: %v", outcome, got)
		}
	}
}

// TestABusyFileHoldsUpNoOther: what a row fails on that is its own stays so.
func TestABusyFileHoldsUpNoOther(t *testing.T) {
	r, ids, _ := awayRig(t, 5, 0, func(c *Config) { c.Tuning.Workers = 1 })
	r.there.Fail(memfs.OpCreate, "/in/f00*", -1, vfs.KindBusy)
	r.drain()
	if count := r.Snapshot().Count; count[Done] != 5 || r.item(ids[0]).Attempts != 6 {
		t.Errorf("rows %v, %d attempts", count, r.item(ids[0]).Attempts)
	}
}

// TestALastTryThatTheSiteWasAwayForIsNoFailure: the row began before another one
// found out, and waits with the others. Nobody is told that it failed.
func TestALastTryThatTheSiteWasAwayForIsNoFailure(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.Workers, c.Retries = 2, 1 })
	r.here.Put("/first", "x", when)
	r.here.Put("/last", "x", when)
	ids := r.add(up("/first"), up("/last"))
	r.must(r.write(t.Context(), cheap, func() error {
		_, err := r.s.exec(t.Context(), `UPDATE rows SET attempts = 1 WHERE id = ?`, int64(ids[1]))
		return err
	}))
	begun, found := make(chan struct{}), make(chan struct{})
	var first, last sync.Once
	tell := r.c.OnEvent
	r.c.OnEvent = func(e Event) {
		tell(e)
		if e.Type == EventRetry && e.Item.ID == ids[0] {
			close(found)
		}
	}
	r.there.SetHook(func(_ context.Context, c memfs.Call) (err error) {
		switch {
		case c.Op != memfs.OpCreate:
		case strings.Contains(c.Path.String(), "first"):
			first.Do(func() { <-begun; err = away })
		default:
			last.Do(func() { close(begun); <-found; err = away })
		}
		return err
	})
	r.drain()
	for _, id := range ids {
		if got := r.item(id); got.State != Done {
			t.Errorf("%s is %s: %s", got.Source.Path, got.State, got.Message)
		}
	}
	for _, e := range r.events {
		if e.Type == EventFailed {
			t.Errorf("%s was said to have failed", e.Item.Source.Path)
		}
	}
}

// TestAListIsOfOneMoment: whoever lists while another process works never sees the
// wait for a site beside rows from before it.
func TestAListIsOfOneMoment(t *testing.T) {
	r := newDiskRig(t)
	id := r.add(up("/a"))[0]
	two := second(t, r)
	reading, done := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := int64(1); reading.Err() == nil; n++ {
			err := two.s.write(t.Context(), cheap, func() error {
				if _, err := two.s.exec(t.Context(), `UPDATE rows SET attempts = ? WHERE id = ?`, n, int64(id)); err != nil {
					return err
				}
				_, err := two.s.exec(t.Context(), `INSERT OR REPLACE INTO sites (site, next_try, attempts, kind, message, about) VALUES (?, ?, ?, 'refused', ?, '')`,
					string(remote), nanos(when.Add(time.Hour)), n, fmt.Sprint(n))
				return err
			})
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 500 {
		if row := r.item(id); row.Attempts > 0 && row.Message != fmt.Sprint(row.Attempts) {
			t.Errorf("after attempt %d the row waits as of attempt %s", row.Attempts, row.Message)
			break
		}
	}
	done()
	writing.Wait()
}

// TestASiteIsTriedAgainWhileAFileStillMoves: a connection that could not be made says
// nothing of the one that carries a large file, nor does that file's hour have the
// others wait.
func TestASiteIsTriedAgainWhileAFileStillMoves(t *testing.T) {
	var fails atomic.Int32
	r := newRig(t, func(c *Config) {
		open := c.Open
		c.Open = func(ctx context.Context, id site.ID) (vfs.FS, error) {
			if id == remote && fails.Add(-1) >= 0 {
				return nil, away
			}
			return open(ctx, id)
		}
	})
	r.here.Put("/large", large, when)
	r.here.SetChunk(1 << 12)
	some := afterWrites(2)
	moves := newGate(r.there, func(c memfs.Call) bool { return c.Path.Base() == "large"+transfer.Suffix && some(c) })
	r.add(up("/large"))
	stop := r.start()
	<-moves.reached
	r.here.Put("/small", "1", when)
	fails.Store(2)
	id := r.add(up("/small"))[0]
	r.await("the small file", func() bool { return r.item(id).State == Done })
	stop()
}
