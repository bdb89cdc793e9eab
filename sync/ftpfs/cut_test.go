package ftpfs

import (
	"context"
	"errors"
	"io"
	"net"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// relay stands before a real server's control connections, to cut them as the
// server's restart does. Data connections do not go through it.
type relay struct {
	door net.Listener
	to   string
	work sync.WaitGroup

	mu    sync.Mutex
	conns []*net.TCPConn // guarded; both ends
}

func relayTo(t *testing.T, host string, port int) *relay {
	t.Helper()
	door, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{door: door, to: net.JoinHostPort(host, strconv.Itoa(port))}
	r.work.Go(r.serve)
	t.Cleanup(func() {
		_ = door.Close()
		r.cut()
		r.work.Wait()
	})
	return r
}

func (r *relay) port() int { return r.door.Addr().(*net.TCPAddr).Port }

func (r *relay) serve() {
	for {
		near, err := r.door.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", r.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		a, b := near.(*net.TCPConn), far.(*net.TCPConn)
		r.mu.Lock()
		r.conns = append(r.conns, a, b)
		r.mu.Unlock()
		for _, way := range [][2]*net.TCPConn{{a, b}, {b, a}} {
			r.work.Go(func() {
				_, _ = io.Copy(way[0], way[1])
				_ = way[0].Close()
			})
		}
	}
}

// cut resets all connections there are.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		_ = c.SetLinger(0)
		_ = c.Close()
	}
	r.conns = nil
}

// awaitCut returns when f has heard that its connections are gone.
func awaitCut(t *testing.T, f *FS) {
	t.Helper()
	end := time.After(soon)
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for {
		alive := false
		f.pool.Each(func(c conn) { alive = alive || c.Usable() })
		if !alive {
			return
		}
		select {
		case <-look.C:
		case <-end:
			t.Fatal("the end of the connections was not heard of")
		}
	}
}

// TestRealServerRestartedIsNotNoticed cuts the connections before each step of
// a person's work.
func TestRealServerRestartedIsNotNoticed(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		for _, sec := range []site.TLS{site.TLSOff, site.TLSExplicit} {
			t.Run(string(kind)+" "+string(sec), func(t *testing.T) {
				t.Parallel()
				s := ftptest.Start(t, kind, ftptest.Options{TLS: true})
				r := relayTo(t, s.Host, s.Port)
				where := s.Site(site.ModeAuto, sec)
				where.Port = r.port()
				f := connect(t, s, where)
				defer f.Close()
				at := func(name string) vfs.Path { return vfs.MustParse(path.Join(s.Home, name)) }
				const content = "some content"
				for _, step := range []struct {
					name string
					do   func(context.Context) error
				}{
					{"make a folder", func(ctx context.Context) error { return f.Mkdir(ctx, at("d")) }},
					{"upload", func(ctx context.Context) error { return put(ctx, f, at("d/up"), content) }},
					{"rename", func(ctx context.Context) error { return f.Rename(ctx, at("d/up"), at("d/file"), false) }},
					{"set the mode", func(ctx context.Context) error { return f.SetMode(ctx, at("d/file"), 0o600) }},
					{"list", func(ctx context.Context) error { _, err := f.List(ctx, at("d")); return err }},
					{"download", func(ctx context.Context) error { return get(ctx, f, at("d/file"), content) }},
					{"delete", func(ctx context.Context) error { return f.Remove(ctx, at("d/file")) }},
					{"delete the folder", func(ctx context.Context) error { return f.RemoveDir(ctx, at("d")) }},
				} {
					if err := step.do(t.Context()); err != nil {
						t.Fatal(step.name, err)
					}
					r.cut()
					awaitCut(t, f)
				}
			})
		}
	}
}

func put(ctx context.Context, f *FS, p vfs.Path, content string) error {
	w, err := f.Create(ctx, p, 0)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, strings.NewReader(content)); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Commit()
}

func get(ctx context.Context, f *FS, p vfs.Path, want string) error {
	r, err := f.Open(ctx, p, 0)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(r)
	if err == nil && string(got) != want {
		err = errors.New("other content came: " + string(got))
	}
	return errors.Join(err, r.Close())
}

// TestUploadWithoutAVerdict: the server has all of the file, and its control
// connection ends before it says so.
func TestUploadWithoutAVerdict(t *testing.T) {
	for outcome, tc := range map[string]struct {
		after ftptest.Handler
		want  vfs.Kind
	}{
		"the file is whole: it is done": {ftptest.Drop, vfs.KindOther},
		"a reset is no more than that":  {ftptest.Reset, vfs.KindOther},
		"a refusal is one":              {ftptest.All(ftptest.Reply("552 Quota exceeded"), ftptest.Drop), vfs.KindNoSpace},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			s, f := script(t, ftptest.Plan{Verbs: map[string]ftptest.Handler{
				"STOR": ftptest.Flow{Finals: []string{}, After: tc.after}.Serve,
			}})
			err := put(t.Context(), f, vfs.MustParse("/dir/new"), "some content")
			if vfs.KindOf(err) != tc.want || (err == nil) != (tc.want == vfs.KindOther) {
				t.Fatal(err)
			}
			if got, _ := s.Get("/dir/new"); string(got) != "some content" {
				t.Errorf("the server has %q", got)
			}
			if got := s.Count("STOR"); got != 1 {
				t.Errorf("it was sent %d times", got)
			}
		})
	}
}
