package wire

import (
	"crypto/tls"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// carriedFor is how long a search that cost its session waits for a fresh one
// to go on with it. The layers above take one at once or never; a later click
// of the person begins anew.
const carriedFor = time.Minute

// Learned remembers what worked, for all sessions of a site. The zero value
// knows nothing. Its methods may be called from any goroutine.
type Learned struct {
	mu       sync.Mutex
	rung     Rung        // guarded; what is tried first
	last     Rung        // guarded; what worked last, kept when it fails
	external netip.Addr  // guarded
	change   *Switch     // guarded
	carried  []try       // guarded; of a search that goes on in a fresh session
	until    time.Time   // guarded; of carried
	ordered  bool        // guarded; several commands at once were answered in their order
	odd      bool        // guarded; see bearing
	ends     farewells   // guarded
	opening  []string    // guarded; never changed once set
	group    tls.CurveID // guarded; see keyGroup
	proof    proof       // guarded
	expected time.Time   // guarded; see Expect
	ports    ports       // guarded
}

// Recall seeds what an earlier run of the program remembered: it goes first
// and is dropped at its first failure. It does nothing once something worked.
func (l *Learned) Recall(rung Rung) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == NoRung {
		l.rung, l.last = rung, rung
	}
}

// Rung returns what worked last, or was recalled and not yet refuted; NoRung
// before, and after it failed.
func (l *Learned) Rung() Rung {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rung
}

// Switch returns the newest change worth telling: another way works than the
// one that worked before, or than the first that was tried. At tells it from
// the one before.
func (l *Learned) Switch() (Switch, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.change == nil {
		return Switch{}, false
	}
	out := *l.change
	out.Why = slices.Clone(out.Why)
	return out, true
}

// External returns the public IPv4 address under which the server says it sees
// us, learned from its refusal of another one; invalid where it said none.
func (l *Learned) External() netip.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.external
}

func (l *Learned) setExternal(addr netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.external = addr
}

// start returns what a new search needs to know.
func (l *Learned) start() (first Rung, carried []try) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !time.Now().Before(l.until) {
		l.carried = nil
	}
	return l.rung, slices.Clone(l.carried)
}

// carry keeps the tries of a search whose session is lost, so that a fresh one
// goes on where it ended; nil ends that.
func (l *Learned) carry(tries []try) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.carried, l.until = tries, time.Now().Add(carriedFor)
}

// bears keeps that rung worked after the failures in why, and says whether
// that is news.
func (l *Learned) bears(rung Rung, why []Attempt) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.last
	l.rung, l.last, l.carried = rung, rung, nil
	if before == rung || len(why) == 0 {
		return false
	}
	l.change = &Switch{From: before, To: rung, Why: why, At: time.Now()}
	return true
}

// forget drops rung when it is what is tried first.
func (l *Learned) forget(rung Rung) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rung == rung {
		l.rung = NoRung
	}
}

// prove keeps that several commands at once were answered in order.
func (l *Learned) prove() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ordered = true
}

// proven says whether they were, and nothing was odd since.
func (l *Learned) proven() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ordered && !l.odd
}

// giveUp ends for good what saves round trips, and says whether that is news.
func (l *Learned) giveUp() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	news := !l.odd
	l.odd = true
	return news
}

func (l *Learned) wasOdd() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.odd
}

// farewells returns what is known of the ends of data connections.
func (l *Learned) farewells() farewells {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ends
}

func (l *Learned) setFarewells(change func(*farewells)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.ends)
}

// Opening returns the commands by which the site's last session was set up, nil
// before the first one.
func (l *Learned) Opening() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clip(l.opening)
}

// SetOpening keeps them; they are not changed any more then.
func (l *Learned) SetOpening(lines []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.opening = lines
}

// keyGroup returns what the server wanted the keys of TLS 1.3 to be agreed on by
// where it had to ask for it, which costs each handshake a round trip; 0 for nothing
// known.
func (l *Learned) keyGroup() tls.CurveID {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.group
}

func (l *Learned) setKeyGroup(group tls.CurveID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.group = group
}
