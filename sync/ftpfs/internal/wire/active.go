package wire

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// tryActive opens a listener and tells the server where it is.
func (c *Control) tryActive(rung Rung) (*Data, error) {
	door, err := openDoor(c.local, c.conf.Site.PortFrom, c.conf.Site.PortTo)
	if err != nil {
		return nil, &rungError{why: err.Error()}
	}
	where := netip.AddrPortFrom(c.advertised(), door.port())
	line := portCommand(rung, where)
	d := c.newData(rung)
	d.listen(door)
	if err := c.send(line); err != nil {
		d.Abort(nil)
		return nil, err
	}
	// pyftpdlib connects at once and answers when it has; with a firewall in
	// between it never answers.
	r, err := c.receive(c.conf.DataTimeout)
	if errors.Is(err, errNoReply) {
		c.conf.Learned.forget(rung)
		why := fmt.Sprintf("EPRT: the server did not answer %s within %v", line, c.conf.DataTimeout)
		err = fault(vfs.KindNoData, strings.Join(append(c.ladder.tried, why), "; "), nil)
		c.Break(err)
	}
	if err != nil {
		d.Abort(nil)
		return nil, err
	}
	if !r.OK() {
		d.Abort(nil)
		refused := r.Code == 500 || r.Code == 502 || r.Code == 522
		return nil, &rungError{why: fmt.Sprintf("%q to %s", r.String(), where), refused: refused}
	}
	return d, nil
}

// advertised is the address the server is to call: the router's where the
// person said so (IPv4 only, RFC 959 and 2428 alike), else our end of the
// control connection.
func (c *Control) advertised() netip.Addr {
	if ext, err := netip.ParseAddr(c.conf.Site.ExternalIP); err == nil && ext.Is4() && c.local.Is4() {
		return ext
	}
	return c.local.WithZone("")
}

func portCommand(rung Rung, where netip.AddrPort) string {
	if rung == PORT {
		a, p := where.Addr().As4(), where.Port()
		return fmt.Sprintf("PORT %d,%d,%d,%d,%d,%d", a[0], a[1], a[2], a[3], p>>8, p&0xff)
	}
	family := 1
	if where.Addr().Is6() {
		family = 2
	}
	return fmt.Sprintf("EPRT |%d|%s|%d|", family, where.Addr(), where.Port())
}

// door is the listener of one transfer.
type door struct{ ln *net.TCPListener }

// openDoor listens on local, within the port range where one is given. The
// search begins anywhere in it: a port that was just used may be remembered by
// the server's side.
func openDoor(local netip.Addr, from, to int) (door, error) {
	ports := []int{0}
	if from > 0 && to >= from {
		ports = ports[:0]
		start := rand.IntN(to - from + 1)
		for i := range to - from + 1 {
			ports = append(ports, from+(start+i)%(to-from+1))
		}
	}
	var last error
	for _, port := range ports {
		ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: local.AsSlice(), Zone: local.Zone(), Port: port})
		if err == nil {
			return door{ln}, nil
		}
		last = err
	}
	if len(ports) > 1 {
		return door{}, fmt.Errorf("no free port from %d to %d: %w", from, to, last)
	}
	return door{}, fmt.Errorf("no port to listen on: %w", last)
}

func (d door) port() uint16 { return uint16(d.ln.Addr().(*net.TCPAddr).Port) }

// accept waits for peer to call. Anyone else is hung up on and waited past:
// a data port is open to whoever finds it (RFC 2577).
func (d door) accept(peer netip.Addr, limit time.Duration, stranger func(netip.Addr)) (*net.TCPConn, error) {
	if err := d.ln.SetDeadline(time.Now().Add(limit)); err != nil {
		return nil, err
	}
	for {
		conn, err := d.ln.AcceptTCP()
		if err != nil {
			return nil, err
		}
		from := addrOf(conn.RemoteAddr())
		if from.WithZone("") == peer.WithZone("") {
			return conn, nil
		}
		_ = conn.SetLinger(0)
		_ = conn.Close()
		stranger(from)
	}
}

// callIn lets the server in, which must call within limit.
func (d *Data) callIn(door door, limit time.Duration) (*net.TCPConn, error) {
	c := d.c
	conn, err := door.accept(c.peer, limit, func(from netip.Addr) {
		c.say(trace.Trouble, "A stranger called the data port: "+from.String())
	})
	where := net.JoinHostPort(c.advertised().String(), strconv.Itoa(int(door.port())))
	_ = door.ln.Close()
	if isTimeout(err) {
		return nil, fault(vfs.KindNoData, fmt.Sprintf("the server did not connect to %s within %v", where, c.conf.DataTimeout), nil)
	}
	return conn, err
}
