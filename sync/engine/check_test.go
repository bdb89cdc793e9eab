package engine

import (
	"context"
	"crypto/x509"
	"testing"

	"go.uber.org/goleak"

	"wherry/sync/ftpfs/doctor"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trust"
	"wherry/sync/vfs"
)

// TestCheckAsksAsConnectDoes: one question each, whose answers also serve the
// connection made afterwards.
func TestCheckAsksAsConnectDoes(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	s := ftptest.Script(t, ftptest.Plan{TLS: true, Files: map[string]string{"/a": "1"}})
	p := &person{password: s.Password, answer: trust.Once}
	e := start(t, Config{Asker: p, Roots: x509.NewCertPool()})
	steps := 0
	r, err := e.Check(ctxOf(t), s.Site(site.ModeAuto, site.TLSExplicit), "", true, vfs.Path{}, func(doctor.Step) { steps++ })
	if err != nil || !r.Works() || steps != len(r.Steps) {
		t.Fatalf("%v, works %v, %d steps told of %d", err, r.Works(), steps, len(r.Steps))
	}
	if _, _, err := e.Connect(ctxOf(t), s.Site(site.ModeAuto, site.TLSExplicit), ""); err != nil {
		t.Fatal(err)
	}
	if p.passwords != 1 || p.certs != 1 {
		t.Errorf("asked %d times for the password, %d times about the certificate", p.passwords, p.certs)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// TestCheckLeavesOpenConnectionsAlone, also where it is given other settings
// and a password that is refused.
func TestCheckLeavesOpenConnectionsAlone(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/a": "1"}})
	e := start(t, Config{})
	one := s.Site(site.ModePassive, site.TLSOff)
	id, fs, err := e.Connect(ctxOf(t), one, s.Password)
	if err != nil {
		t.Fatal(err)
	}
	before := e.opened(id)
	one.Mode = site.ModeActive
	r, err := e.Check(ctxOf(t), one, "wrong", false, vfs.Path{}, nil)
	if stopped, ok := r.Stopped(); err != nil || !ok || stopped.Kind() != vfs.KindLogin {
		t.Fatalf("%v, stopped by %+v", err, stopped)
	}
	if r, err = e.Check(ctxOf(t), one, "", false, vfs.Path{}, nil); err != nil || !r.Works() {
		t.Errorf("with the password of the connection: %v, %v", err, r.Works())
	}
	if after := e.opened(id); after != before || after.site.Mode != site.ModePassive {
		t.Errorf("the connection was replaced: %+v", after)
	}
	if _, err := fs.List(ctxOf(t), vfs.Root()); err != nil {
		t.Error(err)
	}
}

func TestARefusedPasswordIsNotKeptByCheck(t *testing.T) {
	s := ftptest.Script(t, ftptest.Plan{})
	p := &person{password: "wrong"}
	e := start(t, Config{Asker: p})
	one := s.Site(site.ModeAuto, site.TLSOff)
	for range 2 {
		if _, err := e.Check(ctxOf(t), one, "", false, vfs.Path{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if p.passwords != 2 {
		t.Errorf("asked %d times", p.passwords)
	}
	if s.Count("PASS") != 2 {
		t.Errorf("%d logins were tried", s.Count("PASS"))
	}
}

func TestCheckRefuses(t *testing.T) {
	e := start(t, Config{})
	if _, err := e.Check(ctxOf(t), site.Site{}, "", false, vfs.Path{}, nil); vfs.KindOf(err) != vfs.KindBadName {
		t.Errorf("a site without a host: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Check(context.WithoutCancel(t.Context()), site.Site{Host: "127.0.0.1"}, "", false, vfs.Path{}, nil); vfs.KindOf(err) != vfs.KindCancelled {
		t.Errorf("a closed engine: %v", err)
	}
}

// TestCheckForgetsNoPasswordThatMayBeRight: neither that of an open connection
// when the server lets nobody else in, nor the known one where another was
// given for the check.
func TestCheckForgetsNoPasswordThatMayBeRight(t *testing.T) {
	refuse := ftptest.Reply("530 Not now")
	s := ftptest.Script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{"PASS": ftptest.InTurn(ftptest.Default, refuse, refuse)}})
	e := start(t, Config{})
	one := s.Site(site.ModeAuto, site.TLSOff)
	id, _, err := e.Connect(ctxOf(t), one, s.Password)
	if err != nil {
		t.Fatal(err)
	}
	known := func() bool {
		_, ok, err := e.session.Get(ctxOf(t), id)
		return ok && err == nil
	}
	for _, tc := range [][2]string{{"open", ""}, {"closed", "wrong"}} {
		outcome, password := tc[0], tc[1]
		r, err := e.Check(ctxOf(t), one, password, false, vfs.Path{}, nil)
		if stopped, ok := r.Stopped(); err != nil || !ok || stopped.Kind() != vfs.KindLogin {
			t.Errorf("%s: %v, stopped by %+v", outcome, err, stopped)
		}
		if !known() {
			t.Errorf("%s: the password is forgotten", outcome)
		}
		if err := e.Disconnect(id); err != nil {
			t.Fatal(err)
		}
	}
}
