package transfer_test

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"wherry/sync/localfs"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// seenFS notes what its writers' ReadFrom is given, as the type behind the
// bound that splice and copy_file_range look through.
type seenFS struct {
	vfs.FS
	seen map[string]int
}

type seenWriter struct {
	vfs.Writer
	seen map[string]int
}

func (f seenFS) Create(ctx context.Context, p vfs.Path, at int64) (vfs.Writer, error) {
	w, err := f.FS.Create(ctx, p, at)
	return seenWriter{w, f.seen}, err
}

func (w seenWriter) ReadFrom(r io.Reader) (int64, error) {
	if bound, ok := r.(*io.LimitedReader); ok {
		switch bound.R.(type) {
		case *os.File:
			w.seen["file"]++
		case *net.TCPConn:
			w.seen["connection"]++
		}
	}
	return io.Copy(w.Writer, r)
}

// netFS serves every file over a connection, as a site in clear does.
type netFS struct {
	vfs.FS
	t *testing.T
}

type netReader struct {
	vfs.Reader
	conn *net.TCPConn
	sent *sync.WaitGroup
}

func (f netFS) Open(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	r, err := f.FS.Open(ctx, p, offset)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.t.Fatal(err)
	}
	defer l.Close()
	var sent sync.WaitGroup
	sent.Go(func() {
		out, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			f.t.Error(err)
			return
		}
		defer out.Close()
		_, _ = io.Copy(out, r) // the other end may break off
	})
	conn, err := l.Accept()
	if err != nil {
		f.t.Fatal(err)
	}
	return netReader{r, conn.(*net.TCPConn), &sent}, nil
}

func (r netReader) Read(p []byte) (int, error) { return r.conn.Read(p) }

func (r netReader) WriteTo(w io.Writer) (int64, error) {
	return w.(io.ReaderFrom).ReadFrom(r.conn)
}

func (r netReader) Close() error {
	err := r.conn.Close()
	r.sent.Wait()
	_ = r.Reader.Close()
	return err
}

func TestTheKernelIsGivenBothBareEnds(t *testing.T) {
	for outcome, source := range map[string]func(vfs.FS) vfs.FS{
		"file":       func(f vfs.FS) vfs.FS { return f },
		"connection": func(f vfs.FS) vfs.FS { return netFS{f, t} },
	} {
		t.Run(outcome, func(t *testing.T) {
			dir, content := t.TempDir(), random(30_000_000, 31)
			if err := os.WriteFile(filepath.Join(dir, "from"), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			here := localfs.New()
			defer here.Close()
			at := func(name string) vfs.Path {
				p, err := localfs.FromOS(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				return p
			}
			seen := seenFS{here, map[string]int{}}
			counter := new(transfer.Counter)
			result, err := transfer.Run(t.Context(), transfer.Job{
				Source: transfer.File{FS: source(here), Path: at("from")},
				Target: transfer.File{FS: seen, Path: at("to")}, KeepTime: true, Counter: counter,
			})
			if err != nil || result.Outcome != transfer.Done || counter.Done.Load() != 30_000_000 {
				t.Fatalf("%+v, counted %d: %v", result, counter.Done.Load(), err)
			}
			got, err := os.ReadFile(filepath.Join(dir, "to"))
			if err != nil || string(got) != content {
				t.Fatalf("%d bytes arrived changed: %v", len(got), err)
			}
			if seen.seen[outcome] < 3 {
				t.Errorf("the bare %s was seen %d times, want once a slice: %v", outcome, seen.seen[outcome], seen.seen)
			}
			if left, err := filepath.Glob(filepath.Join(dir, "*"+transfer.Suffix)); err != nil || len(left) > 0 {
				t.Errorf("left behind: %q, %v", left, err)
			}
		})
	}
}

func BenchmarkLocalToLocal(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "from"), []byte(random(200_000_000, 31)), 0o600); err != nil {
		b.Fatal(err)
	}
	here := localfs.New()
	defer here.Close()
	for _, name := range []string{"file", "connection"} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(200_000_000)
			for b.Loop() {
				var from vfs.FS = here
				if name == "connection" {
					from = netFS{here, nil}
				}
				_, err := transfer.Run(b.Context(), transfer.Job{
					Source: transfer.File{FS: from, Path: vfs.MustParse(dir + "/from")},
					Target: transfer.File{FS: here, Path: vfs.MustParse(dir + "/to")}, Exists: transfer.Overwrite,
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
