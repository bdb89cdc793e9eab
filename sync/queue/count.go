package queue

import (
	"context"

	"wherry/sync/vfs"
)

// Count returns how many rows a filter lets through. With Find it reads all
// rows that the rest lets through: some tenths of a second for 200,000.
func (q *Queue) Count(ctx context.Context, f Filter) (int, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return 0, err
	}
	from, args := f.from()
	var n int
	err := q.s.row(ctx, `SELECT count(*)`+from, args...).Scan(&n)
	return n, q.judgeLocked(q.s.wrap(journalOp, err))
}

// Folders returns how many of the Active rows are folders: nothing need be at
// work below them, but something has not ended.
func (q *Queue) Folders(ctx context.Context) (int, error) {
	return q.folders(ctx, `state = 'active' AND type = ?`)
}

// Broken returns how many of the Failed rows are folders that were read, and of
// which something failed that has a row of its own.
func (q *Queue) Broken(ctx context.Context) (int, error) {
	return q.folders(ctx, `state = 'failed' AND type = ? AND kind = ''`)
}

func (q *Queue) folders(ctx context.Context, which string) (int, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return 0, err
	}
	var n int
	err := q.s.row(ctx, `SELECT count(*) FROM rows INDEXED BY rows_state WHERE `+which, typeWord(vfs.TypeDir)).Scan(&n)
	return n, q.judgeLocked(q.s.wrap(journalOp, err))
}
