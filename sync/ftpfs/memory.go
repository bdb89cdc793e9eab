package ftpfs

import (
	"net/netip"
	"sync"
	"time"

	"wherry/sync/ftpfs/internal/session"
	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/learned"
	"wherry/sync/site"
)

// Memo is what was learned about a site on one network.
type Memo = learned.Memo

// Memory keeps memos of one site from run to run; see package learned. Its
// methods are called from any goroutine, between the commands of a session:
// Recall when a connection stands, Keep when something has changed. Neither may
// wait for a disk that is slow, or fail.
type Memory interface {
	// Recall returns what is known for a network, the zero Memo for nothing.
	Recall(network string) Memo
	Keep(network string, m Memo)
}

// believed is how old a memo may be. Firewalls, routers and hosts change in a
// month, and what does not costs one search to learn again.
const believed = 30 * 24 * time.Hour

// limitBelieved is the same for the limit alone, as the server was perhaps full
// that day: a program that never runs for as long as pool.Config.Again would
// not find out otherwise. To be refused once a week is what it costs.
const limitBelieved = 7 * 24 * time.Hour

// remembrance stands between the sessions of a site and its Memory.
type remembrance struct {
	memory  Memory           // fixed; may be nil
	learned *session.Learned // fixed
	asked   bool             // fixed; the site's mode is a person's choice

	mu       sync.Mutex
	networks map[netip.Addr]string // guarded; by the local end of sessions
	latest   string                // guarded; the network of the session made last
	last     map[string]Memo       // guarded; what Memory holds, by network
}

func remember(m Memory, l *session.Learned, mode site.Mode) *remembrance {
	return &remembrance{memory: m, learned: l, asked: mode == site.ModePassive || mode == site.ModeActive, networks: map[netip.Addr]string{}, last: map[string]Memo{}}
}

// recall is called with the local end of each new session. On a network that
// is new to the site's sessions it seeds the way to begin with, where this run
// has not found one itself, and returns how many sessions the server bore
// there, 0 for nothing known.
func (r *remembrance) recall(local netip.Addr) (sessions int) {
	if r.memory == nil || !local.IsValid() {
		return 0
	}
	network := learned.Network(local)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.networks[local] = network
	if network == r.latest {
		return 0
	}
	r.latest = network
	m := r.memory.Recall(network)
	// A day into the future is a clock that was set meanwhile.
	if age := time.Since(m.At); age > believed || age < -24*time.Hour {
		m = Memo{}
	}
	if time.Since(m.Told) > limitBelieved {
		m.Sessions = 0
	}
	r.last[network] = m
	// That active mode was asked for once is no reason to begin with it.
	if rung := wire.ParseRung(m.Via); rung != wire.NoRung && (r.asked || !m.Asked || rung.Mode() == site.ModePassive) {
		r.learned.Recall(rung)
	}
	return max(0, m.Sessions)
}

// keep hands on what has changed: via is what worked just now, NoRung where
// nothing was tried, and told how many sessions the server bears.
func (r *remembrance) keep(local netip.Addr, via wire.Rung, told int) {
	if r.memory == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	network, known := r.networks[local]
	if !known {
		return
	}
	if via != r.learned.Rung() {
		via = wire.NoRung // of a session that was used long ago: others know better
	}
	last := r.last[network]
	next := Memo{Via: last.Via, Asked: last.Asked, Sessions: told, Told: last.Told, At: time.Now()}
	switch {
	case told == 0:
		next.Told = time.Time{}
	case told != last.Sessions:
		next.Told = next.At
	}
	if via != wire.NoRung {
		next.Via, next.Asked = via.String(), r.asked
	}
	same := next.Via == last.Via && next.Asked == last.Asked && next.Sessions == last.Sessions
	if same && (via == wire.NoRung || next.At.Sub(last.At) < learned.Steady) {
		return
	}
	r.last[network] = next
	r.memory.Keep(network, next)
}
