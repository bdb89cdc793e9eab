package wire

import (
	"crypto/tls"
	"io"
	"testing"

	"wherry/sync/ftptest"
)

// waiting serves a download and ends its connection only behind the client's end,
// as vsftpd does.
func waiting(c *ftptest.Conn, _ string) {
	c.Say("150 Here it goes")
	d, err := c.Data()
	if err != nil {
		c.Say("425 No data connection")
		return
	}
	_, _ = io.WriteString(d, "content")
	_ = d.Conn.(*tls.Conn).CloseWrite()
	_, _ = io.Copy(io.Discard, d)
	_ = d.Close()
	c.Say("226 Done")
}

// patient sends the first byte behind the client's end.
func patient(c *ftptest.Conn, _ string) {
	c.Say("150 Here it goes")
	d, err := c.Data()
	if err != nil {
		c.Say("425 No data connection")
		return
	}
	_, _ = io.Copy(io.Discard, d)
	_, _ = io.WriteString(d, "content")
	_ = d.Close()
	c.Say("226 Done")
}

// offended breaks the connection at the client's early end.
func offended(c *ftptest.Conn, _ string) {
	c.Say("150 Here it goes")
	d, err := c.Data()
	if err != nil {
		c.Say("425 No data connection")
		return
	}
	_, _ = io.Copy(io.Discard, d)
	d.Reset()
	c.Say("426 Broken")
}

// TestEarlyFarewell: where the server waits for our end of a download it comes
// first, and never again where that was borne ill.
func TestEarlyFarewell(t *testing.T) {
	for outcome, tc := range map[string]struct {
		then     ftptest.Handler
		greeting ftptest.Handler
		cap      uint16
		waits    bool
		never    bool
	}{
		"ahead of the content":         {then: patient, greeting: known, waits: true},
		"given up where it broke":      {then: offended, greeting: known, waits: true, never: true},
		"not within TLS 1.2":           {then: waiting, greeting: known, cap: tls.VersionTLS12},
		"not to a server not known":    {then: waiting, greeting: ftptest.Reply("220 Hello")},
		"not to one that does at once": {then: waiting, greeting: ftptest.Reply("220 ProFTPD Server")},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{
				TLS: true, Reuse: true, Greeting: tc.greeting, Files: map[string]string{"/f": "content"},
				Verbs: verbs("RETR", ftptest.InTurn(waiting, tc.then, waiting)),
			})
			r.conf.MaxTLS = tc.cap
			c := r.pipelined()
			if got := c.conf.Learned.farewells().waits; got != tc.waits {
				t.Errorf("the server waits: %t", got)
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
