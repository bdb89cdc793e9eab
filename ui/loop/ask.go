package loop

import (
	"context"
	"sync"
)

// Ask puts a question to the person from work that waits for the answer. show
// is called on the window's thread; it shows the question, calls reply once
// with the answer (later calls are ignored), and returns what takes the
// question away again. When ctx or the loop ends first, the question is taken
// away and the error is returned. It must not be called on the window's thread.
func Ask[T any](ctx context.Context, l *Loop, show func(reply func(T)) (dismiss func())) (T, error) {
	var (
		answer  = make(chan T, 1)
		once    sync.Once
		dismiss func() // only touched on the window's thread
		gone    bool   // only touched on the window's thread
	)
	l.Post(func() {
		if !gone {
			dismiss = show(func(v T) { once.Do(func() { answer <- v }) })
		}
	})
	var none T
	select {
	case v := <-answer:
		return v, nil
	case <-ctx.Done():
		l.Post(func() {
			gone = true
			if dismiss != nil {
				dismiss()
			}
		})
		return none, ctx.Err()
	case <-l.Done():
		return none, context.Cause(l.ctx)
	}
}
