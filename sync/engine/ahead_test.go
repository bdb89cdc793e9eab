package engine

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestAFoldersConnectionsAreMadeWhileItIsReadOrMade: the server holds up the listing,
// or the making, until all have logged in.
func TestAFoldersConnectionsAreMadeWhileItIsReadOrMade(t *testing.T) {
	for outcome, tc := range map[string]struct {
		up             bool
		conns, workers int // of the site and of the queue, 0 for four each
		logins         int
	}{
		"of a download": {logins: 5},
		"of an upload":  {up: true, logins: 5},
		"no more than move from the site at a time": {conns: 2, logins: 3},
		"no more than move at all":                  {workers: 3, logins: 4},
		"none where one file moves at a time":       {conns: 1, logins: 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			hold := make(chan struct{})
			slow := map[string]ftptest.Handler{"MLSD": ftptest.Hold(hold, ftptest.Default), "MKD": ftptest.Hold(hold, ftptest.Default)}
			srv := ftptest.Script(t, ftptest.Plan{Files: map[string]string{"/d/f": "ahoy"}, Verbs: slow})
			c := muster(t, Config{Tuning: queue.Tuning{Workers: tc.workers}})
			s := srv.Site(site.ModePassive, site.TLSOff)
			s.Connections = tc.conns
			id, _, home := c.board(s, srv.Password)
			from, to := queue.Place{Site: id, Path: c.join(home, "d")}, queue.Place{Path: c.join(c.here, "d")}
			if tc.up {
				c.must(os.Mkdir(filepath.Join(c.dir, "d"), 0o700))
				from, to = to, queue.Place{Site: id, Path: c.join(home, "new")}
			}
			c.queue(from, to, vfs.TypeDir)
			drained := make(chan error, 1)
			go func() { drained <- c.Queue().Drain(ctxOf(t)) }()
			err := srv.Await(ctxOf(t), "PASS", tc.logins)
			close(hold)
			c.must(<-drained)
			c.must(err)
			c.must(c.Close())
			if n := srv.Count("PASS"); n != tc.logins {
				t.Errorf("%d logins, want %d", n, tc.logins)
			}
		})
	}
}

// TestManyFilesAreExpected from folders that are copied now, and once.
func TestManyFilesAreExpected(t *testing.T) {
	shop := queue.Place{Site: "shop"}
	for outcome, tc := range map[string]struct {
		request queue.Request
		many    bool
	}{
		"from a folder there":                   {queue.Request{Source: shop, Type: vfs.TypeDir}, true},
		"for a folder there":                    {queue.Request{Target: shop, Type: vfs.TypeDir}, true},
		"from one whose time has come":          {queue.Request{Source: shop, Type: vfs.TypeDir, NotBefore: time.Now().Add(-time.Hour)}, true},
		"not before its time":                   {queue.Request{Source: shop, Type: vfs.TypeDir, NotBefore: time.Now().Add(time.Hour)}, false},
		"not with a file":                       {queue.Request{Source: shop, Type: vfs.TypeFile}, false},
		"not with what nobody has looked at":    {queue.Request{Source: shop}, false},
		"not from a folder that goes elsewhere": {queue.Request{Source: queue.Place{Site: "store"}, Type: vfs.TypeDir}, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			c := muster(t, Config{})
			c.expectMany([]queue.Request{tc.request})
			if c.many["shop"] != tc.many || c.many[site.Local] {
				t.Errorf("expected: %v", c.many)
			}
			_, err := c.forWork(ctxOf(t), "shop")
			if vfs.KindOf(err) != vfs.KindNoSite || c.many["shop"] {
				t.Errorf("%v, still expected: %v", err, c.many)
			}
		})
	}
}
