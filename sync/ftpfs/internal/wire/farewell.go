package wire

import (
	"cmp"
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
// it is done only where a round trip is worth it, and once the server was seen to wait
// twice.
//
// Behind an upload in clear vsftpd closes the connection, too, and says 226 when
// its end has been acknowledged (SO_LINGER): a round trip more. All content has
// been read by then, and a reset right behind our end spares the wait. But what
// is lost on the way is sent again by nobody then. So it is done only where
//
//   - a round trip is worth it, and the server was seen to wait for one;
//   - all fits the first flight of a connection, and the system has sent all;
//   - the file's size is compared with what was sent afterwards, and who finds
//     less sends it once more, the ordinary way;
//   - the final reply came quickly before, and is not waited for in vain.
//
// The first upload that comes short ends it for the site.

// firstFlight is how many bytes a connection may send at once when it is new: ten
// segments (RFC 6928), and what is left of 1280 bytes with IPv6.
const firstFlight = 10 << 10

// worthIt is the round trip from which on one less is worth the risk.
const worthIt = 20 * time.Millisecond

// sightings is how often a server must have been seen to wait: one that does not
// says both its close_notify and its end in one breath, but a busy machine can come
// between them.
const sightings = 2

// linked is what the system knows of a connection.
type linked struct {
	trip   time.Duration // how long a round trip takes
	unsent uint32        // bytes written that have not been sent yet, our end being one
	ended  bool          // by either side
}

// farewells is what a site's server was seen to do at the end of a data
// connection.
type farewells struct {
	waited  int  // downloads in a row behind which it waited for our close_notify
	lingers bool // behind an upload, until its own end is acknowledged
	never   bool // it bore ill that ours came first, or hard
}

// waits says whether the server waits behind a download for our close_notify.
func (f farewells) waits() bool { return f.waited >= sightings }

// takesLeave says close_notify ahead of the content where the server waits for it.
// What goes wrong is said by the next read.
func (d *Data) takesLeave(conn *tls.Conn) {
	if d.partsEarly() && d.c.conf.Learned.farewells().waits() {
		d.left = true
		_ = conn.CloseWrite()
	}
}

// partsEarly says whether it is worth knowing if the server waits.
func (d *Data) partsEarly() bool {
	if d.upload || !d.begun && !d.promised || d.c.tls == nil || d.c.tls.version < tls.VersionTLS13 ||
		!d.c.bears().behind || !d.c.flies() || d.c.conf.Learned.farewells().never {
		return false
	}
	return d.far()
}

// far learns how long a round trip takes, and says whether one less is worth it.
// What was near once is not asked again.
func (d *Data) far() bool {
	if d.c.near || d.trip > 0 {
		return !d.c.near
	}
	l, ok := link(d.flow.tcp)
	if d.c.near = !ok || l.trip < cmp.Or(d.c.conf.Worth, worthIt); d.c.near {
		return false
	}
	d.trip = l.trip
	return true
}

// watchEnd looks, behind the last byte of a download, whether the server waits for
// our end of the connection, or whether it bore that this came early.
func (d *Data) watchEnd() {
	switch whole := d.Whole(); {
	case d.left && !whole:
		d.c.unwell("a download was cut off")
		return
	case d.left, !whole, !d.partsEarly(), d.c.conf.Learned.farewells().waits():
		return
	}
	d.flow.readLimit = 0
	if err := d.flow.tcp.SetReadDeadline(time.Now().Add(d.trip / 2)); err != nil {
		return
	}
	_, err := d.records.in.ReadByte()
	waits := isTimeout(err)
	if waits {
		// Past the deadline nothing is read, also where we were late to look.
		l, ok := link(d.flow.tcp)
		waits = ok && !l.ended
	}
	d.c.conf.Learned.setFarewells(func(f *farewells) {
		if f.waited++; !waits {
			f.waited = 0
		}
	})
}

// Compared tells that the size of the file will be compared with what was sent
// when the operation's upload is over, so that its end may be a hasty one: then
// Data.Hasty says so, and a file that came short is told by CameShort. It may be
// called while another goroutine has the library transfer.
func (c *Control) Compared() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.compared = true
}

// mayHurry says whether the end of an upload may be a hasty one, as far as that
// can be known before it.
func (d *Data) mayHurry() bool {
	c := d.c
	c.mu.Lock()
	compared := c.compared
	c.mu.Unlock()
	return compared && !c.near && c.tls == nil && d.count <= firstFlight && c.quick && c.trails() && !c.conf.Learned.farewells().never
}

// hurry ends our direction of an upload and has its closing be a reset, where
// that may be; else where it would be worth it, it finds out what the server does.
func (d *Data) hurry() error {
	if !d.mayHurry() {
		return nil
	}
	if !d.far() {
		return nil
	}
	if err := d.flow.tcp.CloseWrite(); err != nil {
		return err
	}
	d.parted = time.Now()
	l, ok := link(d.flow.tcp)
	if !ok || l.unsent > 0 || !d.c.conf.Learned.farewells().lingers {
		return nil
	}
	d.hasty = true
	return d.flow.tcp.SetLinger(0)
}

// lingered takes notice of when the final reply to an upload came: one round trip
// behind our end, or two.
func (d *Data) lingered() {
	if !d.parted.IsZero() && !d.hasty && time.Since(d.parted) > d.trip*3/2 {
		d.c.conf.Learned.setFarewells(func(f *farewells) { f.lingers = true })
	}
}

// Hasty says whether the upload may have been lost to what was done to save round
// trips: its end was a hasty one, or the connection was made ahead and there is no
// word on what went over it.
func (d *Data) Hasty() bool { return d.hasty || d.silent }

// CameShort gives up hasty ends: one has cost an upload its last bytes.
func (c *Control) CameShort() { c.unwell("the end of an upload was lost") }

// brokeOff are the replies to a transfer whose connection did not end in order
// (RFC 959, 4.2.2; 451 is "error in processing").
var brokeOff = []int{425, 426, 451}

// unwell gives up ending data connections early, for all sessions of the site.
func (c *Control) unwell(why string) {
	news := false
	c.conf.Learned.setFarewells(func(f *farewells) { news, f.never = !f.never, true })
	if news {
		c.say(trace.Status, "Data connections are ended without haste from now on: "+c.Conceal(why))
	}
}
