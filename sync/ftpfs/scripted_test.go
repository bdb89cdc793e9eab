package ftpfs

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// soon is how long a test waits for what must come within a second: far
// longer than that on any machine, and shorter than the limits of the
// operations, which would end them as well.
const soon = 50 * time.Second

// script returns a file system on a scripted server.
func script(t *testing.T, plan ftptest.Plan) (*ftptest.Scripted, *FS) {
	t.Helper()
	return scriptWith(t, plan, func(*Config) {})
}

func scriptWith(t *testing.T, plan ftptest.Plan, tune func(*Config)) (*ftptest.Scripted, *FS) {
	t.Helper()
	if plan.Files == nil {
		plan.Files = map[string]string{"/dir/file": strings.Repeat("content ", 10_000), "/dir/empty/": ""}
	}
	s := ftptest.Script(t, plan)
	c := Config{
		Site: s.Site(site.ModePassive, site.TLSOff), Timeout: time.Minute, DataTimeout: time.Minute,
		Password: func(context.Context) (string, error) { return s.Password, nil },
	}
	tune(&c)
	f := New(c)
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, f
}

// await returns what comes from c.
func await[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(soon):
		t.Fatalf("%s did not come about", what)
		panic("unreachable")
	}
}

// calls are the calls of vfs.FS with the command that does their work.
func calls(f *FS) map[string]func(context.Context) error {
	dir := vfs.MustParse("/dir")
	file, free := vfs.MustParse("/dir/file"), vfs.MustParse("/dir/new")
	return map[string]func(context.Context) error{
		"MLSD":       func(ctx context.Context) error { _, err := f.List(ctx, dir); return err },
		"MLST":       func(ctx context.Context) error { _, err := f.Stat(ctx, file); return err },
		"RNFR":       func(ctx context.Context) error { return f.Rename(ctx, file, free, true) },
		"RNTO":       func(ctx context.Context) error { return f.Rename(ctx, file, free, true) },
		"DELE":       func(ctx context.Context) error { return f.Remove(ctx, file) },
		"RMD":        func(ctx context.Context) error { return f.RemoveDir(ctx, vfs.MustParse("/dir/empty")) },
		"MKD":        func(ctx context.Context) error { return f.Mkdir(ctx, free) },
		"MFMT":       func(ctx context.Context) error { return f.SetTime(ctx, file, time.Unix(1e9, 0)) },
		"SITE CHMOD": func(ctx context.Context) error { return f.SetMode(ctx, file, 0o600) },
		"EPSV":       func(ctx context.Context) error { _, err := f.List(ctx, dir); return err },
		"PASS":       func(ctx context.Context) error { _, err := f.Features(ctx); return err },
		"RETR": func(ctx context.Context) error {
			r, err := f.Open(ctx, file, 0)
			if err != nil {
				return err
			}
			_, err = io.ReadAll(r)
			return errors.Join(err, r.Close())
		},
		"STOR": func(ctx context.Context) error {
			w, err := f.Create(ctx, free, 0)
			if err != nil {
				return err
			}
			_, err = io.Copy(w, strings.NewReader("some content"))
			return errors.Join(err, w.Commit())
		},
	}
}

func TestHangingServerIsLeftAtOnceWhenCancelled(t *testing.T) {
	for verb := range calls(nil) {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			s, f := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{verb: ftptest.Hold(release, nil)}})
			defer close(release)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- calls(f)[verb](ctx) }()
			word, _, _ := strings.Cut(verb, " ")
			waiting, stop := context.WithTimeout(t.Context(), soon)
			defer stop()
			if err := s.Await(waiting, word, 1); err != nil {
				t.Fatal(err)
			}
			cancel()
			if err := await(t, "the end of the call", done); vfs.KindOf(err) != vfs.KindCancelled {
				t.Fatalf("error %v", err)
			}
		})
	}
}

func TestSilentServerIsLeftWhileConnecting(t *testing.T) {
	connected := make(chan struct{}, 1)
	_, f := script(t, ftptest.Plan{Greeting: func(*ftptest.Conn, string) { connected <- struct{}{} }})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { _, err := f.List(ctx, vfs.Root()); done <- err }()
	await(t, "a connection", connected)
	cancel()
	if err := await(t, "the end of the call", done); vfs.KindOf(err) != vfs.KindCancelled {
		t.Fatalf("error %v", err)
	}
}

func TestServerRestartedUnderAnIdleSite(t *testing.T) {
	for outcome, gone := range map[string]ftptest.Handler{
		"closed":             ftptest.Drop,
		"reset":              ftptest.Reset,
		"said that it waits": ftptest.All(ftptest.Reply("421 Timeout, goodbye"), ftptest.Drop),
		"said that it ends":  ftptest.All(ftptest.Reply("421 Service shutting down"), ftptest.Drop),
	} {
		for _, verb := range []string{"EPSV", "MLSD", "MLST"} {
			t.Run(outcome+" at "+verb, func(t *testing.T) {
				t.Parallel()
				s, f := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{verb: ftptest.InTurn(ftptest.Default, gone)}})
				for range 2 {
					if err := calls(f)[verb](t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if got := s.Sessions(); got < 2 {
					t.Errorf("%d sessions", got)
				}
			})
		}
	}
}

// TestWayThatWorksNoMore: active mode worked in an earlier run. By now the
// server cannot reach us any more, and hangs in trying.
func TestWayThatWorksNoMore(t *testing.T) {
	for outcome, tc := range map[string]struct {
		mode     site.Mode
		verb     string
		silent   bool     // EPRT and PORT are not answered; else they are, and verb is not
		want     vfs.Kind // KindOther for success
		sessions int
	}{
		"EPRT unanswered, listing":       {site.ModeAuto, "MLSD", true, vfs.KindOther, 2},
		"EPRT unanswered, download":      {site.ModeAuto, "RETR", true, vfs.KindOther, 2},
		"EPRT unanswered, upload":        {site.ModeAuto, "STOR", true, vfs.KindOther, 2},
		"no call comes, listing":         {site.ModeAuto, "MLSD", false, vfs.KindOther, 2},
		"no call comes, download":        {site.ModeAuto, "RETR", false, vfs.KindOther, 2},
		"no call comes, upload":          {site.ModeAuto, "STOR", false, vfs.KindOther, 2},
		"no call comes, forced active":   {site.ModeActive, "STOR", false, vfs.KindNoData, 2},
		"EPRT unanswered, forced active": {site.ModeActive, "STOR", true, vfs.KindNoData, 2},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			var hangs sync.Map // number of a connection in active mode
			active := func(c *ftptest.Conn, _ string) {
				hangs.Store(c.Number, true)
				if !tc.silent {
					c.Say("200 Will connect")
				}
			}
			n := &notebook{memos: map[string]Memo{loopback: {Via: "EPRT", At: time.Now()}}}
			s, f := scriptWith(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{
				"EPRT": active, "PORT": active,
				tc.verb: func(c *ftptest.Conn, arg string) {
					if _, ok := hangs.Load(c.Number); !ok {
						ftptest.Default(c, arg)
					}
				},
			}}, func(c *Config) { c.Site.Mode, c.DataTimeout, c.Memory = tc.mode, 2*time.Second, n })
			err := calls(f)[tc.verb](t.Context())
			if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) {
				t.Fatalf("error %v", err)
			}
			if got := s.Sessions(); got > tc.sessions {
				t.Errorf("%d sessions", got)
			}
			if got := f.Status(); err == nil && (got.Mode != "passive" || n.Recall(loopback).Via != got.Via) {
				t.Errorf("%+v, kept %+v", got, n.Recall(loopback))
			}
			if tc.verb != "STOR" || err != nil {
				return
			}
			if got, _ := s.Get("/dir/new"); string(got) != "some content" {
				t.Errorf("the file became %q", got)
			}
		})
	}
}

func TestChangeIsNeverSentTwice(t *testing.T) {
	s, f := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{"MKD": ftptest.Drop}})
	if _, err := f.Features(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := f.Mkdir(t.Context(), vfs.MustParse("/new")); vfs.KindOf(err) != vfs.KindLost {
		t.Fatal(err)
	}
	if got := s.Count("MKD"); got != 1 {
		t.Fatalf("it was sent %d times", got)
	}
	if _, err := f.List(t.Context(), vfs.Root()); err != nil {
		t.Fatal("the file system is not usable afterwards:", err)
	}
}

func TestCloseWhileTransfersRunLeavesNothing(t *testing.T) {
	release := make(chan struct{})
	hold := ftptest.Flow{At: 1000, Hold: release}.Serve
	s, f := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{
		"RETR": hold, "STOR": ftptest.Flow{At: 1 << 40, Hold: release}.Serve, "MLSD": hold,
	}})
	defer close(release)
	ended := make(chan error, 4)
	for range 2 {
		go func() { ended <- calls(f)["RETR"](t.Context()) }()
	}
	go func() { ended <- upload(t.Context(), f) }()
	go func() { _, err := f.List(t.Context(), vfs.MustParse("/dir")); ended <- err }()
	waiting, stop := context.WithTimeout(t.Context(), soon)
	defer stop()
	for verb, n := range map[string]int{"RETR": 2, "STOR": 1, "MLSD": 1} {
		if err := s.Await(waiting, verb, n); err != nil {
			t.Fatal(err)
		}
	}
	closed := make(chan error, 1)
	go func() { closed <- f.Close() }()
	if err := await(t, "Close", closed); err != nil {
		t.Fatal(err)
	}
	for range cap(ended) {
		if err := await(t, "the end of a call", ended); vfs.KindOf(err) != vfs.KindCancelled {
			t.Errorf("what Close broke off says %v", err)
		}
	}
	goleak.VerifyNone(t,
		goleak.IgnoreAnyFunction("wherry/sync/ftptest.(*Scripted).accept"),
		goleak.IgnoreAnyFunction("wherry/sync/ftptest.(*Conn).serve"),
		goleak.IgnoreAnyFunction("testing.(*T).Run"),
		goleak.IgnoreAnyFunction("testing.tRunner.func1"))
	if got := f.Status().Sessions; got != 0 {
		t.Errorf("%d sessions stand", got)
	}
}

// upload writes without end.
func upload(ctx context.Context, f *FS) error {
	w, err := f.Create(ctx, vfs.MustParse("/dir/up"), 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, zeros{})
	return errors.Join(err, w.Commit())
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
