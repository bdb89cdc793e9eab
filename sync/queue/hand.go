package queue

import (
	"context"
	"maps"
	"slices"

	"wherry/sync/site"
	"wherry/sync/transfer"
)

// handful is how many files of each pair of sites are read from the journal at
// a time.
const handful = 64

// hand holds the files whose turn is next, so that most of them are taken
// without the journal. It is read again after every change that could alter
// whose turn it is. The store's lock guards it.
type hand struct {
	rows  []row                // in the order of their turns
	waits map[site.ID]SiteWait // as of then
	loud  uint64               // Queue.loud as of then
	again bool                 // all that it had of a pair of sites was taken: there may be more
	noted map[ID]bool          // the light rows, as the journal's setting 'hand' has them
}

// Light rows are those that the journal does not have as taken, nor what their
// parts are made from, while they are worked on: both would cost more than a
// small file itself.
//
// In a queue in memory they are all, for who would read it. On disk they are
// files so small that beginning anew costs nothing. Before the first of them can
// begin, the setting 'hand' has the IDs of them all: a row in hand may have begun
// when a run was killed, and is in doubt (doubt.go).
//
// Whoever changes rows in this process writes down the light ones in work first
// (keepLight), and works on the same states as ever.

// isLight says whether a row of the hand can be taken as one.
//
// That it is noted is not enough: it may have been before somebody answered its
// question by Rename.
func (q *Queue) isLight(r row) bool {
	return !r.probes && r.arrive != ArriveLook && (q.c.File == Memory || q.hand.noted[r.ID] && canBeLight(r))
}

func canBeLight(r row) bool {
	return isSmall(r.Size) && r.made == nil && r.chosen.IsRoot() && r.Exists != transfer.Rename && r.Exists != transfer.Resume
}

func isSmall(size int64) bool { return size >= 0 && size <= transfer.Overlap }

// fill reads the hand anew where it may not be true any more, or where anew is
// set.
func (q *Queue) fill(ctx context.Context, anew bool) error {
	q.mu.Lock()
	loud, busy, small := q.loud, len(q.running), q.tuning.SmallFirst
	q.mu.Unlock()
	h := &q.hand
	if !anew && h.loud == loud {
		return nil
	}
	if err := q.sizeOrder(ctx, small); err != nil {
		return err
	}
	waits, err := q.waits(ctx)
	if err != nil {
		return err
	}
	from := files
	if small {
		from = smallFiles
	}
	for stand := false; !stand; {
		rows, err := q.heads(ctx, from, handful+busy)
		if err != nil {
			return err
		}
		q.mu.Lock()
		rows = slices.DeleteFunc(rows, func(r row) bool { return q.running[r.ID] != nil })
		q.mu.Unlock()
		if err := q.withRule(ctx, rows); err != nil {
			return err
		}
		if stand, err = q.noteHand(ctx, rows); err != nil {
			return err
		}
		h.rows, h.waits, h.loud, h.again = rows, waits, loud, false
	}
	return nil
}

// noteHand writes down which rows may begin from now on without another word. stand
// is false where another process has paused or removed some of them since they were
// read: not knowing of the hand it may have left nothing that would stop them.
func (q *Queue) noteHand(ctx context.Context, rows []row) (stand bool, err error) {
	if q.c.File == Memory {
		return true, nil
	}
	noted := map[ID]bool{}
	for _, r := range rows {
		if canBeLight(r) {
			noted[r.ID] = true
		}
	}
	if len(noted) == 0 && len(q.hand.noted) == 0 || subset(noted, q.hand.noted) {
		return true, nil
	}
	fresh, err := idText(slices.Collect(maps.Keys(noted)))
	if err != nil {
		return false, err
	}
	most := len(noted)
	q.mu.Lock()
	for id, w := range q.running {
		if w.light {
			noted[id] = true
		}
	}
	q.mu.Unlock()
	err = q.writeQuietly(ctx, cheap, func() error {
		if err := q.setHand(ctx, noted); err != nil {
			return err
		}
		return q.s.row(ctx, `SELECT count(*) = ? FROM rows WHERE state = 'waiting' AND id IN (SELECT value FROM json_each(?))`, most, fresh).Scan(&stand)
	})
	if err != nil {
		return false, err
	}
	q.hand.noted = noted
	return stand, nil
}

// subset says whether all of a is in b, and so much of it that writing it again
// would be no use.
func subset(a, b map[ID]bool) bool {
	for id := range a {
		if !b[id] {
			return false
		}
	}
	return len(a) > 0
}

func (q *Queue) setHand(ctx context.Context, ids map[ID]bool) error {
	text, err := idText(slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return err
	}
	_, err = q.s.exec(ctx, `INSERT OR REPLACE INTO settings (key, value) VALUES ('hand', ?)`, text)
	return err
}

// inHand is what the setting holds, as a list of IDs for SQL.
const inHand = `(SELECT value FROM json_each(coalesce((SELECT value FROM settings WHERE key = 'hand'), '[]')))`

// handStays tells whether what is found in a folder comes behind rows of the same
// sites in the hand, so that it need not be read again: it has the folder's place
// and a higher ID than any row.
func (q *Queue) handStays(folder row) bool {
	last := q.lastOf(folder)
	if last < 0 || folder.probes {
		return false
	}
	r := q.hand.rows[last]
	folder.ID = r.ID
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.hand.loud == q.loud && !q.tuning.SmallFirst && r.compare(folder, false) <= 0
}

// lastOf is where the last row of the same sites lies in the hand, below 0 for
// none.
func (q *Queue) lastOf(r row) int {
	for i := len(q.hand.rows) - 1; i >= 0; i-- {
		if o := &q.hand.rows[i]; o.Source.Site == r.Source.Site && o.Target.Site == r.Target.Site {
			return i
		}
	}
	return -1
}

// keepHand takes the one change since handStays for what that has judged.
func (q *Queue) keepHand() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.loud == q.hand.loud+1 {
		q.hand.loud = q.loud
	}
}

// takeFromHand returns the first file whose sites are free, nil for none.
func (q *Queue) takeFromHand(ctx context.Context) (*row, error) {
	if err := q.fill(ctx, false); err != nil {
		return nil, err
	}
	for {
		h := &q.hand
		full, shut := q.full(), q.shut(h.waits)
		for i := range h.rows {
			if h.rows[i].probes = false; !q.isFree(&h.rows[i], full, shut, h.waits) {
				continue
			}
			r := h.rows[i]
			h.rows = slices.Delete(h.rows, i, i+1)
			h.again = h.again || q.lastOf(r) < 0
			return &r, nil
		}
		if !h.again {
			return nil, nil
		}
		// There may be files of other sites behind those that it held.
		if err := q.fill(ctx, true); err != nil {
			return nil, err
		}
	}
}

// keepLight writes into the journal what the light rows in work are at, within
// a write. undo is for a write that failed, before the store's lock is free.
func (q *Queue) keepLight(ctx context.Context) (undo func(), err error) {
	var kept []*work
	var columns [][]any
	q.mu.Lock()
	for _, w := range q.running {
		if w.light {
			w.light = false
			kept, columns = append(kept, w), append(columns, append(w.begunLocked(), int64(w.row.ID)))
		}
	}
	if len(kept) > 0 {
		q.stale = true
	}
	q.mu.Unlock()
	undo = func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		for _, w := range kept {
			w.light = true
		}
	}
	for _, c := range columns {
		if _, err := q.s.exec(ctx, `UPDATE rows SET state = 'active', `+asBegun+` WHERE id = ? AND state = 'waiting'`, c...); err != nil {
			return undo, err
		}
	}
	return undo, nil
}

// keepNow writes down the light rows in work, so that what is asked of the
// journal is told of them, too.
func (q *Queue) keepNow(ctx context.Context) error {
	q.mu.Lock()
	any := false
	for _, w := range q.running {
		any = any || w.light
	}
	q.mu.Unlock()
	if !any {
		return nil
	}
	undo := func() {}
	err := q.s.writeLocked(ctx, cheap, func() (err error) {
		undo, err = q.keepLight(ctx)
		return err
	})
	if err != nil {
		undo()
		return q.judgeLocked(err)
	}
	return nil
}

// keepLong does the same where one of them takes so long that other processes
// should hear of it.
func (q *Queue) keepLong(ctx context.Context) error {
	if q.c.File == Memory {
		return nil
	}
	q.mu.Lock()
	long := false
	for _, w := range q.running {
		long = long || w.light && w.looked
		w.looked = true
	}
	q.mu.Unlock()
	if !long {
		return nil
	}
	return q.keepNow(ctx)
}

// asBegun takes what begunLocked returns.
const asBegun = `made_size = coalesce(?, made_size), made_time = coalesce(?, made_time), chosen = coalesce(?, chosen), size = coalesce(?, size)`

// begunLocked is what the journal keeps of a light row's start; all nil where it
// has not begun. Queue.mu is held.
func (w *work) begunLocked() []any {
	if w.begun == nil {
		return []any{nil, nil, nil, nil}
	}
	size, when := identityColumns(*w.begun)
	var chosen any
	if w.row.Exists == transfer.Rename {
		chosen = blob(w.chosen)
	}
	return []any{size, when, chosen, w.begun.Size}
}

// recoverHand puts in doubt what a killed run had in hand, within a write.
func (q *Queue) recoverHand(ctx context.Context) error {
	size, when := doubtful()
	_, err := q.s.exec(ctx, `UPDATE rows SET made_size = ?, made_time = ?
		WHERE id IN `+inHand+` AND made_size IS NULL AND type = 'file' AND ended = 0`, size, when)
	if err != nil {
		return err
	}
	q.hand = hand{}
	return q.setHand(ctx, nil)
}

// dropHand forgets the hand, within a write that wrote down what was in work.
func (q *Queue) dropHand(ctx context.Context) error {
	if len(q.hand.noted) == 0 {
		return nil
	}
	if err := q.setHand(ctx, nil); err != nil {
		return err
	}
	q.hand = hand{}
	return nil
}
