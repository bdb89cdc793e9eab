package queue

import (
	"context"
	"time"

	"github.com/gofrs/flock"
)

func lockOf(file string) *flock.Flock { return flock.New(file + ".lock") }

// lockPatience is how long Run waits for the lock, in lockStep steps: every process
// that opens the journal holds it shortly, to look for damage. The steps are short
// because a script may list the queue again and again, and would be met every time.
const (
	lockPatience = 3 * time.Second
	lockStep     = 20 * time.Millisecond
)

// Elsewhere tells whether another process, or another Queue of this one, works on
// the journal at this moment.
func (q *Queue) Elsewhere() (bool, error) {
	if q.c.File == Memory || q.isRunning() {
		return false, nil
	}
	lock := lockOf(q.c.File)
	ok, err := lock.TryLock()
	if err != nil {
		return false, q.s.wrap("lock queue", err)
	}
	return !ok, lock.Close()
}

// Free returns nil where a Run would find nobody else at work, and ErrRunning as
// Run does: who asks a person for what a run needs learns first that there will be
// none.
func (q *Queue) Free(ctx context.Context) error {
	if q.isRunning() {
		return ErrRunning
	}
	unlock, err := q.lock(ctx)
	if err != nil {
		return err
	}
	unlock()
	return nil
}

// lock takes the right to work on the journal. The returned func gives it
// back. The lock is the system's own and ends with the process, however that
// ends.
func (q *Queue) lock(ctx context.Context) (func(), error) {
	if q.c.File == Memory {
		return func() {}, nil
	}
	lock := lockOf(q.c.File)
	for waited := time.Duration(0); ; waited += lockStep {
		ok, err := lock.TryLock()
		switch {
		case err != nil:
			return nil, q.s.wrap("lock queue", err)
		case ok:
			return func() { _ = lock.Close() }, nil
		case waited >= lockPatience:
			return nil, ErrRunning
		}
		expired, stop := q.clock.After(lockStep)
		select {
		case <-expired:
		case <-ctx.Done():
			stop()
			return nil, ErrRunning
		}
	}
}
