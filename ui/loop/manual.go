package loop

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Manual is a Loop that a test cranks by hand: the test's goroutine is the
// window's thread, and time moves only in Advance.
type Manual struct {
	*Loop
	queue *queue
	hand  *hand
}

// NewManual returns a Loop for tests that ends with ctx or Close.
func NewManual(ctx context.Context) *Manual {
	q := &queue{arrived: make(chan struct{}, 1)}
	h := &hand{time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	return &Manual{Loop: newLoop(ctx, q.add, h), queue: q, hand: h}
}

// Run applies everything that waits for the window's thread, and what that
// queues in turn, and returns how many functions those were.
func (m *Manual) Run() int {
	ran := 0
	for {
		f := m.queue.take()
		if f == nil {
			return ran
		}
		f()
		ran++
	}
}

// Settle runs until the loop is idle: all work ended, all answers applied. It
// returns ctx's error when that does not come about.
func (m *Manual) Settle(ctx context.Context) error {
	for {
		m.Run()
		m.mu.Lock()
		pending, changed := m.pending, m.changed
		m.mu.Unlock()
		if pending == 0 {
			return nil
		}
		select {
		case <-m.queue.arrived:
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Advance moves the time on by d, fires what falls due in its order, and runs
// what waits for the window's thread after each.
func (m *Manual) Advance(d time.Duration) {
	until := m.hand.now().Add(d)
	for {
		fire := m.hand.next(until)
		if fire == nil {
			break
		}
		fire()
		m.Run()
	}
}

// Tick does one tick of the snapshot ticker, paints, and returns how often the
// window's thread was entered.
func (m *Manual) Tick() int {
	m.tick()
	return m.Run()
}

// queue stands for the window's thread.
type queue struct {
	arrived chan struct{} // a token while something may wait

	mu    sync.Mutex
	funcs []func() // guarded
}

func (q *queue) add(f func()) {
	q.mu.Lock()
	q.funcs = append(q.funcs, f)
	q.mu.Unlock()
	select {
	case q.arrived <- struct{}{}:
	default:
	}
}

func (q *queue) take() func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.funcs) == 0 {
		return nil
	}
	f := q.funcs[0]
	q.funcs = q.funcs[1:]
	return f
}

// hand is a clock that a test moves.
type hand struct {
	mu     sync.Mutex
	time   time.Time // guarded
	alarms []*alarm  // guarded; in the order they were set
}

type alarm struct {
	at   time.Time
	fire func()
}

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time
}

func (h *hand) schedule(_ *Loop, d time.Duration, fire func()) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := &alarm{at: h.time.Add(d), fire: fire}
	h.alarms = append(h.alarms, a)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.alarms = slices.DeleteFunc(h.alarms, func(other *alarm) bool { return other == a })
	}
}

// next moves the time to the earliest alarm not after until and takes it out;
// without one it moves it to until and returns nil.
func (h *hand) next(until time.Time) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	var first *alarm
	for _, a := range h.alarms {
		if !a.at.After(until) && (first == nil || a.at.Before(first.at)) {
			first = a
		}
	}
	if first == nil {
		h.time = until
		return nil
	}
	h.alarms = slices.DeleteFunc(h.alarms, func(a *alarm) bool { return a == first })
	h.time = first.at
	return first.fire
}
