package engine

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"time"

	"wherry/sync/site"
	"wherry/sync/trace"
)

const (
	// watchEvery is how often the surroundings are looked at while there is
	// work or an open site.
	watchEvery = 5 * time.Second
	// asleep is how long the computer must have slept between two looks for
	// connections to be made anew.
	asleep = 15 * time.Second
)

// surroundings are what the watch looks at, apart so that a test can be them.
type surroundings struct {
	// slept is how long the computer has slept since it was started; ok is false
	// where the system does not tell.
	slept func() (d time.Duration, ok bool)
	// now is the wall clock, for where it does not: that one goes on while the
	// computer sleeps. A look that came much later than it should says so, as no
	// goroutine waits so long for its turn. A clock that was set looks the same, and a
	// program that was stopped; both cost no more than connections made anew.
	now func() time.Time
	// addresses are those of this computer that a connection can come from.
	addresses func() []netip.Addr
	after     func(time.Duration) (<-chan time.Time, func() bool)
}

func theSurroundings() surroundings {
	return surroundings{
		slept: sleptSoFar, now: func() time.Time { return time.Now().Round(0) }, addresses: ownAddresses,
		after: func(d time.Duration) (<-chan time.Time, func() bool) {
			t := time.NewTimer(d)
			return t.C, t.Stop
		},
	}
}

// watch notices a network that is another now and a computer that has slept,
// until the engine ends.
//
// A connection whose local address is gone, or whose server has long given it
// up, says nothing: without this a transfer would learn of it by its time-out
// only, and what waits for a site would wait out a pause that was made for a
// server that is down.
func (e *Engine) watch() {
	w := watcher{e: e}
	for {
		expired, stop := e.around.after(watchEvery)
		select {
		case <-e.root.Done():
			stop()
			return
		case <-expired:
			w.look()
		}
	}
}

// watcher is what the last look saw.
type watcher struct {
	e     *Engine
	at    time.Time
	slept time.Duration
	from  []netip.Addr // nil for not known
}

// look compares the surroundings with those of the last look.
func (w *watcher) look() {
	slept := w.hasSlept()
	w.e.heed()
	if !w.e.busy() {
		w.from = nil // whatever begins, begins with what there is then
		return
	}
	before, from := w.from, w.e.around.addresses()
	w.from = from
	switch {
	case slept:
		w.e.tellTrouble("the computer was asleep; connections are made anew")
		w.e.dropConnections(nil)
	case before != nil && from != nil && !slices.Equal(before, from):
		w.e.tellTrouble("this computer's network addresses have changed")
		w.e.dropConnections(func(local netip.Addr) bool { return slices.Contains(from, local) })
	default:
		return
	}
	w.e.Nudge()
}

// hasSlept says whether the computer was asleep since the last look.
func (w *watcher) hasSlept() bool {
	now := w.e.around.now()
	total, told := w.e.around.slept()
	since, late := total-w.slept, now.Sub(w.at)
	first := w.at.IsZero()
	w.at, w.slept = now, total
	switch {
	case first:
		return false
	case told:
		return since >= asleep
	}
	return late >= watchEvery+asleep
}

// heed has the transfers that a site may have count that another process has changed.
func (e *Engine) heed() {
	e.mu.Lock()
	allowed := map[site.ID]int{}
	for id, o := range e.open {
		allowed[id] = o.most
	}
	e.mu.Unlock()
	for id, most := range allowed {
		if s, ok := e.Site(id); ok && s.MaxConnections() != most {
			e.allow(s)
		}
	}
}

// busy tells whether anybody would notice that the network is another.
func (e *Engine) busy() bool {
	e.mu.Lock()
	open := len(e.open)
	e.mu.Unlock()
	return open > 0 || e.queue.Snapshot().Unfinished() > 0
}

// dropConnections cuts the connections of all sites that keep denies, nil for
// all of them.
func (e *Engine) dropConnections(keep func(netip.Addr) bool) {
	e.mu.Lock()
	open := slices.Collect(maps.Values(e.open))
	e.mu.Unlock()
	for _, o := range open {
		o.fs.Drop(keep)
	}
}

// Nudge has everything that waits for another attempt tried at once. The
// engine does so by itself when the network has changed or the computer has
// woken up.
func (e *Engine) Nudge() {
	if err := e.queue.Nudge(e.root); err != nil && e.root.Err() == nil {
		e.tellTrouble("what waits is not tried yet: " + err.Error())
	}
}

func (e *Engine) tellTrouble(text string) {
	e.trace.Add(trace.Line{Dir: trace.Trouble, Text: text})
}

// ownAddresses lists this computer's addresses, and those that the ways out
// begin with: with two networks up, another way out is another network, too. nil
// where the system does not tell.
func ownAddresses() []netip.Addr {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var found []netip.Addr
	for _, one := range all {
		if prefix, err := netip.ParsePrefix(one.String()); err == nil {
			found = append(found, plain(prefix.Addr()))
		}
	}
	slices.SortFunc(found, netip.Addr.Compare)
	// Addresses for documentation (RFC 5737, RFC 3849): UDP sends nothing, but
	// says from where it would.
	for _, there := range []string{"192.0.2.1:9", "[2001:db8::1]:9"} {
		conn, err := net.Dial("udp", there)
		if err != nil {
			found = append(found, netip.Addr{})
			continue
		}
		if from, ok := conn.LocalAddr().(*net.UDPAddr); ok {
			found = append(found, plain(from.AddrPort().Addr()))
		}
		_ = conn.Close() // nothing was sent
	}
	return found
}

// plain is an address as ftpfs.Drop tells it.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }
