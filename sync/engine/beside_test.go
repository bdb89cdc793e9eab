package engine

import (
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
