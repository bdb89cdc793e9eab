package wire

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// pipelined is a client whose server has proven itself and has moved a file.
func (r *rig) pipelined() *client {
	r.t.Helper()
	c := r.login()
	if _, err := c.Batch(probe); err != nil {
		r.t.Fatal(err)
	}
	if _, err := c.transfer(r.t.Context(), "RETR /f", ""); err != nil {
		r.t.Fatal(err)
	}
	return c
}

// surrounded is an upload with commands in front and behind.
func (c *client) surrounded(ctx context.Context) (ahead, behind []Reply, err error) {
	c.Begin(ctx)
	c.Ahead("MDTM /f")
	c.Behind("SIZE /up", "RNFR /up")
	for again := true; again; {
		if _, err = c.once("STOR /up", "new"); err == nil {
			break
		}
		if again, err = c.Climb(err); !again {
			return nil, nil, err
		}
	}
	if told, err := c.Fronted(); err != nil || len(told) != 1 {
		c.r.t.Errorf("in front: %v, %v", told, err)
	}
	return c.Followed()
}

// TestSurrounded: what goes out around a transfer is answered as if each command
// had gone out by itself, whatever the server makes of it.
func TestSurrounded(t *testing.T) {
	const all = "MDTM EPSV STOR SIZE RNFR"
	silence := func() ftptest.Handler { return ftptest.InTurn(ftptest.Default, ftptest.Silence) } // the first SIZE proves
	for outcome, tc := range map[string]struct {
		plan   ftptest.Plan
		fresh  bool // of a session that has seen nothing yet
		sent   string
		behind []int
		want   vfs.Kind
		odd    bool
	}{
		"nothing is proven": {plan(), true, "MDTM, EPSV, STOR, SIZE RNFR", []int{213, 350}, vfs.KindOther, false},
		"all at once":       {plan(), false, "EPSV, MDTM STOR, SIZE EPSV RNFR", []int{213, 350}, vfs.KindOther, false},
		"refused ones":      {plan("RNFR", "550 No"), false, "EPSV, MDTM STOR, SIZE EPSV RNFR", []int{213, 550}, vfs.KindOther, false},
		"unread input is dropped": {
			plan("SIZE", silence(), "RNFR", ftptest.InTurn(ftptest.Silence)), false,
			"EPSV, MDTM STOR, SIZE EPSV RNFR, SIZE, RNFR",
			[]int{213, 350},
			vfs.KindOther, true,
		},
		"answered before the end": {
			plan("STOR", ftptest.Handler(ftptest.Flow{Finals: []string{"213 3", "226 Done"}}.Serve), "SIZE", silence()), false,
			"EPSV, MDTM STOR, SIZE EPSV RNFR, SIZE, RNFR",
			[]int{213, 350},
			vfs.KindOther, true,
		},
		"a goodbye amid": {
			plan("RNFR", ftptest.All(ftptest.Reply("421 Shutting down"), ftptest.Drop)), false,
			"EPSV, MDTM STOR, SIZE EPSV RNFR",
			[]int{213, 421},
			vfs.KindBusy, false,
		},
		"a server that does more than it should": {
			ftptest.Plan{Greeting: ftptest.Reply("220 ProFTPD Server"), Files: map[string]string{"/f": "content"}},
			false,
			"EPSV, MDTM STOR, SIZE RNFR",
			[]int{213, 350},
			vfs.KindOther, false,
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, tc.plan)
			var c *client
			if tc.fresh {
				c = r.login()
			} else {
				c = r.pipelined()
			}
			before := len(r.flights(all))
			c.conf.Timeout = settleLimit
			ahead, behind, err := c.surrounded(t.Context())
			wants(t, err, tc.want)
			if diff := cmp.Diff([]int{213}, codes(ahead)); diff != "" {
				t.Error("ahead", diff)
			}
			if diff := cmp.Diff(tc.behind, codes(behind)); diff != "" {
				t.Error("behind", diff)
			}
			if got := strings.Join(r.flights(all)[before:], ", "); got != tc.sent {
				t.Error(got)
			}
			if got, _ := r.Get("/up"); string(got) != "new" || r.Count("STOR") != 1 {
				t.Errorf("%q after %d uploads", got, r.Count("STOR"))
			}
			if c.conf.Learned.wasOdd() != tc.odd {
				t.Error("odd:", !tc.odd)
			}
			if err == nil && !c.InStep() {
				t.Error("out of step")
			}
		})
	}
}

// TestAheadWithoutAnswer: the transfer behind it cannot be told from it, so
// another session begins anew.
func TestAheadWithoutAnswer(t *testing.T) {
	r := script(t, plan("MDTM", ftptest.InTurn(ftptest.Default, ftptest.Silence)))
	c := r.pipelined()
	c.conf.Timeout = settleLimit
	_, _, err := c.surrounded(t.Context())
	wants(t, err, vfs.KindNoData)
	d := r.login()
	ahead, behind, err := d.surrounded(t.Context())
	if err != nil || len(ahead) != 1 || len(behind) != 2 || !d.conf.Learned.wasOdd() {
		t.Error(ahead, behind, err)
	}
}

// TestSurroundedRefusal: the refusal is what is told, and what went out behind
// it leaves the connection in step.
func TestSurroundedRefusal(t *testing.T) {
	r := script(t, plan("STOR", "550 Not here"))
	c := r.pipelined()
	if _, _, err := c.surrounded(t.Context()); err == nil || !strings.Contains(err.Error(), "Not here") {
		t.Error(err)
	}
	if reply, err := c.Command("PWD"); err != nil || reply.Code != 257 {
		t.Error(reply, err)
	}
	if c.conf.Learned.wasOdd() || r.Count("NOOP") != 0 {
		t.Error("a refusal is nothing odd")
	}
}
