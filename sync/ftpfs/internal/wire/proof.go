package wire

import (
	"net/netip"
	"time"
)

// What one connection has found to work counts at once for the others of its site
// that lead to the same address and were greeted in the same words: the second one
// need not go without haste once more, which is two round trips of each.

// proof is what a connection has found out of the server that it is to.
type proof struct {
	of     whom
	rung   Rung      // by which a data connection came about
	ported bool      // an EPSV that was sent ahead was answered
	quick  bool      // a transfer's final reply came soon behind its last byte, the last time
	files  time.Time // when a transfer ended that had followed another
}

// whom tells one server from another.
type whom struct {
	peer     netip.Addr
	greeting string
}

func (c *Control) whom() whom { return whom{c.peer, c.greeting.Text()} }

// proofOf returns what is known of a server, the zero value for nothing.
func (l *Learned) proofOf(of whom) proof {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.proof.of != of {
		return proof{}
	}
	return l.proof
}

// proves adds to it. What was known of another server is forgotten.
func (l *Learned) proves(of whom, change func(*proof)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.proof.of != of {
		l.proof = proof{of: of}
	}
	change(&l.proof)
}

// bearsBy says whether data connections come about by rung: on this connection, or
// where it has had none yet on another one.
func (c *Control) bearsBy(rung Rung) bool {
	if c.bore != NoRung {
		return c.bore == rung
	}
	return c.conf.Learned.proofOf(c.whom()).rung == rung
}

// hasPorted says whether the server has answered an EPSV that was sent ahead.
func (c *Control) hasPorted() bool {
	return c.ported || c.conf.Learned.proofOf(c.whom()).ported
}

// isQuick says whether the newest transfer's final reply came soon: on this connection,
// or where it has had none yet on another one.
func (c *Control) isQuick() bool {
	if c.streamed.IsZero() {
		return c.conf.Learned.proofOf(c.whom()).quick
	}
	return c.quick
}

// isBusy says whether one transfer follows the other: on this connection, or where it
// has had none yet on another one, or will as far as anybody knows.
func (c *Control) isBusy() bool {
	if c.streamed.IsZero() {
		return time.Since(c.conf.Learned.proofOf(c.whom()).files) < portLife || c.conf.Learned.expects()
	}
	return c.streak > 0 && time.Since(c.streamed) < portLife
}

// Expect tells that many transfers are about to come, one behind the other.
func (l *Learned) Expect() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expected = time.Now()
}

func (l *Learned) expects() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.expected) < portLife
}
