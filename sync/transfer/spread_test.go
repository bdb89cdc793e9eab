package transfer_test

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// Three segments of a file, and the two seams between them.
const (
	least     = 4 * transfer.Overlap
	segmented = 3*least + 12_345
	seam1     = segmented / 3
	seam2     = segmented / 3 * 2
)

// spare is how the server behaves towards one segment.
type spare struct {
	refused  bool  // 421 for one connection more
	hangs    bool  // no answer until nobody wants it
	ignores  bool  // REST: the file comes from its first byte
	breaks   int64 // the connection does, behind so many bytes
	from     int64 // the file comes from that byte on, whatever was asked for
	late     bool  // the rest comes once the first stream was left
	cut      bool  // it then looks like the end of the file, until it is closed
	ends     int64 // as if the file did, behind so many bytes
	lies     int64 // other content comes behind so many bytes
	more     bool  // bytes come behind the file's end
	doubtful bool  // the last reply says that it failed
	size     int64 // told, where it is not 0
	noRoom   bool  // on the disk, for a file more
	fills    bool  // the disk gets full
}

// dropped tells the segments that are of no use, whose file is closed before the
// first stream comes to them.
func (s spare) dropped() bool {
	return s.refused || s.ends > 0 || s.more || s.size != 0 || s.breaks > 0 && s.breaks <= transfer.Overlap
}

// spread is a pair whose source has connections to spare. The first one is held
// until the others have come to their end, but those that hang.
type spread struct {
	*pair
	how    map[int]spare // by number of segment, from 1 on; -1: the first stream that is no spare's, -2: the second; 0: the disk, to one of them
	held   bool
	opens  atomic.Int64 // streams that were no spare's
	direct atomic.Int64 // bytes that came over those

	onSettle func() // nil for nothing; safe from any goroutine
	settled  atomic.Int64
	crossing sync.Once
	crossed  chan struct{} // closed once the first stream was left
	awaited  int64
	ready    chan struct{}
	scratch  atomic.Int64 // those that stand
	scratchN atomic.Int64
}

func newSpread(t *testing.T, content string, how map[int]spare) *spread {
	s := &spread{pair: newPair(t, content), how: how, held: true, awaited: 2, ready: make(chan struct{}), crossed: make(chan struct{})}
	s.job.Source.FS, s.job.Target.FS, s.job.Segments, s.job.SegmentLeast = spareFS{s.from, s}, scratchFS{s.to, s}, 3, least
	s.job.Verify = transfer.VerifyOff
	for _, one := range how {
		if one.hangs {
			s.awaited--
		}
	}
	if s.awaited == 0 {
		close(s.ready)
	}
	t.Cleanup(func() {
		if n := s.scratch.Load(); n != 0 {
			t.Errorf("%d files without a name were left open", n)
		}
	})
	return s
}

func (s *spread) settle() {
	if s.onSettle != nil {
		s.onSettle()
	}
	if s.settled.Add(1) == s.awaited {
		close(s.ready)
	}
}

type spareFS struct {
	*memfs.FS
	s *spread
}

func (f spareFS) Open(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	r, err := f.FS.Open(ctx, p, offset)
	if err != nil || p != source {
		return r, err
	}
	first := &firstReader{spareReader: spareReader{Reader: r, s: f.s}, ctx: ctx}
	first.how = f.s.how[-int(f.s.opens.Add(1))]
	if first.how.ignores {
		first.Reader = f.again(ctx, r)
	}
	return first, nil
}

// again is the file from its first byte, as who ignores REST sends it.
func (f spareFS) again(ctx context.Context, r vfs.Reader) vfs.Reader {
	whole, err := f.FS.Open(ctx, source, 0)
	if err != nil || r.Close() != nil {
		f.s.t.Error("the file cannot be read from its first byte")
	}
	return whole
}

func (f spareFS) OpenSeen(ctx context.Context, p vfs.Path, offset int64, _ vfs.Entry) (vfs.Reader, error) {
	return f.Open(ctx, p, offset)
}

// firstReader waits for the spares before its second reading, so that they are
// there when their seams are reached.
type firstReader struct {
	spareReader
	ctx   context.Context
	reads int
}

func (r *firstReader) Read(p []byte) (int, error) {
	if r.reads++; r.reads == 2 && r.s.held {
		select {
		case <-r.s.ready:
		case <-r.ctx.Done():
		}
	}
	n, err := r.spareReader.Read(p)
	r.s.direct.Add(int64(n))
	return n, err
}

func (r *firstReader) Close() error {
	defer func() {
		if r.s.opens.Load() == 1 {
			r.s.crossing.Do(func() { close(r.s.crossed) })
		}
	}()
	return r.spareReader.Close()
}

func (f spareFS) OpenSpare(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	how := f.s.how[int((offset+1000)/least)]
	switch {
	case how.refused:
		return nil, &vfs.Error{Op: "connect", Kind: vfs.KindBusy, Reply: "421 too many"}
	case how.hangs:
		<-ctx.Done()
		return nil, &vfs.Error{Op: "connect", Kind: vfs.KindCancelled, Err: ctx.Err()}
	case how.ignores:
		offset = 0
	case how.from > 0:
		offset = how.from
	}
	r, err := f.FS.Open(ctx, p, offset)
	if err != nil {
		return nil, err
	}
	return &spareReader{Reader: r, how: how, s: f.s, settles: !how.dropped()}, nil
}

type spareReader struct {
	vfs.Reader
	how     spare
	s       *spread
	settles bool
	came    int64
	once    sync.Once
}

func (r *spareReader) Size() int64 {
	if r.how.size != 0 {
		return r.how.size
	}
	return r.Reader.Size()
}

func (r *spareReader) Read(p []byte) (int, error) {
	if end := r.how.breaks + r.how.ends; end > 0 {
		if p = p[:min(int64(len(p)), end-r.came)]; len(p) == 0 {
			if r.how.ends > 0 || r.how.cut {
				return 0, io.EOF
			}
			return 0, &vfs.Error{Op: "read", Path: sourceName, Kind: vfs.KindLost}
		}
	}
	if r.how.late && r.came > 0 {
		r.once.Do(r.s.settle)
		<-r.s.crossed
	}
	n, err := r.Reader.Read(p)
	for i := range n {
		if r.how.lies > 0 && r.came+int64(i) >= r.how.lies {
			p[i]++
		}
	}
	if r.how.more && err == io.EOF && n < len(p) {
		n, err = n+1, nil
	}
	r.came += int64(n)
	return n, err
}

func (r *spareReader) Close() error {
	err := r.Reader.Close()
	r.once.Do(func() {
		if r.settles {
			r.s.settle()
		}
	})
	if r.how.doubtful || r.how.cut {
		return &vfs.Error{Op: "read", Path: sourceName, Kind: vfs.KindLost, Reply: "426"}
	}
	return err
}

// scratchFS keeps files without a name in memory.
type scratchFS struct {
	*memfs.FS
	s *spread
}

func (f scratchFS) Scratch(_ context.Context, _ vfs.Path, _ int64) (vfs.Scratch, error) {
	how := f.s.how[0]
	if f.s.scratchN.Add(1) != 1 {
		how = spare{} // only one is struck, whichever comes first
	}
	if how.noRoom {
		f.s.settle()
		return nil, &vfs.Error{Op: "create", Path: "/dst", Kind: vfs.KindNoSpace}
	}
	f.s.scratch.Add(1)
	return &scratch{s: f.s, fills: how.fills}, nil
}

type scratch struct {
	s     *spread
	fills bool
	mu    sync.Mutex
	data  []byte
	once  sync.Once
}

func (f *scratch) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fills && len(f.data) >= least/2 {
		return 0, &vfs.Error{Op: "write", Path: "/dst", Kind: vfs.KindNoSpace}
	}
	f.data = append(f.data, p...)
	return len(p), nil
}

func (f *scratch) ReadAt(p []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := copy(p, f.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *scratch) Close() error {
	f.once.Do(func() {
		f.s.scratch.Add(-1)
		f.s.settle()
	})
	return nil
}
