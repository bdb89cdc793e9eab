package transfer

import (
	"bytes"
	"context"

	"golang.org/x/sync/errgroup"

	"wherry/sync/vfs"
)

// chooseHash settles what both sides will be compared by, "" for none, before
// a byte moves.
func (r *run) chooseHash() error {
	common := vfs.CommonHash(r.from.Hashes, r.to.Hashes)
	switch r.job.Verify {
	case VerifyOff:
		return nil
	case VerifyOffered, "":
		// A copy from here to here would be read twice from the memory that it
		// was just copied in: that costs time and shows nothing.
		if r.from.HashesHere && r.to.HashesHere {
			return nil
		}
	case VerifyAlways:
		if common == "" {
			return r.fault(vfs.KindUnsupported, "the two sides have no hash in common to compare by")
		}
	default:
		return r.fault(vfs.KindUnsupported, "there is no way to verify called "+string(r.job.Verify))
	}
	r.by = common
	return nil
}

// compare has both sides compute the hash of the whole file and tells whether
// it was done; where it was, they are equal. Nothing is computed for an empty
// file, which its size describes. A side that cannot compute fails the
// transfer only where a hash is required.
func (r *run) compare(ctx context.Context, written vfs.Path) (bool, error) {
	if r.by == "" || r.done == 0 {
		return false, nil
	}
	var want, have []byte
	both, until := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		want, err = r.job.Source.FS.Hash(until, r.job.Source.Path, r.by)
		return err
	})
	both.Go(func() (err error) {
		have, err = r.job.Target.FS.Hash(until, written, r.by)
		return err
	})
	err := both.Wait()
	switch {
	case err != nil && (r.job.Verify == VerifyAlways || ctx.Err() != nil):
		return false, err
	case err != nil:
		return false, nil
	case bytes.Equal(want, have):
		return true, nil
	}
	if err := r.unchanged(ctx); err != nil {
		return false, err
	}
	r.doubt()
	return false, r.fault(vfs.KindHash, "as many bytes arrived as were sent, but not the same ("+string(r.by)+" differs)")
}

// doubt tells both sides that what they carried came out wrong.
func (r *run) doubt() {
	for _, f := range []vfs.FS{r.job.Source.FS, r.job.Target.FS} {
		if d, ok := f.(vfs.Doubter); ok {
			d.Doubt()
		}
	}
}
