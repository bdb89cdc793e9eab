package queue

import (
	"context"
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

// telling is a file system whose listings are changed on their way.
type telling struct {
	*memfs.FS
	tell func([]vfs.Entry) []vfs.Entry
}

func (f telling) List(ctx context.Context, dir vfs.Path) ([]vfs.Entry, error) {
	entries, err := f.FS.List(ctx, dir)
	if f.tell != nil {
		entries = f.tell(entries)
	}
	return entries, err
}

// each changes every entry.
func eachEntry(change func(*vfs.Entry)) func([]vfs.Entry) []vfs.Entry {
	return func(entries []vfs.Entry) []vfs.Entry {
		for i := range entries {
			change(&entries[i])
		}
		return entries
	}
}

func toTheMinute(e *vfs.Entry) {
	e.ModTime, e.Accuracy = e.ModTime.Truncate(time.Minute), time.Minute
}

// asked are the calls about names in a folder from call number first on, by name.
// Listings, and what is done to folders, are left out.
func asked(f *memfs.FS, first int, folders ...string) map[string]int {
	names := map[string]int{}
	for _, c := range f.Calls()[first:] {
		name := c.Path.String()
		if c.Op != memfs.OpList && c.Op != memfs.OpFeatures && c.Op != memfs.OpDoubt && !slices.Contains(folders, name) {
			names[name]++
		}
	}
	return names
}

// skips are the events of rows that were skipped: the source's name and the reason.
func (r *rig) skips() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, e := range r.events {
		if e.Type == EventSkipped {
			out = append(out, e.Item.Source.Path.Base()+": "+e.Item.Message)
		}
	}
	slices.Sort(out)
	return out
}

// TestASecondRunOverAFolderCostsItsListings and nothing for each of its files, and
// tells of each what a look at it would.
func TestASecondRunOverAFolderCostsItsListings(t *testing.T) {
	const n = 100
	across := func(name string) Request {
		req := upDir(name)
		req.Source.Site, req.Target.Site = remote, other
		return req
	}
	back := func(name string) Request {
		req := down(name)
		req.Type = vfs.TypeDir
		return req
	}
	for way, request := range map[string]func(string) Request{"up": upDir, "down": back, "from site to site": across} {
		for rule, reason := range map[transfer.Rule]string{
			transfer.Newer: transfer.Same, transfer.Different: transfer.Same, transfer.Resume: transfer.Same, transfer.Skip: "skip",
		} {
			t.Run(way+" by "+string(rule), func(t *testing.T) {
				r := newDiskRig(t)
				req := request("/t")
				req.Exists = rule
				sides := map[site.ID]*memfs.FS{site.Local: r.here, remote: r.there, other: r.third}
				from, to := sides[req.Source.Site], sides[req.Target.Site]
				to.PutDir("/in")
				var want []string
				for i := range n {
					name := fmt.Sprintf("%02d", i)
					if i%4 == 0 {
						name = "sub/" + name
					}
					from.Put("/t/"+name, "content", when)
					to.Put("/in/t/"+name, "content", when)
					want = append(want, fmt.Sprintf("%02d: %s", i, reason))
				}
				first, second := len(from.Calls()), len(to.Calls())
				id := r.add(req)[0]
				r.drain()
				if got := asked(from, first, "/t", "/t/sub"); len(got) > 0 {
					t.Errorf("the source was asked about %v", got)
				}
				if got := asked(to, second, "/in/t", "/in/t/sub"); len(got) > 0 {
					t.Errorf("the target was asked about %v", got)
				}
				if diff := cmp.Diff(want, r.skips()); diff != "" {
					t.Errorf("told of (-want +got):\n%s", diff)
				}
				if top := r.item(id); top.State != Done || top.Done != n+1 || top.Size != n+1 {
					t.Errorf("the folder is %s: %d of %d", top.State, top.Done, top.Size)
				}
				for _, item := range r.items() {
					if item.Type == vfs.TypeFile && (item.State != Skipped || item.Message != reason || item.Attempts != 1 || item.Size != 7 || item.Ended.IsZero()) {
						t.Errorf("%+v", item)
					}
				}
			})
		}
	}
}

// TestWhatAListingDoesNotTellBeyondDoubtIsLookedAt, and ends as the look says.
func TestWhatAListingDoesNotTellBeyondDoubtIsLookedAt(t *testing.T) {
	const n = 5 // alike on both sides
	put := func(f *memfs.FS, names ...string) {
		for _, name := range names {
			f.Put(name, "content", when)
		}
	}
	for outcome, tc := range map[string]struct {
		rule       transfer.Rule
		arrange    func(r *rig)
		here       func([]vfs.Entry) []vfs.Entry // what its listings tell
		there      func([]vfs.Entry) []vfs.Entry
		looked     int // at targets, of all of the files
		want       State
		alsoBefore bool // another request that goes to the same place
	}{
		"what both sides tell in full":           {rule: transfer.Newer, want: Skipped},
		"the target to the minute":               {rule: transfer.Newer, there: eachEntry(toTheMinute), looked: n, want: Skipped},
		"the source to the minute":               {rule: transfer.Newer, here: eachEntry(toTheMinute), looked: n, want: Skipped},
		"to the minute, where sizes count":       {rule: transfer.Different, there: eachEntry(toTheMinute), want: Skipped},
		"no size":                                {rule: transfer.Different, there: eachEntry(func(e *vfs.Entry) { e.Size = vfs.SizeUnknown }), looked: n, want: Skipped},
		"no time":                                {rule: transfer.Newer, there: eachEntry(func(e *vfs.Entry) { e.ModTime = time.Time{} }), looked: n, want: Skipped},
		"no type":                                {rule: transfer.Skip, there: eachEntry(func(e *vfs.Entry) { e.Type = vfs.TypeUnknown }), looked: n, want: Skipped},
		"another request of the same target":     {rule: transfer.Newer, alsoBefore: true, looked: n, want: Skipped},
		"a rule that leaves nothing":             {rule: transfer.Overwrite, looked: n, want: Done},
		"a person's to say":                      {rule: transfer.Ask, looked: n, want: Asking},
		"each name twice, and once as a link":    {rule: transfer.Newer, looked: n, want: Skipped, there: twiceEach},
		"another name that a disk takes for one": {rule: transfer.Newer, looked: 1, want: Skipped, arrange: func(r *rig) { put(r.there, "/in/t/F1") }},
		"a part of it": {rule: transfer.Newer, looked: 1, want: Skipped, arrange: func(r *rig) {
			put(r.there, "/in/t/f1"+transfer.Suffix)
		}},
		"a link in its place": {rule: transfer.Skip, looked: 1, want: Skipped, arrange: func(r *rig) {
			r.there.Drop("/in/t/f1")
			put(r.there, "/in/else")
			r.there.PutLink("/in/t/f1", "/in/else")
		}},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, func(c *Config) {
				open := c.Open
				c.Open = func(ctx context.Context, id site.ID) (vfs.FS, error) {
					f, err := open(ctx, id)
					tell := tc.here
					if id == remote {
						tell = tc.there
					}
					return telling{f.(*memfs.FS), tell}, err
				}
			})
			for i := range n {
				put(r.here, fmt.Sprintf("/t/f%d", i))
				put(r.there, fmt.Sprintf("/in/t/f%d", i))
			}
			if tc.arrange != nil {
				tc.arrange(r)
			}
			first := len(r.there.Calls())
			req := upDir("/t")
			req.Exists = tc.rule
			if tc.alsoBefore {
				before := up("/else")
				before.Target.Path = vfs.MustParse("/IN/T/x")
				r.must(r.Pause(t.Context(), r.add(before)...))
			}
			r.add(req)
			r.drain()
			looked := 0
			for name := range asked(r.there, first, "/in/t") {
				if !strings.HasSuffix(name, transfer.Suffix) {
					looked++
				}
			}
			if looked != tc.looked {
				t.Errorf("%d targets were asked about, want %d", looked, tc.looked)
			}
			for _, item := range r.items() {
				if item.Parent != 0 && item.State != tc.want {
					t.Errorf("%s is %s: %s", item.Source.Path, item.State, item.Message)
				}
			}
		})
	}
}

func twiceEach(entries []vfs.Entry) []vfs.Entry {
	for _, e := range slices.Clone(entries) {
		e.Type = vfs.TypeLink
		entries = append([]vfs.Entry{e}, entries...)
	}
	return entries
}

// TestWhatHasChangedIsSentAmongWhatHasNot: and costs no more than its own looks.
func TestWhatHasChangedIsSentAmongWhatHasNot(t *testing.T) {
	r := newRig(t, nil)
	for i := range 20 {
		r.here.Put(fmt.Sprintf("/t/%02d", i), "content", when)
		r.there.Put(fmt.Sprintf("/in/t/%02d", i), "content", when)
	}
	r.here.Put("/t/07", "changed", when.Add(time.Hour))
	r.here.Put("/t/new", "it is new", when)
	first := len(r.there.Calls())
	req := upDir("/t")
	req.Exists = transfer.Newer
	r.add(req)
	r.drain()
	for name, want := range map[string]string{"/in/t/07": "changed", "/in/t/new": "it is new", "/in/t/08": "content"} {
		if got, _ := r.there.Get(name); got != want {
			t.Errorf("%s holds %q", name, got)
		}
	}
	for name := range asked(r.there, first, "/in/t") {
		if name = strings.TrimSuffix(name, transfer.Suffix); name != "/in/t/07" && name != "/in/t/new" {
			t.Errorf("asked about %s", name)
		}
	}
	if n := len(r.skips()); n != 19 {
		t.Errorf("%d skips are told", n)
	}
}

// TestWhatAnEarlierRequestBringsIsHeeded: what stands there when a folder is read is
// not what will stand there when its turn has come.
func TestWhatAnEarlierRequestBringsIsHeeded(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
	var requests []Request
	for _, from := range []string{"/old/t", "/new/t"} {
		req := upDir(from)
		req.Exists = transfer.Newer
		requests = append(requests, req)
	}
	requests[0].Exists = transfer.Overwrite
	for i := range 5 {
		name := fmt.Sprintf("/t/%d", i)
		r.here.Put("/old"+name, "old", when.Add(-time.Hour))
		r.here.Put("/new"+name, "new", when)
		r.there.Put("/in"+name, "new", when)
	}
	// The second folder is listed once the first one's files stand in the queue, and
	// before any of them has moved.
	first, second := make(chan struct{}), make(chan struct{})
	r.here.SetHook(func(ctx context.Context, c memfs.Call) error {
		var until chan struct{}
		switch {
		case c.Op == memfs.OpList && c.Path.String() == "/new/t":
			until = first
		case c.Op == memfs.OpStat && strings.HasPrefix(c.Path.String(), "/old/t/"):
			until = second
		default:
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-until:
			return nil
		}
	})
	r.add(requests...)
	drained := make(chan error, 1)
	go func() { drained <- r.Drain(t.Context()) }()
	r.await("first folder's files", func() bool { return len(r.items()) == 2+5 })
	close(first)
	r.await("second folder's files", func() bool { return len(r.items()) == 2+5+5 })
	close(second)
	r.must(<-drained)
	for name, content := range r.there.Files() {
		if content != "new" {
			t.Errorf("%s holds %q", name, content)
		}
	}
}

// TestAScanThatIsGoneOnWithTellsOfEachFileOnce.
func TestAScanThatIsGoneOnWithTellsOfEachFileOnce(t *testing.T) {
	const n = 2*scanChunk + 3
	r := newDiskRig(t)
	var want []string
	for i := range n {
		r.here.Put(fmt.Sprintf("/t/%03d", i), "content", when)
		r.there.Put(fmt.Sprintf("/in/t/%03d", i), "content", when)
		want = append(want, fmt.Sprintf("%03d: same", i))
	}
	req := upDir("/t")
	req.Exists = transfer.Newer
	id := r.add(req)[0]
	r.refuse(t, fmt.Sprintf(`INSERT ON main.rows WHEN NEW.name = CAST('%03d' AS BLOB)`, scanChunk+1))
	if err := r.Drain(t.Context()); err == nil {
		t.Fatal("the journal refused a row, and nobody was told")
	}
	r.refuseNoMore(t)
	before := len(r.items())
	if before != scanChunk+1 {
		t.Fatalf("%d rows are in the journal", before)
	}
	r.drain()
	if diff := cmp.Diff(want, r.skips()); diff != "" {
		t.Errorf("told of (-want +got):\n%s", diff)
	}
	if top := r.item(id); top.State != Done || top.Size != n || top.Done != n {
		t.Errorf("the folder is %s: %d of %d", top.State, top.Done, top.Size)
	}
}

// TestASkipByListingIsLookedAtByARetry: by then they are old.
func TestASkipByListingIsLookedAtByARetry(t *testing.T) {
	r := newRig(t, nil)
	for i := range 5 {
		r.here.Put(fmt.Sprintf("/t/%d", i), "content", when)
		r.there.Put(fmt.Sprintf("/in/t/%d", i), "content", when)
	}
	req := upDir("/t")
	req.Exists = transfer.Newer
	r.add(req)
	r.drain()
	r.here.Put("/t/3", "changed", when.Add(time.Hour))
	for _, item := range r.items() {
		if item.State == Skipped {
			r.must(r.Retry(t.Context(), item.ID))
		}
	}
	r.drain()
	if got, _ := r.there.Get("/in/t/3"); got != "changed" {
		t.Errorf("the target holds %q", got)
	}
	wantStates(t, r, "/t: done", "/t/0: skipped", "/t/1: skipped", "/t/2: skipped", "/t/3: done", "/t/4: skipped")
}

// TestANameSpelledOtherwiseIsNotTheFile: it is another one, or for the transfer to
// refuse.
func TestANameSpelledOtherwiseIsNotTheFile(t *testing.T) {
	for folds, want := range map[bool]State{false: Done, true: Failed} {
		r := newRig(t, nil)
		r.there.Limit(func(can *vfs.Features) { can.FoldsCase = folds })
		for i := range 5 {
			r.here.Put(fmt.Sprintf("/t/f%d", i), "content", when)
			r.there.Put(fmt.Sprintf("/in/t/F%d", i), "content", when)
		}
		req := upDir("/t")
		req.Exists = transfer.Newer
		r.add(req)
		r.drain()
		for _, item := range r.items() {
			if item.Parent != 0 && item.State != want {
				t.Errorf("folding is %v: %s is %s", folds, item.Source.Path, item.State)
			}
		}
	}
}
