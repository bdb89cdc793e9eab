package session

import (
	"errors"
	"net/textproto"

	"wherry/sync/vfs"
)

// ErrNoVerdict is the cause of a KindLost after all bytes of a transfer went
// over a data connection that was ended in order, and the final reply never
// came: the control connection broke, or a firewall had forgotten it. The
// session is gone; whether the file stands is to be seen by its size, on
// another one.
var ErrNoVerdict = errors.New("the server's final word on the transfer never came")

// verdict makes err, the end of a transfer, wrap ErrNoVerdict where whole says
// that nothing but the final reply is missing.
func (o *operation) verdict(err error, whole bool) error {
	var refusal *textproto.Error
	if err == nil || !whole || o.ctx.Err() != nil || errors.As(err, &refusal) {
		return err
	}
	if kind := o.kind(err); kind != vfs.KindLost && kind != vfs.KindTimeout {
		return err
	}
	return &vfs.Error{Op: o.verb, Path: o.path, Kind: vfs.KindLost, Err: ErrNoVerdict}
}
