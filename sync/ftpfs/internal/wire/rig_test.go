package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a scripted server, and what is needed to connect to it.
type rig struct {
	*ftptest.Scripted
	t     *testing.T
	conf  Config
	trace *trace.Ring
}

func script(t *testing.T, plan ftptest.Plan) *rig {
	t.Helper()
	r := &rig{Scripted: ftptest.Script(t, plan), t: t, trace: trace.NewRing(2000, nil)}
	sec := site.TLSOff
	switch {
	case plan.Implicit:
		sec = site.TLSImplicit
	case plan.TLS:
		sec = site.TLSExplicit
	}
	r.conf = Config{
		Site: r.Site(site.ModeAuto, sec), Roots: r.CA, Trace: r.trace, Learned: &Learned{},
		Timeout: time.Minute, DataTimeout: time.Minute,
		Environ: func(string) string { return "" },
	}
	return r
}

func (r *rig) transcript() string {
	var b strings.Builder
	lines, _ := r.trace.Since(0)
	for _, l := range lines {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

// client is a Control with somebody on it who speaks as the library does.
type client struct {
	*Control
	r   *rig
	lib *textproto.Conn
}

// login connects, logs in and protects the data connections.
func (r *rig) login() *client {
	r.t.Helper()
	ctl, err := Dial(r.t.Context(), r.conf)
	if err != nil {
		r.t.Fatalf("%v\n%s", err, r.transcript())
	}
	r.t.Cleanup(func() {
		ctl.Begin(context.WithoutCancel(r.t.Context()))
		ctl.Close(false)
		if r.t.Failed() {
			r.t.Log(r.transcript())
		}
	})
	conn, err := ctl.DialFunc("", "")
	if err != nil {
		r.t.Fatal(err)
	}
	c := &client{Control: ctl, r: r, lib: textproto.NewConn(conn)}
	if _, _, err := c.lib.ReadResponse(220); err != nil {
		r.t.Fatal(err)
	}
	for _, line := range []string{"USER " + r.User, "PASS " + r.Password} {
		if reply, err := ctl.Command(line); err != nil || reply.Code >= 400 {
			r.t.Fatalf("%v %v\n%s", reply, err, r.transcript())
		}
	}
	if err := ctl.protect(); err != nil {
		r.t.Fatal(err)
	}
	return c
}

// protect has data connections encrypted.
func (c *Control) protect() error {
	told := map[string]Reply{}
	for _, line := range c.Protection() {
		r, err := c.Command(line)
		if err != nil {
			return err
		}
		told[line] = r
	}
	return c.Protected(told)
}

// ask is one command of the library.
func (c *client) ask(want int, line string) error {
	if err := c.lib.PrintfLine("%s", line); err != nil {
		return err
	}
	_, _, err := c.lib.ReadResponse(want)
	return err
}

// transfer is one operation; up is what STOR sends.
func (c *client) transfer(ctx context.Context, line, up string) (got string, err error) {
	c.Begin(ctx)
	for again := true; again; {
		if got, err = c.once(line, up); err == nil {
			return got, nil
		}
		again, err = c.Climb(err)
	}
	return got, err
}

func (c *client) once(line, up string) (string, error) {
	if err := c.ask(229, "EPSV"); err != nil {
		return "", err
	}
	conn, err := c.DialFunc("", "")
	if err != nil {
		return "", err
	}
	if err := c.ask(1, line); err != nil {
		return "", errors.Join(err, conn.Close())
	}
	var got []byte
	err = conn.(*Data).Open()
	if err == nil && strings.HasPrefix(line, "STOR") {
		_, err = io.WriteString(conn, up)
	} else if err == nil {
		got, err = io.ReadAll(conn)
	}
	err = errors.Join(err, conn.Close())
	_, _, final := c.lib.ReadResponse(226)
	return string(got), errors.Join(err, final)
}

// list is the operation that most tests need.
func (c *client) list() error {
	_, err := c.transfer(c.r.t.Context(), "NLST", "")
	return err
}

// outcomes are attempts in short.
func outcomes(attempts []Attempt) string {
	var out []string
	for _, a := range attempts {
		out = append(out, fmt.Sprintf("%s %s", a.Rung, a.Outcome))
	}
	return strings.Join(out, ", ")
}

func verbs(pairs ...any) map[string]ftptest.Handler {
	out := map[string]ftptest.Handler{}
	for i := 0; i < len(pairs); i += 2 {
		switch h := pairs[i+1].(type) {
		case string:
			out[pairs[i].(string)] = ftptest.Reply(h)
		case func(*ftptest.Conn, string):
			out[pairs[i].(string)] = h
		case ftptest.Handler:
			out[pairs[i].(string)] = h
		}
	}
	return out
}

// wants fails unless err is of kind, KindOther standing for none.
func wants(t *testing.T, err error, kind vfs.Kind) {
	t.Helper()
	if vfs.KindOf(err) != kind || (err == nil) != (kind == vfs.KindOther) {
		t.Fatalf("got %v, want %v", err, kind)
	}
}

// closedPort is a port on which nobody listens: one that was just given back
// might be another test's by now.
const closedPort = 1 // tcpmux, RFC 1078

// busyPort returns a port that is taken.
func busyPort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	return ln.Addr().(*net.TCPAddr).Port
}
