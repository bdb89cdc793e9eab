package doctor_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

type verbs = map[string]ftptest.Handler

const secret = "halyard-and-sheet"

func full(p ftptest.Plan) ftptest.Plan {
	p.User, p.Password = "sailor", secret
	return p
}

// TestFindings holds single faults against the statuses, the kind of the first
// failure, and a fact.
func TestFindings(t *testing.T) {
	closed := func(c *ftptest.Conn, _ string) { c.Say("229 Entering Extended Passive Mode (|||1|)") }
	for outcome, tc := range map[string]struct {
		plan  ftptest.Plan
		tls   site.TLS
		tune  func(*check)
		want  string
		kind  vfs.Kind
		facts [3]string // step, fact, part of its value
		check func(*testing.T, *check, *ftptest.Scripted)
	}{
		"a server that says nothing": {
			plan: ftptest.Plan{Greeting: ftptest.Silence}, tls: site.TLSOff,
			tune: func(c *check) { c.conf.Timeout = 2 * time.Second },
			want: "ppF--- ---- -- ----- --", kind: vfs.KindTimeout,
		},
		"something else than FTP": {
			plan: ftptest.Plan{Greeting: ftptest.Bytes("SSH-2.0-OpenSSH_9\r\n")}, tls: site.TLSExplicit,
			want: "ppF--- ---- -- ----- --", kind: vfs.KindNotFTP,
		},
		"a full server": {
			plan: ftptest.Plan{Greeting: ftptest.Reply("421 Too many users")}, tls: site.TLSOff,
			want: "ppF--- ---- -- ----- --", kind: vfs.KindBusy, facts: [3]string{"greeting", "reply", "421 Too many users"},
		},
		"TLS refused": {
			tls:  site.TLSExplicit,
			want: "pppF-- ---- -- ----- --", kind: vfs.KindTLS, facts: [3]string{"greeting", "greeting", "Scripted server"},
			check: func(t *testing.T, _ *check, s *ftptest.Scripted) {
				if s.Count("USER") != 0 {
					t.Error("a user name was sent in clear")
				}
			},
		},
		"TLS refused, and nothing to hide": {
			plan: ftptest.Plan{Verbs: verbs{"PASS": func(c *ftptest.Conn, _ string) { c.Say("530 No guests") }}},
			tune: func(c *check) { c.conf.Site.User = site.Anonymous },
			want: "ppp-F- ---- -- ----- --", kind: vfs.KindLogin,
		},
		"a certificate nobody vouches for": {
			plan: ftptest.Plan{TLS: true}, tls: site.TLSExplicit,
			tune: func(c *check) { c.conf.Roots = x509.NewCertPool() },
			want: "pppF-- ---- -- ----- --", kind: vfs.KindCert, facts: [3]string{"tls", "problem", "unknown_issuer"},
			check: func(t *testing.T, c *check, s *ftptest.Scripted) {
				c.fact(doctor.TLS, doctor.FactTrust, doctor.TrustNobody)
				if s.Count("USER") != 0 {
					t.Error("the login went on")
				}
			},
		},
		"a login refused, once": {
			tls: site.TLSOff,
			tune: func(c *check) {
				c.conf.Password = func(context.Context) (string, error) { return "wrong-" + secret, nil }
			},
			want: "ppp-F- ---- -- ----- --", kind: vfs.KindLogin,
			check: func(t *testing.T, _ *check, s *ftptest.Scripted) {
				if n := s.Count("PASS"); n != 1 {
					t.Errorf("the password was sent %d times", n)
				}
			},
		},
		"a passive port that is closed": {
			plan: ftptest.Plan{Verbs: verbs{"EPSV": closed, "PASV": ftptest.Reply("227 Passive (127,0,0,1,0,1)")}}, tls: site.TLSOff,
			want: "ppp-pp FFpp -p nnnnn np", kind: vfs.KindNoData,
			check: func(t *testing.T, c *check, _ *ftptest.Scripted) {
				if a := c.report.Passive.Best; a.Outcome != ftpfs.Rejected || a.To.Port() != 1 {
					t.Errorf("passive: %+v", a)
				}
			},
		},
		"a private address in 227": {
			plan: ftptest.Plan{Verbs: verbs{"PASV": func(c *ftptest.Conn, _ string) {
				if n, err := c.Listen(); err == nil {
					c.Say("227 Entering Passive Mode (10,1,2,3,%d,%d)", n>>8, n&255)
				}
			}}}, tls: site.TLSOff,
			want: "ppp-pp pppp -p nnnnn np",
			check: func(t *testing.T, c *check, _ *ftptest.Scripted) {
				if a := c.step(doctor.PASV).Attempt; a.Advertised.Addr() != netip.MustParseAddr("10.1.2.3") || a.To.Addr() != netip.MustParseAddr("127.0.0.1") {
					t.Errorf("PASV: %+v", a)
				}
			},
		},
		"a server that never calls back": {
			plan: ftptest.Plan{Verbs: verbs{
				"EPRT": ftptest.Reply("200 Will do"), "PORT": ftptest.Reply("200 Will do"),
				"MLSD": ftptest.InTurn(ftptest.Default, ftptest.Default, ftptest.Silence, ftptest.Silence),
			}}, tls: site.TLSOff,
			tune: func(c *check) { c.conf.DataTimeout = 2 * time.Second },
			want: "ppp-pp ppFF -p nnnnn np", kind: vfs.KindNoData,
			check: func(t *testing.T, c *check, _ *ftptest.Scripted) {
				if a := c.report.Active.Best; a.Outcome != ftpfs.NoCall || !a.Advertised.IsValid() {
					t.Errorf("active: %+v", a)
				}
			},
		},
		"a server that cannot call back": {
			plan: ftptest.Plan{Verbs: verbs{"EPRT": ftptest.Reply("200 Will do"), "PORT": ftptest.Reply("500 Illegal PORT command")}}, tls: site.TLSOff,
			want: "ppp-pp ppFF -p nnnnn np", kind: vfs.KindNoData,
			check: func(t *testing.T, c *check, _ *ftptest.Scripted) {
				if a := c.report.Active.Best; a.Outcome != ftpfs.CannotCall || !strings.HasPrefix(a.Reply, "425") {
					t.Errorf("active: %+v", a)
				}
				if a := c.step(doctor.PORT).Attempt; a == nil || a.Reply != "500 Illegal PORT command" {
					t.Errorf("PORT: %+v", a)
				}
			},
		},
		"a folder that is not there": {
			tls: site.TLSOff, tune: func(c *check) { c.conf.Dir = vfs.MustParse("/gone") },
			want: "ppp-pp pppp -F nnnnn np", kind: vfs.KindNotFound,
		},
		"an upload refused": {
			plan: ftptest.Plan{Verbs: verbs{"STOR": ftptest.Reply("550 Permission denied")}}, tls: site.TLSOff, tune: allowed,
			want: "ppp-pp pppp -p F---- -p", kind: vfs.KindPermission,
		},
		"a download of other bytes": {
			plan: ftptest.Plan{Verbs: verbs{"RETR": ftptest.Flow{Content: noise}.Serve}}, tls: site.TLSOff, tune: allowed,
			want: "ppp-pp pppp -p pFFpp pp", kind: vfs.KindHash,
		},
		"an offset that is ignored": {
			plan: ftptest.Plan{Verbs: verbs{"REST": ftptest.Reply("350 Never mind")}}, tls: site.TLSOff, tune: allowed,
			want: "ppp-pp pppp -p ppFpp pp", kind: vfs.KindSize,
		},
		"a rename refused": {
			plan: ftptest.Plan{Verbs: verbs{"RNTO": ftptest.Reply("553 No")}}, tls: site.TLSOff, tune: allowed,
			want: "ppp-pp pppp -p pppFp pp", kind: vfs.KindPermission,
		},
		"a file that cannot be deleted": {
			plan: ftptest.Plan{Verbs: verbs{"DELE": ftptest.Reply("550 Permission denied")}}, tls: site.TLSOff, tune: allowed,
			want: "ppp-pp pppp -p ppppF pp", kind: vfs.KindPermission, facts: [3]string{"delete", "left", "/wherry-check-"},
			check: func(t *testing.T, c *check, s *ftptest.Scripted) {
				left := strings.Join(c.step(doctor.Delete).All(doctor.FactLeft), " ")
				for _, name := range s.Names("/") {
					if !strings.Contains(left, name) {
						t.Errorf("%s was left behind and is not named", name)
					}
				}
				s.Put("/", nil)
			},
		},
		"a connection lost in an upload": {
			plan: ftptest.Plan{Verbs: verbs{"STOR": ftptest.InTurn(ftptest.Flow{At: 1000, Fault: ftptest.DropControl}.Serve)}}, tls: site.TLSOff, tune: allowed,
			want: "ppp-pp pppp -p F---? -p", kind: vfs.KindLost,
		},
		"a login refused the second time": {
			plan: ftptest.Plan{Verbs: verbs{"EPSV": ftptest.Drop, "PASS": ftptest.InTurn(ftptest.Default, ftptest.Reply("530 Banned"))}}, tls: site.TLSOff,
			want: "ppp-pp FF-- -- ----- --", kind: vfs.KindLost,
			check: func(t *testing.T, _ *check, s *ftptest.Scripted) {
				if n := s.Count("PASS"); n != 2 {
					t.Errorf("the password was sent %d times", n)
				}
			},
		},
		"a clock that is wrong": {
			plan: ftptest.Plan{Verbs: verbs{"MLST": func(c *ftptest.Conn, arg string) {
				stamp := time.Now().UTC().Add(2 * time.Hour).Format("20060102150405")
				c.Say("250-Facts\n type=file;size=65536;modify=%s; %s\n250 End", stamp, arg)
			}, "DELE": ftptest.Default}}, tls: site.TLSOff, tune: allowed,
			want: "ppp-pp pppp -p ppppF pp", kind: vfs.KindOther,
			check: func(t *testing.T, c *check, _ *ftptest.Scripted) {
				off, err := time.ParseDuration(c.step(doctor.Clock).Fact(doctor.FactOffset))
				if err != nil || (off-2*time.Hour).Abs() > time.Minute {
					t.Errorf("offset %v, %v", off, err)
				}
			},
		},
		"names that are not UTF-8": {
			plan: ftptest.Plan{Files: map[string]string{"/caf\xe9": "1", "/plain": "2"}}, tls: site.TLSOff,
			want: "ppp-pp pppp -p nnnnn np", facts: [3]string{"encoding", "odd_names", "1"},
			check: func(t *testing.T, c *check, _ *ftptest.Scripted) {
				c.fact(doctor.Encoding, doctor.FactExample, `caf\xe9`)
				c.fact(doctor.Encoding, doctor.FactUTF8, "offered")
			},
		},
		"nothing is written unasked": {
			tls: site.TLSOff, want: "ppp-pp pppp -p nnnnn np",
			check: func(t *testing.T, _ *check, s *ftptest.Scripted) {
				for _, verb := range []string{"STOR", "APPE", "DELE", "RNFR", "MKD", "RMD", "MFMT", "SITE"} {
					if s.Count(verb) != 0 {
						t.Errorf("%s was sent", verb)
					}
				}
				if s.Sessions() != 3 { // a try of the address, a look at the greeting, the login
					t.Errorf("%d connections were made", s.Sessions())
				}
			},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			c, s := scripted(t, full(tc.plan), tc.tls)
			if tc.tune != nil {
				tc.tune(c)
			}
			r := c.run()
			c.want(tc.want)
			for _, step := range r.Steps {
				if step.Status == doctor.Failed {
					if step.Kind() != tc.kind {
						t.Errorf("%s failed with %v, want %v", step.ID, step.Err, tc.kind)
					}
					break
				}
			}
			if tc.facts[0] != "" {
				c.fact(doctor.StepID(tc.facts[0]), tc.facts[1], tc.facts[2])
			}
			if tc.check != nil {
				tc.check(t, c, s)
			}
			if left := strings.Join(s.Names("/"), " "); strings.Contains(left, "wherry-check") && c.step(doctor.Delete).Status != doctor.Failed {
				t.Errorf("left behind: %s", left)
			}
			if text := fmt.Sprintf("%+v", r); strings.Contains(text, secret) {
				t.Errorf("the report holds the password: %s", text)
			}
		})
	}
}

func allowed(c *check) { c.conf.Write = true }

func noise() io.Reader {
	return strings.NewReader(strings.Repeat("x", 64<<10))
}

func TestHostNames(t *testing.T) {
	s := ftptest.Script(t, full(ftptest.Plan{}))
	here := netip.MustParseAddr("127.0.0.1")
	for outcome, tc := range map[string]struct {
		lookup func(context.Context, string) ([]netip.Addr, error)
		want   string
		kind   vfs.Kind
		part   string
	}{
		"an unknown name": {
			func(context.Context, string) ([]netip.Addr, error) { return nil, &net.DNSError{IsNotFound: true} },
			"F----- ---- -- ----- --", vfs.KindHost, "",
		},
		"a name server that does not answer": {
			func(ctx context.Context, _ string) ([]netip.Addr, error) { <-ctx.Done(); return nil, ctx.Err() },
			"F----- ---- -- ----- --", vfs.KindTimeout, "",
		},
		"one address of two answers": {
			func(context.Context, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("::ffff:127.0.0.1"), here, netip.MustParseAddr("127.0.0.77")}, nil
			},
			"ppp-pp pppp -p nnnnn np", 0, "127.0.0.77",
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			c := ask(t, s.Site(site.ModeAuto, site.TLSOff), s.Password)
			c.conf.Site.Host, c.conf.Lookup, c.conf.Timeout = "localhost", tc.lookup, 2*time.Second
			if tc.kind == vfs.KindTimeout {
				c.conf.Timeout = 50 * time.Millisecond
			}
			c.run()
			c.want(tc.want)
			if got := c.step(doctor.Resolve).Kind(); got != tc.kind {
				t.Errorf("kind %v, want %v", got, tc.kind)
			}
			if tc.part != "" {
				c.fact(doctor.Resolve, doctor.FactAddress, tc.part)
				c.fact(doctor.Connect, doctor.FactAddress, tc.part+":"+fmt.Sprint(s.Port))
				c.fact(doctor.Connect, doctor.FactAnswer, doctor.AnswerYes)
				c.fact(doctor.Connect, doctor.FactAnswer, doctor.AnswerRefused)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	c := ask(t, site.Site{Host: "127.0.0.1", Port: port, User: "anna", TLS: site.TLSOff}, secret)
	r := c.run()
	c.want("pF---- ---- -- ----- --")
	if s, ok := r.Stopped(); !ok || s.ID != doctor.Connect || s.Kind() != vfs.KindRefused {
		t.Errorf("stopped by %+v", s)
	}
}

// TestAPersonIsAskedOnce: for the certificate and for the password, however
// many connections are made.
func TestAPersonIsAskedOnce(t *testing.T) {
	c, _ := scripted(t, full(ftptest.Plan{TLS: true, Verbs: verbs{"EPRT": ftptest.Drop}}), site.TLSExplicit)
	certificates, passwords := 0, 0
	c.conf.Roots = x509.NewCertPool()
	c.conf.Verify = func(_ context.Context, _ string, _ []*x509.Certificate, problem error) error {
		if certificates++; problem == nil {
			t.Error("nothing is wrong with it")
		}
		return nil
	}
	c.conf.Password = func(context.Context) (string, error) { passwords++; return secret, nil }
	c.run()
	c.want("pppppp ppFp pp nnnnn np")
	if certificates != 1 || passwords != 1 {
		t.Errorf("asked %d times about the certificate, %d times for the password", certificates, passwords)
	}
	c.fact(doctor.TLS, doctor.FactTrust, doctor.TrustPerson)
}

// TestCancel: whatever is going on ends, what follows is not tried, and the
// temporary file goes.
func TestCancel(t *testing.T) {
	for outcome, tc := range map[string]struct {
		verb string
		want string
	}{
		"in the login":   {"PASS", "ppp-F- ---- -- ----- --"},
		"in a listing":   {"MLSD", "ppp-pp F--- -- ----- --"},
		"in an upload":   {"STOR", "ppp-pp pppp -p F---? --"},
		"in a download":  {"RETR", "ppp-pp pppp -p pF--p --"},
		"while renaming": {"RNTO", "ppp-pp pppp -p pppFp --"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			never := make(chan struct{})
			hold := ftptest.Hold(never, nil)
			if tc.verb == "STOR" || tc.verb == "RETR" {
				hold = ftptest.Flow{At: 1000, Hold: never}.Serve
			}
			c, s := scripted(t, full(ftptest.Plan{Verbs: verbs{tc.verb: ftptest.InTurn(hold)}}), site.TLSOff)
			c.conf.Write = true
			c.conf.Unhurried()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan struct{})
			go func() {
				defer close(done)
				if s.Await(ctx, tc.verb, 1) == nil {
					cancel()
				}
			}()
			r := c.runWith(ctx)
			<-done
			c.want(tc.want)
			if s, ok := r.Stopped(); !ok || s.Kind() != vfs.KindCancelled {
				t.Errorf("stopped by %v", s)
			}
			if left := s.Names("/"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestCancelBetweenSteps is told by the step that would have been next.
func TestCancelBetweenSteps(t *testing.T) {
	for id, want := range map[doctor.StepID]string{
		doctor.Resolve:  "pF---- ---- -- ----- --",
		doctor.Connect:  "ppF--- ---- -- ----- --",
		doctor.Features: "ppp-pp F--- -- ----- --",
		doctor.PORT:     "ppp-pp pppp F- ----- --",
	} {
		c, _ := scripted(t, full(ftptest.Plan{}), site.TLSOff)
		ctx, cancel := context.WithCancel(t.Context())
		c.after = func(s doctor.Step) {
			if s.ID == id {
				cancel()
			}
		}
		r := c.runWith(ctx)
		c.want(want)
		if s, ok := r.Stopped(); !ok || s.Kind() != vfs.KindCancelled {
			t.Errorf("after %s: stopped by %v", id, s)
		}
		cancel()
	}
}

// TestThroughAProxy: what the proxy hides is not tried, and active mode cannot
// be.
func TestThroughAProxy(t *testing.T) {
	c, s := scripted(t, full(ftptest.Plan{}), site.TLSOff)
	c.conf.Site.Host = "only-the-proxy-knows.test"
	c.conf.Site.Proxy = "http://" + connectProxy(t)
	c.conf.Write = true
	r := c.run()
	c.want("--p-pp pp-- -p ppppp pp")
	if r.Proxy == "" || !r.Works() || r.Active.Best.Outcome != ftpfs.Impossible || r.BehindNAT() {
		t.Errorf("proxy %q, active %+v", r.Proxy, r.Active)
	}
	if left := s.Names("/"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// connectProxy is an HTTP proxy that takes every host for this computer.
func connectProxy(t *testing.T) (address string) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, port, err := net.SplitHostPort(r.Host)
		if err != nil || r.Method != http.MethodConnect {
			http.Error(w, "CONNECT only", http.StatusBadRequest)
			return
		}
		there, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer there.Close()
		here, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer here.Close()
		if _, err := io.WriteString(here, "HTTP/1.1 200 Connected\r\n\r\n"); err != nil {
			return
		}
		var both sync.WaitGroup
		both.Go(func() { _, _ = io.Copy(there, here); _ = there.(*net.TCPConn).CloseWrite() })
		both.Go(func() { _, _ = io.Copy(here, there); _ = here.(*net.TCPConn).CloseWrite() })
		both.Wait()
	}))
	t.Cleanup(proxy.Close)
	return proxy.Listener.Addr().String()
}

func TestProxyOfTheEnvironment(t *testing.T) {
	for outcome, tc := range map[string]struct {
		own  string
		all  string
		none string
		want string
	}{
		"none":                          {},
		"the environment's":             {all: "socks5://u:" + secret + "@p:1081", want: "p:1081"},
		"not for this host":             {all: "socks5://p", none: "ftp.example.org"},
		"the site's before it":          {own: "http://q:8080", all: "socks5://p", want: "q:8080"},
		"none, by the site":             {own: site.ProxyNone, all: "socks5://p"},
		"the usual port":                {all: "p", want: "p:3128"},
		"the usual port of SOCKS":       {all: "socks5h://p", want: "p:1080"},
		"nothing of what is not an URL": {all: "http://u:" + secret + "@p:x%zz", want: "(its address cannot be used)"},
	} {
		t.Run(outcome, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // nothing is connected to
			r := doctor.Run(ctx, doctor.Config{
				Site: site.Site{Host: "ftp.example.org", Proxy: tc.own},
				Environ: func(name string) string {
					return map[string]string{"ALL_PROXY": tc.all, "no_proxy": tc.none}[name]
				},
			}, nil)
			if r.Proxy != tc.want {
				t.Errorf("the proxy is %q, want %q", r.Proxy, tc.want)
			}
		})
	}
}
