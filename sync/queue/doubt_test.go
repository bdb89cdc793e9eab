package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs/memfs"
)

// TestAPowerCutIsKnownBehindRowsForLater: what was begun is in doubt also where
// many rows come before it that only wait for their time.
func TestAPowerCutIsKnownBehindRowsForLater(t *testing.T) {
	w := &world{rig: bare(t), dice: rand.New(rand.NewPCG(1, 1)), asked: map[string]ID{}, left: -1}
	w.power = &power{dice: rand.New(rand.NewPCG(1, 1)), all: true}
	w.here.Put("/f", "content", when)
	w.there.SetHook(func(context.Context, memfs.Call) error {
		w.power.mu.Lock()
		defer w.power.mu.Unlock()
		w.power.call = w.power.disk
		return nil
	})
	w.reopen()
	var requests []Request
	for i := range doubted {
		later := up(fmt.Sprint("/later-", i))
		later.NotBefore = w.clock.Now().AddDate(1, 0, 0)
		requests = append(requests, later)
	}
	now := up("/f")
	now.Exists = transfer.Skip
	ids := w.add(append(requests, now)...)
	id := ids[len(ids)-1]
	w.promise()
	stop := w.start()
	w.await("end", func() bool { return w.item(id).State == Done })
	stop()
	w.backTo(w.power.call)
	stop = w.start()
	w.await("end", func() bool { return isEnd(w.item(id).State) })
	stop()
	if got := w.item(id); got.State != Done {
		t.Errorf("it is %s: %s", got.State, got.Message)
	}
}

// TestAPowerCutKnowsAllThatEnded before the settler came to write it down: as many
// files as may gather, beside those that move.
func TestAPowerCutKnowsAllThatEnded(t *testing.T) {
	w := &world{rig: bare(t), dice: rand.New(rand.NewPCG(1, 1)), asked: map[string]ID{}, left: -1}
	w.power = &power{dice: rand.New(rand.NewPCG(1, 1)), all: true}
	reached, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.Queue = w.open(func(c *Config) {
		w.onDisk(c)
		c.Tuning.Workers = MaxWorkers
		c.OnEvent = func(e Event) {
			if e.Type == EventDone {
				once.Do(func() { close(reached) })
				<-release
			}
		}
	})
	w.plugIn()
	var off atomic.Bool
	w.there.SetHook(func(context.Context, memfs.Call) error {
		if off.Load() {
			return context.Canceled
		}
		return nil
	})
	var requests []Request
	for i := range 3 * maxNotes {
		name := fmt.Sprint("/f", i)
		w.here.Put(name, "x", when)
		request := small(name)
		request.Exists = transfer.Skip
		requests = append(requests, request)
	}
	w.add(requests...)
	w.promise()
	stop := w.start()
	<-reached
	for full := false; !full; {
		bell := w.bellOf(atNote)
		w.Queue.mu.Lock()
		full = len(w.notes) >= maxNotes
		w.Queue.mu.Unlock()
		if !full {
			<-bell
		}
	}
	w.power.mu.Lock()
	synced := w.power.disk
	w.power.mu.Unlock()
	off.Store(true)
	close(release)
	stop()
	off.Store(false)
	w.backTo(synced)
	w.drain()
	for _, item := range w.items() {
		if item.State != Done {
			t.Errorf("%s is %s: %s", item.Source.Path, item.State, item.Message)
		}
	}
}
