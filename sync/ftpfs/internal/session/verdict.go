package session

import (
	"errors"
	"net/textproto"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// ErrNoVerdict is the cause of a KindLost after all bytes of a transfer went
// over a data connection that was ended in order, and the final reply never
// came: the control connection broke, a firewall had forgotten it, or the server
// said goodbye (421) in its place. The
// session is gone; whether the file stands is to be seen by its size, on
// another one.
var ErrNoVerdict = wire.ErrNoVerdict

// ErrUnasked is in the chain of a KindLost by which nothing took effect: the
// control connection ended before the transfer was asked for.
var ErrUnasked = wire.ErrUnasked

// verdict is err, the end of a transfer, as KindLost by ErrNoVerdict where
// whole says that nothing but the final reply is missing, and by nothing where
// bytes are.
func (o *operation) verdict(err error, whole bool) error {
	var refusal *textproto.Error
	kind := o.kind(err)
	switch {
	case err == nil, o.ctx.Err() != nil, errors.As(err, &refusal):
		return err
	case kind != vfs.KindLost && kind != vfs.KindTimeout:
		return err
	}
	missing := &vfs.Error{Op: o.verb, Path: o.path, Kind: vfs.KindLost, Reply: "the server's final word on the transfer did not come"}
	if inner := new(vfs.Error); errors.As(err, &inner) && inner.Reply != "" {
		missing.Reply += ": " + inner.Reply
	}
	if whole {
		missing.Err = ErrNoVerdict
	} else if !errors.Is(err, ErrNoVerdict) {
		return err
	}
	return missing
}
