package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// world is what a queue is compared with: the requests that stand, and what
// their sources hold. Sources never change in it.
type world struct {
	*rig
	dice  *rand.Rand
	asked map[string]ID   // requests that stand, by source, with the row's ID
	gone  map[string]bool // requests that were cancelled
	n     int             // of the journal's copies
	power *power          // what a crash does to the disk; nil for nothing

	mu    sync.Mutex
	left  int           // calls until the crash, below 0 for none
	dead  bool          // the process is dead: nothing it does has an effect
	crash chan struct{} // closed at the crash
	// closed once the journal was copied
	buried chan struct{}
}

// TestNothingIsLostDoubledOrFalselyDone does random things to a queue, kills
// it at random calls by going on with a copy of its journal, and compares it
// with the model.
func TestNothingIsLostDoubledOrFalselyDone(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := &world{
				rig: bare(t), dice: rand.New(rand.NewPCG(seed, 4)), asked: map[string]ID{}, gone: map[string]bool{}, left: -1,
			}
			for i := range 6 {
				w.here.Put(fmt.Sprintf("/f%d", i), strings.Repeat(fmt.Sprint(i), 10_000*i), when)
				w.here.Put(fmt.Sprintf("/d%d/x", i), "x", when)
				w.here.Put(fmt.Sprintf("/d%d/sub/y", i), strings.Repeat("y", 20_000), when)
				w.here.Put(fmt.Sprintf("/d%d/sub/\xff", i), "bytes", when)
			}
			w.here.SetChunk(4096)
			w.here.SetHook(w.call)
			w.there.SetHook(w.call)
			w.reopen()
			for range 12 {
				w.step()
				w.truthful()
			}
			w.finish()
		})
	}
}

// call is the hook of both sides: it counts down to the crash, from which on
// every call of that process stands still.
func (w *world) call(context.Context, memfs.Call) error {
	w.mu.Lock()
	if w.left == 0 && !w.dead {
		w.dead = true
		close(w.crash)
	}
	w.left--
	dead, buried := w.dead, w.buried
	w.mu.Unlock()
	if !dead {
		return nil
	}
	<-buried
	return context.Canceled
}

func (w *world) reopen() {
	w.t.Helper()
	w.Queue = w.open(func(c *Config) {
		w.onDisk(c)
		c.Tuning.Workers = 1 + w.dice.IntN(4)
		if w.power != nil {
			tell := c.OnEvent
			c.OnEvent = func(e Event) { w.hear(e); tell(e) }
		}
	})
	if w.power != nil {
		w.plugIn()
	}
	w.clock = &hasty{now: when.AddDate(1, 0, w.n)}
}

// step is one random thing that can happen.
func (w *world) step() {
	w.t.Helper()
	ctx := w.t.Context()
	switch w.dice.IntN(11) {
	case 0, 1:
		w.request(fmt.Sprintf("/f%d", w.dice.IntN(6)), vfs.TypeFile)
	case 2:
		w.request(fmt.Sprintf("/d%d", w.dice.IntN(6)), vfs.TypeDir)
	case 3:
		w.must(w.Pause(ctx, w.some()...))
	case 4:
		w.must(w.Retry(ctx, w.some()...))
		w.must(w.Resume(ctx, w.some()...))
	case 5:
		for name, id := range w.asked {
			if w.dice.IntN(3) == 0 {
				w.must(w.Cancel(ctx, id))
				delete(w.asked, name)
				w.gone[name] = true
			}
		}
	case 6:
		kinds := []vfs.Kind{vfs.KindLost, vfs.KindBusy, vfs.KindPermission, vfs.KindRefused}
		w.there.Inject(memfs.Fault{Skip: w.dice.IntN(20), Kind: kinds[w.dice.IntN(4)], After: w.dice.IntN(2) == 0})
	case 7:
		w.reorder()
	default:
		w.runAndKill(w.dice.IntN(60))
	}
	w.sound()
}

// reorder has no say in what arrives, only in when.
func (w *world) reorder() {
	w.t.Helper()
	ctx, ids := w.t.Context(), w.some()
	switch w.dice.IntN(4) {
	case 0:
		w.must(w.MoveTop(ctx, ids...))
	case 1:
		w.must(w.MoveBottom(ctx, ids...))
	case 2:
		w.must(w.SetPriority(ctx, Priority(w.dice.IntN(3)-1), ids...))
	default:
		others := w.some()
		if len(others) == 0 {
			return
		}
		err := w.MoveBefore(ctx, others[0], ids...)
		if kind := vfs.KindOf(err); err != nil && kind != vfs.KindNotFound && kind != vfs.KindUnsupported {
			w.t.Error(err)
		}
	}
}

func (w *world) request(name string, typ vfs.Type) {
	w.t.Helper()
	r := up(name)
	r.Type = typ
	r.Exists = []transfer.Rule{transfer.Overwrite, transfer.Different, transfer.Newer}[w.dice.IntN(3)]
	id := w.add(r)[0]
	if have, ok := w.asked[name]; ok && have != id && !isEnd(w.item(have).State) {
		w.t.Errorf("%s is there twice, as %d and %d", name, have, id)
	}
	w.asked[name] = id
	delete(w.gone, name)
}

func (w *world) some() []ID {
	var ids []ID
	for _, item := range w.items() {
		if w.dice.IntN(3) == 0 {
			ids = append(ids, item.ID)
		}
	}
	return ids
}

// runAndKill works until so many calls were made, or until nothing is left,
// and goes on with what the journal held at that moment.
func (w *world) runAndKill(calls int) {
	w.t.Helper()
	w.mu.Lock()
	w.left, w.dead, w.crash, w.buried = calls, false, make(chan struct{}), make(chan struct{})
	w.mu.Unlock()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- w.Drain(ctx) }()
	select {
	case err := <-done:
		w.must(err)
		w.mu.Lock()
		w.left = -1
		w.mu.Unlock()
		return
	case <-w.crash:
	}
	w.n++
	file := filepath.Join(filepath.Dir(w.file), fmt.Sprintf("copy-%d.db", w.n))
	w.saveTo(file)
	cancel()
	close(w.buried)
	w.must(<-done)
	w.must(w.Close())
	w.mu.Lock()
	w.left, w.dead = -1, false
	w.mu.Unlock()
	w.file = file
	w.reopen()
}

// saveTo copies the journal as a kill leaves it, or a power cut.
func (w *world) saveTo(file string) {
	w.t.Helper()
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	now := w.disk()
	if w.power != nil {
		now = w.power.fails(now)
	}
	for suffix, content := range map[string][]byte{"": now.db, "-wal": now.wal} {
		if err := os.WriteFile(file+suffix, content, 0o600); err != nil {
			w.t.Error(err)
		}
	}
}

// disk reads the journal's files; the journal's lock is held.
func (w *world) disk() (d disk) {
	w.t.Helper()
	for suffix, into := range map[string]*[]byte{"": &d.db, "-wal": &d.wal} {
		content, err := os.ReadFile(w.file + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			w.t.Error(err)
		}
		*into = content
	}
	return d
}

// truthful checks what is promised at every moment.
func (w *world) truthful() {
	w.t.Helper()
	seen := map[string]ID{}
	for _, item := range w.items() {
		src, dst := item.Source.Path.String(), item.Target.Path.String()
		if item.Type == vfs.TypeFile && item.State == Done {
			want, _ := w.here.Get(src)
			if got, ok := w.there.Get(dst); !ok || got != want {
				w.t.Errorf("row %d (%s) is falsely done", item.ID, src)
			}
		}
		if other, ok := seen[src]; ok && item.Ended.IsZero() && w.item(other).Ended.IsZero() {
			w.t.Errorf("%s is in the journal as %d and %d", src, other, item.ID)
		}
		seen[src] = item.ID
	}
	for name, id := range w.asked {
		if w.item(id).ID == 0 {
			w.t.Errorf("row %d (%s) is lost", id, name)
		}
	}
	// At every moment a target's name holds a whole file or none.
	for name, content := range w.there.Files() {
		if want, ok := w.here.Get(strings.TrimPrefix(name, "/in")); ok && content != want {
			w.t.Errorf("%s is not whole", name)
		}
	}
}

// finish lets everything end and compares the two sides.
func (w *world) finish() {
	w.t.Helper()
	w.there.Heal()
	for range 3 {
		var ids []ID
		for _, item := range w.items() {
			if item.State == Failed || item.State == Paused {
				ids = append(ids, item.ID)
			}
		}
		w.must(w.Retry(w.t.Context(), ids...))
		w.runAndKill(1 << 30)
	}
	w.truthful()
	for name, id := range w.asked {
		if got := w.item(id); got.State != Done && got.State != Skipped {
			w.t.Errorf("row %d (%s) is %s: %s", id, name, got.State, got.Message)
		}
		for file, want := range w.here.Files() {
			if file == name || strings.HasPrefix(file, name+"/") {
				if got, _ := w.there.Get("/in" + file); got != want {
					w.t.Errorf("%s did not arrive whole", file)
				}
			}
		}
	}
	for name := range w.there.Files() {
		if strings.HasSuffix(name, transfer.Suffix) {
			w.t.Errorf("%s was left", name)
		}
	}
}

// TestAKilledRunGoesOnWithItsPart: the identity in the journal is what makes
// the part worth keeping.
func TestAKilledRunGoesOnWithItsPart(t *testing.T) {
	w := &world{rig: bare(t), dice: rand.New(rand.NewPCG(1, 1)), asked: map[string]ID{}, left: -1}
	w.here.Put("/a", large, when)
	w.here.SetChunk(1 << 12)
	w.there.SetHook(w.call)
	w.reopen()
	id := w.add(up("/a"))[0]
	w.runAndKill(40)
	part, ok := w.there.Get("/in/a" + transfer.Suffix)
	if !ok || len(part) == 0 {
		t.Fatal("no part is left")
	}
	if got := w.item(id); got.State != Waiting {
		t.Errorf("right after the kill the row is %s", got.State)
	}
	before := len(w.there.Calls())
	w.drain()
	writes := 0
	for _, c := range w.there.Calls()[before:] {
		if c.Op == memfs.OpWrite {
			writes++
		}
	}
	if most := (len(large) - len(part)) >> 12; writes > most+1 {
		t.Errorf("%d writes for the rest, %d are needed", writes, most)
	}
	if got, _ := w.there.Get("/in/a"); got != large || w.item(id).State != Done {
		t.Error("the file did not arrive whole")
	}
}

// TestAScanCutOffDoublesNothing kills while a folder of more than one chunk is
// being written into the journal.
func TestAScanCutOffDoublesNothing(t *testing.T) {
	r := newDiskRig(t)
	var entries []vfs.Entry
	for i := range chunk + 10 {
		name := fmt.Sprintf("%05d", i)
		r.here.Put("/t/"+name, "", when)
		entries = append(entries, vfs.Entry{Name: name, Type: vfs.TypeFile})
	}
	top := r.add(upDir("/t"))[0]
	w, err := r.claim(t.Context(), scans, Scanning)
	r.must(err)
	r.must(r.foundSome(t.Context(), w.row, entries[:chunk], beside{}, false))
	r.forget(w)
	r.sound()
	r.must(r.recover(t.Context()))
	w, err = r.claim(t.Context(), scans, Scanning)
	r.must(err)
	if w == nil {
		t.Fatal("the folder is not read again")
	}
	r.must(r.found(t.Context(), w.row, entries, beside{}))
	r.forget(w)
	if got := r.item(top); r.rows() != chunk+11 || got.Size != chunk+10 {
		t.Errorf("%d rows, the folder counts %d", r.rows(), got.Size)
	}
}
