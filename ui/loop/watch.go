package loop

import (
	"sync/atomic"
	"time"
)

// Watch is one view's subscription to the ticker.
type Watch struct {
	loop   *Loop
	hidden atomic.Bool
	take   func() (paint func())
}

// Sample subscribes a view to the ticker. At each tick, unless the view is
// hidden, take is called off the window's thread; it returns an immutable
// value and whether anything changed since it was last called. When so, paint
// gets the value on the window's thread, together with the paints of all other
// views in one hop. take must be quick: all views wait for it.
//
// While the thread is too busy to paint, no sample is taken, so values never
// pile up.
func Sample[T any](l *Loop, take func() (value T, changed bool), paint func(T)) *Watch {
	w := &Watch{loop: l, take: func() func() {
		value, changed := take()
		if !changed {
			return nil
		}
		return func() { paint(value) }
	}}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watches = append(l.watches, w)
	return w
}

// SetVisible tells whether the view can be seen. A hidden one is not sampled;
// what changed meanwhile is seen at the first tick after it is shown again.
func (w *Watch) SetVisible(visible bool) { w.hidden.Store(!visible) }

// Stop ends the subscription. A paint already on its way still comes.
func (w *Watch) Stop() {
	w.loop.mu.Lock()
	defer w.loop.mu.Unlock()
	kept := make([]*Watch, 0, len(w.loop.watches))
	for _, other := range w.loop.watches {
		if other != w {
			kept = append(kept, other)
		}
	}
	w.loop.watches = kept
}

func (l *Loop) tickUntilDone() {
	defer l.running.Done()
	ticker := time.NewTicker(Period)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			l.tick()
		case <-l.ctx.Done():
			return
		}
	}
}

// tick samples every visible view and paints what changed in one hop.
func (l *Loop) tick() {
	l.mu.Lock()
	watches, ticking := l.watches, l.ticking
	l.mu.Unlock()
	if ticking {
		return
	}
	var paints []func()
	for _, w := range watches {
		if w.hidden.Load() {
			continue
		}
		if paint := w.take(); paint != nil {
			paints = append(paints, paint)
		}
	}
	if len(paints) == 0 {
		return
	}
	l.setTicking(true)
	l.Post(func() {
		l.setTicking(false)
		for _, paint := range paints {
			paint()
		}
	})
}

func (l *Loop) setTicking(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ticking = on
}

// wall is the real clock.
type wall struct{}

func (wall) now() time.Time { return time.Now() }

func (wall) schedule(l *Loop, d time.Duration, fire func()) func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.ctx.Err() != nil {
		return func() {}
	}
	l.running.Add(1)
	stop := make(chan struct{})
	go func() {
		defer l.running.Done()
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			fire()
		case <-stop:
		case <-l.ctx.Done():
		}
	}()
	var stopped atomic.Bool
	return func() {
		if stopped.CompareAndSwap(false, true) {
			close(stop)
		}
	}
}
