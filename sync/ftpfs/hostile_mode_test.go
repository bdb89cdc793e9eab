package ftpfs_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"wherry/sync/ftpfs"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// nobody is a port on which nobody listens (tcpmux, RFC 1078).
const nobody = 1

// via fails unless this is how data connections were made.
func via(way string) func(*bench) {
	return func(b *bench) {
		b.Helper()
		if got := b.fs.Status().Via; got != way {
			b.Errorf("by %q, want %q", got, way)
		}
	}
}

// tried fails unless the error tells these attempts, in this order.
func tried(want ...string) func(*bench) {
	return func(b *bench) {
		b.Helper()
		var blocked *ftpfs.Blocked
		if !errors.As(b.err, &blocked) {
			b.Errorf("the cause is %#v", b.err)
			return
		}
		var got []string
		for _, a := range blocked.Attempts {
			got = append(got, fmt.Sprintf("%v %v", a.Rung, a.Outcome))
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			b.Errorf("tried %q, want %q", got, want)
		}
	}
}

// TestHostileModes: a data connection is made with the server and nobody else,
// in the mode that was chosen, by whatever way works.
func TestHostileModes(t *testing.T) {
	t.Parallel()
	no, unknown := ftptest.Reply("502 Not here"), ftptest.Reply("500 What?")
	deaf := ftptest.Reply("200 Will connect, says who")
	loop := [4]byte{127, 0, 0, 1}
	// A server on another address that 227 points to: it must never hear of us.
	trap, called := trapped(t)
	verbs := func(pairs ...any) ftptest.Plan {
		p := ftptest.Plan{Verbs: map[string]ftptest.Handler{}}
		for i := 0; i < len(pairs); i += 2 {
			switch h := pairs[i+1].(type) {
			case ftptest.Handler:
				p.Verbs[pairs[i].(string)] = h
			case func(*ftptest.Conn, string):
				p.Verbs[pairs[i].(string)] = h
			}
		}
		return p
	}
	say := func(text string) ftptest.Handler { return ftptest.Reply(text) }
	auto := func(way string, p ftptest.Plan) row {
		return row{plan: p, mode: site.ModeAuto, do: after(list("/"), get("/f"), put("/up", content)), also: allOf(via(way), reads(content), stores("/up", content))}
	}
	blocked := func(mode site.Mode, p ftptest.Plan, attempts ...string) row {
		return row{plan: p, mode: mode, ends: data, want: vfs.KindNoData, also: allOf(nothing, tried(attempts...)), broken: true}
	}
	catalogue(t, map[string]row{
		"EPSV is tried first":                     auto("EPSV", verbs()),
		"EPSV unknown leads to PASV":              auto("PASV", verbs("EPSV", unknown)),
		"EPSV forbidden leads to PASV":            auto("PASV", verbs("EPSV", say("550 Permission denied"))),
		"EPSV that wants a login leads to PASV":   auto("PASV", verbs("EPSV", say("530 Not allowed"))),
		"passive refused leads to EPRT":           auto("EPRT", verbs("EPSV", no, "PASV", no)),
		"EPRT refused leads to PORT":              auto("PORT", verbs("EPSV", no, "PASV", no, "EPRT", no)),
		"a closed port in 229 leads on":           auto("PASV", verbs("EPSV", ftptest.PassiveAt(loop, nobody))),
		"closed ports in 229 and 227 lead on":     auto("EPRT", verbs("EPSV", ftptest.PassiveAt(loop, nobody), "PASV", ftptest.PassiveAt(loop, nobody))),
		"a private address in 227 is not asked":   auto("PASV", verbs("EPSV", no, "PASV", ftptest.PassiveBehind([4]byte{192, 168, 1, 7}))),
		"a foreign address in 227 is not asked":   auto("PASV", verbs("EPSV", no, "PASV", ftptest.PassiveBehind([4]byte{203, 0, 113, 9}))),
		"the address 0.0.0.0 in 227 is not asked": auto("PASV", verbs("EPSV", no, "PASV", ftptest.PassiveBehind([4]byte{}))),
		"a trap in 227 is never called":           {plan: verbs("EPSV", no, "PASV", ftptest.PassiveAt([4]byte{127, 0, 0, 9}, trap), "EPRT", no, "PORT", no), mode: site.ModeAuto, ends: data, want: vfs.KindNoData, also: func(b *bench) { b.untouched(called) }, broken: true},
		"227 with an octet of 256 leads on":       auto("EPRT", verbs("EPSV", no, "PASV", say("227 Entering Passive Mode (127,0,0,256,4,5)"))),
		"227 with a port part of 256 leads on":    auto("EPRT", verbs("EPSV", no, "PASV", say("227 Entering Passive Mode (127,0,0,1,256,5)"))),
		"227 with port 0 leads on":                auto("EPRT", verbs("EPSV", no, "PASV", say("227 Entering Passive Mode (127,0,0,1,0,0)"))),
		"227 with five numbers leads on":          auto("EPRT", verbs("EPSV", no, "PASV", say("227 Entering Passive Mode (127,0,0,1,4)"))),
		"227 in words leads on":                   auto("EPRT", verbs("EPSV", no, "PASV", say("227 ) ("))),
		"227 of negative numbers leads on":        auto("EPRT", verbs("EPSV", no, "PASV", say("227 Entering Passive Mode (127,0,0,1,-4,5)"))),
		"227 without brackets is understood":      auto("PASV", verbs("EPSV", no, "PASV", bare)),
		"229 with port 0 leads on":                auto("PASV", verbs("EPSV", say("229 Entering Extended Passive Mode (|||0|)"))),
		"229 with port 65536 leads on":            auto("PASV", verbs("EPSV", say("229 Entering Extended Passive Mode (|||65536|)"))),
		"229 in words leads on":                   auto("PASV", verbs("EPSV", say("229 ) ("))),
		"229 with an address leads on":            auto("PASV", verbs("EPSV", elsewhere229)),
		"227 for EPSV leads on":                   auto("PASV", verbs("EPSV", say("227 Entering Passive Mode (127,0,0,1,4,5)"))),
		"425 at the transfer leads on":            {plan: once("MLSD", say("425 Security: Bad IP connecting.")), mode: site.ModeAuto, also: allOf(lists("f"), via("PASV"))},
		"forced passive never turns active": func() row {
			r := blocked(site.ModePassive, verbs("EPSV", no, "PASV", no), "EPSV command_refused", "PASV command_refused")
			r.never = []string{"EPRT", "PORT"}
			return r
		}(),
		"forced active never turns passive": func() row {
			r := blocked(site.ModeActive, verbs("EPRT", no, "PORT", no), "EPRT command_refused", "PORT command_refused")
			r.never = []string{"EPSV", "PASV"}
			return r
		}(),
		"forced active is active":                                       {mode: site.ModeActive, do: after(list("/"), get("/f"), put("/up", content)), also: allOf(via("EPRT"), reads(content), stores("/up", content)), never: []string{"EPSV", "PASV"}},
		"when nothing works everything is told":                         blocked(site.ModeAuto, verbs("EPSV", no, "PASV", no, "EPRT", no, "PORT", no), "EPSV command_refused", "PASV command_refused", "EPRT command_refused", "PORT command_refused"),
		"an address that the server will not call, and the one it told": blocked(site.ModeActive, verbs("EPRT", say("500 I won't open a connection to 192.168.1.7 (only to 203.0.113.9)"), "PORT", say("500 Illegal PORT command.")), "EPRT address_refused", "EPRT address_refused", "PORT address_refused"),
		"nobody calls":                                   {plan: verbs("EPRT", deaf, "MLSD", held), mode: site.ModeActive, ends: data, want: vfs.KindNoData, also: nothing, broken: true, held: true},
		"the server cannot call":                         {plan: verbs("EPRT", deaf, "PORT", deaf, "MLSD", say("425 Cannot connect")), mode: site.ModeActive, ends: data, want: vfs.KindNoData, also: nothing, broken: true},
		"EPRT never answered leads to PORT":              {plan: verbs("EPRT", ftptest.Silence), mode: site.ModeActive, ends: data, also: allOf(lists("f"), via("PORT"))},
		"a call from another address is hung up on":      {plan: ftptest.Plan{CallFrom: "127.0.0.9"}, mode: site.ModeActive, ends: data, want: vfs.KindNoData, also: nothing, broken: true},
		"a stranger who calls first is hung up on":       {plan: verbs("EPRT", stranger), mode: site.ModeActive, do: get("/f"), also: allOf(reads(content), via("EPRT"))},
		"the port is shut behind the server":             {mode: site.ModeActive, do: after(get("/f"), knock), also: reads(content)},
		"what worked is tried first":                     {plan: verbs("EPSV", no, "PASV", no), mode: site.ModeAuto, do: after(list("/"), list("/"), list("/")), also: allOf(count("EPSV", 1), count("PASV", 1), count("EPRT", 3))},
		"what worked and does no more is left":           {plan: verbs("EPSV", ftptest.InTurn(ftptest.Default, say("425 Not now"))), mode: site.ModeAuto, do: after(list("/"), list("/")), also: via("PASV")},
		"a passive port that closes at once is no empty": {plan: verbs("EPSV", slammed, "PASV", no), ends: both, want: vfs.KindNoData, also: nothing, broken: true},
		"IPv6 has EPSV":                                  {plan: ftptest.Plan{IPv6: true}, mode: site.ModeAuto, do: after(list("/"), get("/f"), put("/up", content)), also: allOf(via("EPSV"), reads(content)), never: []string{"PASV"}},
		"IPv6 has EPRT":                                  {plan: ftptest.Plan{IPv6: true, Verbs: on("EPSV", no)}, mode: site.ModeAuto, do: after(list("/"), get("/f"), put("/up", content)), also: allOf(via("EPRT"), reads(content)), never: []string{"PASV", "PORT"}},
	})
}

// trapped listens on another loopback address and counts who calls.
func trapped(t *testing.T) (port int, called *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.9:0")
	if err != nil {
		ftptest.Missing(t, "a second loopback address: %v", err)
	}
	called = &atomic.Int64{}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			called.Add(1)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-ended })
	return l.Addr().(*net.TCPAddr).Port, called
}

func (b *bench) untouched(called *atomic.Int64) {
	b.Helper()
	if n := called.Load(); n > 0 {
		b.Errorf("the trap was called %d times", n)
	}
}

// bare is 227 as some servers write it (RFC 1123, 4.1.2.6: look for the
// digits).
func bare(c *ftptest.Conn, _ string) {
	port, err := c.Listen()
	if err != nil {
		c.Say("425 %v", err)
		return
	}
	c.Say("227 Entering Passive Mode 127,0,0,1,%d,%d", port>>8, port&255)
}

// elsewhere229 names an address where RFC 2428 has none.
func elsewhere229(c *ftptest.Conn, _ string) {
	port, err := c.Listen()
	if err != nil {
		c.Say("425 %v", err)
		return
	}
	c.Say("229 Entering Extended Passive Mode (|1|192.0.2.7|%d|)", port)
}

// slammed has a port that is shut as soon as it was called.
func slammed(c *ftptest.Conn, arg string) {
	ftptest.Default(c, arg)
	if d, err := c.Data(); err == nil {
		d.Reset()
	}
}

// stranger lets somebody else call the client's port ahead of the server.
func stranger(c *ftptest.Conn, arg string) {
	fields := strings.Split(arg, "|")
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
	conn, err := dialer.Dial("tcp", net.JoinHostPort(fields[2], fields[3]))
	if err != nil {
		c.Say("425 nobody can call: %v", err)
		return
	}
	defer conn.Close()
	_, _ = conn.Write([]byte("evil"))
	ftptest.Default(c, arg)
}

// knock calls the ports that were named in EPRT, where nobody may listen any
// more.
func knock(b *bench) error {
	for _, c := range b.srv.Commands() {
		if c.Verb != "EPRT" {
			continue
		}
		fields := strings.Split(c.Arg, "|")
		conn, err := net.Dial("tcp", net.JoinHostPort(fields[2], fields[3]))
		if err == nil {
			_ = conn.Close()
			return errors.New("the data port still takes calls")
		}
	}
	return nil
}
