package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// TestWhatIsThereAlreadyIsNotAskedAbout: a second copy of a folder asks a server for
// its listings and for what has changed, in both directions, wherever these listings
// tell what the rule heeds, and else for one time of each file.
func TestWhatIsThereAlreadyIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	const n = 20
	for _, kind := range ftptest.Kinds() {
		for _, rule := range []transfer.Rule{transfer.Newer, transfer.Different} {
			t.Run(fmt.Sprintf("%s by %s", kind, rule), func(t *testing.T) {
				t.Parallel()
				srv := ftptest.Start(t, kind, ftptest.Options{})
				c := muster(t, Config{})
				id, _, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
				inner := filepath.Join("fleet", "inner")
				c.must(os.MkdirAll(filepath.Join(c.dir, inner), 0o755))
				for i := range n {
					c.must(os.WriteFile(filepath.Join(c.dir, inner, fmt.Sprintf("ship%02d", i)), []byte("cargo"), 0o600))
				}
				here, there := queue.Place{Path: c.join(c.here, "fleet")}, queue.Place{Site: id, Path: c.join(home, "fleet")}
				c.copy(here, there, vfs.TypeDir)
				most := 0
				switch {
				case kind == ftptest.VSFTPD && rule == transfer.Different:
					most = 4 // one for each connection, to learn by what clock it lists
				case kind == ftptest.VSFTPD: // it has no MLSD, and lists minutes: see dates_test.go
					most = n + 4
				}
				for way, ends := range map[string][2]queue.Place{"up": {here, there}, "down": {there, here}} {
					c.must(c.Queue().Clear(ctxOf(t), queue.Done, queue.Skipped))
					_, from := c.Trace().Since(0)
					_, err := c.Enqueue(ctxOf(t), queue.Request{Source: ends[0], Target: ends[1], Type: vfs.TypeDir, Exists: rule})
					c.must(err)
					ended := c.work()
					if got := len(ended[queue.Skipped]); got != n {
						t.Errorf("%s: %d files were skipped", way, got)
					}
					for _, row := range ended[queue.Skipped] {
						if row.Message != transfer.Same {
							t.Errorf("%s: %s is left as %q", way, row.Source.Path, row.Message)
						}
					}
					if asked := named(c.Trace(), from); len(asked) > most {
						t.Errorf("%s: asked %q", way, asked)
					}
				}
				// One file that has changed is found out and sent, by itself.
				c.must(c.Queue().Clear(ctxOf(t), queue.Done, queue.Skipped))
				changed, later := filepath.Join(c.dir, inner, "ship07"), time.Now().Add(time.Hour)
				c.must(os.WriteFile(changed, []byte("other cargo"), 0o600))
				c.must(os.Chtimes(changed, later, later))
				_, err := c.Enqueue(ctxOf(t), queue.Request{Source: here, Target: there, Type: vfs.TypeDir, Exists: rule})
				c.must(err)
				ended := c.work()
				if len(ended[queue.Skipped]) != n-1 || len(ended[queue.Failed]) > 0 {
					t.Errorf("%d files were skipped, %d failed", len(ended[queue.Skipped]), len(ended[queue.Failed]))
				}
				stored, err := os.ReadFile(filepath.Join(srv.Dir, inner, "ship07"))
				if err != nil || string(stored) != "other cargo" {
					t.Errorf("the server has %q, %v", stored, err)
				}
			})
		}
	}
}

// named are the commands of a transcript that name a ship.
func named(ring *trace.Ring, from uint64) (commands []string) {
	lines, _ := ring.Since(from)
	for _, l := range lines {
		if l.Dir == trace.Sent && strings.Contains(l.Text, "ship") {
			commands = append(commands, l.Text)
		}
	}
	return commands
}
