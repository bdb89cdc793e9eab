package wire

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// tryActive opens a listener and tells the server where it is.
func (c *Control) tryActive(rung Rung) (*Data, error) {
	limit, t := c.limit(rung), c.newTry(rung)
	door, err := openDoor(c.local, c.conf.Site.PortFrom, c.conf.Site.PortTo)
	if err != nil {
		return nil, c.fell(t, NoPort, "", err.Error())
	}
	where := netip.AddrPortFrom(c.advertised(), door.port())
	c.amend(t, func(a *Attempt) {
		a.Advertised, a.To = where, netip.AddrPortFrom(c.local.WithZone(""), door.port())
	})
	d := c.newData(rung, t, limit, nil)
	d.listen(door)
	r, err := c.offer(t, portCommand(rung, where), limit)
	if err != nil {
		d.Abort(nil)
		return nil, err
	}
	if r.OK() {
		reply := c.Conceal(r.String()) // not under the lock that it takes, too
		c.amend(t, func(a *Attempt) { a.Reply = reply })
		return d, nil
	}
	d.Abort(nil)
	outcome, why := judgePort(r), fmt.Sprintf("%q to %s", r.String(), where)
	switch {
	case outcome == NotKnown:
		return nil, c.lacks(t, outcome, r, why)
	case outcome == NotAllowed && c.correct(r.Text(), where.Addr()):
		c.record(t, outcome, r.String(), why)
		return nil, errSameRung
	}
	return nil, c.fell(t, outcome, r.String(), why)
}

// offer sends EPRT or PORT. pyftpdlib connects at once and answers when it
// has; with a firewall in between it never answers, and nothing else can be
// said to it.
func (c *Control) offer(t *try, line string, limit time.Duration) (Reply, error) {
	if err := c.send(line); err != nil {
		return Reply{}, err
	}
	r, err := c.receive(limit)
	if errors.Is(err, errNoReply) {
		c.record(t, NoReply, "", fmt.Sprintf("the server did not answer %s within %v", line, limit))
		c.drop()
		c.skip()
		f := c.noData()
		c.Break(f)
		return r, f
	}
	if err == nil && r.Code == 421 {
		err = c.thrownOut(t, r)
	}
	return r, err
}

// thrownOut is the error where a server ends the connection because of our
// address, as gateways do that allow passive mode alone: another session goes
// on with the other ways. It is no more than any goodbye where the server was
// tired of waiting, or nothing else was tried and nothing is left.
func (c *Control) thrownOut(t *try, r Reply) error {
	bye := c.goodbye(r, false)
	if bye.Kind == vfs.KindLost {
		return bye
	}
	c.record(t, NotKnown, r.String(), strconv.Quote(r.String()))
	c.drop()
	c.skip()
	if len(c.search.todo) == 0 && len(c.Attempts()) == 1 {
		return bye
	}
	return c.noData()
}

// judgePort tells what a refusal of EPRT or PORT means.
//
//	vsftpd, ProFTPD  500 Illegal PORT command
//	Pure-FTPd        500 I won't open a connection to 10.0.0.5 (only to 203.0.113.7)
//	pyftpdlib        501 Rejected data connection to foreign address 10.0.0.5:40001
//	                 425 Can't connect to specified address
//	FileZilla Server Rejected command, requested IP address does not match control connection IP
//	IIS              501 Server cannot accept argument
func judgePort(r Reply) Outcome {
	text := strings.ToLower(r.Text())
	for _, word := range []string{"illegal", "won't open", "foreign", "does not match", "not your address"} {
		if strings.Contains(text, word) {
			return NotAllowed
		}
	}
	switch {
	case r.Code == 501:
		return NotAllowed // the form of the argument is right, so it is its content
	case r.Code == 425:
		return CannotCall
	case r.Code >= 400:
		return NotKnown
	}
	return OddReply
}

// correct learns our external address where the refusal of another one names
// it, and says whether that is worth one more try. What the person gave is
// not corrected.
func (c *Control) correct(text string, refused netip.Addr) bool {
	if c.conf.Site.ExternalIP != "" || !c.local.Is4() {
		return false
	}
	named := externalIn(text, refused, c.server)
	switch {
	case named.IsValid():
		c.conf.Learned.setExternal(named)
	case refused == c.conf.Learned.External():
		c.conf.Learned.setExternal(netip.Addr{}) // it has changed since
	}
	if !named.IsValid() || c.search.corrected {
		return false
	}
	c.search.corrected = true
	c.say(trace.Status, "The server sees us as "+named.String()+", which is what it is told from now on")
	return true
}

// externalIn finds the one public address in text that is none of others.
func externalIn(text string, others ...netip.Addr) netip.Addr {
	var found netip.Addr
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }) {
		addr, err := netip.ParseAddr(strings.Trim(word, "."))
		if err != nil || !public(addr) || addr == found || slices.Contains(others, addr) {
			continue
		}
		if found.IsValid() {
			return netip.Addr{} // two of them: a guess would be one
		}
		found = addr
	}
	return found
}

// advertised is the address the server is to call: the router's where the
// person said so or the server told it (IPv4 only, RFC 959 and 2428 alike),
// else our end of the control connection.
func (c *Control) advertised() netip.Addr {
	if c.local.Is4() {
		if ext, err := netip.ParseAddr(c.conf.Site.ExternalIP); err == nil && ext.Is4() {
			return ext
		}
		if ext := c.conf.Learned.External(); ext.IsValid() {
			return ext
		}
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

// until limits the waiting.
func (d door) until(limit time.Duration) { _ = d.ln.SetDeadline(time.Now().Add(limit)) }

// accept waits for peer to call, as long as until says. Anyone else is hung up
// on and waited past: a data port is open to whoever finds it (RFC 2577).
func (d door) accept(peer netip.Addr, stranger func(netip.AddrPort)) (*net.TCPConn, error) {
	for {
		conn, err := d.ln.AcceptTCP()
		if err != nil {
			return nil, err
		}
		from := endOf(conn.RemoteAddr())
		if from.Addr().WithZone("") == peer.WithZone("") {
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
	door.until(limit)
	c.waiting.Store(&door)
	if len(c.replies) > 0 && c.newest.Load() >= 400 {
		door.until(atTheDoor) // the pump cannot have known whom to hurry
	}
	conn, err := door.accept(c.peer, func(from netip.AddrPort) {
		c.amend(d.try, func(a *Attempt) { a.Stranger = from })
		c.say(trace.Trouble, "A stranger called the data port: "+from.Addr().String())
	})
	c.waiting.Store(nil)
	_ = door.ln.Close()
	if isTimeout(err) {
		why := fmt.Sprintf("the server did not connect to %s within %v", netip.AddrPortFrom(c.advertised(), door.port()), d.limit)
		c.record(d.try, NoCall, "", why)
		return nil, fault(vfs.KindNoData, why, c.blocked(nil))
	}
	if err == nil {
		c.amend(d.try, func(a *Attempt) { a.From = endOf(conn.RemoteAddr()) })
	}
	return conn, err
}
