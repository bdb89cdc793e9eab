package queue

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"wherry/sync/site"
)

// List returns up to limit rows from offset on, in the order in which they
// are taken: by priority, then jobs in the order they were added unless
// somebody moved them, in each the rows by ID, so that what was found in a
// folder comes behind it. Rows being worked on show the progress of this moment.
func (q *Queue) List(ctx context.Context, f Filter, offset, limit int) ([]Item, error) {
	if f.ActiveFirst {
		return q.listActiveFirst(ctx, f, offset, limit)
	}
	if f.LaterLast {
		return q.listLaterLast(ctx, f, offset, limit)
	}
	query, args := f.query()
	found, err := q.readRows(ctx, query, append(args, limit, offset)...)
	return items(found), err
}

// IDs returns the IDs of all rows that a filter lets through, by ID: what is done
// with all of them is best done in one call. It takes some tenths of a second for
// 200,000; Newest, LaterLast and ActiveFirst make no difference.
func (q *Queue) IDs(ctx context.Context, f Filter) ([]ID, error) {
	f.Newest, f.LaterLast = false, false
	from, args := f.from()
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return nil, err
	}
	var text string // one value is read in a fifth of the time that many are
	if err := q.s.row(ctx, `SELECT json_group_array(id)`+from, args...).Scan(&text); err != nil {
		return nil, q.judgeLocked(q.s.wrap(journalOp, err))
	}
	var ids []ID
	err := json.Unmarshal([]byte(text), &ids)
	slices.Sort(ids)
	return ids, err
}

// readRows runs a SELECT of columns for people to see.
func (q *Queue) readRows(ctx context.Context, query string, args ...any) ([]row, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return nil, err
	}
	_ = q.keepNow(ctx) // without it they are listed as waiting; who works on the journal gets the error
	var found []row
	var waits map[site.ID]SiteWait
	err := q.s.atOnceLocked(ctx, func() (err error) {
		if found, err = q.list(ctx, query, args...); err != nil {
			return err
		}
		waits, err = q.waits(ctx)
		return err
	})
	if err != nil {
		return nil, q.judgeLocked(err)
	}
	now := q.clock.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range found {
		it := &found[i].Item
		showWaits(it, waits)
		if w := q.running[it.ID]; w != nil && it.State == Active && w.row.State == Active {
			*it = w.itemLocked(now)
		}
	}
	return found, nil
}

// Sites returns the sites of all rows that a Run would work on: those that have
// not ended and are not paused, unless that is for a password that nobody knew.
func (q *Queue) Sites(ctx context.Context) ([]site.ID, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return nil, err
	}
	const which = ` FROM rows WHERE ended = 0 AND (state <> 'paused' OR ` + lacking + `)`
	rows, err := q.s.query(ctx, `SELECT src_site`+which+` UNION SELECT dst_site`+which)
	if err != nil {
		return nil, q.judgeLocked(err)
	}
	defer func() { _ = rows.Close() }() // reading has told what failed
	var ids []site.ID
	for rows.Next() {
		var id site.ID
		if err := rows.Scan(&id); err != nil {
			return nil, q.s.wrap(journalOp, err)
		}
		if id != site.Local {
			ids = append(ids, id)
		}
	}
	return ids, q.judgeLocked(q.s.wrap(journalOp, rows.Err()))
}

// query picks the IDs from an index first: SQLite would otherwise read every
// row that the offset leaves out.
func (f Filter) query() (string, []any) {
	from, args := f.from()
	order := ` ORDER BY prio, rank, id`
	switch {
	case f.part == rowsFront: // a question waits for a person, and may for long
		order = ` ORDER BY state = 'asking', prio, rank, id`
	case f.Newest:
		order = ` ORDER BY ended DESC, id DESC`
	}
	return `SELECT ` + columns + ` FROM rows WHERE id IN (SELECT id` + from + order + ` LIMIT ? OFFSET ?)` + order, args
}

// from names the rows, and the index that has them in the order asked for.
func (f Filter) from() (string, []any) {
	where, index := []string{`state <> 'removing'`}, "rows_order"
	var args []any
	if len(f.States) > 0 {
		where = []string{`state IN (?` + strings.Repeat(`, ?`, len(f.States)-1) + `)`}
		for _, s := range f.States {
			args = append(args, string(s))
		}
	}
	switch {
	case f.Newest && len(f.States) > 0 && !slices.ContainsFunc(f.States, func(s State) bool { return !isEnd(s) }):
		index, where = "rows_ended", append(where, `ended > 0`)
	case len(f.States) == 1:
		index = "rows_state"
	}
	if f.TopLevel {
		where = append(where, `parent = 0`)
	}
	if f.Find != "" {
		where = append(where, `(instr(lower(CAST(src_path AS TEXT)), lower(?)) > 0 OR instr(lower(CAST(dst_path AS TEXT)), lower(?)) > 0)`)
		args = append(args, f.Find, f.Find)
	}
	if f.after != nil {
		condition, place := f.behind(f.after)
		where, args = append(where, condition), append(args, place...)
	}
	switch {
	case f.front == "":
	case f.part == rowsFront:
		return ` FROM rows NOT INDEXED WHERE ` + strings.Join(append(where, `id IN (SELECT value FROM json_each(?))`), ` AND `), append(args, f.front)
	default:
		where, args = append(where, `id NOT IN (SELECT value FROM json_each(?))`), append(args, f.front)
	}
	switch f.part {
	case rowsNow:
		where, args = append(where, `id NOT IN (SELECT id`+laterRows+`)`), append(args, f.now, f.now)
	case rowsLater: // they are few, so they are found first and sorted then
		return ` FROM rows WHERE ` + strings.Join(append(where, `id IN (SELECT id`+laterRows+`)`), ` AND `), append(args, f.now, f.now)
	}
	return ` FROM rows INDEXED BY ` + index + ` WHERE ` + strings.Join(where, ` AND `), args
}

// list runs a SELECT of columns with the store's lock held.
func (q *Queue) list(ctx context.Context, query string, args ...any) ([]row, error) {
	rows, err := q.s.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	found, err := collect(rows)
	return found, q.s.wrap(journalOp, err)
}

func items(rows []row) []Item {
	out := make([]Item, len(rows))
	for i, r := range rows {
		out[i] = r.Item
	}
	return out
}
