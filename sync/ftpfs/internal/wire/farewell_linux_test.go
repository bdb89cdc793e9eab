package wire

import (
	"crypto/tls"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wherry/sync/ftptest"
)

// download is RETR whose content goes over the data connection by send, which may
// end it.
func download(send func(*ftptest.Data), last string) ftptest.Handler {
	return func(c *ftptest.Conn, _ string) {
		c.Say("150 Here it goes")
		d, err := c.Data()
		if err != nil {
			c.Say("425 No data connection")
			return
		}
		send(d)
		_ = d.Close()
		c.Say("%s", last)
	}
}

var (
	// waiting ends its connection only behind the client's end, as vsftpd does.
	waiting = download(func(d *ftptest.Data) {
		_, _ = io.WriteString(d, "content")
		_ = d.Conn.(*tls.Conn).CloseWrite()
		_, _ = io.Copy(io.Discard, d)
	}, "226 Done")

	// breathless says the end of TLS and its own in one packet, so that nothing can
	// come between them.
	breathless = download(func(d *ftptest.Data) {
		if raw, err := d.Conn.(*tls.Conn).NetConn().(*net.TCPConn).SyscallConn(); err == nil {
			_ = raw.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_CORK, 1) })
		}
		_, _ = io.WriteString(d, "content")
	}, "226 Done")

	// patient sends the first byte behind the client's end.
	patient = download(func(d *ftptest.Data) {
		_, _ = io.Copy(io.Discard, d)
		_, _ = io.WriteString(d, "content")
	}, "226 Done")

	// offended breaks the connection at the client's early end.
	offended = download(func(d *ftptest.Data) {
		_, _ = io.Copy(io.Discard, d)
		d.Reset()
	}, "426 Broken")
)

// TestEarlyFarewell: where the server waits for our end of a download it comes
// first, and never again where that was borne ill.
func TestEarlyFarewell(t *testing.T) {
	for outcome, tc := range map[string]struct {
		second, then ftptest.Handler
		greeting     ftptest.Handler
		conf         func(*Config)
		waited       int
		never        bool
	}{
		"ahead of the content":            {second: waiting, then: patient, greeting: known, waited: sightings},
		"given up where it broke":         {second: waiting, then: offended, greeting: known, waited: sightings, never: true},
		"not behind one that was slow":    {second: breathless, then: waiting, greeting: known},
		"not within TLS 1.2":              {second: waiting, then: waiting, greeting: known, conf: func(c *Config) { c.MaxTLS = tls.VersionTLS12 }},
		"not where it is of no use":       {second: waiting, then: waiting, greeting: known, conf: func(c *Config) { c.Worth = time.Hour }},
		"not to a server that is unknown": {second: waiting, then: waiting, greeting: ftptest.Reply("220 Hello")},
		"not to one that does not defer":  {second: waiting, then: waiting, greeting: ftptest.Reply("220 ProFTPD Server")},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{
				TLS: true, Reuse: true, Greeting: tc.greeting, Files: map[string]string{"/f": "content"},
				Verbs: verbs("RETR", ftptest.InTurn(waiting, tc.second, tc.then, waiting)),
			})
			r.conf.Worth = 1
			if tc.conf != nil {
				tc.conf(&r.conf)
			}
			c := r.pipelined()
			if c.conf.Learned.farewells().waits() {
				t.Error("once is no proof")
			}
			if got, err := c.transfer(t.Context(), "RETR /f", ""); err != nil || got != "content" {
				t.Fatalf("%q, %v", got, err)
			}
			if got := c.conf.Learned.farewells().waited; got != tc.waited {
				t.Errorf("the server was seen to wait %d times in a row", got)
			}
			if got, err := c.transfer(t.Context(), "RETR /f", ""); tc.never == (err == nil) || err == nil && got != "content" {
				t.Errorf("%q, %v", got, err)
			}
			if err := c.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got, err := c.transfer(t.Context(), "RETR /f", ""); err != nil || got != "content" {
				t.Errorf("%q, %v", got, err)
			}
			if got := c.conf.Learned.farewells().never; got != tc.never {
				t.Errorf("given up: %t", got)
			}
			if c.conf.Learned.wasOdd() {
				t.Error("nothing else was odd")
			}
		})
	}
}

// TestThatWeAreLateIsNoWaitOfTheServers: its end was there before we looked.
func TestThatWeAreLateIsNoWaitOfTheServers(t *testing.T) {
	r := script(t, ftptest.Plan{
		TLS: true, Reuse: true, Greeting: known, Files: map[string]string{"/f": "content"},
		Verbs: verbs("RETR", ftptest.InTurn(waiting, breathless)),
	})
	r.conf.Worth = 1
	c := r.pipelined()
	if got := c.conf.Learned.farewells().waited; got != 1 {
		t.Errorf("the server was seen to wait %d times", got)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c.Begin(t.Context())
	must(c.ask(229, "EPSV"))
	conn, err := c.DialFunc("", "")
	must(err)
	must(c.ask(1, "RETR /f"))
	if got, err := io.ReadAll(conn); err != nil || string(got) != "content" {
		t.Fatalf("%q, %v", got, err)
	}
	conn.(*Data).trip = 1 // the time to look is over at once
	must(conn.Close())
	_, _, err = c.lib.ReadResponse(226)
	must(err)
	if got := c.conf.Learned.farewells().waited; got != 0 {
		t.Errorf("the server was seen to wait %d times in a row", got)
	}
}

// upload is a small upload whose size is asked for behind it.
func (c *client) upload(content string) (size string, err error) {
	c.Begin(c.r.t.Context())
	c.Behind("SIZE /up")
	c.Compared()
	if _, err = c.once("STOR /up", content); err != nil {
		return "", err
	}
	_, behind, err := c.Followed()
	if err != nil {
		return "", err
	}
	return behind[0].Text(), nil
}

// hurrying is a client that knows that haste is of use.
func (r *rig) hurrying() *client {
	r.t.Helper()
	r.conf.Worth = 1
	c := r.pipelined()
	c.conf.Learned.setFarewells(func(f *farewells) { f.lingers = true })
	return c
}

// TestHastyEnd: a small upload to a server that is known ends by a reset, which
// costs no byte of it, and not where that would be of no use or has done harm.
func TestHastyEnd(t *testing.T) {
	const small = "some words"
	for outcome, tc := range map[string]struct {
		plan    ftptest.Plan
		content string
		before  func(*client)
		hasty   bool
	}{
		"a small one":            {plan: plan(), content: small, hasty: true},
		"an empty one":           {plan: plan(), hasty: true},
		"one that fills flights": {plan: plan(), content: strings.Repeat("x", firstFlight+1)},
		"another server":         {plan: ftptest.Plan{Greeting: ftptest.Reply("220 ProFTPD Server"), Files: plan().Files}, content: small},
		"harm was done before":   {plan: plan(), content: small, before: func(c *client) { c.CameShort() }},
		"one thing was odd":      {plan: plan(), content: small, before: func(c *client) { c.odd("a test") }},
		"a slow server":          {plan: plan(), content: small, before: func(c *client) { c.quick = false }},
		"a near server":          {plan: plan(), content: small, before: func(c *client) { c.conf.Worth = 0 }},
		"one that does not wait": {plan: plan(), content: small, before: func(c *client) { c.conf.Learned.setFarewells(func(f *farewells) { f.lingers = false }) }},
		"with TLS":               {plan: ftptest.Plan{TLS: true, Reuse: true, Greeting: known, Files: plan().Files}, content: small},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, tc.plan)
			c := r.hurrying()
			for range 2 {
				if tc.before != nil {
					tc.before(c)
				}
				size, err := c.upload(tc.content)
				if err != nil || size != strconv.Itoa(len(tc.content)) {
					t.Errorf("%q, %v", size, err)
				}
				if got := c.data.Hasty(); got != tc.hasty {
					t.Errorf("hasty: %t", got)
				}
			}
			if got, _ := r.Get("/up"); string(got) != tc.content {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestHastyEndUnseen: nobody compares the size, so nothing may be lost.
func TestHastyEndUnseen(t *testing.T) {
	c := script(t, plan()).hurrying()
	if _, err := c.transfer(t.Context(), "STOR /up", "words"); err != nil || c.data.Hasty() {
		t.Error(err, c.data.Hasty())
	}
}

// TestHastyEndDoesHarm: an upload that was broken by it is known as such, and it
// is not done again.
func TestHastyEndDoesHarm(t *testing.T) {
	for outcome, stor := range map[string]ftptest.Handler{
		"the server says so": ftptest.Flow{Finals: []string{"426 Failure reading network stream."}}.Serve,
		"the server does not answer": func(c *ftptest.Conn, arg string) {
			ftptest.Flow{Finals: []string{}}.Serve(c, arg)
			c.Hold(nil)
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, plan("STOR", ftptest.InTurn(ftptest.Default, stor)))
			c := r.hurrying()
			if _, err := c.upload("words"); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			if _, err := c.upload("words"); err == nil {
				t.Error("it went well")
			}
			if took := time.Since(began); took > c.conf.Timeout/2 {
				t.Error("it took", took)
			}
			if !c.conf.Learned.farewells().never || c.conf.Learned.wasOdd() {
				t.Errorf("%+v, odd: %t", c.conf.Learned.farewells(), c.conf.Learned.wasOdd())
			}
		})
	}
}
