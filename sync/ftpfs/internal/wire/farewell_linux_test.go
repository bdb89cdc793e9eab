package wire

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
)

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
