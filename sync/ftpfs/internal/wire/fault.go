package wire

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"

	"wherry/sync/vfs"
)

// fault makes the error of this package. The session fills in Op and Path: it
// knows what was tried.
func fault(kind vfs.Kind, reply string, cause error) *vfs.Error {
	return &vfs.Error{Op: "connect", Kind: kind, Reply: reply, Err: cause}
}

// ended is the fault of an operation whose context is done.
func ended(ctx context.Context) *vfs.Error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fault(vfs.KindTimeout, "", ctx.Err())
	}
	return fault(vfs.KindCancelled, "", ctx.Err())
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}

// dialFault sorts what net.Dialer says. Refused and unreachable are one kind:
// in both cases there is nobody to talk to at that address.
func dialFault(ctx context.Context, err error) *vfs.Error {
	var dns *net.DNSError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ended(ctx)
	case errors.As(err, &dns) && !dns.IsTimeout:
		return fault(vfs.KindHost, "", err)
	case isTimeout(err), errors.Is(err, context.DeadlineExceeded):
		return fault(vfs.KindTimeout, "", err)
	}
	return fault(vfs.KindRefused, "", err)
}

// seen puts into words why nobody was reached at once.
func seen(err error) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "not reachable"
	}
	return err.Error()
}

// TooMany says whether a refusal (421, 4xx or 530) means that the server has
// no room for one more connection, as opposed to a wrong password. The words
// are those of vsftpd, ProFTPD, Pure-FTPd, pyftpdlib, FileZilla Server and
// IIS.
func TooMany(text string) bool {
	text = strings.ToLower(text)
	for _, word := range []string{
		"too many", "maximum", "max ", "limit", "no more connections",
		"users (the max", "already logged in", "try again later", "connections from",
	} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
