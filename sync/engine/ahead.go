package engine

import (
	"cmp"
	"context"
	"time"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// The other connections of a site are made while its first folder is looked at and
// listed, not only when there are files for them. It is done where a folder was added
// by this process, and when the work on the site begins: what waits for its hour, for
// a person or for another Wherry costs no server a login. Where the folder holds one
// file the logins were for nothing.

// expectMany notes the sites of folders that are about to be copied.
func (e *Engine) expectMany(reqs []queue.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range reqs {
		if r.Type != vfs.TypeDir || r.NotBefore.After(time.Now()) {
			continue
		}
		for _, id := range []site.ID{r.Source.Site, r.Target.Site} {
			if id != site.Local {
				e.many[id] = true
			}
		}
	}
}

// forWork is FS for the queue, which asks when it begins with something.
func (e *Engine) forWork(ctx context.Context, id site.ID) (vfs.FS, error) {
	f, err := e.FS(ctx, id)
	e.mu.Lock()
	many, o := e.many[id], e.open[id]
	delete(e.many, id)
	e.mu.Unlock()
	if many && err == nil && o != nil {
		// Not within ctx: that is the work's on one folder.
		o.fs.Expect(e.root, min(e.transfers(id), int(e.moving.Load())))
	}
	return f, err
}

// movesAtOnce notes how many files the queue moves at a time.
func (e *Engine) movesAtOnce(t queue.Tuning) {
	e.moving.Store(int64(min(cmp.Or(max(t.Workers, 0), queue.DefaultWorkers), queue.MaxWorkers)))
}
