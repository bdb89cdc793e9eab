package transfer

import (
	"context"
	"io"
	"time"

	"wherry/sync/vfs"
)

// How much is moved between two looks at the counter. It is as long as the
// line carries in about stepTime: progress moves several times a second on a
// slow line, and a fast one is left to splice for megabytes at a time.
const (
	stepFirst = 64 << 10
	stepMost  = 8 << 20
	stepTime  = 100 * time.Millisecond
)

// meter stands before the target's writer: it counts, waits for the speed
// limit, looks at ctx, and ends a source that gives more than it announced.
// Reader.WriteTo sees its ReadFrom, so both bare ends still meet (vfs.Pour).
type meter struct {
	ctx     context.Context // fixed; that of the run
	to      vfs.Writer
	wait    func(context.Context, int) error
	limited func() bool // nil for always
	counter *Counter
	came    bool  // what passes was counted as done where it came
	size    int64 // of the whole file, or vfs.SizeUnknown
	done    int64 // of the whole file
	step    int64
	began   time.Time // of the present slice
	sliced  int64     // bytes of it so far
	budget  int64     // bytes that Write may still move before it asks again
}

// newMeter is for the stream src. That of segments has counted and waited already,
// where the bytes came.
func newMeter(ctx context.Context, job Job, src vfs.Reader, to vfs.Writer, size, offset int64) *meter {
	m := &meter{ctx: ctx, to: to, wait: job.Wait, limited: job.Limited, counter: job.Counter, size: size, done: offset, step: stepFirst}
	m.counter.Part.Store(offset)
	if _, m.came = src.(*segments); m.came {
		m.wait = nil
		return m
	}
	m.counter.Total.Store(size)
	m.counter.Done.Store(offset)
	return m
}

// slice says how much moves next. One byte more than is left lets the end be
// seen with the last bytes, and a source without end be stopped.
func (m *meter) slice() (int64, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n := m.step
	waits := m.wait != nil && (m.limited == nil || m.limited())
	if waits {
		n = WaitMost
	}
	if m.size != vfs.SizeUnknown {
		left := m.size - m.done
		if left < 0 {
			return 0, &vfs.Error{Op: "transfer", Kind: vfs.KindSize, Reply: "more bytes came than were announced"}
		}
		n = min(n, left+1)
	}
	if waits {
		if err := m.wait(m.ctx, int(n)); err != nil {
			return 0, err
		}
	}
	m.began, m.sliced = time.Now(), 0
	return n, nil
}

func (m *meter) moved(n int64) {
	m.done += n
	m.counter.Part.Add(n)
	if !m.came {
		m.counter.Done.Add(n)
	}
	if m.sliced += n; m.sliced < m.step {
		return
	}
	switch took := time.Since(m.began); {
	case took < stepTime/2:
		m.step = min(m.step*2, stepMost)
	case took > stepTime*2:
		m.step = max(m.step/2, stepFirst)
	}
}

// ReadFrom implements io.ReaderFrom.
func (m *meter) ReadFrom(src io.Reader) (int64, error) {
	return vfs.Pour(m.to, src, m.slice, m.moved)
}

// Write implements io.Writer, for a source that has only bytes to give.
func (m *meter) Write(p []byte) (int, error) {
	total := 0
	for len(p) > 0 {
		if m.budget <= 0 {
			var err error
			if m.budget, err = m.slice(); err != nil {
				return total, err
			}
		}
		n, err := m.to.Write(p[:min(int64(len(p)), m.budget)])
		m.budget -= int64(n)
		m.moved(int64(n))
		total += n
		p = p[n:]
		switch {
		case err != nil:
			return total, err
		case n == 0:
			return total, io.ErrShortWrite
		}
	}
	return total, nil
}

// take moves everything from src.
func (m *meter) take(src io.Reader) error {
	if to, ok := src.(io.WriterTo); ok {
		_, err := to.WriteTo(m)
		return err
	}
	_, err := m.ReadFrom(src)
	return err
}
