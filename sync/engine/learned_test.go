package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/ftpfs"
	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/trust"
	"wherry/sync/vault"
	"wherry/sync/vfs"
)

// TestWhatWorkedIsTriedFirstNextTime: a server behind which passive mode does
// not work is known as such by every later run, whatever kind it is.
func TestWhatWorkedIsTriedFirstNextTime(t *testing.T) {
	srv := ftptest.Script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"EPSV": ftptest.Reply("502 Not here"), "PASV": ftptest.Reply("502 Not here"),
	}})
	dirs := Dirs{Config: t.TempDir(), State: filepath.Join(t.TempDir(), "made", "when needed")}
	quick := srv.Site(site.ModeAuto, site.TLSOff)
	saved := quick
	quick.Name, saved.Name = "", "shop"
	for i, run := range []struct {
		name    string
		site    site.Site
		oneShot bool
	}{
		{"a command", quick, true}, {"the window, with a saved site", saved, false}, {"a command again", quick, true},
	} {
		e := start(t, Config{Dirs: dirs, OneShot: run.oneShot})
		if run.site.Name != "" {
			var err error
			if run.site, err = e.Save(run.site); err != nil {
				t.Fatal(err)
			}
		}
		before := srv.Count("EPSV")
		id, f, err := e.Connect(ctxOf(t), run.site, srv.Password)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.List(ctxOf(t), vfs.Root()); err != nil {
			t.Fatal(err)
		}
		if got := srv.Count("EPSV") - before; (got == 0) != (i > 0) {
			t.Errorf("%s: EPSV was tried %d times", run.name, got)
		}
		st, ok := e.Status(id)
		if !ok || st.Via != "EPRT" || (st.Switch != nil) != (i == 0) {
			t.Errorf("%s: %+v", run.name, st)
		}
		if i == 0 && (st.Switch.To != ftpfs.EPRT || len(st.Attempts) != 3) {
			t.Errorf("%s: %+v", run.name, st)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	noSecret(t, dirs.State, srv.Password)
	info, err := os.Stat(filepath.Join(dirs.State, "learned.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
}

func TestStartWhereWhatWasLearnedIs(t *testing.T) {
	for outcome, tc := range map[string]struct {
		make   func(file string) error
		notice string
	}{
		"not there":                {func(string) error { return nil }, ""},
		"damaged: set aside":       {func(f string) error { return os.WriteFile(f, []byte("{half"), 0o600) }, "learned.json.bad"},
		"of a newer version: read": {func(f string) error { return os.WriteFile(f, []byte(`{"version": 9}`), 0o600) }, "newer"},
		"not to be read at all":    {func(f string) error { return os.Mkdir(f, 0o700) }, "cannot be read"},
	} {
		t.Run(outcome, func(t *testing.T) {
			dirs := Dirs{Config: t.TempDir(), State: t.TempDir()}
			if err := tc.make(filepath.Join(dirs.State, "learned.json")); err != nil {
				t.Fatal(err)
			}
			srv := ftptest.Script(t, ftptest.Plan{})
			e := start(t, Config{Dirs: dirs})
			if got := strings.Join(e.Notices(), "\n"); !strings.Contains(got, tc.notice) || (got == "") != (tc.notice == "") {
				t.Errorf("the notices are %q", got)
			}
			_, f, err := e.Connect(ctxOf(t), srv.Site(site.ModeAuto, site.TLSOff), srv.Password)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.List(ctxOf(t), vfs.Root()); err != nil {
				t.Fatal(err)
			}
			if err := e.Close(); err != nil {
				t.Error("a hint that is lost is no failure:", err)
			}
		})
	}
}

func TestProxyPasswordComesFrom(t *testing.T) {
	saved := site.Site{Name: "shop", Host: "ftp.example.org", User: "ann", Mode: site.ModePassive, Proxy: "socks5://ann@proxy.example.org:1080"}
	for outcome, tc := range map[string]struct {
		quick         bool
		session, kept string
		typed         string
		want          string
	}{
		"this session first":           {session: "now", kept: "then", want: "now"},
		"the keychain":                 {kept: "then", want: "then"},
		"the keychain, for a URL":      {quick: true, kept: "then", want: "then"},
		"whoever is there":             {typed: "typed", want: "typed"},
		"the keychain before them":     {kept: "then", typed: "typed", want: "then"},
		"nowhere: the proxy will tell": {want: ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			kept := vault.Memory()
			cfg := Config{Vault: kept}
			if tc.typed != "" {
				cfg.Asker = proxyAsker{t, tc.typed}
			}
			e := start(t, cfg)
			s, err := e.Save(saved)
			if err != nil {
				t.Fatal(err)
			}
			asked := s
			if tc.quick {
				asked.ID, asked.Name, asked.Quick = site.NewID(), "", true
			}
			if tc.kept != "" {
				if err := e.Remember(ctxOf(t), s.ProxyID(), tc.kept, true); err != nil {
					t.Fatal(err)
				}
				if err := e.session.Delete(ctxOf(t), s.ProxyID()); err != nil {
					t.Fatal(err)
				}
			}
			if tc.session != "" {
				if err := e.Remember(ctxOf(t), s.ProxyID(), tc.session, false); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := e.proxyPassword(ctxOf(t), asked); got != tc.want || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
			s.Proxy = "" // the environment's, from now on
			if _, err := e.Save(s); err != nil {
				t.Fatal(err)
			}
			if err := e.Remove(ctxOf(t), s.ID); err != nil {
				t.Fatal(err)
			}
			if has, err := e.HasPassword(ctxOf(t), s.ProxyID()); has || err != nil {
				t.Errorf("it outlives its site: %v, %v", has, err)
			}
		})
	}
}

// proxyAsker types the password of ann's proxy.
type proxyAsker struct {
	t     *testing.T
	typed string
}

func (a proxyAsker) Password(_ context.Context, s site.Site) (string, bool, error) {
	if s.Host != "proxy.example.org:1080" || s.User != "ann" {
		a.t.Errorf("asked for %s@%s", s.User, s.Host)
	}
	return a.typed, false, nil
}

func (proxyAsker) Certificate(context.Context, trust.Question) (trust.Answer, error) {
	return trust.Refuse, nil
}

func (proxyAsker) Exists(context.Context, transfer.Question) (transfer.Answer, error) {
	return transfer.Answer{}, nil
}

func TestQuickAndSavedAreOneServer(t *testing.T) {
	saved := site.Site{ID: "1", Name: "shop", Host: "ftp.example.org", User: "ann"}
	for outcome, tc := range map[string]struct {
		other site.Site
		same  bool
	}{
		"a quick connection": {site.Site{ID: "2", Host: "ftp.example.org", User: "ann", Quick: true, Port: 21}, true},
		"another user":       {site.Site{Host: "ftp.example.org", User: "bob"}, false},
		"another port":       {site.Site{Host: "ftp.example.org", User: "ann", Port: 2121}, false},
		"an anonymous login": {site.Site{Host: "ftp.example.org"}, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			if same := learnedKey(saved) == learnedKey(tc.other); same != tc.same {
				t.Errorf("%q and %q", learnedKey(saved), learnedKey(tc.other))
			}
		})
	}
}

// closedVault is a keychain that takes nothing.
type closedVault struct{ site.Vault }

func (closedVault) Set(context.Context, site.ID, string) error {
	return &vfs.Error{Op: "keep the password", Kind: vfs.KindUnsupported}
}

func TestAKeychainThatTakesNothingEndsNoConnection(t *testing.T) {
	e := start(t, Config{Vault: closedVault{vault.Memory()}, Asker: keeper{}})
	s, err := e.Save(site.Site{Name: "shop", Host: "ftp.example.org", User: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is known for this session
		if got, err := e.password(ctxOf(t), s); got != "typed" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
}

// keeper types a password once and wants it kept.
type keeper struct{ proxyAsker }

func (keeper) Password(context.Context, site.Site) (string, bool, error) { return "typed", true, nil }
