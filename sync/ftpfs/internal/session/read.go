package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"sync"

	"github.com/jlaffaye/ftp"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// Read opens a file for download from byte offset on. ctx governs the Reader
// until it is closed, and the session is taken until then.
func (s *Session) Read(ctx context.Context, p vfs.Path, offset int64) (vfs.Reader, error) {
	return s.read(ctx, p, offset, nil)
}

// ReadSeen is Read of a plain file that a listing has shown as seen, whose size
// is not asked for again. The Reader is a vfs.Witness.
func (s *Session) ReadSeen(ctx context.Context, p vfs.Path, offset int64, seen vfs.Entry) (vfs.Reader, error) {
	return s.read(ctx, p, offset, &seen)
}

func (s *Session) read(ctx context.Context, p vfs.Path, offset int64, seen *vfs.Entry) (vfs.Reader, error) {
	o, err := s.begin(ctx, "read", p)
	if err != nil {
		return nil, err
	}
	r := &reader{o: o, path: p, offset: offset, seen: seen}
	if err := s.guard(func() error { return r.open(p) }); err != nil {
		return nil, o.end(o.explain(err, p, r.needFile))
	}
	return r, nil
}

// needFile judges what cannot be read. Of a link that leads to a file SIZE
// would have told the size, also where the file may not be read.
func (r *reader) needFile(e vfs.Entry) vfs.Kind {
	switch {
	case e.Type == vfs.TypeLink && e.TargetType == vfs.TypeDir:
		return vfs.KindIsDir
	case e.Type == vfs.TypeLink && r.size == vfs.SizeUnknown && r.o.supports("SIZE"):
		return vfs.KindNotFound
	}
	return needFile(e)
}

// reader is a download in progress.
type reader struct {
	o      *operation
	path   vfs.Path
	seen   *vfs.Entry // nil where nobody has looked
	resp   *ftp.Response
	data   *wire.Data
	offset int64
	size   int64
	got    int64
	eof    bool
	broken error // what Read returned besides io.EOF

	before, after *vfs.Entry // see vfs.Witness; nil where nothing was told

	once    sync.Once
	verdict error // of Close
}

func (r *reader) open(p vfs.Path) error {
	o := r.o
	name, err := o.names.encode(p)
	if err != nil {
		return err
	}
	if err := o.binary(); err != nil {
		return err
	}
	front, rear, err := r.measure(name)
	if err != nil {
		return err
	}
	o.ctl.Ahead(front...)
	o.ctl.Behind(rear...)
	err = o.transfer(func() error {
		if err := o.pret("RETR " + name); err != nil {
			return err
		}
		return r.begin(name)
	})
	if r.before != nil {
		r.size = r.before.Size
	}
	if err != nil && r.offset > 0 {
		if refused := o.restRefused(err); refused != nil {
			return refused
		}
		o.forgetOffset(r.offset)
	}
	return err
}

// begin sends RETR, opens the data connection and reads what was told in front.
func (r *reader) begin(name string) (err error) {
	if r.resp, err = r.o.lib.RetrFrom(name, uint64(r.offset)); err != nil {
		return err
	}
	r.data = r.o.ctl.Data()
	err = r.data.Open()
	if err == nil {
		var told []wire.Reply
		told, err = r.o.ctl.Fronted()
		r.before = r.witness(told)
	}
	if err != nil {
		return errors.Join(err, r.resp.Close())
	}
	return nil
}

// restRefused is the error of a transfer that failed with err because the
// server does not take an offset; nil where it failed for something else.
func (o *operation) restRefused(err error) error {
	verb, reply := o.ctl.Last()
	var refusal *textproto.Error
	if verb != "REST" || reply.Code < 500 || !errors.As(err, &refusal) {
		return nil
	}
	if unknown(reply.Code) {
		o.unlearn("REST")
	}
	return o.kinded(vfs.KindUnsupported, "the server cannot begin in the middle of a file: "+reply.String())
}

// forgetOffset takes back the REST of a transfer that was refused: RFC 959
// leaves open whether the offset waits for the next one.
func (o *operation) forgetOffset(offset int64) {
	if offset > 0 && o.ctl.InStep() {
		// Whatever the server says: the next transfer's size is checked.
		_, _ = o.ctl.Command("REST 0")
	}
}

// Size returns the whole file's size as SIZE told it.
func (r *reader) Size() int64 { return r.size }

// Read returns content; io.EOF says that the server sent no more, and Close
// whether that was all. More than SIZE told is KindSize at once: such a server
// need not ever end.
func (r *reader) Read(p []byte) (int, error) {
	n, err := r.data.Read(p)
	r.got += int64(n)
	if over := r.over(); over > 0 {
		return max(0, n-int(over)), r.tooMuch()
	}
	return n, r.ended(err)
}

// WriteTo copies what is left to w by the shortest way there is.
func (r *reader) WriteTo(w io.Writer) (int64, error) {
	if r.size != vfs.SizeUnknown {
		w = bound(w, r.size-r.offset-r.got)
	}
	n, err := r.data.WriteTo(w)
	r.got += n
	switch {
	case errors.Is(err, errBound):
		return n, r.tooMuch()
	case err == nil:
		r.eof = true
	}
	if r.data.Err() != nil {
		return n, r.ended(err)
	}
	return n, err // of w
}

// over is how many bytes came beyond what SIZE told.
func (r *reader) over() int64 {
	if r.size == vfs.SizeUnknown {
		return 0
	}
	return r.got - (r.size - r.offset)
}

// tooMuch ends a download of more bytes than there should be. Behind an offset
// the reason may be a server that says 350 to REST and begins at the first
// byte all the same, so the next transfer does not try that.
func (r *reader) tooMuch() error {
	if r.offset > 0 {
		r.o.unlearn("REST")
	}
	r.broken = r.o.fault(r.o.kinded(vfs.KindSize, fmt.Sprintf("more than the %d bytes came that were announced", r.size-r.offset)))
	r.data.Abort(r.broken)
	return r.broken
}

func (r *reader) ended(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		r.eof = true
		return io.EOF
	}
	r.broken = r.o.fault(err)
	return r.broken
}

// Close ends the download; see vfs.Reader.
func (r *reader) Close() error {
	r.once.Do(func() { r.verdict = r.close() })
	return r.verdict
}

func (r *reader) close() error {
	o := r.o
	if !r.eof {
		// The reply to a broken-off transfer is fetched by end; with the
		// context done the library does not wait for it.
		o.cancel()
		_ = o.guard(r.resp.Close)
		_ = o.end(nil)
		return nil
	}
	whole := r.size - r.offset
	err := o.guard(r.resp.Close)
	if err != nil {
		return o.end(o.verdict(err, r.got == whole && r.data.Whole()))
	}
	switch {
	case r.size != vfs.SizeUnknown && r.got != whole:
		return o.end(o.kinded(vfs.KindSize, fmt.Sprintf("%d bytes arrived, %d were announced", r.got, whole)))
	case r.size == vfs.SizeUnknown && !r.data.Whole():
		return o.end(o.kinded(vfs.KindSize, "the encrypted data connection was cut off"))
	}
	if replies, all := o.behind(); all {
		r.after = r.witness(replies)
	}
	return o.end(nil)
}
