package wire

import (
	"crypto/tls"
	"time"

	"wherry/sync/trace"
)

// How a data connection ends decides when the server says that the transfer is
// over, and with it when the next one begins.
//
// Behind a download over TLS vsftpd says close_notify and then waits for ours
// before it closes: a round trip for nothing. In TLS 1.3 close_notify ends the
// direction of its sender alone (RFC 8446, 6.1), and we have nothing to send, so
// ours goes out right behind the handshake. In TLS 1.2 the other side has to stop
// sending at it. A server that does not read it would answer it by a reset, so
// it is done only once the server was seen to wait.

// glance is how long the server's end of a connection may come behind its
// close_notify without its having waited for us: one that does not wait says both
// in one breath.
const glance = time.Millisecond

// farewells is what a site's server was seen to do at the end of a data
// connection.
type farewells struct {
	waits bool // behind a download, for our close_notify
	never bool // it bore ill that ours came first
}

// takesLeave says close_notify ahead of the content where the server waits for it.
// What goes wrong is said by the next read.
func (d *Data) takesLeave(conn *tls.Conn) {
	if d.partsEarly() && d.c.conf.Learned.farewells().waits {
		d.left = true
		_ = conn.CloseWrite()
	}
}

// partsEarly says whether it is worth knowing if the server waits.
func (d *Data) partsEarly() bool {
	return !d.upload && (d.begun || d.promised) && d.c.tls != nil && d.c.tls.version >= tls.VersionTLS13 &&
		d.c.bears().behind && d.c.flies() && !d.c.conf.Learned.farewells().never
}

// watchEnd looks, behind the last byte of a download, whether the server waits for
// our end of the connection, or whether it bore that this came early.
func (d *Data) watchEnd() {
	switch whole := d.Whole(); {
	case d.left && !whole:
		d.c.unwell("a download was cut off")
		return
	case d.left, !whole, !d.partsEarly(), d.c.conf.Learned.farewells().waits:
		return
	}
	d.flow.readLimit = 0
	if err := d.flow.tcp.SetReadDeadline(time.Now().Add(glance)); err != nil {
		return
	}
	if _, err := d.records.in.ReadByte(); isTimeout(err) {
		d.c.conf.Learned.setFarewells(func(f *farewells) { f.waits = true })
	}
}

// unwell gives up ending data connections early, for all sessions of the site.
func (c *Control) unwell(why string) {
	news := false
	c.conf.Learned.setFarewells(func(f *farewells) { news, f.never = !f.never, true })
	if news {
		c.say(trace.Status, "Data connections are ended without haste from now on: "+c.Conceal(why))
	}
}
