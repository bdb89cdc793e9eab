package queue

import (
	"context"

	"wherry/sync/vfs"
)

// rankStep lies between the ranks of two jobs: about thirty moves to the same
// place before the rows behind it have to give way. It stands in the migration
// that gave old rows their ranks, too.
const rankStep = 1 << 30

// movable are the rows whose place still matters.
const movable = `state NOT IN ('done', 'skipped', 'removing')`

// SetPriority has rows taken before or after those of other priorities. What
// is being worked on goes on.
func (q *Queue) SetPriority(ctx context.Context, p Priority, ids ...ID) error {
	return q.change(ctx, ids, movable, func() error {
		_, err := q.s.exec(ctx, `UPDATE rows SET prio = ? WHERE id IN (SELECT id FROM temp.picked) AND prio <> ?`, int(p), int(p))
		return err
	})
}

// MoveTop puts rows before all others of their priority, in the order that
// they have among themselves.
func (q *Queue) MoveTop(ctx context.Context, ids ...ID) error {
	return q.move(ctx, ids, func(n int64) error {
		first, _, err := q.allEnds(ctx)
		if err != nil {
			return err
		}
		return q.rerank(ctx, first-(n+1)*rankStep, rankStep)
	})
}

// MoveBottom puts rows behind all others of their priority, in the order that
// they have among themselves. What is added later comes behind them.
func (q *Queue) MoveBottom(ctx context.Context, ids ...ID) error {
	return q.move(ctx, ids, func(int64) error {
		_, last, err := q.allEnds(ctx)
		if err != nil {
			return err
		}
		return q.rerank(ctx, last, rankStep)
	})
}

// MoveBefore puts rows directly before row other, in the order that they have
// among themselves, and gives them its priority. A row other that is not there,
// or has ended, is KindNotFound; one that is among the rows to be moved is
// KindUnsupported. Then nothing is moved.
func (q *Queue) MoveBefore(ctx context.Context, other ID, ids ...ID) error {
	return q.move(ctx, ids, func(n int64) error {
		found, err := q.list(ctx, `SELECT `+columns+` FROM rows WHERE id = ? AND `+movable, int64(other))
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			return &vfs.Error{Op: "move", Kind: vfs.KindNotFound, Reply: "the row to move before is not in the queue any more"}
		}
		picked := false
		if err := q.s.row(ctx, `SELECT EXISTS (SELECT 1 FROM temp.picked WHERE id = ?)`, int64(other)).Scan(&picked); err != nil {
			return err
		}
		if picked {
			return &vfs.Error{Op: "move", Kind: vfs.KindUnsupported, Reply: "a row cannot be moved before itself"}
		}
		start, unit, err := q.makeRoom(ctx, found[0], n)
		if err != nil {
			return err
		}
		if err := q.rerank(ctx, start, unit); err != nil {
			return err
		}
		_, err = q.s.exec(ctx, `UPDATE rows SET prio = ? WHERE id IN (SELECT id FROM temp.picked) AND prio <> ?`,
			int(found[0].Priority), int(found[0].Priority))
		return err
	})
}

// move picks rows with all that is below them, numbers their n places from 1
// on in temp.places, and calls do.
func (q *Queue) move(ctx context.Context, ids []ID, do func(n int64) error) error {
	return q.change(ctx, ids, movable, func() error {
		if _, err := q.s.exec(ctx, `DELETE FROM temp.places`); err != nil {
			return err
		}
		n, err := q.s.exec(ctx, `INSERT INTO temp.places (prio, rank) SELECT DISTINCT prio, rank FROM rows
			WHERE id IN (SELECT id FROM temp.picked) ORDER BY prio, rank`)
		if err != nil {
			return err
		}
		return do(n)
	})
}

// rerank gives the picked rows of place n the rank start + n*unit.
func (q *Queue) rerank(ctx context.Context, start, unit int64) error {
	_, err := q.s.exec(ctx, `UPDATE rows SET rank = ? + ? * (SELECT n FROM temp.places p WHERE p.prio = rows.prio AND p.rank = rows.rank)
		WHERE id IN (SELECT id FROM temp.picked)`, start, unit)
	return err
}

// others leaves out the rows that are moved.
const others = ` AND id NOT IN (SELECT id FROM temp.picked)`

// makeRoom returns where n places directly before row r lie: the first at
// start + unit.
func (q *Queue) makeRoom(ctx context.Context, r row, n int64) (start, unit int64, err error) {
	split := false
	err = q.s.row(ctx, `SELECT EXISTS (SELECT 1 FROM rows INDEXED BY rows_order WHERE prio = ? AND rank = ? AND id < ?`+others+`)`,
		int(r.Priority), r.rank, int64(r.ID)).Scan(&split)
	switch {
	case err != nil:
		return 0, 0, err
	case split:
		return q.roomWithin(ctx, r, n)
	}
	err = q.s.row(ctx, `SELECT rank FROM rows INDEXED BY rows_order WHERE prio = ? AND rank < ?`+others+` ORDER BY rank DESC LIMIT 1`,
		int(r.Priority), r.rank).Scan(&start)
	if isNoRow(err) {
		start, err = r.rank-(n+1)*rankStep, nil
	}
	if err != nil {
		return 0, 0, err
	}
	room, err := q.atLeast(ctx, int(r.Priority), start, r.rank, n+1)
	return start, room / (n + 1), err
}

// roomWithin is makeRoom where other rows of r's rank come before r: they keep
// it; r and those behind it get one of their own.
func (q *Queue) roomWithin(ctx context.Context, r row, n int64) (start, unit int64, err error) {
	prio, next := int(r.Priority), int64(0)
	err = q.s.row(ctx, `SELECT rank FROM rows INDEXED BY rows_order WHERE prio = ? AND rank > ?`+others+` ORDER BY rank LIMIT 1`,
		prio, r.rank).Scan(&next)
	if isNoRow(err) {
		next, err = r.rank+(n+2)*rankStep, nil
	}
	if err != nil {
		return 0, 0, err
	}
	room, err := q.atLeast(ctx, prio, r.rank, next, n+2)
	if err != nil {
		return 0, 0, err
	}
	unit = room / (n + 2)
	_, err = q.s.exec(ctx, `UPDATE rows SET rank = ? WHERE prio = ? AND rank = ? AND id >= ? AND `+movable+others,
		r.rank+unit*(n+1), prio, r.rank, int64(r.ID))
	return r.rank, unit, err
}

// atLeast returns the room between the ranks low and high, after moving the
// rows from high on where it does not hold so many steps.
func (q *Queue) atLeast(ctx context.Context, prio int, low, high, steps int64) (int64, error) {
	if high-low > steps {
		return high - low, nil
	}
	by := steps * rankStep
	_, err := q.s.exec(ctx, `UPDATE rows SET rank = rank + ? WHERE prio = ? AND rank >= ? AND id NOT IN (SELECT id FROM temp.picked)`, by, prio, high)
	return high - low + by, err
}

// ends returns the lowest and the highest rank of a priority, 0 where it has
// no rows.
func (q *Queue) ends(ctx context.Context, p Priority) (first, last int64, err error) {
	err = q.s.row(ctx, `SELECT
		coalesce((SELECT rank FROM rows INDEXED BY rows_order WHERE prio = ? ORDER BY rank LIMIT 1), 0),
		coalesce((SELECT rank FROM rows INDEXED BY rows_order WHERE prio = ? ORDER BY rank DESC LIMIT 1), 0)`, int(p), int(p)).Scan(&first, &last)
	return first, last, q.s.wrap(journalOp, err)
}

// allEnds is ends over all priorities.
func (q *Queue) allEnds(ctx context.Context) (first, last int64, err error) {
	for _, p := range []Priority{High, Normal, Low} {
		f, l, err := q.ends(ctx, p)
		if err != nil {
			return 0, 0, err
		}
		first, last = min(first, f), max(last, l)
	}
	return first, last, nil
}
