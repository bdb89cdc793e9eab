package queue

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
)

// The methods of control.go work in four steps: the IDs named go into the table
// temp.named, those of the rows meant into temp.picked, statements change them
// all, and what that means for the folders above is counted per folder. So
// 200,000 rows cost what a few statements cost.

// change picks the rows at and below ids that match where, and calls do
// unless there are none.
func (q *Queue) change(ctx context.Context, ids []ID, where string, do func() error) error {
	return q.pick(ctx, func() error { return q.changeNamed(ctx, ids, where, do) })
}

// changeNamed is change within the write of pick.
func (q *Queue) changeNamed(ctx context.Context, ids []ID, where string, do func() error) error {
	if err := q.name(ctx, ids); err != nil {
		return err
	}
	// Nothing is below a file, and most rows are files. What is below a folder
	// that lies in a named one is met from there.
	n, err := q.s.exec(ctx, `WITH RECURSIVE sub (pick, holds, fits) AS (
			SELECT id, type <> 'file' AND NOT (parent > 0 AND `+isNamed("parent")+`), `+where+` FROM temp.named CROSS JOIN rows ON id BETWEEN low AND high
			UNION ALL SELECT id, type <> 'file', `+where+` FROM sub CROSS JOIN rows ON parent = pick WHERE holds AND parent > 0)
		INSERT OR IGNORE INTO temp.picked SELECT pick FROM sub WHERE fits`)
	if err != nil || n == 0 {
		return err
	}
	return do()
}

// name puts IDs into temp.named, as ranges without a gap: those of a long list
// are one or a few.
func (q *Queue) name(ctx context.Context, ids []ID) error {
	ranges := [][2]ID{}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if n := len(ranges); n > 0 && id <= ranges[n-1][1]+1 {
			ranges[n-1][1] = id
		} else {
			ranges = append(ranges, [2]ID{id, id})
		}
	}
	text, err := json.Marshal(ranges)
	if err != nil {
		return err
	}
	if _, err := q.s.exec(ctx, `DELETE FROM temp.named`); err != nil {
		return err
	}
	_, err = q.s.exec(ctx, `INSERT INTO temp.named SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)`, string(text))
	return err
}

// isNamed says whether a column of IDs is in temp.named.
func isNamed(column string) string {
	return `coalesce(` + column + ` <= (SELECT high FROM temp.named WHERE low <= ` + column + ` ORDER BY low DESC LIMIT 1), 0)`
}

// pick runs do in a durable write with an empty temp.picked, and then stops
// the work on rows that do took away.
func (q *Queue) pick(ctx context.Context, do func() error) error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	undo := func() {}
	err := q.writeLocked(ctx, durable, func() (err error) {
		if undo, err = q.keepLight(ctx); err != nil {
			return err
		}
		if err := q.dropHand(ctx); err != nil {
			return err
		}
		if _, err := q.s.exec(ctx, `DELETE FROM temp.picked`); err != nil {
			return err
		}
		return do()
	})
	if err != nil {
		undo()
		return err
	}
	// The journal has it; that is what the caller was promised. Neither
	// the caller's ctx nor a fault now changes that.
	ctx = context.WithoutCancel(ctx)
	if err := q.refreshLocked(ctx); err != nil {
		return err
	}
	return q.reconcileLocked(ctx)
}

// idText is a list of IDs as json_each takes it.
func idText(ids []ID) (string, error) {
	if ids == nil {
		ids = []ID{}
	}
	text, err := json.Marshal(ids)
	return string(text), err
}

// tallies returns what the picked rows count in the folders that hold them,
// times sign. Folders that failed through their content count as ended only.
func (q *Queue) tallies(ctx context.Context, sign int64) (map[ID]tally, error) {
	rows, err := q.s.query(ctx, `SELECT parent, sum(ended > 0),
		sum(state = 'failed' AND scanned = 0), sum(state = 'skipped')
		FROM rows WHERE id IN (SELECT id FROM temp.picked) AND parent > 0 GROUP BY parent`)
	if err != nil {
		return nil, err
	}
	out := map[ID]tally{}
	for rows.Next() {
		var parent ID
		var t tally
		if err := rows.Scan(&parent, &t.ended, &t.failed, &t.skipped); err != nil {
			_ = rows.Close() // the first error counts
			return nil, q.s.wrap(journalOp, err)
		}
		out[parent] = t.times(sign)
	}
	return out, q.s.done(rows)
}

func (q *Queue) bumpAll(ctx context.Context, changes map[ID]tally) error {
	for folder, d := range changes {
		if err := q.bump(ctx, folder, d); err != nil {
			return err
		}
	}
	return nil
}

// drop takes the picked rows off the queue. Those that may have a part at
// their target stay, out of every folder and unseen, until the sweeper was
// there.
func (q *Queue) drop(ctx context.Context) error {
	changes, err := q.losses(ctx)
	if err != nil {
		return err
	}
	err = q.mass(ctx, ofRows, func() error {
		_, err := q.s.exec(ctx, `UPDATE OR FAIL rows SET state = 'removing', parent = 0, ended = 0, attempts = 0, next_try = 0
			WHERE id IN (SELECT id FROM temp.picked) AND type = 'file' AND state <> 'done' AND (made_size IS NOT NULL OR state = 'active' OR id IN `+inHand+`)`)
		if err != nil {
			return err
		}
		_, err = q.s.exec(ctx, `DELETE FROM rows WHERE id IN (SELECT id FROM temp.picked) AND state <> 'removing'`)
		return err
	})
	if err != nil {
		return err
	}
	return q.bumpAll(ctx, changes)
}

// losses returns what folders that stay lose by the picked rows: each row
// directly in them, with all that is below it.
func (q *Queue) losses(ctx context.Context) (map[ID]tally, error) {
	rows, err := q.s.query(ctx, `SELECT parent, sum(1 + total), sum((ended > 0) + below),
		sum((state = 'failed' AND scanned = 0) + failed), sum((state = 'skipped') + skipped)
		FROM rows WHERE id IN (SELECT id FROM temp.picked) AND parent > 0
		AND parent NOT IN (SELECT id FROM temp.picked) GROUP BY parent`)
	if err != nil {
		return nil, err
	}
	out := map[ID]tally{}
	for rows.Next() {
		var parent ID
		var t tally
		if err := rows.Scan(&parent, &t.total, &t.ended, &t.failed, &t.skipped); err != nil {
			_ = rows.Close() // the first error counts
			return nil, q.s.wrap(journalOp, err)
		}
		out[parent] = t.times(-1)
	}
	return out, q.s.done(rows)
}

// setting reads a setting, "" for none.
func (q *Queue) setting(ctx context.Context, key string) (string, error) {
	var value string
	err := q.s.row(ctx, `SELECT value FROM settings WHERE key = ?`, key).Scan(&value)
	if isNoRow(err) {
		return "", nil
	}
	return value, q.s.wrap(journalOp, err)
}

func isNoRow(err error) bool { return errors.Is(err, sql.ErrNoRows) }
