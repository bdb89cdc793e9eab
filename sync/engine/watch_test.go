package engine

import (
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// around is a computer that a test puts to sleep or carries to another network.
type around struct {
	mu    sync.Mutex
	now   time.Time
	slept time.Duration
	mute  bool // the system does not tell how long it slept
	addrs []netip.Addr
	ticks chan time.Time
	armed chan struct{} // holds one while the engine waits for a tick
}

func newAround() *around {
	return &around{
		now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), ticks: make(chan time.Time), armed: make(chan struct{}, 1),
		addrs: []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.168.1.7")},
	}
}

func (a *around) surroundings() *surroundings {
	return &surroundings{
		slept: func() (time.Duration, bool) {
			a.mu.Lock()
			defer a.mu.Unlock()
			return a.slept, !a.mute
		},
		now: func() time.Time {
			a.mu.Lock()
			defer a.mu.Unlock()
			return a.now
		},
		addresses: func() []netip.Addr {
			a.mu.Lock()
			defer a.mu.Unlock()
			return slices.Clone(a.addrs)
		},
		after: func(time.Duration) (<-chan time.Time, func() bool) {
			a.armed <- struct{}{}
			return a.ticks, func() bool { return true }
		},
	}
}

// pass lets d go by and returns when the engine has looked around.
func (a *around) pass(d time.Duration, addrs ...string) {
	<-a.armed
	a.mu.Lock()
	a.now = a.now.Add(d)
	if len(addrs) > 0 {
		a.addrs = nil
		for _, text := range addrs {
			a.addrs = append(a.addrs, netip.MustParseAddr(text))
		}
	}
	a.mu.Unlock()
	a.ticks <- time.Time{}
	<-a.armed
	a.armed <- struct{}{}
}

// sleep is pass for a computer that sleeps meanwhile.
func (a *around) sleep(d time.Duration) {
	a.mu.Lock()
	a.slept += d
	a.mu.Unlock()
	a.pass(d)
}

// silence has the system not tell of its sleep from now on.
func (a *around) silence() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.slept, a.mute = 0, true
}

func TestConnectionsAreMadeAnew(t *testing.T) {
	for outcome, tc := range map[string]struct {
		happens func(a *around)
		logins  int
	}{
		"not while nothing changes": {func(a *around) { a.pass(watchEvery) }, 1},
		"not for a look that came a little late": {func(a *around) {
			a.silence()
			a.pass(watchEvery + asleep - time.Second)
		}, 1},
		"not for a clock that was set": {func(a *around) { a.pass(time.Hour) }, 1},
		"not for a nap":                {func(a *around) { a.sleep(asleep - time.Second) }, 1},
		"after a sleep by the wall clock, where nothing else tells": {func(a *around) {
			a.silence()
			a.pass(time.Hour)
		}, 2},
		"not for another address beside theirs": {func(a *around) { a.pass(watchEvery, "127.0.0.1", "192.168.1.7", "10.0.0.3") }, 1},
		"not where another address went":        {func(a *around) { a.pass(watchEvery, "127.0.0.1") }, 1},
		"where their address is gone":           {func(a *around) { a.pass(watchEvery, "192.168.1.7") }, 2},
		"after a sleep":                         {func(a *around) { a.sleep(time.Hour) }, 2},
		"not where the system tells no address": {func(a *around) {
			a.mu.Lock()
			a.addrs = nil
			a.mu.Unlock()
			a.pass(watchEvery)
		}, 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			srv := ftptest.Script(t, ftptest.Plan{})
			a := newAround()
			e := start(t, Config{around: a.surroundings()})
			_, f, err := e.Connect(ctxOf(t), srv.Site(site.ModePassive, site.TLSOff), srv.Password)
			if err != nil {
				t.Fatal(err)
			}
			a.pass(watchEvery)
			tc.happens(a)
			if _, err := f.List(ctxOf(t), vfs.Root()); err != nil {
				t.Fatal("the file system is of no use any more:", err)
			}
			if got := srv.Count("PASS"); got != tc.logins {
				t.Errorf("%d logins, want %d", got, tc.logins)
			}
		})
	}
}

// TestATransferGoesOnAfterASleep, although its server does not answer any more
// and the time-out has not come.
func TestATransferGoesOnAfterASleep(t *testing.T) {
	srv := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/log": freight(200_000)}, Verbs: map[string]ftptest.Handler{"RETR": ftptest.InTurn(ftptest.Silence)},
	})
	a := newAround()
	var e *Engine
	var failures []vfs.Kind
	c := muster(t, Config{Retries: 3, around: a.surroundings(), Timeout: 10 * time.Minute, OnEvent: func(ev queue.Event) {
		if ev.Type == queue.EventRetry {
			failures = append(failures, ev.Item.Kind)
			e.Nudge() // no test waits for a back-off
		}
	}})
	e = c.Engine
	id, _, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
	_, err := c.Enqueue(ctxOf(t), queue.Request{
		Source: queue.Place{Site: id, Path: c.join(home, "log")}, Target: queue.Place{Path: c.join(c.here, "log")},
		Type: vfs.TypeFile, Size: 200_000, Exists: transfer.Overwrite,
	})
	c.must(err)
	done := make(chan error, 1)
	go func() { done <- c.Queue().Drain(ctxOf(t)) }()
	a.pass(watchEvery)
	c.must(srv.Await(ctxOf(t), "RETR", 1))
	a.sleep(8 * time.Hour)
	c.must(<-done)
	if c.read("log") != freight(200_000) {
		t.Error("the file is not whole")
	}
	// A session that had idled is replaced without the row noticing.
	for _, kind := range failures {
		if kind != vfs.KindLost {
			t.Errorf("it failed as %v", kind)
		}
	}
	if got := srv.Count("RETR"); got != 2 {
		t.Errorf("it was asked for %d times, want twice", got)
	}
}

// TestANewNetworkEndsTheWaitForASite: it is tried at once, and as if for the
// first time.
func TestANewNetworkEndsTheWaitForASite(t *testing.T) {
	var greetings atomic.Int64
	srv := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/log": "1"},
		Greeting: func(c *ftptest.Conn, arg string) {
			if greetings.Add(1) <= 2 {
				ftptest.Drop(c, arg)
				return
			}
			ftptest.Reply("220 Here again")(c, arg)
		},
	})
	a := newAround()
	retries := make(chan queue.Item, 10)
	c := muster(t, Config{Retries: 5, around: a.surroundings(), OnEvent: func(ev queue.Event) {
		if ev.Type == queue.EventRetry {
			retries <- ev.Item
		}
	}})
	s := srv.Site(site.ModePassive, site.TLSOff)
	s.Name = "shop"
	s, err := c.Save(s)
	c.must(err)
	c.must(c.Remember(ctxOf(t), s.ID, srv.Password, false))
	_, err = c.Enqueue(ctxOf(t), queue.Request{
		Source: queue.Place{Site: s.ID, Path: vfs.MustParse("/log")}, Target: queue.Place{Path: c.join(c.here, "log")},
		Type: vfs.TypeFile, Size: 1, Exists: transfer.Overwrite,
	})
	c.must(err)
	a.pass(watchEvery)
	done := make(chan error, 1)
	go func() { done <- c.Queue().Drain(ctxOf(t)) }()
	for _, addr := range []string{"10.0.0.3", "10.0.0.4"} {
		if item := <-retries; item.Attempts != 1 {
			t.Errorf("attempt %d of the same network", item.Attempts)
		}
		a.pass(watchEvery, "127.0.0.1", addr)
	}
	c.must(<-done)
	if c.read("log") != "1" {
		t.Error("the file is not there")
	}
}

func TestOwnAddressesAreKnown(t *testing.T) {
	if got := ownAddresses(); !slices.Contains(got, netip.MustParseAddr("127.0.0.1")) {
		t.Errorf("the addresses are %v", got)
	}
}

func TestSleepIsTold(t *testing.T) {
	tells := runtime.GOOS == "linux" || runtime.GOOS == "darwin"
	if d, ok := sleptSoFar(); ok != tells || d < 0 {
		t.Errorf("it has slept for %v, told %v", d, ok)
	}
}
