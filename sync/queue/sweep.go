package queue

import (
	"context"
	"errors"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// sweeper deletes what cancelled rows left at their targets, and then the
// rows.
func (q *Queue) sweeper(ctx context.Context) error {
	return q.each(ctx, sweeps, removing, nil, func(ctx context.Context, w *work) {
		err := q.sweep(ctx, w.row)
		if ctx.Err() != nil {
			q.forget(w) // the next run does it again
			return
		}
		// The part is not worth more than the row's own retries.
		attempts := w.row.Attempts + 1
		if again := vfs.KindOf(err).Temporary() && attempts <= max(q.c.Retries, 0); again {
			err = q.write(ctx, cheap, func() error {
				_, err := q.s.exec(ctx, `UPDATE rows SET attempts = ?, next_try = ? WHERE id = ?`,
					attempts, nanos(q.clock.Now().Add(q.c.Backoff(attempts))), int64(w.row.ID))
				return err
			})
		} else {
			err = q.write(ctx, cheap, func() error {
				_, err := q.s.exec(ctx, `DELETE FROM rows WHERE id = ?`, int64(w.row.ID))
				return err
			})
		}
		q.forget(w)
		q.abandon(ctx, err)
	})
}

// abandon ends the run when err is the journal's, because then no outcome can
// be kept. Other errors, and those of a ctx that ended, it leaves alone.
func (q *Queue) abandon(ctx context.Context, err error) {
	if ctx.Err() != nil || !isJournals(err) {
		return
	}
	q.mu.Lock()
	stop := q.stop
	q.mu.Unlock()
	if stop != nil {
		stop(err)
	}
}

func isJournals(err error) bool {
	var e *vfs.Error
	return errors.As(err, &e) && e.Op == journalOp
}

// sweep deletes the part of a cancelled row. A row asked for since with the
// same target has the part now, also one that is still to be found; but one under a
// name that the rule Rename chose is nobody else's. One whose target was not looked at
// has none. A part that may be all that stands whole there stays: the source may be gone.
func (q *Queue) sweep(ctx context.Context, r row) error {
	if r.arrive == ArriveLook {
		return nil
	}
	target := r.chosen
	if target.IsRoot() || target == r.Target.Path {
		wanted, err := q.wanted(ctx, r)
		if wanted || err != nil {
			return err
		}
		target = r.Target.Path
	}
	part, err := transfer.PartName(target)
	if err != nil {
		return err
	}
	f, done, err := q.openTarget(ctx, r)
	if err != nil {
		return err
	}
	defer done()
	if r.made != nil {
		only, err := transfer.OnlyCopy(ctx, transfer.File{FS: f, Path: target}, *r.made, q.replaceWay(r.Target.Site))
		if only || err != nil {
			return err
		}
	}
	if err := f.Remove(ctx, part); err != nil && vfs.KindOf(err) != vfs.KindNotFound {
		return err
	}
	return nil
}

// wanted tells whether a row that has not ended is of r's source and target, or of a
// folder above them that is still to be read, and may find them in it.
func (q *Queue) wanted(ctx context.Context, r row) (bool, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return false, err
	}
	src, dst := r.Source, r.Target
	id, err := q.unfinished(ctx, src, dst)
	found := id != 0
	for err == nil && !found && !src.Path.IsRoot() && !dst.Path.IsRoot() && src.Path.Base() == dst.Path.Base() {
		src.Path, dst.Path = src.Path.Dir(), dst.Path.Dir()
		found, err = q.unread(ctx, src, dst)
	}
	return found, err
}

// unread tells whether a row waits for reading the folder src for dst, which with
// ArriveLook may be where it will go.
func (q *Queue) unread(ctx context.Context, src, dst Place) (found bool, err error) {
	above := Place{Site: dst.Site, Path: dst.Path.Dir()}
	err = q.s.row(ctx, `SELECT EXISTS (SELECT 1 FROM rows WHERE pair IN (?, ?) AND ended = 0 AND scanned = 0 AND state <> 'removing'
		AND src_site = ? AND src_path = ? AND dst_site = ? AND (dst_path = ? OR dst_path = ? AND arrive = ?))`,
		pairOf(src, dst), pairOf(src, above), string(src.Site), blob(src.Path), string(dst.Site), blob(dst.Path), blob(above.Path), int(ArriveLook)).Scan(&found)
	return found, q.s.wrap(journalOp, err)
}
