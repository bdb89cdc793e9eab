package queue

import (
	"context"
	"errors"
	"time"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// SiteWait tells that a site could not be reached and that its rows wait until
// it is tried again, by one of them.
type SiteWait struct {
	Site  site.ID
	Until time.Time // zero while the one tries
	// Kind, Message and About as in Item.
	Kind           vfs.Kind
	Message, About string
	// attempts made so far
	attempts int
}

// unreachable tells the errors that say of a site only that it is not there
// now: every other row of it would meet them too, and a server that comes back
// is not helped by hundreds that knock. A refused or timed out data connection
// is not one of them.
func unreachable(err error) bool {
	switch vfs.KindOf(err) {
	case vfs.KindRefused, vfs.KindHost:
		return true
	case vfs.KindTimeout, vfs.KindBusy, vfs.KindLost:
		var e *vfs.Error
		for ; errors.As(err, &e); err = e.Err {
			if e.Op == "connect" {
				return true
			}
		}
	}
	return false
}

// waits reads which sites are waited for.
func (q *Queue) waits(ctx context.Context) (map[site.ID]SiteWait, error) {
	rows, err := q.s.query(ctx, `SELECT site, next_try, attempts, kind, message, about FROM sites`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // reading has told what failed
	var out map[site.ID]SiteWait
	for rows.Next() {
		var w SiteWait
		var next int64
		var kind string
		var about []byte
		if err := rows.Scan(&w.Site, &next, &w.attempts, &kind, &w.Message, &about); err != nil {
			return nil, q.s.wrap(journalOp, err)
		}
		w.Until, w.Kind, w.About = fromNanos(next), vfs.ParseKind(kind), string(about)
		if out == nil {
			out = map[site.ID]SiteWait{}
		}
		out[w.Site] = w
	}
	return out, q.s.wrap(journalOp, rows.Err())
}

// shut are the sites of which no row may begin now: those waited for, and
// those that one row is trying, or has begun to try before.
func (q *Queue) shut(waits map[site.ID]SiteWait) map[site.ID]bool {
	if len(waits) == 0 {
		return nil
	}
	out := map[site.ID]bool{}
	for id, w := range waits {
		out[id] = !w.Until.IsZero()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, w := range q.running {
		if w.row.State == removing || w.hasMoved() {
			continue
		}
		for _, id := range w.row.sites() {
			if _, ok := waits[id]; ok {
				out[id] = true
			}
		}
	}
	return out
}

// hasMoved tells a file of which some came in this attempt: it has its connection, and
// may keep it for hours in which nobody else would try.
func (w *work) hasMoved() bool { return w.row.State == Active && w.counter.Done.Load() > w.row.Done }

// siteFailed has the rows of a site wait that r, at its attempt, could not
// reach, and puts into r what becomes of it. A row that began before the site
// was waited for says nothing new: it waits with the others.
func (q *Queue) siteFailed(ctx context.Context, r *row, id site.ID, probes bool, before int) error {
	waits, err := q.waits(ctx)
	if err != nil {
		return err
	}
	known, ok := waits[id]
	if ok && !probes {
		r.State, r.Attempts, r.NextTry, r.Ended = Waiting, before, known.Until, time.Time{}
		return nil
	}
	if r.State == Failed {
		return q.reached(ctx, id)
	}
	attempts := max(known.attempts+1, r.Attempts)
	r.NextTry = q.clock.Now().Add(q.c.Backoff(attempts))
	_, err = q.s.exec(ctx, `INSERT OR REPLACE INTO sites (site, next_try, attempts, kind, message, about) VALUES (?, ?, ?, ?, ?, ?)`,
		string(id), nanos(r.NextTry), attempts, r.Kind.String(), r.Message, []byte(r.About))
	return err
}

// reached ends the wait for sites, within a write.
func (q *Queue) reached(ctx context.Context, ids ...site.ID) error {
	for _, id := range ids {
		if _, err := q.s.exec(ctx, `DELETE FROM sites WHERE site = ?`, string(id)); err != nil {
			return err
		}
	}
	return nil
}

// changeAndTry is change that also ends the wait for the sites of the rows named: a
// person knows that they are back, or wants to see.
func (q *Queue) changeAndTry(ctx context.Context, ids []ID, where string, do func() error) error {
	return q.pick(ctx, func() error {
		waits, err := q.waits(ctx)
		if err != nil {
			return err
		}
		if err := q.changeNamed(ctx, ids, where, do); err != nil || len(waits) == 0 {
			return err
		}
		_, err = q.s.exec(ctx, `DELETE FROM sites WHERE site IN (
			SELECT src_site FROM temp.named CROSS JOIN rows ON id BETWEEN low AND high
			UNION SELECT dst_site FROM temp.named CROSS JOIN rows ON id BETWEEN low AND high)`)
		return err
	})
}

// showWaits lets a waiting row say what it waits for.
func showWaits(it *Item, waits map[site.ID]SiteWait) {
	for _, id := range []site.ID{it.Source.Site, it.Target.Site} {
		w, ok := waits[id]
		if !ok || it.State != Waiting || it.NextTry.After(w.Until) {
			continue
		}
		it.WaitsFor, it.NextTry = id, w.Until
		it.Kind, it.Message, it.About = w.Kind, w.Message, w.About
	}
}
