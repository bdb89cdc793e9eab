package session

import (
	"context"
	"errors"
	"net/textproto"
	"strings"
	"time"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// operation is one turn of the session.
type operation struct {
	*Session
	ctx    context.Context
	outer  context.Context // the caller's
	cancel context.CancelFunc
	verb   string // for errors: "list"
	path   string // for errors
	// uniques are told by a listing, by the names of folders; nil where they are
	// of no use.
	uniques map[string]string
}

// begin takes the turn.
func (s *Session) begin(ctx context.Context, verb string, p vfs.Path) (*operation, error) {
	o := &operation{Session: s, outer: ctx, verb: verb, path: p.String()}
	var cancel context.CancelFunc
	o.ctx, cancel = context.WithCancel(ctx)
	stop := context.AfterFunc(s.life, cancel)
	o.cancel = func() { stop(); cancel() }
	select {
	case s.turn <- struct{}{}:
	case <-o.ctx.Done(): // the caller's end, or Close
		defer o.cancel()
		return nil, o.fault(o.ctx.Err())
	}
	if err := s.ctl.Err(); err != nil {
		err = o.fault(err)
		o.cancel()
		<-s.turn
		return nil, err
	}
	s.ctl.Begin(o.ctx)
	return o, nil
}

// do runs work as one operation.
func (s *Session) do(ctx context.Context, verb string, p vfs.Path, work func(*operation) error) error {
	o, err := s.begin(ctx, verb, p)
	if err != nil {
		return err
	}
	return o.end(s.guard(func() error { return work(o) }))
}

// end gives the turn back and returns the operation's verdict. A connection
// out of step is settled by a goroutine that keeps the turn; this call waits
// for it as long as a cancelled caller can wait.
func (o *operation) end(err error) error {
	err = o.fault(err)
	o.cancel()
	if o.ctl.InStep() || o.ctl.Err() != nil {
		<-o.turn
		return err
	}
	settled := make(chan struct{})
	o.settling.Store(true)
	started := o.spawn(func() {
		defer close(settled)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(o.ctx), settleTotal)
		defer cancel()
		// An error breaks the connection, and the next operation says so.
		_ = o.ctl.Settle(ctx)
		o.settling.Store(false)
		<-o.turn
	})
	if !started {
		<-o.turn
		return err
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-settled:
	case <-timer.C:
	}
	return err
}

// transfer runs work, which uses a data connection, once for each rung of the
// ladder until one bears.
func (o *operation) transfer(work func() error) error {
	for {
		err := o.guard(work)
		if err == nil {
			return nil
		}
		again, verdict := o.ctl.Climb(err)
		switch {
		case !again:
			return verdict
		case o.ctx.Err() != nil:
			return err // there is no verdict where the wire would go on
		}
	}
}

// command sends a line and returns its final reply; a refusal is an error.
func (o *operation) command(line string) (wire.Reply, error) {
	r, err := o.ctl.Command(line)
	if err == nil && r.Code >= 400 {
		err = &textproto.Error{Code: r.Code, Msg: r.Text()}
	}
	return r, err
}

// done sends a line that changes something and wants to hear that it was done.
// RFC 959 has 250 for most and 257 for MKD; small servers say 200 or 250 to all
// alike, and 350 is RNFR's.
func (o *operation) done(line string) error {
	r, err := o.command(line)
	if err == nil && !r.OK() && !(r.Code == 350 && strings.HasPrefix(line, "RNFR ")) {
		return o.kinded(vfs.KindProtocol, r.String())
	}
	return err
}

// fault makes err the error of this operation.
func (o *operation) fault(err error) error {
	if err == nil {
		return nil
	}
	out := &vfs.Error{Op: o.verb, Path: o.path, Err: err}
	var inner *vfs.Error
	var refusal *textproto.Error
	switch {
	case o.ctx.Err() != nil && o.severed.Load() && o.outer.Err() == nil:
		out.Kind, out.Reply = vfs.KindLost, severedReply
	case o.ctx.Err() != nil:
		out.Kind, out.Err = vfs.KindOf(o.ctx.Err()), o.ctx.Err()
	case errors.As(err, &refusal) && refusal.Code >= 400 && (!errors.As(err, &inner) || brokenOff(inner.Kind)):
		// The server's word on a transfer tells more than a broken connection
		// or a listing without end.
		out.Kind = kindOf(refusal.Code, refusal.Msg)
		if out.Kind == vfs.KindOther && inner != nil {
			out.Kind = inner.Kind
		}
		out.Reply, out.Err = oneLine(refusal), nil
	case errors.As(err, &inner):
		out.Kind, out.Reply, out.Err = inner.Kind, inner.Reply, inner.Err
		if proxy := new(wire.ProxyError); errors.As(err, &proxy) {
			out.Path = proxy.Address // it is about the proxy, whatever was asked of it
		}
	default:
		// The library's own, which may quote the server.
		out.Kind, out.Reply, out.Err = vfs.KindProtocol, err.Error(), nil
	}
	if o.ctl != nil {
		out.Reply = o.ctl.Conceal(out.Reply)
		out.Untouched = out.Kind == vfs.KindPermission && o.verb == "write" && o.ctl.Unbegun()
	}
	return out
}

func brokenOff(k vfs.Kind) bool {
	return k == vfs.KindLost || k == vfs.KindTimeout || k == vfs.KindUnreadable
}

// kinded makes an error with a Kind of our own finding.
func (o *operation) kinded(kind vfs.Kind, why string) error {
	return &vfs.Error{Op: o.verb, Path: o.path, Kind: kind, Reply: why}
}
