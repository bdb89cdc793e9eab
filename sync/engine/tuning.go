package engine

import (
	"cmp"
	"reflect"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// Tune replaces the tuning of the queue; it takes effect at once.
func (e *Engine) Tune(t queue.Tuning) {
	e.movesAtOnce(t)
	e.queue.Tune(t)
}

// Throughput is how fast the queue's transfers went over the last ten minutes
// of work; see queue.Queue.Throughput.
func (e *Engine) Throughput() []queue.Sample { return e.queue.Throughput() }

// siteLimits are the speed limits that a site has of its own.
func (e *Engine) siteLimits(id site.ID) (up, down int64) {
	s, _ := e.Site(id)
	return s.LimitUp, s.LimitDown
}

// replaceWay is how files are replaced on a site whose server refuses to rename
// onto an existing one. In a queue that ends with its command nobody will ever
// answer, where nobody is there now.
func (e *Engine) replaceWay(id site.ID) transfer.ReplaceWay {
	s, _ := e.Site(id)
	way := cmp.Or(transfer.ReplaceWay(s.Replace), e.cfg.Replace)
	if way == transfer.ReplaceAsk && e.cfg.OneShot && e.cfg.Asker == nil {
		return transfer.ReplaceNever
	}
	return way
}

// replaced keeps with the site what a person answered to that. Where the file
// of sites cannot be written it holds for this session.
func (e *Engine) replaced(id site.ID, way transfer.ReplaceWay) {
	if s, ok := e.sites.Get(id); ok {
		s.Replace = site.Replace(way)
		if err := e.sites.Put(s); err != nil {
			e.tellTrouble("how files are replaced is not kept with the site: " + err.Error())
		}
	}
	if s, ok := e.Site(id); ok && s.Replace != site.Replace(way) {
		s.Replace = site.Replace(way)
		e.mu.Lock()
		e.given[id] = s
		e.mu.Unlock()
	}
}

// allow has the number of files that may move at a time to and from a site count at
// once, for its connections and for the queue.
func (e *Engine) allow(s site.Site) {
	e.mu.Lock()
	o := e.open[s.ID]
	if o != nil {
		o.most = s.MaxConnections()
	}
	e.mu.Unlock()
	if o != nil {
		o.fs.Allow(s.MaxConnections())
	}
	e.queue.Recheck()
}

// again has a site asked once more that has refused the login. A password that
// somebody was asked for may have been mistyped, and is asked for again; one that was
// given beside a command is the only one there is.
func (e *Engine) again(id site.ID, refusal vfs.Kind) {
	if e.cfg.Asker != nil {
		e.unbelieve(e.root, site.Site{ID: id}, refusal)
	}
	if o := e.opened(id); o != nil {
		o.fs.Reset()
	}
}

// sameConnection tells whether the connections made for one description serve
// the other: what is about the person and the queue alone makes no difference.
func sameConnection(a, b site.Site) bool {
	for _, s := range []*site.Site{&a, &b} {
		s.Name, s.Folder, s.Notes, s.Bookmarks, s.LocalDir, s.RemoteDir = "", "", "", nil, "", ""
		s.LimitUp, s.LimitDown, s.Replace, s.Connections = 0, 0, "", 0
	}
	return reflect.DeepEqual(a, b)
}
