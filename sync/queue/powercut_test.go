package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/transfer"
	"wherry/sync/vfs/memfs"
)

// disk is what stands on the disk of a journal.
type disk struct{ db, wal []byte }

// The units in which a disk and SQLite write. A sector is there or not.
const (
	sector = 512
	dbPage = 4096
	// walHeader holds the WAL's salts (SQLite file format, 4.1), which change when
	// it is begun anew after a checkpoint.
	walHeader = 32
)

// power knows what was promised, and the disk as it was last synced: all that
// was written since may be there or not when the power fails.
type power struct {
	dice *rand.Rand
	all  bool // all is lost that can be

	mu    sync.Mutex
	off   bool        // it failed: nothing is promised any more
	disk  disk        // as it was last synced
	call  disk        // the same at the latest call of a file system
	rows  map[ID]bool // that a method or an event told of
	done  map[ID]bool // those of them that are done
	gone  []ID        // rows of which Cancel returned
	tears int         // cuts that lost something
}

// TestNoPowerCutBreaksAPromise cuts the power at random calls: of what was
// written to the journal and not synced, some sectors are there and some are
// not, and the WAL ends anywhere. What a method returned for or an event told
// must be in what is left; what is done there must stand at the target.
func TestNoPowerCutBreaksAPromise(t *testing.T) {
	var tears atomic.Int64
	t.Run("cuts", func(t *testing.T) {
		for seed := range uint64(10) {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				t.Parallel()
				p := &power{dice: rand.New(rand.NewPCG(seed, 8))}
				cutAndCompare(t, p, rand.New(rand.NewPCG(seed, 9)))
				tears.Add(int64(p.tears))
			})
		}
	})
	t.Logf("%d cuts lost something", tears.Load())
	if tears.Load() < 5 {
		t.Error("too few cuts lost anything: this proves nothing")
	}
}

func cutAndCompare(t *testing.T, p *power, dice *rand.Rand) {
	w := &world{rig: bare(t), dice: dice, asked: map[string]ID{}, gone: map[string]bool{}, left: -1, power: p}
	for i := range 6 {
		w.here.Put(fmt.Sprintf("/f%d", i), strings.Repeat(fmt.Sprint(i), 10_000*i), when)
		w.here.Put(fmt.Sprintf("/d%d/x", i), "x", when)
		w.here.Put(fmt.Sprintf("/d%d/sub/y", i), strings.Repeat("y", 20_000), when)
	}
	w.here.SetChunk(4096)
	w.here.SetHook(w.call)
	w.there.SetHook(w.call)
	w.reopen()
	for range 16 {
		before := maps.Clone(w.asked)
		w.step()
		w.keptPromises()
		for name, id := range before {
			if w.gone[name] {
				p.gone = append(p.gone, id)
			}
		}
		w.promise()
		w.truthful()
	}
	w.finish()
	w.keptPromises()
}

// promise notes that what is in the journal now holds from now on.
func (w *world) promise() {
	w.t.Helper()
	items := w.items()
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	p := w.power
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows, p.done = map[ID]bool{}, map[ID]bool{}
	for _, item := range items {
		p.rows[item.ID] = true
		if item.State == Done {
			p.done[item.ID] = true
		}
	}
}

// hear is told of events, and what is told is promised.
func (w *world) hear(e Event) {
	if e.Type != EventDone && e.Type != EventSkipped {
		return
	}
	p := w.power
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.off {
		return
	}
	p.rows[e.Item.ID] = true
	if e.Type == EventDone {
		p.done[e.Item.ID] = true
	}
}

// keptPromises compares the journal after a power cut with what was promised.
// Nothing is compared where the power did not fail: a step may have changed it.
func (w *world) keptPromises() {
	w.t.Helper()
	p := w.power
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.off {
		return
	}
	p.off = false
	have := map[ID]State{}
	for _, item := range w.items() {
		have[item.ID] = item.State
	}
	for id := range p.rows {
		if have[id] == "" {
			w.t.Errorf("row %d was promised and is lost", id)
		}
	}
	for id := range p.done {
		if have[id] != Done {
			w.t.Errorf("row %d was told as done and is %s", id, have[id])
		}
	}
	for _, id := range p.gone {
		if have[id] != "" {
			w.t.Errorf("row %d is back as %s after its cancel", id, have[id])
		}
	}
}

// fails returns what the disk holds after the power failed: what was synced,
// and of what was written since some sectors.
func (p *power) fails(now disk) disk {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.off = true
	synced := p.disk
	if len(synced.wal) < walHeader || len(now.wal) < walHeader || !bytes.Equal(synced.wal[:walHeader], now.wal[:walHeader]) {
		return now // the WAL was begun anew, which syncs everything
	}
	if !bytes.Equal(synced.db, now.db) {
		// A checkpoint was under way: the WAL was synced before it, and the
		// pages it copied are there or not.
		return disk{db: p.tear(synced.db, now.db, dbPage), wal: now.wal}
	}
	wal := p.tear(synced.wal, now.wal, sector)
	if more := len(wal) - len(synced.wal); more > 0 {
		wal = wal[:len(synced.wal)+p.dice.IntN(more+1)]
	}
	if !bytes.Equal(wal, now.wal) {
		p.tears++
	}
	return disk{db: now.db, wal: wal}
}

// tear mixes two states of a file. Where the older one is shorter, what did
// not get there is zero, or the end is missing.
func (p *power) tear(old, now []byte, unit int) []byte {
	out := make([]byte, max(len(old), len(now)))
	copy(out, now)
	how := p.dice.IntN(4) // 0: nothing is lost, 3: most
	if p.all {
		how = 4
	}
	for from := 0; from < len(out); from += unit {
		to := min(from+unit, len(out))
		if p.dice.IntN(4) >= how {
			continue
		}
		clear(out[from:to])
		if from < len(old) {
			copy(out[from:to], old[from:min(to, len(old))])
		}
	}
	return slices.Clip(out)
}

// plugIn has the power know what is synced, and makes SQLite copy the WAL into
// the database every few pages, not every 4 MB.
func (w *world) plugIn() {
	w.t.Helper()
	p := w.power
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	pages := 15 + p.dice.IntN(400)
	if _, err := w.s.conn.ExecContext(w.t.Context(), fmt.Sprintf(`PRAGMA wal_autocheckpoint = %d`, pages)); err != nil {
		w.t.Fatal(err)
	}
	w.s.onSync = func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.off {
			p.disk = w.disk()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.disk = w.disk()
}

// TestATornAddIsThereOrNot cuts the WAL in the midst of an Add, everywhere:
// the one before it stands, and that one does as a whole or not at all.
func TestATornAddIsThereOrNot(t *testing.T) {
	w := &world{rig: newDiskRig(t)}
	w.add(up("/a"), up("/b"))
	synced := w.disk()
	w.add(up("/c"), up("/d"), up("/e"))
	now := w.disk()
	if len(now.wal) <= len(synced.wal) {
		t.Fatal("the second Add is not in the WAL")
	}
	whole := 0
	for end := len(synced.wal); ; end = min(end+1511, len(now.wal)) {
		cut := bare(t)
		if err := errors.Join(makeFile(cut.file), os.WriteFile(cut.file, now.db, 0o600), os.WriteFile(cut.file+"-wal", now.wal[:end], 0o600)); err != nil {
			t.Fatal(err)
		}
		cut.Queue = cut.open(cut.onDisk)
		switch n := len(cut.items()); n {
		case 2:
		case 5:
			whole++
		default:
			t.Errorf("%d rows after a cut at %d of %d", n, end, len(now.wal))
		}
		if end == len(now.wal) {
			break
		}
	}
	if whole == 0 {
		t.Error("the second Add is in none")
	}
}

// TestAPowerCutCopiesNothingTwice has the power fail at each call of one
// transfer, and right behind the last one, with all lost that was written since
// Add returned: the next run must know its own work again.
func TestAPowerCutCopiesNothingTwice(t *testing.T) {
	for _, rule := range []transfer.Rule{transfer.Ask, transfer.Skip, transfer.Rename, transfer.Different} {
		t.Run(string(rule), func(t *testing.T) {
			t.Parallel()
			for calls, ended := 0, false; !ended; calls += 4 {
				w := &world{rig: bare(t), dice: rand.New(rand.NewPCG(1, 1)), asked: map[string]ID{}, left: -1}
				w.power = &power{dice: rand.New(rand.NewPCG(1, 1)), all: true}
				w.here.Put("/f", "content", when)
				w.here.SetHook(w.call)
				w.there.SetHook(func(ctx context.Context, c memfs.Call) error {
					w.power.mu.Lock()
					w.power.call = w.power.disk
					w.power.mu.Unlock()
					return w.call(ctx, c)
				})
				w.reopen()
				r := up("/f")
				r.Exists = rule
				id := w.add(r)[0]
				w.promise()
				w.runAndKill(calls)
				if ended = w.n == 0; ended {
					w.backTo(w.power.call)
				}
				w.drain()
				if got := w.item(id); got.State != Done && got.Message != "same" {
					t.Errorf("after a cut at call %d it is %s: %s", calls, got.State, got.Message)
				}
				if diff := cmp.Diff(map[string]string{"/in/f": "content"}, w.there.Files()); diff != "" {
					t.Errorf("after a cut at call %d (-want +got):\n%s", calls, diff)
				}
			}
		})
	}
}

// backTo goes on with an earlier journal, the file systems as they are.
func (w *world) backTo(d disk) {
	w.t.Helper()
	w.must(w.Close())
	w.n++
	w.file += "-back"
	w.must(errors.Join(os.WriteFile(w.file, d.db, 0o600), os.WriteFile(w.file+"-wal", d.wal, 0o600)))
	w.reopen()
}

// TestWhatReturnedIsSynced: what a person did has reached the disk when the
// method returns, without anything else being written first.
func TestWhatReturnedIsSynced(t *testing.T) {
	for name, do := range map[string]func(context.Context, *world, ID) error{
		"add":      func(ctx context.Context, w *world, _ ID) error { _, err := w.Add(ctx, up("/new")); return err },
		"pause":    func(ctx context.Context, w *world, id ID) error { return w.Pause(ctx, id) },
		"hold":     func(ctx context.Context, w *world, _ ID) error { return w.Hold(ctx, true) },
		"cancel":   func(ctx context.Context, w *world, id ID) error { return w.Cancel(ctx, id) },
		"top":      func(ctx context.Context, w *world, id ID) error { return w.MoveTop(ctx, id) },
		"bottom":   func(ctx context.Context, w *world, id ID) error { return w.MoveBottom(ctx, id) },
		"before":   func(ctx context.Context, w *world, id ID) error { return w.MoveBefore(ctx, id-1, id) },
		"priority": func(ctx context.Context, w *world, id ID) error { return w.SetPriority(ctx, High, id) },
		"resume": func(ctx context.Context, w *world, id ID) error {
			return errors.Join(w.Pause(ctx, id), w.Resume(ctx, id))
		},
		"retry": func(ctx context.Context, w *world, id ID) error {
			return errors.Join(w.Pause(ctx, id), w.Retry(ctx, id))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{rig: bare(t), dice: rand.New(rand.NewPCG(1, 1)), left: -1}
			w.power = &power{dice: rand.New(rand.NewPCG(1, 1))}
			w.reopen()
			ids := w.add(up("/a"), up("/b"))
			before := w.disk()
			w.must(do(t.Context(), w, ids[1]))
			now := w.disk()
			if bytes.Equal(before.wal, now.wal) {
				t.Error("nothing was written")
			}
			if !bytes.Equal(w.power.disk.wal, now.wal) {
				t.Error("something is not synced")
			}
		})
	}
}
