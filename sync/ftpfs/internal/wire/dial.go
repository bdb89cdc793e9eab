package wire

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"time"

	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// Config says how to connect.
type Config struct {
	Site site.Site
	// Verify judges the server's certificate chain before anything secret is
	// sent. problem is what is wrong with it by the rules of the web's
	// certificates, nil where nothing is. nil: any problem is final.
	Verify func(ctx context.Context, host string, chain []*x509.Certificate, problem error) error
	// Roots are the trusted authorities, nil for the system's.
	Roots *x509.CertPool
	// Trace takes the transcript; may be nil.
	Trace *trace.Ring
	// Number is the session's number in the transcript.
	Number int
	// Timeout ends every wait in which nothing moves.
	Timeout time.Duration
	// DataTimeout ends one attempt to get a data connection.
	DataTimeout time.Duration
	// FinalTimeout ends the wait for the reply behind the last byte of a
	// transfer: servers scan for viruses, sync to disk or copy to another
	// store before they say it. 0 is six times Timeout.
	FinalTimeout time.Duration
	// Worth is the round trip from which on a data connection may be ended early,
	// or hastily; 0 is 20 ms.
	Worth time.Duration
	// Only, where it is not nil, are the ways that data connections may be
	// made, in this order, whatever the site's mode and Learned say.
	Only []Rung
	// ProxyPassword is asked once for a proxy that has a user and no password
	// in its address; nil is an empty one.
	ProxyPassword func(ctx context.Context) (string, error)
	// Environ reads the environment, for ALL_PROXY and NO_PROXY; nil is
	// os.Getenv.
	Environ func(name string) string
	// MaxTLS caps the TLS version, 0 for the best both can.
	MaxTLS uint16
	// Learned is shared by the sessions of a site; never nil.
	Learned *Learned
}

// settleLimit bounds each wait for the reply that ends a broken-off
// transfer. The servers measured answer within a round trip or never.
const settleLimit = 2 * time.Second

// orderLimit bounds each wait for a reply by which it is told whether the replies
// are in step. A missing one costs the connection, or what saves round trips for
// the whole run: a machine that stands still for a moment must not.
const orderLimit = 5 * time.Second

// keepAlive keeps routers on the way from forgetting a control connection that
// is silent during a long transfer: RFC 5382 (REQ-5) asks them to wait for 2 h
// 4 min, many wait for some minutes. Half a minute of silence brings a probe,
// then one each 15 s; after four in vain the connection is lost.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 15 * time.Second, Count: 4}

// Dial connects, reads the greeting and, unless the site says off, secures
// the control connection. All addresses of the host are tried, IPv6 and IPv4
// (RFC 6555). Errors are *vfs.Error of the kinds from KindHost to KindCert,
// KindTimeout, KindLost, KindBusy and KindCancelled; a *ProxyError is the cause
// where a proxy is to blame. A site that forces active mode through a proxy is
// KindNoData before anything is sent.
func Dial(ctx context.Context, conf Config) (*Control, error) {
	c, err := dial(ctx, conf)
	if errors.Is(err, errOneGroup) && vfs.KindOf(err) == vfs.KindTLS {
		return dial(ctx, conf)
	}
	return c, err
}

func dial(ctx context.Context, conf Config) (*Control, error) {
	c := &Control{
		conf:    conf,
		ctx:     ctx,
		replies: make(chan Reply, maxUnread),
		pumped:  make(chan struct{}),
	}
	c.life, c.die = context.WithCancel(context.WithoutCancel(ctx))
	c.search.refused = map[Rung]try{}
	if err := c.connect(ctx); err != nil {
		c.die()
		return nil, c.refuse(err)
	}
	base := &flow{tcp: c.tcp, writeLimit: conf.Timeout}
	c.conn = base
	stop := context.AfterFunc(ctx, func() { _ = c.tcp.Close() })
	err := c.open(ctx)
	if !stop() {
		err = ended(ctx)
	}
	if err != nil {
		c.die()
		_ = c.tcp.Close()
		return nil, c.refuse(err)
	}
	// The pump waits for as long as the connection stands; the operations
	// have limits of their own.
	if err := c.tcp.SetReadDeadline(time.Time{}); err != nil {
		c.die()
		_ = c.tcp.Close()
		return nil, c.refuse(readFault(err))
	}
	go c.pump()
	return c, nil
}

// connect makes the control connection, straight or through a proxy.
func (c *Control) connect(ctx context.Context) (err error) {
	address := c.conf.Site.Address()
	if c.proxy, err = findRelay(ctx, c.conf); err != nil {
		return err
	}
	if c.proxy != nil {
		if c.conf.Site.Mode == site.ModeActive && c.conf.Only == nil {
			return c.neverActive()
		}
		c.say(trace.Status, "Connecting to "+address+" through the proxy "+c.proxy.address)
		if c.tcp, err = c.proxy.dial(ctx, address, c.conf.Timeout); err != nil {
			return err
		}
	} else {
		c.say(trace.Status, "Connecting to "+address)
		dialer := net.Dialer{Timeout: c.conf.Timeout, KeepAliveConfig: keepAlive}
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			return dialFault(ctx, err)
		}
		c.tcp = conn.(*net.TCPConn)
	}
	local, peer := c.Ends()
	c.local, c.peer = local.Addr(), peer.Addr()
	c.server = c.peer
	if c.proxy != nil {
		// Invalid for a name, which only the proxy resolves.
		c.server, _ = netip.ParseAddr(c.conf.Site.Host)
		c.server = c.server.Unmap()
	}
	c.v4 = !c.server.Is6()
	return nil
}

// neverActive is the finding where nobody needs to be asked.
func (c *Control) neverActive() error {
	b := &Blocked{Mode: c.conf.Site.Mode, Proxy: true}
	for _, rung := range rungs(c.conf.Site.Mode, NoRung) {
		b.Attempts = append(b.Attempts, Attempt{Rung: rung, Outcome: Impossible})
	}
	return fault(vfs.KindNoData, "active mode does not work through a proxy: the server cannot connect back", b)
}

// open brings the fresh connection to the point where a user name may be
// sent.
func (c *Control) open(ctx context.Context) error {
	if c.conf.Site.TLS == site.TLSImplicit {
		if err := c.secure(ctx); err != nil {
			return err
		}
	}
	c.br = bufio.NewReader(c.conn)
	if err := c.greet(); err != nil {
		return err
	}
	switch c.conf.Site.TLS {
	case site.TLSOff:
		c.say(trace.Status, "This connection is not encrypted")
		return nil
	case site.TLSImplicit:
		return nil
	}
	return c.authTLS(ctx)
}

// hear reads a reply before the pump runs, within the Timeout as a whole: a
// greeting that comes byte by byte would have no end.
func (c *Control) hear() (Reply, error) {
	if err := c.tcp.SetReadDeadline(time.Now().Add(c.conf.Timeout)); err != nil {
		return Reply{}, err
	}
	return readReply(c.br)
}

// greet reads the first reply. 120 announces a wait (RFC 959, 5.4).
func (c *Control) greet() error {
	for range 3 {
		r, err := c.hear()
		if errors.Is(err, errNotReply) || errors.Is(err, errTooLong) {
			return fault(vfs.KindNotFTP, "", err)
		}
		if err != nil {
			return readFault(err)
		}
		c.note(r)
		switch {
		case r.Code == 220:
			c.greeting = r
			return nil
		case r.Code == 120:
			continue
		case r.Code/100 == 4, TooMany(r.Text()) && r.Code/100 == 5:
			return fault(vfs.KindBusy, r.String(), nil)
		case r.Code/100 == 5:
			return fault(vfs.KindRefused, r.String(), nil)
		}
		return fault(vfs.KindNotFTP, r.String(), nil)
	}
	return fault(vfs.KindBusy, "120 the server keeps saying that it is not ready", nil)
}

// handshakeCommand is a command and its reply before the pump runs.
func (c *Control) handshakeCommand(line string) (Reply, error) {
	c.say(trace.Sent, line)
	if _, err := c.conn.Write([]byte(line + "\r\n")); err != nil {
		return Reply{}, readFault(err)
	}
	r, err := c.hear()
	if err != nil {
		return Reply{}, readFault(err)
	}
	c.note(r)
	return r, nil
}

// refuse records why there is no connection.
func (c *Control) refuse(err error) error {
	c.say(trace.Trouble, err.Error())
	return err
}

func endOf(a net.Addr) netip.AddrPort {
	end := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(end.Addr().Unmap(), end.Port())
}
