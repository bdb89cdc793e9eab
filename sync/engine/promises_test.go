package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wherry/sync/ftpfs"
	"wherry/sync/ftptest"
	"wherry/sync/localfs"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/trust"
	"wherry/sync/vault"
	"wherry/sync/vfs"
)

// The promises of Wherry to the people who use it, as far as they concern FTP
// and no window. Each test is named after one and keeps to what a person does:
// connect, queue a copy, look at what stands there afterwards. What they rest
// on is tested in the packages below.

// crew is an engine with what a promise needs.
type crew struct {
	*Engine
	t    *testing.T
	here vfs.Path // a folder on this computer
	dir  string   // the same, for the os package
}

func muster(t *testing.T, cfg Config) *crew {
	t.Helper()
	if cfg.Retries == 0 {
		cfg.Retries = -1
	}
	c := &crew{Engine: start(t, cfg), t: t, dir: t.TempDir()}
	here, err := localfs.FromOS(c.dir)
	c.must(err)
	c.here = here
	return c
}

func (c *crew) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// board connects to a server and returns its ID, its file system, and the
// folder of the login.
func (c *crew) board(s site.Site, password string) (site.ID, vfs.FS, vfs.Path) {
	c.t.Helper()
	id, f, err := c.Connect(ctxOf(c.t), s, password)
	c.must(err)
	can, err := f.Features(ctxOf(c.t))
	c.must(err)
	return id, f, can.Home
}

func (c *crew) join(dir vfs.Path, name string) vfs.Path {
	c.t.Helper()
	p, err := dir.Join(name)
	c.must(err)
	return p
}

// write and read use this computer behind the program's back.
func (c *crew) write(name, content string) queue.Place {
	c.t.Helper()
	c.must(os.WriteFile(filepath.Join(c.dir, name), []byte(content), 0o600))
	return queue.Place{Path: c.join(c.here, name)}
}

func (c *crew) read(name string) string {
	c.t.Helper()
	b, err := os.ReadFile(filepath.Join(c.dir, name))
	c.must(err)
	return string(b)
}

// queue puts one copy into the queue, as a dropped file is.
func (c *crew) queue(from, to queue.Place, typ vfs.Type) {
	c.t.Helper()
	_, err := c.Enqueue(ctxOf(c.t), queue.Request{Source: from, Target: to, Type: typ, Size: vfs.SizeUnknown, Exists: transfer.Overwrite})
	c.must(err)
}

// copy queues and works until nothing is left to do; it returns the rows by
// how they ended.
func (c *crew) copy(from, to queue.Place, typ vfs.Type) map[queue.State][]queue.Item {
	c.t.Helper()
	c.queue(from, to, typ)
	return c.work()
}

func (c *crew) work() map[queue.State][]queue.Item {
	c.t.Helper()
	c.must(c.Queue().Drain(ctxOf(c.t)))
	rows, err := c.Queue().List(ctxOf(c.t), queue.Filter{}, 0, 1000)
	c.must(err)
	ended := map[queue.State][]queue.Item{}
	for _, row := range rows {
		ended[row.State] = append(ended[row.State], row)
	}
	return ended
}

// freight is content in which nothing repeats.
func freight(n int) string {
	var b bytes.Buffer
	for sum := sha256.Sum256(nil); b.Len() < n; sum = sha256.Sum256(sum[:]) {
		b.Write(sum[:])
	}
	return b.String()[:n]
}

func TestPromise1DoneMeansDone(t *testing.T) {
	t.Parallel()
	cargo := freight(300_000)
	for _, kind := range ftptest.Kinds() {
		t.Run("and the bytes are there, on "+string(kind), func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Start(t, kind, ftptest.Options{TLS: true})
			c := muster(t, Config{Roots: srv.CA})
			id, _, home := c.board(srv.Site(site.ModePassive, site.TLSExplicit), srv.Password)
			there := queue.Place{Site: id, Path: c.join(home, "cargo")}
			c.copy(c.write("cargo", cargo), there, vfs.TypeFile)
			ended := c.copy(there, queue.Place{Path: c.join(c.here, "back")}, vfs.TypeFile)
			if len(ended[queue.Done]) != 2 || len(ended) != 1 {
				t.Fatalf("the rows ended as %+v", ended)
			}
			for _, row := range ended[queue.Done] {
				if row.Verified == "none" || row.Size != int64(len(cargo)) {
					t.Errorf("done by %q with %d bytes", row.Verified, row.Size)
				}
			}
			stored, err := os.ReadFile(filepath.Join(srv.Dir, "cargo"))
			if err != nil || string(stored) != cargo || c.read("back") != cargo {
				t.Errorf("the server has %d bytes, %v; %d came back", len(stored), err, len(c.read("back")))
			}
		})
	}
	half := ftptest.Flow{Finals: []string{}, After: func(c *ftptest.Conn, name string) {
		c.Put(name, []byte(cargo[:1000]))
		c.Say("226 Transfer complete")
	}}
	other := ftptest.Flow{Finals: []string{}, After: func(c *ftptest.Conn, name string) {
		c.Put(name, []byte(strings.ToUpper(cargo)))
		c.Say("226 Transfer complete")
	}}
	for lie, plan := range map[string]ftptest.Plan{
		"half of it is stored and called complete":   {Verbs: map[string]ftptest.Handler{"STOR": half.Serve}},
		"other bytes are stored and called complete": {Extra: []string{"XSHA256"}, Verbs: map[string]ftptest.Handler{"STOR": other.Serve, "XSHA256": ftptest.Digest(sha256.New)}},
		"the last word is missing and half is there": {Verbs: map[string]ftptest.Handler{"STOR": ftptest.Flow{At: 1000, Fault: ftptest.CrashAll}.Serve}},
	} {
		t.Run("and not where "+lie, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Script(t, plan)
			c := muster(t, Config{})
			id, _, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
			ended := c.copy(c.write("cargo", cargo), queue.Place{Site: id, Path: c.join(home, "cargo")}, vfs.TypeFile)
			if len(ended[queue.Failed]) != 1 || len(ended[queue.Done]) != 0 {
				t.Errorf("the rows ended as %+v", ended)
			}
			if _, there := srv.Get("/cargo"); there {
				t.Error("the broken file has taken the name")
			}
		})
	}
}

func TestPromise2YourGoodCopySurvives(t *testing.T) {
	t.Parallel()
	good, fresh := freight(5000), freight(9000)
	flow := ftptest.Flow{At: 4000, Fault: ftptest.CrashAll}
	srv := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/up": good, "/down": fresh},
		Verbs: map[string]ftptest.Handler{"STOR": ftptest.InTurn(flow.Serve), "RETR": ftptest.InTurn(flow.Serve)},
	})
	c := muster(t, Config{})
	id, _, home := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
	source, target := c.write("up", fresh), c.write("down", good)
	c.queue(source, queue.Place{Site: id, Path: c.join(home, "up")}, vfs.TypeFile)
	ended := c.copy(queue.Place{Site: id, Path: c.join(home, "down")}, target, vfs.TypeFile)
	if len(ended[queue.Failed]) != 2 {
		t.Fatalf("the rows ended as %+v", ended)
	}
	if there, _ := srv.Get("/up"); string(there) != good || c.read("down") != good {
		t.Fatalf("the server has %d bytes and this computer %d: a good copy is lost", len(there), len(c.read("down")))
	}
	for _, row := range ended[queue.Failed] {
		c.must(c.Retry(ctxOf(t), row.ID))
	}
	if ended := c.work(); len(ended[queue.Done]) != 2 {
		t.Fatalf("tried again, the rows ended as %+v", ended)
	}
	if there, _ := srv.Get("/up"); string(there) != fresh || c.read("down") != fresh {
		t.Error("the new copy is not the new one")
	}
	if got := strings.Join(srv.Names("/"), " "); got != "down up" {
		t.Errorf("left on the server: %s", got)
	}
}

func TestPromise3TheQueueSurvives(t *testing.T) {
	t.Parallel()
	cargo := freight(200_000)
	release := make(chan struct{})
	srv := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/cargo": cargo},
		Verbs: map[string]ftptest.Handler{"RETR": ftptest.InTurn(ftptest.Flow{At: 100_000, Hold: release}.Serve)},
	})
	defer close(release)
	kept := vault.Memory()
	dirs := Dirs{Config: t.TempDir(), State: t.TempDir()}
	c := muster(t, Config{Dirs: dirs, Vault: kept, Work: true})
	saved := srv.Site(site.ModePassive, site.TLSOff)
	saved.Name = "shop"
	saved, err := c.Save(saved)
	c.must(err)
	c.must(kept.Set(ctxOf(t), saved.ID, srv.Password))
	c.queue(queue.Place{Site: saved.ID, Path: vfs.MustParse("/cargo")}, queue.Place{Path: c.join(c.here, "cargo")}, vfs.TypeFile)
	c.must(srv.Await(ctxOf(t), "RETR", 1))
	// The power fails: what stands on the disk at this moment is all there is.
	after := Dirs{Config: t.TempDir(), State: t.TempDir()}
	c.must(os.CopyFS(after.Config, os.DirFS(dirs.Config)))
	c.must(os.CopyFS(after.State, os.DirFS(dirs.State)))
	c.must(c.Close())

	again := &crew{Engine: start(t, Config{Dirs: after, Vault: kept, Retries: -1}), t: t, here: c.here, dir: c.dir}
	if ended := again.work(); len(ended[queue.Done]) != 1 || len(ended) != 1 {
		t.Fatalf("the rows ended as %+v", ended)
	}
	if again.read("cargo") != cargo {
		t.Error("the file is not the file")
	}
	left, err := os.ReadDir(c.dir)
	if err != nil || len(left) != 1 {
		t.Errorf("beside it stand %v, %v", left, err)
	}
}

func TestPromise4ItConnects(t *testing.T) {
	t.Parallel()
	for outcome, tc := range map[string]struct {
		opt  ftptest.Options
		mode site.Mode
		via  string // "" for no way at all
	}{
		"where nothing is in the way":              {ftptest.Options{}, site.ModeAuto, "EPSV"},
		"where EPSV is refused":                    {ftptest.Options{NoEPSV: true}, site.ModeAuto, "PASV"},
		"where the server names a private address": {ftptest.Options{NoEPSV: true, Advertise: "192.168.1.7"}, site.ModeAuto, "PASV"},
		"where passive is refused":                 {ftptest.Options{NoPassive: true}, site.ModeAuto, "EPRT"},
		"where active is refused":                  {ftptest.Options{NoActive: true}, site.ModeAuto, "EPSV"},
		"in the mode that was forced, or not":      {ftptest.Options{NoPassive: true}, site.ModePassive, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			if why := ftptest.ProFTPD.Cannot(tc.opt); why != "" {
				t.Fatal(why)
			}
			srv := ftptest.Start(t, ftptest.ProFTPD, tc.opt)
			c := muster(t, Config{})
			where := srv.Site(tc.mode, site.TLSOff)
			id, f, home := c.board(where, srv.Password)
			_, err := f.List(ctxOf(t), home)
			status, _ := c.Status(id)
			var blocked *ftpfs.Blocked
			switch {
			case tc.via == "" && (vfs.KindOf(err) != vfs.KindNoData || !errors.As(err, &blocked) || len(blocked.Attempts) == 0):
				t.Errorf("got %v", err)
			case tc.via != "" && (err != nil || status.Via != tc.via):
				t.Errorf("by %q, want %q: %v", status.Via, tc.via, err)
			}
			report, err := c.Check(ctxOf(t), where, srv.Password, false, vfs.Path{}, nil)
			if err != nil || report.Works() != (tc.via != "") {
				t.Errorf("the check says %v, %v", report.Works(), err)
			}
		})
	}
}

func TestPromise5NoPasswordAnywhere(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var said []string
	dirs := Dirs{Config: t.TempDir(), State: t.TempDir()}
	c := muster(t, Config{Dirs: dirs, Log: &log})
	tell := func(what any) {
		b, err := json.Marshal(what)
		c.must(err)
		said = append(said, string(b))
	}
	gossip := ftptest.Reply("530 Sailor, tide is not your password")
	for _, plan := range []ftptest.Plan{
		{Files: map[string]string{"/f": "content"}},
		{Verbs: map[string]ftptest.Handler{"PASS": gossip}},
		{Verbs: map[string]ftptest.Handler{"PASS": ftptest.All(ftptest.Reply("230 Welcome"), ftptest.Drop)}},
	} {
		srv := ftptest.Script(t, plan)
		where := srv.Site(site.ModePassive, site.TLSOff)
		id, _, err := c.Connect(ctxOf(t), where, srv.Password)
		if err == nil {
			tell(c.copy(queue.Place{Site: id, Path: vfs.MustParse("/f")}, queue.Place{Path: c.join(c.here, "f")}, vfs.TypeFile))
		} else {
			said = append(said, err.Error())
		}
		report, err := c.Check(ctxOf(t), where, srv.Password, true, vfs.Path{}, nil)
		c.must(err)
		tell(report)
	}
	// Without TLS nothing secret is sent at all where a person has not said so.
	srv := ftptest.Script(t, ftptest.Plan{})
	_, _, err := c.Connect(ctxOf(t), srv.Site(site.ModePassive, site.TLSDefault), srv.Password)
	if vfs.KindOf(err) != vfs.KindTLS || srv.Count("USER")+srv.Count("PASS") > 0 {
		t.Errorf("got %v, and the server heard %v", err, srv.Commands())
	}
	for _, l := range first(c.Trace().Since(0)) {
		said = append(said, l.Text)
	}
	c.must(c.Close())
	for _, text := range append(said, log.String()) {
		if strings.Contains(text, srv.Password) {
			t.Errorf("the password is told: %.200q", text)
		}
	}
	for _, dir := range []string{dirs.Config, dirs.State, c.dir} {
		noSecret(t, dir, srv.Password)
	}
}

// TestPromise5NoPasswordForAnotherCertificate: a person trusted one
// certificate; whoever shows another on the same address gets nothing.
func TestPromise5NoPasswordForAnotherCertificate(t *testing.T) {
	t.Parallel()
	impostor, err := ftptest.NewIdentity(ftptest.Validity{})
	if err != nil {
		t.Fatal(err)
	}
	var changed atomic.Bool
	srv := ftptest.Script(t, ftptest.Plan{TLS: true, TuneTLS: func(c *tls.Config) {
		own := c.Certificates[0]
		c.Certificates = nil // else they are what a client without a host name gets
		c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if changed.Load() {
				return &impostor.TLS, nil
			}
			return &own, nil
		}
	}})
	dirs := Dirs{Config: t.TempDir(), State: t.TempDir()}
	where := srv.Site(site.ModePassive, site.TLSExplicit)
	c := muster(t, Config{Dirs: dirs, Asker: &person{answer: trust.Always}})
	c.board(where, srv.Password)
	c.must(c.Close())
	changed.Store(true)
	p := &person{answer: trust.Refuse}
	c = muster(t, Config{Dirs: dirs, Asker: p})
	_, _, err = c.Connect(ctxOf(t), where, srv.Password)
	if vfs.KindOf(err) != vfs.KindCert || p.certs != 1 || srv.Count("PASS") != 1 || srv.Count("USER") != 1 {
		t.Errorf("got %v, asked %d times, %d passwords were sent", err, p.certs, srv.Count("PASS"))
	}
}

func TestPromise6NothingOutside(t *testing.T) {
	t.Parallel()
	listing := "type=file;size=4; ../up\r\ntype=file;size=4; /abs\r\ntype=dir; ..\r\ntype=file;size=4; ok\r\n" +
		"type=file;size=4; a\rDELE b\r\ntype=dir; away\r\n"
	srv := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/tree/": "", "/f": "evil"},
		Verbs: map[string]ftptest.Handler{
			"MLSD": func(c *ftptest.Conn, dir string) {
				text := listing
				if dir != "/tree" {
					text = "type=file;size=4; evil\r\n"
				}
				ftptest.Flow{Content: func() io.Reader { return strings.NewReader(text) }}.Serve(c, "/")
			},
			"MLST": func(c *ftptest.Conn, name string) { c.Say("250-\n type=file;size=4; %s\n250 End", name) },
			"SIZE": ftptest.Reply("213 4"),
			"RETR": func(c *ftptest.Conn, _ string) { ftptest.Default(c, "/f") },
			"EPSV": ftptest.Reply("502 No"),
			"PASV": ftptest.PassiveBehind([4]byte{192, 0, 2, 7}),
		},
	})
	c := muster(t, Config{})
	// A link lies in the way where the server has a folder.
	outside := t.TempDir()
	c.must(os.MkdirAll(filepath.Join(c.dir, "chosen"), 0o755))
	c.must(os.Symlink(outside, filepath.Join(c.dir, "chosen", "away")))
	id, _, _ := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
	ended := c.copy(queue.Place{Site: id, Path: vfs.MustParse("/tree")}, queue.Place{Path: c.join(c.here, "chosen")}, vfs.TypeDir)
	var names []string
	c.must(filepath.WalkDir(c.dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, strings.TrimPrefix(name, c.dir+"/"))
		}
		return err
	}))
	if !slices.Equal(names, []string{"chosen/ok"}) {
		t.Errorf("written: %q; the rows ended as %+v", names, ended)
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) != 0 {
		t.Errorf("behind the link stand %v, %v", left, err)
	}
	refused := 0
	for _, row := range ended[queue.Failed] {
		if row.Kind == vfs.KindBadName {
			refused++
		}
	}
	if refused != 3 {
		t.Errorf("%d names were refused and said so, want 3: %+v", refused, ended[queue.Failed])
	}
	for _, cmd := range srv.Commands() {
		if strings.ContainsAny(cmd.Arg, "\r\n\x00") || cmd.Verb == "DELE" {
			t.Errorf("sent: %q", cmd)
		}
	}
}

func TestPromise7BothPanesAreEqual(t *testing.T) {
	t.Parallel()
	left := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{TLS: true})
	right := ftptest.Start(t, ftptest.PureFTPd, ftptest.Options{})
	c := muster(t, Config{Roots: left.CA})
	cargo := freight(100_000)
	leftID, _, leftHome := c.board(left.Site(site.ModeAuto, site.TLSExplicit), left.Password)
	rightID, _, rightHome := c.board(right.Site(site.ModeAuto, site.TLSOff), right.Password)
	// From here to a site, to another site, to another folder there, and back.
	c.must(os.MkdirAll(filepath.Join(c.dir, "fleet", "inner"), 0o755))
	c.must(os.WriteFile(filepath.Join(c.dir, "fleet", "inner", "cargo"), []byte(cargo), 0o600))
	way := []queue.Place{
		{Path: c.join(c.here, "fleet")},
		{Site: leftID, Path: c.join(leftHome, "fleet")},
		{Site: rightID, Path: c.join(rightHome, "fleet")},
		{Site: rightID, Path: c.join(rightHome, "again")},
		{Path: c.join(c.here, "back")},
	}
	for i := range way[1:] {
		if ended := c.copy(way[i], way[i+1], vfs.TypeDir); len(ended) != 1 || len(ended[queue.Done]) == 0 {
			t.Fatalf("step %d: the rows ended as %+v", i+1, ended)
		}
	}
	if got := c.read(filepath.Join("back", "inner", "cargo")); got != cargo {
		t.Errorf("%d bytes came round, not %d", len(got), len(cargo))
	}
}

func TestPromise8NothingWaitsForAServer(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, ftptest.Plan{
		Files: map[string]string{"/f": "content"},
		Verbs: map[string]ftptest.Handler{"MLSD": ftptest.Silence, "RETR": ftptest.Silence},
	})
	c := muster(t, Config{Work: true, Timeout: time.Hour})
	id, f, _ := c.board(srv.Site(site.ModePassive, site.TLSOff), srv.Password)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { _, err := f.List(ctx, vfs.Root()); ended <- err }()
	c.must(srv.Await(ctxOf(t), "MLSD", 1))
	c.queue(queue.Place{Site: id, Path: vfs.MustParse("/f")}, queue.Place{Path: c.join(c.here, "f")}, vfs.TypeFile)
	c.must(srv.Await(ctxOf(t), "RETR", 1))
	// What the window asks for has its answer while both hang.
	if status, ok := c.Status(id); !ok || status.Sessions == 0 {
		t.Errorf("the status is %+v", status)
	}
	if s := c.Queue().Snapshot(); s.Unfinished() != 1 {
		t.Errorf("the queue is %+v", s)
	}
	// Cancelled, both end although the server says nothing for an hour.
	cancel()
	if err := <-ended; vfs.KindOf(err) != vfs.KindCancelled {
		t.Errorf("the listing ended with %v", err)
	}
	c.must(c.Close())
}
