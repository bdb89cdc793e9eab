package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"path"
	"sync"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// Write begins or continues an upload; see vfs.FS.Create. ctx governs the
// Writer until Commit or Abort, and the session is taken until then. Where the
// upload began ahead of the server's word, a refusal comes with a Write or with
// Commit.
func (s *Session) Write(ctx context.Context, p vfs.Path, at int64) (vfs.Writer, error) {
	o, err := s.begin(ctx, "write", p)
	if err != nil {
		return nil, err
	}
	var w *writer
	err = s.guard(func() (err error) {
		w, err = o.create(p, at)
		return err
	})
	if err != nil {
		return nil, o.end(o.explain(err, p, noFolder))
	}
	return w, nil
}

// noFolder judges what cannot be written.
func noFolder(e vfs.Entry) vfs.Kind {
	if e.Type == vfs.TypeDir {
		return vfs.KindIsDir
	}
	return vfs.KindOther
}

// create starts the upload by STOR, or behind at bytes by REST and STOR, or by
// APPE where that is refused.
func (o *operation) create(p vfs.Path, at int64) (*writer, error) {
	name, err := o.names.encode(p)
	if err != nil {
		return nil, err
	}
	if err := o.binary(); err != nil {
		return nil, err
	}
	if o.isVSFTPD() && o.conf.Learned.folders.begin(path.Dir(name)) {
		// Of a refusal nothing follows, and a broken connection tells by itself.
		_, _ = o.list(p.Dir())
	}
	if at > 0 {
		if err := o.hasSize(p, at); err != nil {
			return nil, err
		}
	} else if o.conf.Site.Account == "" {
		o.ctl.Eager() // with an account STOR may be begun twice, see start
	}
	stor := upload{p, "STOR " + name, func(r io.Reader) error { return o.lib.StorFrom(name, r, uint64(at)) }}
	appe := upload{p, "APPE " + name, func(r io.Reader) error { return o.lib.Append(name, r) }}
	if at > 0 && !o.supports("REST") {
		return o.start(appe)
	}
	w, err := o.start(stor)
	var refusal *textproto.Error
	if at == 0 || err == nil {
		return w, err
	}
	if o.restRefused(err) == nil {
		o.forgetOffset(at)
	}
	if errors.As(err, &refusal) && refusal.Code != 425 {
		// Some servers take REST for downloads only.
		if w, again := o.start(appe); again == nil {
			return w, nil
		}
	}
	return w, err
}

// upload is a way to send a file.
type upload struct {
	path vfs.Path
	line string                // the command, as PRET tells it
	call func(io.Reader) error // of the library
}

// start begins an upload, on whatever rung bears, and with an account where
// the server asks for one now (532, RFC 959, 5.4).
func (o *operation) start(u upload) (w *writer, err error) {
	begin := func() (err error) {
		if err = o.pret(u.line); err == nil {
			w, err = o.attempt(u)
		}
		return err
	}
	err = o.transfer(begin)
	var refusal *textproto.Error
	if !errors.As(err, &refusal) || refusal.Code != 532 {
		return w, err
	}
	_, wanted := o.ctl.Last()
	switch r, err := o.account(wanted); {
	case err != nil:
		return nil, err
	case !r.OK():
		return nil, o.kinded(vfs.KindLogin, r.String())
	}
	err = o.transfer(begin)
	return w, err
}

// hasSize proves that the part to be continued is as long as it should be.
func (o *operation) hasSize(p vfs.Path, at int64) error {
	size, err := o.size(p)
	if err != nil {
		return err
	}
	if size == vfs.SizeUnknown {
		e, err := o.stat(p)
		if err != nil {
			return err
		}
		size = e.Size
	}
	if size != vfs.SizeUnknown && size != at {
		return o.kinded(vfs.KindChanged, fmt.Sprintf("the file has %d bytes now", size))
	}
	return nil
}

// attempt runs the library's call in a goroutine and returns when the data
// connection stands, or when the call has failed.
func (o *operation) attempt(u upload) (*writer, error) {
	w := &writer{o: o, path: u.path, done: make(chan struct{}), hand: handoff{
		ready: make(chan struct{}), release: make(chan error, 1), quit: o.ctl.Done(), ctx: o.ctx,
	}}
	if !o.spawn(func() {
		defer close(w.done)
		w.result = o.guard(func() error { return u.call(&w.hand) })
	}) {
		return nil, o.kinded(vfs.KindCancelled, "the session is closed")
	}
	select {
	case <-w.done:
		return nil, w.result
	case <-w.hand.ready:
	}
	if err := w.hand.data.Open(); err != nil {
		return nil, errors.Join(err, w.finish(err))
	}
	return w, nil
}

// handoff stands where the library wants a Reader to send from: it hands the
// data connection to the Writer and keeps the library waiting until that is
// done, so that bytes go from the caller to the network without a detour.
type handoff struct {
	ready   chan struct{} // closed when data is set
	data    *wire.Data
	release chan error // the Writer's last word; takes one without blocking
	quit    <-chan struct{}
	ctx     context.Context
}

// Read is never reached: io.Copy prefers WriteTo.
func (h *handoff) Read([]byte) (int, error) { return 0, io.ErrNoProgress }

func (h *handoff) WriteTo(to io.Writer) (int64, error) {
	data, ok := to.(*wire.Data)
	if !ok {
		return 0, io.ErrNoProgress
	}
	h.data = data
	close(h.ready)
	var err error
	select {
	case err = <-h.release:
	case <-h.quit:
		err = io.ErrClosedPipe
	case <-h.ctx.Done():
		err = h.ctx.Err()
	}
	if err != nil {
		// Before the library closes it: a closed upload looks whole.
		data.Abort(nil)
	}
	return 0, err
}

// writer is an upload in progress.
type writer struct {
	o      *operation
	path   vfs.Path
	hand   handoff
	done   chan struct{} // closed when the library's call is over
	result error         // of the library's call, once done
	failed error         // of a Write; the library's call is over then

	once    sync.Once
	verdict error
}

func (w *writer) Write(p []byte) (int, error) {
	if w.failed != nil {
		return 0, w.failed
	}
	n, err := w.hand.data.Write(p)
	return n, w.check(err)
}

// ReadFrom sends all of r by the shortest way there is.
func (w *writer) ReadFrom(r io.Reader) (int64, error) {
	if w.failed != nil {
		return 0, w.failed
	}
	from := &content{from: r}
	n, err := w.hand.data.ReadFrom(from)
	if from.err == nil || w.hand.data.Err() != nil {
		return n, w.check(err)
	}
	return n, err // of r
}

// content is what an upload sends, with the error that ended it: all others are the
// connection's, also of one that a refusal has ended without a word of its own.
type content struct {
	from io.Reader
	err  error // nil at the end
}

func (c *content) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// check ends the library's call after a failed write: the server's final
// reply, "552 quota exceeded" say, tells more than the broken connection. It can
// be the refusal of the whole upload, which was begun ahead of the server's word.
func (w *writer) check(err error) error {
	if err == nil {
		return nil
	}
	w.failed = w.o.fault(w.o.explain(errors.Join(err, w.finish(err)), w.path, noFolder))
	return w.failed
}

// finish lets the library's call go on with err and returns what comes of it.
// Only the first word counts; it may be called when the call is over.
func (w *writer) finish(err error) error {
	select {
	case w.hand.release <- err:
	default:
	}
	<-w.done
	return w.result
}

// Commit ends the upload and returns the server's verdict.
func (w *writer) Commit() error {
	w.once.Do(func() {
		if w.failed != nil {
			_ = w.o.end(nil)
			w.verdict = w.failed
			return
		}
		w.verdict = w.o.end(w.ended())
	})
	return w.verdict
}

// ended ends the library's call and returns the server's word on the upload.
func (w *writer) ended() error {
	err := w.o.verdict(w.finish(nil), w.hand.data.Err() == nil)
	return w.o.explain(err, w.path, noFolder)
}

// Abort breaks the upload off by a reset.
func (w *writer) Abort() error {
	w.once.Do(func() {
		if w.failed == nil {
			w.hand.data.Abort(nil)
			w.o.cancel()
			<-w.done
		}
		_ = w.o.end(nil)
	})
	return w.verdict
}
