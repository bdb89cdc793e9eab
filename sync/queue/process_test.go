package queue

import (
	"context"
	"errors"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// second opens another handle on the journal of r, as another process would.
func second(t *testing.T, r *rig) *Queue {
	t.Helper()
	q := r.open(r.onDisk)
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

func TestOneProcessWorks(t *testing.T) {
	r := newDiskRig(t)
	r.start()
	r.await("start", func() bool { return r.Snapshot().Running })
	two := second(t, r)
	two.clock = &hasty{now: when}
	if err := two.Drain(t.Context()); !errors.Is(err, ErrRunning) {
		t.Errorf("the second got %v", err)
	}
	if err := r.Drain(t.Context()); !errors.Is(err, ErrRunning) {
		t.Errorf("the first, asked twice, got %v", err)
	}
	for who, q := range map[string]*Queue{"the first": r.Queue, "the second": two} {
		if err := q.Free(t.Context()); !errors.Is(err, ErrRunning) {
			t.Errorf("%s is told %v", who, err)
		}
	}
	if two.Snapshot().Running {
		t.Error("the second claims to be running")
	}
}

// lookers is a clock whose time passes at once, and in which others open the journal
// over and over: in the first 70 of 100 milliseconds they hold the lock.
type lookers struct {
	hasty
	begin time.Time
	lock  *flock.Flock
}

func (l *lookers) After(d time.Duration) (<-chan time.Time, func() bool) {
	done, stop := l.hasty.After(d)
	if l.Now().Sub(l.begin)%(100*time.Millisecond) < 70*time.Millisecond {
		_, _ = l.lock.TryLock()
	} else {
		_ = l.lock.Unlock()
	}
	return done, stop
}

// TestWhoOnlyLooksKeepsNobodyFromWork: not even where it looks all the time.
func TestWhoOnlyLooksKeepsNobodyFromWork(t *testing.T) {
	r := newDiskRig(t)
	clock := &lookers{hasty: hasty{now: when}, begin: when, lock: lockOf(r.file)}
	_, err := clock.lock.TryLock()
	r.must(err)
	defer func() { _ = clock.lock.Close() }()
	r.clock = clock
	if err := r.Free(t.Context()); err != nil {
		t.Errorf("it is told %v", err)
	}
}

// TestWhoOnlyLooksDoesNotWork: a process that opens the journal is not told to a
// third one as a run.
func TestWhoOnlyLooksDoesNotWork(t *testing.T) {
	r := newDiskRig(t)
	two := second(t, r)
	for _, step := range []struct {
		outcome string
		begin   func() (end func())
		want    bool
	}{
		{"nobody is there", func() func() { return func() {} }, false},
		{"one looks", func() func() {
			lock := lockOf(r.file)
			_, err := lock.TryLock()
			r.must(err)
			return func() { r.must(lock.Close()) }
		}, false},
		{"one works", func() func() {
			stop := r.start()
			r.await("start", func() bool { return r.Snapshot().Running })
			return stop
		}, true},
		{"its work is over", func() func() { return func() {} }, false},
	} {
		end := step.begin()
		for who, q := range map[string]*Queue{"the one": r.Queue, "the other": two} {
			if got, opens, err := q.Elsewhere(); err != nil || got != (step.want && q == two) || !opens.IsZero() {
				t.Errorf("%s: %s is told %v, %v, %v", step.outcome, who, got, opens, err)
			}
		}
		end()
	}
}

// TestTheHoursOfARunAreToldToOthers: a run that waits for the evening looks to them
// like one that does nothing. Those of one that was killed are not told.
func TestTheHoursOfARunAreToldToOthers(t *testing.T) {
	r := newDiskRig(t)
	two := second(t, r)
	two.clock = &hasty{now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)}
	unlock, err := r.lock(t.Context())
	r.must(err)
	for outcome, tc := range map[string]struct {
		from, until, opens time.Duration // as the clock shows; none: now
	}{
		"no hours":                {0, 0, 0},
		"hours that are to come":  {15 * time.Hour, 17 * time.Hour, 15 * time.Hour},
		"hours that have begun":   {11 * time.Hour, 17 * time.Hour, 0},
		"hours of a night":        {22*time.Hour + 30*time.Minute, 6 * time.Hour, 22*time.Hour + 30*time.Minute},
		"hours that were in time": {8 * time.Hour, 9 * time.Hour, 32 * time.Hour},
	} {
		r.Tune(Tuning{From: tc.from, Until: tc.until})
		r.s.mu.Lock()
		r.tellHours()
		r.s.mu.Unlock()
		works, opens, err := two.Elsewhere()
		var want time.Time
		if tc.opens > 0 {
			want = time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC).Add(tc.opens)
		}
		if !works || err != nil || !opens.Equal(want) {
			t.Errorf("%s: it is told %v, %v, %v", outcome, works, opens, err)
		}
	}
	r.must(os.WriteFile(marked(r.file), []byte("54000 61200\n"), 0o600))
	unlock()
	unlock, err = r.lock(t.Context())
	r.must(err)
	defer unlock()
	if works, opens, err := two.Elsewhere(); !works || err != nil || !opens.IsZero() {
		t.Errorf("of one that was killed it is told %v, %v, %v", works, opens, err)
	}
}

func TestTheLockEndsWithTheRun(t *testing.T) {
	r := newDiskRig(t)
	stop := r.start()
	r.await("start", func() bool { return r.Snapshot().Running })
	stop()
	if err := r.Free(t.Context()); err != nil {
		t.Errorf("the first is told %v", err)
	}
	if err := second(t, r).Drain(t.Context()); err != nil {
		t.Errorf("the second got %v", err)
	}
}

func TestWhatOtherProcessesDoIsNoticed(t *testing.T) {
	r := newDiskRig(t)
	r.here.Put("/a", large, when)
	r.here.Put("/b", "b", when)
	r.here.SetChunk(1 << 12)
	g := newGate(r.there, afterWrites(3))
	r.start()
	two := second(t, r)
	ids, err := two.Add(t.Context(), up("/a"))
	r.must(err)
	<-g.reached

	r.must(two.Pause(t.Context(), ids...))
	r.await("pause", func() bool { return len(r.Snapshot().Active) == 0 })
	if got := r.item(ids[0]); got.State != Paused || got.Done == 0 {
		t.Errorf("the row is %s at %d", got.State, got.Done)
	}
	r.there.SetHook(nil)
	r.must(two.Hold(t.Context(), true))
	r.await("hold", func() bool { return r.Snapshot().Held })
	more, err := two.Add(t.Context(), up("/b"))
	r.must(err)
	r.must(two.Resume(t.Context(), ids...))
	r.must(two.Hold(t.Context(), false))
	r.await("end", func() bool { return r.item(ids[0]).State == Done && r.item(more[0]).State == Done })

	r.must(two.Cancel(t.Context(), ids[0], more[0]))
	r.await("empty queue", func() bool { return len(r.items()) == 0 && len(r.Snapshot().Count) == 0 })
	if snap := two.Snapshot(); len(snap.Count) != 0 {
		t.Errorf("the other sees %v", snap.Count)
	}
}

// TestTheRowIsThereBeforeTheFirstByte looks into the journal, as another
// process, when the part is about to be made and when the name is about to be
// taken.
func TestTheRowIsThereBeforeTheFirstByte(t *testing.T) {
	r := newDiskRig(t)
	two := second(t, r)
	r.here.Put("/a", "hello", when)
	id := r.add(up("/a"))[0]
	look := func(step memfs.Op) row {
		two.s.mu.Lock()
		defer two.s.mu.Unlock()
		found, err := two.list(t.Context(), `SELECT `+columns+` FROM rows WHERE id = ?`, int64(id))
		if err != nil || len(found) != 1 {
			t.Fatal(step, err, found)
		}
		return found[0]
	}
	seen := map[memfs.Op]bool{}
	r.there.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op != memfs.OpCreate && c.Op != memfs.OpRename {
			return nil
		}
		seen[c.Op] = true
		// What may stand under the part's name before it is made is of nobody knows what.
		want := transfer.Identity{Size: inDoubt}
		if c.Op == memfs.OpRename {
			want = transfer.Identity{Size: 5, ModTime: when}
		}
		got := look(c.Op)
		if got.State != Active || got.made == nil || *got.made != want || got.Size != 5 {
			t.Errorf("at %s the row is %s, made of %v", c.Op, got.State, got.made)
		}
		return nil
	})
	r.drain()
	if len(seen) != 2 {
		t.Errorf("saw %v", seen)
	}
	if got := look("end"); got.State != Done {
		t.Errorf("at the end the row is %s", got.State)
	}
}

func TestNamesAreBytes(t *testing.T) {
	r := newDiskRig(t)
	name := "/\xff\x00"[:2] + "ä \xe4\\x%20?'\"" + "\xed\xa0\x80"
	r.here.Put(name, "x", when)
	request := up(name)
	request.Target.Path = vfs.MustParse("/in" + name)
	r.add(request)
	r.must(r.Close())
	two := second(t, r)
	items, err := two.List(t.Context(), Filter{}, 0, 10)
	r.must(err)
	if len(items) != 1 || items[0].Source != request.Source || items[0].Target != request.Target {
		t.Fatalf("read back: %+v", items)
	}
	r.must(two.Drain(t.Context()))
	if _, ok := r.there.Get("/in" + name); !ok {
		t.Errorf("the target has %q", r.there.Files())
	}
}

func TestOnlyTheOwnerReadsTheFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // there are no such modes; the folder is the person's own
	}
	r := newDiskRig(t)
	r.add(up("/a"))
	release, err := r.lock(t.Context())
	r.must(err)
	defer release()
	for _, suffix := range []string{"", "-wal", "-shm", ".lock", ".working"} {
		info, err := os.Stat(r.c.File + suffix)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%q: %v, %v", suffix, info.Mode(), err)
		}
	}
}

func TestACloseLeavesOneFile(t *testing.T) {
	r := newDiskRig(t)
	r.add(up("/a"))
	r.start()
	r.await("start", func() bool { return r.Snapshot().Running })
	r.must(r.Close())
	r.must(r.Close())
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(r.file + suffix); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left: %v", suffix, err)
		}
	}
	if _, err := r.Add(t.Context(), up("/b")); vfs.KindOf(err) != vfs.KindCancelled {
		t.Errorf("Add after Close: %v", err)
	}
	if err := r.Run(t.Context()); vfs.KindOf(err) != vfs.KindCancelled {
		t.Errorf("Run after Close: %v", err)
	}
	_ = r.Snapshot()
}

func TestAFullDiskUnderTheJournal(t *testing.T) {
	r := newDiskRig(t)
	r.here.Put("/a", "hello", when)
	id := r.add(up("/a"))[0]
	r.there.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpRename {
			// From here on no write fits.
			r.s.mu.Lock()
			defer r.s.mu.Unlock()
			_, err := r.s.conn.ExecContext(t.Context(), `CREATE TEMP TRIGGER full BEFORE UPDATE ON main.rows BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
			return err
		}
		return nil
	})
	err := r.Drain(t.Context())
	var e *vfs.Error
	if !errors.As(err, &e) || e.Op != journalOp {
		t.Fatalf("Drain returned %v", err)
	}
	if got := r.item(id); got.State != Active {
		t.Errorf("the row is %s", got.State)
	}
	r.s.mu.Lock()
	_, err = r.s.conn.ExecContext(t.Context(), `DROP TRIGGER full`)
	r.s.mu.Unlock()
	r.must(err)
	r.there.SetHook(nil)
	r.drain()
	wantStates(t, r, "/a: done")
}

// TestPromisesAreSynced: a power cut cannot be had in a test, but what SQLite
// is told before each kind of write can be seen.
func TestPromisesAreSynced(t *testing.T) {
	r := newDiskRig(t)
	level := func() (level int) {
		r.s.mu.Lock()
		defer r.s.mu.Unlock()
		r.must(r.s.row(t.Context(), `PRAGMA synchronous`).Scan(&level))
		return level
	}
	const normal, full = 1, 2
	ids := r.add(many(0, chunk+1)...)
	if got := level(); got != full {
		t.Errorf("Add ended at level %d", got)
	}
	r.must(r.Clear(t.Context(), Waiting))
	r.here.Put("/a", "1", when)
	for outcome, do := range map[string]func() error{
		"pause": func() error { return r.Pause(t.Context(), ids[0]) },
		"clear": func() error { return r.Clear(t.Context(), Done) },
		"done":  func() error { r.add(up("/a")); return r.Drain(t.Context()) },
	} {
		r.must(r.write(t.Context(), cheap, func() error { return nil }))
		if got := level(); got != normal {
			t.Errorf("a cheap write was at level %d", got)
		}
		r.must(do())
		if got := level(); got != full {
			t.Errorf("%s ended at level %d", outcome, got)
		}
	}
}

// TestAnotherProcessSeesHowFarAFileIs while it moves, and what stands of it
// after the one that worked was killed.
func TestAnotherProcessSeesHowFarAFileIs(t *testing.T) {
	r := newDiskRig(t)
	r.here.Put("/a", large, when)
	r.here.SetChunk(1 << 12)
	g := newGate(r.there, afterWrites(3))
	r.start()
	id := r.add(up("/a"))[0]
	<-g.reached
	here := r.Snapshot()
	two := second(t, r)
	row := func() Item {
		rows, err := two.Get(t.Context(), id)
		r.must(err)
		return rows[0]
	}
	// It may have been written down on the way there, and is again.
	r.await("progress in the journal", func() bool { return row().Done >= here.Active[0].Done })
	if got := row(); got.State != Active || got.Done != here.Active[0].Done {
		t.Errorf("the other process sees %s at %d, and it is at %d", got.State, got.Done, here.Active[0].Done)
	}
	want := int64(len(large)) - row().Done
	if ours, other := r.Snapshot().BytesLeft, two.Snapshot().BytesLeft; ours != want || other != want {
		t.Errorf("%d bytes left here and %d there, want %d", ours, other, want)
	}
}

// TestProgressThatWasWrittenDownIsStillProgress: a line that drops again and
// again does not use the retries up, though the journal knew of each step.
func TestProgressThatWasWrittenDownIsStillProgress(t *testing.T) {
	r := bare(t)
	r.Queue = r.open(func(c *Config) {
		r.onDisk(c)
		c.Retries, c.Backoff = 1, func(int) time.Duration { return time.Millisecond }
	})
	r.here.Put("/a", large, when)
	r.here.SetChunk(1 << 12)
	two := second(t, r)
	id := r.add(up("/a"))[0]
	writes, drops := 0, 0
	r.there.SetHook(func(ctx context.Context, c memfs.Call) error {
		if c.Op == memfs.OpWrite {
			writes++
		}
		if c.Op != memfs.OpWrite || writes%8 != 0 || drops == 3 {
			return nil
		}
		drops++
		r.await("progress in the journal", func() bool {
			rows, err := two.Get(ctx, id)
			active := r.Snapshot().Active
			return err != nil || len(active) == 1 && rows[0].Done == active[0].Done
		})
		return &vfs.Error{Op: "write", Kind: vfs.KindLost}
	})
	r.drain()
	if got := r.item(id); got.State != Done || drops != 3 {
		t.Errorf("after %d drops it is %s at %d", drops, got.State, got.Done)
	}
}
