package memfs_test

import (
	"testing"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
	"wherry/sync/vfs/vfstest"
)

func TestConformance(t *testing.T) {
	for outcome, tc := range map[string]struct {
		limit func(*vfs.Features)
		opt   vfstest.Options
		chunk int
	}{
		"a full file system":   {func(*vfs.Features) {}, vfstest.Options{}, 0},
		"reads come in pieces": {func(*vfs.Features) {}, vfstest.Options{}, 1021},
		"one that folds names": {
			func(can *vfs.Features) { can.FoldsCase, can.FoldsForm = true, true }, vfstest.Options{}, 0,
		},
		"one that can do little": {
			func(can *vfs.Features) { *can = vfs.Features{} },
			vfstest.Options{NoModes: true, NoTimes: true, NoReplace: true, NoResumeRead: true, NoResumeWrite: true},
			0,
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			var made *memfs.FS
			opt := tc.opt
			opt.Link = func(_ *testing.T, target string, at vfs.Path) { made.PutLink(at.String(), target) }
			vfstest.Run(t, func(t *testing.T) (vfs.FS, vfs.Path) {
				f := memfs.New()
				f.Limit(tc.limit)
				f.SetChunk(tc.chunk)
				f.PutDir("/a folder")
				t.Cleanup(func() {
					if n := f.OpenStreams(); n != 0 {
						t.Errorf("%d streams were left open", n)
					}
				})
				made = f
				return f, vfs.MustParse("/a folder")
			}, opt)
		})
	}
}
