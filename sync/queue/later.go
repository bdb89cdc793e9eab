package queue

import (
	"context"
	"time"
)

// Later tells of the rows that wait for a time that a person set for them.
type Later struct {
	Rows int
	// Bytes of those whose size is known; they are part of Snapshot.BytesLeft.
	Bytes int64
	// First and Last are when the first and the last of them start, zero where
	// there are none.
	First, Last time.Time
}

// laterRows are those of Later; it takes the present time twice. That next_try
// is above 0 is what lets SQLite use the index.
const laterRows = ` FROM rows INDEXED BY rows_later WHERE next_try > 0 AND next_try > ? AND not_before > ? AND state = 'waiting'`

// Reading the rows of Later takes time for each of them: of more than laterMany
// the figures are laterEvery old, and they are listed in their place.
const (
	laterMany  = 2000
	laterEvery = 5 * time.Second
)

// readLater puts what is true of the rows of Later into c.
func (q *Queue) readLater(ctx context.Context, c *counts) error {
	at := q.clock.Now()
	q.mu.Lock()
	c.later, c.laterAt = q.counts.later, q.counts.laterAt
	q.mu.Unlock()
	if since := at.Sub(c.laterAt); c.later.Rows > laterMany && since >= 0 && since < laterEvery {
		c.laterOld = true
		return nil
	}
	now := nanos(at)
	var first, last int64
	err := q.s.row(ctx, `SELECT count(*), coalesce(sum(remaining), 0), coalesce(min(not_before), 0), coalesce(max(not_before), 0)`+laterRows, now, now).
		Scan(&c.later.Rows, &c.later.Bytes, &first, &last)
	c.later.First, c.later.Last, c.laterAt = fromNanos(first), fromNanos(last), at
	return q.s.wrap(journalOp, err)
}

// fewLater says whether the rows of Later are so few that they can be listed
// last.
func (q *Queue) fewLater(ctx context.Context, now int64) (bool, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return false, err
	}
	var n int
	err := q.s.row(ctx, `SELECT count(*) FROM (SELECT 1`+laterRows+` LIMIT ?)`, now, now, laterMany+1).Scan(&n)
	return n <= laterMany, q.judgeLocked(q.s.wrap(journalOp, err))
}

// part says which rows of a list are meant.
type part int

const (
	allRows part = iota
	rowsNow
	rowsLater
	rowsFront
)

// listLaterLast is List with the rows of Later behind all others. Those before
// them are read from the index by place as ever, so a long list with few of
// them costs no more.
func (q *Queue) listLaterLast(ctx context.Context, f Filter, offset, limit int) ([]Item, error) {
	f.LaterLast, f.now = false, nanos(q.clock.Now())
	if few, err := q.fewLater(ctx, f.now); err != nil {
		return nil, err
	} else if few {
		f.part = rowsNow
	}
	found, err := q.List(ctx, f, offset, limit)
	if err != nil || len(found) == limit || f.part == allRows {
		return found, err
	}
	before := offset + len(found)
	if len(found) == 0 {
		if before, err = q.Count(ctx, f); err != nil {
			return nil, err
		}
	}
	f.part = rowsLater
	later, err := q.List(ctx, f, max(offset-before, 0), limit-len(found))
	return append(found, later...), err
}
