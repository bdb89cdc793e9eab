package pool

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"wherry/sync/vfs"
)

func TestASessionIsUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 2)
		first := acquire(t, p, Browse)
		if !first.Fresh() {
			t.Error("a session dialled just now is not called fresh")
		}
		first.Release()
		first.Release()
		second := acquire(t, p, Browse)
		if second.Session() != first.Session() || second.Fresh() {
			t.Error("the idle session was not lent again")
		}
		other := acquire(t, p, Browse)
		if other.Session() == second.Session() {
			t.Error("a session released twice was lent twice")
		}
		other.Release()
		second.Release()
		if open, dials, noops := s.count(); open != 2 || dials != 2 || noops != 0 {
			t.Errorf("open %d, dials %d, noops %d", open, dials, noops)
		}
	})
}

func TestTransfersLeaveOneForBrowsing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := setup(t, 2)
		acquire(t, p, Browse).Release()
		a, b := acquire(t, p, Transfer), acquire(t, p, Transfer)
		third := async(t.Context(), p, Transfer)
		synctest.Wait()
		waits(t, "a third transfer", third)
		acquire(t, p, Browse).Release()
		waits(t, "a third transfer", third)
		if got := p.Stats(); got != (Stats{Sessions: 3, Limit: 3}) {
			t.Errorf("stats %+v", got)
		}
		a.Release()
		synctest.Wait()
		came(t, "the third transfer", third).Release()
		b.Release()
	})
}

func TestOneTransferNeedsNoSecondLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 4)
		for range 3 {
			acquire(t, p, Browse).Release()
			acquire(t, p, Transfer).Release()
		}
		if _, dials, _ := s.count(); dials != 1 {
			t.Errorf("%d dials", dials)
		}
		file := acquire(t, p, Transfer)
		acquire(t, p, Browse).Release()
		file.Release()
		if _, dials, _ := s.count(); dials != 2 {
			t.Errorf("%d dials: browsing waited for the file, or took too many", dials)
		}
	})
}

func TestOneIsKeptForBrowsingWhateverTheServerBears(t *testing.T) {
	for bears := 2; bears <= 4; bears++ {
		synctest.Test(t, func(t *testing.T) {
			s, p := setup(t, 4)
			s.bears = bears
			acquire(t, p, Browse).Release()
			leases := []*Lease[*fake]{acquire(t, p, Transfer)} // the idle one
			for range bears - 2 {
				leases = append(leases, acquire(t, p, Transfer))
			}
			beyond := async(t.Context(), p, Transfer)
			synctest.Wait()
			waits(t, "a transfer beyond what the server bears", beyond)
			acquire(t, p, Browse).Release() // would wait, had the last transfer taken it
			if got := p.Stats(); got != (Stats{Sessions: bears, Limit: bears, Told: bears}) {
				t.Errorf("stats %+v", got)
			}
			leases[0].Release()
			synctest.Wait()
			leases[0] = came(t, "the transfer beyond", beyond)
			for _, l := range leases {
				l.Release()
			}
			if _, dials, _ := s.count(); dials != bears+1 {
				t.Errorf("%d dials: the limit was not remembered", dials)
			}
		})
	}
}

func TestOneSessionIsSharedWhereTheServerBearsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 4)
		s.bears = 1
		a := acquire(t, p, Transfer)
		browse := async(t.Context(), p, Browse)
		synctest.Wait()
		waits(t, "browsing", browse)
		transfer := async(t.Context(), p, Transfer)
		synctest.Wait()
		a.Release()
		synctest.Wait()
		l := came(t, "browsing, which asked first", browse)
		waits(t, "the transfer", transfer)
		l.Release()
		synctest.Wait()
		came(t, "the transfer", transfer).Release()
		if got := p.Stats(); got != (Stats{Sessions: 1, Limit: 1, Told: 1}) {
			t.Errorf("stats %+v", got)
		}
	})
}

func TestBusyWithNothingOfOursIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 2)
		s.refuse = kind(vfs.KindBusy)
		if _, err := p.Acquire(t.Context(), Browse); vfs.KindOf(err) != vfs.KindBusy {
			t.Fatal(err)
		}
		s.set(func() { s.refuse = nil })
		acquire(t, p, Browse).Release()
	})
}

func TestRefusedLoginIsTriedOnceUntilReset(t *testing.T) {
	for outcome, refusal := range map[string]vfs.Kind{"the server's": vfs.KindLogin, "a proxy's": vfs.KindProxyLogin} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { triedOnceUntilReset(t, refusal) })
		})
	}
}

func triedOnceUntilReset(t *testing.T, refusal vfs.Kind) {
	s, p := setup(t, 4)
	s.refuse = kind(refusal)
	s.gate = make(chan struct{})
	var all []<-chan result
	for range 5 {
		all = append(all, async(t.Context(), p, Transfer), async(t.Context(), p, Browse))
	}
	synctest.Wait()
	close(s.gate)
	synctest.Wait()
	for _, c := range all {
		failed(t, "one of many", c, refusal)
	}
	if _, err := p.Acquire(t.Context(), Browse); vfs.KindOf(err) != refusal {
		t.Fatalf("later: %v", err)
	}
	if _, dials, _ := s.count(); dials != 1 {
		t.Fatalf("the password was sent %d times", dials)
	}
	s.set(func() { s.refuse = nil })
	p.Reset()
	acquire(t, p, Browse).Release()
}

func TestRefusedLoginBesideAStandingOneIsALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 4)
		a := acquire(t, p, Transfer)
		s.set(func() { s.refuse = kind(vfs.KindLogin) })
		second := async(t.Context(), p, Transfer)
		synctest.Wait()
		waits(t, "a second transfer", second)
		a.Release()
		synctest.Wait()
		came(t, "the second transfer", second).Release()
	})
}

func TestUnreachableServerAnswersAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 4)
		s.refuse, s.gate = kind(vfs.KindRefused), make(chan struct{})
		a, b := async(t.Context(), p, Browse), async(t.Context(), p, Transfer)
		synctest.Wait()
		close(s.gate)
		synctest.Wait()
		failed(t, "the first", a, vfs.KindRefused)
		failed(t, "the second", b, vfs.KindRefused)
		if _, dials, _ := s.count(); dials != 1 {
			t.Errorf("%d dials", dials)
		}
	})
}

func TestFailedDialBesideOthersFailsOnlyItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 1)
		a := acquire(t, p, Transfer)
		s.set(func() { s.refuse = kind(vfs.KindTimeout) })
		waiting := async(t.Context(), p, Transfer)
		if _, err := p.Acquire(t.Context(), Browse); vfs.KindOf(err) != vfs.KindTimeout {
			t.Fatal(err)
		}
		synctest.Wait()
		waits(t, "a transfer for the one that stands", waiting)
		s.set(func() { s.refuse = nil })
		a.Release()
		synctest.Wait()
		came(t, "the transfer", waiting).Release()
	})
}

func TestBrokenSessionIsDiscardedAndTheOthersDoubted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 2)
		a, b := acquire(t, p, Browse), acquire(t, p, Browse)
		b.Release()
		s.restart()
		a.Session().set(func() { a.Session().down = true }) // an operation noticed
		a.Release()
		synctest.Wait()
		l := acquire(t, p, Browse)
		if !l.Fresh() || l.Session() == b.Session() {
			t.Error("a session was lent that died with the other")
		}
		l.Release()
		synctest.Wait()
		if open, dials, noops := s.count(); open != 1 || dials != 3 || noops != 1 {
			t.Errorf("open %d, dials %d, noops %d", open, dials, noops)
		}
	})
}

func TestIdleSessionProvesItself(t *testing.T) {
	for outcome, tc := range map[string]struct {
		idle         time.Duration
		use          Use
		restart      bool
		dials, noops int
	}{
		"just used: lent as it is":          {0, Browse, true, 1, 0},
		"a while: lent as it is":            {4 * time.Second, Browse, true, 1, 0},
		"a while, but it must be sure":      {4 * time.Second, Browse | Sure, false, 1, 1},
		"a while, sure, and dead":           {4 * time.Second, Browse | Sure, true, 2, 1},
		"sure within a second":              {time.Second / 2, Browse | Sure, true, 1, 0},
		"long: asked first":                 {6 * time.Second, Browse, false, 1, 1},
		"long and dead: a fresh one":        {6 * time.Second, Browse, true, 2, 1},
		"long and dead: a fresh one for it": {6 * time.Second, Transfer, true, 2, 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := setup(t, 2)
				acquire(t, p, Browse).Release()
				if tc.restart {
					s.restart()
				}
				<-time.After(tc.idle)
				l := acquire(t, p, tc.use)
				if l.Fresh() != (tc.dials+tc.noops > 1) {
					t.Errorf("fresh: %v", l.Fresh())
				}
				l.Release()
				if _, dials, noops := s.count(); dials != tc.dials || noops != tc.noops {
					t.Errorf("dials %d, noops %d", dials, noops)
				}
			})
		})
	}
}

func TestSilentConnectionIsGivenUpSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 2)
		acquire(t, p, Browse).Release()
		s.set(func() { s.deaf = make(chan struct{}) })
		<-time.After(time.Minute)
		start := time.Now()
		l := acquire(t, p, Browse)
		defer l.Release()
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("it took %v", took)
		}
		if _, dials, _ := s.count(); dials != 2 {
			t.Errorf("%d dials", dials)
		}
	})
}

func TestIdleSessionsAreClosedTheLastOneLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 4)
		var leases []*Lease[*fake]
		for range 4 {
			leases = append(leases, acquire(t, p, Browse))
		}
		for _, l := range leases[:3] {
			l.Release()
		}
		transfer := acquire(t, p, Transfer)
		leases[3].Release()
		expect := func(after time.Duration, want int) {
			t.Helper()
			<-time.After(after)
			synctest.Wait()
			if open, _, _ := s.count(); open != want {
				t.Fatalf("%d are open, want %d", open, want)
			}
		}
		expect(59*time.Second, 4)
		expect(2*time.Second, 2)
		expect(time.Hour, 2) // kept for browsing while the transfer runs
		transfer.Release()
		expect(2*time.Second, 1) // the one that idled for an hour
		expect(9*time.Minute, 1)
		expect(time.Minute, 0)
		acquire(t, p, Browse).Release()
	})
}

func TestLimitFollowsWhatTheServerBears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 4)
		standing := acquire(t, p, Browse)
		s.set(func() { s.gate, s.refuse = make(chan struct{}), kind(vfs.KindBusy) })
		early := async(t.Context(), p, Transfer)
		synctest.Wait()
		full := s.gate
		s.set(func() { s.gate, s.refuse = make(chan struct{}), nil })
		late := async(t.Context(), p, Transfer)
		synctest.Wait()
		close(full)
		synctest.Wait()
		waits(t, "the one refused", early)
		if got := p.Stats().Limit; got != 2 {
			t.Errorf("limit %d, with one that is still logging in", got)
		}
		close(s.gate)
		synctest.Wait()
		came(t, "the one after it", late).Release()
		synctest.Wait()
		came(t, "the one refused, with what the other gave back", early).Release()
		standing.Release()
		if got := p.Stats(); got != (Stats{Sessions: 2, Limit: 2, Told: 2}) {
			t.Errorf("stats %+v", got)
		}
	})
}

func TestTransferThatCannotConnectWaitsForAnother(t *testing.T) {
	for _, k := range []vfs.Kind{vfs.KindRefused, vfs.KindTimeout, vfs.KindHost} {
		t.Run(k.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := setup(t, 4)
				a := acquire(t, p, Transfer)
				s.set(func() { s.refuse = kind(k) })
				second := async(t.Context(), p, Transfer)
				synctest.Wait()
				waits(t, "a second transfer", second)
				if _, dials, _ := s.count(); dials != 2 {
					t.Errorf("%d dials: it tries again and again", dials)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if _, err := p.Acquire(ctx, Transfer); vfs.KindOf(err) != vfs.KindTimeout {
					t.Errorf("a third, whose time is over: %v", err)
				}
				a.Release()
				synctest.Wait()
				b := came(t, "the second transfer", second)
				b.Session().set(func() { b.Session().down = true })
				b.Release()
				synctest.Wait()
				if _, err := p.Acquire(t.Context(), Transfer); vfs.KindOf(err) != k {
					t.Errorf("with nothing left to wait for: %v", err)
				}
			})
		})
	}
}

func TestLearnedLimitRisesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 4)
		s.bears = 2
		a, b := acquire(t, p, Browse), acquire(t, p, Transfer)
		var waiting []<-chan result
		for range 2 {
			waiting = append(waiting, async(t.Context(), p, Transfer))
			synctest.Wait()
		}
		expect := func(after time.Duration, limit, dials int) {
			t.Helper()
			<-time.After(after)
			synctest.Wait()
			if _, got, _ := s.count(); p.Stats().Limit != limit || got != dials {
				t.Fatalf("limit %d after %d dials, want %d after %d", p.Stats().Limit, got, limit, dials)
			}
		}
		expect(0, 2, 3)
		expect(4*time.Minute, 2, 3)
		expect(2*time.Minute, 2, 4) // tried, and refused again
		s.set(func() { s.bears = 0 })
		expect(3*time.Minute, 2, 4)
		expect(2*time.Minute, 5, 6) // tried, and both are served
		for _, c := range waiting {
			came(t, "a transfer that waited", c).Release()
		}
		a.Release()
		b.Release()
	})
}

func TestRefusedDialKeepsItsPlaceInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 1)
		a := acquire(t, p, Browse)
		s.set(func() { s.gate, s.refuse = make(chan struct{}), kind(vfs.KindBusy) })
		first := async(t.Context(), p, Browse)
		synctest.Wait()
		second := async(t.Context(), p, Browse)
		synctest.Wait()
		close(s.gate)
		synctest.Wait()
		a.Release()
		synctest.Wait()
		l := came(t, "the first", first)
		waits(t, "the second", second)
		l.Release()
		synctest.Wait()
		came(t, "the second", second).Release()
	})
}

func TestSlotOfABrokenSessionIsUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := setup(t, 1)
		a, b := acquire(t, p, Browse), acquire(t, p, Browse)
		third := async(t.Context(), p, Browse)
		synctest.Wait()
		waits(t, "the third", third)
		a.Session().set(func() { a.Session().down = true })
		a.Release()
		synctest.Wait()
		came(t, "the third", third).Release()
		b.Release()
	})
}
