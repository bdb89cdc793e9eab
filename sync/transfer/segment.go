package transfer

import (
	"context"
	"errors"
	"io"
	"sync"

	"wherry/sync/vfs"
)

// spillBuffer is how many bytes a segment reads at a time.
const spillBuffer = 256 << 10

// segment is one that is read ahead by a goroutine of its own; see segments. The
// file that it fills is closed by that goroutine, or behind its end by who
// leaves the segment.
type segment struct {
	all    *segments       // fixed
	begin  int64           // fixed; of the file
	ctx    context.Context // fixed
	cancel context.CancelFunc
	grown  chan struct{} // holds one; there is more, or the end

	mu      sync.Mutex
	spill   vfs.Scratch // guarded; nil until it is there, then fixed
	stands  int64       // guarded; bytes in it
	counted int64       // guarded; of those, by arrivals
	over    bool        // guarded; no more come
	ended   bool        // guarded; because the source has said that it was all
	err     error       // guarded; because of this, and what stands is of no use
	left    bool        // guarded; nobody reads it any more
}

func (g *segment) run() {
	ended, err := g.fill()
	lies := vfs.KindOf(err) == vfs.KindSize || vfs.KindOf(err) == vfs.KindChanged
	g.mu.Lock()
	if !lies && g.stands > Overlap {
		err = nil // it was read so far, and another connection goes on
	}
	g.over, g.ended, g.err = true, ended, err
	left := g.left
	g.mu.Unlock()
	g.ring()
	switch {
	case left:
		g.discard()
	case lies:
		g.all.giveUp()
	case err != nil:
		g.all.drop(g)
	}
}

func (g *segment) ring() {
	select {
	case g.grown <- struct{}{}:
	default:
	}
}

// fill opens the segment and reads it to its end; ended tells that the source
// has said, and confirmed, that it was all of it.
func (g *segment) fill() (ended bool, err error) {
	r := g.all.r
	spill, err := r.job.Target.FS.(vfs.Scratcher).Scratch(g.ctx, r.part.Dir(), g.all.endOf(g)-g.begin)
	if err != nil {
		return false, err
	}
	g.mu.Lock()
	g.spill = spill
	g.mu.Unlock()
	src, err := r.job.Source.FS.(vfs.Sparer).OpenSpare(g.ctx, r.job.Source.Path, g.begin)
	if err != nil {
		return false, err
	}
	if size := src.Size(); size != vfs.SizeUnknown && size != r.id.Size {
		err = r.fault(vfs.KindChanged, "the source has another size than a moment ago")
	} else {
		ended, err = g.pour(src, spill)
	}
	closing := src.Close()
	if ended && err == nil {
		err = closing
	}
	return ended && err == nil, err
}

// pour reads ahead; ended tells that the source has said it was all.
func (g *segment) pour(src io.ReadCloser, spill io.Writer) (ended bool, err error) {
	r, buf, turn := g.all.r, make([]byte, spillBuffer), turn{}
	for at := g.begin; ; {
		want := g.all.endOf(g) - at
		switch last := at+want == r.id.Size; {
		case last:
			want++ // the end is seen with the last bytes, and a source without end stopped
		case want <= 0:
			return false, nil
		}
		p, err := turn.take(g.ctx, r.job, buf[:min(int64(len(buf)), want)])
		if err != nil {
			return false, err
		}
		n, reading := src.Read(p)
		turn.used(n)
		if at += int64(n); at > r.id.Size {
			return false, r.fault(vfs.KindSize, "more bytes came than were announced")
		}
		if _, err := spill.Write(p[:n]); err != nil {
			return false, err
		}
		g.arrived(int64(n))
		switch err := r.ended(src, at, reading); {
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil:
			return false, err
		}
	}
}

// arrived counts what came; the first Overlap bytes are those of the segment
// before.
func (g *segment) arrived(n int64) {
	g.mu.Lock()
	more := max(g.stands+n-Overlap, 0) - max(g.stands-Overlap, 0)
	g.stands += n
	if !g.left {
		g.counted += more
		g.all.came.add(more)
	}
	g.mu.Unlock()
	g.ring()
}

// leave ends the segment; lost tells that nothing of it was of use.
func (g *segment) leave(lost bool) {
	g.cancel()
	g.mu.Lock()
	if lost {
		g.all.came.lose(g.counted)
	}
	g.left = true
	over := g.over
	g.mu.Unlock()
	if over {
		g.discard()
	}
}

func (g *segment) discard() {
	g.mu.Lock()
	spill := g.spill
	g.mu.Unlock()
	if spill != nil {
		_ = spill.Close() // it was only lent
	}
}

// peek gives the first bytes, where they are there already: a segment that has
// not come so far when it is reached is of no use.
func (g *segment) peek(want []byte) bool {
	g.mu.Lock()
	ready := g.stands >= int64(len(want)) && g.err == nil && !g.left
	spill := g.spill
	g.mu.Unlock()
	if !ready {
		return false
	}
	n, _ := spill.ReadAt(want, 0) // the number tells
	return n == len(want)
}

// read implements feed.
func (g *segment) read(p []byte, at int64) (int, error) {
	for {
		g.mu.Lock()
		spill, stands, over, ended, err := g.spill, g.stands, g.over, g.ended, g.err
		g.mu.Unlock()
		off := at - g.begin
		switch {
		case off < stands:
			n, err := spill.ReadAt(p[:min(int64(len(p)), stands-off)], off)
			if n > 0 {
				err = nil
			}
			return n, err
		case err != nil:
			return 0, err
		case ended:
			return 0, io.EOF
		case over:
			return 0, errStopped
		}
		select {
		case <-g.grown:
		case <-g.all.ctx.Done():
			return 0, g.all.ctx.Err()
		}
	}
}

// close implements feed. Its error is that of its source, which has given its
// verdict already where all of it was read.
func (g *segment) close() error {
	g.leave(false)
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}
