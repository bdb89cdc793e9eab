package ftpfs

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"
	"unicode/utf8"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/trace"
	"wherry/sync/vfs"
	"wherry/sync/vfs/vfstest"
)

// connect returns a file system on a real server, whose transcript is shown
// when the test fails.
func connect(t *testing.T, s *ftptest.Server, where site.Site) *FS {
	t.Helper()
	return connectWith(t, s, where, nil)
}

func connectWith(t *testing.T, s *ftptest.Server, where site.Site, m Memory) *FS {
	t.Helper()
	ring := trace.NewRing(2000, nil)
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		lines, _ := ring.Since(0)
		for _, l := range lines {
			t.Log(l)
		}
	})
	return New(Config{
		Site: where, Roots: s.CA, Trace: ring, Memory: m,
		Password: func(context.Context) (string, error) { return s.Password, nil },
	})
}

// onDisk is where the server keeps what the client calls p.
func onDisk(s *ftptest.Server, p vfs.Path) string {
	rel := strings.TrimPrefix(strings.TrimPrefix(p.String(), s.Home), "/")
	return filepath.Join(s.Dir, filepath.FromSlash(rel))
}

// TestConformance has every other case encrypted: that both ways carry the
// same bytes is proven one level below.
func TestConformance(t *testing.T) {
	ways := []site.TLS{site.TLSOff, site.TLSExplicit}
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel() // ProFTPD takes 0.3 s to greet whoever follows a QUIT
			s := ftptest.Start(t, kind, ftptest.Options{TLS: true})
			var count atomic.Int64
			vfstest.Run(t, func(t *testing.T) (vfs.FS, vfs.Path) {
				n := count.Add(1)
				folder := fmt.Sprintf("case %d", n)
				if err := s.MkdirAll(folder); err != nil {
					t.Fatal(err)
				}
				return connect(t, s, s.Site(site.ModePassive, ways[n%2])), vfs.MustParse(path.Join(s.Home, folder))
			}, limits(s))
		})
	}
}

// limits says what each server cannot do.
func limits(s *ftptest.Server) vfstest.Options {
	opt := vfstest.Options{
		Link: func(t *testing.T, target string, at vfs.Path) {
			if err := os.Symlink(target, onDisk(s, at)); err != nil {
				t.Fatal(err)
			}
		},
	}
	refused := control
	switch s.Kind {
	case ftptest.ProFTPD:
		// MLSD leaves out a link to nothing.
		opt.Link = nil
		// MKD refuses names with a star.
		refused = func(name string) bool { return control(name) || strings.Contains(name, "*") }
	case ftptest.PyFTPD:
		// MLSD shows what a link leads to, and leaves out one to nothing.
		opt.Link = nil
		// File names are Python strings; other bytes become U+FFFD.
		refused = func(name string) bool { return control(name) || !utf8.ValidString(name) }
	case ftptest.PureFTPd:
		// It prohibits backslashes and replaces a trailing space.
		refused = func(name string) bool {
			return control(name) || strings.Contains(name, `\`) || strings.HasSuffix(name, " ")
		}
	}
	opt.Refuses = refused
	return opt
}

// control says whether a name holds a control character: none is ever put
// into a command, although some servers would take it.
func control(name string) bool { return strings.ContainsFunc(name, unicode.IsControl) }
