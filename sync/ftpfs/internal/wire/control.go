package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"wherry/sync/vfs"
)

// Control is one control connection. All methods but Err, Done, Break and
// the read-only facts belong to the goroutine that runs the session's current
// operation.
type Control struct {
	conf        Config       // fixed
	tcp         *net.TCPConn // fixed
	conn        net.Conn     // fixed after Dial: tcp, or TLS over it
	br          *bufio.Reader
	proxy       *relay          // fixed; nil for none
	peer, local netip.Addr      // fixed; of tcp
	server      netip.Addr      // fixed; peer, or the site's own address behind a proxy, invalid for a name
	v4          bool            // fixed; the server may have an IPv4 address
	greeting    Reply           // fixed
	tls         *security       // fixed; nil in clear
	replies     chan Reply      // from the pump, which never closes it
	pumped      chan struct{}   // closed when the pump has ended
	life        context.Context // fixed; ends with the connection, by die
	die         context.CancelFunc

	// Of the operation.
	ctx      context.Context // the library's interface has no place for it
	out      []byte          // the library's command, until its line end
	in       bytes.Buffer    // what the library has yet to read
	unsent   error           // why the library's last command did not go out
	unread   bool            // the library has not asked for the reply to it
	verb     string          // of the last command
	last     Reply           // the last final reply
	pending  []asked         // whose final reply is outstanding, the oldest first
	suspect  bool            // a reply came that nobody asked for, or was of no use as an answer
	behind   bool            // bytes of another reply came with the newest one
	search   search
	next     *Data // negotiated, not yet taken by the library
	nextErr  error
	data     *Data // the newest
	sink     func(*Data) error
	lister   string // see Capture
	follow   follow
	bore     Rung          // of the newest data connection that stood, on this connection
	eager    bool          // see Eager
	ported   bool          // one was answered
	near     bool          // a round trip more is not worth a risk
	quick    bool          // the newest transfer's final reply came soon behind its last byte
	streak   int           // transfers in a row
	streamed time.Time     // when the last one ended
	greeted  bool          // the library has its greeting
	below    *bufio.Reader // see buffered
	buffer   []byte        // see scratch

	dials   sync.WaitGroup          // what dialAhead started
	refused atomic.Pointer[refusal] // written by the pump, and when nothing is outstanding
	waiting atomic.Pointer[door]    // whom the pump is to hurry
	newest  atomic.Int32            // code of the newest reply

	mu       sync.Mutex
	err      error       // guarded: why the connection cannot be used any more
	secrets  []string    // guarded: see Conceal
	rear     []string    // guarded: see Behind
	compared bool        // guarded: see Compared
	port     *prefetched // guarded; nil for none
	tries    []*try      // guarded, what they point to as well: see Attempts
}

// Begin puts the operation that follows under ctx: every wait ends when it is
// done.
func (c *Control) Begin(ctx context.Context) {
	c.ctx = ctx
	c.data = nil
	c.unread = false
	c.search.begun = false
	c.unfollow()
	c.eager = false
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
	c.die()
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
	c.dropPort()
	c.dials.Wait()
}

// pump reads replies until the connection ends.
func (c *Control) pump() {
	defer close(c.pumped)
	for {
		r, err := readReply(c.br)
		if err != nil {
			if odd := (notReply{}); errors.As(err, &odd) {
				err = notReply{c.Conceal(odd.line)} // before it is cut
			}
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
		if w := c.refused.Load(); w != nil {
			c.refused.CompareAndSwap(w, w.look(r))
		}
		if door := c.waiting.Load(); door != nil && r.Code >= 400 {
			door.until(atTheDoor) // "425 Cannot connect": it will not come
		}
	}
}

// Last returns the last final reply, for what the library leaves out of its
// errors, and the command it answered.
func (c *Control) Last() (verb string, r Reply) { return c.verb, c.last }

// Greeting returns the words of the server's first reply.
func (c *Control) Greeting() string { return c.greeting.Text() }

// Protection are the commands that have data connections encrypted (RFC 4217, 9);
// none in clear. Their replies also bring the TLS 1.3 tickets that data connections
// resume from.
func (c *Control) Protection() []string {
	if c.tls == nil {
		return nil
	}
	return []string{"PBSZ 0", protect}
}

const protect = "PROT P"

// Protected judges the replies to Protection, by command: a refusal is an error,
// since listings and files would go in clear.
func (c *Control) Protected(told map[string]Reply) error {
	if r := told[protect]; c.tls != nil && !r.OK() {
		return fault(vfs.KindTLS, r.String(), nil)
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

// Proxied says whether the connection runs through a proxy. It may be called
// from any goroutine.
func (c *Control) Proxied() bool { return c.proxy != nil }

// Data returns the data connection of the operation, nil before there is one.
func (c *Control) Data() *Data { return c.data }
