package queue

import (
	"context"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

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
		bell := q.bellOf(from.bell)
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

// worker n, from 0 on, transfers files while so many are wanted.
func (q *Queue) worker(ctx context.Context, n int) error {
	return q.each(ctx, files, Active, func() <-chan struct{} { return q.unwanted(n) }, func(ctx context.Context, w *work) {
		e, finished := q.attempt(ctx, w)
		if finished {
			return
		}
		e.stopped = ctx.Err() != nil
		q.countEnd(w, e)
		q.reportEnd(w, e)
	})
}

// attempt makes one transfer. finished tells that the row was given back instead,
// and the journal has it: what was found out is where it goes.
func (q *Queue) attempt(ctx context.Context, w *work) (e ending, finished bool) {
	src, dst, done, e := q.openBoth(ctx, w.row)
	if e.err != nil {
		return e, false
	}
	defer done()
	if w.row.arrive == ArriveLook {
		return q.look(ctx, w, src, dst)
	}
	if err := q.makeWay(ctx, w.row, dst); err != nil {
		return ending{err: err, culprit: q.culprit(ctx, w.row, src, dst, err)}, false
	}
	made, err := q.madeOf(ctx, w.row)
	if err != nil {
		q.abandon(ctx, err)
		return ending{err: err}, false
	}
	job := transfer.Job{
		Source: transfer.File{FS: src, Path: w.row.Source.Path},
		Target: transfer.File{FS: dst, Path: w.row.Target.Path},
		Exists: w.row.Exists, Made: made, Chosen: w.row.chosen, Counter: &w.counter, KeepTime: true,
		KeepMode: w.row.KeepMode, Known: w.row.known(), Segments: q.segmentsOf(w.row), Replace: q.replaceWay(w.row.Target.Site),
		Spellings: q.spellingsOf(w.row.Target.Site),
		OnStart:   func(id transfer.Identity, target vfs.Path) error { return q.started(ctx, w, id, target) },
	}
	way := q.throttle.path(w.row)
	job.Wait, job.Limited = way.wait, way.limited
	if q.c.Verify != nil {
		job.Verify = q.c.Verify()
	}
	if res, ok := stoodAlready(ctx, job); ok {
		return ending{result: res}, false
	}
	res, err := transfer.Run(ctx, job)
	q.wayIsGone(w.row, err)
	return ending{result: res, err: err, culprit: q.culprit(ctx, w.row, src, dst, err)}, false
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
	d := cheap
	if w.row.Exists == transfer.Rename {
		// A name that was made up cannot be told again after a power cut.
		chosen, d = blob(target), durability(target != w.row.Target.Path || !id.ModTime.IsZero())
	}
	if q.startedLight(w, id, target) {
		q.begun(w, id, target)
		return nil
	}
	var n int64
	err := q.writeStart(ctx, w, d, func() (err error) {
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
	q.begun(w, id, target)
	return nil
}

// startedLight is started for a light row; false where the journal must have it:
// the file is larger than was told, or the row is no longer light.
func (q *Queue) startedLight(w *work, id transfer.Identity, target vfs.Path) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !w.light || w.taken || q.c.File != Memory && !isSmall(id.Size) {
		return false
	}
	w.begun, w.chosen = &id, target
	return true
}

// begun lets the queue know where a file goes that was let pass, and tells of
// its start.
func (q *Queue) begun(w *work, id transfer.Identity, target vfs.Path) {
	names := likes(w.row.Target.Path, target)
	q.mu.Lock()
	again := w.told
	w.chosen, w.names, w.told = target, names, true
	q.beginsPartLocked(w, id.Size, target)
	q.mu.Unlock()
	if !again && q.c.OnEvent != nil {
		q.report(note{work: w, size: id.Size})
	}
}

// writeStart writes that w begins. It is loud only where it says that a site is
// back.
func (q *Queue) writeStart(ctx context.Context, w *work, d durability, fn func() error) error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if w.row.probes {
		return q.writeLocked(ctx, d, fn)
	}
	undo := func() {}
	err := q.writeQuietly(ctx, d, func() (err error) {
		if undo, err = q.keepLight(ctx); err != nil {
			return err
		}
		return fn()
	})
	if err != nil {
		undo()
	}
	return err
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
	unknown := j.Made != nil && j.Made.Size == inDoubt
	if j.Made == nil || j.Exists == transfer.Overwrite || unknown && j.Exists == transfer.Rename {
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
	if err != nil || now.Type != vfs.TypeFile || now.Size != j.Made.Size && !unknown {
		return transfer.Result{}, false
	}
	src, err := j.Source.FS.Stat(ctx, j.Source.Path)
	if err != nil || src.Size != now.Size || !src.ModTime.Equal(j.Made.ModTime) && !unknown {
		return transfer.Result{}, false
	}
	step := max(now.Accuracy, src.Accuracy, time.Second)
	if apart := now.ModTime.Sub(src.ModTime).Abs(); (!fresh || unknown) && apart > step {
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
