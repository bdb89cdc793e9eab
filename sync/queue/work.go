package queue

import (
	"context"
	"slices"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// occupied is how long a row waits whose target another one is writing.
const occupied = time.Second

// each takes rows of a line, one at a time, and gives each to do, until ctx
// ends. While there is none it waits for a change; while idle, which may be nil,
// returns a channel, it takes none and waits for that.
func (q *Queue) each(ctx context.Context, from line, as State, idle func() <-chan struct{}, do func(context.Context, *work)) error {
	for {
		if idle != nil {
			if until := idle(); until != nil {
				select {
				case <-ctx.Done():
					return nil
				case <-until:
				}
				continue
			}
		}
		bell := q.nextBell()
		w, err := q.claim(ctx, from, as)
		if err != nil {
			return err
		}
		if w == nil {
			select {
			case <-ctx.Done():
				return nil
			case <-bell:
			}
			continue
		}
		mine, cancel := context.WithCancelCause(ctx)
		q.adopt(w, cancel)
		do(mine, w)
		cancel(nil)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// claim takes the next row into this process's hands; nil for none. It
// registers the row before the journal's lock is free, so that whoever changes
// the row from then on finds who works on it.
func (q *Queue) claim(ctx context.Context, from line, as State) (*work, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if err := q.s.usableLocked(ctx); err != nil {
		return nil, err
	}
	if as != removing && (q.isHeld() || !q.isOpen()) {
		return nil, nil
	}
	for {
		next, err := q.first(ctx, from)
		if err != nil || next == nil {
			return nil, q.judgeLocked(err)
		}
		w := &work{row: *next, names: likes(next.Target.Path)}
		if q.isOccupied(w.row) {
			if err := q.postpone(ctx, w.row.ID); err != nil {
				return nil, err
			}
			continue
		}
		taken := false
		err = q.writeLocked(ctx, cheap, func() error {
			n, err := q.s.exec(ctx, `UPDATE rows SET state = ? WHERE id = ? AND state = ?`, string(as), int64(w.row.ID), string(w.row.State))
			taken = n == 1
			if err != nil || w.row.Exists != transfer.Ask {
				return err
			}
			w.row.Exists, err = q.jobRule(ctx, w.row.job)
			return err
		})
		if err != nil {
			return nil, err
		}
		if !taken {
			continue // another process was faster with a pause
		}
		w.row.State = as
		w.counter.Total.Store(w.row.Size)
		w.counter.Done.Store(w.row.Done)
		q.mu.Lock()
		q.running[w.row.ID] = w
		q.mu.Unlock()
		return w, nil
	}
}

// adopt gives w what stops it. A row that was taken away between is stopped
// at once.
func (q *Queue) adopt(w *work, cancel context.CancelCauseFunc) {
	q.mu.Lock()
	defer q.mu.Unlock()
	w.cancel = cancel
	if w.taken {
		cancel(errTaken)
	}
}

func (q *Queue) isHeld() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held
}

// isOccupied says whether another row in work has the same target: two would
// write one part file. It also keeps a row from being taken again before the
// last work on it ended.
func (q *Queue) isOccupied(r row) bool {
	names := likes(r.Target.Path, r.chosen)
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, w := range q.running {
		if w.row.ID == r.ID || w.row.Type == r.Type && w.row.Target.Site == r.Target.Site && w.meetsLocked(names) {
			return true
		}
	}
	return false
}

// meetsLocked says whether w may write a part of one of names. Those that
// differ in case or normal form only are one name on some disks, and nobody has
// said yet on which.
func (w *work) meetsLocked(names []string) bool {
	return slices.ContainsFunc(w.names, func(mine string) bool { return slices.Contains(names, mine) })
}

func (q *Queue) postpone(ctx context.Context, id ID) error {
	return q.writeLocked(ctx, cheap, func() error {
		_, err := q.s.exec(ctx, `UPDATE rows SET next_try = ? WHERE id = ?`, nanos(q.clock.Now().Add(occupied)), int64(id))
		return err
	})
}

// worker n, from 0 on, transfers files while so many are wanted.
func (q *Queue) worker(ctx context.Context, n int) error {
	return q.each(ctx, files, Active, func() <-chan struct{} { return q.unwanted(n) }, func(ctx context.Context, w *work) {
		e := q.attempt(ctx, w)
		e.stopped = ctx.Err() != nil
		q.countEnd(w, e)
		q.reportEnd(w, e)
	})
}

// attempt makes one transfer.
func (q *Queue) attempt(ctx context.Context, w *work) ending {
	src, dst, done, e := q.openBoth(ctx, w.row)
	if e.err != nil {
		return e
	}
	defer done()
	job := transfer.Job{
		Source: transfer.File{FS: src, Path: w.row.Source.Path},
		Target: transfer.File{FS: dst, Path: w.row.Target.Path},
		Exists: w.row.Exists, Made: w.row.made, Chosen: w.row.chosen, Counter: &w.counter, KeepTime: true,
		Spellings: q.spellingsOf(w.row.Target.Site),
		OnStart:   func(id transfer.Identity, target vfs.Path) error { return q.started(ctx, w, id, target) },
	}
	way := q.throttle.path(w.row)
	job.Wait, job.Limited = way.wait, way.limited
	if q.c.Verify != nil {
		job.Verify = q.c.Verify()
	}
	if res, ok := stoodAlready(ctx, job); ok {
		return ending{result: res}
	}
	res, err := transfer.Run(ctx, job)
	return ending{result: res, err: err, culprit: q.culprit(ctx, w.row, src, dst, err)}
}

// openBoth opens the two sides; on failure the ending says which one failed.
// done frees what was opened, and is nil after a failure.
func (q *Queue) openBoth(ctx context.Context, r row) (src, dst vfs.FS, done func(), e ending) {
	if src, e.err = q.c.Open(ctx, r.Source.Site); e.err != nil {
		e.culprit = r.Source.Site
		return nil, nil, nil, e
	}
	if dst, done, e.err = q.openTarget(ctx, r); e.err != nil {
		e.culprit = r.Target.Site
	}
	return src, dst, done, e
}

// started journals what the part is made from, and the name it will take,
// before its first byte exists, and refuses to begin a row that was taken away.
func (q *Queue) started(ctx context.Context, w *work, id transfer.Identity, target vfs.Path) error {
	size, when := identityColumns(id)
	var chosen []byte
	if w.row.Exists == transfer.Rename {
		chosen = blob(target)
	}
	var n int64
	err := q.write(ctx, cheap, func() (err error) {
		if w.row.probes {
			// It may move for hours: the others need not wait for its end.
			if err := q.reached(ctx, w.row.sites()...); err != nil {
				return err
			}
		}
		n, err = q.s.exec(ctx, `UPDATE rows SET made_size = ?, made_time = ?, chosen = ?, size = ? WHERE id = ? AND state = 'active'`,
			size, when, chosen, id.Size, int64(w.row.ID))
		return err
	})
	if err != nil {
		q.abandon(ctx, err)
		return err
	}
	if n == 0 {
		return &vfs.Error{Op: "transfer", Path: w.row.Source.Path.String(), Kind: vfs.KindCancelled, Err: errTaken}
	}
	names := likes(w.row.Target.Path, target)
	q.mu.Lock()
	again := !w.chosen.IsRoot()
	w.chosen, w.names = target, names
	q.mu.Unlock()
	if !again {
		q.report(note{work: w, size: id.Size})
	}
	return nil
}

// stoodAlready recognises a file that an earlier attempt finished without the
// journal getting to know: it was killed between the renaming and the
// writing down, or the server's last reply was lost. By the rules that look
// at the target it would be asked about, counted as skipped, or copied once
// more beside itself. Overwrite comes to the same by doing it again.
func stoodAlready(ctx context.Context, j transfer.Job) (transfer.Result, bool) {
	// Under these an attempt had begun only because no file of that name was
	// there; under the others the time must say that it is ours.
	fresh := j.Exists == transfer.Skip || j.Exists == transfer.Ask
	target := j.Target.Path
	if j.Exists == transfer.Rename && !j.Chosen.IsRoot() {
		fresh, target = true, j.Chosen
	}
	if j.Made == nil || j.Exists == transfer.Overwrite {
		return transfer.Result{}, false
	}
	part, err := transfer.PartName(target)
	if err != nil {
		return transfer.Result{}, false
	}
	if _, err := j.Target.FS.Stat(ctx, part); vfs.KindOf(err) != vfs.KindNotFound {
		return transfer.Result{}, false
	}
	now, err := j.Target.FS.Stat(ctx, target)
	if err != nil || now.Type != vfs.TypeFile || now.Size != j.Made.Size {
		return transfer.Result{}, false
	}
	src, err := j.Source.FS.Stat(ctx, j.Source.Path)
	if err != nil || src.Size != j.Made.Size || !src.ModTime.Equal(j.Made.ModTime) {
		return transfer.Result{}, false
	}
	step := max(now.Accuracy, src.Accuracy, time.Second)
	if apart := now.ModTime.Sub(src.ModTime).Abs(); !fresh && apart > step {
		return transfer.Result{}, false
	}
	return transfer.Result{Outcome: transfer.Done, Target: target, Size: now.Size, Verified: "size"}, true
}

// culprit says which side an error belongs to that all rows of a site would
// meet. With one
// site it is that one; between two sites each is asked for its features,
// which a file system that has been refused answers with the refusal and
// without trying again. The zero ID where it cannot be told.
func (q *Queue) culprit(ctx context.Context, r row, src, dst vfs.FS, err error) site.ID {
	away := unreachable(err)
	if err == nil || !away && !stopsSite(vfs.KindOf(err)) {
		return site.Local
	}
	ids := r.sites()
	switch {
	case len(ids) == 1 || len(ids) == 2 && ids[0] == ids[1]:
		return ids[0]
	case len(ids) == 0, away:
		return site.Local // to ask a site that does not answer takes long
	}
	for i, f := range []vfs.FS{src, dst} {
		if _, err := f.Features(ctx); stopsSite(vfs.KindOf(err)) {
			return ids[i]
		}
	}
	return site.Local
}
