package engine

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/ftptest"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// aDayAgo is a time that listings by LIST tell to the minute, ten seconds into it.
func aDayAgo() time.Time {
	return time.Now().UTC().Add(-24 * time.Hour).Truncate(time.Minute).Add(10 * time.Second)
}

// TestTimesOfVSFTPDAreAskedForTogether: a second copy of a folder costs a sixteenth of a
// round trip a file, and finds out what was changed within the minute.
func TestTimesOfVSFTPDAreAskedForTogether(t *testing.T) {
	t.Parallel()
	const n = 100
	for _, rule := range []transfer.Rule{transfer.Newer, transfer.Resume} {
		t.Run(string(rule), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
			c := muster(t, Config{})
			id, _, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
			c.must(os.MkdirAll(filepath.Join(c.dir, "fleet"), 0o755))
			c.must(srv.MkdirAll("fleet"))
			at := aDayAgo()
			put := func(dir, content string, i int, at time.Time) {
				name := filepath.Join(dir, "fleet", fmt.Sprintf("ship%02d", i))
				c.must(os.WriteFile(name, []byte(content), 0o644))
				c.must(os.Chtimes(name, at, at))
			}
			for i := range n {
				put(c.dir, "cargo", i, at)
				put(srv.Dir, "cargo", i, at)
			}
			here, there := queue.Place{Path: c.join(c.here, "fleet")}, queue.Place{Site: id, Path: c.join(home, "fleet")}
			run := func(from, to queue.Place) (map[queue.State][]queue.Item, []trace.Line) {
				c.must(c.Queue().Clear(ctxOf(t), queue.Done, queue.Skipped))
				_, before := c.Trace().Since(0)
				_, err := c.Enqueue(ctxOf(t), queue.Request{Source: from, Target: to, Type: vfs.TypeDir, Exists: rule})
				c.must(err)
				ended := c.work()
				lines, _ := c.Trace().Since(before)
				return ended, lines
			}
			for way, ends := range map[string][2]queue.Place{"up": {here, there}, "down": {there, here}} {
				ended, lines := run(ends[0], ends[1])
				if got := len(ended[queue.Skipped]); got != n {
					t.Errorf("%s: %d files were left", way, got)
				}
				for _, row := range ended[queue.Skipped] {
					if row.Message != transfer.Same {
						t.Errorf("%s: %s is left as %q", way, row.Source.Path, row.Message)
					}
				}
				commands, trips := shipped(lines)
				if commands["MDTM"] < n || commands["MDTM"] > n+4 || len(commands) != 1 { // four may learn by what clock it lists
					t.Errorf("%s: sent %v", way, commands)
				}
				if most := (n+14)/15 + 1 + 4; trips > most {
					t.Errorf("%s: waited %d times, want %d at most", way, trips, most)
				}
			}
			put(c.dir, "other", 7, at.Add(20*time.Second))
			ended, lines := run(here, there)
			stored, err := os.ReadFile(filepath.Join(srv.Dir, "fleet", "ship07"))
			c.must(err)
			commands, _ := shipped(lines)
			switch rule {
			case transfer.Newer:
				if len(ended[queue.Skipped]) != n-1 || string(stored) != "other" || commands["STOR"] != 1 {
					t.Errorf("%d files were left, the server has %q, sent %v", len(ended[queue.Skipped]), stored, commands)
				}
			case transfer.Resume: // as long, and of another time: it is told, and nothing is written
				told := map[string]int{}
				for _, row := range ended[queue.Skipped] {
					told[row.Message]++
				}
				if diff := cmp.Diff(map[string]int{transfer.Same: n - 1, "long": 1}, told); diff != "" || string(stored) != "cargo" {
					t.Errorf("the server has %q, left (-want +got):\n%s", stored, diff)
				}
			}
		})
	}
}

// shipped counts the commands that name a ship, and how often their replies were waited
// for.
func shipped(lines []trace.Line) (commands map[string]int, trips int) {
	commands = map[string]int{}
	waits := map[int]bool{} // by session
	for _, l := range lines {
		switch {
		case l.Dir == trace.Sent && strings.Contains(l.Text, "ship"):
			verb, _, _ := strings.Cut(l.Text, " ")
			commands[verb]++
			waits[l.Session] = true
		case l.Dir == trace.Received && waits[l.Session]:
			trips++
			waits[l.Session] = false
		}
	}
	return commands, trips
}

// TestTimesThatAServerTellsWrongly, or not at all, decide as they do where a worker looks
// at each file: by a server that is not known to bear questions in a row.
func TestTimesThatAServerTellsWrongly(t *testing.T) {
	t.Parallel()
	const n = 20
	at := aDayAgo()
	// Of every fourth file the copy here is older, by a few seconds or by an hour.
	here := func(i int) time.Time {
		return map[int]time.Time{1: at.Add(-8 * time.Second), 5: at.Add(-time.Hour), 9: at.Add(5 * time.Second)}[i]
	}
	said := func(at time.Time) ftptest.Handler { return ftptest.Reply("213 " + at.Format("20060102150405")) }
	odd := func(name string, answer ftptest.Handler) ftptest.Handler {
		return func(c *ftptest.Conn, arg string) {
			if strings.HasSuffix(arg, name) {
				answer(c, arg)
				return
			}
			said(at)(c, arg)
		}
	}
	for outcome, tc := range map[string]struct {
		mdtm  ftptest.Handler
		shown time.Duration // what LIST adds
		least int           // that are left without a look
	}{
		"rightly":                      {mdtm: said(at), least: n - 2},
		"in UTC, and listed by a zone": {mdtm: said(at), shown: 2 * time.Hour, least: n - 2},
		"in the time of a zone":        {mdtm: said(at.Add(2 * time.Hour))},
		"in a zone, and listed so":     {mdtm: said(at.Add(2 * time.Hour)), shown: 2 * time.Hour},
		"a clock that is wrong":        {mdtm: said(at.Add(7 * time.Minute))},
		"of one a day later":           {mdtm: odd("ship03", said(at.Add(24*time.Hour))), least: n - 3},
		"of one some seconds later":    {mdtm: odd("ship03", said(at.Add(40*time.Second))), least: n - 3},
		"of one nothing":               {mdtm: odd("ship03", ftptest.Reply("550 No")), least: n - 3},
		"of the first nothing":         {mdtm: odd("ship00", ftptest.Reply("550 No"))},
		"not at all":                   {mdtm: ftptest.Reply("550 Permission denied.")},
		"not at all, and unknown":      {mdtm: ftptest.Reply("500 Unknown command.")},
		"in words":                     {mdtm: ftptest.Reply("213 a day ago")},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			run := func(plan func(ftptest.Plan) ftptest.Plan) (map[string]string, int) {
				var listing strings.Builder
				files := map[string]string{}
				for i := range n {
					fmt.Fprintf(&listing, "-rw-r--r-- 1 sailor crew 5 %s ship%02d\r\n", at.Add(tc.shown).Format("Jan _2 15:04"), i)
					files[fmt.Sprintf("/fleet/ship%02d", i)] = "cargo"
				}
				list := ftptest.Flow{Content: func() io.Reader { return strings.NewReader(listing.String()) }}
				srv := ftptest.Script(t, plan(ftptest.Plan{
					Files: files, Without: []string{"MLST", "MLSD"},
					Verbs: map[string]ftptest.Handler{"LIST": list.Serve, "MDTM": tc.mdtm},
				}))
				c := muster(t, Config{})
				id, _, _ := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
				c.must(os.MkdirAll(filepath.Join(c.dir, "fleet"), 0o755))
				for i := range n {
					name := filepath.Join(c.dir, "fleet", fmt.Sprintf("ship%02d", i))
					c.must(os.WriteFile(name, []byte("older"), 0o644))
					when := here(i)
					if when.IsZero() {
						when = at
					}
					c.must(os.Chtimes(name, when, when))
				}
				_, err := c.Enqueue(ctxOf(t), queue.Request{
					Source: queue.Place{Site: id, Path: vfs.MustParse("/fleet")}, Target: queue.Place{Path: c.join(c.here, "fleet")},
					Type: vfs.TypeDir, Exists: transfer.Newer,
				})
				c.must(err)
				told := map[string]string{}
				for state, rows := range c.work() {
					for _, row := range rows {
						told[row.Source.Path.Base()] = string(state) + " " + row.Message
					}
				}
				looked := map[string]bool{}
				for _, command := range srv.Commands() {
					if command.Verb == "SIZE" || command.Verb == "RETR" {
						looked[command.Arg] = strings.Contains(command.Arg, "ship")
					}
				}
				delete(looked, "/")
				return told, n - len(looked)
			}
			got, left := run(ftptest.AsProFTPD)
			want, none := run(func(p ftptest.Plan) ftptest.Plan { return p })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-by workers +asked for):\n%s", diff)
			}
			if left < tc.least || none > 0 {
				t.Errorf("%d files were left without a look, want %d; by workers %d", left, tc.least, none)
			}
		})
	}
}
