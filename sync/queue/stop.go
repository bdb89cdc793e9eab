package queue

import (
	"context"
	"database/sql"
	"errors"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// stopOthers pauses, with the same reason, the rows that would only meet the
// error again on which r failed for good.
func (q *Queue) stopOthers(ctx context.Context, r row, e ending) error {
	if r.State != Failed && r.State != Paused || isAlone(e.err) {
		return nil
	}
	kind := vfs.KindOf(e.err)
	if err := q.keepRefusal(ctx, kind, e.culprit); err != nil {
		return err
	}
	switch {
	case (stopsSite(kind) || unreachable(e.err)) && e.culprit != site.Local:
		return q.pauseOthers(ctx, r, `(src_site = ? OR dst_site = ?)`, string(e.culprit), string(e.culprit))
	case stopsPlace(kind) && r.Target.Site != site.Local:
		return q.pauseOthers(ctx, r, `dst_site = ?`, string(r.Target.Site))
	case stopsPlace(kind):
		// This computer has many disks: only what goes into the same folder
		// as the person's own request is sure to go to the same one.
		low, high, err := q.destination(ctx, r)
		if err != nil {
			return err
		}
		return q.pauseOthers(ctx, r, `dst_site = '' AND dst_path >= ? AND dst_path < ?`, low, high)
	}
	return nil
}

func (q *Queue) pauseOthers(ctx context.Context, r row, where string, args ...any) error {
	if _, err := q.s.exec(ctx, `DELETE FROM temp.picked`); err != nil {
		return err
	}
	n, err := q.s.exec(ctx, `INSERT INTO temp.picked SELECT id FROM rows
		WHERE state IN ('waiting', 'scanning') AND id <> ? AND `+where, append([]any{int64(r.ID)}, args...)...)
	if err != nil || n == 0 {
		return err
	}
	return q.alter(ctx, ofState, `UPDATE OR FAIL rows SET state = 'paused', next_try = 0, kind = ?, message = ?, about = ?`+ofPicked,
		r.Kind.String(), r.Message, []byte(r.About))
}

// destination returns the range of paths below the folder that the person's
// request of r goes into.
func (q *Queue) destination(ctx context.Context, r row) (low, high []byte, err error) {
	top := r
	for top.Parent != 0 {
		found, err := q.list(ctx, `SELECT `+columns+` FROM rows WHERE id = ?`, int64(top.Parent))
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 {
			break
		}
		top = found[0]
	}
	folder := top.Target.Path.Dir()
	if folder.IsRoot() {
		return []byte("/"), []byte("0"), nil
	}
	// "0" is the byte behind "/".
	return append(blob(folder), '/'), append(blob(folder), '0'), nil
}

// isAlone tells that no room was there for this file; a smaller one may have it.
func isAlone(err error) bool {
	var e *vfs.Error
	return errors.As(err, &e) && e.Kind == vfs.KindNoSpace && e.Asked > 0
}

// reconcileLocked stops the work on rows that are no longer this process's,
// whoever took them away. The store's lock is held.
func (q *Queue) reconcileLocked(ctx context.Context) error {
	q.mu.Lock()
	mine := make(map[ID]State, len(q.running))
	for id, w := range q.running {
		mine[id] = w.row.State
		if w.light {
			mine[id] = Waiting
		}
	}
	held := q.held
	q.mu.Unlock()
	for id, expected := range mine {
		var state State
		err := q.s.row(ctx, `SELECT state FROM rows WHERE id = ?`, int64(id)).Scan(&state)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return q.judgeLocked(q.s.wrap(journalOp, err))
		}
		if state != expected || held && expected != removing {
			q.take(id)
		}
	}
	return nil
}

// take stops the work on a row.
func (q *Queue) take(id ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	w := q.running[id]
	if w == nil {
		return
	}
	w.taken = true
	if w.cancel != nil {
		w.cancel(errTaken)
	}
}
