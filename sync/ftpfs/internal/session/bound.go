package session

import (
	"errors"
	"io"
)

// errBound says that a writer was given more than it may take.
var errBound = errors.New("more bytes than announced")

// bounded gives w at most left bytes and fails with errBound at the next one.
// It hands w's own ReadFrom on, so that splice goes through it.
type bounded struct {
	w    io.Writer
	left int64
}

type boundedFrom struct{ *bounded }

// bound wraps w.
func bound(w io.Writer, left int64) io.Writer {
	b := &bounded{w, left}
	if _, ok := w.(io.ReaderFrom); ok {
		return boundedFrom{b}
	}
	return b
}

func (b *bounded) Write(p []byte) (int, error) {
	short := int64(len(p)) > b.left
	if short {
		p = p[:b.left]
	}
	n, err := b.w.Write(p)
	b.left -= int64(n)
	if err == nil && short {
		err = errBound
	}
	return n, err
}

// ReadFrom takes from a LimitedReader, as the wire gives it, one byte less
// than it may: whether there is one more is then looked for by itself, and
// nothing of it reaches w.
func (b boundedFrom) ReadFrom(r io.Reader) (int64, error) {
	if l, ok := r.(*io.LimitedReader); ok && l.N <= b.left {
		n, err := b.w.(io.ReaderFrom).ReadFrom(l)
		b.left -= n
		return n, err
	}
	n, err := b.w.(io.ReaderFrom).ReadFrom(&io.LimitedReader{R: unwrap(r), N: b.left})
	b.left -= n
	if err != nil || b.left > 0 {
		return n, err
	}
	var one [1]byte
	switch _, err = io.ReadFull(r, one[:]); {
	case err == nil:
		return n, errBound
	case errors.Is(err, io.EOF):
		return n, nil
	}
	return n, err
}

// unwrap takes a limit off that is wider than ours: the kernel's copying looks
// through one only.
func unwrap(r io.Reader) io.Reader {
	if l, ok := r.(*io.LimitedReader); ok {
		return l.R
	}
	return r
}
