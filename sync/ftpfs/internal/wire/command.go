package wire

import (
	"context"
	"errors"
	"strings"
	"time"

	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// Command sends a line and returns the final reply to it. Only the error
// tells that there was none; a refusal is a Reply.
func (c *Control) Command(line string) (Reply, error) {
	return c.CommandWithin(line, c.conf.Timeout)
}

// CommandWithin is Command for what may take the server long: limit is how
// long each of its replies may be waited for.
func (c *Control) CommandWithin(line string, limit time.Duration) (Reply, error) {
	if err := c.send(line); err != nil {
		return Reply{}, err
	}
	r, err := c.final(limit)
	if errors.Is(err, errNoReply) {
		return Reply{}, c.unanswered()
	}
	return r, err
}

// send puts one command on the wire.
func (c *Control) send(line string) error {
	if err := c.inStep(); err != nil {
		return err
	}
	return c.put(line)
}

// put is send without looking whether the replies are in step. Replies that are
// outstanding are the new command's to sort out.
func (c *Control) put(line string) error {
	for i := range c.pending {
		c.pending[i] = asked{verb: verbOf(line)}
	}
	return c.ship(command{line, itself})
}

// command is a line, and what is made of the reply to it.
type command struct {
	line string
	part part
}

// asked is a command whose final reply is outstanding.
type asked struct {
	verb  string
	part  part
	flown bool   // sent together with others
	line  string // masked; "" where another command has taken its place
}

// part tells whose a reply is.
type part uint8

const (
	itself part = iota // the caller's
	front              // see Ahead
	rear               // see Behind
	port               // the EPSV for the next transfer
)

// ship sends commands in one go. The newest that is itself gives the name to
// what is waited for.
func (c *Control) ship(commands ...command) error {
	if err := c.Err(); err != nil {
		return err
	}
	if c.ctx.Err() != nil {
		return ended(c.ctx)
	}
	var out []byte
	for _, cmd := range commands {
		if cmd.line == "" || strings.ContainsFunc(cmd.line, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fault(vfs.KindBadName, "the name holds a control character", nil)
		}
	}
	for _, cmd := range commands {
		verb := verbOf(cmd.line)
		if cmd.part == itself {
			c.verb = verb
		}
		c.keepSecret(cmd.line)
		said := mask(cmd.line)
		c.say(trace.Sent, said)
		out = append(append(out, c.escapeIAC(cmd.line)...), "\r\n"...)
		c.pending = append(c.pending, asked{verb, cmd.part, len(commands) > 1, said})
	}
	if err := c.write(out); err != nil {
		// Half a command may be out: nothing sensible can follow it.
		f := readFault(err)
		if c.ctx.Err() != nil {
			f = ended(c.ctx)
		}
		c.Break(f)
		return f
	}
	return nil
}

func verbOf(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	return strings.ToUpper(verb)
}

// write ends early when the operation does.
func (c *Control) write(b []byte) error {
	late := make(chan struct{})
	stop := context.AfterFunc(c.ctx, func() {
		defer close(late)
		_ = c.conn.SetWriteDeadline(time.Unix(1, 0))
	})
	_, err := c.conn.Write(b)
	if !stop() {
		<-late // or it would end the next write
	}
	return err
}

// await waits for the next reply. No reply within limit ends the connection:
// what comes later could be taken for the answer to something else.
func (c *Control) await(limit time.Duration) (Reply, error) {
	r, err := c.receive(limit)
	if errors.Is(err, errNoReply) {
		return Reply{}, c.unanswered()
	}
	return r, err
}

func (c *Control) unanswered() *vfs.Error {
	f := fault(vfs.KindTimeout, "the server did not answer "+c.verb, nil)
	c.Break(f)
	return f
}

// errNoReply says that nothing came within the limit.
var errNoReply = errors.New("no reply")

// receive waits for the next reply that can be an answer to what was sent, the
// end of the operation, or the limit, and does the bookkeeping.
func (c *Control) receive(limit time.Duration) (Reply, error) { return c.receiveOr(limit, nil) }

// errStands says that what is waited for besides a reply came first.
var errStands = errors.New("the data connection came first")

// receiveOr is receive that also ends, with errStands, when stands is closed.
func (c *Control) receiveOr(limit time.Duration, stands <-chan struct{}) (Reply, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		r, err := c.arrive(timer.C, stands)
		if err != nil || c.accept(r) {
			return r, err
		}
	}
}

// arrive returns the next reply, whatever it answers.
func (c *Control) arrive(late <-chan time.Time, stands <-chan struct{}) (Reply, error) {
	select {
	case r := <-c.replies:
		return r, nil
	default:
	}
	select {
	case r := <-c.replies:
		return r, nil
	case <-c.pumped:
	case <-c.ctx.Done():
		return Reply{}, ended(c.ctx)
	case <-late:
		return Reply{}, errNoReply
	case <-stands:
		return Reply{}, errStands
	}
	// The last words may have come right before the end.
	select {
	case r := <-c.replies:
		return r, nil
	default:
		return Reply{}, c.Err()
	}
}

// goodbye is what a 421 means: the server closes the control connection (RFC
// 959, 5.4). To a command that is no room, unasked it is the end of its
// patience with an idle client.
func (c *Control) goodbye(r Reply, unasked bool) *vfs.Error {
	text := strings.ToLower(r.Text())
	if unasked || strings.Contains(text, "timeout") || strings.Contains(text, "idle") {
		return fault(vfs.KindLost, c.Conceal(r.String()), nil)
	}
	return fault(vfs.KindBusy, c.Conceal(r.String()), nil)
}
