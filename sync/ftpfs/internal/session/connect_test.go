package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestConnectFailures: each way not to get a session has its own kind.
func TestConnectFailures(t *testing.T) {
	for outcome, tc := range map[string]struct {
		want vfs.Kind
		plan ftptest.Plan
		mod  func(*Config)
	}{
		"SSH is not FTP":             {vfs.KindNotFTP, ftptest.Plan{Greeting: ftptest.Bytes("SSH-2.0-OpenSSH_9.2\r\n")}, nil},
		"HTTP is not FTP":            {vfs.KindNotFTP, ftptest.Plan{Greeting: ftptest.Bytes("HTTP/1.1 400 Bad Request\r\n\r\n")}, nil},
		"a greeting without end":     {vfs.KindNotFTP, ftptest.Plan{Greeting: ftptest.Flood("220 ", "x")}, nil},
		"a greeting of many lines":   {vfs.KindNotFTP, ftptest.Plan{Greeting: ftptest.Flood("220-\r\n", "220-x\r\n")}, nil},
		"a silent server":            {vfs.KindTimeout, ftptest.Plan{Greeting: ftptest.Silence}, nil},
		"a server that hangs up":     {vfs.KindLost, ftptest.Plan{Greeting: ftptest.Drop}, nil},
		"no room in the greeting":    {vfs.KindBusy, ftptest.Plan{Greeting: ftptest.Reply("421 Too many users")}, nil},
		"banned in the greeting":     {vfs.KindRefused, ftptest.Plan{Greeting: ftptest.Reply("500 Go away")}, nil},
		"wrong password":             {vfs.KindLogin, ftptest.Plan{}, wrongPassword},
		"no room at PASS":            {vfs.KindBusy, ftptest.Plan{Verbs: verb("PASS", ftptest.Reply("530 Sorry, the maximum number of clients"))}, nil},
		"no room at USER":            {vfs.KindBusy, ftptest.Plan{Verbs: verb("USER", ftptest.Reply("421 Service not available"))}, nil},
		"user refused":               {vfs.KindLogin, ftptest.Plan{Verbs: verb("USER", ftptest.Reply("530 This FTP server is anonymous only."))}, nil},
		"TLS wanted by the server":   {vfs.KindTLS, ftptest.Plan{Verbs: verb("USER", ftptest.Reply("530 Non-anonymous sessions must use encryption."))}, nil},
		"silence after PASS":         {vfs.KindTimeout, ftptest.Plan{Verbs: verb("PASS", ftptest.Silence)}, nil},
		"hung up after PASS":         {vfs.KindLost, ftptest.Plan{Verbs: verb("PASS", ftptest.Drop)}, nil},
		"a reply line without end":   {vfs.KindProtocol, ftptest.Plan{Verbs: verb("SYST", ftptest.Flood("215 ", "x"))}, nil},
		"a reply without end":        {vfs.KindProtocol, ftptest.Plan{Verbs: verb("SYST", ftptest.Flood("215-\r\n", "215-x\r\n"))}, nil},
		"replies without end":        {vfs.KindProtocol, ftptest.Plan{Verbs: verb("SYST", ftptest.Flood("", "215 x\r\n"))}, nil},
		"garbage for a reply":        {vfs.KindProtocol, ftptest.Plan{Verbs: verb("SYST", ftptest.Bytes("hello there\r\n"))}, nil},
		"binary type refused":        {vfs.KindProtocol, ftptest.Plan{Verbs: verb("TYPE", ftptest.Reply("504 Never"))}, nil},
		"AUTH refused":               {vfs.KindTLS, ftptest.Plan{}, useTLS(site.TLSExplicit)},
		"AUTH refused, by default":   {vfs.KindTLS, ftptest.Plan{}, useTLS(site.TLSDefault)},
		"no TLS on the implicit":     {vfs.KindTLS, ftptest.Plan{}, useTLS(site.TLSImplicit)},
		"bytes behind 234":           {vfs.KindTLS, ftptest.Plan{TLS: true, Verbs: verb("AUTH", injected)}, nil},
		"PROT P refused":             {vfs.KindTLS, ftptest.Plan{TLS: true, Verbs: verb("PROT", ftptest.Reply("536 Clear only"))}, nil},
		"certificate of nobody":      {vfs.KindCert, ftptest.Plan{TLS: true}, func(c *Config) { c.Roots = x509.NewCertPool() }},
		"certificate refused":        {vfs.KindCert, ftptest.Plan{TLS: true}, refuseCertificate},
		"an encoding that is none":   {vfs.KindUnsupported, ftptest.Plan{}, func(c *Config) { c.Site.Encoding = "klingon" }},
		"a line break in the secret": {vfs.KindLogin, ftptest.Plan{}, secret("a\r\nDELE b")},
		"a control in the secret":    {vfs.KindLogin, ftptest.Plan{}, secret("a\x01")},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, tc.plan)
			r.patience(tc.want)
			if tc.mod != nil {
				tc.mod(&r.conf)
			}
			s, err := Open(t.Context(), r.conf)
			if err == nil {
				_ = s.Close()
			}
			r.wants(err, tc.want)
			if tc.want == vfs.KindCert || tc.want == vfs.KindTLS && tc.plan.TLS {
				if n := r.Count("PASS"); n > 0 && r.Count("PROT") == 0 {
					t.Error("the password was sent")
				}
			}
			if strings.Contains(err.Error()+r.transcript(), r.Password) {
				t.Error("the password is told")
			}
		})
	}
}

// injected is what somebody on the way would do: one more reply in clear, and
// then the true server's handshake.
func injected(c *ftptest.Conn, _ string) {
	c.Raw([]byte("234 Go\r\n331 injected\r\n"))
	_ = c.StartTLS()
}

func verb(name string, h ftptest.Handler) map[string]ftptest.Handler {
	return map[string]ftptest.Handler{name: h}
}

func wrongPassword(c *Config) { secret("flood")(c) }

func secret(s string) func(*Config) {
	return func(c *Config) { c.Password = func(context.Context) (string, error) { return s, nil } }
}

func useTLS(way site.TLS) func(*Config) { return func(c *Config) { c.Site.TLS = way } }

func refuseCertificate(c *Config) {
	c.Verify = func(context.Context, string, []*x509.Certificate, error) error {
		return &vfs.Error{Op: "connect", Kind: vfs.KindCert}
	}
}

func TestNobodyListens(t *testing.T) {
	for outcome, tc := range map[string]struct {
		host string
		want vfs.Kind
	}{
		"closed port": {"127.0.0.1", vfs.KindRefused}, "no such host": {"no-such-host.invalid", vfs.KindHost},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			_, err := Open(t.Context(), Config{Site: site.Site{Host: tc.host, Port: closed, TLS: site.TLSOff, User: "x"}})
			if vfs.KindOf(err) != tc.want {
				t.Fatalf("%v, want %v", err, tc.want)
			}
		})
	}
}

// TestAnonymousMayGoInClear is the one exception to TLS being required.
func TestAnonymousMayGoInClear(t *testing.T) {
	r := script(t, ftptest.Plan{User: site.Anonymous, Password: "anonymous@"})
	r.conf.Site.TLS, r.conf.Password = site.TLSDefault, nil
	s := r.open()
	r.works(s)
	if !strings.Contains(r.transcript(), "not encrypted") {
		t.Error("the transcript does not say so")
	}
}

// TestVerifySeesTheProblem: the hook gets chain and problem before anything
// secret is sent, and its yes is enough, also for an expired certificate,
// whose sessions data connections must resume all the same.
func TestVerifySeesTheProblem(t *testing.T) {
	old := ftptest.Validity{From: time.Now().Add(-48 * time.Hour), Until: time.Now().Add(-24 * time.Hour)}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			id, err := ftptest.NewIdentity(old)
			if err != nil {
				t.Fatal(err)
			}
			r := script(t, ftptest.Plan{TLS: true, Reuse: true, Identity: id})
			r.conf.MaxTLS = version
			var seen error
			r.conf.Verify = func(_ context.Context, host string, chain []*x509.Certificate, problem error) error {
				if host != r.conf.Site.Address() || len(chain) != 2 || r.Count("USER") > 0 {
					t.Errorf("host %s, %d certificates, %d USER", host, len(chain), r.Count("USER"))
				}
				seen = problem
				return nil
			}
			s := r.open()
			var invalid x509.CertificateInvalidError
			if !errors.As(seen, &invalid) || invalid.Reason != x509.Expired {
				t.Errorf("problem %v", seen)
			}
			r.works(s)
			r.must(write(t.Context(), s, "/up", "content"))
			if f := s.Facts(); f.ResumedData != 2 || f.TLSVersion != tls.VersionName(version) {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestOtherCertificateOnData: another certificate there is another server.
func TestOtherCertificateOnData(t *testing.T) {
	other, err := ftptest.NewIdentity(ftptest.Validity{})
	if err != nil {
		t.Fatal(err)
	}
	hello := 0
	r := script(t, ftptest.Plan{TLS: true, TuneTLS: func(c *tls.Config) {
		first := c.Certificates[0]
		c.Certificates = nil
		c.SessionTicketsDisabled = true
		c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello++; hello == 1 {
				return &first, nil
			}
			return &other.TLS, nil
		}
	}})
	s := r.open()
	_, err = s.List(t.Context(), vfs.Root())
	r.wants(err, vfs.KindCert)
}

// TestNoSecretInTranscript: also not where the server repeats it.
func TestNoSecretInTranscript(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verb("PASS", ftptest.Reply("530 No user has the password tide"))})
	_, err := Open(t.Context(), r.conf)
	r.wants(err, vfs.KindLogin)
	if text := err.Error() + r.transcript(); strings.Contains(text, "tide") || !strings.Contains(text, "password ****") {
		t.Error(text)
	}
}

// TestPasswordAskedOnce: a server that hangs up while a person types costs a
// second connection and no second question.
func TestPasswordAskedOnce(t *testing.T) {
	r := script(t, ftptest.Plan{Verbs: verb("PASS", ftptest.InTurn(ftptest.Drop))})
	asked := 0
	r.conf.Password = func(context.Context) (string, error) { asked++; return r.Password, nil }
	r.works(r.open())
	if asked != 1 || r.Sessions() != 2 {
		t.Errorf("asked %d times, %d connections", asked, r.Sessions())
	}
}

// TestHomeIsWhatPWDSays holds the odd answers to PWD; the library panics on
// one of them.
func TestHomeIsWhatPWDSays(t *testing.T) {
	for outcome, tc := range map[string]struct{ reply, want string }{
		"quotes doubled":  {`257 "/a ""b"" c" is it`, `/a "b" c`},
		"quote unclosed":  {`257 "/unclosed`, "/"},
		"one quote":       {`257 "`, "/"},
		"no quotes":       {`257 /plain is it`, "/"},
		"not absolute":    {`257 "C:\home"`, "/"},
		"a way out of it": {`257 "/a/../b"`, "/"},
		"refused":         {`550 No`, "/"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: verb("PWD", ftptest.Reply(tc.reply))})
			if home := r.open().Facts().Home.String(); home != tc.want {
				t.Errorf("home is %q", home)
			}
		})
	}
}

// TestProxyIsNamed: what is wrong with the proxy is told of it, and not of the
// server behind it.
func TestProxyIsNamed(t *testing.T) {
	r := script(t, ftptest.Plan{})
	r.conf.Site.Host, r.conf.Site.Proxy = "ftp.example.org", "socks5://127.0.0.1:1"
	_, err := Open(t.Context(), r.conf)
	var named *vfs.Error
	if r.wants(err, vfs.KindRefused); !errors.As(err, &named) || named.Op != "connect" || named.Path != "127.0.0.1:1" {
		t.Errorf("%v", err)
	}
}
