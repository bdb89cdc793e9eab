package queue

import (
	"context"
	"time"
)

const (
	// trimEvery is how often old rows are looked for.
	trimEvery = time.Hour
	// trimChunk is how many rows one look reads, and one write takes off the
	// queue: a few milliseconds for which others wait.
	trimChunk = 250
)

// trimmer takes rows off the queue that were done or skipped long ago, or more
// recently than Tuning.KeepRows others, in jobs of which nothing is left to do.
// Failed ones stay until a person has seen to them.
func (q *Queue) trimmer(ctx context.Context) error {
	if q.c.File == Memory {
		return nil // it is one run's
	}
	for {
		q.mu.Lock()
		tuned, t := q.tuned, q.tuning
		q.mu.Unlock()
		if err := q.trim(ctx, t); err != nil {
			return err
		}
		again, stop := q.clock.After(trimEvery)
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-again:
		case <-tuned:
			stop()
		}
	}
}

// endedAt is a place in the order in which rows came to their end.
type endedAt struct {
	when int64
	id   ID
}

// trim looks through the old rows until there is nothing more to take: a folder
// goes after what is in it.
func (q *Queue) trim(ctx context.Context, t Tuning) error {
	last, err := q.trimUntil(ctx, t)
	for err == nil && ctx.Err() == nil {
		gone := 0
		for from, done := (endedAt{}), false; err == nil && !done && ctx.Err() == nil; {
			var n int
			from, n, done, err = q.trimSome(ctx, from, last)
			gone += n
		}
		if gone == 0 {
			break
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// trimUntil is when the newest row ended that is too much.
func (q *Queue) trimUntil(ctx context.Context, t Tuning) (int64, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return 0, err
	}
	var when int64
	err := q.s.row(ctx, `SELECT ended FROM rows INDEXED BY rows_ended WHERE ended > 0 ORDER BY ended DESC LIMIT 1 OFFSET ?`, t.KeepRows).Scan(&when)
	if err != nil && !isNoRow(err) {
		return 0, q.judgeLocked(q.s.wrap(journalOp, err))
	}
	return max(when, nanos(q.clock.Now().Add(-t.KeepEnded))), nil
}

// trimSome looks at the rows that ended next, up to last, and takes those off
// the queue that may go; done tells that there are no more to look at.
func (q *Queue) trimSome(ctx context.Context, from endedAt, last int64) (next endedAt, gone int, done bool, err error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return from, 0, true, err
	}
	old, err := q.list(ctx, `SELECT `+columns+` FROM rows WHERE id IN (
		SELECT id FROM rows INDEXED BY rows_ended WHERE ended > 0 AND (ended, id) > (?, ?) AND ended <= ? ORDER BY ended, id LIMIT ?)
		ORDER BY ended, id`, from.when, int64(from.id), last, trimChunk)
	if err != nil || len(old) == 0 {
		return from, 0, true, q.judgeLocked(err)
	}
	var going []ID
	open := map[ID]bool{}
	for _, r := range old {
		busy, known := open[r.job]
		if !known {
			err := q.s.row(ctx, `SELECT EXISTS (SELECT 1 FROM rows INDEXED BY rows_open WHERE job = ? AND ended = 0 AND parent = 0)`, int64(r.job)).Scan(&busy)
			if err != nil {
				return from, 0, true, q.judgeLocked(q.s.wrap(journalOp, err))
			}
			open[r.job] = busy
		}
		if !busy && r.State != Failed && r.tally.total == 0 {
			going = append(going, r.ID)
		}
	}
	end := old[len(old)-1]
	next = endedAt{nanos(end.Ended), end.ID}
	return next, len(going), len(old) < trimChunk, q.dropIDs(ctx, going)
}

func (q *Queue) dropIDs(ctx context.Context, ids []ID) error {
	if len(ids) == 0 {
		return nil
	}
	text, err := idText(ids)
	if err != nil {
		return err
	}
	return q.writeQuietly(ctx, cheap, func() error {
		if _, err := q.s.exec(ctx, `DELETE FROM temp.picked`); err != nil {
			return err
		}
		if _, err := q.s.exec(ctx, `INSERT INTO temp.picked SELECT value FROM json_each(?)`, text); err != nil {
			return err
		}
		return q.drop(ctx)
	})
}
