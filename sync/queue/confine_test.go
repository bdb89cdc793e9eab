package queue

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"wherry/sync/localfs"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// desk is a rig whose "here" is this computer: a folder "in" to download into,
// and beside it "out" with a file that must stay as it is.
type desk struct {
	*rig
	dir string
	in  vfs.Path
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{dir: t.TempDir()}
	here := localfs.New()
	d.rig = newRig(t, func(c *Config) {
		open := c.Open
		c.Open = func(ctx context.Context, id site.ID) (vfs.FS, error) {
			if id == site.Local {
				return here, nil
			}
			return open(ctx, id)
		}
		c.Retries = -1
	})
	t.Cleanup(func() {
		if err := here.Close(); err != nil {
			t.Error(err)
		}
	})
	d.folder("in")
	d.folder("out")
	d.plant("out/kept", "precious")
	var err error
	if d.in, err = localfs.FromOS(filepath.Join(d.dir, "in")); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) folder(name string) {
	d.t.Helper()
	d.must(os.MkdirAll(filepath.Join(d.dir, name), 0o700))
}

func (d *desk) plant(name, content string) {
	d.t.Helper()
	d.must(os.WriteFile(filepath.Join(d.dir, name), []byte(content), 0o600))
}

func (d *desk) link(target, name string) {
	d.t.Helper()
	d.must(os.Symlink(target, filepath.Join(d.dir, name)))
}

// fetch is a request for name of the site, into the folder.
func (d *desk) fetch(name string, typ vfs.Type, into vfs.Path) Request {
	d.t.Helper()
	target, err := into.Join(filepath.Base(name))
	d.must(err)
	return Request{
		Source: Place{Site: remote, Path: vfs.MustParse(name)}, Target: Place{Path: target},
		Type: typ, Size: vfs.SizeUnknown, Exists: transfer.Overwrite,
	}
}

// wantFile checks a file below the desk, "" for none.
func (d *desk) wantFile(name, want string) {
	d.t.Helper()
	got, err := os.ReadFile(filepath.Join(d.dir, name))
	if want == "" && errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil || string(got) != want {
		d.t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
	}
}

func (d *desk) untouched() {
	d.t.Helper()
	entries, err := os.ReadDir(filepath.Join(d.dir, "out"))
	if err != nil || len(entries) != 1 {
		d.t.Errorf("outside there is %v: %v", entries, err)
	}
	d.wantFile("out/kept", "precious")
}

func TestNothingIsWrittenOutsideTheChosenFolder(t *testing.T) {
	for outcome, tc := range map[string]struct {
		arrange func(d *desk)
		states  []string
		kept    map[string]string
	}{
		"a link up in the way of a folder": {
			func(d *desk) { d.folder("in/t"); d.link("../../out", "in/t/sub") },
			[]string{"/t: failed", "/t/kept: done", "/t/sub: failed"},
			map[string]string{"in/t/kept": "top"},
		},
		"an absolute link in the way of a folder": {
			func(d *desk) { d.folder("in/t"); d.link(filepath.Join(d.dir, "out"), "in/t/sub") },
			[]string{"/t: failed", "/t/kept: done", "/t/sub: failed"},
			map[string]string{"in/t/kept": "top"},
		},
		"a link that has the topmost folder's name": {
			func(d *desk) { d.link("../out", "in/t") },
			[]string{"/t: failed"},
			nil,
		},
		"a link to nothing in the way of a folder": {
			func(d *desk) { d.folder("in/t"); d.link("../../out/new", "in/t/sub") },
			[]string{"/t: failed", "/t/kept: done", "/t/sub: failed"},
			map[string]string{"in/t/kept": "top"},
		},
		"a link that stays inside is gone through": {
			func(d *desk) { d.folder("in/t/real"); d.link("real", "in/t/sub") },
			[]string{"/t: done", "/t/kept: done", "/t/sub: done", "/t/sub/kept: done"},
			map[string]string{"in/t/kept": "top", "in/t/real/kept": "deep"},
		},
		"a link under a file's name is replaced": {
			func(d *desk) { d.folder("in/t/sub"); d.link("../../../out/kept", "in/t/sub/kept") },
			[]string{"/t: done", "/t/kept: done", "/t/sub: done", "/t/sub/kept: done"},
			map[string]string{"in/t/kept": "top", "in/t/sub/kept": "deep"},
		},
		"a link under a part's name is not written to": {
			func(d *desk) { d.folder("in/t/sub"); d.link("../../../out/kept", "in/t/sub/kept"+transfer.Suffix) },
			[]string{"/t: failed", "/t/kept: done", "/t/sub: failed", "/t/sub/kept: failed"},
			map[string]string{"in/t/kept": "top"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			d := newDesk(t)
			d.there.Put("/t/kept", "top", when)
			d.there.Put("/t/sub/kept", "deep", when)
			tc.arrange(d)
			d.add(d.fetch("/t", vfs.TypeDir, d.in))
			d.drain()
			wantStates(t, d.rig, tc.states...)
			d.untouched()
			for name, content := range tc.kept {
				d.wantFile(name, content)
			}
			for _, item := range d.items() {
				if item.State == Failed && item.Message == "" {
					t.Errorf("%s failed without a reason", item.Source.Path)
				}
			}
		})
	}
}

func TestAFileIsHeldToTheFolderItGoesInto(t *testing.T) {
	d := newDesk(t)
	d.there.Put("/a", "new", when)
	d.link("in", "way")
	way, err := localfs.FromOS(filepath.Join(d.dir, "way"))
	d.must(err)
	d.add(d.fetch("/a", vfs.TypeFile, way))
	d.drain()
	wantStates(t, d.rig, "/a: done")
	d.wantFile("in/a", "new")
}

func TestTheReasonNamesTheLinkThatLeadsOutside(t *testing.T) {
	d := newDesk(t)
	d.there.Put("/t/sub/kept", "deep", when)
	d.folder("in/t")
	d.link("../../out", "in/t/sub")
	d.add(d.fetch("/t", vfs.TypeDir, d.in))
	d.drain()
	for _, item := range d.items() {
		if item.Source.Path.String() != "/t/sub" {
			continue
		}
		if want := filepath.Join(d.dir, "in/t/sub"); item.Kind != vfs.KindOutside || item.About != want {
			t.Errorf("it failed by %v about %s, want outside about %s", item.Kind, item.About, want)
		}
		return
	}
	t.Error("there is no such row")
}

// TestACancelledRowsPartIsNotDeletedThroughALink: what has the part's name
// behind the link is somebody's.
func TestACancelledRowsPartIsNotDeletedThroughALink(t *testing.T) {
	d := newDesk(t)
	d.there.Put("/t/sub/kept", large, when)
	d.there.SetChunk(1 << 12)
	d.there.Inject(memfs.Fault{Op: memfs.OpRead, Bytes: 1 << 14, Kind: vfs.KindNoSpace, Times: -1})
	d.add(d.fetch("/t", vfs.TypeDir, d.in))
	d.drain()
	part := "in/t/sub/kept" + transfer.Suffix
	if _, err := os.Stat(filepath.Join(d.dir, part)); err != nil {
		t.Fatalf("there is no part to begin with: %v", err)
	}
	d.must(os.Rename(filepath.Join(d.dir, "in/t/sub"), filepath.Join(d.dir, "gone")))
	d.plant("out/kept"+transfer.Suffix, "somebody's")
	d.link("../../out", "in/t/sub")
	items := d.items()
	d.must(d.Cancel(t.Context(), items[0].ID))
	d.drain()
	if len(d.items()) != 0 {
		t.Errorf("rows are left: %v", d.states())
	}
	d.wantFile("out/kept"+transfer.Suffix, "somebody's")
}

func TestTheChosenFolderIsTheOneTheRequestGoesInto(t *testing.T) {
	for outcome, tc := range map[string]struct {
		target string
		depth  int
		want   string
	}{
		"a file":                  {"/home/me/file", 1, "/home/me"},
		"a folder":                {"/home/me/t", 1, "/home/me"},
		"a file in it":            {"/home/me/t/a", 2, "/home/me"},
		"deep in it":              {"/home/me/t/a/b/c", 4, "/home/me"},
		"straight below the top":  {"/t", 1, "/"},
		"the top itself":          {"/", 1, "/"},
		"a row of an old journal": {"/home/me/file", 0, "/home/me"},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := row{Item: Item{Target: Place{Path: vfs.MustParse(tc.target)}}, depth: tc.depth}
			if got := r.into().String(); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}
