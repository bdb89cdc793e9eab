package queue

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs/memfs"
)

// leaping is a clock on which every wait ends at once and is counted as time
// that has passed.
type leaping struct {
	mu  sync.Mutex
	now time.Time
}

func (l *leaping) Now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *leaping) After(d time.Duration) (<-chan time.Time, func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = l.now.Add(d)
	c := make(chan time.Time, 1)
	c <- l.now
	return c, func() bool { return true }
}

func along(from, to site.ID) row {
	return row{Item: Item{Source: Place{Site: from}, Target: Place{Site: to}}}
}

// TestLimitsHold: how long 100,000 bytes take under limits, a quarter of a
// second of them being free to begin with.
func TestLimitsHold(t *testing.T) {
	const bytes = 100_000
	for outcome, tc := range map[string]struct {
		tuning   Tuning
		up, down int64 // of site remote
		ways     []row // that move so many bytes each, in turns
		want     time.Duration
	}{
		"none":                              {Tuning{}, 0, 0, []row{along("", remote)}, 0},
		"uploads, by that for uploads":      {Tuning{Up: 10_000}, 0, 0, []row{along("", remote)}, 9750 * time.Millisecond},
		"not uploads, by that for the rest": {Tuning{Down: 10_000}, 0, 0, []row{along("", remote)}, 0},
		"downloads":                         {Tuning{Down: 10_000}, 0, 0, []row{along(remote, "")}, 9750 * time.Millisecond},
		"not downloads":                     {Tuning{Up: 10_000}, 0, 0, []row{along(remote, "")}, 0},
		"site to site by both":              {Tuning{Up: 20_000, Down: 10_000}, 0, 0, []row{along(other, remote)}, 9750 * time.Millisecond},
		"what stays here by none":           {Tuning{Up: 10_000, Down: 10_000}, 10, 10, []row{along("", "")}, 0},
		"two uploads together":              {Tuning{Up: 10_000}, 0, 0, []row{along("", remote), along("", other)}, 19750 * time.Millisecond},
		"an upload and a download apart":    {Tuning{Up: 10_000, Down: 10_000}, 0, 0, []row{along("", remote), along(remote, "")}, 9750 * time.Millisecond},
		"and together by a total":           {Tuning{Total: 10_000}, 0, 0, []row{along("", remote), along(remote, "")}, 19750 * time.Millisecond},
		"one site by its own":               {Tuning{}, 10_000, 0, []row{along("", remote)}, 9750 * time.Millisecond},
		"one site by its own for downloads": {Tuning{}, 0, 10_000, []row{along(remote, "")}, 9750 * time.Millisecond},
		"not another by it":                 {Tuning{}, 10_000, 10_000, []row{along("", other)}, 0},
		"the lower one of both":             {Tuning{Up: 10_000}, 5_000, 0, []row{along("", remote)}, 19750 * time.Millisecond},
		"one byte a second":                 {Tuning{Up: 1}, 0, 0, []row{along("", remote)}, (bytes - 1) * time.Second},
	} {
		t.Run(outcome, func(t *testing.T) {
			clock := &leaping{now: when}
			l := newThrottle(clock, func(id site.ID) (up, down int64) {
				if id == remote {
					return tc.up, tc.down
				}
				return 0, 0
			}, tc.tuning)
			for range bytes / 1000 {
				for _, r := range tc.ways {
					if way := l.path(r); way.limited() {
						if err := way.wait(t.Context(), 1000); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			if took := clock.Now().Sub(when).Round(time.Millisecond * 5); took != tc.want {
				t.Errorf("it took %v, want %v", took, tc.want)
			}
		})
	}
}

// stopped is a clock on which no wait ends; it tells of each.
type stopped struct {
	leaping
	began chan time.Duration
}

func (s *stopped) After(d time.Duration) (<-chan time.Time, func() bool) {
	s.began <- d
	return nil, func() bool { return true }
}

func TestAChangedLimitHoldsForWhoWaits(t *testing.T) {
	for outcome, tc := range map[string]struct {
		change func(l *throttle, siteUp *int64, c *stopped, cancel func())
		waits  bool // once more
		err    error
	}{
		"lifted":       {change: func(l *throttle, _ *int64, _ *stopped, _ func()) { l.set(Tuning{Up: 0}) }},
		"raised":       {change: func(l *throttle, _ *int64, _ *stopped, _ func()) { l.set(Tuning{Up: 1 << 30}) }},
		"lowered":      {change: func(l *throttle, _ *int64, _ *stopped, _ func()) { l.set(Tuning{Up: 1}) }, waits: true},
		"another's":    {change: func(l *throttle, _ *int64, _ *stopped, _ func()) { l.set(Tuning{Up: 1000, Down: 5}) }, waits: true},
		"it was ended": {change: func(_ *throttle, _ *int64, _ *stopped, cancel func()) { cancel() }, err: context.Canceled},
	} {
		t.Run(outcome, func(t *testing.T) {
			c := &stopped{leaping: leaping{now: when}, began: make(chan time.Duration)}
			siteUp := int64(0)
			l := newThrottle(c, nil, Tuning{Up: 1000})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- l.path(along("", remote)).wait(ctx, 64<<10) }()
			<-c.began
			tc.change(l, &siteUp, c, cancel)
			if tc.waits {
				<-c.began
				cancel()
				tc.err = context.Canceled
			}
			if err := <-done; err != tc.err {
				t.Errorf("the wait ended with %v, want %v", err, tc.err)
			}
		})
	}
}

// TestASitesLimitIsAskedForWhileItMoves, once a second, so that a person may
// change it meanwhile.
func TestASitesLimitIsAskedForWhileItMoves(t *testing.T) {
	clock := &leaping{now: when}
	asked, up := 0, int64(0)
	l := newThrottle(clock, func(site.ID) (int64, int64) { asked++; return up, 0 }, Tuning{})
	way := l.path(along("", remote))
	for range 2 {
		if way.limited() || asked != 1 {
			t.Errorf("limited, or asked %d times", asked)
		}
	}
	up = 1000
	clock.After(siteLimitsEvery)
	if !way.limited() || asked != 2 {
		t.Errorf("not limited, asked %d times", asked)
	}
	up = 0
	clock.After(siteLimitsEvery)
	if way.limited() {
		t.Error("limited still")
	}
}

// TestALimitIsLiftedWhileAFileMoves through the whole queue.
func TestALimitIsLiftedWhileAFileMoves(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.Up = 1 })
	c := &stopped{leaping: leaping{now: when}, began: make(chan time.Duration, 100)}
	r.throttle.clock = c
	r.here.Put("/a", large, when)
	id := r.add(up("/a"))[0]
	stop := r.start()
	<-c.began
	r.Tune(Tuning{})
	r.await("end", func() bool { return r.item(id).State == Done })
	stop()
}

// TestALimitComesWhileAFileMoves that began without one.
func TestALimitComesWhileAFileMoves(t *testing.T) {
	r := newRig(t, nil)
	c := &stopped{leaping: leaping{now: when}, began: make(chan time.Duration, 100)}
	r.throttle.clock = c
	r.here.Put("/a", large, when)
	writes, goOn := make(chan struct{}, 100), make(chan struct{})
	r.there.SetHook(func(ctx context.Context, call memfs.Call) error {
		if call.Op == memfs.OpWrite {
			writes <- struct{}{}
			<-goOn
		}
		return nil
	})
	id := r.add(up("/a"))[0]
	stop := r.start()
	<-writes
	r.Tune(Tuning{Up: 1})
	close(goOn)
	<-c.began
	r.Tune(Tuning{})
	r.await("end", func() bool { return r.item(id).State == Done })
	stop()
}

// TestTheNumberOfTransfersIsTuned while they run: more begin at once, and where
// it is fewer no next one begins until enough have ended.
func TestTheNumberOfTransfersIsTuned(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.Workers = 2 })
	next := map[string]chan struct{}{}
	begun := make(chan string, 100)
	var all []Request
	for _, name := range []string{"/a", "/b", "/c", "/d", "/e", "/f"} {
		r.here.Put(name, "1", when)
		next[name] = make(chan struct{})
		all = append(all, up(name))
	}
	r.here.SetHook(func(ctx context.Context, c memfs.Call) error {
		if c.Op != memfs.OpOpen {
			return nil
		}
		begun <- c.Path.String()
		select {
		case <-next[c.Path.String()]:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	r.add(all...)
	stop := r.start()
	moving := map[string]bool{}
	more := func(n int) {
		t.Helper()
		for range n {
			moving[<-begun] = true
		}
	}
	more(2)
	r.Tune(Tuning{Workers: 4})
	more(2)
	if diff := cmp.Diff(map[string]bool{"/a": true, "/b": true, "/c": true, "/d": true}, moving); diff != "" {
		t.Error(diff)
	}
	r.Tune(Tuning{Workers: 1})
	for i, name := range []string{"/a", "/b", "/c"} {
		close(next[name])
		r.await("end of "+name, func() bool { return r.count(Done) == i+1 })
	}
	if n := len(r.Snapshot().Active); n > 2 {
		t.Errorf("%d move", n)
	}
	close(next["/d"])
	close(next["/e"])
	close(next["/f"])
	r.await("the rest", func() bool { return r.count(Done) == 6 })
	stop()
}

// TestTuneWakesWhoWasNotWanted: a worker above the number waits for nothing
// else.
func TestTuneWakesWhoWasNotWanted(t *testing.T) {
	r := newRig(t, nil)
	until := r.unwanted(6)
	if until == nil || r.unwanted(DefaultWorkers-1) != nil {
		t.Fatal("as many are wanted as there should not be")
	}
	r.Tune(Tuning{Workers: 7})
	select {
	case <-until:
	default:
		t.Error("it sleeps on")
	}
	if r.unwanted(6) != nil || r.unwanted(7) == nil {
		t.Error("not as many are wanted as were tuned")
	}
}

func TestTuningIsHeldToWhatIsSensible(t *testing.T) {
	for outcome, tc := range map[string]struct{ give, want Tuning }{
		"defaults":          {Tuning{}, Tuning{Workers: DefaultWorkers, KeepEnded: DefaultKeepEnded, KeepRows: DefaultKeepRows}},
		"too many at once":  {Tuning{Workers: 1000, Segments: 1000, KeepEnded: 1, KeepRows: 1}, Tuning{Workers: MaxWorkers, Segments: transfer.MaxSegments, KeepEnded: 1, KeepRows: 1}},
		"fewer than none":   {Tuning{Workers: -1, Segments: -1, KeepEnded: -1, KeepRows: -1}, Tuning{Workers: DefaultWorkers, KeepEnded: DefaultKeepEnded, KeepRows: DefaultKeepRows}},
		"a person's choice": {Tuning{Workers: 7, Up: 5, KeepEnded: 2, KeepRows: 3}, Tuning{Workers: 7, Up: 5, KeepEnded: 2, KeepRows: 3}},
	} {
		t.Run(outcome, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.give.withDefaults()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
