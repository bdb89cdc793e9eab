package wire

import "time"

// The address of the next data connection is asked for behind a transfer, so
// that the next transfer need not: EPSV goes out with what follows the transfer,
// and its answer comes with the answers to that. The connection is made at once,
// while the last transfer is still being finished.

const (
	// portLife is how long what was asked for ahead is good. It is for files that
	// follow each other: servers and firewalls give up a port that nobody uses.
	portLife = 10 * time.Second
	// portLimit is how long the first one may delay the end of its transfer: a
	// server that cannot bear it hangs (pyftpdlib).
	portLimit = 5 * time.Second
)

// prefetched is the answer to an EPSV sent ahead, and the connection.
type prefetched struct {
	reply  Reply
	since  time.Time
	dial   *dialling
	expiry *time.Timer
}

// prefetches says whether the next data connection's address is worth asking for:
// data connections are made by EPSV, one transfer follows the other, and there are
// ports enough. The first time it must also be plain soon whether the server hangs by it.
func (c *Control) prefetches() bool {
	return c.bearsBy(EPSV) && c.isBusy() && (c.isQuick() || c.hasPorted()) && !c.conf.Learned.crowded()
}

// keepPort keeps the answer to an EPSV that was sent ahead, and connects.
func (c *Control) keepPort(r Reply) {
	number, ok := parseEPSV(r.Text())
	switch ok = ok && r.Code == 229; {
	case r.isOops():
		c.conf.Learned.gives(false)
		return
	case !ok:
		c.odd("no port ahead")
		return
	}
	c.conf.Learned.gives(true)
	c.ported = true
	c.conf.Learned.proves(c.whom(), func(p *proof) { p.ported = true })
	c.dropPort()
	if !c.hurries(EPSV) {
		return
	}
	// It outlives the operation, and not the connection.
	dial := c.dialAhead(c.life, number, c.conf.DataTimeout)
	c.swapPort(&prefetched{r, time.Now(), dial, time.AfterFunc(portLife+portLimit, dial.drop)})
}

// takePort returns the answer to EPSV that is there already, and the connection
// made by it, which is the caller's.
func (c *Control) takePort(rung Rung) (Reply, *dialling) {
	p := c.swapPort(nil)
	if p == nil {
		return Reply{}, nil
	}
	p.expiry.Stop()
	switch {
	case p.dial.failed():
		c.odd("the port that was asked for ahead is closed")
	case rung == EPSV && c.flies() && time.Since(p.since) < portLife:
		return p.reply, p.dial
	}
	p.dial.drop()
	return Reply{}, nil
}

// dropPort lets go of what was asked for ahead. It may be called from any
// goroutine.
func (c *Control) dropPort() {
	if p := c.swapPort(nil); p != nil {
		p.expiry.Stop()
		p.dial.drop()
	}
}

func (c *Control) swapPort(p *prefetched) (before *prefetched) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, c.port = c.port, p
	return before
}
