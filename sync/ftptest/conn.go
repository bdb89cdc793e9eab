package ftptest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path"
	"strings"
	"time"
)

// Handler answers one command, arg being what followed it. A handler runs on
// its session's goroutine: the next command is read when it returns.
type Handler func(c *Conn, arg string)

// Conn is one control connection of a scripted server. Only its handlers use
// it.
type Conn struct {
	Number int    // from 1, in the order of connecting
	Verb   string // the command being answered
	mute   bool   // replies are kept back; see Mute

	server  *Scripted
	raw     *net.TCPConn
	control net.Conn // raw, or TLS over it
	in      *bufio.Reader

	user    string
	in230   bool
	private bool // PROT P
	ascii   bool // TYPE A: line ends are converted
	dir     string
	from    string // of RNFR
	rest    int64
	passive net.Listener
	active  string // host:port of PORT or EPRT
	atEnd   []func()
}

// maxLine bounds a command line in bytes.
const maxLine = 64 << 10

// dataLimit is how long a data connection may take to come about.
const dataLimit = 20 * time.Second

func (c *Conn) serve() {
	defer c.server.release(c.raw)
	defer func() {
		for _, f := range c.atEnd {
			f()
		}
	}()
	defer c.closePassive()
	c.upgrade(c.raw)
	if c.server.plan.Implicit && c.StartTLS() != nil {
		return
	}
	greeting := c.server.plan.Greeting
	if greeting == nil {
		greeting = Reply("220 Scripted server")
	}
	greeting(c, "")
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return
		}
		// ABOR may come behind Telnet's interrupt and data mark, IAC IP IAC
		// DM (RFC 959, 4.1.3).
		for len(line) > 0 && (line[0] == 0xff || line[0] == 0xf4 || line[0] == 0xf2) {
			line = line[1:]
		}
		verb, arg, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
		c.Verb = strings.ToUpper(verb)
		c.server.record(Command{Session: c.Number, Verb: c.Verb, Arg: arg, Secure: c.control != net.Conn(c.raw)})
		c.handler(arg)(c, arg)
		switch c.Verb {
		case "QUIT":
			return
		case "RNTO":
			c.from = "" // whatever was said to it
		}
	}
}

// handler finds the plan's answer or the server's own.
func (c *Conn) handler(arg string) Handler {
	first, _, _ := strings.Cut(arg, " ")
	if h := c.server.plan.Verbs[c.Verb+" "+strings.ToUpper(first)]; h != nil {
		return h
	}
	if h := c.server.plan.Verbs[c.Verb]; h != nil {
		return h
	}
	return Default
}

// Default answers as a correct server does.
func Default(c *Conn, arg string) {
	h, known := c.server.verbs[c.Verb]
	switch {
	case c.server.plan.strictRename && c.from != "" && c.Verb != "RNTO" && c.Verb != "NOOP" && c.Verb != "QUIT":
		c.Say("501 Bad sequence of commands")
	case !known:
		c.Say("500 %s not understood", c.Verb)
	case !c.in230 && !beforeLogin(c.Verb):
		c.Say("530 Log in first")
	default:
		h(c, arg)
	}
}

func beforeLogin(verb string) bool {
	return strings.Contains(" USER PASS AUTH PBSZ PROT FEAT OPTS SYST NOOP QUIT ", " "+verb+" ")
}

// Say sends reply lines; "\n" in them becomes CRLF. What goes wrong is seen
// by the next read.
func (c *Conn) Say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	c.Raw([]byte(strings.ReplaceAll(text, "\n", "\r\n") + "\r\n"))
}

// Raw sends bytes as they are and says whether the client took them.
func (c *Conn) Raw(b []byte) bool {
	if c.mute {
		return true
	}
	n, err := c.control.Write(b)
	c.server.taken.Add(int64(n))
	return err == nil
}

// Drop closes the control connection in an orderly way: over TLS with
// close_notify, then FIN.
func (c *Conn) Drop() { _ = c.control.Close() }

// Reset breaks the control connection with RST.
func (c *Conn) Reset() { reset(c.raw) }

func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}

// Hold waits until release closes, and gives up with false when the test
// ends.
func (c *Conn) Hold(release <-chan struct{}) bool {
	select {
	case <-release:
		return true
	case <-c.server.stopping:
		return false
	}
}

// StartTLS does the server's handshake on the control connection. What the
// client sent ahead of it in clear is lost, as it must be.
func (c *Conn) StartTLS() error {
	secured := tls.Server(c.raw, c.server.tls)
	if err := secured.Handshake(); err != nil {
		_ = c.raw.Close()
		return err
	}
	c.upgrade(secured)
	return nil
}

func (c *Conn) upgrade(to net.Conn) {
	c.control, c.in = to, bufio.NewReaderSize(to, maxLine)
}

// Listen opens a new passive port on the server's address, for the next data
// connection, and returns it. What is announced is up to the caller.
func (c *Conn) Listen() (port int, err error) {
	c.closePassive()
	c.active = ""
	l, err := net.Listen("tcp", net.JoinHostPort(c.server.Host, "0"))
	if err != nil {
		return 0, err
	}
	if !c.server.keep(l) {
		return 0, net.ErrClosed
	}
	c.passive = l
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (c *Conn) closePassive() {
	if c.passive != nil {
		c.server.release(c.passive)
		c.passive = nil
	}
}

// Data opens the data connection that was last arranged by EPSV, PASV, EPRT
// or PORT, with TLS after PROT P. Close it; the end of the test does too.
func (c *Conn) Data() (*Data, error) {
	raw, err := c.dataConn()
	if err != nil {
		return nil, err
	}
	if !c.server.keep(raw) {
		return nil, net.ErrClosed
	}
	d := &Data{Conn: raw, raw: raw, server: c.server}
	if !c.private {
		c.server.mu.Lock()
		c.server.clear++
		c.server.mu.Unlock()
		return d, nil
	}
	secured := tls.Server(raw, c.server.tls)
	d.Conn = secured
	if err := secured.Handshake(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if c.server.plan.Reuse && !secured.ConnectionState().DidResume {
		return nil, errors.Join(errNotReused, d.Close())
	}
	return d, nil
}

var errNotReused = errors.New("the data connection does not resume the TLS session")

func (c *Conn) dataConn() (*net.TCPConn, error) {
	switch {
	case c.active != "":
		address := c.active
		c.active = ""
		dialer := net.Dialer{Timeout: dataLimit}
		if from := net.ParseIP(c.server.plan.CallFrom); from != nil {
			dialer.LocalAddr = &net.TCPAddr{IP: from}
		}
		conn, err := dialer.Dial("tcp", address)
		if err != nil {
			return nil, err
		}
		return conn.(*net.TCPConn), nil
	case c.passive != nil:
		defer c.closePassive()
		l := c.passive.(*net.TCPListener)
		if err := l.SetDeadline(time.Now().Add(dataLimit)); err != nil {
			return nil, err
		}
		return l.AcceptTCP()
	}
	return nil, errors.New("no data connection was arranged")
}

// Data is a data connection.
type Data struct {
	net.Conn // TLS after PROT P
	raw      *net.TCPConn
	server   *Scripted
}

// Write sends content.
func (d *Data) Write(p []byte) (int, error) {
	n, err := d.Conn.Write(p)
	d.server.taken.Add(int64(n))
	return n, err
}

// Close ends it in an orderly way.
func (d *Data) Close() error {
	err := d.Conn.Close()
	d.server.release(d.raw)
	return err
}

// Cut ends it with FIN alone: over TLS the close_notify is missing, so that
// the end could have been made by anyone.
func (d *Data) Cut() { d.server.release(d.raw) }

// Reset breaks it with RST.
func (d *Data) Reset() {
	_ = d.raw.SetLinger(0)
	d.server.release(d.raw)
}

// abs is a client's name as a clean absolute path.
func (c *Conn) abs(name string) string {
	if !strings.HasPrefix(name, "/") {
		name = c.dir + "/" + name
	}
	return path.Clean(name)
}
