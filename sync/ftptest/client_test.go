package ftptest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"
)

// client is as much of FTP as proves a server; the one under test elsewhere
// is no judge of the servers it is tested with.
type client struct {
	t    *testing.T
	raw  net.Conn
	text *textproto.Conn
	tls  *tls.Config // for data connections, nil in clear
}

const limit = 5 * time.Minute

func connect(t *testing.T, host string, port int, implicit *tls.Config) *client {
	t.Helper()
	raw, err := net.DialTimeout("tcp", net.JoinHostPort(host, strconv.Itoa(port)), limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	if err := raw.SetDeadline(time.Now().Add(2 * limit)); err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, raw: raw, tls: implicit}
	if implicit != nil {
		raw = tls.Client(raw, implicit)
	}
	c.text = textproto.NewConn(raw)
	return c
}

// tlsConfig keeps sessions, so that data connections resume the control
// connection's as vsftpd demands.
func tlsConfig(ca *x509.CertPool, host string) *tls.Config {
	return &tls.Config{RootCAs: ca, ServerName: host, ClientSessionCache: tls.NewLRUClientSessionCache(1)}
}

// reply reads one reply, in the form "code text".
func (c *client) reply() string {
	c.t.Helper()
	code, text, err := c.text.ReadResponse(0)
	var refused *textproto.Error
	if err != nil && !errors.As(err, &refused) {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", code, text)
}

// cmd sends a command and returns its reply.
func (c *client) cmd(format string, args ...any) string {
	c.t.Helper()
	if err := c.text.PrintfLine(format, args...); err != nil {
		return err.Error()
	}
	return c.reply()
}

// must is cmd for a reply that begins so.
func (c *client) must(prefix, format string, args ...any) string {
	c.t.Helper()
	got := c.cmd(format, args...)
	if !strings.HasPrefix(got, prefix) {
		c.t.Fatalf("%s: %q, want %s", fmt.Sprintf(format, args...), got, prefix)
	}
	return got
}

// secure does AUTH TLS and asks for private data connections.
func (c *client) secure(conf *tls.Config) {
	c.t.Helper()
	c.must("234", "AUTH TLS")
	c.tls = conf
	c.text = textproto.NewConn(tls.Client(c.raw, conf))
	c.private()
}

func (c *client) private() {
	c.t.Helper()
	c.must("200", "PBSZ 0")
	c.must("200", "PROT P")
}

func (c *client) login(user, password string) {
	c.t.Helper()
	c.must("331", "USER %s", user)
	c.must("230", "PASS %s", password)
	c.must("200", "TYPE I")
}

// transfer sends a command with a data connection and returns what came, or
// sends what is given. The final reply must be 226.
func (c *client) transfer(active bool, send []byte, format string, args ...any) []byte {
	c.t.Helper()
	var open func() (net.Conn, error)
	host, _, err := net.SplitHostPort(c.raw.RemoteAddr().String())
	if err != nil {
		c.t.Fatal(err)
	}
	if active {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			c.t.Fatal(err)
		}
		defer l.Close()
		if err := l.(*net.TCPListener).SetDeadline(time.Now().Add(limit)); err != nil {
			c.t.Fatal(err)
		}
		family := 1
		if strings.Contains(host, ":") {
			family = 2
		}
		c.must("200", "EPRT |%d|%s|%d|", family, host, l.Addr().(*net.TCPAddr).Port)
		open = l.Accept
	} else {
		answer := c.must("229", "EPSV")
		port := strings.Trim(answer[strings.LastIndex(answer, "(")+1:], "|).")
		conn, err := net.DialTimeout("tcp", net.JoinHostPort(host, port), limit)
		if err != nil {
			c.t.Fatal(err)
		}
		open = func() (net.Conn, error) { return conn, nil }
	}
	c.must("1", format, args...)
	conn, err := open()
	if err != nil {
		c.t.Fatal(err)
	}
	got := c.stream(conn, send)
	if end := c.reply(); !strings.HasPrefix(end, "226") {
		c.t.Fatalf("%s ends with %q", fmt.Sprintf(format, args...), end)
	}
	return got
}

func (c *client) stream(conn net.Conn, send []byte) []byte {
	c.t.Helper()
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		c.t.Fatal(err)
	}
	tcp := conn.(*net.TCPConn)
	if c.tls != nil {
		conn = tls.Client(conn, c.tls)
	}
	if send != nil {
		if _, err := conn.Write(send); err != nil {
			c.t.Fatal(err)
		}
		if secure, ok := conn.(*tls.Conn); ok {
			if err := errors.Join(secure.Handshake(), secure.CloseWrite()); err != nil {
				c.t.Fatal(err)
			}
		}
		if err := tcp.CloseWrite(); err != nil {
			c.t.Fatal(err)
		}
	}
	got, err := io.ReadAll(conn)
	if err != nil && send == nil {
		c.t.Fatal(err)
	}
	return got
}

func host(c *client) string { return c.raw.RemoteAddr().(*net.TCPAddr).IP.String() }
func port(c *client) int    { return c.raw.RemoteAddr().(*net.TCPAddr).Port }
