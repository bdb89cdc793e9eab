package queue

import "context"

// walkPage is how many rows Walk reads at a time.
const walkPage = 1000

// Walk calls do with up to limit rows, or all with 0, in the order of List, some at
// a time. The next ones are found by the place of the last, so that none is missed
// or shown twice because others end, come or are taken off the queue meanwhile; one
// that is moved meanwhile may be. An error of do ends it.
func (q *Queue) Walk(ctx context.Context, f Filter, limit int, do func([]Item) error) error {
	parts := []part{allRows}
	if f.LaterLast {
		f.LaterLast, f.now = false, nanos(q.clock.Now())
		few, err := q.fewLater(ctx, f.now)
		if err != nil {
			return err
		}
		if few {
			parts = []part{rowsNow, rowsLater}
		}
	}
	shown := 0
	for _, f.part = range parts {
		for f.after = nil; limit == 0 || shown < limit; {
			next := walkPage
			if limit > 0 {
				next = min(next, limit-shown)
			}
			query, args := f.query()
			found, err := q.readRows(ctx, query, append(args, next, 0)...)
			if err != nil {
				return err
			}
			if err := do(items(found)); err != nil {
				return err
			}
			if shown += len(found); len(found) < next {
				break
			}
			f.after = &found[len(found)-1]
		}
	}
	return nil
}

// behind is the condition for the rows behind one in the order of the filter.
func (f Filter) behind(r *row) (string, []any) {
	if f.Newest {
		return `(ended, id) < (?, ?)`, []any{nanos(r.Ended), int64(r.ID)}
	}
	return `(prio, rank, id) > (?, ?, ?)`, []any{int(r.Priority), r.rank, int64(r.ID)}
}
