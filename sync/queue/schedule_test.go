package queue

import (
	"context"
	"testing"
	"time"
	_ "time/tzdata" // the zones below, whatever the machine has

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestHoursByTheClock(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	const layout = "2006-01-02 15:04:05 -0700"
	for outcome, tc := range map[string]struct {
		zone        *time.Location
		from, until string
		now         string
		open        bool
		next        string
	}{
		"always where both are equal":              {berlin, "08:00", "08:00", "2026-11-22 03:00:00 +0100", true, ""},
		"closed before the hours":                  {berlin, "08:00", "12:00", "2026-11-22 07:59:59 +0100", false, "2026-11-22 08:00:00 +0100"},
		"open from the first second":               {berlin, "08:00", "12:00", "2026-11-22 08:00:00 +0100", true, "2026-11-22 12:00:00 +0100"},
		"closed from the last minute":              {berlin, "08:00", "12:00", "2026-11-22 12:00:00 +0100", false, "2026-11-23 08:00:00 +0100"},
		"open in the evening past midnight":        {berlin, "22:00", "06:00", "2026-11-22 23:30:00 +0100", true, "2026-11-23 06:00:00 +0100"},
		"open in the morning past midnight":        {berlin, "22:00", "06:00", "2026-11-23 00:30:00 +0100", true, "2026-11-23 06:00:00 +0100"},
		"closed by day past midnight":              {berlin, "22:00", "06:00", "2026-11-23 12:00:00 +0100", false, "2026-11-23 22:00:00 +0100"},
		"open until midnight":                      {berlin, "20:00", "00:00", "2026-11-23 23:59:00 +0100", true, "2026-11-24 00:00:00 +0100"},
		"the month's end":                          {berlin, "22:00", "06:00", "2026-12-31 22:00:00 +0100", true, "2027-01-01 06:00:00 +0100"},
		"a shorter night in spring":                {berlin, "22:00", "06:00", "2026-03-28 22:00:00 +0100", true, "2026-03-29 06:00:00 +0200"},
		"a longer night in autumn":                 {berlin, "22:00", "06:00", "2026-10-24 22:00:00 +0200", true, "2026-10-25 06:00:00 +0100"},
		"a beginning that spring leaves out":       {berlin, "02:30", "06:00", "2026-03-29 01:50:00 +0100", false, "2026-03-29 03:00:00 +0200"},
		"the same, west of Greenwich":              {newYork, "02:30", "06:00", "2026-03-08 01:50:00 -0500", false, "2026-03-08 03:00:00 -0400"},
		"an end that spring leaves out":            {newYork, "01:00", "02:30", "2026-03-08 01:50:00 -0500", true, "2026-03-08 03:00:00 -0400"},
		"hours that spring leaves out wait a day":  {newYork, "02:10", "02:40", "2026-03-08 01:50:00 -0500", false, "2026-03-09 02:10:00 -0400"},
		"an end that comes twice, the first time":  {berlin, "01:00", "02:30", "2026-10-25 01:10:00 +0200", true, "2026-10-25 02:30:00 +0200"},
		"an end that comes twice, the second time": {berlin, "01:00", "02:30", "2026-10-25 02:40:00 +0200", false, "2026-10-25 02:00:00 +0100"},
		"a beginning that comes twice":             {newYork, "01:30", "06:00", "2026-11-01 00:10:00 -0400", false, "2026-11-01 01:30:00 -0400"},
	} {
		t.Run(outcome, func(t *testing.T) {
			now, err := time.ParseInLocation(layout, tc.now, tc.zone)
			if err != nil {
				t.Fatal(err)
			}
			q := &Queue{tuning: Tuning{From: clockOf(t, tc.from), Until: clockOf(t, tc.until)}}
			open, next := q.openLocked(now.In(tc.zone))
			got := ""
			if !next.IsZero() {
				got = next.In(tc.zone).Format(layout)
			}
			if open != tc.open || got != tc.next {
				t.Errorf("open %v, next %q; want %v, %q", open, got, tc.open, tc.next)
			}
		})
	}
}

func clockOf(t *testing.T, text string) time.Duration {
	t.Helper()
	at, err := time.Parse("15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
}

// TestHoursHoldFiles: outside of the hours nothing begins, not even the
// reading of a folder; when they come, a Drain does the work and ends.
func TestHoursHoldFiles(t *testing.T) {
	r := newRig(t, nil)
	clock := &settable{now: when}
	r.clock = clock
	r.here.Put("/a", "1", when)
	r.here.Put("/d/b", "2", when)
	from := time.Duration(when.Hour()+1) * time.Hour
	r.Tune(Tuning{From: from, Until: from + time.Hour})
	r.add(up("/a"), upDir("/d"))
	done := make(chan error, 1)
	go func() { done <- r.Drain(t.Context()) }()
	opens := clock.await(t, func(at time.Time) bool { return at.Hour() == when.Hour()+1 && at.Minute() == 0 })
	wantStates(t, r, "/a: waiting", "/d: waiting")
	if got := r.Snapshot().OpensAt; !got.Equal(opens) {
		t.Errorf("the snapshot says %v, the clock is waited for until %v", got, opens)
	}
	clock.set(opens)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantStates(t, r, "/a: done", "/d: done", "/d/b: done")
}

// TestTuningTheHoursOpensAtOnce: a person who takes the hours back waits for
// nothing.
func TestTuningTheHoursOpensAtOnce(t *testing.T) {
	r := newRig(t, nil)
	clock := &settable{now: when}
	r.clock = clock
	r.here.Put("/a", "1", when)
	from := time.Duration(when.Hour()+1) * time.Hour
	r.Tune(Tuning{From: from, Until: from + time.Hour})
	r.add(up("/a"))
	done := make(chan error, 1)
	go func() { done <- r.Drain(t.Context()) }()
	clock.await(t, func(time.Time) bool { return true })
	r.Tune(Tuning{})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantStates(t, r, "/a: done")
}

func TestScheduledRowsWaitForTheirTime(t *testing.T) {
	later := when.Add(50 * time.Hour)
	for outcome, tc := range map[string]struct {
		change func(*rig, []ID)
		want   []string // while it is not yet later
	}{
		"at once without a time": {func(r *rig, ids []ID) {}, []string{"/a: done", "/d: done", "/d/b: done"}},
		"not before it":          {func(r *rig, ids []ID) { r.must(r.Schedule(r.t.Context(), later, ids[0])) }, []string{"/a: waiting", "/d: done", "/d/b: done"}},
		"a folder and what is in it": {
			func(r *rig, ids []ID) { r.must(r.Schedule(r.t.Context(), later, ids[1])) }, []string{"/a: done", "/d: waiting"},
		},
		"not although it is resumed": {func(r *rig, ids []ID) {
			r.must(r.Pause(r.t.Context(), ids[0]))
			r.must(r.Schedule(r.t.Context(), later, ids[0]))
			r.must(r.Resume(r.t.Context(), ids[0]))
		}, []string{"/a: waiting", "/d: done", "/d/b: done"}},
		"not although the network is another": {func(r *rig, ids []ID) {
			r.must(r.Schedule(r.t.Context(), later, ids[0]))
			r.must(r.Nudge(r.t.Context()))
		}, []string{"/a: waiting", "/d: done", "/d/b: done"}},
		"at once where it is taken back": {func(r *rig, ids []ID) {
			r.must(r.Schedule(r.t.Context(), later, ids...))
			r.must(r.Schedule(r.t.Context(), time.Time{}, ids...))
		}, []string{"/a: done", "/d: done", "/d/b: done"}},
		"at once where it is past": {func(r *rig, ids []ID) {
			r.must(r.Schedule(r.t.Context(), when.Add(-time.Hour), ids...))
		}, []string{"/a: done", "/d: done", "/d/b: done"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			clock := &settable{now: when}
			r.clock = clock
			r.here.Put("/a", "1", when)
			r.here.Put("/d/b", "2", when)
			ids := r.add(up("/a"), upDir("/d"))
			tc.change(r, ids)
			stop := r.start()
			r.await("what can be done", func() bool { return r.count(Done) == len(tc.want)-countOf(tc.want, "waiting") })
			wantStates(t, r, tc.want...)
			if countOf(tc.want, "waiting") > 0 {
				clock.await(t, func(at time.Time) bool { return !at.Before(when.Add(time.Hour)) })
				clock.set(later.Add(time.Second))
				r.changed()
				r.await("the rest", func() bool { return r.count(Waiting) == 0 && r.count(Done) >= 3 })
			}
			stop()
		})
	}
}

func countOf(states []string, state string) int {
	n := 0
	for _, s := range states {
		if s[len(s)-len(state):] == state {
			n++
		}
	}
	return n
}

// TestAScheduledTransferStops and goes on from its part at its time.
func TestAScheduledTransferStops(t *testing.T) {
	r, id, stop := begun(t)
	r.must(r.Schedule(t.Context(), r.clock.Now().Add(2*time.Hour), id))
	r.await("stop", func() bool { return len(r.Snapshot().Active) == 0 })
	got := r.item(id)
	if got.State != Waiting || got.Done == 0 || got.NotBefore.IsZero() || !got.NextTry.Equal(got.NotBefore) {
		t.Fatalf("the row is %+v", got)
	}
	r.there.SetHook(nil)
	r.must(r.Schedule(t.Context(), time.Time{}, id))
	r.await("end", func() bool { return r.item(id).State == Done })
	stop()
	if got, _ := r.there.Get("/in/a"); got != large {
		t.Error("the file is not whole")
	}
}

// TestATimeThatIsOverStopsNothing: nor does taking one back.
func TestATimeThatIsOverStopsNothing(t *testing.T) {
	for outcome, at := range map[string]time.Time{"none": {}, "one that is over": when.Add(-time.Hour)} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			r.add(up("/moves"), upDir("/read"))
			w, scan := r.claimed(files, Active), r.claimed(scans, Scanning)
			r.must(r.Schedule(t.Context(), at, w.row.ID, scan.row.ID))
			for _, w := range []*work{w, scan} {
				if got := r.item(w.row.ID); w.taken || got.State != w.row.State || !got.NotBefore.IsZero() {
					t.Errorf("it is %s, and begins at %v", got.State, got.NotBefore)
				}
				r.forget(w)
			}
		})
	}
}

// TestATimeIsForWhatHasNotEnded: what is paused begins at it where it is resumed
// before, and what has ended has none.
func TestATimeIsForWhatHasNotEnded(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/done", "1", when)
	ended := r.add(up("/done"))[0]
	r.drain()
	paused := r.add(up("/paused"))[0]
	r.must(r.Pause(t.Context(), paused))
	later := r.clock.Now().Add(50 * time.Hour)
	r.must(r.Schedule(t.Context(), later, ended, paused))
	if got := r.item(ended); got.State != Done || !got.NotBefore.IsZero() || !got.NextTry.IsZero() {
		t.Errorf("what has ended is %s and begins at %v", got.State, got.NotBefore)
	}
	if got := r.item(paused); got.State != Paused || !got.NotBefore.Equal(later) || !got.NextTry.IsZero() {
		t.Errorf("what is paused is %s, begins at %v and is tried at %v", got.State, got.NotBefore, got.NextTry)
	}
}

// TestARowIsScheduledWhileOthersMove: it was next, and does not begin.
func TestARowIsScheduledWhileOthersMove(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
	var all []Request
	for _, name := range []string{"/a", "/b", "/c"} {
		r.here.Put(name, "1", when)
		all = append(all, up(name))
	}
	begun, goOn := make(chan struct{}, 100), make(chan struct{})
	r.here.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpOpen {
			begun <- struct{}{}
			<-goOn
		}
		return nil
	})
	ids := r.add(all...)
	stop := r.start()
	<-begun
	r.must(r.Schedule(t.Context(), r.clock.Now().Add(100*time.Hour), ids[1]))
	close(goOn)
	r.await("the others", func() bool { return r.count(Done) == 2 })
	wantStates(t, r, "/a: done", "/b: waiting", "/c: done")
	stop()
}

// TestANewNetworkIsTriedAtOnce, however long the pause has become, and however
// often the old one was tried.
func TestANewNetworkIsTriedAtOnce(t *testing.T) {
	for outcome, fault := range map[string]error{
		"a site that is away":  &vfs.Error{Op: "connect", Kind: vfs.KindRefused},
		"a line that breaks":   &vfs.Error{Op: "read", Kind: vfs.KindLost},
		"a network without it": &vfs.Error{Op: "connect", Kind: vfs.KindHost},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, func(c *Config) {
				c.Backoff = func(attempts int) time.Duration {
					if attempts != 1 {
						t.Errorf("attempt %d of the same network", attempts)
					}
					return 5 * time.Hour
				}
			})
			for _, name := range []string{"/a", "/b"} {
				r.here.Put(name, "1", when)
			}
			r.there.SetHook(func(_ context.Context, c memfs.Call) error { return fault })
			ids := r.add(up("/a"), up("/b"))
			stop := r.start()
			for tries := DefaultRetries + 2; tries > 0; tries-- { // more often than a row is tried
				r.await("back-off", func() bool {
					a, b := r.item(ids[0]), r.item(ids[1])
					return !a.NextTry.IsZero() && !b.NextTry.IsZero()
				})
				if tries == 1 { // while nobody tries: that one would wait anew
					r.there.SetHook(nil)
				}
				r.must(r.Nudge(t.Context()))
			}
			r.await("end", func() bool { return r.count(Done) == 2 })
			stop()
		})
	}
}

// count counts the rows of a state.
func (r *rig) count(s State) int {
	n := 0
	for _, item := range r.items() {
		if item.State == s {
			n++
		}
	}
	return n
}
