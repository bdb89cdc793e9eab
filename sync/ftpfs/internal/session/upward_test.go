package session

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestLinksUpwardAreShown: pyftpdlib lists links as what they lead to, and one
// that leads to a folder above is a link all the same.
func TestLinksUpwardAreShown(t *testing.T) {
	srv := ftptest.Start(t, ftptest.PyFTPD, ftptest.Options{})
	f := connect(t, srv, site.ModePassive, site.TLSOff)
	f.put("a/b/c/file", []byte("x"))
	f.put("a/b/d/file", []byte("x"))
	for name, target := range map[string]string{
		"a/b/c/up": "..", "a/b/c/here": ".", "a/b/c/home": "../../..", "a/b/c/aside": "../d", "a/b/c/to file": "file", "a/b/d/over": "../c",
	} {
		f.must(os.Symlink(target, filepath.Join(srv.Dir, name)))
	}
	types := func(dir string) map[string]vfs.Type {
		p := f.dir
		for _, elem := range vfs.MustParse("/" + dir).Elems() {
			var err error
			p, err = p.Join(elem)
			f.must(err)
		}
		entries, err := f.s.List(f.ctx, p)
		f.must(err)
		got := map[string]vfs.Type{}
		for _, e := range entries {
			got[e.Name] = e.Type
			if e.Type == vfs.TypeLink && e.TargetType != vfs.TypeDir {
				t.Errorf("%s leads to %v", e.Name, e.TargetType)
			}
		}
		return got
	}
	wants := func(outcome, dir string, want map[string]vfs.Type) {
		t.Helper()
		got := types(dir)
		for name, typ := range want {
			if got[name] != typ {
				t.Errorf("%s: %s is listed as %v, want %v", outcome, name, got[name], typ)
			}
		}
	}
	inC := map[string]vfs.Type{"up": vfs.TypeLink, "here": vfs.TypeLink, "home": vfs.TypeLink, "aside": vfs.TypeDir, "to file": vfs.TypeFile, "file": vfs.TypeFile}
	wants("at first", "a/b/c", inC)
	wants("what is above is known", "a/b/c", inC)
	wants("a folder", "a/b", map[string]vfs.Type{"c": vfs.TypeDir, "d": vfs.TypeDir})
	inC["aside"] = vfs.TypeLink // it leads back to where this way came from
	wants("by another way", "a/b/d/over", inC)
	wants("back by another way", "a/b/c/aside", map[string]vfs.Type{"over": vfs.TypeLink})

	// The old b stands in the new one of its name.
	f.must(os.Rename(filepath.Join(srv.Dir, "a/b"), filepath.Join(srv.Dir, "a/old")))
	f.must(os.Mkdir(filepath.Join(srv.Dir, "a/b"), 0o755))
	f.must(os.Rename(filepath.Join(srv.Dir, "a/old"), filepath.Join(srv.Dir, "a/b/b")))
	wants("moved into another of its name", "a/b", map[string]vfs.Type{"b": vfs.TypeDir})
}

// TestFoldersThatNobodyTellsApartAreNoLinks: behind pyftpdlib may be a storage
// without inodes, of which all is told to be the same.
func TestFoldersThatNobodyTellsApartAreNoLinks(t *testing.T) {
	for outcome, tc := range map[string]struct {
		unique string
		want   vfs.Type
	}{
		"told apart":               {"fd00g2", vfs.TypeLink},
		"without inodes":           {"0g0", vfs.TypeDir},
		"without, and of a device": {"fd00g0", vfs.TypeDir},
		"by what is beyond memory": {strings.Repeat("f", longestUnique) + "g2", vfs.TypeDir},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := script(t, ftptest.Plan{
				Greeting: ftptest.Reply("220 pyftpdlib based ftpd ready."),
				Verbs: map[string]ftptest.Handler{
					"MLST": ftptest.Reply("250-Listing\n type=dir;unique=" + tc.unique + "; /\n250 End"),
					"MLSD": func(c *ftptest.Conn, _ string) {
						c.Say("150 Here it comes")
						d, err := c.Data()
						if err != nil {
							c.Say("425 No data connection")
							return
						}
						_, _ = io.WriteString(d, "type=dir;unique="+tc.unique+"; sub\r\n")
						_ = d.Close()
						c.Say("226 Done")
					},
				},
			})
			entries, err := r.open().List(t.Context(), vfs.Root())
			r.must(err)
			if len(entries) != 1 || entries[0].Type != tc.want {
				t.Errorf("%+v, want %v", entries, tc.want)
			}
		})
	}
}
