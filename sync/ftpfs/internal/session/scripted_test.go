package session

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// rig is a scripted server and what is needed to open sessions on it.
type rig struct {
	*ftptest.Scripted
	t     *testing.T
	conf  Config
	trace *trace.Ring
}

func script(t *testing.T, plan ftptest.Plan) *rig {
	t.Helper()
	srv := ftptest.Script(t, plan)
	r := &rig{Scripted: srv, t: t, trace: trace.NewRing(5000, nil)}
	sec := site.TLSOff
	if plan.TLS {
		sec = site.TLSExplicit
	}
	r.conf = Config{
		Site:     srv.Site(site.ModeAuto, sec),
		Password: func(context.Context) (string, error) { return srv.Password, nil },
		Roots:    srv.CA,
		Trace:    r.trace,
		Learned:  &Learned{},
	}
	r.patience(vfs.KindOther)
	return r
}

func (r *rig) open() *Session {
	r.t.Helper()
	s, err := Open(r.t.Context(), r.conf)
	if err != nil {
		r.t.Fatalf("Open: %v\n%s", err, r.transcript())
	}
	r.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			r.t.Errorf("Close: %v", err)
		}
		if r.t.Failed() {
			r.t.Log(r.transcript())
		}
	})
	return s
}

func (r *rig) transcript() string {
	var b strings.Builder
	lines, _ := r.trace.Since(0)
	for _, l := range lines {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

// wants fails unless err is of kind.
func (r *rig) wants(err error, kind vfs.Kind) {
	r.t.Helper()
	if vfs.KindOf(err) != kind || err == nil && kind != vfs.KindOther {
		r.t.Fatalf("got %v, want %v\n%s", err, kind, r.transcript())
	}
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatalf("%v\n%s", err, r.transcript())
	}
}

// read downloads name and returns what Close said.
func read(ctx context.Context, s *Session, name string) (string, error) {
	r, err := s.Read(ctx, vfs.MustParse(name), 0)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(r)
	return string(b), errors.Join(err, r.Close())
}

func write(ctx context.Context, s *Session, name, content string) error {
	w, err := s.Write(ctx, vfs.MustParse(name), 0)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, content); err != nil {
		_ = w.Abort()
		return err
	}
	return w.Commit()
}

// patience makes the limits short where the test waits for one, and long
// where a busy machine must not run into it. Short is still long enough for a
// login while everything else is tested too.
func (r *rig) patience(want vfs.Kind) {
	r.conf.Timeout, r.conf.DataTimeout = time.Minute, time.Minute
	switch want {
	case vfs.KindTimeout:
		r.conf.Timeout = 3 * time.Second
	case vfs.KindNoData:
		r.conf.DataTimeout = 3 * time.Second
	}
}

// works proves that the session still does its job.
func (r *rig) works(s *Session) {
	r.t.Helper()
	r.Put("/proof", []byte("alive"))
	got, err := read(r.t.Context(), s, "/proof")
	r.must(err)
	if got != "alive" {
		r.t.Fatalf("read %q", got)
	}
}
