package wire

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"wherry/sync/vfs"
)

// A transfer whose data connection is still being made when its command goes out
// is an early one: the server waits for the connection anyway, so a round trip is
// saved. It is done where one data connection has come about in the same way on
// this control connection, to a server that is known (see bearing). Where it fails
// before any content has moved, the transfer is repeated without haste.

// dialling is a data connection on its way.
type dialling struct {
	port   uint16
	done   chan struct{} // closed when it stands or has failed
	cancel context.CancelFunc

	mu      sync.Mutex
	conn    *net.TCPConn // guarded; until somebody takes it
	err     error        // guarded
	dropped bool         // guarded
}

// dialAhead begins to connect to port and does not wait. drop ends it, or ctx, and
// Close of the control connection waits for it.
func (c *Control) dialAhead(ctx context.Context, port uint16, limit time.Duration) *dialling {
	w := &dialling{port: port, done: make(chan struct{})}
	ctx, w.cancel = context.WithCancel(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		w.cancel()
		w.err = net.ErrClosed
		close(w.done)
		return w
	}
	c.dials.Go(func() {
		defer close(w.done)
		defer w.cancel()
		conn, err := c.dialData(ctx, port, limit)
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.conn, w.err = conn, err; w.dropped {
			w.hangUpLocked()
		}
	})
	return w
}

// drop ends the dialling and what nobody took of it.
func (w *dialling) drop() {
	w.cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dropped = true
	w.hangUpLocked()
}

func (w *dialling) hangUpLocked() {
	if w.conn != nil {
		_ = w.conn.SetLinger(0)
		_ = w.conn.Close()
		w.conn, w.err = nil, net.ErrClosed
	}
}

// failed says whether it is over and nothing came of it.
func (w *dialling) failed() bool {
	select {
	case <-w.done:
	default:
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err != nil
}

// take waits for the connection, which is the caller's then.
func (w *dialling) take() (*net.TCPConn, error) {
	<-w.done // limited by the dialling itself
	w.mu.Lock()
	defer w.mu.Unlock()
	conn := w.conn
	w.conn = nil
	return conn, w.err
}

// hurries says whether a transfer's command may go out before its data connection
// by rung stands.
func (c *Control) hurries(rung Rung) bool { return c.bearsBy(rung) && c.bears().mark != "" }

// dialled waits for the connection on its way and takes it.
func (d *Data) dialled() (*net.TCPConn, error) {
	conn, err := d.dial.take()
	d.mu.Lock()
	over := d.over
	if err == nil && !over {
		d.tcp = conn
	}
	d.mu.Unlock()
	switch {
	case over && err == nil:
		_ = conn.Close()
		return nil, net.ErrClosed
	case over:
		return nil, net.ErrClosed
	case err == nil:
		d.c.reached(d.try, conn)
		return conn, nil
	case d.ctx.Err() != nil:
		return nil, ended(d.ctx)
	}
	why := d.c.unreached(d.try, d.dial.port, d.limit, err, "")
	return nil, fault(vfs.KindNoData, why, d.c.blocked(nil))
}

// early waits for the first word on an early transfer, or for its data
// connection. Where that stands the server is made to say 150 as far as nothing
// can come of it: over TLS the handshake waits for the server's consent, and in
// clear the session has to bear a refusal later.
func (c *Control) early(d *Data) (Reply, error) {
	r, err := c.receiveOr(c.conf.Timeout, d.dial.done)
	if !errors.Is(err, errStands) {
		return r, err
	}
	switch _, err := d.connected(0); {
	case err != nil && d.killed() && c.ctx.Err() == nil:
		return c.await(settleLimit) // by the pump: the refusal is there
	case err != nil:
		// A refusal tells more, and comes at about the same time.
		if r, none := c.final(stuckLimit); none == nil {
			d.Abort(nil)
			return r, nil
		}
		return Reply{}, d.failed(err)
	}
	switch waits := c.tls == nil && !(c.eager && isUpload(c.verb)); {
	case waits && d.kept:
		return c.agreed(d)
	case waits:
		return c.await(c.conf.Timeout)
	}
	d.promise()
	return Reply{Code: 150, Lines: []string{"150 (ahead)"}}, nil
}

// Eager has uploads of this operation begin as soon as their data connection
// stands, before the server agreed to them: a refusal then comes with a Write or
// with the final reply.
func (c *Control) Eager() { c.eager = true }

// promise lets content move before the server's 1xx.
func (d *Data) promise() {
	d.promised, d.started = true, time.Now()
	d.upload = isUpload(d.c.verb)
}

func isUpload(verb string) bool { return verb == "STOR" || verb == "APPE" }

// refusal is what the pump looks for: the reply that refuses an early transfer,
// whose data connection nobody will serve then.
type refusal struct {
	d    *Data
	skip int // final replies that come before
}

// look is called by the pump with each reply; it returns what is to be looked for
// from then on.
func (w *refusal) look(r Reply) *refusal {
	switch {
	case w.skip > 0 && r.final():
		return &refusal{w.d, w.skip - 1}
	case w.skip > 0:
		return w
	case r.Code >= 400:
		w.d.Abort(nil)
	}
	return nil
}

// hasty says whether d failed by what was done to save round trips: nothing moved
// over it, and err or the server says that it did not come about.
func (c *Control) hasty(d *Data, err error) bool {
	return d.dial != nil && (c.last.Code == 425 || vfs.KindOf(err) == vfs.KindNoData)
}

// withoutHaste has the operation repeated with one step after the other, here or,
// where the server is stuck, by a fresh session.
func (c *Control) withoutHaste(d *Data) (again bool, verdict error) {
	c.odd("no data connection by " + d.rung.String() + " that was asked for ahead")
	c.mu.Lock()
	if n := len(c.tries); n > 0 && c.tries[n-1] == d.try {
		c.tries = c.tries[:n-1] // no word on the way itself
	}
	c.mu.Unlock()
	if len(c.pending) > 0 {
		// Most say at once that there is no connection, others wait for it.
		limit := settleLimit
		if d.silent {
			limit = stuckLimit
		}
		if r, err := c.final(limit); err == nil && r.Code == 421 {
			return false, c.goodbye(r, false)
		}
		if err := c.collect(rear, orderLimit); errors.Is(err, errOdd) {
			c.suspect = true
		}
		c.dropPort()
	}
	if c.InStep() {
		return true, nil
	}
	c.conf.Learned.carry(nil)
	return false, fault(vfs.KindNoData, "no data connection", c.blocked([]Rung{d.rung}))
}
