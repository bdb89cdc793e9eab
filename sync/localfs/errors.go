package localfs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"wherry/sync/vfs"
)

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

// failed makes a *vfs.Error of an error of the system, nil of nil. One that is
// a *vfs.Error already keeps its kind and words and gets op and path.
func failed(op string, p vfs.Path, err error) error {
	if err == nil {
		return nil
	}
	var e *vfs.Error
	if errors.As(err, &e) {
		return &vfs.Error{Op: op, Path: p.String(), Kind: e.Kind, Reply: e.Reply, Err: e.Err}
	}
	return &vfs.Error{Op: op, Path: p.String(), Kind: kindOf(err), Err: bare(err)}
}

// bare takes the names off an error of package os: they stand in vfs.Error,
// and there they are made safe to show.
func bare(err error) error {
	var onPath *fs.PathError
	var onLink *os.LinkError
	var onCall *os.SyscallError
	switch {
	case errors.As(err, &onCall):
		return onCall.Err
	case errors.As(err, &onPath):
		return onPath.Err
	case errors.As(err, &onLink):
		return onLink.Err
	}
	return err
}

// kindOf sorts what the system says. What systems say apart comes first: to
// Go, ENOTEMPTY is a kind of fs.ErrExist.
func kindOf(err error) vfs.Kind {
	if kind, ok := systemKind(err); ok {
		return kind
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, os.ErrClosed):
		return vfs.KindCancelled
	case errors.Is(err, context.DeadlineExceeded):
		return vfs.KindTimeout
	case errors.Is(err, fs.ErrNotExist):
		return vfs.KindNotFound
	case errors.Is(err, fs.ErrExist):
		return vfs.KindExists
	case errors.Is(err, fs.ErrPermission):
		return vfs.KindPermission
	case errors.Is(err, errors.ErrUnsupported):
		return vfs.KindUnsupported
	}
	return vfs.KindOther
}
