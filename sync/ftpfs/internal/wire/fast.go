package wire

import (
	"bufio"
	"errors"
	"io"
	"syscall"
	"time"

	"wherry/sync/vfs"
)

// bufferSize is what is copied at a time where the kernel cannot do it: on
// loopback 1 MiB moves half as much again as io.Copy's 32 KiB.
const bufferSize = 1 << 20

// networkSize is what is read from the network at a time below TLS.
const networkSize = lumpSize

// sendSize is what is read of a file and sent at a time. The second level of
// most processors' caches holds it.
const sendSize = 512 << 10

// chunkSize bounds one call of splice, so that the limit without
// progress starts anew between them.
const chunkSize = 4 << 20

// WriteTo copies the content to w: in clear straight from the socket, which
// for a file of this computer is splice. An error of w is returned as it is.
func (d *Data) WriteTo(w io.Writer) (int64, error) {
	if err := d.Open(); err != nil {
		return 0, err
	}
	copyChunk := d.copyBuffer
	if d.records == nil {
		if _, ok := w.(io.ReaderFrom); ok {
			copyChunk = d.splice
		}
	}
	var total int64
	if len(d.first) > 0 {
		n, err := w.Write(d.first)
		d.first = d.first[n:]
		d.count += int64(n)
		if total += int64(n); err != nil {
			return total, err
		}
	}
	for {
		n, err := copyChunk(w)
		total += n
		d.count += n
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err == nil {
			err = d.Open()
		}
		if err != nil {
			return total, err
		}
	}
}

// copyBuffer moves one buffer; io.EOF is the end of the content. TLS gives one
// record at a time, so what has come already is gathered first: a write of 16 KiB
// costs nearly as much as a large one.
func (d *Data) copyBuffer(w io.Writer) (int64, error) {
	buf := d.c.scratch()
	n, err := d.stream.Read(buf)
	for err == nil && d.records != nil && d.records.in.Buffered() > 0 && n < len(buf) {
		var more int
		more, err = d.stream.Read(buf[n:])
		n += more
	}
	if n > 0 {
		if m, err := w.Write(buf[:n]); err != nil {
			return int64(m), err
		}
	}
	return int64(n), d.readEnd(err)
}

// splice moves up to a chunk by the writer's own ReadFrom.
func (d *Data) splice(w io.Writer) (int64, error) {
	if err := d.flow.tcp.SetReadDeadline(time.Now().Add(d.flow.readLimit)); err != nil {
		return 0, d.failed(err)
	}
	n, err := w.(io.ReaderFrom).ReadFrom(&io.LimitedReader{R: d.flow.tcp, N: chunkSize})
	var theirs *vfs.Error
	switch {
	case err == nil && n < chunkSize:
		return n, d.readEnd(io.EOF)
	case err == nil:
		return n, nil
	case d.ended():
		return n, d.failed(err)
	case errors.As(err, &theirs):
		return n, err
	case isTimeout(err) && n > 0:
		return n, nil // slow, and alive
	case isTimeout(err), errors.Is(err, syscall.ECONNRESET):
		return n, d.failed(err)
	}
	return n, err
}

// ReadFrom sends what r has. An error of r is returned as it is, and then Abort
// is due.
//
// It is no sendfile. That saves two thirds of our processor time, and a server on
// this computer has to copy from memory that is far from its processor instead:
// both together take a quarter to a half longer than with a buffer that stays near.
func (d *Data) ReadFrom(r io.Reader) (int64, error) {
	var total int64
	for buf := d.c.scratch()[:sendSize]; ; {
		n, err := r.Read(buf)
		if n > 0 {
			m, err := d.Write(buf[:n])
			if total += int64(m); err != nil {
				return total, err
			}
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// buffered returns the session's reader of what is below TLS; one data connection
// at a time uses it.
func (c *Control) buffered(conn io.Reader) *bufio.Reader {
	if c.below == nil {
		c.below = bufio.NewReaderSize(nil, networkSize)
	}
	c.below.Reset(conn)
	return c.below
}

// scratch returns the session's copying buffer; one transfer at a time uses
// it.
func (c *Control) scratch() []byte {
	if c.buffer == nil {
		c.buffer = make([]byte, bufferSize)
	}
	return c.buffer
}
