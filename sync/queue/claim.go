package queue

import (
	"context"
	"slices"
	"time"

	"wherry/sync/transfer"
)

// occupied is how long a row waits whose target another one is writing.
const occupied = time.Second

// claim takes the next row into this process's hands; nil for none. It
// registers the row before the journal's lock is free, so that whoever changes
// the row from then on finds who works on it.
func (q *Queue) claim(ctx context.Context, from line, as State) (*work, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return nil, err
	}
	q.pollLocked(ctx)
	if as != removing && (q.isHeld() || !q.isOpen()) {
		return nil, nil
	}
	for {
		next, err := q.first(ctx, from)
		if err != nil || next == nil {
			return nil, q.judgeLocked(err)
		}
		w := &work{row: *next, names: next.writes()}
		if q.isOccupied(w.row) {
			if err := q.postpone(ctx, w.row.ID); err != nil {
				return nil, err
			}
			continue
		}
		w.light = as == Active && q.isLight(w.row)
		if !w.light {
			taken, err := q.mark(ctx, w.row, as)
			if err != nil {
				return nil, err
			}
			if !taken { // another process was faster with a pause
				q.changed()
				continue
			}
		}
		w.row.State = as
		q.heedRefusal(w.row)
		q.register(w)
		return w, nil
	}
}

// register notes that this process works on a row.
func (q *Queue) register(w *work) {
	w.counter.Total.Store(w.row.Size)
	w.counter.Done.Store(w.row.Done)
	w.counter.Part.Store(w.row.Done)
	q.mu.Lock()
	defer q.mu.Unlock()
	w.kept, w.summed = w.row.Done, w.row.Done
	q.running[w.row.ID] = w
	q.seq++
	q.stale = true
	ring(&q.bells.any)
}

// mark writes into the journal that a row is worked on; false where it is not
// what it was any more.
func (q *Queue) mark(ctx context.Context, r row, as State) (taken bool, err error) {
	err = q.writeQuietly(ctx, cheap, func() error {
		n, err := q.s.exec(ctx, `UPDATE rows SET state = ? WHERE id = ? AND state = ?`, string(as), int64(r.ID), string(r.State))
		taken = n == 1
		return err
	})
	return taken, err
}

// adopt gives w what stops it. A row that was taken away between is stopped
// at once.
func (q *Queue) adopt(w *work, cancel context.CancelCauseFunc) {
	q.mu.Lock()
	defer q.mu.Unlock()
	w.cancel = cancel
	if w.taken {
		cancel(errTaken)
	}
}

func (q *Queue) isHeld() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held
}

// isOccupied says whether another row in work has the same target: two would
// write one part file. It also keeps a row from being taken again before the
// last work on it ended.
func (q *Queue) isOccupied(r row) bool {
	names := r.writes()
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, w := range q.running {
		if w.row.ID == r.ID || !w.ended && w.row.Type == r.Type && w.row.Target.Site == r.Target.Site && w.meetsLocked(names) {
			return true
		}
	}
	return false
}

// writes are the names, as alike has them, of which a row in work may write a part.
func (r row) writes() []string {
	if r.arrive == ArriveLook {
		return nil // it is given back before
	}
	return likes(r.Target.Path, r.chosen)
}

// meetsLocked says whether w may write a part of one of names. Those that
// differ in case or normal form only are one name on some disks, and nobody has
// said yet on which.
func (w *work) meetsLocked(names []string) bool {
	return slices.ContainsFunc(w.names, func(mine string) bool { return slices.Contains(names, mine) })
}

func (q *Queue) postpone(ctx context.Context, id ID) error {
	return q.writeLocked(ctx, cheap, func() error {
		_, err := q.s.exec(ctx, `UPDATE rows SET next_try = ? WHERE id = ?`, nanos(q.clock.Now().Add(occupied)), int64(id))
		return err
	})
}

// withRule gives rows that would ask what a person answered for all of their
// job.
func (q *Queue) withRule(ctx context.Context, rows []row) error {
	answered := map[ID]transfer.Rule{}
	for i := range rows {
		r := &rows[i]
		if r.Exists != transfer.Ask {
			continue
		}
		rule, ok := answered[r.job]
		if !ok {
			var err error
			if rule, err = q.jobRule(ctx, r.job); err != nil {
				return err
			}
			answered[r.job] = rule
		}
		r.Exists = rule
	}
	return nil
}
