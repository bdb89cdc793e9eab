package queue

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/localfs"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func folds(can *vfs.Features) { can.FoldsCase, can.FoldsForm = true, true }

func TestNamesThatTheTargetTakesForOne(t *testing.T) {
	for outcome, tc := range map[string]struct {
		rule   transfer.Rule
		source map[string]string
		target func(*vfs.Features)
		want   map[string]string
		states []string
	}{
		"two files": {
			transfer.Overwrite,
			map[string]string{"/t/Name": "1", "/t/a": "a", "/t/nAME": "2"},
			folds,
			map[string]string{"/in/t/Name": "1", "/in/t/a": "a"},
			[]string{"/t: failed", "/t/Name: done", "/t/a: done", "/t/nAME: failed"},
		},
		"three files, two forms": {
			transfer.Overwrite,
			map[string]string{"/t/caf\u00e9": "1", "/t/cafe\u0301": "2", "/t/CAF\u00c9": "3"},
			folds,
			map[string]string{"/in/t/CAF\u00c9": "3"},
			[]string{"/t: failed", "/t/CAF\u00c9: done", "/t/cafe\u0301: failed", "/t/caf\u00e9: failed"},
		},
		"two folders": {
			transfer.Overwrite,
			map[string]string{"/t/Dir/x": "1", "/t/dir/x": "2", "/t/dir/y": "3"},
			folds,
			map[string]string{"/in/t/Dir/x": "1"},
			[]string{"/t: failed", "/t/Dir: done", "/t/Dir/x: done", "/t/dir: failed"},
		},
		"a folder and a file": {
			transfer.Overwrite,
			map[string]string{"/t/Dir/x": "1", "/t/dir": "2"},
			folds,
			map[string]string{"/in/t/Dir/x": "1"},
			[]string{"/t: failed", "/t/Dir: done", "/t/Dir/x: done", "/t/dir: failed"},
		},
		"two files that keep both": {
			transfer.Rename,
			map[string]string{"/t/Name": "1", "/t/nAME": "2"},
			folds,
			map[string]string{"/in/t/Name": "1", "/in/t/nAME (2)": "2"},
			[]string{"/t: done", "/t/Name: done", "/t/nAME: done"},
		},
		"two files that the target keeps apart": {
			transfer.Overwrite,
			map[string]string{"/t/Name": "1", "/t/nAME": "2"},
			func(*vfs.Features) {},
			map[string]string{"/in/t/Name": "1", "/in/t/nAME": "2"},
			[]string{"/t: done", "/t/Name: done", "/t/nAME: done"},
		},
		"two files that fold further than we do": {
			transfer.Overwrite,
			map[string]string{"/t/straße": "1", "/t/STRASSE": "2"},
			folds,
			map[string]string{"/in/t/STRASSE": "2"},
			[]string{"/t: failed", "/t/STRASSE: done", "/t/straße: failed"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
			r.there.Limit(tc.target)
			// In the order of the states, which is the one they are listed in.
			for _, line := range tc.states {
				name, _, _ := strings.Cut(line, ": ")
				for file, content := range tc.source {
					if file == name || strings.HasPrefix(file, name+"/") && name != "/t" {
						r.here.Put(file, content, when)
					}
				}
			}
			request := upDir("/t")
			request.Exists = tc.rule
			r.add(request)
			for range 2 { // the second time nothing comes in between
				r.drain()
				wantStates(t, r, tc.states...)
				if diff := cmp.Diff(tc.want, r.there.Files()); diff != "" {
					t.Errorf("files at the target (-want +got):\n%s", diff)
				}
				for _, item := range r.items() {
					if item.State == Failed && item.Type != vfs.TypeDir && item.Kind != vfs.KindExists && item.Kind != vfs.KindIsDir {
						t.Errorf("%s failed by %v: %s", item.Source.Path, item.Kind, item.Message)
					}
				}
				r.must(r.Retry(t.Context(), r.items()[0].ID))
			}
			r.drain()
		})
	}
}

func TestTheReasonOfATwinNamesTheOther(t *testing.T) {
	r := newRig(t, nil)
	r.there.Limit(folds)
	r.here.Put("/t/Name", "1", when)
	r.here.Put("/t/nAME", "2", when)
	r.add(upDir("/t"))
	r.drain()
	for _, item := range r.items() {
		if item.Source.Path.Base() == "nAME" && (item.About != "/in/t/Name" || !strings.Contains(item.Message, "nAME")) {
			t.Errorf("%s is about %s", item.Message, item.About)
		}
	}
}

func TestTwoJobsDoNotMeetInOneName(t *testing.T) {
	for _, rule := range []transfer.Rule{transfer.Overwrite, transfer.Newer, transfer.Different, transfer.Resume} {
		t.Run(string(rule), func(t *testing.T) {
			r := newRig(t, nil)
			r.there.Limit(folds)
			r.here.Put("/Name", "the first, and longer", when)
			r.here.Put("/sub/nAME", "the second, and the longest", when.AddDate(0, 0, 1))
			r.add(up("/Name"))
			r.drain()
			second := up("/sub/nAME")
			second.Exists = rule
			r.add(second)
			r.drain()
			wantStates(t, r, "/Name: done", "/sub/nAME: failed")
			if diff := cmp.Diff(map[string]string{"/in/Name": "the first, and longer"}, r.there.Files()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// picky refuses names as Windows does.
type picky struct{ *memfs.FS }

func (f picky) judge(p vfs.Path) error {
	for _, elem := range p.Elems() {
		if err := localfs.CheckWindowsName(elem); err != nil {
			return err
		}
	}
	return nil
}

func (f picky) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	if err := f.judge(p); err != nil {
		return vfs.Entry{}, err
	}
	return f.FS.Stat(ctx, p)
}

func (f picky) Mkdir(ctx context.Context, p vfs.Path) error {
	if err := f.judge(p); err != nil {
		return err
	}
	return f.FS.Mkdir(ctx, p)
}

// lister answers every listing by itself.
type lister struct {
	*memfs.FS
	list func(dir vfs.Path) ([]vfs.Entry, error)
}

func (f lister) List(_ context.Context, dir vfs.Path) ([]vfs.Entry, error) { return f.list(dir) }

// between makes the queue work from one file system to another.
func between(src, dst vfs.FS) func(*Config) {
	return func(c *Config) {
		c.Open = func(_ context.Context, id site.ID) (vfs.FS, error) {
			if id == remote {
				return src, nil
			}
			return dst, nil
		}
		c.Retries = -1
	}
}

// downDir asks for a folder of the site, for this computer's "/in".
func downDir(name string) Request {
	r := upDir(name)
	r.Source.Site, r.Target.Site = remote, site.Local
	return r
}

func TestRefusedNamesAreReportedAndTheRestGoesThrough(t *testing.T) {
	files := []string{"good", "also good.txt", "aux.txt", "COM1", "trailing.", "a:stream", `back\slash`, "C:", "line\nend", "..", "a/b", "/etc/passwd", "nul\x00", ""}
	from := memfs.New()
	for _, name := range files {
		if _, err := vfs.Root().Join(name); err == nil {
			from.Put("/t/"+name, "x", when)
		}
	}
	from.Put("/t/CON/inside", "x", when)
	server := lister{from, func(dir vfs.Path) ([]vfs.Entry, error) {
		if dir.Base() != "t" {
			return []vfs.Entry{{Name: "inside", Type: vfs.TypeFile, Size: 1}}, nil
		}
		entries := []vfs.Entry{{Name: "CON", Type: vfs.TypeDir}}
		for _, name := range files {
			entries = append(entries, vfs.Entry{Name: name, Type: vfs.TypeFile, Size: 1, ModTime: when})
		}
		return entries, nil
	}}
	to := memfs.New()
	to.PutDir("/in")
	to.Limit(func(can *vfs.Features) { can.HashesHere = true }) // as this computer, which is looked at
	r := newRig(t, between(server, picky{to}))
	r.add(downDir("/t"))
	r.drain()
	if diff := cmp.Diff(map[string]string{"/in/t/good": "x", "/in/t/also good.txt": "x"}, to.Files()); diff != "" {
		t.Errorf("files at the target (-want +got):\n%s", diff)
	}
	refused := map[string]bool{}
	for _, item := range r.items() {
		if item.State != Failed || item.Kind != vfs.KindBadName {
			continue
		}
		name := item.Name
		if name == "" {
			name = item.Source.Path.Base()
		}
		if item.Source.Path.Base() == "t" && item.About == "/t/" {
			name = "" // the empty one
		}
		refused[name] = true
		if item.Message == "" {
			t.Errorf("%q is refused without a reason", name)
		}
	}
	for _, name := range append(files[2:], "CON") {
		if !refused[name] {
			t.Errorf("%q is not reported", name)
		}
	}
}

func TestAFolderThatListsItselfForEverEndsInAFailure(t *testing.T) {
	server := lister{memfs.New(), func(vfs.Path) ([]vfs.Entry, error) { return []vfs.Entry{{Name: "d", Type: vfs.TypeDir}}, nil }}
	to := memfs.New()
	to.PutDir("/in")
	r := newRig(t, between(server, to))
	id := r.add(downDir("/t"))[0]
	r.drain()
	all := r.items()
	last := all[len(all)-1]
	if top := r.item(id); top.State != Failed || len(all) != vfs.MaxDepth+1 || last.Kind != vfs.KindProtocol || !strings.Contains(last.Message, "too deep") {
		t.Errorf("the folder is %s with %d rows below it; the last failed by %v: %s", top.State, len(all), last.Kind, last.Message)
	}
	if made := count(to, memfs.OpMkdir); made != vfs.MaxDepth {
		t.Errorf("%d folders were made, want %d", made, vfs.MaxDepth)
	}
}

func TestATreeWithoutEndIsLeftAfterSoManyEntries(t *testing.T) {
	var listings atomic.Int64
	server := lister{memfs.New(), func(dir vfs.Path) ([]vfs.Entry, error) {
		listings.Add(1)
		var entries []vfs.Entry
		for i := range 10 {
			entries = append(entries, vfs.Entry{Name: fmt.Sprint("d", i), Type: vfs.TypeDir})
		}
		return entries, nil
	}}
	to := memfs.New()
	to.PutDir("/in")
	r := newRig(t, between(server, to))
	r.most = 200
	id := r.add(downDir("/t"))[0]
	r.drain()
	top := r.item(id)
	// Those that are read at the same time may each bring it over the bound.
	read := listings.Load()
	if top.State != Failed || top.Size < 200 || top.Size > 10*read || read < 20 || read >= 20+scanners {
		t.Errorf("the folder is %s with %d entries after %d listings, want failed with 200 after 20", top.State, top.Size, read)
	}
	if made := count(to, memfs.OpMkdir); made < 20 || made > int(read) {
		t.Errorf("%d folders were made, want one for each listing", made)
	}
	if last := r.items()[100]; last.Kind != vfs.KindProtocol || !strings.Contains(last.Message, "more than 200") {
		t.Errorf("a row failed by %v: %s", last.Kind, last.Message)
	}
}

func count(f *memfs.FS, op memfs.Op) int {
	n := 0
	for _, c := range f.Calls() {
		if c.Op == op {
			n++
		}
	}
	return n
}

func TestAListingThatCannotBeReadIsNoEmptyFolder(t *testing.T) {
	for outcome, kind := range map[string]vfs.Kind{
		"cut or not understood": vfs.KindUnreadable, "the connection broke": vfs.KindLost, "beyond a limit": vfs.KindProtocol,
		"not allowed": vfs.KindPermission, "no time left": vfs.KindTimeout,
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.Retries = -1 })
			r.here.Put("/t/sub/a", "1", when)
			r.here.Put("/t/b", "2", when)
			r.here.Fail(memfs.OpList, "/t/sub", -1, kind)
			r.add(upDir("/t"))
			r.drain()
			wantStates(t, r, "/t: failed", "/t/sub: failed", "/t/b: done")
			if _, err := r.there.Stat(t.Context(), vfs.MustParse("/in/t/sub")); vfs.KindOf(err) != vfs.KindNotFound {
				t.Error("an empty folder was made of it")
			}
			for _, item := range r.items() {
				if item.Source.Path.String() == "/t/sub" && item.Kind != kind {
					t.Errorf("it failed by %v, want %v", item.Kind, kind)
				}
			}
			r.here.Heal()
			r.must(r.Retry(t.Context(), r.items()[0].ID))
			r.drain()
			if got, _ := r.there.Get("/in/t/sub/a"); got != "1" {
				t.Errorf("after a retry the file holds %q", got)
			}
		})
	}
}

func TestTheWayToVerifyReachesTheTransferAndItsVerdictTheEvent(t *testing.T) {
	for outcome, tc := range map[string]struct {
		verify   func() transfer.Verify
		hashes   []vfs.HashName
		state    State
		verified string
	}{
		"nothing said":               {nil, vfs.HashNames(), Done, "hash"},
		"nothing said, none offered": {nil, nil, Done, "size"},
		"off":                        {func() transfer.Verify { return transfer.VerifyOff }, vfs.HashNames(), Done, "size"},
		"always":                     {func() transfer.Verify { return transfer.VerifyAlways }, vfs.HashNames(), Done, "hash"},
		"always, none offered":       {func() transfer.Verify { return transfer.VerifyAlways }, nil, Failed, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.Verify = tc.verify })
			r.there.Limit(func(can *vfs.Features) { can.Hashes = tc.hashes })
			r.here.Put("/a", "some text", when)
			id := r.add(up("/a"))[0]
			r.drain()
			last := r.events[len(r.events)-1]
			if item := r.item(id); item.State != tc.state || item.Verified != tc.verified || last.Item.Verified != tc.verified {
				t.Errorf("the row is %s by %q, the event by %q; want %s by %q", item.State, item.Verified, last.Item.Verified, tc.state, tc.verified)
			}
		})
	}
}

func TestOtherBytesAreSentAgain(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", "some text", when)
	spoilt := 0
	r.there.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpHash && spoilt < 2 {
			spoilt++
			r.there.Put(c.Path.String(), "SOME text", when)
		}
		return nil
	})
	id := r.add(up("/a"))[0]
	r.drain()
	if got, _ := r.there.Get("/in/a"); got != "some text" || r.item(id).Attempts != 3 {
		t.Errorf("the target holds %q after %d attempts, want the source's text after 3", got, r.item(id).Attempts)
	}
}
