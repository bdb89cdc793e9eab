package session

import (
	"bytes"
	"context"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

// TestMain has more tests at a time than there are processors: they wait for
// servers most of their time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// fixture is a session on a real server.
type fixture struct {
	t     *testing.T
	ctx   context.Context
	srv   *ftptest.Server
	conf  Config
	s     *Session
	trace *trace.Ring
	dir   vfs.Path
	kept  []bool // whether the session survived each cancelling
}

func connect(t *testing.T, srv *ftptest.Server, mode site.Mode, sec site.TLS) *fixture {
	t.Helper()
	f := &fixture{t: t, ctx: t.Context(), srv: srv, trace: trace.NewRing(5000, nil)}
	f.dir = vfs.MustParse(srv.Home)
	f.conf = Config{
		Site:     srv.Site(mode, sec),
		Password: func(context.Context) (string, error) { return srv.Password, nil },
		Roots:    srv.CA,
		Trace:    f.trace,
		Number:   1,
		Learned:  &Learned{},
	}
	f.reopen()
	t.Cleanup(func() {
		f.noLeak()
		if err := f.s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if t.Failed() {
			lines, _ := f.trace.Since(0)
			for _, l := range lines[max(0, len(lines)-50):] {
				t.Log(l)
			}
		}
	})
	return f
}

func (f *fixture) reopen() {
	f.t.Helper()
	s, err := Open(f.ctx, f.conf)
	if err != nil {
		lines, _ := f.trace.Since(0)
		f.t.Fatalf("Open: %v\n%v\n%s", err, lines, f.srv.Log())
	}
	f.s = s
}

func (f *fixture) path(name string) vfs.Path {
	f.t.Helper()
	p, err := f.dir.Join(name)
	f.must(err)
	return p
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) put(name string, content []byte) {
	f.t.Helper()
	f.must(f.srv.WriteFile(name, content))
}

func (f *fixture) onDisk(name string) []byte {
	f.t.Helper()
	b, err := os.ReadFile(filepath.Join(f.srv.Dir, name))
	f.must(err)
	return b
}

func (f *fixture) same(what string, got, want []byte) {
	f.t.Helper()
	if !bytes.Equal(got, want) {
		f.t.Fatalf("%s: %d bytes, want %d, equal up to %d", what, len(got), len(want), prefix(got, want))
	}
}

func prefix(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

func (f *fixture) download(name string, offset int64) []byte {
	f.t.Helper()
	r, err := f.s.Read(f.ctx, f.path(name), offset)
	f.must(err)
	var b bytes.Buffer
	if _, err := io.Copy(&b, r); err != nil {
		f.t.Fatalf("read %s: %v", name, err)
	}
	if err := r.Close(); err != nil {
		f.t.Fatalf("close %s: %v", name, err)
	}
	return b.Bytes()
}

func (f *fixture) upload(name string, at int64, content []byte) {
	f.t.Helper()
	w, err := f.s.Write(f.ctx, f.path(name), at)
	f.must(err)
	if _, err := io.Copy(w, bytes.NewReader(content)); err != nil {
		f.t.Fatalf("write %s: %v", name, err)
	}
	if err := w.Commit(); err != nil {
		f.t.Fatalf("commit %s: %v", name, err)
	}
}

func noise(n int) []byte {
	b := make([]byte, n)
	src := rand.NewChaCha8([32]byte{7})
	_, _ = src.Read(b)
	return b
}

// kind fails unless err is of kind.
func (f *fixture) kind(what string, err error, kind vfs.Kind) {
	f.t.Helper()
	if vfs.KindOf(err) != kind {
		f.t.Fatalf("%s: %v, want %v", what, err, kind)
	}
}

// noLeak proves that the password is in no line of the transcript.
func (f *fixture) noLeak() {
	lines, _ := f.trace.Since(0)
	for _, l := range lines {
		if strings.Contains(l.Text, f.srv.Password) {
			f.t.Errorf("the transcript holds the password: %v", l)
		}
	}
}

// transfers counts the data connections that the server has spoken on: the
// transfer commands that it answered with 1xx.
func (f *fixture) transfers() int {
	lines, _ := f.trace.Since(0)
	n, asked := 0, false
	for _, l := range lines {
		verb, _, _ := strings.Cut(l.Text, " ")
		switch {
		case l.Dir == trace.Sent && strings.Contains("LIST MLSD RETR STOR", verb):
			asked = true // what else went out with it stands behind
		case l.Dir == trace.Received && asked && strings.HasPrefix(l.Text, "1"):
			n, asked = n+1, false
		}
	}
	return n
}
