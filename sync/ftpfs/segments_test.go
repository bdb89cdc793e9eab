package ftpfs

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/localfs"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// A file in four segments.
const (
	segments = 4
	segment  = 300_000
	segFile  = segments * segment
)

// held is a site whose first stream of a file waits until the spare ones have
// come to their end, so that what is behind a seam is there when it is reached.
type held struct {
	*FS
	through chan struct{} // closed once the spares have
	ended   atomic.Int64  // spares
	opened  atomic.Int64  // streams that are no spares
	brought atomic.Int64  // bytes, by those
}

func hold(f *FS) *held { return &held{FS: f, through: make(chan struct{})} }

func (h *held) end() {
	if h.ended.Add(1) == segments-1 {
		close(h.through)
	}
}

func (h *held) Open(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	r, err := h.FS.Open(ctx, p, offset)
	if err != nil {
		return nil, err
	}
	h.opened.Add(1)
	return &heldReader{Reader: r, h: h, ctx: ctx}, nil
}

func (h *held) OpenSeen(ctx context.Context, p vfs.Path, offset int64, _ vfs.Entry) (vfs.Reader, error) {
	return h.Open(ctx, p, offset)
}

func (h *held) OpenSpare(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	r, err := h.FS.OpenSpare(ctx, p, offset)
	if err != nil {
		h.end()
		return nil, err
	}
	return &spareReader{r, h}, nil
}

type heldReader struct {
	vfs.Reader
	h   *held
	ctx context.Context
}

func (r *heldReader) Read(p []byte) (int, error) {
	if r.h.brought.Load() > 0 {
		select {
		case <-r.h.through:
		case <-r.ctx.Done():
		}
	}
	n, err := r.Reader.Read(p[:min(len(p), segment/2)])
	r.h.brought.Add(int64(n))
	return n, err
}

type spareReader struct {
	vfs.Reader
	h *held
}

func (r *spareReader) Close() error {
	defer r.h.end()
	return r.Reader.Close()
}

// fetch reads a file over up to four connections.
func (h *held) fetch(t *testing.T, from vfs.FS, name string, want []byte) {
	t.Helper()
	dir := t.TempDir()
	here := localfs.New()
	defer here.Close()
	target, err := localfs.FromOS(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	counter := new(transfer.Counter)
	result, err := transfer.Run(t.Context(), transfer.Job{
		Source: transfer.File{FS: from, Path: vfs.MustParse(name)}, Target: transfer.File{FS: here, Path: target},
		Exists: transfer.Overwrite, Counter: counter, Verify: transfer.VerifyOff, KeepTime: true,
		Segments: segments, SegmentLeast: segment / 2,
	})
	if err != nil || result.Outcome != transfer.Done {
		t.Fatalf("%q: %v", result.Outcome, err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "file"))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes arrived of %d, or others (%v)", len(got), len(want), err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
	if done := counter.Done.Load(); done != segFile {
		t.Errorf("counted %d", done)
	}
}

func segContent() []byte {
	content := make([]byte, segFile)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(content) // never fails
	return content
}

// TestOneFileOverSeveralConnectionsOfRealServers, which bear many, two or one.
func TestOneFileOverSeveralConnectionsOfRealServers(t *testing.T) {
	content := segContent()
	for _, kind := range ftptest.Kinds() {
		for _, sec := range []site.TLS{site.TLSOff, site.TLSExplicit} {
			for _, bears := range []int{0, 2, 1} {
				t.Run(fmt.Sprintf("%s, TLS %s, bears %d", kind, sec, bears), func(t *testing.T) {
					t.Parallel()
					s := ftptest.Start(t, kind, ftptest.Options{TLS: true, PerAddress: bears})
					if err := s.WriteFile("file", content); err != nil {
						t.Fatal(err)
					}
					h := hold(connect(t, s, s.Site(site.ModePassive, sec)))
					defer h.Close()
					home, err := h.Features(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					p, err := home.Home.Join("file")
					if err != nil {
						t.Fatal(err)
					}
					h.fetch(t, h, p.String(), content)
					want := int64(segFile)
					if bears == 0 {
						want = segment + transfer.Overlap
					}
					if n := h.brought.Load(); n != want {
						t.Errorf("%d bytes came over the first connection, want %d", n, want)
					}
				})
			}
		}
	}
}

// TestOneFileOverSeveralConnectionsOfBadServers is whole whatever they do.
func TestOneFileOverSeveralConnectionsOfBadServers(t *testing.T) {
	content := segContent()
	first := ftptest.Handler(ftptest.Default)
	dies := func(at int64, fault ftptest.Fault) ftptest.Handler { return ftptest.Flow{At: at, Fault: fault}.Serve }
	for outcome, tc := range map[string]struct {
		verbs  map[string]ftptest.Handler
		opened int64 // streams that are no spares
	}{
		"REST said and not done":     {map[string]ftptest.Handler{"REST": ftptest.Reply("350 As you like")}, 1},
		"REST refused":               {map[string]ftptest.Handler{"REST": ftptest.Reply("501 No")}, 1},
		"RETR refused but the first": {map[string]ftptest.Handler{"RETR": ftptest.InTurn(first, ftptest.Reply("450 Busy"), ftptest.Reply("450 Busy"), ftptest.Reply("450 Busy"))}, 1},
		"one breaks":                 {map[string]ftptest.Handler{"RETR": ftptest.InTurn(first, dies(segment/2, ftptest.ResetData))}, 2},
		"one is gone":                {map[string]ftptest.Handler{"RETR": ftptest.InTurn(first, dies(segment/2, ftptest.CrashAll))}, 2},
		"the first ends too early":   {map[string]ftptest.Handler{"RETR": ftptest.InTurn(ftptest.Flow{At: segment - 1, Fault: ftptest.CloseData, Finals: []string{"426 Cut"}}.Serve)}, 2},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/file": string(content)}, Verbs: tc.verbs})
			h := hold(New(Config{
				Site: s.Site(site.ModePassive, site.TLSOff), Password: func(context.Context) (string, error) { return s.Password, nil },
			}))
			defer h.Close()
			h.fetch(t, h, "/file", content)
			if n := h.opened.Load(); n != tc.opened {
				t.Errorf("%d streams were opened beside the spares, want %d", n, tc.opened)
			}
		})
	}
}

// breaking is a site whose first stream of a file breaks in the middle of its first
// segment.
type breaking struct{ *held }

func (b breaking) Open(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	r, err := b.held.Open(ctx, p, offset)
	if err != nil || b.opened.Load() > 1 {
		return r, err
	}
	return &breakingReader{Reader: r, left: segment/2 + transfer.Overlap}, nil
}

func (b breaking) OpenSeen(ctx context.Context, p vfs.Path, offset int64, _ vfs.Entry) (vfs.Reader, error) {
	return b.Open(ctx, p, offset)
}

type breakingReader struct {
	vfs.Reader
	left int
}

func (r *breakingReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, &vfs.Error{Op: "read", Kind: vfs.KindLost}
	}
	n, err := r.Reader.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

// TestABrokenStreamGivesItsConnectionToTheNext, which would wait for it without
// end at a site that bears one.
func TestABrokenStreamGivesItsConnectionToTheNext(t *testing.T) {
	content := segContent()
	s := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/file": string(content)}})
	one := s.Site(site.ModePassive, site.TLSOff)
	one.Connections = 1
	h := hold(New(Config{Site: one, Password: func(context.Context) (string, error) { return s.Password, nil }}))
	defer h.Close()
	h.fetch(t, breaking{h}, "/file", content)
	if n := h.opened.Load(); n != 2 {
		t.Errorf("%d streams were opened beside the spares, want 2", n)
	}
}
