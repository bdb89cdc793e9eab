package pool

import (
	"testing"
	"testing/synctest"
	"time"

	"wherry/sync/vfs"
)

// kept returns a server and a pool that keeps its browsing member alive.
func kept(t *testing.T, transfers int) (*server, *Pool[*fake]) {
	s := &server{t: t, open: map[*fake]bool{}}
	p := New(Config[*fake]{Dial: s.dial, Transfers: transfers, KeepAlive: 30 * time.Second})
	t.Cleanup(p.Close)
	return s, p
}

// after lets time pass and looks at what the server saw.
func (s *server) after(t *testing.T, d time.Duration, open, dials, noops int) {
	t.Helper()
	<-time.After(d)
	synctest.Wait()
	if o, d, n := s.count(); o != open || d != dials || n != noops {
		t.Fatalf("open %d, dials %d, noops %d; want %d, %d, %d", o, d, n, open, dials, noops)
	}
}

func TestBrowsingMemberIsKeptAliveAndOthersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := kept(t, 4)
		a, b, c := acquire(t, p, Browse), acquire(t, p, Transfer), acquire(t, p, Transfer)
		b.Release()
		c.Release()
		<-time.After(time.Second)
		a.Release()
		s.after(t, 29*time.Second, 3, 3, 0)
		s.after(t, 2*time.Second, 3, 3, 1)
		s.after(t, 30*time.Second, 1, 3, 2) // the others idled out
		s.after(t, 24*time.Hour, 1, 3, 2+24*120)
		l := acquire(t, p, Browse|Sure)
		defer l.Release()
		if l.Session() != a.Session() {
			t.Error("it was not the one used last")
		}
	})
}

func TestWithoutKeepAliveNothingIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 4)
		acquire(t, p, Browse).Release()
		s.after(t, 9*time.Minute, 1, 1, 0)
	})
}

func TestBrowsingIsKeptAliveWhileTransfersRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := kept(t, 4)
		transfer, browse := acquire(t, p, Transfer), acquire(t, p, Browse)
		browse.Release()
		s.after(t, 5*time.Minute+time.Second, 2, 2, 10)
		transfer.Release()
	})
}

func TestMemberThatDoesNotAnswerIsClosedQuietly(t *testing.T) {
	for outcome, change := range map[string]func(*server){
		"cut":       func(s *server) { s.restart() },
		"swallowed": func(s *server) { s.set(func() { s.deaf = make(chan struct{}) }) },
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := kept(t, 4)
				acquire(t, p, Browse).Release()
				change(s)
				s.after(t, 34*time.Second, 0, 1, 1)
				s.after(t, time.Hour, 0, 1, 1) // nobody asked for another
				s.set(func() { s.deaf = nil })
				acquire(t, p, Browse).Release()
			})
		})
	}
}

func TestClickDuringTheKeepAliveWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := kept(t, 4)
		acquire(t, p, Browse).Release()
		s.set(func() { s.deaf = make(chan struct{}) })
		s.after(t, 31*time.Second, 1, 1, 1)
		click, transfer := async(t.Context(), p, Browse), async(t.Context(), p, Transfer)
		synctest.Wait()
		waits(t, "the click", click)
		came(t, "the transfer, by a session of its own", transfer).Release()
		close(s.deaf)
		synctest.Wait()
		came(t, "the click", click).Release()
	})
}

func TestCloseEndsAKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := kept(t, 4)
		acquire(t, p, Browse).Release()
		s.set(func() { s.deaf = make(chan struct{}) })
		s.after(t, 31*time.Second, 1, 1, 1)
		p.Close()
		if open, _, _ := s.count(); open != 0 {
			t.Error("it is open still")
		}
	})
}

// TestForgottenByAFirewall: several sessions idle behind a router that has
// dropped all of them; the person pays once.
func TestForgottenByAFirewall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 4)
		var all []*Lease[*fake]
		for range 4 {
			all = append(all, acquire(t, p, Browse))
		}
		for _, l := range all {
			l.Release()
		}
		<-time.After(50 * time.Second)
		s.set(func() { s.deaf = make(chan struct{}) })
		start := time.Now()
		l := acquire(t, p, Browse|Sure)
		defer l.Release()
		if took := time.Since(start); took != 3*time.Second || !l.Fresh() {
			t.Errorf("it took %v", took)
		}
		s.after(t, 0, 1, 5, 1)
	})
}

func TestWhatAnEarlierRunWasTold(t *testing.T) {
	for outcome, tc := range map[string]struct {
		told, transfers, limit, kept int
	}{
		"nothing":                    {0, 4, 5, 0},
		"less than is wanted":        {2, 4, 2, 2},
		"one":                        {1, 4, 1, 1},
		"as many as are wanted":      {5, 4, 5, 0},
		"more than is wanted by now": {9, 4, 5, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := setup(t, tc.transfers)
				p.Learn(tc.told)
				if got := p.Stats(); got.Limit != tc.limit || got.Told != tc.kept {
					t.Errorf("stats %+v", got)
				}
				a, b := acquire(t, p, Browse), async(t.Context(), p, Browse)
				synctest.Wait()
				if _, dials, _ := s.count(); dials != min(tc.limit, 2) {
					t.Errorf("%d dials", dials)
				}
				a.Release()
				synctest.Wait()
				came(t, "the second", b).Release()
			})
		})
	}
}

func TestLimitOfAnEarlierRunRises(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 2)
		p.Learn(1)
		a, b := acquire(t, p, Browse), async(t.Context(), p, Browse)
		s.after(t, 4*time.Minute, 1, 1, 0)
		waits(t, "the second", b)
		s.after(t, 2*time.Minute, 2, 2, 0)
		second := came(t, "the second", b)
		if got := p.Stats().Told; got != 2 {
			t.Errorf("told %d", got)
		}
		third := acquire(t, p, Browse)
		if got := p.Stats().Told; got != 0 {
			t.Errorf("it bears all that is wanted, and told is %d", got)
		}
		p.Learn(1) // too late
		if got := p.Stats().Limit; got != 3 {
			t.Errorf("limit %d", got)
		}
		for _, l := range []*Lease[*fake]{a, second, third} {
			l.Release()
		}
	})
}

func TestOnlyTheServersWordIsTold(t *testing.T) {
	for outcome, tc := range map[string]struct {
		refuse vfs.Kind
		told   int
	}{
		"too many, it says":          {vfs.KindBusy, 1},
		"login incorrect, beside us": {vfs.KindLogin, 1},
		"the network is gone":        {vfs.KindTimeout, 0},
		"nobody listens":             {vfs.KindRefused, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := setup(t, 4)
				a := acquire(t, p, Transfer)
				s.set(func() { s.refuse = kind(tc.refuse) })
				b := async(t.Context(), p, Transfer)
				synctest.Wait()
				if got := p.Stats(); got.Limit != 1 || got.Told != tc.told {
					t.Errorf("stats %+v", got)
				}
				a.Release()
				synctest.Wait()
				came(t, "the second", b).Release()
			})
		})
	}
}

func TestEachMemberIsReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := setup(t, 4)
		a, b := acquire(t, p, Browse), acquire(t, p, Transfer)
		a.Release()
		reached := map[*fake]int{}
		p.Each(func(f *fake) { reached[f]++ })
		if len(reached) != 2 || reached[a.Session()] != 1 || reached[b.Session()] != 1 {
			t.Errorf("%d of 2 were reached", len(reached))
		}
		b.Release()
	})
}
