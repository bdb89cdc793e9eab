package queue

import (
	"context"
	"errors"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// Two rows of one target share the name of its part, and what stands there is of the
// one that began it last. The other one's Made is no word on it any more: the bytes that
// a transfer compares before it goes on (transfer.Overlap) tell most files apart, and not
// two images of disks with zeros there. A part that is no longer than that is compared
// whole, so small files need not be looked after.

// parts tells whose the parts are, as far as more than one row may have begun them.
type parts struct {
	of map[Place]ID // by target: who began it last in this run, and has not come to its end
	// shared are the targets of more than one begun row, as the journal had it when a
	// part of an earlier run was first to be gone on with; nil before.
	shared map[Place]bool
}

// isLong tells a file whose part could be taken for another one's.
func isLong(size int64) bool { return size > transfer.Overlap || size == vfs.SizeUnknown }

// madeOf is what the part of a row is made from; in doubt where it may be another
// row's.
func (q *Queue) madeOf(ctx context.Context, r row) (*transfer.Identity, error) {
	if r.made == nil || !isLong(r.made.Size) {
		return r.made, nil
	}
	target := Place{r.Target.Site, r.Target.Path}
	if !r.chosen.IsRoot() {
		target.Path = r.chosen
	}
	q.mu.Lock()
	owner, known := q.parts.of[target]
	q.mu.Unlock()
	theirs := owner != r.ID
	if !known {
		shared, err := q.sharedParts(ctx)
		if err != nil {
			return nil, err
		}
		theirs = shared[target]
	}
	if theirs {
		return &transfer.Identity{Size: inDoubt}, nil
	}
	return r.made, nil
}

// sharedParts asks the journal once in each run, which looks through all rows.
func (q *Queue) sharedParts(ctx context.Context) (map[Place]bool, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if q.parts.shared != nil {
		return q.parts.shared, nil
	}
	if err := q.s.usableLocked(ctx); err != nil {
		return nil, err
	}
	found, err := q.s.query(ctx, `SELECT dst_site, ifnull(chosen, dst_path) FROM rows
		WHERE (made_size > ? OR made_size = ?) AND state <> 'done' GROUP BY 1, 2 HAVING count(*) > 1`, transfer.Overlap, vfs.SizeUnknown)
	if err != nil {
		return nil, q.judgeLocked(err)
	}
	shared := map[Place]bool{}
	for found.Next() {
		var id string
		var name []byte
		if err = found.Scan(&id, &name); err != nil {
			break
		}
		p, bad := vfs.Parse(string(name))
		if err = bad; err != nil {
			break
		}
		shared[Place{site.ID(id), p}] = true
	}
	if err = errors.Join(err, found.Err(), found.Close()); err != nil {
		return nil, q.judgeLocked(q.s.wrap(journalOp, err))
	}
	q.parts.shared = shared
	return shared, nil
}

// beginsPartLocked notes that w begins a part. Queue.mu is held.
func (q *Queue) beginsPartLocked(w *work, size int64, target vfs.Path) {
	if isLong(size) {
		q.parts.of[Place{w.row.Target.Site, target}] = w.row.ID
	}
}

// endsPartLocked notes that the part of w has its name, or is gone. Queue.mu is held.
func (q *Queue) endsPartLocked(w *work, e ending) {
	at := Place{w.row.Target.Site, w.chosen}
	if e.err == nil && e.result.Outcome == transfer.Done && q.parts.of[at] == w.row.ID {
		delete(q.parts.of, at)
	}
}
