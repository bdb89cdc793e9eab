package wire

import (
	"errors"
	"time"

	"wherry/sync/vfs"
)

// A data connection that was made ahead stands when its transfer begins, which
// for any other proves that the network lets it pass. Here the network may have
// become another one since: a firewall that swallows what moves then leaves both
// ends waiting, for the minutes that a server may take over its final reply. So
// for such a connection the limits are short, and what they end is done once more
// without haste, which finds the way that is left. Where they do a server wrong
// that was slow for once, a fresh session is what it costs.

// slowest is the pace in bytes a second that a transfer over a connection made
// ahead is given time for.
const slowest = 32 << 10

// soundLimit is how long a connection made ahead may take to show that it bears.
func (c *Control) soundLimit() time.Duration { return min(c.conf.Timeout, c.conf.DataTimeout/2) }

// endLimit is how long the end of the transfer is waited for, usual unless the
// connection was made ahead and little has gone over it.
func (d *Data) endLimit(usual time.Duration) time.Duration {
	if !d.kept {
		return usual
	}
	return min(usual, d.c.soundLimit()+time.Duration(min(d.count, inFlight))*time.Second/slowest)
}

// sounds waits for the first bytes of a download over a connection that was made
// ahead, while nothing has taken effect yet.
func (d *Data) sounds() error {
	if !d.kept || d.upload {
		return nil
	}
	n, err := d.stream.Read(d.c.scratch()[:sendSize])
	d.first = d.c.scratch()[:n]
	switch {
	case n > 0 || err == nil:
		return nil
	case isTimeout(err) && !d.ended():
		return d.swallowed()
	}
	if err = d.readEnd(err); d.eof {
		return nil
	}
	return err
}

// swallowed gives up a connection over which nothing came.
func (d *Data) swallowed() error {
	d.silent = true
	return d.failed(fault(vfs.KindNoData, "nothing moves on the data connection that was made ahead", d.c.blocked([]Rung{d.rung})))
}

// agreed waits for the first word on a transfer whose connection was made ahead.
func (c *Control) agreed(d *Data) (Reply, error) {
	r, err := c.receive(c.soundLimit())
	if errors.Is(err, errNoReply) {
		return Reply{}, d.swallowed()
	}
	return r, err
}
