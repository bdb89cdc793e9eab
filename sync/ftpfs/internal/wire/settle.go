package wire

import (
	"context"
	"errors"

	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// InStep says whether the connection is ready for the next command: no reply
// is outstanding, none came unasked.
func (c *Control) InStep() bool {
	return c.owed == 0 && !c.suspect && len(c.replies) == 0 && c.Err() == nil
}

// Settle brings the connection back into step after an operation that ended
// early, within ctx and a few seconds, or breaks it. What worked with the
// servers measured: reset the data connection, wait for one final reply, only
// then ABOR (in-band ABOR is ignored by vsftpd and ProFTPD while they
// transfer), and NOOP to see where we are.
func (c *Control) Settle(ctx context.Context) error {
	c.ctx = ctx
	if c.data != nil {
		c.data.Abort(nil)
	}
	if err := c.Err(); err != nil {
		return err
	}
	if c.owed > 0 && isTransfer[c.verb] {
		if err := c.settleTransfer(); err != nil {
			c.Break(fault(vfs.KindLost, "the server did not end the transfer", err))
			return c.Err()
		}
		c.suspect = true // whatever the server has yet to say comes before NOOP's reply
	} else if c.owed > 0 {
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
	for heard := c.data != nil && c.data.begun; c.owed > 0; {
		r, err := c.receive(settleLimit)
		switch {
		case errors.Is(err, errNoReply):
			return c.abor()
		case err != nil:
			return err
		case !r.final() && heard:
			c.owed = 0
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
	_, err := c.receive(settleLimit)
	return err
}

// inStep makes sure that the next reply will belong to the next command.
func (c *Control) inStep() error {
	for len(c.replies) > 0 {
		c.accept(<-c.replies)
		c.suspect = true
	}
	if !c.suspect && c.owed == 0 {
		return nil
	}
	if err := c.Err(); err != nil {
		return err
	}
	c.say(trace.Status, "Looking whether the server's replies are in step")
	if err := c.put("NOOP"); err != nil {
		return err
	}
	for range maxStray {
		r, err := c.receive(settleLimit)
		if err != nil {
			c.Break(fault(vfs.KindProtocol, "the replies are out of step", err))
			return c.Err()
		}
		if isNoopReply(r) && !r.followed && len(c.replies) == 0 {
			c.owed, c.suspect = 0, false
			return nil
		}
	}
	c.Break(fault(vfs.KindProtocol, "the replies are out of step", nil))
	return c.Err()
}

// isNoopReply tells the answer to NOOP from a late answer to a transfer.
func isNoopReply(r Reply) bool {
	return r.Code == 200 || r.Code == 250 || r.Code/10 == 50
}

// misplaced says that code cannot be the answer to verb: it belongs to a
// transfer and verb is none, or the other way round.
func misplaced(verb string, code int) bool {
	switch {
	case verb == "ABOR", verb == "QUIT":
		return false
	case isTransfer[verb]:
		return code/100 == 2 && code != 226 && code != 250
	}
	return code == 225 || code == 226 || code == 426
}
