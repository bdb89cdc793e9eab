package session

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

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
		_, err := f.s.Read(f.ctx, f.path("not there"), 0)
		f.kind("reading what is not there", err, vfs.KindNotFound)
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
	if facts := f.s.Facts(); !facts.MLSD && (!facts.ClockKnown || facts.ClockOffset != 0) {
		f.t.Fatalf("vsftpd tells UTC, but the clock is %v, %v", facts.ClockOffset, facts.ClockKnown)
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
	_ = r.Close()
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
	if err := w.Abort(); err != nil {
		f.t.Errorf("Abort: %v", err)
	}
	f.kept = append(f.kept, f.settled())
	f.same("after a cancelled upload", f.download("empty", 0), nil)
}

// cell is one column of the matrix: how the connection is secured and who
// opens the data connections.
type cell struct {
	name string
	opt  ftptest.Options
	tls  site.TLS
	mode site.Mode
	all  bool // a column of the full matrix; the rest only lists and copies
}

func cells() []cell {
	var out []cell
	for _, mode := range []site.Mode{site.ModePassive, site.ModeActive} {
		out = append(out,
			cell{"plain", ftptest.Options{}, site.TLSOff, mode, true},
			cell{"TLS 1.2", ftptest.Options{RequireTLS: true, MaxTLS: tls.VersionTLS12}, site.TLSExplicit, mode, true},
			cell{"TLS 1.3", ftptest.Options{RequireTLS: true, MaxTLS: tls.VersionTLS13}, site.TLSExplicit, mode, true},
			cell{"implicit", ftptest.Options{Implicit: true, RequireTLS: true}, site.TLSImplicit, mode, false},
			cell{"IPv6", ftptest.Options{IPv6: true}, site.TLSOff, mode, false},
			cell{"IPv6 TLS", ftptest.Options{IPv6: true, RequireTLS: true}, site.TLSExplicit, mode, false})
	}
	return out
}

// TestMatrix is the proof on real servers; its table stands at the end.
func TestMatrix(t *testing.T) {
	var mu sync.Mutex
	results := map[string]string{} // guarded by mu
	say := func(name, result string) {
		mu.Lock()
		defer mu.Unlock()
		results[name] = result
	}
	t.Run("servers", func(t *testing.T) {
		for _, kind := range ftptest.Kinds() {
			t.Run(string(kind), func(t *testing.T) {
				t.Parallel()
				for _, c := range cells() {
					name := string(kind) + "/" + c.name + "/" + string(c.mode)
					if kind.Cannot(c.opt) != "" {
						say(name, "cannot")
						continue
					}
					say(name, "not run")
					t.Run(c.name+"/"+string(c.mode), func(t *testing.T) { say(name, c.run(t, kind)) })
				}
			})
		}
	})
	// A line at a time: the totals of all tests show what is a table row.
	for row := range strings.SplitSeq(render(results), "\n") {
		t.Log(row)
	}
}

// run goes through the steps and returns what the table says.
func (c cell) run(t *testing.T, kind ftptest.Kind) (result string) {
	srv := ftptest.Start(t, kind, c.opt)
	f := connect(t, srv, c.mode, c.tls)
	passed := 0
	for _, step := range steps {
		if !c.all && strings.HasPrefix(step.name, "cancel") {
			continue
		}
		if !t.Run(step.name, func(t *testing.T) { f.t = t; step.run(f) }) {
			return "FAILED " + step.name
		}
		passed++
	}
	f.t = t
	result = fmt.Sprintf("%d ok", passed)
	if c.mode != f.s.Facts().Mode {
		t.Errorf("the mode in use is %q", f.s.Facts().Mode)
	}
	for _, kept := range f.kept {
		if !kept {
			return result + ", fresh session after cancel"
		}
	}
	if c.tls == site.TLSOff {
		return result
	}
	return result + f.resumption()
}

// resumption compares the data connections with those that resumed.
func (f *fixture) resumption() string {
	f.t.Helper()
	facts, all := f.s.Facts(), f.transfers()
	want := all
	if f.srv.Kind == ftptest.PureFTPd && facts.TLSVersion == "TLS 1.3" {
		want = 0 // it gives out no ticket that its next process knows
	}
	if facts.ResumedData != want {
		f.t.Errorf("%d of %d data connections resumed the TLS session, want %d", facts.ResumedData, all, want)
	}
	return fmt.Sprintf(", %d/%d resumed", facts.ResumedData, all)
}

// render draws the matrix.
func render(results map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %-17s |", "")
	for _, kind := range ftptest.Kinds() {
		fmt.Fprintf(&b, " %-19s |", kind)
	}
	for _, c := range cells() {
		fmt.Fprintf(&b, "\n| %-17s |", c.name+" "+string(c.mode))
		for _, kind := range ftptest.Kinds() {
			fmt.Fprintf(&b, " %-19s |", results[string(kind)+"/"+c.name+"/"+string(c.mode)])
		}
	}
	return b.String()
}
