package wire

import (
	"errors"
	"slices"
	"time"

	"wherry/sync/vfs"
)

// follow is what goes out around the transfer of one operation.
type follow struct {
	front  []string // lines not sent yet
	out    bool     // what Behind gave went out together with the newest transfer
	ahead  []Reply  // to what was front
	behind []Reply  // to what was behind
}

// Ahead has lines sent right in front of the operation's next transfer command,
// once, also where that is tried on several rungs. The replies come before its
// 1xx. Where the server does not bear that they are sent and answered before.
func (c *Control) Ahead(lines ...string) { c.follow.front = append(c.follow.front, lines...) }

// Behind has lines sent behind the operation's transfer: together with its
// command where the server does them when the transfer is over, else by
// Followed. They must be repeatable: with a transfer that was refused, or tried
// again on another rung, they may have gone out. RNFR may be the last one. It may
// be called while another goroutine has the library transfer.
func (c *Control) Behind(lines ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rear = append(c.rear, lines...)
}

// rears are the lines of Behind.
func (c *Control) rears() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.rear)
}

// unfollow ends what was said of the last transfer.
func (c *Control) unfollow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.follow, c.rear, c.compared = follow{}, nil, false
}

// Fronted returns the replies to the lines of Ahead once the transfer has begun,
// which is when they are there. Followed returns them as well.
func (c *Control) Fronted() ([]Reply, error) {
	err := c.inFront()
	return c.follow.ahead, err
}

// Followed returns the replies to the lines of Ahead and Behind, in their order,
// after a transfer that had its final reply: it sends what has not been sent, and
// waits for what is missing. On the way of an error it need not be called. The
// error is as that of Batch.
func (c *Control) Followed() (ahead, behind []Reply, err error) {
	f := &c.follow
	defer c.unfollow()
	if !f.out {
		behind, err = c.Batch(c.rears())
		return f.ahead, behind, err
	}
	doubtful := c.suspect
	switch err = c.collect(rear, c.conf.Timeout); {
	case errors.Is(err, errOdd), err == nil && doubtful:
		c.suspect = true
		behind, err = c.oneByOne(c.rears())
		return f.ahead, behind, err
	}
	return f.ahead, f.behind, err
}

// flies says whether commands may be sent without waiting for replies.
func (c *Control) flies() bool { return c.conf.Learned.proven() && c.bears().mark != "" }

// beforeData sends what belongs in front of the transfer where that has to be
// done before its data connection is negotiated: some servers close the port for
// any other command in between.
func (c *Control) beforeData() error {
	if len(c.follow.front) == 0 || c.flies() {
		return nil
	}
	return c.sendFront()
}

// sendFront sends what belongs in front and waits for the replies.
func (c *Control) sendFront() error {
	lines := c.follow.front
	c.follow.front = nil
	replies, err := c.Batch(lines)
	c.follow.ahead = append(c.follow.ahead, replies...)
	return err
}

// around sends REST or the transfer's command with what belongs around it. What
// is in front of a transfer must not come between REST and that.
func (c *Control) around(line string) error {
	if verb := verbOf(line); !isTransfer[verb] && verb != "REST" {
		return c.send(line)
	}
	if err := c.beforeData(); err != nil {
		return err
	}
	if err := c.inStep(); err != nil {
		return err
	}
	f := &c.follow
	var commands []command
	for _, l := range f.front {
		commands = append(commands, command{l, front})
	}
	commands = append(commands, command{line, itself})
	if verb := verbOf(line); isTransfer[verb] {
		f.out, f.behind = false, nil
		if c.data != nil && c.data.dial != nil {
			c.refused.Store(&refusal{c.data, len(f.front)})
		}
		if !isUpload(verb) && c.trails() {
			lines := c.rears()
			commands = append(commands, c.trailing(lines)...)
			f.out = len(lines) > 0
		}
	}
	f.front = nil
	return c.ship(commands...)
}

// trails says whether commands may be sent before a transfer is over: the server
// is known to leave them alone until then, and transfers come about.
func (c *Control) trails() bool {
	return len(c.rears()) < maxFlight/2 && c.flies() && c.bears().behind && c.data != nil && c.bearsBy(c.data.rung)
}

// trailing is what follows a transfer. RNTO must be next to RNFR (RFC 959, 5.4).
func (c *Control) trailing(lines []string) []command {
	var out []command
	for _, l := range lines {
		out = append(out, command{l, rear})
	}
	if c.prefetches() {
		at := len(out)
		if at > 0 && verbOf(out[at-1].line) == "RNFR" {
			at--
		}
		out = slices.Insert(out, at, command{EPSV.String(), port})
	}
	return out
}

// trail sends what follows an upload when its last byte is on the way. What goes
// wrong is said by the next read.
func (c *Control) trail() {
	n := len(c.pending)
	if n == 0 || !isUpload(c.pending[n-1].verb) || !c.trails() {
		return
	}
	lines := c.rears()
	if commands := c.trailing(lines); len(commands) > 0 {
		c.follow.out = c.ship(commands...) == nil && len(lines) > 0
	}
}

// transferred is called with the final reply of a transfer.
func (c *Control) transferred(r Reply) {
	if time.Since(c.streamed) > portLife {
		c.streak = 0
	}
	c.streak++
	c.streamed = time.Now()
	if c.streak > 1 {
		c.conf.Learned.proves(c.whom(), func(p *proof) { p.files = c.streamed })
	}
	switch d := c.data; {
	case d == nil:
	case r.Code == 425 && d.dial != nil:
		c.odd(r.String())
	case slices.Contains(brokeOff, r.Code) && (d.left || d.hasty):
		c.unwell(r.String())
	}
	if len(c.rears()) == 0 {
		// An error is the connection's own, or a reason to look whether the
		// replies are in step.
		c.suspect = errors.Is(c.collect(rear, orderLimit), errOdd) || c.suspect
	}
}

// inFront takes the replies to what went in front of the transfer. Where they
// cannot be told apart so cannot the transfer's: another session begins anew.
func (c *Control) inFront() error {
	err := c.collect(front, c.conf.Timeout)
	if errors.Is(err, errOdd) {
		return c.afresh()
	}
	return err
}

// afresh gives up the connection over what was done to save round trips. Nothing
// took effect as long as no content moved: then a fresh session does the same
// once more, by the way to a data connection that bore before.
func (c *Control) afresh() error {
	f := fault(vfs.KindLost, "the replies are out of step", nil)
	if d := c.data; d != nil && !d.moved() {
		c.conf.Learned.carry(nil)
		f = fault(vfs.KindNoData, "the replies are out of step", c.blocked([]Rung{d.rung}))
	}
	c.Break(f)
	return f
}

// collect takes the replies to what was sent in front, or in the rear and for the
// next port. errOdd says that they cannot be told apart.
func (c *Control) collect(which part, limit time.Duration) error {
	doubtful := c.suspect
	for len(c.pending) > 0 {
		head := c.pending[0]
		if head.part != which && !(which == rear && head.part == port) {
			break
		}
		if head.part == port {
			limit = min(limit, orderLimit)
		}
		r, err := c.final(limit)
		switch {
		case errors.Is(err, errNoReply):
			return c.missing(head)
		case err != nil:
			return err
		case head.part == port && r.Code != 421:
			c.keepPort(r)
		case which == front:
			c.follow.ahead = append(c.follow.ahead, r)
		default:
			c.follow.behind = append(c.follow.behind, r)
		}
		if r.Code == 421 {
			return c.goodbye(r, false)
		}
	}
	if c.suspect && !doubtful {
		return errOdd
	}
	return nil
}

// missing gives up on the reply to what was asked. Where that is the next port
// and nothing else all went well, and only the connection is of no more use.
func (c *Control) missing(what asked) error {
	c.odd("no answer to " + what.verb)
	if what.part == port && len(c.pending) == 1 {
		_ = c.outOfStep(nil)
		return nil
	}
	return errOdd
}
