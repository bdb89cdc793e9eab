package engine

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wherry/sync/ftptest"
	"wherry/sync/localfs"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/trust"
	"wherry/sync/vault"
	"wherry/sync/vfs"
)

// person answers in a test and counts what was asked.
type person struct {
	password  string
	passwords int
	certs     int
	answer    trust.Answer
}

func (p *person) Password(context.Context, site.Site) (string, bool, error) {
	p.passwords++
	return p.password, false, nil
}

func (p *person) Certificate(context.Context, trust.Question) (trust.Answer, error) {
	p.certs++
	return p.answer, nil
}

func (p *person) Exists(context.Context, transfer.Question) (transfer.Answer, error) {
	return transfer.Answer{Rule: transfer.Skip}, nil
}

func start(t *testing.T, cfg Config) *Engine {
	t.Helper()
	if cfg.Dirs == (Dirs{}) {
		cfg.Dirs = Dirs{Config: t.TempDir(), State: t.TempDir()}
	}
	if cfg.Vault == nil {
		cfg.Vault = vault.Memory()
	}
	e, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	return e
}

func ctxOf(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func TestDirsOfAPersonWhoNamedOneHoldEverything(t *testing.T) {
	d, err := DirsAt("some/where")
	if err != nil {
		t.Fatal(err)
	}
	if d.Config != d.State || !filepath.IsAbs(d.Config) {
		t.Errorf("the folders are %+v", d)
	}
}

func TestQueueEndsWhatItBeganWithTheSite(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent()) // the server's own goroutine stays until the test ends
	dirs := Dirs{Config: t.TempDir(), State: t.TempDir()}
	e := start(t, Config{Dirs: dirs})
	id, f, err := e.Connect(ctxOf(t), srv.Site(site.ModePassive, site.TLSOff), srv.Password)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(name, []byte("ahoy"), 0o600); err != nil {
		t.Fatal(err)
	}
	source, err := localfs.FromOS(name)
	if err != nil {
		t.Fatal(err)
	}
	feat, err := f.Features(ctxOf(t))
	if err != nil {
		t.Fatal(err)
	}
	target, err := feat.Home.Join("letter.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Enqueue(ctxOf(t), queue.Request{
		Source: queue.Place{Path: source}, Target: queue.Place{Site: id, Path: target},
		Type: vfs.TypeFile, Size: 4, Exists: transfer.Overwrite,
	}); err != nil {
		t.Fatal(err)
	}
	if err := e.Queue().Drain(ctxOf(t)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(srv.Dir, "letter.txt"))
	if err != nil || string(got) != "ahoy" {
		t.Fatalf("the server has %q, %v", got, err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{dirs.Config, dirs.State} {
		noSecret(t, dir, srv.Password)
	}
	// What a quick connection left in the queue still has its site.
	again := start(t, Config{Dirs: dirs})
	if s, ok := again.Site(id); !ok || !s.Quick || s.Host != srv.Host {
		t.Errorf("after a restart the rows' site is %+v, %v", s, ok)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func noSecret(t *testing.T, dir, secret string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("the password stands in %s", d.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPasswordComesFrom(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	saved := srv.Site(site.ModePassive, site.TLSOff)
	saved.ID, saved.Name = site.NewID(), "Kept"
	quick := srv.Site(site.ModePassive, site.TLSOff)
	for outcome, tc := range map[string]struct {
		site  site.Site
		given string
		kept  string
		asker *person
		kind  vfs.Kind
		asked int
	}{
		"the person who gave it":                    {site: quick, given: srv.Password},
		"the keychain for a saved site":             {site: saved, kept: srv.Password},
		"the keychain for the same login by URL":    {site: quick, kept: srv.Password},
		"a question when none is known":             {site: quick, asker: &person{password: srv.Password}, asked: 1},
		"nowhere when nobody is there":              {site: quick, kind: vfs.KindLogin},
		"a wrong one is refused and asked once":     {site: quick, asker: &person{password: "wrong"}, kind: vfs.KindLogin, asked: 1},
		"a wrong one given is refused, not retried": {site: quick, given: "wrong", kind: vfs.KindLogin},
	} {
		t.Run(outcome, func(t *testing.T) {
			cfg := Config{Vault: vault.Memory()}
			if tc.asker != nil {
				cfg.Asker = tc.asker
			}
			e := start(t, cfg)
			if _, err := e.Save(saved); err != nil {
				t.Fatal(err)
			}
			if tc.kept != "" {
				if err := cfg.Vault.Set(ctxOf(t), saved.ID, tc.kept); err != nil {
					t.Fatal(err)
				}
			}
			_, _, err := e.Connect(ctxOf(t), tc.site, tc.given)
			if (err != nil) != (tc.kind != 0) || vfs.KindOf(err) != tc.kind {
				t.Errorf("got %v, want kind %v", err, tc.kind)
			}
			if tc.asker != nil && tc.asker.passwords != tc.asked {
				t.Errorf("asked %d times, want %d", tc.asker.passwords, tc.asked)
			}
			for _, l := range first(e.Trace().Since(0)) {
				if strings.Contains(l.Text, srv.Password) {
					t.Errorf("the transcript tells the password: %q", l.Text)
				}
			}
		})
	}
}

func first[A, B any](a A, _ B) A { return a }

func TestCertificateIsAskedOnceAndRemembered(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{TLS: true})
	dirs := Dirs{Config: t.TempDir(), State: t.TempDir()}
	for _, step := range []struct {
		name   string
		answer trust.Answer
		asked  int
		kind   vfs.Kind
	}{
		{"refused: not connected", trust.Refuse, 1, vfs.KindCert},
		{"trusted always: connected", trust.Always, 1, 0},
		{"the next time: not asked", trust.Refuse, 0, 0},
	} {
		p := &person{answer: step.answer}
		e := start(t, Config{Dirs: dirs, Asker: p})
		_, _, err := e.Connect(ctxOf(t), srv.Site(site.ModePassive, site.TLSExplicit), srv.Password)
		if vfs.KindOf(err) != step.kind || p.certs != step.asked {
			t.Errorf("%s: %v, asked %d times", step.name, err, p.certs)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConnectingAnewWithAnotherModeReplacesTheConnection(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	e := start(t, Config{})
	s := srv.Site(site.ModePassive, site.TLSOff)
	id, f, err := e.Connect(ctxOf(t), s, srv.Password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.List(ctxOf(t), vfs.Root()); err != nil {
		t.Fatal(err)
	}
	s.Mode = site.ModeActive
	same, f, err := e.Connect(ctxOf(t), s, "")
	if err != nil || same != id {
		t.Fatalf("connected as %q, not %q: %v", same, id, err)
	}
	if _, err := f.List(ctxOf(t), vfs.Root()); err != nil {
		t.Fatal(err)
	}
	if st, ok := e.Status(id); !ok || st.Mode != "active" {
		t.Errorf("the mode in use is %+v", st)
	}
}

// TestConnectTriesARefusedLoginAgain: the open file system remembers the
// refusal and would fail without asking the server.
func TestConnectTriesARefusedLoginAgain(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	kept := vault.Memory()
	e := start(t, Config{Vault: kept})
	s := srv.Site(site.ModePassive, site.TLSOff)
	s.Name = "shop"
	s, err := e.Save(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.Set(ctxOf(t), s.ID, "outdated"); err != nil {
		t.Fatal(err)
	}
	f, err := e.FS(ctxOf(t), s.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Features(ctxOf(t)); vfs.KindOf(err) != vfs.KindLogin {
		t.Fatalf("the wrong password gave %v", err)
	}
	if err := kept.Set(ctxOf(t), s.ID, srv.Password); err != nil {
		t.Fatal(err)
	}
	if _, again, err := e.Connect(ctxOf(t), s, ""); err != nil || again != f {
		t.Errorf("with the right one in the keychain: %v", err)
	}
}

// TestADescriptionThatChangedIsNotOpened: between the look at a description and
// the opening a person may have replaced it.
func TestADescriptionThatChangedIsNotOpened(t *testing.T) {
	e := start(t, Config{})
	s, err := e.Save(site.Site{Name: "shop", Host: "ftp.example.org", User: "anna", Mode: site.ModePassive})
	if err != nil {
		t.Fatal(err)
	}
	edition := e.edition.Load()
	e.register(site.Site{ID: s.ID, Name: "shop", Host: "ftp.example.org", User: "anna", Mode: site.ModeActive})
	if f, err := e.openAs(s, edition); f != nil || err != nil {
		t.Errorf("the old description was opened: %v", err)
	}
	if _, err := e.FS(ctxOf(t), s.ID); err != nil || e.opened(s.ID).site.Mode != site.ModeActive {
		t.Errorf("opened as %+v, %v", e.opened(s.ID).site, err)
	}
}

// TestAOneShotWritesNothing: a container's home may be read-only.
func TestAOneShotWritesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there")
	e := start(t, Config{Dirs: Dirs{Config: dir, State: dir}, OneShot: true})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder was made: %v", err)
	}
}

func TestTargetsMean(t *testing.T) {
	e := start(t, Config{})
	if _, err := e.Save(site.Site{Name: "shop", Host: "ftp.example.org", User: "anna", TLS: site.TLSExplicit, Mode: site.ModeAuto, RemoteDir: "/www"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"my shop", "shop.example"} {
		if _, err := e.Save(site.Site{Name: name, Host: "ftp.example.com", User: "anna", Mode: site.ModeAuto}); err != nil {
			t.Fatal(err)
		}
	}
	for outcome, tc := range map[string]struct {
		text string
		host string
		path string
		kind vfs.Kind
	}{
		"a saved site's folder":           {text: "shop:/img", host: "ftp.example.org", path: "/img"},
		"a site's name alone":             {text: "shop", host: "ftp.example.org", path: "/www"},
		"blanks are part of a name":       {text: "my shop", host: "ftp.example.com", path: "/"},
		"a dotted name is a host":         {text: "shop.example", host: "shop.example", path: "/"},
		"a URL":                           {text: "ftp://bob@ftp.example.net/pub", host: "ftp.example.net", path: "/pub"},
		"an unknown site is not found":    {text: "nowhere:/x", kind: vfs.KindNotFound},
		"a control byte is no good name":  {text: "ftp://h/a\r\nDELE%20b", kind: vfs.KindBadName},
		"an escaped one is none either":   {text: "ftp://h/a%0d%0aDELE%20b", kind: vfs.KindBadName},
		"a path cannot climb out of root": {text: "ftp://h/../etc", kind: vfs.KindBadName},
	} {
		t.Run(outcome, func(t *testing.T) {
			p, err := e.Resolve(tc.text)
			if vfs.KindOf(err) != tc.kind || (err == nil) != (tc.kind == 0) {
				t.Fatalf("got %+v, %v", p, err)
			}
			if err == nil && (p.Site.Host != tc.host || p.Path.String() != tc.path) {
				t.Errorf("got %s on %q", p.Path, p.Site.Host)
			}
		})
	}
}

// TestARefusedLoginIsTriedAgain where a person sends on what it stopped: by the
// engine, or as another process does, which changes the journal alone.
func TestARefusedLoginIsTriedAgain(t *testing.T) {
	for outcome, sendOn := range map[string]func(context.Context, *Engine, []queue.ID) error{
		"retried":                       func(ctx context.Context, e *Engine, ids []queue.ID) error { return e.Retry(ctx, ids...) },
		"retried in the journal":        func(ctx context.Context, e *Engine, ids []queue.ID) error { return e.Queue().Retry(ctx, ids[0]) },
		"the others let go on, and all": resumeThenRetry,
	} {
		t.Run(outcome, func(t *testing.T) {
			srv := ftptest.Script(t, ftptest.Plan{
				Files: map[string]string{"/a": "1", "/b": "2"},
				Verbs: map[string]ftptest.Handler{"PASS": ftptest.InTurn(ftptest.Reply("530 Not now"))},
			})
			e := start(t, Config{Tuning: queue.Tuning{Workers: 1}})
			one := srv.Site(site.ModePassive, site.TLSOff)
			one.Name = "Moody"
			one, err := e.Save(one)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Remember(ctxOf(t), one.ID, srv.Password, true); err != nil {
				t.Fatal(err)
			}
			ids := enqueueHere(t, e, one.ID, "a", "b")
			for _, want := range []map[queue.State]int{{queue.Failed: 1, queue.Paused: 1}, {queue.Done: 2}} {
				if err := e.Queue().Drain(ctxOf(t)); err != nil {
					t.Fatal(err)
				}
				if s := e.Queue().Snapshot(); !maps.Equal(s.Count, want) {
					t.Fatalf("the rows are %v, want %v", s.Count, want)
				}
				if err := sendOn(ctxOf(t), e, ids); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestAMistypedPasswordIsAskedForAgain where its rows are sent on; without anybody to
// ask, the one that was given is tried again.
func TestAMistypedPasswordIsAskedForAgain(t *testing.T) {
	for outcome, tc := range map[string]struct {
		asker *person
		asked int
	}{
		"somebody is there": {&person{password: "typed"}, 2},
		"nobody is there":   {nil, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			srv := ftptest.Script(t, ftptest.Plan{
				Files: map[string]string{"/a": "1"},
				Verbs: map[string]ftptest.Handler{"PASS": ftptest.InTurn(ftptest.Reply("530 Login incorrect."))},
			})
			cfg := Config{}
			if tc.asker != nil {
				tc.asker.password = srv.Password
				cfg.Asker = tc.asker
			}
			e := start(t, cfg)
			one := srv.Site(site.ModePassive, site.TLSOff)
			one.Name = "Shop"
			one, err := e.Save(one)
			if err != nil {
				t.Fatal(err)
			}
			if tc.asker == nil {
				if err := e.Remember(ctxOf(t), one.ID, srv.Password, false); err != nil {
					t.Fatal(err)
				}
			}
			ids := enqueueHere(t, e, one.ID, "a")
			for _, want := range []queue.State{queue.Failed, queue.Done} {
				if err := e.Queue().Drain(ctxOf(t)); err != nil {
					t.Fatal(err)
				}
				if s := e.Queue().Snapshot(); s.Count[want] != 1 {
					t.Fatalf("the rows are %v, want one %s", s.Count, want)
				}
				if err := e.Queue().Retry(ctxOf(t), ids...); err != nil {
					t.Fatal(err)
				}
			}
			if tc.asker != nil && tc.asker.passwords != tc.asked {
				t.Errorf("asked %d times, want %d", tc.asker.passwords, tc.asked)
			}
		})
	}
}

func resumeThenRetry(ctx context.Context, e *Engine, ids []queue.ID) error {
	if err := e.Queue().Resume(ctx, ids[1]); err != nil {
		return err
	}
	if err := e.Queue().Drain(ctx); err != nil {
		return err
	}
	return e.Queue().Retry(ctx, ids[0])
}

// enqueueHere asks for files of a site in a folder of the test's own.
func enqueueHere(t *testing.T, e *Engine, from site.ID, names ...string) []queue.ID {
	t.Helper()
	dir := t.TempDir()
	var reqs []queue.Request
	for _, name := range names {
		target, err := localfs.FromOS(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		reqs = append(reqs, queue.Request{
			Source: queue.Place{Site: from, Path: vfs.MustParse("/" + name)}, Target: queue.Place{Path: target},
			Type: vfs.TypeFile, Size: 1, Exists: transfer.Overwrite,
		})
	}
	ids, err := e.Enqueue(ctxOf(t), reqs...)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestHashesAreComparedAsThePersonSays: the server knows none, which matters
// only to somebody who insists on one.
func TestHashesAreComparedAsThePersonSays(t *testing.T) {
	srv := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/a": "1"}})
	for outcome, tc := range map[string]struct {
		verify func() transfer.Verify
		want   queue.State
	}{
		"nobody said anything": {nil, queue.Done},
		"off":                  {func() transfer.Verify { return transfer.VerifyOff }, queue.Done},
		"always":               {func() transfer.Verify { return transfer.VerifyAlways }, queue.Failed},
	} {
		t.Run(outcome, func(t *testing.T) {
			e := start(t, Config{Verify: tc.verify, Retries: -1})
			id, _, err := e.Connect(ctxOf(t), srv.Site(site.ModePassive, site.TLSOff), srv.Password)
			if err != nil {
				t.Fatal(err)
			}
			target, err := localfs.FromOS(filepath.Join(t.TempDir(), "a"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := e.Enqueue(ctxOf(t), queue.Request{
				Source: queue.Place{Site: id, Path: vfs.MustParse("/a")}, Target: queue.Place{Path: target},
				Type: vfs.TypeFile, Size: 1, Exists: transfer.Overwrite,
			}); err != nil {
				t.Fatal(err)
			}
			if err := e.Queue().Drain(ctxOf(t)); err != nil {
				t.Fatal(err)
			}
			if s := e.Queue().Snapshot(); s.Count[tc.want] != 1 {
				t.Errorf("the rows are %v, want one %s", s.Count, tc.want)
			}
		})
	}
}
