package wire

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"
)

// tryPassive asks for a port and connects to it: always the control
// connection's peer, whatever address a 227 names.
func (c *Control) tryPassive(rung Rung) (*Data, error) {
	r, err := c.Command(rung.String())
	if err != nil {
		return nil, err
	}
	var port uint16
	ok := false
	switch {
	case rung == EPSV && r.Code == 229:
		port, ok = parseEPSV(r.Text())
	case rung == PASV && r.Code == 227:
		_, port, ok = parsePASV(r.Text())
	}
	if !ok {
		return nil, &rungError{why: strconv.Quote(r.String()), refused: r.Code/100 != 4}
	}
	target, limit := netip.AddrPortFrom(c.peer, port), c.passiveLimit()
	conn, err := c.dialData(target, limit)
	switch {
	case err == nil:
		d := c.newData(rung)
		d.take(conn.(*net.TCPConn))
		return d, nil
	case c.ctx.Err() != nil:
		return nil, ended(c.ctx)
	}
	why := fmt.Sprintf("%s by %s", seen(err), target)
	if isTimeout(err) {
		why = fmt.Sprintf("no answer from %s within %v", target, limit)
	}
	if rung == PASV {
		why += fmt.Sprintf(" after %q", r.String())
	}
	return nil, &rungError{why: why, silent: isTimeout(err)}
}

func (c *Control) dialData(target netip.AddrPort, limit time.Duration) (net.Conn, error) {
	dialer := net.Dialer{Timeout: limit}
	if c.local.Is6() {
		// Servers compare the addresses of both connections ("425 Security:
		// Bad IP connecting"), and our IPv6 address may be a private one that
		// changes with time (RFC 8981). Not for IPv4: a bound port counts
		// against all servers, which many small files use up.
		dialer.LocalAddr = &net.TCPAddr{IP: c.local.AsSlice(), Zone: c.local.Zone()}
	}
	return dialer.DialContext(c.ctx, "tcp", target.String())
}

// passiveLimit is shorter for PASV behind an EPSV whose port stayed silent:
// the firewall is most likely the same, but some helpers of routers know only
// the older command.
func (c *Control) passiveLimit() time.Duration {
	if c.ladder.silent {
		return c.conf.DataTimeout / 3
	}
	return c.conf.DataTimeout
}

// newData makes the data connection of the operation; its context ends it.
func (c *Control) newData(rung Rung) *Data {
	d := &Data{c: c, rung: rung, ctx: c.ctx}
	d.stop = context.AfterFunc(c.ctx, func() { d.Abort(ended(d.ctx)) })
	return d
}
