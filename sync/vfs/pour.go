package vfs

import (
	"errors"
	"io"
	"syscall"
)

// The buffer of a stream that the kernel cannot move by itself: it begins
// small, because most files are, no longer than the first slice, and grows while
// it is filled. On loopback 1 MiB moves half as much again in a second as
// io.Copy's 32 KiB.
const (
	pourFirst = 64 << 10
	pourMost  = 1 << 20
)

// Pour moves src into dst to its end, in slices, and returns the bytes moved.
// It is for streams that must be counted, limited or cancelled on the way and
// yet go by splice or copy_file_range where the system has them:
// when dst is an io.ReaderFrom and src, or what an *io.LimitedReader src
// wraps, is a file or a connection (a syscall.Conn), each slice is given to
// dst.ReadFrom as an *io.LimitedReader around the bare src, which is the one
// wrapping that the standard library looks through.
//
// slice is asked before each slice for its length in bytes (at least 1); its
// error ends the pouring. moved is told of bytes that have passed, at least
// once a slice.
func Pour(dst io.Writer, src io.Reader, slice func() (int64, error), moved func(n int64)) (int64, error) {
	from := &io.LimitedReader{R: src, N: -1}
	if outer, ok := src.(*io.LimitedReader); ok {
		from = outer
	}
	if to, ok := dst.(io.ReaderFrom); ok {
		if _, bare := from.R.(syscall.Conn); bare {
			return pourRaw(to, from, slice, moved)
		}
	}
	return pourBuffered(dst, from, slice, moved)
}

// pourRaw and pourBuffered take from.N < 0 as no bound and count it down
// otherwise, as io.LimitedReader's callers expect.
func pourRaw(dst io.ReaderFrom, from *io.LimitedReader, slice func() (int64, error), moved func(int64)) (int64, error) {
	var total int64
	for from.N != 0 {
		limit, err := nextSlice(from, slice)
		if err != nil {
			return total, err
		}
		n, err := dst.ReadFrom(&io.LimitedReader{R: from.R, N: limit})
		total += n
		count(from, n)
		moved(n)
		if err != nil || n < limit {
			return total, err
		}
	}
	return total, nil
}

func pourBuffered(dst io.Writer, from *io.LimitedReader, slice func() (int64, error), moved func(int64)) (int64, error) {
	var buf []byte
	var total, left int64
	for from.N != 0 {
		if left == 0 {
			var err error
			if left, err = nextSlice(from, slice); err != nil {
				return total, err
			}
		}
		if buf == nil {
			buf = make([]byte, min(left, pourFirst))
		}
		n, readErr := from.R.Read(buf[:min(int64(len(buf)), left)])
		written, err := writeAll(dst, buf[:n])
		total, left = total+written, left-written
		count(from, written)
		moved(written)
		switch {
		case err != nil:
			return total, err
		case errors.Is(readErr, io.EOF):
			return total, nil
		case readErr != nil:
			return total, readErr
		case n == len(buf) && n < pourMost:
			buf = make([]byte, min(4*n, pourMost))
		}
	}
	return total, nil
}

func nextSlice(from *io.LimitedReader, slice func() (int64, error)) (int64, error) {
	limit, err := slice()
	if from.N >= 0 {
		limit = min(limit, from.N)
	}
	return max(limit, 1), err
}

func count(from *io.LimitedReader, n int64) {
	if from.N >= 0 {
		from.N -= n
	}
}

func writeAll(dst io.Writer, p []byte) (int64, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := dst.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return int64(n), err
}
