package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"

	"wherry/sync/vfs"
)

// A server that has fallen back to its text mode (TYPE A, RFC 959 3.1.1.1)
// puts a carriage return before each line feed, or takes one away, and calls
// it a success. The size gives it away, and then the line ends are counted, so
// that the failure is told for what it is: the sessions prove their mode anew
// and the file is sent once more.

const textReason = "the size differs as changed line ends would make it: the server took the file for text"

// lineEnds counts line feeds, and how many of them follow a carriage return.
type lineEnds struct{ lf, crlf int64 }

// arrivedAsText tells whether what came from the source, and stands under p,
// differs from the announced size by its line ends. A source that has more to
// give than announced is stopped there, by itself or by us, so that the sum
// cannot be made: then every line end must be CR LF.
func (r *run) arrivedAsText(ctx context.Context, p vfs.Path) bool {
	if r.id.Size == vfs.SizeUnknown || !r.couldBeEnds(r.id.Size-r.done) {
		return false
	}
	ends, err := r.countEnds(ctx, r.job.Target.FS, p)
	if err != nil {
		return false
	}
	if r.done >= r.id.Size {
		return ends.lf > 0 && ends.lf == ends.crlf
	}
	return ends.crlf == 0 && ends.lf == r.id.Size-r.done
}

// storedAsText tells whether what the target has differs from what was sent by
// the source's line ends.
func (r *run) storedAsText(ctx context.Context) bool {
	more := r.written.Size - r.done
	if more == 0 || !r.couldBeEnds(more) || !r.couldBeEnds(-2*more) {
		return false
	}
	ends, err := r.countEnds(ctx, r.job.Source.FS, r.job.Source.Path)
	if err != nil {
		return false
	}
	switch more {
	case ends.lf, ends.lf - ends.crlf, -ends.crlf:
		return true
	}
	return false
}

// couldBeEnds spares the reading where what was moved has not as many bytes as
// there would have to be line ends: most that was cut off is cut off earlier.
func (r *run) couldBeEnds(n int64) bool { return n <= r.done-r.offset }

// asText is the failure; what follows it is for Run to say.
func (r *run) asText() error {
	r.text = true
	r.doubt()
	return r.fault(vfs.KindSize, textReason)
}

// countEnds reads what this run has moved once more.
func (r *run) countEnds(ctx context.Context, f vfs.FS, p vfs.Path) (ends lineEnds, err error) {
	in, err := f.Open(ctx, p, r.offset)
	if err != nil {
		return ends, err
	}
	defer func() { _ = in.Close() }() // broken off, or its verdict is of no use
	buf, last := make([]byte, 64<<10), byte(0)
	from := io.LimitReader(in, r.done-r.offset)
	for {
		n, err := from.Read(buf)
		ends.add(last, buf[:n])
		if n > 0 {
			last = buf[n-1]
		}
		switch {
		case errors.Is(err, io.EOF):
			return ends, nil
		case err != nil:
			return ends, err
		}
	}
}

// add counts a piece of which last is the byte before.
func (e *lineEnds) add(last byte, piece []byte) {
	e.lf += int64(bytes.Count(piece, []byte("\n")))
	e.crlf += int64(bytes.Count(piece, []byte("\r\n")))
	if last == '\r' && bytes.HasPrefix(piece, []byte("\n")) {
		e.crlf++
	}
}
