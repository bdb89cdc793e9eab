package queue

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestWhatWasSeenIsKept(t *testing.T) {
	source := vfs.Entry{Name: "a", Type: vfs.TypeFile, Size: 7, ModTime: when.Add(3), Accuracy: time.Second, Mode: 0o640, HasMode: true}
	stands := vfs.Entry{Name: "a", Type: vfs.TypeLink, TargetType: vfs.TypeFile, Size: vfs.SizeUnknown, Accuracy: time.Minute}
	base := row{Item: Item{
		Source: Place{Path: vfs.MustParse("/t/a")}, Target: Place{Site: remote, Path: vfs.MustParse("/in/a")}, Size: 7,
	}}
	for outcome, tc := range map[string]struct {
		seen []byte
		want *transfer.Known
	}{
		"nothing at the target":   {seenText(source, nil), &transfer.Known{Source: source}},
		"something at the target": {seenText(source, &stands), &transfer.Known{Source: source, Target: &stands}},
		"nothing was seen":        {nil, nil},
		"a size that is not told": {seenText(stands, nil), nil},
		"another version's":       {[]byte{99, 1, 2, 3}, nil},
		"cut off":                 {seenText(source, &stands)[:9], nil},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := base
			r.seen = tc.seen
			if diff := cmp.Diff(tc.want, r.known()); diff != "" {
				t.Errorf("known (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzSeen(f *testing.F) {
	f.Add(seenText(vfs.Entry{Type: vfs.TypeFile, Size: 1, ModTime: when}, &vfs.Entry{Type: vfs.TypeFile}))
	f.Fuzz(func(t *testing.T, text []byte) {
		k := row{Item: Item{Source: Place{Path: vfs.MustParse("/a")}, Target: Place{Path: vfs.MustParse("/b")}}, seen: text}.known()
		if k != nil && k.Source.ModTime.Year() > 9999 {
			t.Errorf("a time of %v", k.Source.ModTime)
		}
	})
}

// TestListingsSpareLooks: a folder that was made, or listed once, is not asked
// again about each of its files, and the rule still has its say.
func TestListingsSpareLooks(t *testing.T) {
	const n = 20
	for outcome, tc := range map[string]struct {
		stands string // at the target, in its folder
		looks  int    // at files of the target's, parts left out
	}{
		"a new folder":          {"", n},
		"a folder with another": {"/in/t/other", n},
		"a folder with one":     {"/in/t/03", n + 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newDiskRig(t)
			for i := range n {
				r.here.Put(fmt.Sprintf("/t/%02d", i), "new", when.Add(time.Hour))
			}
			if tc.stands != "" {
				r.there.Put(tc.stands, "old", when)
			}
			req := upDir("/t")
			req.Exists = transfer.Newer
			r.add(req)
			r.drain()
			looks := 0
			for _, c := range r.there.Calls() {
				if c.Op == memfs.OpStat && !strings.HasSuffix(c.Path.String(), transfer.Suffix) {
					looks++
				}
			}
			if looks > tc.looks {
				t.Errorf("%d looks, %d would do", looks, tc.looks)
			}
			for i := range n {
				if got, _ := r.there.Get(fmt.Sprintf("/in/t/%02d", i)); got != "new" {
					t.Errorf("%02d holds %q", i, got)
				}
			}
		})
	}
}

// TestAServerThatDoesNotReplaceIsAskedAboutOnce, and the answer counts for the
// site.
func TestAServerThatDoesNotReplaceIsAskedAboutOnce(t *testing.T) {
	told := map[site.ID]transfer.ReplaceWay{}
	r := newRig(t, func(c *Config) {
		c.Replaced = func(id site.ID, way transfer.ReplaceWay) { told[id] = way }
	})
	r.there.Limit(func(can *vfs.Features) { can.Replaces = false })
	var ids []ID
	for _, name := range []string{"/a", "/b"} {
		r.here.Put(name, "new", when)
		r.there.Put("/in"+name, "old", when)
		ids = append(ids, r.add(up(name))...)
	}
	r.drain()
	asked := r.item(ids[0])
	if asked.State != Asking || asked.Question == nil || !asked.Question.NoReplace {
		t.Fatalf("the row is %s: %s, asks %+v", asked.State, asked.Message, asked.Question)
	}
	// What could not be written was not answered.
	r.refuse(t, `UPDATE OF state ON main.rows WHEN NEW.state = 'waiting'`)
	if err := r.Answer(t.Context(), ids[0], transfer.Answer{Replace: transfer.ReplaceDelete}); err == nil || r.replaceWay(remote) != transfer.ReplaceAsk {
		t.Errorf("%v, files are replaced by %q", err, r.replaceWay(remote))
	}
	r.refuseNoMore(t)
	r.must(r.Answer(t.Context(), ids[0], transfer.Answer{Replace: transfer.ReplaceDelete}))
	if told[remote] != transfer.ReplaceDelete {
		t.Errorf("told %v", told)
	}
	r.drain()
	wantStates(t, r, "/a: done", "/b: done")
}

// TestWhatIsNotReplacedIsSkippedAtOneWord, which counts for the site, whatever
// request it was said of, until nothing is left to do there.
func TestWhatIsNotReplacedIsSkippedAtOneWord(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Replaced = func(site.ID, transfer.ReplaceWay) { t.Error("a way was told") }
	})
	r.there.Limit(func(can *vfs.Features) { can.Replaces = false })
	add := func(name string) ID {
		r.here.Put(name, "new", when)
		r.there.Put("/in"+name, "old", when)
		return r.add(up(name))[0]
	}
	first := add("/a")
	add("/b")
	r.drain()
	wantStates(t, r, "/a: asking", "/b: asking")
	r.must(r.Answer(t.Context(), first, transfer.Answer{ForAll: true}))
	add("/c")
	r.drain()
	wantStates(t, r, "/a: skipped", "/b: skipped", "/c: skipped")
	for name, content := range r.there.Files() {
		if content != "old" {
			t.Errorf("%s holds %q", name, content)
		}
	}
	add("/d")
	r.drain()
	wantStates(t, r, "/a: skipped", "/b: skipped", "/c: skipped", "/d: asking")
}

// TestSmallFilesCanComeFirst: of those of one request.
func TestSmallFilesCanComeFirst(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning = Tuning{Workers: 1, SmallFirst: true} })
	for name, size := range map[string]int{"/a": 300, "/b": 20, "/c": 1, "/d": 0} {
		r.here.Put(name, strings.Repeat("x", size), when)
	}
	sized := func(name string, size int64) Request {
		req := up(name)
		req.Size = size
		return req
	}
	r.add(sized("/a", 300), sized("/b", 20), sized("/c", 1))
	r.add(sized("/d", 0))
	r.drain()
	if got := r.began(); !slices.Equal(got, []string{"/c", "/b", "/a", "/d"}) {
		t.Errorf("done in the order %v", got)
	}
}

// TestAFileThatAloneHasNoRoomStopsItself and no other.
func TestAFileThatAloneHasNoRoomStopsItself(t *testing.T) {
	alone := &vfs.Error{Op: "create", Kind: vfs.KindNoSpace, Asked: 1 << 40}
	if !isAlone(fmt.Errorf("wrapped: %w", alone)) || isAlone(&vfs.Error{Kind: vfs.KindNoSpace}) || isAlone(nil) {
		t.Error("a full disk is taken for a file that is too large, or the other way round")
	}
	r := newRig(t, nil)
	ids := r.add(up("/a"), up("/b"))
	r.s.mu.Lock()
	found, err := r.list(t.Context(), `SELECT `+columns+` FROM rows WHERE id = ?`, int64(ids[0]))
	r.must(err)
	found[0].State = Failed
	r.must(r.stopOthers(t.Context(), found[0], ending{err: alone}))
	r.s.mu.Unlock()
	wantStates(t, r, "/a: waiting", "/b: waiting")
}
