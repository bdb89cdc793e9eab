package queue

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"wherry/sync/vfs"
)

// Why work was stopped; each is the cause of a cancelled context.
var (
	errShutdown = errors.New("the queue is closing")
	errDrained  = errors.New("nothing is left to do")
	errTaken    = errors.New("the row was paused, held or removed")
)

// setBack is by how much a clock is set back where that counts: one that is kept
// right goes back by less all the time.
const setBack = 5 * time.Second

// Run works on the queue until ctx ends, and then returns nil with every
// goroutine it started ended and every row it had begun waiting again, its
// part kept. It returns ErrRunning where somebody else works on this journal,
// some seconds later (lockPatience), and another error when the journal itself cannot be written (a full disk);
// then nothing is marked done that was not.
func (q *Queue) Run(ctx context.Context) error { return q.run(ctx, false) }

// Drain is Run that also returns when nothing is left that could go on by
// itself: rows that failed, are paused, or ask with nobody there do not
// count, nor does anything while the queue is held.
func (q *Queue) Drain(ctx context.Context) error { return q.run(ctx, true) }

func (q *Queue) run(ctx context.Context, drain bool) error {
	if q.isRunning() {
		return ErrRunning
	}
	unlock, err := q.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	parent := ctx
	ctx, stop := context.WithCancelCause(parent)
	defer stop(errShutdown)
	if err := q.begin(stop); err != nil {
		return err
	}
	defer q.end()
	if err := q.recover(ctx); err != nil {
		if inOrder(ctx) || parent.Err() != nil {
			return nil
		}
		return err
	}

	journal := q.work(ctx, drain, stop)
	switch {
	case journal != nil:
		return journal
	case inOrder(ctx), parent.Err() != nil:
		return nil
	}
	return context.Cause(ctx)
}

// work does all that a run does, until ctx ends, which stop has happen. It
// returns an error that the settler met: what ended then could not be written.
func (q *Queue) work(ctx context.Context, drain bool, stop context.CancelCauseFunc) (journal error) {
	var crew, settler sync.WaitGroup
	start := func(work func(context.Context) error) {
		crew.Go(func() {
			if err := work(ctx); err != nil && ctx.Err() == nil {
				stop(err)
			}
		})
	}
	// The settler outlives the crew: what they ended with is still written.
	last := make(chan struct{})
	settler.Go(func() {
		if journal = q.settle(ctx, last); journal != nil {
			stop(journal)
		}
	})
	for n := range MaxWorkers {
		start(func(ctx context.Context) error { return q.worker(ctx, n) })
	}
	for range scanners {
		start(q.scanner)
	}
	for _, work := range []func(context.Context) error{q.sweeper, q.trimmer, q.sampler} {
		start(work)
	}
	start(func(ctx context.Context) error { return q.coordinate(ctx, drain) })
	if q.c.Ask != nil {
		start(q.asker)
	}
	crew.Wait()
	close(last)
	settler.Wait()
	return journal
}

// inOrder says whether a run was ended by its caller or by having nothing
// left, and not by an error.
func inOrder(ctx context.Context) bool {
	cause := context.Cause(ctx)
	for _, end := range []error{errDrained, errShutdown, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(cause, end) {
			return true
		}
	}
	return false
}

func (q *Queue) isRunning() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.stop != nil
}

// begin notes that this process works on the queue.
func (q *Queue) begin(stop func(error)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return &vfs.Error{Op: "run queue", Path: q.c.File, Kind: vfs.KindCancelled, Reply: "the queue is closed"}
	case q.stop != nil:
		return ErrRunning
	}
	q.stop, q.stopped, q.deaf = stop, make(chan struct{}), false
	clear(q.wayMade)
	q.parts = parts{of: map[Place]ID{}}
	return nil
}

func (q *Queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	// A run that ended for a broken journal leaves rows here that could not
	// be settled; the next one finds them in the journal.
	clear(q.running)
	q.notes, q.unsettled = nil, 0
	q.stop = nil
	close(q.stopped)
}

// recover sends back what a killed process had begun. What stands in the
// rows about parts stays, so that they are resumed. Folders whose content is
// in the journal go on as they are.
func (q *Queue) recover(ctx context.Context) error {
	return q.write(ctx, durable, func() error {
		if err := q.recoverHand(ctx); err != nil {
			return err
		}
		if err := q.s.sendBack(ctx); err != nil {
			return err
		}
		if err := q.askPasswordsAgain(ctx); err != nil {
			return err
		}
		if err := q.forgetSkips(ctx); err != nil {
			return err
		}
		if _, err := q.s.exec(ctx, dropSizes); err != nil {
			return err
		}
		q.sized = false
		_, err := q.s.exec(ctx, `DELETE FROM jobs WHERE id NOT IN (SELECT job FROM rows)`)
		if err != nil {
			return err
		}
		_, err = q.s.exec(ctx, `DELETE FROM sites WHERE site NOT IN (SELECT src_site FROM rows WHERE ended = 0 UNION SELECT dst_site FROM rows WHERE ended = 0)`)
		return err
	})
}

// coordinate wakes rows whose time came, notices what others wrote, and ends
// a Drain.
func (q *Queue) coordinate(ctx context.Context, drain bool) error {
	for {
		bell := q.bellOf(whenLoud)
		wait, err := q.lookAround(ctx)
		if err != nil {
			return err
		}
		if drain && q.drained() {
			return errDrained
		}
		expired, stop := q.clock.After(wait)
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-bell:
			stop()
		case <-expired:
		}
	}
}

// lookAround does what time and other processes ask for, and returns how long
// nothing of that kind can happen.
func (q *Queue) lookAround(ctx context.Context) (time.Duration, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.refreshLocked(ctx); err != nil {
		return 0, err
	}
	q.mu.Lock()
	foreign := q.foreign
	q.foreign = false
	q.mu.Unlock()
	if foreign {
		if err := q.reconcileLocked(ctx); err != nil {
			return 0, err
		}
	}
	if err := q.keepLong(ctx); err != nil {
		return 0, err
	}
	q.keepProgress(ctx)
	wait := time.Hour
	if q.c.File != Memory {
		wait = pollEvery
	}
	now := q.clock.Now()
	if err := q.heedClock(ctx, now); err != nil {
		return 0, err
	}
	q.tellHours()
	if next := q.watchHours(now); !next.IsZero() {
		wait = min(wait, next.Sub(now))
	}
	next, err := q.nextDue(ctx)
	if err != nil {
		return 0, err
	}
	if !next.IsZero() {
		wait = min(wait, next.Sub(now))
	}
	if wait <= 0 {
		if err := q.wakeDue(ctx, now); err != nil {
			return 0, err
		}
		wait = 0
	}
	return wait, q.refreshLocked(ctx)
}

// heedClock has what waits for another attempt be due where the clock was set back
// by more than a little: the waits would be longer by that, hours where a computer
// learns only then which zone its own clock shows. A time that a person set stays.
func (q *Queue) heedClock(ctx context.Context, now time.Time) error {
	now = now.Round(0) // what it shows
	before := q.lookedAt
	q.lookedAt = now
	if before.Sub(now) < setBack {
		return nil
	}
	return q.writeLocked(ctx, cheap, func() error {
		for _, due := range []string{
			`UPDATE rows SET next_try = not_before WHERE next_try > 0 AND next_try > not_before`, `UPDATE sites SET next_try = 0 WHERE next_try > 0`,
		} {
			if _, err := q.s.exec(ctx, due); err != nil {
				return err
			}
		}
		return nil
	})
}

// nextDue is when the next row or site may be tried again, zero for none.
func (q *Queue) nextDue(ctx context.Context) (time.Time, error) {
	var next sql.NullInt64
	err := q.s.row(ctx, `SELECT min(next_try) FROM (SELECT min(next_try) AS next_try FROM rows INDEXED BY rows_later WHERE next_try > 0
		UNION ALL SELECT min(next_try) FROM sites WHERE next_try > 0)`).Scan(&next)
	return fromNanos(next.Int64), q.judgeLocked(q.s.wrap(journalOp, err))
}

func (q *Queue) wakeDue(ctx context.Context, now time.Time) error {
	return q.writeLocked(ctx, cheap, func() error {
		for _, due := range []string{
			`UPDATE rows SET next_try = 0 WHERE next_try > 0 AND next_try <= ?`, `UPDATE sites SET next_try = 0 WHERE next_try > 0 AND next_try <= ?`,
		} {
			if _, err := q.s.exec(ctx, due, nanos(now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// drained says whether nothing is left that could go on by itself. The
// counts are those lookAround has just read.
func (q *Queue) drained() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.stale, len(q.running) > 0, len(q.notes) > 0, q.settling:
		return false
	case q.c.Ask != nil && q.askedAt != q.loud:
		return false
	case q.held:
		return true
	}
	return q.counts.rows[Waiting] == 0 && q.counts.removing == 0
}
