package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// Data is one data connection. Read, Write, Open and Close belong to one
// goroutine at a time; Abort may be called from any.
type Data struct {
	c     *Control        // fixed
	rung  Rung            // fixed
	try   *try            // fixed; its record
	limit time.Duration   // fixed; how long it may take to come about
	ctx   context.Context // fixed; the operation's
	stop  func() bool     // fixed; parts Abort from ctx
	dial  *dialling       // fixed; nil where the connection stood, or is accepted
	kept  bool            // fixed; it was made ahead of its transfer, see takePort

	// Of the operation.
	begun    bool   // the server said 1xx; written under mu
	promised bool   // the library was told so ahead of it
	ahead    *Reply // the end, said before anything moved and not yet passed on
	upload   bool
	first    []byte        // came while it was waited for, and was not read yet; see sounds
	silent   bool          // nothing came in time over a connection made ahead
	left     bool          // we have said close_notify ahead of the content
	hasty    bool          // a reset followed our end
	trip     time.Duration // a round trip, 0 where it was of no interest
	parted   time.Time     // when our end of an upload was sent, where that is of interest
	asked    time.Time     // when the transfer's command went out
	started  time.Time
	flow     *flow
	stream   net.Conn // flow, or TLS over it; nil before Open
	records  *records // nil in clear
	count    int64    // bytes of content, either way
	eof      bool

	mu      sync.Mutex
	tcp     *net.TCPConn // guarded
	door    *door        // guarded; nil once the server is in
	over    bool         // guarded: closed or aborted
	aborted bool         // guarded
	cause   error        // guarded: what Read and Write say once it is over
}

// Rung tells how it was made.
func (d *Data) Rung() Rung { return d.rung }

func (d *Data) take(conn *net.TCPConn) { d.tcp = conn }
func (d *Data) listen(l door)          { d.door = &l }

// begin is called at the server's 1xx.
func (d *Data) begin() {
	if d.begun {
		return
	}
	d.mu.Lock()
	d.begun = true
	d.mu.Unlock()
	if !d.promised {
		d.started, d.upload = time.Now(), isUpload(d.c.verb)
	}
	if d.rung.Mode() == site.ModePassive {
		d.c.worked(d)
	}
}

// agreed says whether the server said 1xx. It is for others than the library's
// goroutine, which begin is called from.
func (d *Data) agreed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.begun
}

// Open lets the server in where it connects to us, and does the TLS
// handshake. Read, Write and Close call it; the session calls it first, so
// that a data connection that does not come about fails before anything is
// handed out. It also fails once the operation's context is done.
func (d *Data) Open() error {
	if d.ctx.Err() != nil {
		return d.failed(ended(d.ctx)) // Abort comes too, but when it likes
	}
	if d.stream != nil {
		return nil
	}
	// A server that says 150 first and calls then has what is left of the
	// time; slow disks come before the 150.
	tcp, err := d.connected(max(d.limit-d.waited(), d.limit/3))
	if err != nil {
		return d.failed(err)
	}
	limit := d.c.conf.Timeout
	if d.ahead != nil {
		limit = min(limit, d.c.conf.DataTimeout)
	}
	d.flow = &flow{tcp: tcp, readLimit: limit, writeLimit: limit}
	if d.kept {
		d.flow.readLimit = min(limit, d.c.soundLimit())
		defer func() { d.flow.readLimit = limit }()
	}
	if d.c.tls == nil {
		d.stream = d.flow
		return d.sounds()
	}
	d.records = &records{Conn: d.flow, in: d.c.buffered(&lumps{flow: d.flow})}
	conn := d.c.tls.clientFor(d.records)
	if err := conn.Handshake(); err != nil {
		switch {
		case d.kept && isTimeout(err) && !d.ended():
			return d.swallowed()
		case d.promised && !d.agreed():
			// The server may refuse the transfer, and close the port at once
			// (ProFTPD): its words tell.
			return d.failed(err)
		case !isTimeout(err) && !d.ended():
			err = fault(vfs.KindTLS, "the TLS handshake of the data connection failed", err)
		}
		return d.unsecured(err)
	}
	if err := d.c.tls.check(conn.ConnectionState()); err != nil {
		return d.unsecured(err)
	}
	d.stream = conn
	d.takesLeave(conn)
	return d.sounds()
}

// unsecured ends a connection that stood and could not be trusted.
func (d *Data) unsecured(err error) error {
	if !d.ended() {
		d.c.record(d.try, TLSFailed, "", err.Error())
	}
	return d.failed(err)
}

// waited is how long the server has had since the transfer's command.
func (d *Data) waited() time.Duration {
	if d.asked.IsZero() {
		return 0
	}
	return time.Since(d.asked)
}

// connected returns the TCP connection, waiting for the server's call in
// active mode for at most limit.
func (d *Data) connected(limit time.Duration) (*net.TCPConn, error) {
	d.mu.Lock()
	tcp, door, over := d.tcp, d.door, d.over
	d.mu.Unlock()
	if over {
		return nil, net.ErrClosed
	}
	if tcp != nil {
		return tcp, nil
	}
	if d.dial != nil {
		return d.dialled()
	}
	tcp, err := d.callIn(*door, limit)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over {
		_ = tcp.Close()
		return nil, net.ErrClosed
	}
	d.tcp, d.door = tcp, nil
	d.c.worked(d)
	return tcp, nil
}

// failed ends the connection with err, or tells why it had ended before.
func (d *Data) failed(err error) error {
	var f *vfs.Error
	switch {
	case errors.As(err, &f):
	case isTimeout(err):
		f = fault(vfs.KindTimeout, "no data moved", err)
	default:
		f = fault(vfs.KindLost, "the data connection broke", err)
	}
	d.Abort(f)
	if cause := d.Err(); cause != nil {
		return cause
	}
	return f
}

// Abort kills the connection by a reset: a server must not take an upload
// that was broken off for a whole file. cause is what Read and Write say from
// then on. Only the first call counts.
func (d *Data) Abort(cause error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over {
		return
	}
	d.over, d.aborted, d.cause = true, true, cause
	if d.tcp != nil {
		_ = d.tcp.SetLinger(0)
		_ = d.tcp.Close()
	}
	if d.door != nil {
		_ = d.door.ln.Close()
	}
	if d.dial != nil {
		d.dial.drop()
	}
}

// Err returns why the connection broke, nil when it did not, or was aborted
// without a cause.
func (d *Data) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cause
}

// ended says whether it was closed or aborted.
func (d *Data) ended() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.over
}

// killed says whether it ended by Abort.
func (d *Data) killed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.aborted
}

// stood says whether it ever came about.
func (d *Data) stood() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tcp != nil
}

// moved says whether content went over it.
func (d *Data) moved() bool { return d.count > 0 }

// Read returns content. At its end it returns io.EOF also where TLS was cut
// off; Whole tells the difference.
func (d *Data) Read(p []byte) (int, error) {
	if err := d.Open(); err != nil {
		return 0, err
	}
	if n := copy(p, d.first); n > 0 {
		d.first = d.first[n:]
		d.count += int64(n)
		return n, nil
	}
	n, err := d.stream.Read(p)
	d.count += int64(n)
	return n, d.readEnd(err)
}

func (d *Data) readEnd(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF) && !d.ended():
		d.eof = true
		return io.EOF
	}
	if d.left && !d.ended() {
		d.c.unwell(err.Error())
	}
	return d.failed(err)
}

// Whole says, after io.EOF, whether the server ended the content on purpose:
// over TLS by close_notify, without which anyone on the way could have cut it
// (RFC 8446, 6.1).
func (d *Data) Whole() bool {
	return d.eof && (d.records == nil || d.records.closed(d.c.tls.version))
}

// Write sends content.
func (d *Data) Write(p []byte) (int, error) {
	if err := d.Open(); err != nil {
		return 0, err
	}
	n, err := d.stream.Write(p)
	d.count += int64(n)
	if err != nil {
		return n, d.failed(err)
	}
	return n, nil
}

// Handshake is called by the library behind an empty STOR.
func (d *Data) Handshake() error { return d.Open() }

// Close ends the connection in the way that fits: a reset where the transfer
// was refused (over TLS a handshake would wait for nobody) or is not at its
// end, the careful sequence for an upload.
func (d *Data) Close() error {
	defer d.stop() // behind the wait for the server's end of an upload
	switch {
	case d.ended():
		return nil
	case !d.begun && !d.promised || !d.upload && !d.eof:
		d.Abort(nil)
		return nil
	case d.upload:
		if err := d.finish(); err != nil {
			return d.failed(err)
		}
	default:
		d.watchEnd()
	}
	d.mu.Lock()
	d.over = true
	err := d.tcp.Close()
	d.mu.Unlock()
	switch {
	case !d.upload:
	case err != nil:
		return fault(vfs.KindLost, "the data connection broke", err)
	default:
		d.c.trail()
	}
	return nil
}

// finish ends an upload so that the server gets all of it. Over TLS 1.3 the
// server's session tickets lie unread on our side, and closing over unread
// bytes makes the kernel send a reset, which loses the tail of the upload
// (vsftpd then says 426, pyftpdlib 226). So: our end, its end, close.
func (d *Data) finish() error {
	if err := d.Open(); err != nil {
		return err
	}
	conn, ok := d.stream.(*tls.Conn)
	if !ok {
		return d.hurry()
	}
	if err := conn.CloseWrite(); err != nil {
		return err
	}
	if err := d.flow.tcp.CloseWrite(); err != nil {
		return err
	}
	d.c.trail()
	// One limit for all of it: nothing that a server says here is worth more.
	d.flow.readLimit = 0
	if err := d.flow.tcp.SetReadDeadline(time.Now().Add(d.endLimit(d.c.conf.Timeout) + d.unsent())); err != nil {
		return err
	}
	// An error here is a server that resets after it has read all; the final
	// reply tells whether it has.
	_, _ = io.Copy(io.Discard, io.LimitReader(d.flow, maxReply))
	if d.ended() {
		return net.ErrClosed
	}
	return nil
}

// inFlight is what the buffers of both ends may hold of an upload (Linux and
// Windows grow them to about this much).
const inFlight = 8 << 20

// unsent estimates how long an upload's last bytes are still on their way,
// from the pace so far: the final reply comes after them.
func (d *Data) unsent() time.Duration {
	if !d.upload || d.count == 0 {
		return 0
	}
	pace := float64(time.Since(d.started)) / float64(d.count)
	return min(time.Duration(pace*float64(min(d.count, inFlight))), 10*time.Minute)
}

// LocalAddr and RemoteAddr are those of the control connection: the library
// asks for a net.Conn and looks at neither.
func (d *Data) LocalAddr() net.Addr  { return d.c.tcp.LocalAddr() }
func (d *Data) RemoteAddr() net.Addr { return d.c.tcp.RemoteAddr() }

// SetDeadline and its kin do nothing: the limits are this package's.
func (d *Data) SetDeadline(time.Time) error      { return nil }
func (d *Data) SetReadDeadline(time.Time) error  { return nil }
func (d *Data) SetWriteDeadline(time.Time) error { return nil }
