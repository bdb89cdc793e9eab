package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// security is the TLS side of one control connection and its data
// connections. The session cache belongs to this one connection: a cache
// shared between control connections makes vsftpd refuse every TLS 1.3
// transfer ("binder does not verify").
type security struct {
	control *tls.Config // fixed
	data    *tls.Config // fixed
	clock   clock
	leaf    *x509.Certificate // fixed after the handshake
	version uint16            // fixed after the handshake
	resumed atomic.Int32      // data connections that resumed the session
}

func newSecurity(conf Config) *security {
	s := &security{}
	kept := &tickets{}
	base := &tls.Config{
		ServerName: conf.Site.Host,
		// The chain is checked by verify, which can tell a person what is
		// wrong with it; nothing is sent before that.
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS12,
		MaxVersion:         conf.MaxTLS,
		Time:               s.clock.now,
	}
	s.control, s.data = base, base.Clone()
	s.control.ClientSessionCache = controlTickets{kept}
	s.data.ClientSessionCache = dataTickets{kept}
	return s
}

// authTLS asks for TLS on the control connection (RFC 4217). Where the person
// said nothing and has no secret, a refusal is not the end.
func (c *Control) authTLS(ctx context.Context) error {
	r, err := c.handshakeCommand("AUTH TLS")
	if err != nil {
		return err
	}
	switch {
	case r.Code == 234:
	case r.Code == 421:
		return fault(vfs.KindBusy, r.String(), nil)
	case c.conf.Site.TLS == site.TLSDefault && c.conf.Site.IsAnonymous():
		c.say(trace.Status, "The server does not offer TLS. This anonymous connection is not encrypted")
		return nil
	default:
		return fault(vfs.KindTLS, r.String(), nil)
	}
	// What was sent in clear behind the 234 would be taken for a reply that
	// came through TLS (the STARTTLS injection, CVE-2011-0411).
	if c.br.Buffered() > 0 {
		return fault(vfs.KindTLS, "the server sent more behind its answer to AUTH TLS", nil)
	}
	if err := c.secure(ctx); err != nil {
		return err
	}
	c.br = bufio.NewReader(c.conn)
	return nil
}

// errOneGroup is in the chain of an error of a handshake in which nothing was offered
// but what the server wanted before. It may be another one by now.
var errOneGroup = errors.New("the server wanted its keys to be agreed on in one way")

// secure does the handshake on the control connection and has its certificate
// judged.
func (c *Control) secure(ctx context.Context) error {
	s := newSecurity(c.conf)
	if err := c.tcp.SetReadDeadline(time.Now().Add(c.conf.Timeout)); err != nil {
		return readFault(err)
	}
	group := c.conf.Learned.keyGroup()
	if group != 0 {
		s.control.CurvePreferences = []tls.CurveID{group}
	}
	conn := tls.Client(c.conn, s.control)
	if err := conn.HandshakeContext(ctx); err != nil {
		if group != 0 {
			c.conf.Learned.setKeyGroup(0)
			err = fmt.Errorf("%w: %w", errOneGroup, err)
		}
		switch {
		case ctx.Err() != nil:
			return ended(ctx)
		case isTimeout(err):
			return fault(vfs.KindTimeout, "", err)
		}
		return fault(vfs.KindTLS, "", err)
	}
	state := conn.ConnectionState()
	s.leaf, s.version = state.PeerCertificates[0], state.Version
	if err := c.verify(ctx, state.PeerCertificates); err != nil {
		return err
	}
	// Go resumes no session whose certificate is past its time, also where a
	// person accepted that.
	s.clock.shiftInto(s.leaf.NotBefore, s.leaf.NotAfter)
	if state.Version >= tls.VersionTLS13 {
		// Another group first would cost a round trip for each data connection:
		// vsftpd takes P-256 alone.
		s.data.CurvePreferences = []tls.CurveID{state.CurveID}
		if state.HelloRetryRequest {
			c.conf.Learned.setKeyGroup(state.CurveID)
		}
	}
	c.conn, c.tls = conn, s
	c.say(trace.Status, "Encrypted with "+tls.VersionName(s.version)+", "+tls.CipherSuiteName(state.CipherSuite))
	return nil
}

// verify checks the chain as for the web and lets the hook decide.
func (c *Control) verify(ctx context.Context, chain []*x509.Certificate) error {
	opts := x509.VerifyOptions{
		Roots:         c.conf.Roots,
		DNSName:       c.conf.Site.Host,
		Intermediates: x509.NewCertPool(),
	}
	for _, cert := range chain[1:] {
		opts.Intermediates.AddCert(cert)
	}
	_, problem := chain[0].Verify(opts)
	if c.conf.Verify != nil {
		return c.conf.Verify(ctx, c.conf.Site.Address(), chain, problem)
	}
	if problem != nil {
		return fault(vfs.KindCert, "", problem)
	}
	return nil
}

// clientFor wraps a data connection.
func (s *security) clientFor(conn net.Conn) *tls.Conn { return tls.Client(conn, s.data) }

// check compares a data connection's certificate with the control
// connection's: another one means another server.
func (s *security) check(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 || !bytes.Equal(state.PeerCertificates[0].Raw, s.leaf.Raw) {
		return fault(vfs.KindCert, "the data connection showed another certificate than the control connection", nil)
	}
	if state.DidResume {
		s.resumed.Add(1)
	}
	return nil
}

// tickets keeps the newest session of the control connection.
type tickets struct {
	mu   sync.Mutex
	last *tls.ClientSessionState // guarded
}

// controlTickets lets the control connection store and never resume;
// dataTickets lets data connections resume and never store: the session to
// resume is the control connection's (vsftpd's require_ssl_reuse).
type (
	controlTickets struct{ *tickets }
	dataTickets    struct{ *tickets }
)

func (controlTickets) Get(string) (*tls.ClientSessionState, bool) { return nil, false }

func (t controlTickets) Put(_ string, s *tls.ClientSessionState) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = s
}

func (t dataTickets) Get(string) (*tls.ClientSessionState, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last, t.last != nil
}

func (dataTickets) Put(string, *tls.ClientSessionState) {}

// clock is the time TLS sees.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// shiftInto moves the clock into a certificate's validity where it is
// outside. It moves before the first TLS 1.3 ticket is read, so tickets and
// resumptions agree on the time.
func (c *clock) shiftInto(from, to time.Time) {
	now := time.Now()
	switch {
	case now.After(to):
		c.offset.Store(int64(to.Add(-time.Minute).Sub(now)))
	case now.Before(from):
		c.offset.Store(int64(from.Add(time.Minute).Sub(now)))
	}
}
