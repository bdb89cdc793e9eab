package session

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
)

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
		if err := f.s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if t.Failed() {
			lines, _ := f.trace.Since(0)
			for _, l := range lines {
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

// steps are what each cell of the matrix goes through, on one session.
var steps = []struct {
	name string
	run  func(*fixture)
}{
	{"list", stepList},
	{"download", func(f *fixture) {
		want := noise(3 << 20)
		f.put("down.bin", want)
		f.same("download", f.download("down.bin", 0), want)
	}},
	{"upload", func(f *fixture) {
		want := noise(5 << 20)
		f.upload("up.bin", 0, want)
		f.same("upload", f.onDisk("up.bin"), want)
	}},
	{"resume", func(f *fixture) {
		want := noise(300_000)
		f.put("part.bin", want)
		f.same("download from the middle", f.download("part.bin", 123_456), want[123_456:])
		f.upload("grow.bin", 0, want[:100_001])
		f.upload("grow.bin", 100_001, want[100_001:])
		f.same("upload from the middle", f.onDisk("grow.bin"), want)
		_, err := f.s.Write(f.ctx, f.path("grow.bin"), 5)
		f.kind("continuing a file of another length", err, vfs.KindChanged)
	}},
	{"empty", func(f *fixture) {
		f.upload("empty", 0, nil)
		f.same("empty upload", f.onDisk("empty"), nil)
		f.same("empty download", f.download("empty", 0), nil)
		f.upload("up.bin", 0, nil)
		f.same("emptied", f.onDisk("up.bin"), nil)
	}},
	{"twenty", func(f *fixture) {
		for i := range 10 {
			name, want := fmt.Sprintf("many %d", i), noise(1000*i+1)
			f.upload(name, 0, want)
			f.same(name, f.download(name, 0), want)
		}
	}},
	{"refused", func(f *fixture) {
		started := time.Now()
		_, err := f.s.Read(f.ctx, f.path("not there"), 0)
		f.kind("reading what is not there", err, vfs.KindNotFound)
		if d := time.Since(started); d > 5*time.Second {
			f.t.Errorf("a refused download took %v", d)
		}
		f.same("after a refusal", f.download("empty", 0), nil)
	}},
	{"cancel down", stepCancelDownload},
	{"cancel up", stepCancelUpload},
}

func stepList(f *fixture) {
	f.put("folder/a file", []byte("12345"))
	f.must(f.srv.MkdirAll("folder/below"))
	p, err := f.path("folder").Join("a file")
	f.must(err)
	f.must(os.Chtimes(filepath.Join(f.srv.Dir, "folder", "a file"), time.Time{}, time.Now().Add(-time.Hour)))
	entries, err := f.s.List(f.ctx, f.path("folder"))
	f.must(err)
	names := map[string]vfs.Type{}
	for _, e := range entries {
		names[e.Name] = e.Type
	}
	if diff := cmp.Diff(map[string]vfs.Type{"a file": vfs.TypeFile, "below": vfs.TypeDir}, names); diff != "" {
		f.t.Fatal(diff)
	}
	e, err := f.s.Stat(f.ctx, p)
	f.must(err)
	if e.Size != 5 || e.Type != vfs.TypeFile || !e.HasMode && f.srv.Kind != ftptest.PyFTPD || time.Since(e.ModTime).Round(time.Minute) != time.Hour {
		f.t.Fatalf("stat: %+v", e)
	}
	_, err = f.s.List(f.ctx, f.path("nowhere"))
	f.kind("listing what is not there", err, vfs.KindNotFound)
}

// settled waits until the session can be used, or opens a fresh one where the
// server forces that; it returns whether the session survived.
func (f *fixture) settled() bool {
	f.t.Helper()
	if err := f.s.Noop(f.ctx); err == nil {
		return true
	}
	f.must(f.s.Close())
	f.reopen()
	return false
}

func stepCancelDownload(f *fixture) {
	f.put("big.bin", noise(20<<20))
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	r, err := f.s.Read(ctx, f.path("big.bin"), 0)
	f.must(err)
	_, err = io.ReadFull(r, make([]byte, 100_000))
	f.must(err)
	cancel()
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, context.Canceled) {
		f.kind("reading on", err, vfs.KindCancelled)
	}
	started := time.Now()
	_ = r.Close()
	if d := time.Since(started); d > time.Second {
		f.t.Errorf("Close after cancel took %v", d)
	}
	f.kept = append(f.kept, f.settled())
	f.same("after a cancelled download", f.download("empty", 0), nil)
}

func stepCancelUpload(f *fixture) {
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	w, err := f.s.Write(ctx, f.path("cut.bin"), 0)
	f.must(err)
	_, err = w.Write(noise(3 << 20))
	f.must(err)
	cancel()
	started := time.Now()
	if err := w.Abort(); err != nil {
		f.t.Errorf("Abort: %v", err)
	}
	if d := time.Since(started); d > time.Second {
		f.t.Errorf("Abort took %v", d)
	}
	f.kept = append(f.kept, f.settled())
	f.same("after a cancelled upload", f.download("empty", 0), nil)
}

func TestMatrix(t *testing.T) {
	secs := []struct {
		name string
		tls  site.TLS
		max  uint16
	}{{"plain", site.TLSOff, 0}, {"TLS 1.2", site.TLSExplicit, tls.VersionTLS12}, {"TLS 1.3", site.TLSExplicit, tls.VersionTLS13}}
	for _, kind := range ftptest.Kinds() {
		for _, sec := range secs {
			for _, mode := range []site.Mode{site.ModePassive, site.ModeActive} {
				t.Run(strings.Join([]string{string(kind), sec.name, string(mode)}, "/"), func(t *testing.T) {
					srv := ftptest.Start(t, kind, ftptest.Options{TLS: sec.tls != site.TLSOff, RequireTLS: sec.tls != site.TLSOff, MaxTLS: sec.max})
					f := connect(t, srv, mode, sec.tls)
					for _, step := range steps {
						if !t.Run(step.name, func(t *testing.T) {
							f.t = t
							step.run(f)
						}) {
							return
						}
					}
					t.Logf("%+v kept %v", f.s.Facts(), f.kept)
				})
			}
		}
	}
}
