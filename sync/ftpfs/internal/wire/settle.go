package wire

import (
	"context"
	"errors"

	"wherry/sync/vfs"
)

// Settle brings the connection back into step after an operation that ended
// early, within ctx and a few seconds, or breaks it. What worked with the
// servers measured: reset the data connection, wait for one final reply, only
// then ABOR (in-band ABOR is ignored by vsftpd and ProFTPD while they
// transfer), and NOOP to see where we are.
func (c *Control) Settle(ctx context.Context) error {
	c.ctx = ctx
	c.streak = 0
	defer c.dropPort() // what is asked of the server next is anybody's guess
	if c.data != nil {
		c.data.Abort(nil)
	}
	if err := c.Err(); err != nil {
		return err
	}
	if len(c.pending) > 0 && isTransfer[c.pending[0].verb] {
		if err := c.settleTransfer(); err != nil {
			c.Break(fault(vfs.KindLost, "the server did not end the transfer", err))
			return c.Err()
		}
		c.suspect = true // whatever the server has yet to say comes before NOOP's reply
	} else if len(c.pending) > 0 {
		if _, err := c.receive(settleLimit); err != nil {
			c.Break(fault(vfs.KindLost, "the server did not answer "+c.verb, err))
			return c.Err()
		}
	}
	return c.inStep()
}

// settleTransfer waits for the final reply of a transfer whose data
// connection is gone.
func (c *Control) settleTransfer() error {
	// Pure-FTPd ends a transfer that was reset by a second 150, or in silence.
	for heard := c.data != nil && c.data.begun; len(c.pending) > 0 && isTransfer[c.pending[0].verb]; {
		r, err := c.receive(settleLimit)
		switch {
		case errors.Is(err, errNoReply):
			return c.abor()
		case err != nil:
			return err
		case !r.final() && heard:
			c.pending = c.pending[1:]
		}
		heard = true
	}
	return nil
}

// abor is the last resort against a server that goes on in silence. Some
// answer with one reply, some with two; the NOOP afterwards sorts that out.
func (c *Control) abor() error {
	if err := c.put("ABOR"); err != nil {
		return err
	}
	_, err := c.receive(orderLimit)
	return err
}
