package transfer_test

import (
	"context"
	"testing"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// hastyFS loses the end of its first uploads.
type hastyFS struct {
	*memfs.FS
	lose *int
}

func (f hastyFS) Create(ctx context.Context, p vfs.Path, at int64) (vfs.Writer, error) {
	w, err := f.FS.Create(ctx, p, at)
	if err != nil {
		return nil, err
	}
	return hastyWriter{w, f.lose}, nil
}

type hastyWriter struct {
	vfs.Writer
	lose *int
}

func (w hastyWriter) Finish(f vfs.Finish) (vfs.Finished, error) {
	if *w.lose == 0 {
		return w.Writer.(vfs.Finisher).Finish(f)
	}
	*w.lose--
	if err := w.Abort(); err != nil {
		return vfs.Finished{Size: vfs.SizeUnknown}, err
	}
	return vfs.Finished{Size: vfs.SizeUnknown}, &vfs.Error{Op: "write", Path: f.Target.String(), Kind: vfs.KindLost, Err: vfs.ErrCutShort}
}

// TestAnUploadCutShortIsSentOnceMore within the same run, and not again and
// again.
func TestAnUploadCutShortIsSentOnceMore(t *testing.T) {
	const content = "what is to arrive whole"
	lose := 1
	hasty := func() *pair {
		p := newPair(t, content)
		p.to.Limit(func(can *vfs.Features) { can.Hashes = nil })
		p.job.Target.FS = hastyFS{p.to, &lose}
		return p
	}
	p := hasty()
	if result := p.mustBeDone(); result.Bytes != int64(len(content)) {
		t.Errorf("told %+v", result)
	}
	p.wantFiles(map[string]string{targetName: content})

	q := hasty()
	lose = 2
	q.mustFail(vfs.KindLost)
	q.mustBeDone()
	q.wantFiles(map[string]string{targetName: content})
}
