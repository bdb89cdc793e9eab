package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// endTally is what a row that ended in state s adds to the folder above it.
func endTally(s State) tally {
	switch s {
	case Done:
		return tally{ended: 1}
	case Failed:
		return tally{ended: 1, failed: 1}
	case Skipped:
		return tally{ended: 1, skipped: 1}
	}
	return tally{}
}

func (t tally) plus(o tally) tally {
	return tally{t.total + o.total, t.ended + o.ended, t.failed + o.failed, t.skipped + o.skipped}
}

func (t tally) times(n int64) tally {
	return tally{t.total * n, t.ended * n, t.failed * n, t.skipped * n}
}

// bump adds d to what is counted below folder and below all folders above it,
// within a write. A folder of which everything ended ends too; one that had
// ended and now has work below it goes back to Active. 0, or a folder that is
// no longer there, changes nothing.
func (q *Queue) bump(ctx context.Context, folder ID, d tally) error {
	for folder != 0 {
		var parent ID
		var state State
		var scanned bool
		var t tally
		err := q.s.row(ctx, `UPDATE rows SET total = total + ?, below = below + ?, failed = failed + ?, skipped = skipped + ?
			WHERE id = ? RETURNING parent, state, scanned, total, below, failed, skipped`,
			d.total, d.ended, d.failed, d.skipped, folder).
			Scan(&parent, &state, &scanned, &t.total, &t.ended, &t.failed, &t.skipped)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err != nil:
			return q.s.wrap(journalOp, err)
		case scanned && t.ended == t.total:
			err = q.endFolder(ctx, folder, t)
			if !isEnd(state) {
				d.ended++
			}
		case scanned && isEnd(state):
			_, err = q.s.exec(ctx, `UPDATE rows SET state = 'active', ended = 0, kind = '', message = '' WHERE id = ?`, folder)
			d.ended--
		}
		if err != nil {
			return err
		}
		folder = parent
	}
	return nil
}

// endFolder marks a folder whose content has ended.
func (q *Queue) endFolder(ctx context.Context, folder ID, t tally) error {
	state, message := Done, ""
	if t.failed > 0 {
		state, message = Failed, fmt.Sprintf("%d of %d entries failed", t.failed, t.total)
	}
	_, err := q.s.exec(ctx, `UPDATE rows SET state = ?, kind = '', message = ?, next_try = 0,
		ended = CASE ended WHEN 0 THEN ? ELSE ended END WHERE id = ?`,
		string(state), message, nanos(q.clock.Now()), folder)
	return err
}
