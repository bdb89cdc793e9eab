package session

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestLoginShapes: a server may be content after USER, after PASS, or want an
// account (RFC 959, 5.4 and 6).
func TestLoginShapes(t *testing.T) {
	const account = "ledger-7"
	need, in := ftptest.Reply("332 Need account for login"), ftptest.LogIn("230 In")
	for outcome, tc := range map[string]struct {
		verbs   map[string]ftptest.Handler
		account string
		want    vfs.Kind
		sent    string // of the login
	}{
		"name alone is enough":        {verb("USER", in), "", vfs.KindOther, "USER FEAT TYPE"},
		"name and password":           {nil, "", vfs.KindOther, "USER PASS FEAT TYPE"},
		"superfluous password":        {verb("PASS", ftptest.LogIn("202 Superfluous")), "", vfs.KindOther, "USER PASS FEAT TYPE"},
		"an account too":              {map[string]ftptest.Handler{"PASS": need, "ACCT": in}, account, vfs.KindOther, "USER PASS ACCT FEAT TYPE"},
		"an account for the password": {map[string]ftptest.Handler{"USER": need, "ACCT": in}, account, vfs.KindOther, "USER ACCT FEAT TYPE"},
		"superfluous account":         {map[string]ftptest.Handler{"PASS": need, "ACCT": ftptest.LogIn("202 Fine")}, account, vfs.KindOther, "USER PASS ACCT FEAT TYPE"},
		"an account nobody asks for":  {nil, account, vfs.KindOther, "USER PASS FEAT TYPE"},
		"an account that is missing":  {verb("PASS", need), "", vfs.KindLogin, "USER PASS"},
		"an account that is wrong":    {map[string]ftptest.Handler{"PASS": need, "ACCT": ftptest.Reply("530 No account " + account)}, account, vfs.KindLogin, "USER PASS ACCT"},
		"a second password":           {verb("PASS", ftptest.Reply("331 And the next one")), "", vfs.KindLogin, "USER PASS"},
		"greeted twice":               {verb("USER", ftptest.All(ftptest.Reply("220 And hello again"), ftptest.Default)), "", vfs.KindOther, "USER NOOP PASS FEAT TYPE"},
		"an answer to nothing":        {verb("PASS", ftptest.Reply("211 Status")), "", vfs.KindProtocol, "USER PASS"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: tc.verbs})
			r.conf.Site.Account = tc.account
			var told string
			if tc.want == vfs.KindOther {
				r.works(r.open())
			} else {
				_, err := Open(t.Context(), r.conf)
				r.wants(err, tc.want)
				if told = err.Error(); strings.Contains(outcome, "missing") && !strings.Contains(told, "wants an account") {
					t.Errorf("told %s", told)
				}
			}
			if sent := r.since(0); !strings.HasPrefix(sent, tc.sent) {
				t.Errorf("sent %s", sent)
			}
			if strings.Contains(r.transcript()+told, account) {
				t.Error("the account is told")
			}
		})
	}
}

// TestAccountForStoring: some hosts ask for it behind STOR (532).
func TestAccountForStoring(t *testing.T) {
	need := ftptest.InTurn(ftptest.Reply("532 Need account for storing files"))
	for outcome, tc := range map[string]struct {
		account string
		acct    ftptest.Handler
		want    vfs.Kind
		sent    int
	}{
		"given":    {"ledger", ftptest.Reply("230 Noted"), vfs.KindOther, 2},
		"refused":  {"ledger", ftptest.Reply("530 Who?"), vfs.KindLogin, 1},
		"none set": {"", ftptest.Silence, vfs.KindLogin, 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{"STOR": need, "ACCT": tc.acct}})
			need = ftptest.InTurn(ftptest.Reply("532 Need account for storing files"))
			r.conf.Site.Account = tc.account
			s := r.open()
			err := write(t.Context(), s, "/up", "content")
			r.wants(err, tc.want)
			if got, _ := r.Get("/up"); (string(got) == "content") != (err == nil) || r.Count("STOR") != tc.sent {
				t.Errorf("stored %q, %d STOR", got, r.Count("STOR"))
			}
			if tc.account == "" && !strings.Contains(err.Error(), "wants an account") {
				t.Errorf("told %v", err)
			}
			r.works(s)
		})
	}
}

// TestSiteCommands are sent as they are behind the login and before the type
// is set, which they may change; a refusal ends the login and names them.
func TestSiteCommands(t *testing.T) {
	for outcome, tc := range map[string]struct {
		lines []string
		want  vfs.Kind
		sent  string
	}{
		"all taken":            {[]string{"SITE CHMOD 600 f", "NOOP", "TYPE A"}, vfs.KindOther, "FEAT SITE NOOP TYPE TYPE OPTS"},
		"one asks for more":    {[]string{"XMORE"}, vfs.KindOther, "FEAT XMORE TYPE OPTS"},
		"one refused":          {[]string{"NOOP", "SITE UMASK 022", "NOOP"}, vfs.KindUnsupported, "FEAT NOOP SITE"},
		"one refused for now":  {[]string{"XBUSY"}, vfs.KindUnsupported, "FEAT XBUSY"},
		"one ends the session": {[]string{"XEND"}, vfs.KindBusy, "FEAT XEND"},
		"one not allowed":      {[]string{"SITE X\r\nDELE f"}, vfs.KindBadName, "FEAT"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{
				Verbs: map[string]ftptest.Handler{"XBUSY": ftptest.Reply("450 Later"), "XEND": ftptest.Reply("421 No more of this"), "XMORE": ftptest.Reply("350 Go on")},
				Files: map[string]string{"/f": "x"},
			})
			r.conf.Site.Commands = tc.lines
			s, err := Open(t.Context(), r.conf)
			r.wants(err, tc.want)
			if err == nil {
				r.works(s)
				r.must(s.Close())
			} else if tc.want != vfs.KindBadName && !strings.Contains(err.Error(), tc.lines[len(tc.lines)/2]) {
				t.Errorf("told %v", err)
			}
			if sent := r.since(2); !strings.HasPrefix(sent, tc.sent) || err != nil && sent != tc.sent {
				t.Errorf("sent %s", sent)
			}
		})
	}
}

// TestDoubt: the type is set anew before the next transfer, and once; not
// before anything else.
func TestDoubt(t *testing.T) {
	get := func(s *Session) error { _, err := read(t.Context(), s, "/f"); return err }
	for outcome, tc := range map[string]struct {
		do   func(s *Session) error
		sent string
	}{
		"a download": {get, "TYPE SIZE EPSV RETR SIZE EPSV RETR"},
		"an upload":  {func(s *Session) error { return write(t.Context(), s, "/up", "x") }, "TYPE EPSV STOR EPSV STOR"},
		"a look":     {func(s *Session) error { _, err := s.Stat(t.Context(), vfs.MustParse("/f")); return err }, "TYPE SIZE SIZE"},
		"a digest": {func(s *Session) error {
			_, err := s.Hash(t.Context(), vfs.MustParse("/f"), vfs.MD5)
			return err
		}, "TYPE SIZE XMD5 SIZE XMD5"},
		"no transfer": {func(s *Session) error { return s.Noop(t.Context()) }, "NOOP NOOP"},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			r := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{
				"FEAT": feat("SIZE", "REST STREAM", "XMD5"), "XMD5": ftptest.Reply("250 " + helloMD5),
			}, Files: map[string]string{"/f": "hello"}})
			s := r.open()
			n := len(r.Commands())
			s.Doubt()
			r.must(tc.do(s))
			r.must(tc.do(s))
			if sent := r.since(n); sent != tc.sent {
				t.Errorf("sent %s", sent)
			}
		})
	}
}

// TestDoubtStays until the server has confirmed the type.
func TestDoubtStays(t *testing.T) {
	r := script(t, ftptest.Plan{
		Verbs: verb("TYPE", ftptest.InTurn(ftptest.Default, ftptest.Reply("504 Not now"), ftptest.Reply("202 Of course"))),
		Files: map[string]string{"/f": "hello"},
	})
	s := r.open()
	s.Doubt()
	for range 2 {
		_, err := read(t.Context(), s, "/f")
		r.wants(err, vfs.KindProtocol)
	}
	r.works(s)
	if r.Count("TYPE") != 4 || r.Count("RETR") != 1 {
		t.Errorf("%d TYPE, %d RETR", r.Count("TYPE"), r.Count("RETR"))
	}
}

// TestTypeForgotten: a session that fell back to text gives another number of
// bytes, which is told, and after Doubt the right ones.
func TestTypeForgotten(t *testing.T) {
	const content = "one\ntwo\n"
	r := script(t, ftptest.Plan{Verbs: verb("CWD", ftptest.InTurn(ftptest.FallToText)), Without: []string{"MLST"}, Files: map[string]string{"/f": content}})
	s := r.open()
	_, err := s.List(t.Context(), vfs.Root())
	r.must(err)
	got, err := read(t.Context(), s, "/f")
	if err == nil && got == content {
		t.Fatal("the server did not forget")
	}
	s.Doubt()
	got, err = read(t.Context(), s, "/f")
	r.must(err)
	if got != content {
		t.Errorf("read %q", got)
	}
}

// TestFactsOfTheConnection: the ends and the certificate are known, and in
// clear there is none.
func TestFactsOfTheConnection(t *testing.T) {
	for _, sec := range []bool{false, true} {
		r := script(t, ftptest.Plan{TLS: sec})
		s := r.open()
		r.works(s)
		f := s.Facts()
		if (f.Certificate != nil) != sec || sec && !f.Certificate.Equal(r.Identity.Certificate) {
			t.Errorf("TLS %v: certificate %v", sec, f.Certificate)
		}
		if f.Peer.Port() != uint16(r.Port) || f.Local.Port() == 0 || f.Proxied || len(f.Attempts) != 1 || f.Switch != nil {
			t.Errorf("%+v", f)
		}
		if len(f.Feat) == 0 || f.Encoding != "utf-8" {
			t.Errorf("FEAT %q, encoding %q", f.Feat, f.Encoding)
		}
	}
}

// TestConfigGoesThrough to where data connections and proxies are made.
func TestConfigGoesThrough(t *testing.T) {
	r := script(t, ftptest.Plan{})
	asked := map[string]bool{}
	r.conf.Environ = func(name string) string { asked[strings.ToUpper(name)] = true; return "" }
	r.conf.Only = []wire.Rung{wire.PORT}
	s := r.open()
	r.works(s)
	if f := s.Facts(); f.Via != "PORT" || r.Count("EPSV")+r.Count("PASV") > 0 {
		t.Errorf("data connections by %s", f.Via)
	}
	if !asked["ALL_PROXY"] {
		t.Errorf("the environment was asked for %v", asked)
	}
	r.conf.Site.Proxy, r.conf.Timeout = "socks5://me@127.0.0.1:"+strconv.Itoa(closed), time.Minute
	secret := 0
	r.conf.ProxyPassword = func(context.Context) (string, error) { secret++; return "x", nil }
	_, err := Open(t.Context(), r.conf)
	r.wants(err, vfs.KindRefused)
	if secret > 1 || r.Sessions() != 1 {
		t.Errorf("asked %d times, %d connections", secret, r.Sessions())
	}
}

// TestUnjudgedCertificate: without anybody to ask a problem is final.
func TestUnjudgedCertificate(t *testing.T) {
	r := script(t, ftptest.Plan{TLS: true})
	r.conf.Roots, r.conf.Site.TLS = nil, site.TLSExplicit
	_, err := Open(t.Context(), r.conf)
	r.wants(err, vfs.KindCert)
	var fault *vfs.Error
	if !errors.As(err, &fault) || fault.Err == nil {
		t.Errorf("the problem is not told: %v", err)
	}
}
