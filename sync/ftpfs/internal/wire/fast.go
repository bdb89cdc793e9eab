package wire

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"math"
	"syscall"
	"time"

	"wherry/sync/vfs"
)

// bufferSize is what is copied at a time where the kernel cannot do it: on
// loopback 1 MiB moves half as much again as io.Copy's 32 KiB.
const bufferSize = 1 << 20

// networkSize is what is read from the network at a time below TLS.
const networkSize = 64 << 10

// chunkSize bounds one call of splice or sendfile, so that the limit without
// progress starts anew between them.
const chunkSize = 4 << 20

// kernelFile is what the kernel can send from: *os.File, and the wrapper that
// os.File.WriteTo puts around it.
type kernelFile interface {
	fs.File
	io.Seeker
	syscall.Conn
}

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

// ReadFrom sends what r has: in clear and from a file of this computer by
// sendfile. An error of r is returned as it is, and then Abort is due.
func (d *Data) ReadFrom(r io.Reader) (int64, error) {
	if err := d.Open(); err != nil {
		return 0, err
	}
	if file, left, ok := regularFile(r); ok && d.records == nil {
		n, err := d.sendFile(file, left)
		if l, isLimited := r.(*io.LimitedReader); isLimited {
			l.N -= n
		}
		return n, err
	}
	var total int64
	for buf := d.c.scratch(); ; {
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

// regularFile finds a file in r, also within the LimitedReader of io.CopyN,
// and how much of it is wanted.
func regularFile(r io.Reader) (file kernelFile, left int64, ok bool) {
	left = math.MaxInt64
	if l, isLimited := r.(*io.LimitedReader); isLimited {
		r, left = l.R, l.N
	}
	if file, ok = r.(kernelFile); !ok {
		return nil, 0, false
	}
	info, err := file.Stat()
	return file, left, err == nil && info.Mode().IsRegular()
}

// sendFile sends up to left bytes from where file stands.
func (d *Data) sendFile(file kernelFile, left int64) (int64, error) {
	start, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	var total int64
	for left > 0 {
		if err := d.Open(); err != nil {
			return total, err
		}
		if err := d.flow.tcp.SetWriteDeadline(time.Now().Add(d.flow.writeLimit)); err != nil {
			return total, d.failed(err)
		}
		want := min(left, chunkSize)
		n, err := d.flow.tcp.ReadFrom(&io.LimitedReader{R: file, N: want})
		total += n
		left -= n
		d.count += n
		if err != nil {
			// Slow and alive goes on, as long as the system did not read
			// ahead of what it sent.
			at, seekErr := file.Seek(0, io.SeekCurrent)
			if n == 0 || !isTimeout(err) || seekErr != nil || at != start+total {
				return total, d.failed(err)
			}
			continue
		}
		if n < want {
			return total, nil
		}
	}
	return total, nil
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
