package engine

import (
	"os"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/localfs"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// A file that changes on the server while it is fetched is never called done,
// leaves nothing behind, and arrives once it rests.
func TestARemoteFileThatChangesIsNoticed(t *testing.T) {
	t.Parallel()
	was := freight(200_000)
	change := func(to string) ftptest.Handler {
		return func(c *ftptest.Conn, name string) { c.Put(name, []byte(to)) }
	}
	serve := ftptest.Flow{}.Serve
	for outcome, tc := range map[string]struct {
		then string
		retr func(to string) ftptest.Handler
	}{
		"grown before it is opened":    {was + "a line more", func(to string) ftptest.Handler { return ftptest.All(change(to), serve) }},
		"shrunk before it is opened":   {was[:1000], func(to string) ftptest.Handler { return ftptest.All(change(to), serve) }},
		"grown behind its last byte":   {was + "a line more", func(to string) ftptest.Handler { return ftptest.All(serve, change(to)) }},
		"shrunk behind its last byte":  {was[:1000], func(to string) ftptest.Handler { return ftptest.All(serve, change(to)) }},
		"emptied behind its last byte": {"", func(to string) ftptest.Handler { return ftptest.All(serve, change(to)) }},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Script(t, ftptest.Plan{
				Files: map[string]string{"/log": was},
				Verbs: map[string]ftptest.Handler{"RETR": ftptest.InTurn(tc.retr(tc.then))},
			})
			c := muster(t, Config{})
			_, f, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
			here := localfs.New()
			defer here.Close()
			job := transfer.Job{
				Source: transfer.File{FS: f, Path: c.join(home, "log")},
				Target: transfer.File{FS: here, Path: c.join(c.here, "log")},
			}
			if result, err := transfer.Run(t.Context(), job); vfs.KindOf(err) != vfs.KindChanged {
				t.Fatalf("%+v, %v, want changed", result, err)
			}
			if left, err := os.ReadDir(c.dir); err != nil || len(left) > 0 {
				t.Errorf("left here: %v, %v", left, err)
			}
			if result, err := transfer.Run(t.Context(), job); err != nil || result.Outcome != transfer.Done || c.read("log") != tc.then {
				t.Errorf("then: %+v, %v", result, err)
			}
		})
	}
}
