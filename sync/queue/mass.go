package queue

import (
	"context"
	"strings"
)

// massFrom is how many rows make a mass change, where they are also an eighth
// of all. One by one such rows cost three times as much: the tally is written
// twice for each of them, and each index of what changes.
const massFrom = 2000

// The indexes of rows that a mass change does without: those that another state
// changes, those that coming back from an end does, too, and those of a row that
// leaves.
var (
	ofState = []string{"rows_order", "rows_state", "rows_files", "rows_small"}
	ofEnds  = append([]string{"rows_pair", "rows_ended", "rows_open"}, ofState...)
	ofRows  = append([]string{"rows_child"}, ofEnds...)
)

// mass runs do, one or a few statements that alter the picked rows, within a
// write. Where these are many, the triggers that keep the tally and the indexes
// named are put aside and made anew behind it, from their own texts; nobody
// outside the write ever sees the journal without them.
func (q *Queue) mass(ctx context.Context, indexes []string, do func() error) error {
	var n, all int64
	if err := q.s.row(ctx, `SELECT (SELECT count(*) FROM temp.picked), (SELECT sum(n) FROM tally)`).Scan(&n, &all); err != nil {
		return q.s.wrap(journalOp, err)
	}
	if n < q.crowd || n < all/8 {
		return do()
	}
	back, err := q.putAside(ctx, indexes)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	for _, text := range back {
		if err := q.s.script(ctx, text); err != nil {
			return err
		}
	}
	return q.recount(ctx)
}

// alter is mass for one statement that gives the picked rows another state. It is
// to be UPDATE OR FAIL: what fails is rolled back as a whole, so that SQLite need not
// keep each page as it was before the statement, too.
func (q *Queue) alter(ctx context.Context, indexes []string, query string, args ...any) error {
	return q.mass(ctx, indexes, func() error {
		_, err := q.s.exec(ctx, query, args...)
		return err
	})
}

// putAside drops the triggers of rows and the indexes named, as far as they are
// there, and returns the statements that make them again.
func (q *Queue) putAside(ctx context.Context, indexes []string) (back []string, err error) {
	named := `'` + strings.Join(indexes, `', '`) + `'`
	rows, err := q.s.query(ctx, `SELECT type, name, sql FROM sqlite_schema
		WHERE tbl_name = 'rows' AND (type = 'trigger' OR type = 'index' AND name IN (`+named+`))`)
	if err != nil {
		return nil, err
	}
	var drops []string
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			_ = rows.Close() // the first error counts
			return nil, q.s.wrap(journalOp, err)
		}
		drops, back = append(drops, `DROP `+kind+` `+name), append(back, text)
	}
	if err := q.s.done(rows); err != nil {
		return nil, err
	}
	for _, text := range drops {
		if err := q.s.script(ctx, text); err != nil {
			return nil, err
		}
	}
	return back, nil
}

// recount makes the tally anew.
func (q *Queue) recount(ctx context.Context) error {
	if _, err := q.s.exec(ctx, `UPDATE tally SET n = 0, bytes = 0`); err != nil {
		return err
	}
	_, err := q.s.exec(ctx, `INSERT OR REPLACE INTO tally (state, n, bytes)
		SELECT state, count(*), sum(remaining) FROM rows INDEXED BY rows_state GROUP BY state`)
	return err
}
