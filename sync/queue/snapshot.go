package queue

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"wherry/sync/site"
)

// MaxAsking is how many open questions a Snapshot lists.
const MaxAsking = 50

// pollEvery is how often a journal on disk is asked whether another process
// changed it; the answer is a number SQLite has at hand.
const pollEvery = 500 * time.Millisecond

// counts is what a snapshot takes from the journal, read again only after a
// change.
type counts struct {
	seq   uint64
	rows  map[State]int // never changed once it is here
	waits []SiteWait    // never changed once it is here
	later Later
	// laterAt is when later was read, laterOld says that it is due again.
	laterAt  time.Time
	laterOld bool
	bytes    int64  // of all rows not ended, as of their last attempt's end
	standing int64  // of those that are paused or ask
	asking   []Item // never changed once it is here
	// removing counts rows whose part is still to be deleted.
	removing int
}

// Snapshot returns the queue at this moment. It waits for nobody: while the
// journal is busy the counts are those of a moment ago, with the Seq they had
// then.
func (q *Queue) Snapshot() Snapshot {
	if q.s.mu.TryLock() {
		// An error leaves the older counts; who works on the journal gets it.
		_ = q.refreshLocked(q.base)
		q.s.mu.Unlock()
	}
	now := q.clock.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	snap := Snapshot{
		Seq: q.counts.seq, Running: q.stop != nil, Held: q.held,
		Count: maps.Clone(q.counts.rows), Waits: q.counts.waits, BytesLeft: q.counts.bytes, Later: q.counts.later,
		standing: q.counts.standing,
	}
	if open, next := q.openLocked(now); !open {
		snap.OpensAt = next
	}
	for _, w := range q.running {
		if w.row.State == removing {
			continue
		}
		if w.light && snap.Count[Waiting] > 0 {
			snap.Count[Waiting]--
			snap.Count[Active]++
		}
		item := w.itemLocked(now)
		if w.light && w.row.Size < 0 && item.Size > 0 {
			snap.BytesLeft += item.Size // the journal does not have it yet
		}
		snap.Active = append(snap.Active, item)
		snap.Rate += item.Rate
		if item.Source.Site != site.Local {
			snap.RateDn += item.Rate
		}
		if item.Target.Site != site.Local {
			snap.RateUp += item.Rate
		}
		if moved := item.Done - w.summed; item.Size >= 0 && moved > 0 {
			snap.BytesLeft -= moved
		}
	}
	q.flow.rate(&snap)
	snap.BytesLeft = max(snap.BytesLeft, 0)
	snap.Active = append(snap.Active, q.counts.asking...)
	slices.SortFunc(snap.Active, func(a, b Item) int { return cmp.Compare(a.ID, b.ID) })
	return snap
}

// itemLocked is the row with its progress; Queue.mu is held.
func (w *work) itemLocked(now time.Time) Item {
	item := w.row.Item
	if item.State != Active {
		return item
	}
	if total := w.counter.Total.Load(); total > 0 {
		item.Size = total
	}
	item.Done = max(w.counter.Done.Load(), item.Done)
	item.Rate = w.meter.add(now, w.counter.Done.Load())
	return item
}

// refresh reads the counts after a change.
func (q *Queue) refresh(ctx context.Context) error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	return q.refreshLocked(ctx)
}

func (q *Queue) refreshLocked(ctx context.Context) error {
	if err := q.s.usableLocked(ctx); err != nil {
		return err
	}
	q.pollLocked(ctx)
	q.mu.Lock()
	stale, seq := q.stale, q.seq
	q.mu.Unlock()
	if !stale {
		return nil
	}
	fresh, held, err := q.readCounts(ctx)
	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil {
		return q.judgeLocked(err)
	}
	fresh.seq = seq
	goesOn := q.held && !held
	q.counts, q.held, q.stale = fresh, held, q.seq != seq || fresh.laterOld
	for _, w := range q.running {
		w.summed = w.kept
	}
	if goesOn {
		q.ringLocked() // who took rows meanwhile may have found the queue held
	} else {
		ring(&q.bells.any)
	}
	return nil
}

func (q *Queue) readCounts(ctx context.Context) (counts, bool, error) {
	c := counts{rows: map[State]int{}}
	if err := q.readTally(ctx, &c); err != nil {
		return c, false, err
	}
	if c.rows[Asking] > 0 {
		asking, err := q.list(ctx, `SELECT `+columns+` FROM rows WHERE state = 'asking' ORDER BY prio, rank, id LIMIT ?`, MaxAsking)
		if err != nil {
			return c, false, err
		}
		c.asking = items(asking)
	}
	waits, err := q.waits(ctx)
	if err != nil {
		return c, false, err
	}
	if c.rows[Waiting] > 0 { // else nothing waits for them any more
		c.waits = slices.Collect(maps.Values(waits))
		if err := q.readLater(ctx, &c); err != nil {
			return c, false, err
		}
	}
	held, err := q.setting(ctx, "held")
	return c, held == "1", err
}

// readTally puts how many rows there are of each state into c.
func (q *Queue) readTally(ctx context.Context, c *counts) error {
	rows, err := q.s.query(ctx, `SELECT state, n, bytes FROM tally WHERE n > 0`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // reading has told what failed
	for rows.Next() {
		var state State
		var n int
		var bytes int64
		if err := rows.Scan(&state, &n, &bytes); err != nil {
			return q.s.wrap(journalOp, err)
		}
		if state == removing {
			c.removing = n
			continue
		}
		c.rows[state] = n
		if !isEnd(state) {
			c.bytes += bytes
		}
		if state == Paused || state == Asking {
			c.standing += bytes
		}
	}
	return q.s.wrap(journalOp, rows.Err())
}

// pollLocked notices what other processes wrote. data_version tells of other
// connections only, so our own writes do not count twice.
func (q *Queue) pollLocked(ctx context.Context) {
	if q.c.File == Memory {
		return
	}
	var version int64
	if err := q.s.row(ctx, `PRAGMA data_version`).Scan(&version); err != nil || version == q.s.version {
		return
	}
	known := q.s.version != 0
	q.s.version = version
	if known {
		q.mu.Lock()
		q.foreign = true
		q.mu.Unlock()
		q.changed()
	}
}
