package demo

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// dataWait bounds how long a transfer waits for its data connection.
const dataWait = 20 * time.Second

// gate gives the library its clients, wrapped, so that the server knows them
// and sees them go.
type gate struct{ s *Server }

// Accept implements net.Listener.
func (g gate) Accept() (net.Conn, error) {
	conn, err := g.s.listener.Accept()
	if err != nil {
		// The library tries again for ever on what calls itself temporary.
		return nil, errors.New("the demo server is closed: " + err.Error())
	}
	p := &peer{Conn: conn, s: g.s}
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if g.s.closed {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	g.s.peers[conn.RemoteAddr().String()] = p
	g.s.sessions.Add(1)
	return p, nil
}

// Close implements net.Listener.
func (g gate) Close() error { return g.s.listener.Close() }

// Addr implements net.Listener.
func (g gate) Addr() net.Addr { return g.s.listener.Addr() }

// peer is one client's control connection, and what its commands need to
// remember. The library runs a client's commands one after the other.
type peer struct {
	net.Conn
	s    *Server
	once sync.Once

	offset int64  // of REST, for the next transfer
	from   string // of RNFR, for RNTO

	mu       sync.Mutex
	gone     bool             // guarded
	listener *net.TCPListener // guarded; after PASV and EPSV
	target   netip.AddrPort   // guarded; after PORT and EPRT
	data     net.Conn         // guarded; during a transfer
}

// Close is called by the library's session as the last thing it does.
func (p *peer) Close() error {
	err := p.Conn.Close()
	p.once.Do(func() {
		p.drop()
		p.s.mu.Lock()
		delete(p.s.peers, p.RemoteAddr().String())
		p.s.mu.Unlock()
		p.s.sessions.Done()
	})
	return err
}

// drop ends what goes on beside the control connection, for good.
func (p *peer) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
	p.forgetLocked()
	if p.data != nil {
		_ = p.data.Close()
	}
}

func (p *peer) forgetLocked() {
	if p.listener != nil {
		_ = p.listener.Close()
	}
	p.listener, p.target = nil, netip.AddrPort{}
}

// listen opens a port on the address that the client has reached us by, which
// is loopback, and returns its number.
func (p *peer) listen() (int, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: p.LocalAddr().(*net.TCPAddr).IP})
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgetLocked()
	p.listener = l
	if p.gone {
		p.forgetLocked()
		return 0, net.ErrClosed
	}
	return l.Addr().(*net.TCPAddr).Port, nil
}

// aim keeps where the client listens. Only its own address will do (RFC 2577,
// section 3).
func (p *peer) aim(to netip.AddrPort) error {
	if to.Addr().Unmap() != p.address() || to.Port() < 1024 {
		return fmt.Errorf("data connections go to %s only, from port 1024 on", p.address())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgetLocked()
	p.target = to
	return nil
}

func (p *peer) address() netip.Addr {
	return p.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
}

// connect makes the data connection that the client has prepared.
func (p *peer) connect() (net.Conn, error) {
	p.mu.Lock()
	listener, target := p.listener, p.target
	p.mu.Unlock()
	conn, err := net.Conn(nil), errors.New("use EPSV, PASV, EPRT or PORT first")
	switch {
	case listener != nil:
		conn, err = p.accept(listener)
	case target.IsValid():
		conn, err = net.DialTimeout("tcp", target.String(), dataWait)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgetLocked()
	if err == nil && p.gone {
		_ = conn.Close()
		err = net.ErrClosed
	}
	if err != nil {
		return nil, err
	}
	p.data = conn
	return conn, nil
}

// accept waits past anyone who comes from another address.
func (p *peer) accept(l *net.TCPListener) (net.Conn, error) {
	if err := l.SetDeadline(time.Now().Add(dataWait)); err != nil {
		return nil, err
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return nil, err
		}
		if conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap() == p.address() {
			return conn, nil
		}
		_ = conn.Close()
	}
}

// finish closes the data connection; its error says whether all that was
// written has gone out.
func (p *peer) finish() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.data.Close()
	p.data = nil
	return err
}
