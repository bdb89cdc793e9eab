package session

import (
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestGlimpse tells what Stat does, and of what can be entered that it is a folder,
// for which vsftpd lists nothing.
func TestGlimpse(t *testing.T) {
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Start(t, kind, ftptest.Options{})
			f := connect(t, srv, site.ModePassive, site.TLSOff)
			f.put("folder/inner", []byte("x"))
			f.put("a file", []byte("12345"))
			f.must(os.Mkdir(filepath.Join(srv.Dir, "[a] folder"), 0o755))
			for name, target := range map[string]string{"to file": "a file", "to folder": "folder"} {
				f.must(os.Symlink(target, filepath.Join(srv.Dir, name)))
			}
			folders := []string{"folder", "[a] folder", "to folder"}
			for _, name := range append(folders, "a file", "to file", "folder/inner", "none", "none/inner", "a file/inner") {
				p := vfs.MustParse(path.Join(srv.Home, name))
				want, cannot := f.s.Stat(f.ctx, p)
				before := f.lists()
				got, err := f.s.Glimpse(f.ctx, p)
				listed := f.lists() > before
				if vfs.KindOf(err) != vfs.KindOf(cannot) || (err == nil) != (cannot == nil) {
					t.Errorf("%s: %v, Stat says %v", name, err, cannot)
				}
				if kind == ftptest.VSFTPD && want.IsDir() {
					want = vfs.Entry{Name: p.Base(), Type: vfs.TypeDir, Size: vfs.SizeUnknown}
					if listed {
						t.Errorf("%s: a folder was listed", name)
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			for _, name := range folders {
				if e, err := f.s.Glimpse(f.ctx, f.path(name)); err == nil && e.Type != vfs.TypeDir && e.Type != vfs.TypeLink {
					t.Errorf("%s: %+v", name, e)
				}
			}
		})
	}
}
