package transfer_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

var (
	source = vfs.MustParse("/src/file.txt")
	target = vfs.MustParse("/dst/file.txt")
)

const (
	sourceName = "/src/file.txt"
	targetName = "/dst/file.txt"
	partName   = "/dst/file.txt" + transfer.Suffix
)

func day(n int) time.Time { return time.Date(2024, 5, n, 12, 0, 0, 0, time.UTC) }

// pair is two file systems: one with the source in it, one with the target's
// folder.
type pair struct {
	t        *testing.T
	from, to *memfs.FS
	job      transfer.Job
	made     *transfer.Identity
	told     vfs.Path // by OnStart
}

func newPair(t *testing.T, content string) *pair {
	t.Helper()
	p := &pair{t: t, from: memfs.New(), to: memfs.New()}
	p.from.Put(sourceName, content, day(10))
	p.to.PutDir("/dst")
	p.job = transfer.Job{
		Source: transfer.File{FS: p.from, Path: source}, Target: transfer.File{FS: p.to, Path: target},
		Exists: transfer.Overwrite, KeepTime: true, Counter: new(transfer.Counter),
		OnStart: func(id transfer.Identity, target vfs.Path) error { p.made, p.told = &id, target; return nil },
	}
	t.Cleanup(func() {
		if n := p.from.OpenStreams() + p.to.OpenStreams(); n != 0 {
			t.Errorf("%d streams were left open", n)
		}
	})
	return p
}

// run is one attempt as the queue would make it: with what was journalled.
func (p *pair) run(ctx context.Context) (transfer.Result, error) {
	p.job.Made = p.made
	if p.told != target {
		p.job.Chosen = p.told
	}
	return transfer.Run(ctx, p.job)
}

func (p *pair) mustBeDone() transfer.Result {
	p.t.Helper()
	result, err := p.run(p.t.Context())
	if err != nil || result.Outcome != transfer.Done {
		p.t.Fatalf("outcome %q, error %v, want done", result.Outcome, err)
	}
	return result
}

func (p *pair) mustFail(kind vfs.Kind) {
	p.t.Helper()
	result, err := p.run(p.t.Context())
	if err == nil || vfs.KindOf(err) != kind {
		p.t.Fatalf("outcome %q, error %v, want %v", result.Outcome, err, kind)
	}
}

func (p *pair) wantFiles(want map[string]string) {
	p.t.Helper()
	if diff := cmp.Diff(brief(want), brief(p.to.Files())); diff != "" {
		p.t.Fatalf("the target's side differs (-want +got):\n%s", diff)
	}
}

// brief keeps long contents out of the output.
func brief(files map[string]string) map[string]string {
	files = maps.Clone(files)
	for name, content := range files {
		if len(content) > 60 {
			files[name] = content[:20] + "…" + content[len(content)-20:] + sum(content)
		}
	}
	return files
}

// random returns n bytes that are the same in every run.
func random(n int, seed uint64) string {
	out := make([]byte, 0, n+8)
	r := rand.NewPCG(seed, 7)
	for len(out) < n {
		out = binary.LittleEndian.AppendUint64(out, r.Uint64())
	}
	return string(out[:n])
}

func sum(content string) string {
	h := sha256.Sum256([]byte(content))
	return fmt.Sprintf(" (%d bytes, %x)", len(content), h[:4])
}
