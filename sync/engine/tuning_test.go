package engine

import (
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

func TestAConnectionIsClosedByAChange(t *testing.T) {
	for outcome, tc := range map[string]struct {
		change func(*site.Site)
		logins int
	}{
		"not of its limits":             {func(s *site.Site) { s.LimitUp, s.LimitDown = 1000, 2000 }, 1},
		"not of how files are replaced": {func(s *site.Site) { s.Replace = site.ReplaceDelete }, 1},
		"not of how many files move":    {func(s *site.Site) { s.Connections = 7 }, 1},
		"not of its name and notes":     {func(s *site.Site) { s.Name, s.Notes = "store", "ask Jo" }, 1},
		"but of its mode":               {func(s *site.Site) { s.Mode = site.ModeActive }, 2},
	} {
		t.Run(outcome, func(t *testing.T) {
			srv := ftptest.Script(t, ftptest.Plan{})
			c := muster(t, Config{})
			s := srv.Site(site.ModePassive, site.TLSOff)
			s.Name = "shop"
			s, err := c.Save(s)
			c.must(err)
			id, _, _ := c.board(s, srv.Password)
			tc.change(&s)
			_, err = c.Save(s)
			c.must(err)
			f, err := c.FS(ctxOf(t), id)
			c.must(err)
			_, err = f.List(ctxOf(t), vfs.Root())
			c.must(err)
			if got := srv.Count("PASS"); got != tc.logins {
				t.Errorf("%d logins, want %d", got, tc.logins)
			}
		})
	}
}

// TestMoreFilesMoveAtOnceWhereTheyMay: the number of a site counts from the moment
// that it is saved, also by another process, and breaks off nothing.
func TestMoreFilesMoveAtOnceWhereTheyMay(t *testing.T) {
	for outcome, save := range map[string]func(c *crew, a *around, s site.Site) error{
		"saved here": func(c *crew, _ *around, s site.Site) error { _, err := c.Save(s); return err },
		"saved by another at once": func(c *crew, a *around, s site.Site) error {
			err := c.Sites().Put(s)
			a.pass(watchEvery)
			return err
		},
		"saved by another later": func(c *crew, a *around, s site.Site) error {
			a.pass(watchEvery)
			err := c.Sites().Put(s)
			a.pass(watchEvery)
			return err
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			hold := make(chan struct{})
			files := map[string]string{}
			for _, name := range []string{"a", "b", "c"} {
				files["/"+name] = freight(5000)
			}
			srv := ftptest.Script(t, ftptest.Plan{Files: files, Verbs: map[string]ftptest.Handler{"RETR": ftptest.Flow{At: 1000, Hold: hold}.Serve}})
			a := newAround()
			c := muster(t, Config{around: a.surroundings(), Work: true})
			s := srv.Site(site.ModePassive, site.TLSOff)
			s.Name, s.Connections = "shop", 1
			s, err := c.Save(s)
			c.must(err)
			id, _, home := c.board(s, srv.Password)
			for name := range files {
				c.queue(queue.Place{Site: id, Path: c.join(home, name[1:])}, queue.Place{Path: c.join(c.here, name[1:])}, vfs.TypeFile)
			}
			c.must(srv.Await(ctxOf(t), "RETR", 1))
			s.Connections = 3
			c.must(save(c, a, s))
			c.must(srv.Await(ctxOf(t), "RETR", 3))
			close(hold)
			c.must(c.Close())
			if n := srv.Count("RETR"); n != 3 {
				t.Errorf("%d downloads began", n)
			}
		})
	}
}

// TestHowFilesAreReplacedIsKept where the site is: asked once, and never again.
func TestHowFilesAreReplacedIsKept(t *testing.T) {
	for outcome, tc := range map[string]struct {
		oneShot, quick bool
		kept           bool // in the file of sites
	}{
		"with a saved site":                          {kept: true},
		"for this session with a quick connection's": {quick: true},
		"by a command that does its work and ends":   {oneShot: true, kept: true},
	} {
		t.Run(outcome, func(t *testing.T) {
			c := muster(t, Config{OneShot: tc.oneShot})
			s := site.Site{Host: "ftp.example.org", User: "anna", LimitUp: 5, LimitDown: 7}
			if tc.quick {
				s = c.register(s)
			} else {
				s.Name = "shop"
				var err error
				s, err = c.Save(s)
				c.must(err)
			}
			c.replaced(s.ID, transfer.ReplaceDirect)
			if got := c.replaceWay(s.ID); got != transfer.ReplaceDirect {
				t.Errorf("it is %q now", got)
			}
			if up, down := c.siteLimits(s.ID); up != 5 || down != 7 {
				t.Errorf("the limits are %d and %d", up, down)
			}
			if saved, _ := c.Sites().Get(s.ID); (saved.Replace == site.ReplaceDirect) != tc.kept {
				t.Errorf("saved as %q", saved.Replace)
			}
		})
	}
}
