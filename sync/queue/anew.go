package queue

import (
	"context"
	"slices"
)

// What failed and is asked for again, as by a job of every night, is one matter: the
// new request takes the place of the rows that failed. Else one bad night would stand
// in the list for ever, beside the copy that has mended it.

// failedBefore are the rows at the top that failed, by pairOf: few, or the index is
// read once for all that a call adds.
func (q *Queue) failedBefore(ctx context.Context) (map[int64][]ID, error) {
	rows, err := q.s.query(ctx, `SELECT pair, id FROM rows INDEXED BY rows_state WHERE state = 'failed' AND parent = 0`)
	if err != nil {
		return nil, err
	}
	var out map[int64][]ID
	for rows.Next() {
		var pair int64
		var id ID
		if err := rows.Scan(&pair, &id); err != nil {
			_ = rows.Close() // the first error counts
			return nil, q.s.wrap(journalOp, err)
		}
		if out == nil {
			out = map[int64][]ID{}
		}
		out[pair] = append(out[pair], id)
	}
	return out, q.s.done(rows)
}

// takePlace takes off the queue what failed of the same sources and targets, within a
// write: such rows, and those below such folders. What these have done stays.
func (q *Queue) takePlace(ctx context.Context, failed map[int64][]ID, requests []Request) error {
	if len(failed) == 0 {
		return nil
	}
	var gone []ID
	for _, r := range requests {
		for _, target := range r.targets() {
			same, err := q.sameOf(ctx, failed[pairOf(r.Source, target)], r.Source, target)
			if err != nil {
				return err
			}
			gone = append(gone, same...)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if _, err := q.s.exec(ctx, `DELETE FROM temp.picked`); err != nil {
		return err
	}
	if err := q.changeNamed(ctx, gone, `state = 'failed' AND scanned = 0`, func() error { return q.drop(ctx) }); err != nil {
		return err
	}
	// A folder of which nothing is left has nothing to tell.
	if _, err := q.s.exec(ctx, `DELETE FROM temp.picked`); err != nil {
		return err
	}
	if _, err := q.s.exec(ctx, `INSERT INTO temp.picked SELECT id FROM temp.named CROSS JOIN rows ON id BETWEEN low AND high WHERE scanned = 1 AND total = 0`); err != nil {
		return err
	}
	return q.drop(ctx)
}

// sameOf are those of ids that have this source and target: pairOf is a hash.
func (q *Queue) sameOf(ctx context.Context, ids []ID, source, target Place) ([]ID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	text, err := idText(ids)
	if err != nil {
		return nil, err
	}
	found, err := q.list(ctx, `SELECT `+columns+` FROM rows WHERE id IN (SELECT value FROM json_each(?))`, text)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(r row) bool { return r.Source != source || r.Target != target })
	ids = nil
	for _, r := range found {
		ids = append(ids, r.ID)
	}
	return ids, nil
}

// targets are where a request's row may go: with ArriveLook nobody knows yet whether
// the target is a folder that it goes into.
func (r Request) targets() []Place {
	if r.Arrive != ArriveLook {
		return []Place{r.Target}
	}
	inside, err := r.Target.Path.Join(r.Source.Path.Base())
	if err != nil {
		return []Place{r.Target} // what has no name goes into no folder
	}
	return []Place{r.Target, {Site: r.Target.Site, Path: inside}}
}
