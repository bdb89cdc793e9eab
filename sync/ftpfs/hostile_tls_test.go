package ftpfs_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wherry/sync/ftpfs"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// private is what a server must not hear before TLS stands.
var private = []string{"USER", "PASS", "ACCT", "LIST", "MLSD", "RETR", "STOR", "CWD", "PWD"}

// TestHostileTLS: where TLS is asked for, nothing goes in clear and nothing
// that came in clear is believed, whatever the server says.
func TestHostileTLS(t *testing.T) {
	t.Parallel()
	auth := func(h ftptest.Handler) ftptest.Plan { return ftptest.Plan{TLS: true, Verbs: on("AUTH", h)} }
	prot := func(text string) ftptest.Plan {
		return ftptest.Plan{TLS: true, Verbs: on("PROT", ftptest.Reply(text))}
	}
	greeting := func(bytes string) ftptest.Plan {
		return ftptest.Plan{TLS: true, Greeting: ftptest.Bytes(bytes)}
	}
	explicit := ftptest.Plan{TLS: true}
	never := func(r row) row {
		r.want, r.never, r.broken = vfs.KindTLS, private, true
		return r
	}
	kind := func(k vfs.Kind, r row) row { r = never(r); r.want = k; return r }
	rows := map[string]row{
		"AUTH unknown ends it":                            never(row{plan: auth(ftptest.Reply("500 AUTH not understood"))}),
		"AUTH not implemented ends it":                    never(row{plan: auth(ftptest.Reply("502 No"))}),
		"AUTH refused ends it":                            never(row{plan: auth(ftptest.Reply("504 No such protection"))}),
		"AUTH that wants a login first ends it":           never(row{plan: auth(ftptest.Reply("530 Log in first"))}),
		"AUTH refused for policy ends it":                 never(row{plan: auth(ftptest.Reply("534 Policy"))}),
		"AUTH that is done without TLS ends it":           never(row{plan: auth(ftptest.Reply("200 You are safe"))}),
		"AUTH that logs in ends it":                       never(row{plan: auth(ftptest.LogIn("230 You are in"))}),
		"AUTH that wants more ends it":                    never(row{plan: auth(ftptest.Reply("334 Send ADAT"))}),
		"AUTH that fails for now ends it":                 never(row{plan: auth(ftptest.Reply("431 Security resource unavailable"))}),
		"a reply in clear behind 234 ends it":             never(row{plan: auth(ftptest.All(ftptest.Bytes("234 Go\r\n331 injected\r\n"), handshake))}),
		"234 and garbage for a handshake ends it":         never(row{plan: auth(ftptest.All(ftptest.Reply("234 Go"), ftptest.Bytes("220 Plain text follows\r\n"))), hello: true}),
		"234 and a hang-up ends it":                       kind(vfs.KindTLS, row{plan: auth(ftptest.All(ftptest.Reply("234 Go"), ftptest.Drop))}),
		"234 and silence ends by the limit":               kind(vfs.KindTimeout, row{plan: auth(ftptest.All(ftptest.Reply("234 Go"), held)), ends: reply, held: true}),
		"a greeting with the 234 already in it ends it":   never(row{plan: greeting("220 Hello\r\n234 Go\r\n"), hello: true}),
		"a greeting that is logged in is none":            kind(vfs.KindNotFTP, row{plan: greeting("230 You are in, send files\r\n")}),
		"a greeting that says TLS is on is no TLS":        never(row{plan: ftptest.Plan{Greeting: ftptest.Reply("220 This connection is encrypted (TLS)")}, sec: site.TLSExplicit}),
		"a server without TLS where it is implied":        kind(vfs.KindTLS, row{plan: ftptest.Plan{}, sec: site.TLSImplicit, hello: true}),
		"TLS by default is required too":                  never(row{plan: ftptest.Plan{}, sec: site.TLSExplicit, tune: func(_ *bench, c *ftpfs.Config) { c.Site.TLS = site.TLSDefault }}),
		"TLS 1.1 is too old":                              never(row{plan: ftptest.Plan{TLS: true, TuneTLS: func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }}}),
		"a certificate of nobody stops ahead of USER":     kind(vfs.KindCert, row{plan: explicit, tune: func(_ *bench, c *ftpfs.Config) { c.Roots = x509.NewCertPool() }}),
		"an expired one stops ahead of USER":              kind(vfs.KindCert, row{plan: ftptest.Plan{TLS: true, Identity: identity(t, ftptest.Validity{From: time.Now().Add(-48 * time.Hour), Until: time.Now().Add(-24 * time.Hour)})}}),
		"one of next week stops ahead of USER":            kind(vfs.KindCert, row{plan: ftptest.Plan{TLS: true, Identity: identity(t, ftptest.Validity{From: time.Now().Add(24 * time.Hour), Until: time.Now().Add(48 * time.Hour)})}}),
		"one for another name stops ahead of USER":        kind(vfs.KindCert, row{plan: ftptest.Plan{TLS: true, Identity: identity(t, ftptest.Validity{}, "shared.hosting.example")}}),
		"a person's no stops ahead of USER":               kind(vfs.KindCert, row{plan: explicit, tune: refuseCert}),
		"PROT P refused ends it ahead of any data":        {plan: prot("536 Clear only"), want: vfs.KindTLS, never: []string{"LIST", "MLSD", "RETR", "STOR", "EPSV"}, broken: true},
		"PROT P unknown ends it ahead of any data":        {plan: prot("502 No"), want: vfs.KindTLS, never: []string{"LIST", "MLSD", "RETR", "STOR", "EPSV"}, broken: true},
		"a listing in clear after PROT P is not read":     {plan: prot("200 Protected, says who"), want: vfs.KindTLS, also: nothing, broken: true, clear: true},
		"a file in clear after PROT P is not read":        {plan: prot("200 Protected, says who"), do: get("/f"), want: vfs.KindTLS, also: reads(""), broken: true, clear: true},
		"a file is not sent in clear after PROT P":        {plan: prot("200 Protected, says who"), do: put("/up", content), ends: both, want: vfs.KindLost, also: unsent, broken: true, clear: true},
		"clear text in the middle of TLS is a loss":       {plan: overTLS(once("SIZE", ftptest.InClear("213 35"))), do: get("/f"), want: vfs.KindLost, also: reads("")},
		"clear text for 226 is looked into anew":          {plan: overTLS(once("RETR", ftptest.Flow{Finals: []string{}, After: ftptest.InClear("226 Done")}.Serve)), do: get("/f"), also: reads(content)},
		"close_notify in the middle is made anew":         {plan: overTLS(ftptest.Plan{Verbs: on("MLSD", ftptest.InTurn(ftptest.Default, ftptest.Drop))}), do: after(list("/"), list("/")), also: lists("f")},
		"data that do not resume are told as TLS":         {plan: ftptest.Plan{TLS: true, Verbs: on("MLSD", ftptest.InTurn(ftptest.Reply("522 SSL connection failed; session reuse required")))}, want: vfs.KindTLS, also: nothing},
		"data must resume and do, TLS 1.3":                {plan: ftptest.Plan{TLS: true, Reuse: true}, do: after(list("/"), get("/f"), put("/up", content)), also: stores("/up", content)},
		"data must resume and do, TLS 1.2":                {plan: ftptest.Plan{TLS: true, Reuse: true, TuneTLS: func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }}, do: after(list("/"), get("/f"), put("/up", content)), also: stores("/up", content)},
		"data must resume and do, implicit":               {plan: ftptest.Plan{Implicit: true, Reuse: true}, do: after(list("/"), get("/f"), put("/up", content)), also: stores("/up", content)},
		"data need not resume where no tickets are":       {plan: ftptest.Plan{TLS: true, TuneTLS: func(c *tls.Config) { c.SessionTicketsDisabled = true }}, do: after(list("/"), get("/f"), put("/up", content)), also: stores("/up", content)},
		"active mode is encrypted too":                    {plan: ftptest.Plan{TLS: true, Reuse: true}, mode: site.ModeActive, do: after(list("/"), get("/f"), put("/up", content)), also: stores("/up", content)},
		"an anonymous login may go in clear":              {plan: ftptest.Plan{User: site.Anonymous, Password: "anonymous@"}, sec: site.TLSOff, tune: func(_ *bench, c *ftpfs.Config) { c.Site.TLS, c.Password = site.TLSDefault, nil }, also: lists("f")},
		"an anonymous login that asks for TLS may not":    kind(vfs.KindTLS, row{plan: ftptest.Plan{User: site.Anonymous, Password: "anonymous@"}, sec: site.TLSExplicit}),
		"another certificate for the data is no server":   {plan: swapping(t), want: vfs.KindCert, also: nothing, broken: true},
		"silence in the handshake of the data has an end": {plan: overTLS(once("MLSD", ftptest.All(ftptest.Reply("150 Here"), held))), ends: both, want: vfs.KindTimeout, also: nothing, held: true},
	}
	catalogue(t, rows)
}

func handshake(c *ftptest.Conn, _ string) { _ = c.StartTLS() }

func refuseCert(_ *bench, c *ftpfs.Config) {
	c.Verify = func(context.Context, string, []*x509.Certificate, error) error {
		return &vfs.Error{Op: "connect", Kind: vfs.KindCert}
	}
}

func identity(t *testing.T, v ftptest.Validity, names ...string) *ftptest.Identity {
	t.Helper()
	id, err := ftptest.NewIdentity(v, names...)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// swapping shows one certificate on the control connection and another
// afterwards.
func swapping(t *testing.T) ftptest.Plan {
	t.Helper()
	other := identity(t, ftptest.Validity{})
	var shown atomic.Bool
	return ftptest.Plan{TLS: true, TuneTLS: func(c *tls.Config) {
		first := c.Certificates[0]
		c.Certificates, c.SessionTicketsDisabled = nil, true
		c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if shown.CompareAndSwap(false, true) {
				return &first, nil
			}
			return &other.TLS, nil
		}
	}}
}

// unsent fails when any of the content reached the server.
func unsent(b *bench) {
	b.Helper()
	if got, _ := b.srv.Get("/up"); strings.Contains(string(got), content[:5]) {
		b.Errorf("the server has %q", got)
	}
}
