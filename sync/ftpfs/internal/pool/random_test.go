package pool

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wherry/sync/vfs"
)

// world is a server with people around it who do whatever they like; after
// each step the invariants of the package comment must hold.
type world struct {
	t         *testing.T
	s         *server
	p         *Pool[*fake]
	transfers int
	rnd       *rand.Rand
	people    sync.WaitGroup

	mu      sync.Mutex
	leases  []*Lease[*fake]
	streams int
}

func TestAnyOrderOfEventsKeepsTheInvariants(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{t: t, rnd: rand.New(rand.NewPCG(seed, 1))}
				w.transfers = 1 + w.rnd.IntN(5)
				w.s, w.p = setup(t, w.transfers)
				if seed%2 == 1 {
					w.p.config.KeepAlive = 30 * time.Second
				}
				if w.rnd.IntN(2) == 0 {
					w.s.bears = 1 + w.rnd.IntN(6)
				}
				for range 150 {
					w.step()
					synctest.Wait()
					w.check()
				}
				w.end()
			})
		})
	}
}

func (w *world) step() {
	switch w.rnd.IntN(13) {
	case 0, 1, 2, 3:
		w.ask(Use(w.rnd.IntN(4)), time.Duration(w.rnd.IntN(100))*time.Second)
	case 4, 5, 6:
		if l := w.pick(); l != nil {
			l.Release()
		}
	case 7:
		if l := w.pick(); l != nil {
			l.Session().set(func() { l.Session().down = true })
			l.Release()
		}
	case 8:
		w.s.restart()
	case 9:
		w.s.set(func() {
			w.s.refuse = []error{nil, nil, kind(vfs.KindBusy), kind(vfs.KindLogin), kind(vfs.KindRefused)}[w.rnd.IntN(5)]
		})
	case 10:
		w.p.Reset()
	case 11:
		<-time.After(time.Duration(w.rnd.IntN(120)) * time.Second)
	case 12:
		w.p.Expect(w.t.Context(), w.rnd.IntN(7))
	}
}

// ask acquires in a goroutine, and loses patience after a while.
func (w *world) ask(use Use, patience time.Duration) {
	w.people.Go(func() {
		ctx, cancel := context.WithTimeout(w.t.Context(), patience)
		defer cancel()
		l, err := w.p.Acquire(ctx, use)
		if err != nil {
			return
		}
		f := l.Session()
		f.set(func() {
			if f.held++; f.held != 1 || f.down {
				w.t.Errorf("a session is lent %d times, down: %v", f.held, f.down)
			}
		})
		w.mu.Lock()
		defer w.mu.Unlock()
		w.leases = append(w.leases, l)
		if use&Transfer != 0 {
			w.streams++
		}
	})
}

// pick takes a random lease out of the hands of whoever has it.
func (w *world) pick() *Lease[*fake] {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.leases) == 0 {
		return nil
	}
	i := w.rnd.IntN(len(w.leases))
	l := w.leases[i]
	w.leases = append(w.leases[:i], w.leases[i+1:]...)
	if l.use&Transfer != 0 {
		w.streams--
	}
	f := l.Session()
	f.set(func() { f.held-- })
	return l
}

func (w *world) check() {
	w.t.Helper()
	open, _, _ := w.s.count()
	stats := w.p.Stats()
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case open > w.transfers+1:
		w.t.Fatalf("%d sessions are open, %d are allowed", open, w.transfers+1)
	case w.streams > w.transfers:
		w.t.Fatalf("%d transfers, %d are allowed", w.streams, w.transfers)
	case stats.Limit < 1 || stats.Limit > w.transfers+1:
		w.t.Fatalf("limit %d", stats.Limit)
	case stats.Sessions != open:
		w.t.Fatalf("stats say %d, %d are open", stats.Sessions, open)
	}
}

// end lets the server answer again: whoever still waits must be served once
// all leases are given back, so that nobody was forgotten.
func (w *world) end() {
	w.s.set(func() { w.s.refuse = nil })
	w.p.Reset()
	for l := w.pick(); l != nil; l = w.pick() {
		l.Release()
		synctest.Wait()
	}
	w.people.Wait()
	for l := w.pick(); l != nil; l = w.pick() {
		l.Release()
	}
	synctest.Wait()
	w.check()
	acquire(w.t, w.p, Transfer).Release()
	acquire(w.t, w.p, Browse).Release()
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	if w.p.streams != 0 || w.p.dialing != 0 || len(w.p.waiters) != 0 || len(w.p.pending) != 0 {
		w.t.Errorf("left behind: streams %d, dialing %d, waiters %d, pending %d", w.p.streams, w.p.dialing, len(w.p.waiters), len(w.p.pending))
	}
}
