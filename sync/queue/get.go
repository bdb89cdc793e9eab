package queue

import "context"

// Get returns the rows of ids, as List does, each once and by ID. IDs of no row
// are left out: another process may have removed them.
func (q *Queue) Get(ctx context.Context, ids ...ID) ([]Item, error) {
	text, err := idText(ids)
	if err != nil {
		return nil, err
	}
	found, err := q.readRows(ctx, `SELECT `+columns+` FROM rows WHERE id IN (SELECT value FROM json_each(?)) AND state <> 'removing' ORDER BY id`, text)
	return items(found), err
}
