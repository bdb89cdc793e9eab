package queue

import (
	"context"
	"fmt"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// listsModes tells permissions in listings only, as a server without MLST.
type listsModes struct{ vfs.FS }

func (l listsModes) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	e, err := l.FS.Stat(ctx, p)
	e.Mode, e.HasMode = 0, false
	return e, err
}

// TestFoldersKeepTheirPermissions where a row keeps them: a private tree is not
// open to all for having been copied.
func TestFoldersKeepTheirPermissions(t *testing.T) {
	const top, sub, locked = fs.FileMode(0o700), fs.FileMode(0o750), fs.FileMode(0o500)
	for outcome, tc := range map[string]struct {
		plain  bool // without KeepMode
		before func(there *memfs.FS)
		source func(vfs.FS) vfs.FS
		want   []fs.FileMode // of t, t/sub and t/locked
	}{
		"all are as the source's, open to their owner": {want: []fs.FileMode{0o700, 0o750, 0o700}},
		"told in listings only":                        {source: func(f vfs.FS) vfs.FS { return listsModes{f} }, want: []fs.FileMode{0o700, 0o750, 0o700}},
		"not asked for":                                {plain: true, want: []fs.FileMode{0o755, 0o755, 0o755}},
		"one that was there keeps its own":             {before: func(f *memfs.FS) { f.PutDir("/in/t/sub") }, want: []fs.FileMode{0o755, 0o755, 0o700}},
		"refused, and the copy is made":                {before: func(f *memfs.FS) { f.Fail(memfs.OpSetMode, "", -1, vfs.KindPermission) }, want: []fs.FileMode{0o755, 0o755, 0o755}},
		"a connection lost between making and setting": {before: func(f *memfs.FS) { f.Fail(memfs.OpSetMode, "/in/t", 1, vfs.KindLost) }, want: []fs.FileMode{0o700, 0o750, 0o700}},
	} {
		for _, way := range []string{"up", "down"} {
			t.Run(outcome+", "+way, func(t *testing.T) {
				source := map[string]site.ID{"up": site.Local, "down": remote}[way]
				r := bare(t)
				r.Queue = r.open(func(c *Config) {
					open := c.Open
					c.Open = func(ctx context.Context, id site.ID) (vfs.FS, error) {
						f, err := open(ctx, id)
						if id == source && tc.source != nil {
							f = tc.source(f)
						}
						return f, err
					}
				})
				from, to, req := r.here, r.there, upDir("/t")
				if way == "down" {
					from, to, req = r.there, r.here, down("/t")
					req.Type = vfs.TypeDir
				}
				for name, mode := range map[string]fs.FileMode{"/t": top, "/t/sub": sub, "/t/locked": locked} {
					from.Put(name+"/file", "content", when)
					r.must(from.SetMode(t.Context(), vfs.MustParse(name), mode))
				}
				if tc.before != nil {
					tc.before(to)
				}
				req.KeepMode = !tc.plain
				r.add(req)
				r.drain()
				var got []fs.FileMode
				for _, name := range []string{"/in/t", "/in/t/sub", "/in/t/locked"} {
					e, err := to.Stat(t.Context(), vfs.MustParse(name))
					r.must(err)
					got = append(got, e.Mode)
				}
				if diff := cmp.Diff(fmt.Sprintf("%o", tc.want), fmt.Sprintf("%o", got)); diff != "" {
					t.Errorf("permissions (-want +got):\n%s", diff)
				}
				for _, i := range r.items() {
					if i.State != Done {
						t.Errorf("%s is %s: %s", i.Source.Path, i.State, i.Message)
					}
				}
			})
		}
	}
}
