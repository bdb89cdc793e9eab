package queue

import (
	"context"
	"strings"
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs/memfs"
)

// refuse has the journal refuse what the trigger names.
func (r *rig) refuse(t *testing.T, what string) {
	t.Helper()
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	_, err := r.s.conn.ExecContext(t.Context(), `CREATE TEMP TRIGGER refused BEFORE `+what+` BEGIN SELECT RAISE(ABORT, 'refused'); END`)
	r.must(err)
}

// refuseNoMore ends that.
func (r *rig) refuseNoMore(t *testing.T) {
	t.Helper()
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	_, err := r.s.conn.ExecContext(t.Context(), `DROP TRIGGER refused`)
	r.must(err)
}

// TestARunTellsWhatTheJournalRefused, whoever of it wrote, and also where it was to
// end; and the next one goes on.
func TestARunTellsWhatTheJournalRefused(t *testing.T) {
	for outcome, tc := range map[string]struct {
		what string
		ends bool // ctx ends before anything is refused
	}{
		"what a killed run had begun":         {`INSERT ON main.settings`, false},
		"that what it read is read anew":      {`UPDATE OF state ON main.rows WHEN OLD.state = 'scanning' AND NEW.state = 'waiting'`, false},
		"that a password may be known by now": {`UPDATE OF state ON main.rows WHEN OLD.state = 'paused'`, false},
		"what was skipped for good":           {`DELETE ON main.settings`, false},
		"what was answered for all":           {`DELETE ON main.jobs`, false},
		"which sites were away":               {`DELETE ON main.sites`, false},
		"that a folder is read":               {`UPDATE OF state ON main.rows WHEN NEW.state = 'scanning'`, false},
		"what was found in it":                {`INSERT ON main.rows WHEN NEW.parent > 0`, false},
		"that a row's time has come":          {`UPDATE OF next_try ON main.rows WHEN OLD.next_try > 0`, false},
		"how a file ended":                    {`UPDATE OF state ON main.rows WHEN NEW.state = 'done'`, false},
		"that one waits at the end":           {`UPDATE OF state ON main.rows WHEN NEW.type = 'file' AND NEW.state = 'waiting' AND OLD.state <> 'paused'`, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			r.here.Put("/a", "1", when)
			r.here.Put("/d/b", "2", when)
			later := up("/a")
			later.NotBefore = r.clock.Now().Add(time.Minute)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if tc.ends {
				later.NotBefore = time.Time{}
				r.there.SetHook(func(ctx context.Context, c memfs.Call) error {
					if c.Op != memfs.OpCreate {
						return nil
					}
					cancel()
					<-ctx.Done()
					return ctx.Err()
				})
			}
			r.here.Put("/c", "3", when)
			r.add(later, upDir("/d"), up("/c"))
			r.leftBehind(t)
			r.refuse(t, tc.what)
			if err := r.Drain(ctx); err == nil || !strings.Contains(err.Error(), "refused") {
				t.Errorf("error %v", err)
			}
			if tc.ends != (ctx.Err() != nil) {
				t.Errorf("it was refused before that: %v", ctx.Err())
			}
			r.refuseNoMore(t)
			r.there.SetHook(nil)
			r.drain()
			wantStates(t, r, "/a: done", "/c: done", "/d: done", "/d/b: done")
		})
	}
}

// leftBehind has the journal as a run may leave it that was killed: a folder is
// being read, nobody knew a password, and what was answered is for work that is over.
func (r *rig) leftBehind(t *testing.T) {
	t.Helper()
	r.must(r.write(t.Context(), cheap, func() error {
		for _, statement := range []string{
			`UPDATE rows SET state = 'scanning' WHERE type = 'dir'`,
			`UPDATE rows SET state = 'paused', kind = 'login', message = 'connect x: login: no password is known' WHERE src_path = x'2f63'`, // /c
			`INSERT INTO jobs (id, exists_) VALUES (99, 'skip')`,
			`INSERT INTO jobs SELECT min(job), 'overwrite' FROM rows`,
			`INSERT INTO settings (key, value) VALUES ('` + skipsAll + `nowhere', '1')`,
			`INSERT INTO sites (site, next_try, attempts, kind, message, about) VALUES ('nowhere', 1, 1, '', '', ''), ('` + string(remote) + `', 1, 1, '', '', ''), ('` + string(other) + `', 1, 1, '', '', '')`,
		} {
			if _, err := r.s.exec(t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
	}))
}

// TestARunBeginsWithWhatIsLeft and forgets what was for work that is over.
func TestARunBeginsWithWhatIsLeft(t *testing.T) {
	r := newRig(t, nil)
	fetch := down("/in/x")
	fetch.Source.Site = other
	r.add(upDir("/d"), up("/c"), fetch)
	r.third.Put("/in/x", "1", when)
	r.leftBehind(t)
	r.must(r.recover(t.Context()))
	wantStates(t, r, "/c: waiting", "/d: waiting", "/in/x: waiting")
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	for what, want := range map[string]string{
		`SELECT group_concat(site) FROM (SELECT site FROM sites ORDER BY site)`: string(remote) + "," + string(other),
		`SELECT group_concat(exists_) FROM jobs`:                                "overwrite",
		`SELECT count(*) FROM settings WHERE key <> 'hand'`:                     "0",
	} {
		var got string
		r.must(r.s.row(t.Context(), what).Scan(&got))
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
}

// TestSmallFilesComeFirstInEveryRun of a queue.
func TestSmallFilesComeFirstInEveryRun(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.SmallFirst = true })
	for _, name := range []string{"/a", "/b"} {
		r.here.Put(name, "1", when)
		r.add(up(name))
		r.drain()
	}
	wantStates(t, r, "/a: done", "/b: done")
}

// TestARunLeavesNothingOfWhatItCouldNotWrite for the next one, which finds the rows
// in the journal.
func TestARunLeavesNothingOfWhatItCouldNotWrite(t *testing.T) {
	r := newRig(t, nil)
	id := r.add(up("/a"))[0]
	r.must(r.begin(func(error) {}))
	w := r.claimed(files, Active)
	r.report(note{work: w, end: &ending{result: transfer.Result{Outcome: transfer.Done}}})
	r.end()
	r.Queue.mu.Lock()
	defer r.Queue.mu.Unlock()
	if r.running[id] != nil || len(r.notes) > 0 || r.unsettled != 0 {
		t.Errorf("in work are %v, %d are told to have ended, %d of those are not written", r.running, len(r.notes), r.unsettled)
	}
}

// TestTheFirstToBeDueIsWaitedFor, of rows and of sites.
func TestTheFirstToBeDueIsWaitedFor(t *testing.T) {
	for outcome, tc := range map[string]struct{ rows, sites []time.Duration }{
		"of rows":                  {[]time.Duration{3 * time.Minute, time.Minute, 2 * time.Minute}, nil},
		"of sites":                 {nil, []time.Duration{3 * time.Minute, time.Minute, 2 * time.Minute}},
		"a row before the sites":   {[]time.Duration{time.Minute}, []time.Duration{2 * time.Minute}},
		"a site before the rows":   {[]time.Duration{2 * time.Minute}, []time.Duration{time.Minute}},
		"a row and a site at once": {[]time.Duration{time.Minute}, []time.Duration{time.Minute}},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			r.clock = &settable{now: when}
			var requests []Request
			for i, d := range tc.rows {
				one := up("/" + strings.Repeat("x", i+1))
				one.NotBefore = when.Add(d)
				requests = append(requests, one)
			}
			r.add(requests...)
			r.must(r.write(t.Context(), cheap, func() error {
				for i, d := range tc.sites {
					_, err := r.s.exec(t.Context(), `INSERT INTO sites (site, next_try, attempts, kind, message, about) VALUES (?, ?, 1, '', '', '')`,
						strings.Repeat("s", i+1), nanos(when.Add(d)))
					if err != nil {
						return err
					}
				}
				return nil
			}))
			if wait, err := r.lookAround(t.Context()); err != nil || wait != time.Minute {
				t.Errorf("waits %v: %v", wait, err)
			}
		})
	}
}
