package engine

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// trap is a fault that waits for the command at which it strikes.
type trap struct {
	bite ftptest.Handler // fixed

	mu     sync.Mutex
	armed  bool           // guarded
	at     step           // guarded; none strikes at the zero step
	counts map[string]int // guarded; the commands since it was armed
	struck bool           // guarded
}

// step is one command of a transfer: the times-th of its verb, from 1.
type step struct {
	verb  string
	times int
}

// stepVerbs are the commands of a transfer and of what comes before and behind.
var stepVerbs = []string{
	"USER", "PASS", "SYST", "FEAT", "OPTS", "TYPE", "PWD", "CWD", "EPSV", "PASV", "REST", "SIZE", "MDTM", "MFMT", "MLST", "SITE",
	"MLSD", "LIST", "RETR", "STOR", "APPE", "RNFR", "RNTO", "DELE", "MKD", "NOOP",
}

// handle answers a command, by the fault when it is its turn.
func (p *trap) handle(c *ftptest.Conn, arg string) {
	if p.turn(c.Verb) {
		p.bite(c, arg)
		return
	}
	ftptest.Default(c, arg)
}

func (p *trap) turn(verb string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.armed {
		return false
	}
	p.counts[verb]++
	hit := step{verb, p.counts[verb]} == p.at
	p.struck = p.struck || hit
	return hit
}

func (p *trap) set(at step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed, p.at, p.counts, p.struck = true, at, map[string]int{}, false
}

// disarm takes the trap away and tells whether it struck, and the commands since it
// was set.
func (p *trap) disarm() (struck bool, counts map[string]int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = false
	return p.struck, p.counts
}

func (p *trap) verbs() map[string]ftptest.Handler {
	all := map[string]ftptest.Handler{}
	for _, verb := range stepVerbs {
		all[verb] = p.handle
	}
	return all
}

// onData is a data connection that breaks at a byte. Commands without one
// break with the control connection.
func onData(at int64, fault ftptest.Fault) ftptest.Handler {
	flow := ftptest.Flow{At: at, Fault: fault}.Serve
	return func(c *ftptest.Conn, arg string) {
		switch c.Verb {
		case "RETR", "STOR", "APPE", "LIST", "MLSD":
			flow(c, arg)
		default:
			ftptest.Reset(c, arg)
		}
	}
}

// refuse is a reply, but to how data connections are asked for: what is refused
// there is remembered of a server, see the tests of the file system.
func refuse(text string) ftptest.Handler {
	return func(c *ftptest.Conn, arg string) {
		if c.Verb == "EPSV" || c.Verb == "PASV" {
			ftptest.Default(c, arg)
			return
		}
		c.Say("%s", text)
	}
}

// doneUnheard does what it was told, and breaks without a reply; a transfer is
// heard to begin.
func doneUnheard(c *ftptest.Conn, arg string) {
	switch c.Verb {
	case "RETR", "STOR", "APPE", "LIST", "MLSD":
		ftptest.Flow{Finals: []string{}, After: ftptest.Reset}.Serve(c, arg)
	default:
		ftptest.Default(c.Mute(), arg)
		c.Reset()
	}
}

// often bounds how many of one verb are struck: the sessions of a run begin alike.
const often = 2

// TestEveryFaultAtEveryStep has each command of a folder's transfer, from the login
// on, fail in each way, up and down; one file of it replaces an older one. At once
// after it that one is the old file or the new one, whole, and a row that is done has
// the new one. Once the server is well a retry brings all, and nothing else is left
// on either side.
func TestEveryFaultAtEveryStep(t *testing.T) {
	t.Parallel()
	const size = 150_000
	always := map[string][]string{ // struck however the sessions share the work
		"up":   {"USER", "PASS", "MLST", "STOR", "MKD", "MFMT", "RNFR", "RNTO"},
		"down": {"USER", "PASS", "MLSD", "RETR"},
	}
	for outcome, bite := range map[string]ftptest.Handler{
		"refused for now":          refuse("450 Not now"),
		"refused for good":         refuse("550 No"),
		"no space":                 refuse("552 Disk full"),
		"not understood":           refuse("500 What?"),
		"the server says goodbye":  ftptest.All(ftptest.Reply("421 Going down"), ftptest.Drop),
		"broken before the reply":  ftptest.Reset,
		"done, and the reply lost": doneUnheard,
		"data broken on the way":   onData(size/2, ftptest.CrashAll),
		"data cut short, in order": onData(size/3, ftptest.CloseData),
		"control gone, data go on": onData(size/2, ftptest.DropControl),
	} {
		for way, up := range map[string]bool{"up": true, "down": false} {
			t.Run(outcome+", "+way, func(t *testing.T) {
				t.Parallel()
				p := &trap{bite: bite}
				srv := ftptest.Script(t, ftptest.Plan{Verbs: p.verbs()})
				c := muster(t, Config{})
				id, _, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
				f := faults{crew: c, srv: srv, id: id, home: home, up: up, fresh: freight(size), old: strings.Repeat("old ", 10)}
				_, counts := f.play(p, step{})
				for _, verb := range slices.Sorted(maps.Keys(counts)) {
					for times := range min(counts[verb], often) {
						struck, _ := f.play(p, step{verb, times + 1})
						if !struck && times == 0 && slices.Contains(always[way], verb) {
							t.Errorf("no fault struck %s", verb)
						}
					}
				}
				for _, verb := range always[way] {
					if counts[verb] == 0 {
						t.Errorf("there was no %s to strike", verb)
					}
				}
			})
		}
	}
}

type faults struct {
	*crew
	srv        *ftptest.Scripted
	id         site.ID
	home       vfs.Path // the server's
	up         bool
	fresh, old string
	plays      int
}

// inner is a folder in each folder that is transferred, with a file.
const inner = "inner"

// play transfers a folder over new sessions with the trap at a step, and again
// without.
func (f *faults) play(p *trap, at step) (struck bool, counts map[string]int) {
	f.t.Helper()
	f.plays++
	name := fmt.Sprint("box", f.plays)
	here, there := filepath.Join(f.dir, name), "/"+name
	f.must(os.Mkdir(here, 0o700))
	if f.up {
		f.must(os.Mkdir(filepath.Join(here, inner), 0o700))
	}
	from, to := queue.Place{Path: f.join(f.here, name)}, queue.Place{Site: f.id, Path: f.join(f.home, name)}
	put, putOld := f.store(here, there)
	if !f.up {
		from, to = to, from
		put, putOld = putOld, put
	}
	put("replaces", f.fresh)
	put("new", f.fresh[1:])
	put(inner+"/deep", "deep")
	putOld("replaces", f.old)
	ids, err := f.Enqueue(ctxOf(f.t), queue.Request{Source: from, Target: to, Type: vfs.TypeDir, Size: vfs.SizeUnknown, Exists: transfer.Overwrite})
	f.must(err)
	f.must(f.Disconnect(f.id))
	p.set(at)
	f.must(f.Queue().Drain(ctxOf(f.t)))
	struck, counts = p.disarm()
	about := fmt.Sprintf("%s number %d", at.verb, at.times)
	rows := f.below(ids[0])
	for file, wanted := range map[string][2]string{"replaces": {f.fresh, f.old}, "new": {f.fresh[1:], ""}} {
		got, ok := f.target(here, there, file)
		switch row := rows[file]; {
		case row.State == queue.Done && got != wanted[0]:
			f.t.Errorf("%s: %s is done and its target has %d bytes", about, file, len(got))
		case got != wanted[0] && (got != wanted[1] || ok != (wanted[1] != "")):
			f.t.Errorf("%s: %s is neither as it was nor the new file: it has %d bytes", about, file, len(got))
		}
	}
	if row := rows["replaces"]; row.State == queue.Asking && row.Question.NoReplace {
		// A refused rename looks like a server that never replaces.
		f.must(f.Queue().Answer(ctxOf(f.t), row.ID, transfer.Answer{Rule: transfer.Overwrite, Replace: transfer.ReplaceNever}))
	}
	f.must(f.Retry(ctxOf(f.t), ids...))
	f.must(f.Queue().Drain(ctxOf(f.t)))
	f.whole(about, ids[0], here, there)
	return struck, counts
}

// store returns what puts a file into the folder here, and there.
func (f *faults) store(here, there string) (putHere, putThere func(name, content string)) {
	return func(name, content string) {
			f.must(os.WriteFile(filepath.Join(here, name), []byte(content), 0o600))
		}, func(name, content string) {
			f.srv.Put(there+"/"+name, []byte(content))
		}
}

// below are the rows of a folder by their names, its own by "".
func (f *faults) below(folder queue.ID) map[string]queue.Item {
	f.t.Helper()
	all, err := f.Queue().List(ctxOf(f.t), queue.Filter{}, 0, 10_000)
	f.must(err)
	rows := map[string]queue.Item{}
	for _, row := range all {
		switch folder {
		case row.ID:
			rows[""] = row
		case row.Parent:
			rows[row.Source.Path.Base()] = row
		}
	}
	return rows
}

func (f *faults) target(here, there, name string) (content string, ok bool) {
	f.t.Helper()
	if f.up {
		b, ok := f.srv.Get(there + "/" + name)
		return string(b), ok
	}
	b, err := os.ReadFile(filepath.Join(here, name))
	return string(b), err == nil
}

// whole is what must be true in the end.
func (f *faults) whole(about string, folder queue.ID, here, there string) {
	f.t.Helper()
	rows := f.below(folder)
	if len(rows) != 4 {
		f.t.Errorf("%s: there are %d rows", about, len(rows))
	}
	for name, row := range rows {
		if row.State != queue.Done {
			f.t.Errorf("%s: after a retry %q is %s: %s", about, name, row.State, row.Message)
		}
	}
	for name, want := range map[string]string{"replaces": f.fresh, "new": f.fresh[1:]} {
		if got, _ := f.target(here, there, name); got != want {
			f.t.Errorf("%s: %s has %d bytes in the end", about, name, len(got))
		}
	}
	if names := strings.Join(f.srv.Names(there), " "); names != inner+" new replaces" {
		f.t.Errorf("%s: on the server are %s", about, names)
	}
	left, err := os.ReadDir(here)
	f.must(err)
	for _, entry := range left {
		if name := entry.Name(); name != "new" && name != "replaces" && name != inner {
			f.t.Errorf("%s: here is %s", about, name)
		}
	}
}
