package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"wherry/sync/vfs"
)

// tryPassive asks for a port and connects to it: always the control
// connection's peer, whatever address a 227 names.
func (c *Control) tryPassive(rung Rung) (*Data, error) {
	limit, t := c.limit(rung), c.newTry(rung)
	r, dial := c.takePort(rung)
	kept := dial != nil
	if !kept {
		var err error
		if r, err = c.Command(rung.String()); err != nil {
			return nil, unasked(err)
		}
	}
	switch {
	case r.Code == 421:
		return nil, c.goodbye(r, false)
	case r.isOops():
		c.conf.Learned.gives(false)
		return nil, fault(vfs.KindLost, c.Conceal(r.String()), ErrUnasked)
	}
	port, err := c.portOf(t, r)
	if err != nil {
		return nil, err
	}
	if !kept {
		c.conf.Learned.gives(true)
	}
	if dial == nil && c.hurries(rung) {
		dial = c.dialAhead(c.ctx, port, limit)
	}
	if dial != nil {
		d := c.newData(rung, t, limit, dial)
		d.kept = kept
		return d, nil
	}
	conn, err := c.dialData(c.ctx, port, limit)
	switch {
	case err == nil:
		c.reached(t, conn)
		d := c.newData(rung, t, limit, nil)
		d.take(conn)
		return d, nil
	case c.ctx.Err() != nil:
		return nil, ended(c.ctx)
	}
	c.unreached(t, port, limit, err, r.String())
	return nil, errNextRung
}

// reached records a connection that stands.
func (c *Control) reached(t *try, conn *net.TCPConn) {
	c.record(t, Worked, "", "")
	c.amend(t, func(a *Attempt) { a.From = endOf(conn.LocalAddr()) })
}

// unreached records why there is none, and returns it in words. said is the
// server's answer, which tells something where it is PASV's.
func (c *Control) unreached(t *try, port uint16, limit time.Duration, err error, said string) string {
	why := fmt.Sprintf("%s by %s", seen(err), c.target(port))
	outcome, reply := Rejected, ""
	if isTimeout(err) {
		outcome, why = Silent, fmt.Sprintf("no answer from %s within %v", c.target(port), limit)
	}
	if p := new(ProxyError); errors.As(err, &p) {
		reply = p.Reply
		if vfs.KindOf(err) == vfs.KindTimeout {
			outcome = Silent
		}
	}
	if t.Rung == PASV && said != "" {
		why += fmt.Sprintf(" after %q", said)
	}
	c.record(t, outcome, reply, why)
	return why
}

// portOf reads the port from the reply to EPSV or PASV.
func (c *Control) portOf(t *try, r Reply) (port uint16, err error) {
	where, ok := c.server, false
	switch {
	case t.Rung == EPSV && r.Code == 229:
		port, ok = parseEPSV(r.Text())
	case t.Rung == PASV && r.Code == 227:
		where, port, ok = parsePASV(r.Text())
	}
	why, reply := strconv.Quote(r.String()), c.Conceal(r.String())
	switch {
	case ok:
		c.amend(t, func(a *Attempt) {
			a.Advertised = netip.AddrPortFrom(where, port)
			a.To = netip.AddrPortFrom(c.server, port)
			a.Reply = reply
		})
		return port, nil
	case r.Code >= 400:
		return 0, c.lacks(t, NotKnown, r, why)
	}
	return 0, c.lacks(t, OddReply, r, why)
}

// target is where a data connection goes, as a dialer wants it.
func (c *Control) target(port uint16) string {
	if c.proxy != nil {
		return net.JoinHostPort(c.conf.Site.Host, strconv.Itoa(int(port)))
	}
	return netip.AddrPortFrom(c.peer, port).String()
}

func (c *Control) dialData(ctx context.Context, port uint16, limit time.Duration) (*net.TCPConn, error) {
	if c.proxy != nil {
		return c.proxy.dial(ctx, c.target(port), limit)
	}
	dialer := net.Dialer{Timeout: limit}
	if c.local.Is6() {
		// Servers compare the addresses of both connections ("425 Security:
		// Bad IP connecting"), and our IPv6 address may be a private one that
		// changes with time (RFC 8981). Not for IPv4: a bound port counts
		// against all servers, which many small files use up.
		dialer.LocalAddr = &net.TCPAddr{IP: c.local.AsSlice(), Zone: c.local.Zone()}
	}
	conn, err := dialer.DialContext(ctx, "tcp", c.target(port))
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// newData makes the data connection of the operation, from dial where that is not
// nil; its context ends it.
func (c *Control) newData(rung Rung, t *try, limit time.Duration, dial *dialling) *Data {
	d := &Data{c: c, rung: rung, try: t, limit: limit, ctx: c.ctx, dial: dial}
	d.stop = context.AfterFunc(c.ctx, func() { d.Abort(ended(d.ctx)) })
	return d
}
