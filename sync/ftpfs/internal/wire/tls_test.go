package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestNothingInClear: where TLS is required, whatever the server says before
// it, nothing but AUTH goes out in clear, and the session does not come about.
func TestNothingInClear(t *testing.T) {
	for outcome, tc := range map[string]struct {
		plan ftptest.Plan
		want vfs.Kind
	}{
		"AUTH unknown":                      {ftptest.Plan{Verbs: verbs("AUTH", "500 Unknown")}, vfs.KindTLS},
		"AUTH not implemented":              {ftptest.Plan{Verbs: verbs("AUTH", "502 No")}, vfs.KindTLS},
		"AUTH not now":                      {ftptest.Plan{Verbs: verbs("AUTH", "431 Not now")}, vfs.KindTLS},
		"AUTH accepted by another code":     {ftptest.Plan{Verbs: verbs("AUTH", "200 Fine")}, vfs.KindTLS},
		"AUTH wants more data":              {ftptest.Plan{Verbs: verbs("AUTH", "334 ADAT")}, vfs.KindTLS},
		"AUTH as if logged in":              {ftptest.Plan{Verbs: verbs("AUTH", "230 Welcome")}, vfs.KindTLS},
		"AUTH too many":                     {ftptest.Plan{Verbs: verbs("AUTH", "421 Too many")}, vfs.KindBusy},
		"234 and then clear text":           {ftptest.Plan{Verbs: verbs("AUTH", "234 Go")}, vfs.KindTLS},
		"234 and more behind it":            {ftptest.Plan{TLS: true, Verbs: verbs("AUTH", injected)}, vfs.KindTLS},
		"234 in the greeting's shadow":      {ftptest.Plan{TLS: true, Greeting: ftptest.Reply("220 Hi\n234 Go")}, vfs.KindTLS},
		"230 in the greeting's shadow":      {ftptest.Plan{TLS: true, Greeting: ftptest.Reply("220 Hi\n230 Welcome")}, vfs.KindTLS},
		"logged in by the greeting":         {ftptest.Plan{TLS: true, Greeting: ftptest.Reply("230 Welcome")}, vfs.KindNotFTP},
		"no TLS on the port that is TLS":    {ftptest.Plan{}, vfs.KindTLS},
		"a certificate of nobody":           {ftptest.Plan{TLS: true}, vfs.KindCert},
		"a certificate of nobody, implicit": {ftptest.Plan{TLS: true, Implicit: true}, vfs.KindCert},
	} {
		for _, way := range []site.TLS{site.TLSExplicit, site.TLSDefault, site.TLSImplicit} {
			implicit := tc.plan.Implicit || strings.HasPrefix(outcome, "no TLS")
			if implicit != (way == site.TLSImplicit) {
				continue
			}
			t.Run(outcome+", "+string(way), func(t *testing.T) {
				t.Parallel()
				r := script(t, tc.plan)
				r.conf.Site.TLS = way
				if tc.want == vfs.KindCert {
					r.conf.Roots = x509.NewCertPool()
				}
				if outcome == "234 and then clear text" || way == site.TLSImplicit && !tc.plan.TLS {
					r.conf.Timeout = 3 * time.Second
				}
				c, err := Dial(t.Context(), r.conf)
				if err == nil {
					c.Close(false)
				}
				if kind := vfs.KindOf(err); kind != tc.want && (kind != vfs.KindTimeout || r.conf.Timeout == time.Minute) {
					t.Errorf("got %v, want %v", err, tc.want)
				}
				for _, cmd := range r.Commands() {
					// Our part of a handshake looks like a command of a letter now and then.
					if cmd.String() != "AUTH TLS" && len(cmd.Verb) >= 3 && strings.Trim(cmd.Verb, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
						t.Errorf("sent %q", cmd)
					}
				}
			})
		}
	}
}

// injected is what somebody on the way would do: one more reply in clear, and
// then the true server's handshake.
func injected(c *ftptest.Conn, _ string) {
	c.Raw([]byte("234 Go\r\n331 injected\r\n"))
	_ = c.StartTLS()
}

// TestProtRefused: no listing and no file in clear either.
func TestProtRefused(t *testing.T) {
	for outcome, reply := range map[string]string{
		"no such level":      "536 Clear only",
		"not known":          "500 Unknown",
		"wants more":         "334 More",
		"denied for reasons": "534 Denied",
	} {
		t.Run(outcome, func(t *testing.T) {
			r := script(t, ftptest.Plan{TLS: true, Verbs: verbs("PROT", reply)})
			c, err := Dial(t.Context(), r.conf)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close(false)
			wants(t, c.protect(), vfs.KindTLS)
		})
	}
}

// TestVerifyComesBeforeUser: a certificate that is another than the one the
// person accepted stops everything before a name or a password goes out.
func TestVerifyComesBeforeUser(t *testing.T) {
	for _, implicit := range []bool{false, true} {
		r := script(t, ftptest.Plan{TLS: true, Implicit: implicit})
		changed := &vfs.Error{Op: "connect", Kind: vfs.KindCert, Reply: "changed"}
		calls := 0
		r.conf.Verify = func(_ context.Context, host string, chain []*x509.Certificate, problem error) error {
			if calls++; host != r.conf.Site.Address() || !chain[0].Equal(r.Identity.Certificate) || problem != nil {
				t.Errorf("%s, %d certificates, %v", host, len(chain), problem)
			}
			return changed
		}
		_, err := Dial(t.Context(), r.conf)
		if !errors.Is(err, changed) || calls != 1 || r.Count("USER")+r.Count("PASS") != 0 {
			t.Errorf("%v; %d calls; %v", err, calls, r.Commands())
		}
	}
}

// TestExpiredAndTrusted: the person's yes is enough, and sessions are resumed
// with a certificate whose time is over, or yet to come.
func TestExpiredAndTrusted(t *testing.T) {
	now := time.Now()
	for outcome, validity := range map[string]ftptest.Validity{
		"over":        {From: now.Add(-48 * time.Hour), Until: now.Add(-24 * time.Hour)},
		"yet to come": {From: now.Add(24 * time.Hour), Until: now.Add(48 * time.Hour)},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(outcome+", "+tls.VersionName(version), func(t *testing.T) {
				t.Parallel()
				id, err := ftptest.NewIdentity(validity)
				if err != nil {
					t.Fatal(err)
				}
				r := script(t, ftptest.Plan{TLS: true, Reuse: true, Identity: id})
				r.conf.MaxTLS = version
				r.conf.Verify = func(context.Context, string, []*x509.Certificate, error) error { return nil }
				c := r.login()
				wants(t, c.list(), vfs.KindOther)
				if f := c.Facts(); f.Resumed != 1 || f.TLSVersion != tls.VersionName(version) {
					t.Errorf("%+v", f)
				}
			})
		}
	}
}

// TestOtherCertificateOnData: another one there is another server, and gets
// not a byte.
func TestOtherCertificateOnData(t *testing.T) {
	other, err := ftptest.NewIdentity(ftptest.Validity{})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"STOR /up", "RETR /f"} {
		t.Run(line, func(t *testing.T) {
			hello := 0
			r := script(t, ftptest.Plan{TLS: true, Files: map[string]string{"/f": "content"}, TuneTLS: func(c *tls.Config) {
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
			c := r.login()
			got, err := c.transfer(t.Context(), line, "secret plans")
			wants(t, err, vfs.KindCert)
			if up, _ := r.Get("/up"); len(up) != 0 || got != "" {
				t.Errorf("%q went up, %q came down", up, got)
			}
			if seen := outcomes(c.Attempts()); seen != "EPSV tls_failed" {
				t.Error(seen)
			}
		})
	}
}

// TestDowngradeIsALoss: TLS that ends on the control connection ends the
// connection, whatever comes in clear behind it (CCC, or somebody on the way).
func TestDowngradeIsALoss(t *testing.T) {
	id, err := ftptest.NewIdentity(ftptest.Validity{})
	if err != nil {
		t.Fatal(err)
	}
	for outcome, notify := range map[string]bool{"after a close_notify": true, "out of the blue": false} {
		t.Run(outcome, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = ln.Close() }()
			heard := make(chan string, 1)
			go func() { heard <- downgrade(ln, id, notify) }()
			c, err := Dial(t.Context(), Config{
				Site:  site.Site{Host: "127.0.0.1", Port: ln.Addr().(*net.TCPAddr).Port, TLS: site.TLSExplicit, User: "x"},
				Roots: id.CA, Learned: &Learned{}, Timeout: time.Minute,
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Command("NOOP")
			wants(t, err, vfs.KindLost)
			_, err = c.Command("PASS tide")
			wants(t, err, vfs.KindLost)
			c.Close(false)
			if rest := <-heard; rest != "" {
				t.Errorf("in clear went %q", rest)
			}
		})
	}
}

// downgrade is a server that answers the first command behind TLS in clear,
// and returns what it hears in clear from then on.
func downgrade(ln net.Listener, id *ftptest.Identity, notify bool) string {
	raw, err := ln.Accept()
	if err != nil {
		return err.Error()
	}
	defer func() { _ = raw.Close() }()
	_, _ = io.WriteString(raw, "220 Hi\r\n")
	_, _ = raw.Read(make([]byte, 100))
	_, _ = io.WriteString(raw, "234 Go\r\n")
	secured := tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{id.TLS}})
	if _, err := bufio.NewReader(secured).ReadString('\n'); err != nil {
		return err.Error()
	}
	if notify {
		_ = secured.CloseWrite()
	}
	_, _ = io.WriteString(raw, "200 Still here\r\n331 Password, please\r\n")
	rest, _ := io.ReadAll(raw)
	for len(rest) > headerLen && rest[0] == typeAlert || len(rest) > headerLen && rest[0] == typeAppData && rest[1] == 3 {
		rest = rest[min(len(rest), headerLen+int(rest[3])<<8+int(rest[4])):] // the client's own goodbye
	}
	return string(rest)
}

// TestDataHandshakeTakesOneRoundTrip: the group that the server chose for the
// control connection is offered at once.
func TestDataHandshakeTakesOneRoundTrip(t *testing.T) {
	p := plan()
	p.TLS, p.Reuse = true, true
	p.TuneTLS = func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.CurveP256} }
	c := script(t, p).login()
	if _, err := c.transfer(t.Context(), "RETR /f", ""); err != nil {
		t.Fatal(err)
	}
	state := c.Data().stream.(*tls.Conn).ConnectionState()
	if state.HelloRetryRequest || state.CurveID != tls.CurveP256 {
		t.Error(state.HelloRetryRequest, state.CurveID)
	}
}

// TestKeysAreAgreedOnAtOnce from the second login on, also of a server that wants it
// otherwise by then.
func TestKeysAreAgreedOnAtOnce(t *testing.T) {
	for outcome, tc := range map[string]struct {
		wants  []tls.CurveID // at each handshake of a control connection
		capped uint16
		asked  []bool // whether another one was offered first, by login
		known  tls.CurveID
	}{
		"as the server wants it":         {wants: []tls.CurveID{tls.CurveP256, tls.CurveP256, tls.CurveP256}, asked: []bool{true, false, false}, known: tls.CurveP256},
		"where it takes what we offer":   {wants: []tls.CurveID{tls.X25519, tls.X25519}, asked: []bool{false, false}},
		"no more once it wants another":  {wants: []tls.CurveID{tls.CurveP256, tls.X25519, tls.X25519, tls.X25519}, asked: []bool{true, false, false}},
		"and it may change its mind":     {wants: []tls.CurveID{tls.CurveP256, tls.CurveP384, tls.CurveP384, tls.CurveP384}, asked: []bool{true, true, false}, known: tls.CurveP384},
		"in TLS 1.2, where nobody loses": {wants: []tls.CurveID{tls.CurveP256, tls.CurveP256}, capped: tls.VersionTLS12, asked: []bool{false, false}},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			p := plan()
			p.TLS = true
			var mu sync.Mutex
			wants := tc.wants
			p.TuneTLS = func(base *tls.Config) {
				base.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
					mu.Lock()
					defer mu.Unlock()
					mine := base.Clone()
					mine.CurvePreferences, wants = wants[:1], wants[1:]
					return mine, nil
				}
			}
			r := script(t, p)
			r.conf.MaxTLS = tc.capped
			for i, asked := range tc.asked {
				c := r.login()
				if state := c.conn.(*tls.Conn).ConnectionState(); state.HelloRetryRequest != asked {
					t.Errorf("login %d: asked for another: %t", i+1, state.HelloRetryRequest)
				}
			}
			if got := r.conf.Learned.keyGroup(); got != tc.known || len(wants) > 0 {
				t.Errorf("%v is known, %d handshakes are missing", got, len(wants))
			}
		})
	}
}
