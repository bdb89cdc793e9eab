package wire

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// isTransfer are the commands that use a data connection.
var isTransfer = map[string]bool{
	"RETR": true, "STOR": true, "APPE": true, "STOU": true,
	"LIST": true, "NLST": true, "MLSD": true,
}

// DialFunc is given to the library (ftp.DialWithDialFunc). Its first call
// returns the control connection with the greeting to be read; every later one
// the data connection negotiated by the EPSV before it. The address is of no
// meaning.
func (c *Control) DialFunc(_, _ string) (net.Conn, error) {
	if !c.greeted {
		c.greeted = true
		c.in.Write(c.greeting.bytes(c.greeting.Code))
		return libraryConn{c}, nil
	}
	d, err := c.next, c.nextErr
	c.next, c.nextErr = nil, nil
	switch {
	case err != nil:
		return nil, err
	case d == nil:
		return nil, fault(vfs.KindProtocol, "a data connection without a negotiation", nil)
	case c.sink != nil:
		return &captured{Data: d, sink: c.sink}, nil
	}
	return d, nil
}

// Capture has listings made by verb, LIST or MLSD, whichever the library
// prefers, and their content given to sink. It shows the library an empty one:
// it would drop the lines it cannot parse, and permissions and owners of all.
// A nil sink ends that.
func (c *Control) Capture(verb string, sink func(*Data) error) { c.lister, c.sink = verb, sink }

// captured calls its sink on the library's first Read.
type captured struct {
	*Data
	sink func(*Data) error
	err  error
	done bool
}

func (c *captured) Read([]byte) (int, error) {
	if !c.done {
		c.done = true
		c.err = c.sink(c.Data)
	}
	if c.err != nil {
		return 0, c.err
	}
	return 0, io.EOF
}

// libraryConn is the control connection as the library sees it.
type libraryConn struct{ c *Control }

// Write takes commands; textproto may hand over a long one in pieces. It never
// fails: the library's writer keeps an error for ever, so what went wrong is
// said by the Read that would bring the reply.
func (l libraryConn) Write(p []byte) (int, error) {
	c := l.c
	c.out = append(c.out, p...)
	line, ended := strings.CutSuffix(string(c.out), "\r\n")
	if !ended {
		return len(p), nil
	}
	c.out = c.out[:0]
	c.in.Reset()
	if c.unread {
		// It never does that: a name has a line end in it.
		c.unsent = fault(vfs.KindBadName, "a second command behind the first", nil)
		return len(p), nil
	}
	c.unsent, c.unread = nil, true
	if line == "EPSV" {
		if err := c.beforeData(); err != nil {
			c.next, c.nextErr = nil, err
		} else {
			c.next, c.nextErr = c.negotiate()
		}
		c.in.WriteString("229 Entering Extended Passive Mode (|||1|)\r\n")
		return len(p), nil
	}
	if verb := line[:min(4, len(line))]; c.sink != nil && (verb == "LIST" || verb == "MLSD") {
		line = c.lister + line[4:]
	}
	if c.unsent = c.around(line); c.unsent != nil {
		return len(p), nil
	}
	if c.data != nil && isTransfer[c.verb] {
		c.data.asked = time.Now()
	}
	return len(p), nil
}

// Read gives one reply at a time: the library reads exactly as many as it
// expects.
func (l libraryConn) Read(p []byte) (int, error) {
	c := l.c
	c.unread = false
	if c.unsent != nil {
		return 0, c.unsent
	}
	if c.in.Len() == 0 {
		r, err := c.dueOnce()
		if err != nil {
			return 0, err
		}
		if r.final() && isTransfer[c.verb] {
			c.transferred(r)
		}
		c.in.Write(c.forLibrary(r))
	}
	return c.in.Read(p)
}

// dueOnce is due without what comes too often: the library expects one 1xx
// from a transfer ("150 Accepted", "150 12 MB to download") and none else.
func (c *Control) dueOnce() (Reply, error) {
	for range maxStray {
		begun := c.data != nil && (c.data.begun || c.data.promised)
		r, err := c.due()
		if err != nil || r.final() || isTransfer[c.verb] && (!begun || c.data.killed()) {
			return r, err
		}
	}
	f := fault(vfs.KindProtocol, "the server does not come to an end with "+c.verb, nil)
	c.Break(f)
	return Reply{}, f
}

// forLibrary smooths over what the library does not expect.
func (c *Control) forLibrary(r Reply) []byte {
	d := c.data
	switch {
	case !isTransfer[c.verb] || r.Code != 226 && r.Code != 250:
		return r.bytes(r.Code)
	case d == nil || d.begun || d.promised:
		return r.bytes(226) // RFC 959 allows 250 as well
	}
	// Done without a word before: some servers leave out the 150 of an empty
	// listing. Whatever there is of it is on its way already.
	d.begin()
	d.ahead = &r
	return []byte("150 (left out)\r\n")
}

const (
	// atTheDoor is the time to look whether somebody has called.
	atTheDoor = 50 * time.Millisecond
	// stuckLimit is what a server gets to say 425 after it did not call in
	// time: most are still trying, and a fresh session is quicker.
	stuckLimit = 250 * time.Millisecond
	// quickEnd is how soon the final reply comes where the server neither scans
	// for viruses nor copies to another store before it says it.
	quickEnd = 2 * time.Second
)

// due waits for the reply the library expects now.
func (c *Control) due() (Reply, error) {
	if err := c.inFront(); err != nil {
		return Reply{}, err
	}
	d := c.data
	if d != nil && d.ahead != nil {
		end := *d.ahead
		d.ahead = nil
		if len(c.pending) > 0 || len(c.replies) == 0 && !c.behind {
			return end, nil
		}
		// It was the end of another transfer: the replies to this one follow.
		c.pending = append(c.pending, asked{verb: c.verb})
	}
	switch {
	case !isTransfer[c.verb] || d == nil:
		return c.await(c.conf.Timeout)
	case d.killed():
		limit := settleLimit
		if !d.stood() || d.silent {
			limit = stuckLimit
		}
		r, err := c.receive(limit)
		if errors.Is(err, errNoReply) {
			err = fault(vfs.KindLost, "the server did not end the transfer", nil)
		}
		return r, err
	case d.begun || d.promised:
		return c.verdict(d)
	case d.dial != nil && !d.stood():
		return c.early(d)
	case d.rung.Mode() == site.ModeActive:
		// A firewall that drops the server's call leaves the server silent for
		// one to two minutes; a slow disk does the same, but then the server
		// is at the door.
		r, err := c.receive(d.limit)
		if !errors.Is(err, errNoReply) {
			return r, err
		}
		if _, err := d.connected(atTheDoor); err != nil {
			return Reply{}, d.failed(err)
		}
	}
	return c.await(c.conf.Timeout)
}

// Unbegun says whether the server has not agreed yet, by a 1xx, to the newest
// transfer (RFC 959, 5.4).
func (c *Control) Unbegun() bool { return c.data != nil && !c.data.agreed() }

// ErrNoVerdict is in the chain of an error that says: the data connection came
// to its end in order, all bytes of an upload were sent, and the server's final
// reply is missing, 421 being none. The kind tells why, KindTimeout or KindLost.
// Whether the whole file is there only its size can tell.
var ErrNoVerdict = errors.New("the final reply is missing")

// verdict waits for the reply behind the last byte.
func (c *Control) verdict(d *Data) (Reply, error) {
	limit := d.endLimit(cmp.Or(c.conf.FinalTimeout, 6*c.conf.Timeout))
	if d.hasty || !c.hasPorted() && slices.ContainsFunc(c.pending, func(a asked) bool { return a.part == port }) {
		limit = min(limit, portLimit)
	}
	began := time.Now()
	r, err := c.receive(limit + d.unsent())
	c.quick = err == nil && time.Since(began) < quickEnd
	c.conf.Learned.proves(c.whom(), func(p *proof) { p.quick = c.quick })
	if err == nil && r.OK() {
		d.lingered()
	}
	switch {
	case errors.Is(err, errNoReply):
		d.silent = d.kept
		switch {
		case d.hasty:
			c.unwell("no final reply to " + c.verb)
		case d.kept, len(c.pending) > 1:
			c.odd("no final reply to " + c.verb)
		}
		f := fault(vfs.KindTimeout, fmt.Sprintf("no final reply to %s within %v", c.verb, limit), ErrNoVerdict)
		c.Break(f)
		return r, f
	case err == nil && r.Code == 421:
		// A goodbye, and no word on the file.
		return r, fault(vfs.KindLost, c.Conceal(r.String()), ErrNoVerdict)
	case err != nil && c.ctx.Err() == nil:
		return r, fault(vfs.KindOf(err), "", fmt.Errorf("%w: %w", ErrNoVerdict, err))
	}
	return r, err
}

// Close of the library's side leaves the connection to the session.
func (libraryConn) Close() error                     { return nil }
func (l libraryConn) LocalAddr() net.Addr            { return l.c.tcp.LocalAddr() }
func (l libraryConn) RemoteAddr() net.Addr           { return l.c.tcp.RemoteAddr() }
func (libraryConn) SetDeadline(time.Time) error      { return nil }
func (libraryConn) SetReadDeadline(time.Time) error  { return nil }
func (libraryConn) SetWriteDeadline(time.Time) error { return nil }
