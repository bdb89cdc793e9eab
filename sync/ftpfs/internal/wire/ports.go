package wire

import (
	"errors"
	"fmt"
	"strings"

	"wherry/sync/vfs"
)

// A session of vsftpd picks its port at random from those that it may use, and ends
// itself, "500 OOPS: vsf_sysutil_bind", where ten that it picked are taken, or where
// another session takes the same one in the same moment. Of 20,000 small uploads on
// loopback, with a range of 81 ports, 6 met that over four sessions and 66 over eight;
// with nine of ten ports taken every third request does. Nothing is wrong with the
// server then, nor with anything that was asked for before.

// ErrUnasked is in the chain of a KindLost that says: the control connection ended
// while a data connection was negotiated. What that was for had not been asked for
// yet, so nothing took effect, and another session may do it.
var ErrUnasked = errors.New("the transfer was not asked for yet")

// unasked is err, the end of a negotiation, by ErrUnasked where the connection is
// lost.
func unasked(err error) error {
	var lost *vfs.Error
	if !errors.As(err, &lost) || lost.Kind != vfs.KindLost {
		return err
	}
	return fault(vfs.KindLost, lost.Reply, fmt.Errorf("%w: %w", ErrUnasked, err))
}

// isOops says whether a reply is the last word of a process of vsftpd's, which ends
// behind it whatever the reason.
func (r Reply) isOops() bool { return r.Code == 500 && strings.HasPrefix(r.Text(), "OOPS:") }

// ports counts what became of the ports that were asked for.
type ports struct{ given, died int }

// gives counts a port that the server named, or a session that ended instead.
func (l *Learned) gives(named bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if named {
		l.ports.given++
	} else {
		l.ports.died++
	}
}

// crowded says whether sessions end by their ports so often that none should be held
// for longer than it is used: asking ahead saves a round trip or two, and a session
// that ends costs a dozen.
func (l *Learned) crowded() bool {
	const few, share = 20, 20
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ports.died*share > l.ports.given+few
}
