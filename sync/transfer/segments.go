package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"wherry/sync/vfs"
)

// segments is the Reader of one source over several connections. It is still one
// stream, from the first byte to the last, so that the part is a beginning of
// the source at every moment, and a journal, a kill, a resumption and a sweep
// know nothing of it. The first segment is read as ever. The others are read
// ahead at the same time, each into a file without a name on the target's disk
// (vfs.Scratcher), which nothing can leave behind and nobody take for a part.
//
// They only ever help. Where one gets no connection or no room, or is not
// proven, it is dropped and the one before it is read on. Proven is one at its
// seam: the one before goes on Overlap bytes into it, and both must have the
// same there. Other bytes mean a server that does not heed offsets, and all are
// dropped. The same bytes say nothing where they are those that the file begins
// with, or all alike: a server that ignores the offset could have sent them.
//
// Where a connection ends early, and where one was let go at a seam that then
// was not proven, a new one goes on. It must begin with the last bytes that came.
//
// The bytes of the file are counted and its end judged as ever; a hash of the
// whole is compared where it would be. What is wrong then makes Run send the
// file once more without segments.
type segments struct {
	r      *run            // fixed
	ctx    context.Context // fixed; ends all segments
	cancel context.CancelFunc
	work   sync.WaitGroup
	came   *arrivals // fixed

	// Of the Reader's goroutine.
	now     feed
	at      int64  // of the file: the next byte of now
	fresh   int64  // of the file: where now began to be read
	head    []byte // what the file begins with, at most Overlap bytes
	last    []byte // what came last, at most Overlap bytes
	pending []byte // read to prove a seam, and not given yet
	err     error  // to be told behind pending

	mu   sync.Mutex
	rest []*segment // guarded; those not reached, in order, dropped ones taken out
	past int64      // guarded; of the file: what begins before is not read on
}

// feed is where the next bytes come from.
type feed interface {
	// read gives some of the bytes at offset at of the file. errStopped: there
	// are more, but not from here.
	read(p []byte, at int64) (int, error)
	close() error
}

var errStopped = errors.New("the segment ends here")

// Size implements vfs.Reader.
func (s *segments) Size() int64 { return s.r.id.Size }

// Read implements vfs.Reader.
func (s *segments) Read(p []byte) (int, error) {
	for {
		if err := s.ctx.Err(); err != nil {
			return 0, err
		}
		if len(s.pending) > 0 {
			n := copy(p, s.pending)
			s.pending = s.pending[n:]
			return n, nil
		}
		if s.err != nil {
			return 0, s.err
		}
		upTo := p
		if next := s.next(); next != nil {
			if s.at == next.begin {
				s.cross(next)
				continue
			}
			upTo = p[:min(int64(len(p)), next.begin-s.at)]
		}
		if n, err := s.some(upTo); n > 0 || err != nil {
			return n, err
		}
	}
}

// some reads on, by a new connection where the present one has ended early.
func (s *segments) some(p []byte) (int, error) {
	n, err := s.now.read(p, s.at)
	s.keep(p[:n])
	// One that broke at once is not followed by the next one at once.
	if errors.Is(err, errStopped) || broke(err) && s.at-s.fresh >= s.r.job.segmentLeast() {
		err = s.reopen()
	}
	return n, err
}

// broke tells the ends of a connection.
func broke(err error) bool {
	kind := vfs.KindOf(err)
	return kind == vfs.KindLost || kind == vfs.KindTimeout || kind == vfs.KindBusy
}

// keep notes what came.
func (s *segments) keep(p []byte) {
	if room := Overlap - len(s.head); room > 0 && s.at == int64(len(s.head)) {
		s.head = append(s.head, p[:min(len(p), room)]...)
	}
	s.at += int64(len(p))
	p = p[max(0, len(p)-Overlap):]
	if over := len(s.last) + len(p) - Overlap; over > 0 {
		s.last = append(s.last[:0], s.last[over:]...)
	}
	s.last = append(s.last, p...)
}

// reopen goes on where the present connection has ended, which is given back
// first: it may be the only one that there is.
func (s *segments) reopen() error {
	_ = s.now.close() // it has given what it has
	src, err := s.r.job.Source.FS.Open(s.ctx, s.r.job.Source.Path, s.at-int64(len(s.last)))
	if err != nil {
		return err
	}
	again := make([]byte, len(s.last))
	_, err = io.ReadFull(src, again)
	if err == nil && !bytes.Equal(again, s.last) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = s.r.fault(vfs.KindHash, "the source gives other bytes than a moment ago")
	}
	if err != nil {
		_ = src.Close() // broken off; the error says why
		return err
	}
	s.now, s.fresh = &direct{s: s, src: src}, s.at
	return nil
}

// cross goes over to next where it is proven, and drops it where it is not.
func (s *segments) cross(next *segment) {
	have, err := make([]byte, Overlap), error(nil)
	got := 0
	for n := 0; got < len(have) && err == nil; got += n {
		n, err = s.some(have[got:])
	}
	s.pending, s.err = have[:got], err
	want := make([]byte, Overlap)
	switch {
	case err != nil || !next.peek(want):
		s.drop(next)
	case !bytes.Equal(have, want):
		s.giveUp()
		if d, ok := s.r.job.Source.FS.(vfs.Doubter); ok {
			d.Doubt()
		}
	case bytes.HasPrefix(have, s.head) || alike(have):
		s.drop(next)
	case s.enter(next):
		_ = s.now.close() // broken off; what it gave was held against the next
		s.now, s.fresh = next, next.begin
	}
}

// alike tells whether all bytes are the same one, as in the hole of a file.
func alike(p []byte) bool {
	return bytes.Count(p, p[:1]) == len(p)
}

// next is the first segment that may still help.
func (s *segments) next() *segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rest) == 0 {
		return nil
	}
	return s.rest[0]
}

// takeLocked takes a segment out; false where it is not there any more.
func (s *segments) takeLocked(g *segment) bool {
	i := slices.Index(s.rest, g)
	if i < 0 {
		return false
	}
	s.rest = slices.Delete(s.rest, i, i+1)
	return true
}

// enter is take for one that is read from now on, instead of the one before it.
func (s *segments) enter(g *segment) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.takeLocked(g) {
		return false
	}
	s.past = g.begin
	return true
}

// drop takes a segment out that is of no use, which lets the one before it be
// read on: with the lock held, so that what it has counted in vain is taken off before
// the rest of the file has come.
func (s *segments) drop(g *segment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.takeLocked(g) {
		g.leave(true)
	}
}

// giveUp drops all that were not reached.
func (s *segments) giveUp() {
	for g := s.next(); g != nil; g = s.next() {
		s.drop(g)
	}
}

// endOf is how far g is wanted: up to where the next one is proven, and no further
// once that is read.
func (s *segments) endOf(g *segment) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.begin < s.past {
		return s.past
	}
	for _, one := range s.rest {
		if one.begin > g.begin {
			return one.begin + Overlap
		}
	}
	return s.r.id.Size
}

// Close implements vfs.Reader: the verdict is that of who gave the last byte.
func (s *segments) Close() error {
	s.giveUp()
	err := s.now.close()
	s.cancel()
	s.work.Wait()
	return err
}

// direct is a stream that is read where it stands.
type direct struct {
	s    *segments
	src  vfs.Reader
	turn turn
}

func (d *direct) read(p []byte, at int64) (int, error) {
	p, err := d.turn.take(d.s.ctx, d.s.r.job, p)
	if err != nil {
		return 0, err
	}
	n, err := d.src.Read(p)
	d.turn.used(n)
	d.s.came.add(int64(n))
	return n, d.s.r.ended(d.src, at+int64(n), err)
}

func (d *direct) close() error { return d.src.Close() }
