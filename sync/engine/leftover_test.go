package engine

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// A transfer that a person cancels half-way takes its part with it, wherever
// the part stands.
func TestWhatIsCancelledLeavesNothingOnEitherSide(t *testing.T) {
	t.Parallel()
	cargo := freight(900_000)
	for outcome, up := range map[string]bool{"up": true, "down": false} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			held := ftptest.Flow{At: 500_000, Hold: release}.Serve
			verb := map[bool]string{true: "STOR", false: "RETR"}[up]
			srv := ftptest.Script(t, ftptest.Plan{
				Files: map[string]string{"/down": cargo}, Verbs: map[string]ftptest.Handler{verb: held},
			})
			c := muster(t, Config{})
			id, _, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
			from, to := c.write("up", cargo), queue.Place{Site: id, Path: c.join(home, "up")}
			if !up {
				from, to = queue.Place{Site: id, Path: c.join(home, "down")}, queue.Place{Path: c.join(c.here, "down")}
			}
			ids, err := c.Enqueue(ctxOf(t), queue.Request{Source: from, Target: to, Type: vfs.TypeFile, Size: vfs.SizeUnknown, Exists: transfer.Overwrite})
			c.must(err)
			drained := make(chan error, 1)
			go func() { drained <- c.Queue().Drain(ctxOf(t)) }()
			c.must(srv.Await(ctxOf(t), verb, 1))
			c.must(c.Queue().Cancel(ctxOf(t), ids...))
			close(release)
			c.must(<-drained)
			for _, name := range srv.Names("/") {
				if name != "down" {
					t.Errorf("left on the server: %s", name)
				}
			}
			left, err := os.ReadDir(c.dir)
			c.must(err)
			for _, entry := range left {
				if entry.Name() != "up" {
					t.Errorf("left here: %s", entry.Name())
				}
			}
		})
	}
}

// Times go both ways with every server, to the second, which is what FTP
// tells: by MFMT, or by MDTM with vsftpd.
func TestTimesAreKeptBothWays(t *testing.T) {
	t.Parallel()
	for _, kind := range ftptest.Kinds() {
		for outcome, when := range map[string]time.Time{
			"summer":       time.Date(2019, 7, 14, 23, 59, 58, 0, time.UTC),
			"the leap day": time.Date(2024, 2, 29, 0, 0, 1, 0, time.UTC),
			"beyond 2038":  time.Date(2040, 1, 2, 3, 4, 5, 0, time.UTC),
		} {
			t.Run(string(kind)+" "+outcome, func(t *testing.T) {
				t.Parallel()
				srv := ftptest.Start(t, kind, ftptest.Options{})
				c := muster(t, Config{})
				id, _, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
				source := c.write("up", freight(5000))
				c.must(os.Chtimes(filepath.Join(c.dir, "up"), when, when))
				there := queue.Place{Site: id, Path: c.join(home, "up")}
				c.copy(source, there, vfs.TypeFile)
				ended := c.copy(there, queue.Place{Path: c.join(c.here, "down")}, vfs.TypeFile)
				if len(ended[queue.Done]) != 2 {
					t.Fatalf("the rows ended as %+v", ended)
				}
				for _, name := range []string{filepath.Join(srv.Dir, "up"), filepath.Join(c.dir, "down")} {
					info, err := os.Stat(name)
					c.must(err)
					if !info.ModTime().Equal(when) {
						t.Errorf("%s is of %v, want %v", name, info.ModTime().UTC(), when)
					}
				}
			})
		}
	}
}
