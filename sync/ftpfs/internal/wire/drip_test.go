package wire

import (
	"io"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// drip calls send a hundred times, one after the other with pauses that are
// shorter than any limit without progress, as long as send says true.
func drip(c *ftptest.Conn, send func() bool) {
	for range 100 {
		pause := make(chan struct{})
		timer := time.AfterFunc(100*time.Millisecond, func() { close(pause) })
		if !c.Hold(pause) || !send() {
			timer.Stop()
			return
		}
	}
}

// TestNothingComesByteByByte: what is short by nature has one limit for all of
// it, however it comes.
func TestNothingComesByteByByte(t *testing.T) {
	byteByByte := func(c *ftptest.Conn, _ string) {
		c.Raw([]byte("220-"))
		drip(c, func() bool { return c.Raw([]byte("x")) })
		c.Say("\n220 Hello")
	}
	for outcome, plan := range map[string]ftptest.Plan{
		"the greeting":       {Greeting: byteByByte},
		"the answer to AUTH": {TLS: true, Verbs: verbs("AUTH", ftptest.Handler(byteByByte))},
		"any other answer":   {Verbs: verbs("USER", ftptest.Handler(byteByByte))},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, plan)
			r.conf.Timeout = 2 * time.Second
			c, err := Dial(t.Context(), r.conf)
			if err == nil {
				_, err = c.Command("USER me")
				c.Close(false)
			}
			wants(t, err, vfs.KindTimeout)
		})
	}
}

// TestNothingMoreAfterAnUpload: bytes that a server sends on an upload's data
// connection do not keep it from ending.
func TestNothingMoreAfterAnUpload(t *testing.T) {
	ended := false
	r := script(t, ftptest.Plan{TLS: true, Verbs: verbs("STOR", func(c *ftptest.Conn, _ string) {
		c.Say("150 Go on")
		d, err := c.Data()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, d)
		drip(c, func() bool {
			_, err := d.Write([]byte("x"))
			ended = err != nil
			return !ended
		})
		_ = d.Close()
		c.Say("226 Done")
	})})
	c := r.login()
	c.conf.Timeout, c.conf.FinalTimeout = 2*time.Second, time.Minute
	_, err := c.transfer(t.Context(), "STOR /up", "content")
	if wants(t, err, vfs.KindOther); !ended {
		t.Error("the server could go on to its end")
	}
}

// TestEchoIsConcealed: a server that repeats what it was told, as gateways with
// a telnet echo do, has no secret told by the error.
func TestEchoIsConcealed(t *testing.T) {
	for outcome, secret := range map[string]string{
		"quotes":          `ti"de\water`,
		"at the line cut": strings.Repeat("tidewater", 12),
		"bytes":           "tide\xffwater",
	} {
		t.Run(outcome, func(t *testing.T) {
			r := script(t, ftptest.Plan{User: "sailor", Password: secret, Verbs: verbs("SYST", ftptest.Handler(ftptest.Bytes("PASS "+secret+"\r\n")))})
			c := r.login()
			_, err := c.Command("SYST")
			wants(t, err, vfs.KindProtocol)
			if text := err.Error() + r.transcript(); strings.Contains(text, secret[:4]) {
				t.Errorf("%s", text)
			}
		})
	}
}
