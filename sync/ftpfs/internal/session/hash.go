package session

import (
	"context"

	"wherry/sync/vfs"
)

// Hash asks for a file's digest; see vfs.FS.
func (s *Session) Hash(ctx context.Context, p vfs.Path, by vfs.HashName) ([]byte, error) {
	var sum []byte
	err := s.do(ctx, "hash", p, func(o *operation) error {
		return o.kinded(vfs.KindUnsupported, "the server offers no "+string(by))
	})
	return sum, err
}
