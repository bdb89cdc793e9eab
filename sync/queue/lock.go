package queue

import (
	"context"
	"time"

	"github.com/gofrs/flock"
)

// lockOf is the right to work on the journal. Who opens it holds it too, shortly.
func lockOf(file string) *flock.Flock { return flock.New(file + ".lock") }

// markOf is held by who works, and by nobody for longer who does not.
func markOf(file string) *flock.Flock { return flock.New(file + ".working") }

// lockPatience is how long Run waits for the lock, in lockStep steps: every process
// that opens the journal holds it shortly, to look for damage. The steps are short
// because a script may list the queue again and again, and would be met every time.
const (
	lockPatience = 3 * time.Second
	lockStep     = 20 * time.Millisecond
)

// Elsewhere tells whether another process, or another Queue of this one, works on
// the journal at this moment; one that only opens it does not.
func (q *Queue) Elsewhere() (bool, error) {
	if q.c.File == Memory || q.isRunning() {
		return false, nil
	}
	mark := markOf(q.c.File)
	ok, err := mark.TryRLock() // shared: who asks does not look like who works to another who does
	if err != nil {
		return false, q.s.wrap("lock queue", err)
	}
	return !ok, mark.Close()
}

// Free returns nil where a Run would find nobody else at work, and ErrRunning as
// Run does: who asks a person for what a run needs learns first that there will be
// none.
func (q *Queue) Free(ctx context.Context) error {
	if q.isRunning() {
		return ErrRunning
	}
	unlock, err := q.acquire(ctx, lockOf(q.c.File))
	if err != nil {
		return err
	}
	unlock()
	return nil
}

// lock takes the right to work on the journal, and tells that to whoever asks. The
// returned func gives it back. The locks are the system's own and end with the process,
// however that ends.
func (q *Queue) lock(ctx context.Context) (func(), error) {
	unlock, err := q.acquire(ctx, lockOf(q.c.File))
	if err != nil {
		return nil, err
	}
	unmark, err := q.acquire(ctx, markOf(q.c.File)) // free, but for those that ask just now
	if err != nil {
		unlock()
		return nil, err
	}
	return func() {
		unmark()
		unlock()
	}, nil
}

func (q *Queue) acquire(ctx context.Context, lock *flock.Flock) (func(), error) {
	if q.c.File == Memory {
		return func() {}, nil
	}
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
