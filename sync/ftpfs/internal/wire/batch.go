package wire

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"wherry/sync/vfs"
)

// Batch sends commands without waiting between them where the server has been
// seen to bear it, one after the other otherwise; replies[i] belongs to
// lines[i]. The lines are no transfers; RNFR may be the last one. A refusal is a
// Reply. Where the connection ends on the way the error says so, and the replies
// are those that had come, a 421 among them.
func (c *Control) Batch(lines []string) (replies []Reply, err error) {
	for part := range slices.Chunk(lines, maxFlight) {
		some, err := c.batch(part)
		replies = append(replies, some...)
		if err != nil {
			return replies, err
		}
	}
	return replies, nil
}

func (c *Control) batch(lines []string) ([]Reply, error) {
	proven := c.conf.Learned.proven()
	if len(lines) < 2 || c.bears().mark == "" || !proven && !areRepeatable(lines) {
		return c.oneByOne(lines)
	}
	if err := c.inStep(); err != nil {
		return nil, err
	}
	commands := make([]command, 0, len(lines))
	for _, line := range lines {
		commands = append(commands, command{line, itself})
	}
	if err := c.ship(commands...); err != nil {
		return nil, err
	}
	replies, err := c.inOrder(lines, proven)
	if errors.Is(err, errOdd) {
		if !areRepeatable(lines) {
			return nil, c.outOfStep(err)
		}
		c.suspect = true
		return c.oneByOne(lines)
	}
	// What goes out at a login proves nothing of a session at work: nothing is
	// made ahead before something was looked at.
	if err == nil && !slices.Contains(lines, "SYST") {
		c.conf.Learned.prove()
	}
	return replies, err
}

// errOdd says that replies to several commands cannot be told apart.
var errOdd = errors.New("the replies do not fit the commands sent together")

// inOrder takes the replies to lines. Of a server that has not proven anything
// yet, what comes behind the first one is not waited for long.
func (c *Control) inOrder(lines []string, proven bool) (replies []Reply, err error) {
	for i, line := range lines {
		limit := c.conf.Timeout
		if i > 0 && !proven {
			limit = min(limit, orderLimit)
		}
		c.verb = verbOf(line)
		r, err := c.final(limit)
		switch {
		case errors.Is(err, errNoReply) && i > 0:
			c.odd("no answer to " + c.verb)
			return nil, errOdd
		case errors.Is(err, errNoReply):
			return nil, c.unanswered()
		case err != nil:
			return replies, err
		}
		replies = append(replies, r)
		switch {
		case r.Code == 421:
			return replies, c.goodbye(r, false) // the connection may have broken in other words by now
		case c.suspect:
			c.odd(fmt.Sprintf("%d to %s", r.Code, c.verb))
			return nil, errOdd
		}
	}
	return replies, nil
}

// oneByOne waits for each reply before the next command.
func (c *Control) oneByOne(lines []string) (replies []Reply, err error) {
	for _, line := range lines {
		r, err := c.Command(line)
		if err != nil {
			return replies, err
		}
		if replies = append(replies, r); r.Code == 421 {
			return replies, c.goodbye(r, false)
		}
	}
	return replies, nil
}

// final waits for the final reply to the oldest command. errNoReply is left to
// the caller.
func (c *Control) final(limit time.Duration) (Reply, error) {
	for range maxStray {
		r, err := c.receive(limit)
		if err != nil || r.final() {
			return r, err
		}
	}
	err := fault(vfs.KindProtocol, "the server does not come to an end with "+c.verb, nil)
	c.Break(err)
	return Reply{}, err
}
