package localfs

import (
	"context"
	"errors"
	"io"

	"wherry/sync/vfs"
)

// Hash implements vfs.FS: it reads the file, which mostly is still in memory
// when a transfer has just moved it.
func (f *FS) Hash(ctx context.Context, p vfs.Path, by vfs.HashName) ([]byte, error) {
	sum := by.New()
	if sum == nil {
		return nil, &vfs.Error{Op: "hash", Path: p.String(), Kind: vfs.KindUnsupported, Reply: "no such algorithm: " + string(by)}
	}
	r, err := f.Open(ctx, p, 0)
	if err != nil {
		return nil, err
	}
	buf := make([]byte, min(1<<20, max(r.Size(), 512))) // most files are small
	if _, err := io.CopyBuffer(sum, struct{ io.Reader }{r}, buf); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	return sum.Sum(nil), nil
}
