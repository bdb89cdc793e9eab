// Package loop is the one door to the window's thread.
//
// It exists because Fyne may only be touched from its own thread while
// everything that takes time must not run there. A view hands work in with Go
// or Latest; the work runs elsewhere and returns a function that is applied on
// the window's thread. Counters reach the screen through Sample, one hop to
// the thread per tick for all views together. Nothing else in the program
// calls fyne.Do.
//
// The package knows no widget: Manual, the variant for tests, needs neither a
// window nor a clock.
package loop

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// Period is the time between two ticks. Five a second look alive; every one
// more costs a repaint of the whole window.
const Period = 200 * time.Millisecond

// Work is done off the window's thread. It ends soon after ctx is done. The
// function it returns (nil for none) is applied on the window's thread.
type Work func(ctx context.Context) (apply func())

// Loop runs work and brings answers to the window's thread. Its methods may be
// called from any goroutine, the window's own included, and never wait unless
// they say so.
type Loop struct {
	post  func(func()) // fixed; queues a function for the window's thread
	clock clock        // fixed

	ctx     context.Context    // fixed; done when Close begins
	cancel  context.CancelFunc // fixed
	running sync.WaitGroup

	mu      sync.Mutex
	closed  bool                       // guarded
	pending int                        // guarded; work running and answers not applied
	changed chan struct{}              // guarded; closed and renewed when pending falls to zero
	newest  map[any]context.CancelFunc // guarded; by key, the ticket that counts
	tickets map[any]uint64             // guarded; by key, its number
	number  uint64                     // guarded; of the last ticket given out
	watches []*Watch                   // guarded
	ticking bool                       // guarded; a tick's paints wait for the thread
}

// clock is what time is to a Loop: the real one, or a test's own.
type clock interface {
	now() time.Time
	// schedule calls fire once after d unless the returned function was
	// called before, or the loop ended.
	schedule(l *Loop, d time.Duration, fire func()) (stop func())
}

// New starts a Loop that ends with ctx or Close. post queues a function for
// the window's thread and returns at once; nil means fyne.Do.
func New(ctx context.Context, post func(func())) *Loop {
	if post == nil {
		post = fyne.Do
	}
	l := newLoop(ctx, post, wall{})
	l.running.Add(1)
	go l.tickUntilDone()
	return l
}

func newLoop(ctx context.Context, post func(func()), c clock) *Loop {
	ctx, cancel := context.WithCancel(ctx)
	return &Loop{
		post: post, clock: c, ctx: ctx, cancel: cancel,
		changed: make(chan struct{}),
		newest:  map[any]context.CancelFunc{}, tickets: map[any]uint64{},
	}
}

// Now is the loop's time: the real one, or the test's.
func (l *Loop) Now() time.Time { return l.clock.now() }

// Go runs work. It is registered before it starts, so Close waits for it and
// Idle sees it from the moment Go returned. After Close began nothing is
// started.
func (l *Loop) Go(work Work) {
	if l.begin() {
		go l.run(l.ctx, work, nil)
	}
}

// Start is Go for work that can be called off: the returned function cancels
// the work's ctx. The answer is applied all the same, since it tells how far
// the work came.
func (l *Loop) Start(work Work) (cancel func()) {
	if !l.begin() {
		return func() {}
	}
	ctx, cancel := context.WithCancel(l.ctx)
	go func() {
		defer cancel()
		l.run(ctx, work, nil)
	}()
	return cancel
}

// Latest is Go for work whose answer only counts until a newer one with the
// same key is asked for: the older work's ctx is cancelled and its answer,
// should it still come, is never applied. key is any comparable value; a
// pointer of the caller's own keeps two views apart.
func (l *Loop) Latest(key any, work Work) {
	if !l.begin() {
		return
	}
	ctx, cancel := context.WithCancel(l.ctx)
	l.mu.Lock()
	l.dropLocked(key)
	l.number++
	ticket := l.number
	l.newest[key], l.tickets[key] = cancel, ticket
	l.mu.Unlock()
	go func() {
		defer cancel()
		l.run(ctx, work, func() bool { return l.redeem(key, ticket) })
	}()
}

// Drop cancels the work that Latest runs for key and forgets its answer.
// Nothing to drop is no error.
func (l *Loop) Drop(key any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropLocked(key)
}

// Busy says whether an answer for key is still awaited.
func (l *Loop) Busy(key any) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.newest[key] != nil
}

// Post queues apply for the window's thread.
func (l *Loop) Post(apply func()) {
	if l.begin() {
		l.running.Done()
		l.deliver(apply, nil)
	}
}

// After applies a function on the window's thread once d has passed. The
// returned function prevents that when called on the window's thread before.
// A waiting After does not keep the loop from being idle.
func (l *Loop) After(d time.Duration, apply func()) (stop func()) {
	stopped := false // only read and written on the window's thread
	end := l.clock.schedule(l, d, func() {
		l.Post(func() {
			if !stopped {
				apply()
			}
		})
	})
	return func() {
		stopped = true
		end()
	}
}

// Close cancels all work, waits until it has ended, and applies no answer any
// more. It may be called on the window's thread, and more than once.
func (l *Loop) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.running.Wait()
}

// Done is closed when the loop ends.
func (l *Loop) Done() <-chan struct{} { return l.ctx.Done() }

// Idle says whether no work runs and no answer waits to be applied.
func (l *Loop) Idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pending == 0
}

// WaitIdle waits until Idle, or returns ctx's error. It must not be called on
// the window's thread, which it may be waiting for.
func (l *Loop) WaitIdle(ctx context.Context) error {
	for {
		l.mu.Lock()
		pending, changed := l.pending, l.changed
		l.mu.Unlock()
		if pending == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// begin registers one piece of work; false once the loop has ended. The
// caller then owes l.running.Done and one l.ended.
func (l *Loop) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.ctx.Err() != nil {
		return false
	}
	l.running.Add(1)
	l.pending++
	return true
}

func (l *Loop) run(ctx context.Context, work Work, redeem func() bool) {
	defer l.running.Done()
	l.deliver(work(ctx), redeem)
}

// deliver brings an answer to the window's thread. redeem, asked there, says
// whether it still counts; nil means always.
func (l *Loop) deliver(apply func(), redeem func() bool) {
	if l.ctx.Err() != nil || apply == nil && redeem == nil {
		l.ended()
		return
	}
	l.post(func() {
		defer l.ended()
		if l.ctx.Err() != nil || redeem != nil && !redeem() || apply == nil {
			return
		}
		apply()
	})
}

func (l *Loop) ended() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending--
	if l.pending == 0 {
		close(l.changed)
		l.changed = make(chan struct{})
	}
}

// redeem says whether the ticket is the newest for key, and uses it up.
func (l *Loop) redeem(key any, ticket uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tickets[key] != ticket {
		return false
	}
	l.dropLocked(key)
	return true
}

func (l *Loop) dropLocked(key any) {
	if cancel := l.newest[key]; cancel != nil {
		cancel()
	}
	delete(l.newest, key)
	delete(l.tickets, key)
}
