package queue

import (
	"context"

	"wherry/sync/vfs"
)

// into is the folder that a person chose for the row's job: the one that the
// topmost row's target lies in. Nothing of the job is written outside of it.
func (r row) into() vfs.Path {
	p := r.Target.Path
	for range max(r.depth, 1) {
		p = p.Dir()
	}
	return p
}

// openTarget opens the row's target, held to the folder that was chosen where
// the file system can be (vfs.Confiner): a link in the way, planted before or
// put there meanwhile, then leads nowhere. The folder itself may be reached
// through links; it is the person's choice. done frees what was opened.
func (q *Queue) openTarget(ctx context.Context, r row) (f vfs.FS, done func(), err error) {
	f, err = q.c.Open(ctx, r.Target.Site)
	if err != nil {
		return nil, nil, err
	}
	able, ok := f.(vfs.Confiner)
	if !ok {
		return f, func() {}, nil
	}
	held, err := able.Confine(r.into())
	if err != nil {
		return nil, nil, err
	}
	return held, func() { _ = held.Close() }, nil // nothing of it is open any more
}
