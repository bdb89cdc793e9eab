package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// TestAFolderWhereNothingMayBeMade, of which one file may be written, as on shared
// hosting: that one is written itself where the site says so, and else left alone.
func TestAFolderWhereNothingMayBeMade(t *testing.T) {
	t.Parallel()
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			srv := ftptest.Start(t, kind, ftptest.Options{})
			c := muster(t, Config{})
			c.must(srv.MkdirAll("shut"))
			c.must(srv.WriteFile("shut/config", []byte("old")))
			c.must(os.Chmod(filepath.Join(srv.Dir, "shut"), 0o555))
			defer func() { c.must(os.Chmod(filepath.Join(srv.Dir, "shut"), 0o755)) }()
			s := srv.Site(site.ModePassive, site.TLSOff)
			for _, try := range []struct {
				replace site.Replace
				state   queue.State
				want    string
			}{{site.ReplaceAsk, queue.Failed, "old"}, {site.ReplaceDirect, queue.Done, "the new one"}} {
				s.Replace = try.replace
				id, _, home := c.board(s, srv.Password)
				from := c.write("config", "the new one")
				ids, err := c.Enqueue(ctxOf(t), queue.Request{Source: from, Target: queue.Place{Site: id, Path: c.join(c.join(home, "shut"), "config")}, Type: vfs.TypeFile, Size: 11, Exists: transfer.Overwrite})
				c.must(err)
				c.must(c.Queue().Drain(ctxOf(t)))
				rows, err := c.Queue().Get(ctxOf(t), ids...)
				c.must(err)
				got, err := os.ReadFile(filepath.Join(srv.Dir, "shut", "config"))
				c.must(err)
				if rows[0].State != try.state || string(got) != try.want {
					t.Errorf("%q: the row is %s (%s, %s), the file %q", try.replace, rows[0].State, rows[0].Kind, rows[0].Message, got)
				}
				if left, err := os.ReadDir(filepath.Join(srv.Dir, "shut")); err != nil || len(left) != 1 {
					t.Errorf("%q: in the folder are %v, %v", try.replace, left, err)
				}
			}
		})
	}
}

// TestManyFilesInAFolderWhereNothingMayBeMade: by the second one the uploads begin
// ahead of the server's word, and the refusal comes with their bytes.
func TestManyFilesInAFolderWhereNothingMayBeMade(t *testing.T) {
	t.Parallel()
	const n = 12
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			srv := ftptest.Start(t, kind, ftptest.Options{})
			c := muster(t, Config{})
			c.must(srv.MkdirAll("box"))
			c.must(os.Mkdir(filepath.Join(c.dir, "box"), 0o700))
			for i := range n {
				c.must(srv.WriteFile(fmt.Sprintf("box/%02d", i), []byte("old")))
				c.must(os.WriteFile(filepath.Join(c.dir, "box", fmt.Sprintf("%02d", i)), fmt.Appendf(nil, "new %02d", i), 0o600))
			}
			c.must(os.Chmod(filepath.Join(srv.Dir, "box"), 0o555))
			defer func() { c.must(os.Chmod(filepath.Join(srv.Dir, "box"), 0o755)) }()
			s := srv.Site(site.ModePassive, site.TLSOff)
			s.Replace = site.ReplaceDirect
			id, _, home := c.board(s, srv.Password)
			_, err := c.Enqueue(ctxOf(t), queue.Request{
				Source: queue.Place{Path: c.join(c.here, "box")}, Target: queue.Place{Site: id, Path: c.join(home, "box")},
				Type: vfs.TypeDir, Size: vfs.SizeUnknown, Exists: transfer.Overwrite,
			})
			c.must(err)
			c.must(c.Queue().Drain(ctxOf(t)))
			rows, err := c.Queue().List(ctxOf(t), queue.Filter{}, 0, 10*n)
			c.must(err)
			for _, row := range rows {
				if row.State != queue.Done {
					t.Errorf("%s is %s (%s, %s)", row.Source.Path, row.State, row.Kind, row.Message)
				}
			}
			for i := range n {
				if got, err := os.ReadFile(filepath.Join(srv.Dir, "box", fmt.Sprintf("%02d", i))); err != nil || string(got) != fmt.Sprintf("new %02d", i) {
					t.Errorf("%02d holds %q, %v", i, got, err)
				}
			}
		})
	}
}
