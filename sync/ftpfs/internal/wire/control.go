package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// maxStray is how many replies may wait unread. An honest server has at most
// two outstanding; one that floods is cut off.
const maxStray = 8

// Control is one control connection. All methods but Err, Done, Break and
// the read-only facts belong to the goroutine that runs the session's current
// operation.
type Control struct {
	conf        Config       // fixed
	tcp         *net.TCPConn // fixed
	conn        net.Conn     // fixed after Dial: tcp, or TLS over it
	br          *bufio.Reader
	proxy       *relay        // fixed; nil for none
	peer, local netip.Addr    // fixed; of tcp
	server      netip.Addr    // fixed; peer, or the site's own address behind a proxy, invalid for a name
	v4          bool          // fixed; the server may have an IPv4 address
	greeting    Reply         // fixed
	tls         *security     // fixed; nil in clear
	replies     chan Reply    // from the pump, which never closes it
	pumped      chan struct{} // closed when the pump has ended

	// Of the operation.
	ctx     context.Context // the library's interface has no place for it
	out     []byte          // the library's command, until its line end
	in      bytes.Buffer    // what the library has yet to read
	unsent  error           // why the library's last command did not go out
	unread  bool            // the library has not asked for the reply to it
	verb    string          // of the last command
	last    Reply           // the last final reply
	feat    Reply           // the reply to FEAT, which the library keeps to itself
	owed    int             // final replies outstanding
	suspect bool            // a reply came that nobody asked for
	search  search
	next    *Data // negotiated, not yet taken by the library
	nextErr error
	data    *Data // the newest
	sink    func(*Data) error
	lister  string // see Capture
	greeted bool   // the library has its greeting
	buffer  []byte // see scratch

	waiting atomic.Pointer[door] // whom the pump is to hurry
	newest  atomic.Int32         // code of the newest reply

	mu      sync.Mutex
	err     error    // guarded: why the connection cannot be used any more
	secrets []string // guarded: see Conceal
	tries   []*try   // guarded, what they point to as well: see Attempts
}

// Begin puts the operation that follows under ctx: every wait ends when it is
// done.
func (c *Control) Begin(ctx context.Context) {
	c.ctx = ctx
	c.data = nil
	c.unread = false
	c.search.begun = false
}

// Err returns why the connection cannot be used any more, nil while it can.
func (c *Control) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Done is closed when the connection has ended.
func (c *Control) Done() <-chan struct{} { return c.pumped }

// Break ends the connection at once; whatever waits on it fails with cause.
// It may be called at any time from any goroutine.
func (c *Control) Break(cause error) {
	c.mu.Lock()
	if c.err == nil {
		c.err = cause
	}
	c.mu.Unlock()
	_ = c.tcp.Close()
}

// Close says QUIT where the connection is idle, for at most half a second,
// and ends it. It waits for the pump.
func (c *Control) Close(idle bool) {
	if idle && c.InStep() {
		c.ctx = context.WithoutCancel(c.ctx) // the last operation's may be done
		if err := c.send("QUIT"); err == nil {
			_, _ = c.receive(500 * time.Millisecond)
		}
	}
	c.Break(fault(vfs.KindCancelled, "the connection was closed", nil))
	<-c.pumped
}

// pump reads replies until the connection ends.
func (c *Control) pump() {
	defer close(c.pumped)
	for {
		r, err := readReply(c.br)
		if err != nil {
			c.Break(readFault(err))
			return
		}
		c.note(r)
		c.newest.Store(int32(r.Code))
		select {
		case c.replies <- r:
		default:
			c.Break(fault(vfs.KindProtocol, "the server sends replies without end", nil))
			return
		}
		if door := c.waiting.Load(); door != nil && r.Code >= 400 {
			door.until(atTheDoor) // "425 Cannot connect": it will not come
		}
	}
}

// Command sends a line and returns the final reply to it. Only the error
// tells that there was none; a refusal is a Reply.
func (c *Control) Command(line string) (Reply, error) {
	return c.CommandWithin(line, c.conf.Timeout)
}

// send puts one command on the wire.
func (c *Control) send(line string) error {
	if err := c.inStep(); err != nil {
		return err
	}
	return c.put(line)
}

// put is send without looking whether the replies are in step.
func (c *Control) put(line string) error {
	if err := c.Err(); err != nil {
		return err
	}
	if c.ctx.Err() != nil {
		return ended(c.ctx)
	}
	if line == "" || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fault(vfs.KindBadName, "the name holds a control character", nil)
	}
	verb, _, _ := strings.Cut(line, " ")
	c.verb = strings.ToUpper(verb)
	c.keepSecret(line)
	c.say(trace.Sent, mask(line))
	stop := context.AfterFunc(c.ctx, func() { _ = c.conn.SetWriteDeadline(time.Unix(1, 0)) })
	_, err := c.conn.Write(append(c.escapeIAC(line), "\r\n"...))
	stop()
	if err != nil {
		// Half a command may be out: nothing sensible can follow it.
		f := readFault(err)
		if c.ctx.Err() != nil {
			f = ended(c.ctx)
		}
		c.Break(f)
		return f
	}
	c.owed++
	return nil
}

// await waits for the next reply. No reply within limit ends the connection:
// what comes later could be taken for the answer to something else.
func (c *Control) await(limit time.Duration) (Reply, error) {
	r, err := c.receive(limit)
	if errors.Is(err, errNoReply) {
		f := fault(vfs.KindTimeout, "the server did not answer "+c.verb, nil)
		c.Break(f)
		return Reply{}, f
	}
	return r, err
}

// errNoReply says that nothing came within the limit.
var errNoReply = errors.New("no reply")

// receive waits for the next reply, the end of the operation, or the limit,
// and does the bookkeeping.
func (c *Control) receive(limit time.Duration) (Reply, error) {
	select {
	case r := <-c.replies:
		return c.accept(r), nil
	default:
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case r := <-c.replies:
		return c.accept(r), nil
	case <-c.pumped:
	case <-c.ctx.Done():
		return Reply{}, ended(c.ctx)
	case <-timer.C:
		return Reply{}, errNoReply
	}
	// The last words may have come right before the end.
	select {
	case r := <-c.replies:
		return c.accept(r), nil
	default:
		return Reply{}, c.Err()
	}
}

// accept keeps the books on a reply.
func (c *Control) accept(r Reply) Reply {
	unasked := c.owed == 0
	if r.final() {
		c.owed--
		c.last = r
		if c.verb == "FEAT" {
			c.feat = r
		}
		c.suspect = c.suspect || r.followed || c.owed < 0 || misplaced(c.verb, r.Code)
		c.owed = max(c.owed, 0)
	}
	if c.data != nil && isTransfer[c.verb] && !r.final() {
		c.data.begin()
	}
	if r.Code == 421 {
		c.Break(c.goodbye(r, unasked))
	}
	return r
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

// Last returns the last final reply, for what the library leaves out of its
// errors, and the command it answered.
func (c *Control) Last() (verb string, r Reply) { return c.verb, c.last }

// Features returns the reply to the library's FEAT.
func (c *Control) Features() Reply { return c.feat }

// Greeting returns the words of the server's first reply.
func (c *Control) Greeting() string { return c.greeting.Text() }

// Protect has data connections encrypted (RFC 4217, 9): refused is an error,
// since listings and files would go in clear. The two replies also bring the
// TLS 1.3 tickets that data connections resume from.
func (c *Control) Protect() error {
	if c.tls == nil {
		return nil
	}
	for _, line := range []string{"PBSZ 0", "PROT P"} {
		r, err := c.Command(line)
		if err != nil {
			return err
		}
		if line == "PROT P" && !r.OK() {
			return fault(vfs.KindTLS, r.String(), nil)
		}
	}
	return nil
}

// Facts are what is known of the connection.
type Facts struct {
	// TLSVersion is "TLS 1.3" and the like, "" in clear.
	TLSVersion string
	// Resumed counts the data connections that resumed the TLS session.
	Resumed int
	// Rung is the way the newest data connection was made.
	Rung Rung
}

// Facts may be called from any goroutine.
func (c *Control) Facts() Facts {
	f := Facts{Rung: c.conf.Learned.Rung()}
	if c.tls != nil {
		f.TLSVersion, f.Resumed = tls.VersionName(c.tls.version), int(c.tls.resumed.Load())
	}
	return f
}

// Data returns the data connection of the operation, nil before there is one.
func (c *Control) Data() *Data { return c.data }
