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

// TestAServerThatWritesToNoFileThatStands, as ProFTPD does unless it is told otherwise:
// half files of an earlier run are no hindrance, and of what cannot be replaced nothing
// is left behind.
func TestAServerThatWritesToNoFileThatStands(t *testing.T) {
	t.Parallel()
	const n = 12 // by the second one the uploads begin ahead of the server's word
	srv := ftptest.Start(t, ftptest.ProFTPD, ftptest.Options{Keeps: true})
	for outcome, tc := range map[string]struct {
		old, part bool
		exists    transfer.Rule
		replace   site.Replace
		state     queue.State
	}{
		"a half file is replaced":                        {false, true, transfer.Overwrite, site.ReplaceAsk, queue.Done},
		"so is one beside an older file":                 {true, true, transfer.Overwrite, site.ReplaceDelete, queue.Done},
		"the older file is removed first":                {true, false, transfer.Overwrite, site.ReplaceDelete, queue.Done},
		"it cannot be written itself":                    {true, false, transfer.Overwrite, site.ReplaceDirect, queue.Failed},
		"it cannot be written itself beside a half file": {true, true, transfer.Overwrite, site.ReplaceDirect, queue.Failed},
	} {
		t.Run(outcome, func(t *testing.T) {
			c := muster(t, Config{})
			folder := fmt.Sprintf("%x", outcome)
			c.must(srv.MkdirAll(folder))
			c.must(os.Mkdir(filepath.Join(c.dir, "box"), 0o700))
			for i := range n {
				if tc.old {
					c.must(srv.WriteFile(fmt.Sprintf("%s/%02d", folder, i), []byte("old")))
				}
				if tc.part {
					c.must(srv.WriteFile(fmt.Sprintf("%s/%02d%s", folder, i, transfer.Suffix), []byte("ne")))
				}
				c.must(os.WriteFile(filepath.Join(c.dir, "box", fmt.Sprintf("%02d", i)), fmt.Appendf(nil, "new %02d", i), 0o600))
			}
			s := srv.Site(site.ModePassive, site.TLSOff)
			s.Replace = tc.replace
			id, _, home := c.board(s, srv.Password)
			_, err := c.Enqueue(ctxOf(t), queue.Request{
				Source: queue.Place{Path: c.join(c.here, "box")}, Target: queue.Place{Site: id, Path: c.join(home, folder)},
				Type: vfs.TypeDir, Size: vfs.SizeUnknown, Exists: tc.exists,
			})
			c.must(err)
			c.must(c.Queue().Drain(ctxOf(t)))
			rows, err := c.Queue().List(ctxOf(t), queue.Filter{}, 0, 10*n)
			c.must(err)
			for _, row := range rows {
				if row.Type == vfs.TypeFile && row.State != tc.state {
					t.Errorf("%s is %s (%s, %s)", row.Source.Path, row.State, row.Kind, row.Message)
				}
			}
			stand, err := os.ReadDir(filepath.Join(srv.Dir, folder))
			c.must(err)
			if len(stand) != n {
				t.Errorf("there are %d names for %d files", len(stand), n)
			}
			for i := range n {
				want := fmt.Sprintf("new %02d", i)
				if tc.state != queue.Done {
					want = "old"
				}
				if got, err := os.ReadFile(filepath.Join(srv.Dir, folder, fmt.Sprintf("%02d", i))); err != nil || string(got) != want {
					t.Errorf("%02d holds %q, %v", i, got, err)
				}
			}
		})
	}
}
