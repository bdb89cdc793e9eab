package wire

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// TestPortAhead: files that follow each other need one EPSV each, which goes out
// behind the file before, and none is used that is not certain.
func TestPortAhead(t *testing.T) {
	const verbs = "EPSV STOR SIZE RNFR RETR NOOP"
	for outcome, tc := range map[string]struct {
		between func(*client)
		sent    []string
	}{
		"used":                        {func(*client) {}, []string{"STOR", "SIZE EPSV RNFR"}},
		"used behind another command": {func(c *client) { _, _ = c.Command("PWD") }, []string{"STOR", "SIZE EPSV RNFR"}},
		"too old":                     {func(c *client) { c.port.since = time.Now().Add(-portLife - 1) }, []string{"EPSV", "STOR", "SIZE EPSV RNFR"}},
		"pipelining was given up":     {func(c *client) { c.odd("a test") }, []string{"EPSV", "STOR", "SIZE", "RNFR"}},
		"an operation was cancelled": {func(c *client) {
			ctx, cancel := context.WithCancel(c.r.t.Context())
			cancel()
			_, _ = c.transfer(ctx, "RETR /f", "")
			_ = c.Settle(c.r.t.Context())
		}, []string{"EPSV", "STOR", "SIZE RNFR"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, plan())
			c := r.pipelined()
			for range 2 {
				if _, _, err := c.surrounded(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			tc.between(c)
			before := len(r.flights(verbs))
			c.Begin(t.Context())
			c.Behind("SIZE /up", "RNFR /up")
			if _, err := c.once("STOR /up", "third"); err != nil {
				t.Fatal(err)
			}
			_, behind, err := c.Followed()
			if diff := cmp.Diff([]int{213, 350}, codes(behind)); diff != "" || err != nil {
				t.Error(diff, err)
			}
			if diff := cmp.Diff(tc.sent, r.flights(verbs)[before:]); diff != "" {
				t.Error(diff)
			}
			if got, _ := r.Get("/up"); string(got) != "third" {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestPortAheadIsOdd: whatever becomes of an EPSV sent ahead, the files go over,
// and it is not done again.
func TestPortAheadIsOdd(t *testing.T) {
	nowhere := ftptest.Reply("229 Entering Extended Passive Mode (|||1|)")
	for outcome, tc := range map[string]struct {
		epsv ftptest.Handler // the one sent ahead
		lost bool            // the connection
	}{
		"it hangs":                      {ftptest.Silence, true},
		"it is refused":                 {ftptest.Reply("450 EPSV: data transfer in progress"), false},
		"its answer cannot be read":     {ftptest.Reply("229 Somewhere"), false},
		"it is PASV's":                  {ftptest.Reply("227 Entering Passive Mode (127,0,0,1,0,1)"), false},
		"the port was closed meanwhile": {nowhere, false},
		"the connection breaks":         {ftptest.Drop, true},
		"the server leaves":             {ftptest.All(ftptest.Reply("421 Enough"), ftptest.Drop), true},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, plan("EPSV", ftptest.InTurn(ftptest.Default, ftptest.Default, tc.epsv)))
			c := r.pipelined()
			if got, err := c.transfer(t.Context(), "RETR /f", ""); err != nil || got != "content" {
				t.Fatal(got, err)
			}
			if tc.lost {
				if c.Err() == nil {
					t.Fatal("the connection can be used")
				}
				c = r.login()
			}
			if got, err := c.transfer(t.Context(), "RETR /f", ""); err != nil || got != "content" {
				t.Fatal(got, err)
			}
			if dropped := strings.HasPrefix(outcome, "the connection") || strings.HasPrefix(outcome, "the server"); c.conf.Learned.wasOdd() == dropped {
				t.Error("odd:", !dropped)
			}
		})
	}
}

// TestEarlyRefusal: a transfer whose command goes out while its data connection
// is made says why it was refused, at once, and nothing of it is left.
func TestEarlyRefusal(t *testing.T) {
	for _, secure := range []bool{false, true} {
		for _, eager := range []bool{false, true} {
			for _, line := range []string{"STOR /up", "RETR /f", "NLST"} {
				name := line[:4]
				if secure {
					name += ", with TLS"
				}
				if eager {
					name += ", eager"
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					refuses := ftptest.InTurn(ftptest.Reply("550 Not this one"))
					if line == "RETR /f" {
						refuses = ftptest.InTurn(ftptest.Default, ftptest.Reply("550 Not this one"))
					}
					p := plan(line[:4], refuses)
					p.TLS, p.Reuse = secure, secure
					r := script(t, p)
					c := r.pipelined()
					began := time.Now()
					c.Begin(t.Context())
					if eager {
						c.Eager()
					}
					_, err := c.once(line, strings.Repeat("content", 1<<18))
					if err == nil || !strings.Contains(err.Error(), "Not this one") {
						t.Error(err)
					}
					if took := time.Since(began); took > c.conf.Timeout/2 {
						t.Error("it took", took)
					}
					if got, err := c.transfer(t.Context(), line, "content"); err != nil || line == "RETR /f" && got != "content" {
						t.Error(got, err)
					}
					if c.conf.Learned.wasOdd() {
						t.Error("a refusal is nothing odd")
					}
				})
			}
		}
	}
}

// TestEarlyTransfers: what goes over early data connections is whole.
func TestEarlyTransfers(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 1<<17)
	for outcome, secure := range map[string]bool{"in clear": false, "with TLS": true} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			p := plan()
			p.TLS, p.Reuse, p.Files["/big"] = secure, secure, big
			r := script(t, p)
			c := r.pipelined()
			for _, content := range []string{"", "short", big} {
				c.Begin(t.Context())
				c.Eager()
				c.Behind("SIZE /up")
				if _, err := c.once("STOR /up", content); err != nil {
					t.Fatal(err)
				}
				if _, behind, err := c.Followed(); err != nil || len(behind) != 1 {
					t.Fatal(behind, err)
				}
				if got, _ := r.Get("/up"); string(got) != content {
					t.Errorf("%d bytes of %d", len(got), len(content))
				}
				if got, err := c.transfer(t.Context(), "RETR /big", ""); err != nil || got != big {
					t.Errorf("%d bytes, %v", len(got), err)
				}
			}
			if c.conf.Learned.wasOdd() || r.Count("NOOP") != 0 {
				t.Error("something was odd")
			}
		})
	}
}

// TestEarlyDataDoNotCome: where the data connection of an early transfer cannot
// be had, the transfer is repeated with one step after the other, or by a fresh
// session where the server waits for it.
func TestEarlyDataDoNotCome(t *testing.T) {
	nowhere := ftptest.Reply("229 Entering Extended Passive Mode (|||1|)")
	for outcome, tc := range map[string]struct {
		stor  ftptest.Handler
		fresh bool
	}{
		"the server says so":   {ftptest.Reply("425 Use PORT or PASV first"), false},
		"the server waits":     {ftptest.Silence, true},
		"it said 150 and says": {ftptest.Reply("150 Here\n425 No connection"), false},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, plan("STOR", ftptest.InTurn(tc.stor), "EPSV", ftptest.InTurn(ftptest.Default, nowhere)))
			c := r.pipelined()
			c.dropPort()
			_, err := c.transfer(t.Context(), "STOR /up", "new")
			if tc.fresh {
				wants(t, err, vfs.KindNoData)
				var b *Blocked
				if !errors.As(err, &b) || len(b.Left) != 1 || b.Left[0] != EPSV {
					t.Fatal(err)
				}
				_, err = r.login().transfer(t.Context(), "STOR /up", "new")
			}
			if got, _ := r.Get("/up"); err != nil || string(got) != "new" {
				t.Errorf("%q %v", got, err)
			}
			if l := c.conf.Learned; !l.wasOdd() || l.Rung() != EPSV {
				t.Error(l.wasOdd(), l.Rung())
			}
		})
	}
}
