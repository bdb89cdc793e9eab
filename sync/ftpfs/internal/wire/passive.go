package wire

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"
)

// tryPassive asks for a port and connects to it.
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
	// Always the control connection's peer. From our own address towards it,
	// since servers compare the two (vsftpd: 425 Security: Bad IP connecting).
	target := netip.AddrPortFrom(c.peer, port)
	limit := c.passiveLimit()
	dialer := net.Dialer{Timeout: limit, LocalAddr: &net.TCPAddr{IP: c.local.AsSlice(), Zone: c.local.Zone()}}
	conn, err := dialer.DialContext(c.ctx, "tcp", target.String())
	if err != nil {
		if c.ctx.Err() != nil {
			return nil, ended(c.ctx)
		}
		why := fmt.Sprintf("%s from %s within %v", seen(err), target, limit)
		if !isTimeout(err) {
			why = fmt.Sprintf("%s by %s", seen(err), target)
		}
		if rung == PASV {
			why += fmt.Sprintf(" after %q", r.String())
		}
		return nil, &rungError{why: why, silent: isTimeout(err)}
	}
	d := c.newData(rung)
	d.take(conn.(*net.TCPConn))
	return d, nil
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
