package engine

import (
	"fmt"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// A place that is full stays full until a person makes room: what goes there
// stops, each file is sent once at most, and the server is left as it was.
func TestAFullServerStopsWhatGoesThere(t *testing.T) {
	t.Parallel()
	const files = 40
	half := ftptest.Flow{At: 1000, Fault: ftptest.ResetData, Finals: []string{"552 Exceeded storage allocation"}}
	for outcome, stor := range map[string]ftptest.Handler{
		"452 ahead of the data":    ftptest.Reply("452 Insufficient storage space"),
		"552 ahead of the data":    ftptest.Reply("552 Disk quota exceeded"),
		"552 behind half of it":    half.Serve,
		"552 behind the last byte": ftptest.Flow{Finals: []string{"552 Quota exceeded"}}.Serve,
		"550 in words":             ftptest.Reply("550 cargo: No space left on device"),
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Script(t, ftptest.Plan{
				Files: map[string]string{"/down": freight(5000)}, Verbs: map[string]ftptest.Handler{"STOR": stor},
			})
			c := muster(t, Config{Retries: 5})
			id, _, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
			for i := range files {
				name := fmt.Sprintf("cargo-%d", i)
				c.queue(c.write(name, freight(5000)), queue.Place{Site: id, Path: c.join(home, name)}, vfs.TypeFile)
			}
			back := queue.Place{Path: c.join(c.here, "back")}
			ended := c.copy(queue.Place{Site: id, Path: c.join(home, "down")}, back, vfs.TypeFile)
			for _, row := range append(ended[queue.Failed], ended[queue.Paused]...) {
				if row.Kind != vfs.KindNoSpace {
					t.Errorf("%s is %s by %s: %s", row.Source.Path, row.State, row.Kind, row.Message)
				}
			}
			failed, paused := len(ended[queue.Failed]), len(ended[queue.Paused])
			if tried := srv.Count("STOR"); failed == 0 || failed != tried || failed > 8 || failed+paused != files {
				t.Errorf("%d failed and %d paused after %d uploads", failed, paused, tried)
			}
			if len(ended[queue.Done]) != 1 || c.read("back") != freight(5000) {
				t.Errorf("the download ended otherwise: %+v", ended[queue.Done])
			}
			if left := srv.Names("/"); len(left) != 1 {
				t.Errorf("left on the server: %q", left)
			}
		})
	}
}
