//go:build !headless

package ui

import (
	"sync"
	"time"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/pane"
)

// calm is the least time between two refreshes of a pane by transfers that
// end in it: a thousand small files must not mean a thousand listings.
const calm = 3 * time.Second

// folder is a folder of a site, or here.
type folder struct {
	site site.ID
	dir  vfs.Path
}

// touched are the folders that transfers have changed since a pane last read
// them.
type touched struct {
	mu   sync.Mutex
	dirs map[folder]bool // guarded
}

// onEvent notes what a transfer changed: its folder, and those above, where
// the folders on the way may be new. It is called on the queue's goroutine.
func (t *touched) onEvent(e queue.Event) {
	switch e.Type {
	case queue.EventStarted, queue.EventDone, queue.EventFailed: // the part file is there from the start
	default:
		return
	}
	for p := e.Item.Target.Path; !p.IsRoot(); p = p.Dir() {
		t.note(folder{e.Item.Target.Site, p.Dir()})
	}
}

func (t *touched) note(f folder) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dirs == nil || len(t.dirs) > 10_000 {
		t.dirs = map[folder]bool{} // a pane that goes there later reads it anyway
	}
	t.dirs[f] = true
}

// take returns which of the folders were changed, and forgets all: a folder
// that no pane shows is read when one goes there.
func (t *touched) take(folders []folder) map[folder]bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	changed := map[folder]bool{}
	for _, f := range folders {
		if t.dirs[f] {
			changed[f] = true
		}
	}
	clear(t.dirs)
	return changed
}

// refreshTouched reads the panes' folders again when transfers changed them:
// soon after the queue has nothing active, and from time to time before.
func (s *shell) refreshTouched(busy bool) {
	now := s.loop.Now()
	if busy && now.Sub(s.refreshed) < calm {
		return
	}
	changed := s.touched.take([]folder{folderOf(s.panes[0]), folderOf(s.panes[1])})
	for _, p := range s.panes {
		if changed[folderOf(p)] {
			s.refreshed = now
			p.Changed()
		}
	}
}

// folderOf is where a pane is.
func folderOf(v *pane.View) folder { return folder{v.Place().ID, v.Path()} }
