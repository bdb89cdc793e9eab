package queue

import (
	"context"

	"wherry/sync/vfs"
)

// Requests can be added while their site is away, or long before their time.
// Then nobody has looked at the target: whether its folder is there, or whether
// it is one itself, is found out when the work begins.

// makeWay makes the folder that a row goes into, where it is to be made. One is
// made once in a run.
func (q *Queue) makeWay(ctx context.Context, r row, dst vfs.FS) error {
	if r.arrive != ArriveIn {
		return nil
	}
	folder := Place{Site: r.Target.Site, Path: r.Target.Path.Dir()}
	q.mu.Lock()
	made := q.wayMade[folder]
	q.mu.Unlock()
	if made {
		return nil
	}
	if _, err := makeFolder(ctx, dst, folder.Path); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wayMade[folder] = true
	return nil
}

// wayIsGone has the folder that a row goes into made again by its next attempt,
// where this one may have found it missing.
func (q *Queue) wayIsGone(r row, err error) {
	if r.arrive == ArriveIn && vfs.KindOf(err) == vfs.KindNotFound {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.wayMade, Place{Site: r.Target.Site, Path: r.Target.Path.Dir()})
	}
}

// look finds out where the row of w goes, whose target may be a folder, and gives
// the row back for whoever takes it next. finished is as in scan.
func (q *Queue) look(ctx context.Context, w *work, src, dst vfs.FS) (e ending, finished bool) {
	p, err := lookAt(ctx, dst, w.row)
	if err != nil {
		return ending{err: err, culprit: q.culprit(ctx, w.row, src, dst, err)}, false
	}
	return q.kept(ctx, q.arriveAt(ctx, w, p))
}

// lookAt returns where a row goes whose target may be a folder.
func lookAt(ctx context.Context, dst vfs.FS, r row) (vfs.Path, error) {
	folder, err := vfs.IsFolder(ctx, dst, r.Target.Path)
	if err != nil || !folder {
		return r.Target.Path, err
	}
	p, err := r.Target.Path.Join(r.Source.Path.Base())
	if err == nil && r.Source == (Place{Site: r.Target.Site, Path: p}) {
		return p, onItself(p)
	}
	return p, err
}

// arriveAt gives a row its final target, and the row back: as any other it is taken
// again, and waits for others that go to the same name. No part of it can be there
// yet, whatever a crash has made of the row (doubt.go).
func (q *Queue) arriveAt(ctx context.Context, w *work, p vfs.Path) error {
	target := Place{Site: w.row.Target.Site, Path: p}
	return q.writeThen(ctx, durable, func() error {
		_, err := q.s.exec(ctx, `UPDATE rows SET dst_path = ?, pair = ?, arrive = 0, made_size = NULL, made_time = NULL, state = 'waiting' WHERE id = ? AND state = ?`,
			blob(p), pairOf(w.row.Source, target), int64(w.row.ID), string(w.row.State))
		return err
	}, func() error {
		q.forget(w)
		return nil
	})
}
