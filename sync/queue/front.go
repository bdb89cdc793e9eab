package queue

import "context"

// inFront are the files in work, and the first of those asked about, as JSON for
// SQL; "" where there are none. The journal does not know the files by an index,
// so those of another process are looked for among its first rows in work, most
// of which are folders.
func (q *Queue) inFront(ctx context.Context) (string, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return "", err
	}
	var ids []ID
	q.mu.Lock()
	for id, w := range q.running {
		if w.row.State == Active {
			ids = append(ids, id)
		}
	}
	ours := len(q.running) > 0
	q.mu.Unlock()
	mine, err := idText(ids)
	if err != nil {
		return "", err
	}
	var text string
	err = q.s.row(ctx, `SELECT json_group_array(id) FROM (
		SELECT value AS id FROM json_each(?)
		UNION SELECT id FROM (SELECT id FROM rows INDEXED BY rows_state WHERE state = 'asking' ORDER BY prio, rank, id LIMIT ?)
		UNION SELECT id FROM (SELECT id, type FROM rows INDEXED BY rows_state WHERE state = 'active' AND NOT ? ORDER BY prio, rank, id LIMIT ?)
			WHERE type = 'file')`, mine, MaxAsking, ours, laterMany).Scan(&text)
	if text == "[]" {
		text = ""
	}
	return text, q.judgeLocked(q.s.wrap(journalOp, err))
}

// listActiveFirst is List with the rows of inFront before all others. Those are
// read from the index by place as ever, so a long list costs no more.
func (q *Queue) listActiveFirst(ctx context.Context, f Filter, offset, limit int) ([]Item, error) {
	f.ActiveFirst = false
	front, err := q.inFront(ctx)
	if err != nil {
		return nil, err
	}
	if front == "" {
		return q.List(ctx, f, offset, limit)
	}
	f.front, f.part = front, rowsFront
	query, args := f.query()
	found, err := q.readRows(ctx, query, append(args, -1, 0)...)
	if err != nil {
		return nil, err
	}
	first := items(found)
	page := first[min(offset, len(first)):min(offset+limit, len(first))]
	if len(page) == limit {
		return page, nil
	}
	f.part = allRows
	rest, err := q.List(ctx, f, max(offset-len(first), 0), limit-len(page))
	return append(page, rest...), err
}
