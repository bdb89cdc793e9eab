package transfer

import (
	"context"
	"errors"
	"io"
	"sync"

	"wherry/sync/vfs"
)

// SegmentLeast is the fewest bytes that a connection more is asked for where
// the job says nothing else: a login and the slow start of TCP should pay.
const SegmentLeast = 4 << 20

// MaxSegments is the most that is of use: most servers bear no more connections
// of one client.
const MaxSegments = 8

func (j Job) segmentLeast() int64 {
	if j.SegmentLeast > 0 {
		return max(j.SegmentLeast, 2*Overlap)
	}
	return SegmentLeast
}

// spread reads src, which stands at the run's offset, over several connections
// where the job wants it and both sides can; else it returns src.
func (r *run) spread(ctx context.Context, src vfs.Reader) vfs.Reader {
	_, spares := r.job.Source.FS.(vfs.Sparer)
	_, room := r.job.Target.FS.(vfs.Scratcher)
	left := r.id.Size - r.offset
	n := min(int64(min(r.job.Segments, MaxSegments)), left/r.job.segmentLeast())
	if n < 2 || !spares || !room || r.from.HashesHere || !r.resumable() {
		return src
	}
	head, err := r.beginning(ctx)
	if err != nil {
		return src
	}
	r.spreads = true
	r.job.Counter.Total.Store(r.id.Size)
	r.job.Counter.Done.Store(r.offset)
	s := &segments{r: r, at: r.offset, fresh: r.offset, head: head, came: &arrivals{counter: r.job.Counter}}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.now = &direct{s: s, src: src}
	for i := range n - 1 {
		g := &segment{all: s, begin: r.offset + left/n*(i+1), grown: make(chan struct{}, 1)}
		g.ctx, g.cancel = context.WithCancel(s.ctx)
		s.rest = append(s.rest, g)
	}
	all := append([]*segment(nil), s.rest...) // the first may be dropped before the last begins
	for _, g := range all {
		s.work.Go(g.run)
	}
	return s
}

// beginning is what the file begins with, as far as it stands in the part.
func (r *run) beginning(ctx context.Context) ([]byte, error) {
	if r.offset == 0 {
		return nil, nil
	}
	in, err := r.job.Target.FS.Open(ctx, r.part, 0)
	if err != nil {
		return nil, err
	}
	head := make([]byte, min(r.offset, Overlap))
	_, err = io.ReadFull(in, head)
	_ = in.Close() // broken off
	return head, err
}

// ended is err of a reading that has come to offset at of the source, where an
// end that is too early gets its reason: a connection that was cut looks like
// one until it is asked for its verdict.
func (r *run) ended(src io.Closer, at int64, err error) error {
	if at >= r.id.Size || !errors.Is(err, io.EOF) {
		return err
	}
	if verdict := src.Close(); verdict != nil {
		return verdict
	}
	return r.fault(vfs.KindSize, "fewer bytes came than were announced")
}

// misspread tells failures that segments may be to blame for.
func (r *run) misspread(err error) bool {
	kind := vfs.KindOf(err)
	return r.spreads && (kind == vfs.KindSize || kind == vfs.KindHash || r.filled(err))
}

// turn lets one of several streams read what the speed limit has allowed it.
type turn struct{ left int }

// take is as much of p as may be read now.
func (t *turn) take(ctx context.Context, job Job, p []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if job.Wait == nil || job.Limited != nil && !job.Limited() {
		t.left = 0
		return p, nil
	}
	if t.left == 0 {
		n := min(len(p), WaitMost)
		if err := job.Wait(ctx, n); err != nil {
			return nil, err
		}
		t.left = n
	}
	return p[:min(len(p), t.left)], nil
}

func (t *turn) used(n int) { t.left = max(t.left-n, 0) }

// arrivals counts the bytes that came over all connections, each once. What was
// lost is taken back from what comes next, so that progress never goes back.
type arrivals struct {
	counter *Counter

	mu   sync.Mutex
	debt int64 // guarded
}

func (a *arrivals) add(n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	paid := min(n, a.debt)
	a.debt -= paid
	a.counter.Done.Add(n - paid)
}

func (a *arrivals) lose(n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.debt += n
}
