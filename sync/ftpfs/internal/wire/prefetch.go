package wire

import "time"

// The address of the next data connection is asked for behind a transfer, so
// that the next transfer need not: EPSV goes out with what follows the transfer,
// and its answer comes with the answers to that.

const (
	// portLife is how long an address that was asked for ahead is good. It is
	// for files that follow each other: servers and firewalls give up a port
	// that nobody calls.
	portLife = 10 * time.Second
	// portLimit is how long the first one may delay the end of its transfer: a
	// server that cannot bear it hangs (pyftpdlib).
	portLimit = 5 * time.Second
)

// prefetched is the answer to an EPSV sent ahead.
type prefetched struct {
	reply Reply
	since time.Time
}

// prefetches says whether the next data connection's address is worth asking for:
// data connections are made by EPSV, and one transfer follows the other.
func (c *Control) prefetches() bool {
	return c.bore == EPSV && c.streak > 0 && time.Since(c.streamed) < portLife
}

// keepPort keeps the answer to an EPSV that was sent ahead.
func (c *Control) keepPort(r Reply) {
	if _, ok := parseEPSV(r.Text()); !ok || r.Code != 229 {
		c.odd("no port ahead")
		return
	}
	c.ported = true
	c.port = &prefetched{r, time.Now()}
}

// takePort returns the answer to EPSV that is there already. It can be used once.
func (c *Control) takePort(rung Rung) (Reply, bool) {
	p := c.port
	c.port = nil
	if p == nil || rung != EPSV || !c.flies() || time.Since(p.since) > portLife {
		return Reply{}, false
	}
	return p.reply, true
}
