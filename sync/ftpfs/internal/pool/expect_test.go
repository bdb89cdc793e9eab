package pool

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"wherry/sync/vfs"
)

// TestExpectedSessionsAreMadeAhead, within the limits, and so that whoever comes
// next finds them.
func TestExpectedSessionsAreMadeAhead(t *testing.T) {
	for outcome, tc := range map[string]struct {
		transfers, bears, stand, expected int
		dials, sessions                   int // in all
	}{
		"and one to browse":                   {transfers: 4, stand: 1, expected: 4, dials: 5, sessions: 5},
		"as many as are said":                 {transfers: 4, stand: 1, expected: 2, dials: 3, sessions: 3},
		"not above the site's limit":          {transfers: 2, stand: 1, expected: 9, dials: 3, sessions: 3},
		"not those that stand":                {transfers: 4, stand: 3, expected: 4, dials: 5, sessions: 5},
		"not for one transfer":                {transfers: 4, stand: 1, expected: 1, dials: 1, sessions: 1},
		"not before one stands":               {transfers: 4, expected: 4},
		"as far as the server bears them":     {transfers: 4, bears: 2, stand: 1, expected: 4, dials: 5, sessions: 2},
		"no more once it has said its number": {transfers: 4, bears: 2, stand: 3, expected: 4, dials: 3, sessions: 2},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := setup(t, tc.transfers)
				s.bears = tc.bears
				var leases []*Lease[*fake]
				for range tc.stand {
					c := async(t.Context(), p, Browse)
					synctest.Wait()
					select {
					case r := <-c:
						leases = append(leases, r.lease)
					default: // above what the server bears
						defer func() { (<-c).lease.Release() }()
					}
				}
				p.Expect(t.Context(), tc.expected)
				p.Expect(t.Context(), tc.expected)
				synctest.Wait()
				if open, dials, _ := s.count(); open != tc.sessions || dials != tc.dials {
					t.Errorf("%d sessions by %d logins, want %d by %d", open, dials, tc.sessions, tc.dials)
				}
				for _, l := range leases {
					l.Release()
				}
			})
		})
	}
}

// TestExpectedSessionsAreAwaited by who comes while they are made: nobody logs in
// once more for himself.
func TestExpectedSessionsAreAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 3)
		acquire(t, p, Browse).Release()
		gate := make(chan struct{})
		s.set(func() { s.gate = gate })
		p.Expect(t.Context(), 3)
		first := acquire(t, p, Transfer) // the one that stands
		second, third := async(t.Context(), p, Transfer), async(t.Context(), p, Transfer)
		browse := async(t.Context(), p, Browse)
		synctest.Wait()
		waits(t, "a second transfer", second)
		waits(t, "browsing", browse)
		close(gate)
		synctest.Wait()
		for what, c := range map[string]<-chan result{"the second": second, "the third": third, "browsing": browse} {
			defer came(t, what, c).Release()
		}
		first.Release()
		if open, dials, _ := s.count(); open != 4 || dials != 4 {
			t.Errorf("%d sessions by %d logins", open, dials)
		}
	})
}

// TestAnExpectedSessionThatFails leaves who waits for it to his own login, or to
// what the server bears.
func TestAnExpectedSessionThatFails(t *testing.T) {
	for outcome, tc := range map[string]struct {
		refuse   error
		told     int
		sessions int // once it would be refused no more
	}{
		"for a moment":            {kind(vfs.KindLost), 0, 2},
		"as there is no room":     {kind(vfs.KindBusy), 1, 1},
		"by its password, as one": {kind(vfs.KindLogin), 1, 1},
		"in a firewall":           {kind(vfs.KindTimeout), 0, 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := setup(t, 4)
				acquire(t, p, Browse).Release()
				gate := make(chan struct{})
				s.set(func() { s.gate, s.refuse = gate, tc.refuse })
				p.Expect(t.Context(), 4)
				first := acquire(t, p, Transfer)
				synctest.Wait()
				close(gate)
				synctest.Wait()
				s.set(func() { s.refuse = nil })
				second := async(t.Context(), p, Transfer)
				synctest.Wait()
				if open, _, _ := s.count(); open != tc.sessions || p.Stats().Told != tc.told {
					t.Errorf("%d sessions, told %d", open, p.Stats().Told)
				}
				first.Release()
				synctest.Wait()
				came(t, "the second", second).Release()
			})
		})
	}
}

// TestWhoIsStillLoggingInCounts as what the server bears, where one more is refused
// meanwhile: a login may take longer than all the work.
func TestWhoIsStillLoggingInCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 8)
		acquire(t, p, Browse).Release()
		gate := make(chan struct{})
		s.set(func() { s.gate, s.bears, s.early = gate, 5, true })
		p.Expect(t.Context(), 8)
		synctest.Wait()
		if told := p.Stats().Told; told != 5 {
			t.Errorf("told %d while four are logging in", told)
		}
		close(gate)
		synctest.Wait()
		s.set(func() { s.gate = nil })
		for range 4 {
			defer acquire(t, p, Transfer).Release()
		}
		if open, _, _ := s.count(); open != 5 || p.Stats().Told != 5 {
			t.Errorf("%d sessions, told %d", open, p.Stats().Told)
		}
	})
}

// TestExpectedSessionsEnd with the pool, also while they are made, and idle out as
// all others.
func TestExpectedSessionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := setup(t, 3)
		p.Expect(t.Context(), 3)
		acquire(t, p, Browse).Release()
		p.Expect(t.Context(), 3)
		synctest.Wait()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if open, _, _ := s.count(); open != 1 {
			t.Errorf("%d sessions stay", open)
		}
		s.set(func() { s.gate = make(chan struct{}) })
		ctx, stop := context.WithCancel(t.Context())
		p.Expect(ctx, 3)
		synctest.Wait()
		stop()
		synctest.Wait()
		p.Expect(t.Context(), 3)
		synctest.Wait()
		p.Close()
		p.Expect(t.Context(), 3)
		if open, dials, _ := s.count(); open != 0 || dials != 1+3+3+3 {
			t.Errorf("%d sessions by %d logins", open, dials)
		}
	})
}
