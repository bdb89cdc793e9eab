package vfs_test

import (
	"context"
	"testing"
	"time"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// vagueFS tells of a link only that it is one, as most servers do.
type vagueFS struct{ *memfs.FS }

func (f vagueFS) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	e, err := f.FS.Stat(ctx, p)
	if e.Type == vfs.TypeLink {
		e.TargetType = vfs.TypeUnknown
	}
	return e, err
}

// TestIsFolder: what could not be found out is an error, because a file may be
// put in the place of what is no folder.
func TestIsFolder(t *testing.T) {
	for outcome, tc := range map[string]struct {
		name   string
		fails  memfs.Op
		kind   vfs.Kind // of that failure, and of the error
		folder bool
	}{
		"the root":                      {name: "/", folder: true},
		"a folder":                      {name: "/dir", folder: true},
		"a file":                        {name: "/file"},
		"nothing":                       {name: "/none"},
		"a link to a folder":            {name: "/to-dir", folder: true},
		"a link to a file":              {name: "/to-file"},
		"a link to nothing":             {name: "/to-none"},
		"a look that was lost":          {name: "/dir", fails: memfs.OpStat, kind: vfs.KindLost},
		"a listing that was lost":       {name: "/to-dir", fails: memfs.OpList, kind: vfs.KindLost},
		"a listing that was cancelled":  {name: "/to-dir", fails: memfs.OpList, kind: vfs.KindCancelled},
		"features that cannot be asked": {name: "/none", fails: memfs.OpFeatures, kind: vfs.KindLost},
	} {
		t.Run(outcome, func(t *testing.T) {
			f := vagueFS{memfs.New()}
			f.PutDir("/dir")
			f.Put("/file", "x", time.Time{})
			f.PutLink("/to-dir", "/dir")
			f.PutLink("/to-file", "/file")
			f.PutLink("/to-none", "/none")
			if tc.fails != "" {
				f.Fail(tc.fails, "/*", 1, tc.kind)
			}
			folder, err := vfs.IsFolder(t.Context(), f, vfs.MustParse(tc.name))
			if folder != tc.folder || vfs.KindOf(err) != tc.kind || (err != nil) != (tc.fails != "") {
				t.Errorf("%t, %v", folder, err)
			}
		})
	}
}
