package queue

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// lockOf is the right to work on the journal. Who opens it holds it too, shortly.
func lockOf(file string) *flock.Flock { return flock.New(file + ".lock") }

// markOf is held by who works, and by nobody for longer who does not. What stands in
// it are the hours of who holds it (tellHours).
func markOf(file string) *flock.Flock { return flock.New(marked(file)) }

func marked(file string) string { return file + ".working" }

// lockPatience is how long Run waits for the lock, in lockStep steps: every process
// that opens the journal holds it shortly, to look for damage. The steps are short
// because a script may list the queue again and again, and would be met every time.
const (
	lockPatience = 3 * time.Second
	lockStep     = 20 * time.Millisecond
)

// Elsewhere tells whether another process, or another Queue of this one, works on
// the journal at this moment, and from when on files may begin to move there by its
// Tuning.From, zero where they may; one that only opens the journal does not work.
func (q *Queue) Elsewhere() (works bool, opensAt time.Time, err error) {
	if q.c.File == Memory || q.isRunning() {
		return false, time.Time{}, nil
	}
	mark := markOf(q.c.File)
	ok, err := mark.TryRLock() // shared: who asks does not look like who works to another who does
	if err != nil {
		return false, time.Time{}, q.s.wrap("lock queue", err)
	}
	if !ok {
		opensAt = q.toldHours()
	}
	return !ok, opensAt, mark.Close()
}

// tellHours writes the hours in which files may begin to move into the mark of this
// run, where they are others than it tells. The store's mutex is held. Who cannot read them says less; that is
// no failure of anything here.
func (q *Queue) tellHours() {
	q.mu.Lock()
	now := hours{q.tuning.From, q.tuning.Until}
	q.mu.Unlock()
	if q.c.File == Memory || now == q.told {
		return
	}
	q.told = now
	_ = os.WriteFile(marked(q.c.File), fmt.Appendf(nil, "%d %d\n", now.from/time.Second, now.until/time.Second), 0o600)
}

// toldHours is when the hours begin that another one has told; zero for now.
func (q *Queue) toldHours() time.Time {
	text, err := os.ReadFile(marked(q.c.File))
	if err != nil {
		return time.Time{}
	}
	var h hours
	if n, err := fmt.Sscanf(string(text), "%d %d\n", &h.from, &h.until); n != 2 || err != nil {
		return time.Time{} // it is being written, or tells none
	}
	if open, next := (hours{h.from * time.Second, h.until * time.Second}).at(q.clock.Now()); !open {
		return next
	}
	return time.Time{}
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
	q.s.mu.Lock()
	q.told = hours{}
	q.s.mu.Unlock()
	if q.c.File != Memory {
		_ = os.Truncate(marked(q.c.File), 0) // a killed run's hours
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
