package session

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// closed is a port on which nobody listens: one that was just given back might
// be another test's by now.
const closed = 1 // tcpmux, RFC 1078

// elsewhere announces a foreign address with a good port.
func elsewhere(c *ftptest.Conn, _ string) {
	port, err := c.Listen()
	if err != nil {
		c.Say("425 %v", err)
		return
	}
	c.Say("227 Entering Passive Mode (192,0,2,7,%d,%d)", port>>8, port&255)
}

// deaf takes EPRT or PORT and never connects.
var deaf = ftptest.Reply("200 Will connect, says who")

// TestLadder: what blocks data connections, and what is used instead.
func TestLadder(t *testing.T) {
	no := ftptest.Reply("500 Unknown")
	noPassive := map[string]ftptest.Handler{"EPSV": no, "PASV": no}
	noActive := map[string]ftptest.Handler{"EPRT": no, "PORT": no}
	for outcome, tc := range map[string]struct {
		mode  site.Mode
		verbs map[string]ftptest.Handler
		via   string   // what works in the end; "" for KindNoData
		said  []string // in the error or the transcript
		never []string // commands that must not be sent
	}{
		"all is well":                     {site.ModeAuto, nil, "EPSV", nil, []string{"PASV", "EPRT", "PORT"}},
		"EPSV unknown":                    {site.ModeAuto, map[string]ftptest.Handler{"EPSV": no}, "PASV", []string{"500 Unknown"}, []string{"EPRT"}},
		"EPSV of another kind":            {site.ModeAuto, verb("EPSV", ftptest.Reply("229 ) (")), "PASV", nil, nil},
		"EPSV to a closed port":           {site.ModeAuto, verb("EPSV", ftptest.Reply(fmt.Sprintf("229 Here (|||%d|)", closed))), "PASV", []string{"connection refused"}, nil},
		"227 names a foreign address":     {site.ModeAuto, map[string]ftptest.Handler{"EPSV": no, "PASV": elsewhere}, "PASV", nil, nil},
		"227 is none":                     {site.ModeAuto, map[string]ftptest.Handler{"EPSV": no, "PASV": ftptest.Reply("227 ) (")}, "EPRT", nil, nil},
		"227 to a closed port":            {site.ModeAuto, map[string]ftptest.Handler{"EPSV": no, "PASV": ftptest.Reply(fmt.Sprintf("227 (127,0,0,1,0,%d)", closed))}, "EPRT", []string{"refused", "active mode"}, nil},
		"passive refused":                 {site.ModeAuto, noPassive, "EPRT", []string{"(active mode)"}, []string{"PORT"}},
		"passive and EPRT refused":        {site.ModeAuto, map[string]ftptest.Handler{"EPSV": no, "PASV": no, "EPRT": no}, "PORT", nil, nil},
		"passive fails at the transfer":   {site.ModeAuto, verb("MLSD", ftptest.InTurn(ftptest.Reply("425 Security: Bad IP connecting."))), "PASV", []string{"425 Security"}, nil},
		"nothing works":                   {site.ModeAuto, map[string]ftptest.Handler{"EPSV": no, "PASV": no, "EPRT": no, "PORT": no}, "", []string{"EPSV:", "PASV:", "EPRT:", "PORT:"}, nil},
		"forced passive stays passive":    {site.ModePassive, noPassive, "", []string{"EPSV:", "PASV:"}, []string{"EPRT", "PORT"}},
		"forced active is active":         {site.ModeActive, nil, "EPRT", nil, []string{"EPSV", "PASV"}},
		"forced active stays active":      {site.ModeActive, noActive, "", []string{"EPRT:", "PORT:"}, []string{"EPSV", "PASV"}},
		"active and nobody connects":      {site.ModeActive, map[string]ftptest.Handler{"EPRT": deaf, "MLSD": ftptest.Silence}, "", []string{"did not connect"}, nil},
		"active and connecting fails":     {site.ModeActive, map[string]ftptest.Handler{"EPRT": deaf, "MLSD": ftptest.Reply("425 Cannot connect")}, "", []string{"425 Cannot connect"}, nil},
		"active after 150 and no one":     {site.ModeActive, map[string]ftptest.Handler{"EPRT": deaf, "MLSD": ftptest.Reply("150 Soon\n425 Cannot connect")}, "", nil, nil},
		"active with EPRT never answered": {site.ModeActive, verb("EPRT", ftptest.Silence), "", []string{"did not answer EPRT"}, nil},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: tc.verbs, Files: map[string]string{"/a": "1"}})
			r.conf.Site.Mode = tc.mode
			if tc.via == "" {
				r.patience(vfs.KindNoData)
			}
			s := r.open()
			entries, err := s.List(t.Context(), vfs.Root())
			told := r.transcript()
			if tc.via == "" {
				r.wants(err, vfs.KindNoData)
				told = err.Error()
			} else {
				r.must(err)
				if f := s.Facts(); f.Via != tc.via || len(entries) != 1 {
					t.Errorf("via %s, %d entries", f.Via, len(entries))
				}
			}
			for _, word := range tc.said {
				if !strings.Contains(told, word) {
					t.Errorf("%q is not told in %q", word, told)
				}
			}
			for _, verb := range tc.never {
				if r.Count(verb) > 0 {
					t.Errorf("%s was sent", verb)
				}
			}
		})
	}
}

// TestLearned: what worked is tried first by the site's other sessions, and a
// switch is told once.
func TestLearned(t *testing.T) {
	no := ftptest.Reply("502 No")
	r := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{"EPSV": no, "PASV": no}})
	first, second := r.open(), r.open()
	for _, s := range []*Session{first, first, second} {
		r.works(s)
	}
	if r.Count("EPSV") != 1 || r.Count("EPRT") != 3 {
		t.Errorf("%d EPSV, %d EPRT", r.Count("EPSV"), r.Count("EPRT"))
	}
	if n := strings.Count(r.transcript(), "Data connections now use"); n != 1 {
		t.Errorf("the switch is told %d times", n)
	}
}

// TestRelearned: what worked and does so no more is left.
func TestRelearned(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"EPSV": ftptest.InTurn(ftptest.Default, ftptest.Reply("425 Not now")),
	}})
	s := r.open()
	r.works(s)
	r.works(s)
	if via := s.Facts().Via; via != "PASV" {
		t.Errorf("via %s", via)
	}
}

// TestStrangerAtTheDoor: only the server may use our data port.
func TestStrangerAtTheDoor(t *testing.T) {
	knocked := make(chan error, 1)
	r := script(t, ftptest.Plan{Verbs: verb("EPRT", func(c *ftptest.Conn, arg string) {
		fields := strings.Split(arg, "|")
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
		conn, err := dialer.Dial("tcp", net.JoinHostPort(fields[2], fields[3]))
		if err == nil {
			_, err = conn.Write([]byte("evil"))
			t.Cleanup(func() { _ = conn.Close() })
		}
		knocked <- err
		ftptest.Default(c, arg)
	})})
	r.conf.Site.Mode = site.ModeActive
	r.works(r.open())
	if err := <-knocked; err != nil {
		ftptest.Missing(t, "a second loopback address: %v", err)
	}
	if !strings.Contains(r.transcript(), "stranger") {
		t.Error("nobody noticed the stranger")
	}
}

// TestPortRange: active mode listens where the person forwards ports.
func TestPortRange(t *testing.T) {
	r := script(t, ftptest.Plan{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken := ln.Addr().(*net.TCPAddr).Port
	t.Cleanup(func() { _ = ln.Close() })
	r.conf.Site.Mode, r.conf.Site.PortFrom, r.conf.Site.PortTo = site.ModeActive, taken, taken
	s := r.open()
	_, err = s.List(t.Context(), vfs.Root())
	r.wants(err, vfs.KindNoData)
	if !strings.Contains(err.Error(), "no port to listen on") {
		t.Error(err)
	}
}

// TestExternalIP is what the server is told where a router forwards.
func TestExternalIP(t *testing.T) {
	r := script(t, ftptest.Plan{})
	r.conf.Site.Mode, r.conf.Site.ExternalIP = site.ModeActive, "203.0.113.9"
	s := r.open()
	_, err := s.List(t.Context(), vfs.Root())
	r.wants(err, vfs.KindNoData) // this server calls nobody else than its client
	for _, want := range []string{"EPRT |1|203.0.113.9|", "PORT 203,0,113,9,"} {
		if !strings.Contains(r.transcript(), want) {
			t.Errorf("%s was not sent", want)
		}
	}
}

// outcomes are attempts in short.
func outcomes(attempts []wire.Attempt) string {
	var out []string
	for _, a := range attempts {
		out = append(out, fmt.Sprintf("%s %s", a.Rung, a.Outcome))
	}
	return strings.Join(out, ", ")
}

// blocked is the finding in err, in short; nothing must be left to try.
func blocked(t *testing.T, err error) string {
	t.Helper()
	var b *wire.Blocked
	if !errors.As(err, &b) || len(b.Left) > 0 {
		t.Fatalf("%v: %+v", err, b)
	}
	return outcomes(b.Attempts)
}

// TestRefusedAddressOnServers: each real server's words for an address that it
// will not call are told from those for a command that it does not know.
func TestRefusedAddressOnServers(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			f := connect(t, ftptest.Start(t, kind, ftptest.Options{}), site.ModeActive, site.TLSOff)
			f.must(f.s.Close())
			f.conf.Site.ExternalIP = "203.0.113.9"
			f.reopen()
			for range 2 { // it is no reason never to ask again
				_, err := f.s.List(f.ctx, f.dir)
				f.kind("listing", err, vfs.KindNoData)
				if got := blocked(t, err); got != "EPRT address_refused, PORT address_refused" {
					t.Error(got, err)
				}
			}
			f.must(f.s.Noop(f.ctx))
		})
	}
}

// TestLadderOnServers: what each real server refuses, in its own words.
func TestLadderOnServers(t *testing.T) {
	for outcome, tc := range map[string]struct {
		opt  ftptest.Options
		mode site.Mode
		via  string
	}{
		"without EPSV, PASV":              {ftptest.Options{NoEPSV: true}, site.ModeAuto, "PASV"},
		"without passive, active":         {ftptest.Options{NoPassive: true}, site.ModeAuto, "EPRT"},
		"without active, passive":         {ftptest.Options{NoActive: true}, site.ModeAuto, "EPSV"},
		"forced active without active":    {ftptest.Options{NoActive: true}, site.ModeActive, ""},
		"forced passive without passive":  {ftptest.Options{NoPassive: true}, site.ModePassive, ""},
		"without EPRT, over TLS, by PORT": {ftptest.Options{RequireTLS: true, NoPassive: true, Deny: []string{"EPRT"}}, site.ModeAuto, "PORT"},
	} {
		for _, kind := range ftptest.Kinds() {
			if kind.Cannot(tc.opt) != "" {
				continue
			}
			t.Run(outcome+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				srv := ftptest.Start(t, kind, tc.opt)
				sec := site.TLSOff
				if tc.opt.RequireTLS {
					sec = site.TLSExplicit
				}
				f := connect(t, srv, tc.mode, sec)
				_, err := f.s.List(f.ctx, f.dir)
				if tc.via == "" {
					f.kind("listing", err, vfs.KindNoData)
					f.must(f.s.Noop(f.ctx))
					return
				}
				f.must(err)
				f.upload("up", 0, []byte("content"))
				f.same("download", f.download("up", 0), []byte("content"))
				if via := f.s.Facts().Via; via != tc.via {
					t.Errorf("via %s", via)
				}
			})
		}
	}
}
