package queue

import (
	"context"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// A refusal (stopsSite) is remembered below the queue, so that all who knock are not
// one attempt each: too many lock an account. Here all rows of the site are paused by
// it. One of them that is taken again was sent on by a person, in whatever process and
// by whatever way, and that person wants the server to be asked. A row that was added
// since says nothing of the refusal, and fails by it: a script that adds one a minute
// must not knock once a minute.

// refusal is why a site was stopped, and the last row that there was then.
type refusal struct {
	kind vfs.Kind
	last ID
}

// keepRefusal notes up to which row a site was stopped by a refusal, within a write.
func (q *Queue) keepRefusal(ctx context.Context, kind vfs.Kind, by site.ID) error {
	if !stopsSite(kind) || by == site.Local {
		return nil
	}
	var last ID
	if err := q.s.row(ctx, `SELECT coalesce(max(id), 0) FROM rows`).Scan(&last); err != nil {
		return q.s.wrap(journalOp, err)
	}
	q.refused[by] = refusal{kind, last}
	return nil
}

// heedRefusal tells Config.Again of the sites of a row that is taken although it was
// stopped. The store's lock is held.
func (q *Queue) heedRefusal(r row) {
	if r.State == removing {
		return
	}
	for _, id := range r.sites() {
		if before, ok := q.refused[id]; ok && r.ID <= before.last {
			delete(q.refused, id)
			if q.c.Again != nil {
				q.c.Again(id, before.kind)
			}
		}
	}
}
