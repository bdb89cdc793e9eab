package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// rough is a file system that lists times to the minute, and tells exact ones when
// asked for them.
type rough struct {
	telling
	log *dateLog
}

// dateLog is what was asked for exact times.
type dateLog struct {
	mu     sync.Mutex
	asked  []string // guarded; "3 in /t"
	answer func(n int, told map[string]time.Time) error
	hold   func(names int) bool // whether the answer comes when the call is cancelled
}

func (l *dateLog) calls() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.asked)
	return l.asked
}

func (f rough) Dates(ctx context.Context, dir vfs.Path, names []string) (map[string]time.Time, error) {
	entries, err := f.FS.List(ctx, dir)
	if err != nil {
		return nil, err
	}
	told := map[string]time.Time{}
	for _, e := range entries {
		if slices.Contains(names, e.Name) {
			told[e.Name] = e.ModTime
		}
	}
	if f.log.hold != nil && f.log.hold(len(names)) {
		<-ctx.Done()
		return nil, &vfs.Error{Op: "stat", Kind: vfs.KindOf(ctx.Err()), Err: ctx.Err()}
	}
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	f.log.asked = append(f.log.asked, fmt.Sprintf("%d in %s", len(names), dir))
	if f.log.answer != nil {
		err = f.log.answer(len(f.log.asked), told)
	}
	return told, err
}

// roughly makes the sites of a rig rough; this computer stays exact.
func roughly(log *dateLog, more ...func([]vfs.Entry) []vfs.Entry) func(*Config) {
	return func(c *Config) {
		open := c.Open
		c.Open = func(ctx context.Context, id site.ID) (vfs.FS, error) {
			f, err := open(ctx, id)
			if id == site.Local || err != nil {
				return f, err
			}
			tell := func(entries []vfs.Entry) []vfs.Entry {
				for _, change := range append(more, eachEntry(toTheMinute)) {
					if change != nil {
						entries = change(entries)
					}
				}
				return entries
			}
			return rough{telling{f.(*memfs.FS), tell}, log}, nil
		}
	}
}

// TestTimesListedToTheMinuteAreAskedForTogether, some hundred files at a time, and no
// file is looked at by itself.
func TestTimesListedToTheMinuteAreAskedForTogether(t *testing.T) {
	const n = scanChunk + 50
	for way, tc := range map[string]struct {
		from, to site.ID
		want     []string
	}{
		"up":                {site.Local, remote, []string{"250 in /in/t", "50 in /in/t"}},
		"down":              {remote, site.Local, []string{"250 in /t", "50 in /t"}},
		"from site to site": {remote, other, []string{"250 in /in/t", "250 in /t", "50 in /in/t", "50 in /t"}},
	} {
		for _, rule := range []transfer.Rule{transfer.Newer, transfer.Resume} {
			t.Run(way+" by "+string(rule), func(t *testing.T) {
				log := &dateLog{}
				r := newRig(t, roughly(log))
				sides := map[site.ID]*memfs.FS{site.Local: r.here, remote: r.there, other: r.third}
				from, to := sides[tc.from], sides[tc.to]
				to.PutDir("/in")
				for i := range n {
					from.Put(fmt.Sprintf("/t/%03d", i), "content", when)
					to.Put(fmt.Sprintf("/in/t/%03d", i), "content", when)
				}
				req := upDir("/t")
				req.Source.Site, req.Target.Site, req.Exists = tc.from, tc.to, rule
				first, second := len(from.Calls()), len(to.Calls())
				id := r.add(req)[0]
				r.drain()
				if diff := cmp.Diff(tc.want, log.calls()); diff != "" {
					t.Errorf("asked for times (-want +got):\n%s", diff)
				}
				if got := asked(from, first, "/t"); len(got) > 0 {
					t.Errorf("the source was asked about %v", got)
				}
				if got := asked(to, second, "/in/t"); len(got) > 0 {
					t.Errorf("the target was asked about %v", got)
				}
				for _, skip := range r.skips() {
					if !strings.HasSuffix(skip, ": "+transfer.Same) {
						t.Error(skip)
					}
				}
				if top := r.item(id); len(r.skips()) != n || top.State != Done || top.Done != n || top.Size != n {
					t.Errorf("%d skips are told, the folder is %s: %d of %d", len(r.skips()), top.State, top.Done, top.Size)
				}
			})
		}
	}
}

// TestWhatExactTimesDecide: what a listing to the minute cannot tell is told apart, and
// what nobody tells is for the workers.
func TestWhatExactTimesDecide(t *testing.T) {
	const n = 5
	refused := errors.New("refused")
	for outcome, tc := range map[string]struct {
		rule    transfer.Rule // "" for Newer
		arrange func(r *rig)
		answer  func(n int, told map[string]time.Time) error
		tell    func([]vfs.Entry) []vfs.Entry
		before  bool     // another request goes to the same place
		asked   []string // of all together
		looked  int      // files that a worker was sent for
		sent    []string
	}{
		"all alike":                           {asked: []string{"5 in /in/t"}},
		"changed within the minute":           {arrange: func(r *rig) { r.here.Put("/t/f1", "changed", when.Add(20*time.Second)) }, asked: []string{"5 in /in/t"}, looked: 1, sent: []string{"f1"}},
		"changed a day later":                 {arrange: func(r *rig) { r.here.Put("/t/f1", "changed", when.Add(24*time.Hour)) }, asked: []string{"4 in /in/t"}, looked: 1, sent: []string{"f1"}},
		"the target changed since":            {arrange: func(r *rig) { r.there.Put("/in/t/f1", "another", when.Add(20*time.Second)) }, asked: []string{"5 in /in/t"}},
		"as long, of another time, by resume": {rule: transfer.Resume, arrange: func(r *rig) { r.here.Put("/t/f1", "CONTENT", when.Add(20*time.Second)) }, asked: []string{"5 in /in/t"}},
		"longer than its source, by resume":   {rule: transfer.Resume, arrange: func(r *rig) { r.there.Put("/in/t/f1", "content and more", when) }, asked: []string{"4 in /in/t"}},
		"shorter than its source, by resume":  {rule: transfer.Resume, arrange: func(r *rig) { r.there.Put("/in/t/f1", "con", when) }, asked: []string{"4 in /in/t"}, looked: 1, sent: []string{"f1"}},
		"a rule that heeds sizes":             {rule: transfer.Different},
		"a rule that leaves nothing":          {rule: transfer.Overwrite, looked: n, sent: []string{"f0", "f1", "f2", "f3", "f4"}},
		"another request of the same target":  {before: true, looked: n},
		"a part of one":                       {arrange: func(r *rig) { r.there.Put("/in/t/f1"+transfer.Suffix, "con", when) }, asked: []string{"5 in /in/t"}, looked: 1},
		"a name that a disk takes for one":    {arrange: func(r *rig) { r.there.Put("/in/t/F1", "content", when) }, asked: []string{"4 in /in/t"}, looked: 1},
		"each name twice, and once as a link": {tell: twiceEach, looked: n},
		"refused": {
			answer: func(_ int, told map[string]time.Time) error { clear(told); return refused }, asked: []string{"5 in /in/t"}, looked: n,
		},
		"nothing is told": {
			answer: func(_ int, told map[string]time.Time) error { clear(told); return nil }, asked: []string{"5 in /in/t"}, looked: n,
		},
		"one is not told": {
			answer: func(_ int, told map[string]time.Time) error { delete(told, "f1"); return nil }, asked: []string{"5 in /in/t"}, looked: 1,
		},
		"of one what the listing denies": {
			answer: func(_ int, told map[string]time.Time) error { told["f1"] = when.Add(2 * time.Minute); return nil }, asked: []string{"5 in /in/t"}, looked: 1,
		},
		"of all, as in the time of a zone": {
			answer: func(_ int, told map[string]time.Time) error {
				for name := range told {
					told[name] = when.Add(-2 * time.Hour)
				}
				return nil
			}, asked: []string{"5 in /in/t"}, looked: n,
		},
		"what nobody asked for": {
			answer: func(_ int, told map[string]time.Time) error { told["else"] = when; return nil }, asked: []string{"5 in /in/t"},
		},
		"the connection is lost once": {
			answer: func(n int, _ map[string]time.Time) error {
				if n == 1 {
					return &vfs.Error{Op: "stat", Kind: vfs.KindLost}
				}
				return nil
			}, asked: []string{"5 in /in/t", "5 in /in/t"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			log := &dateLog{answer: tc.answer}
			r := newRig(t, roughly(log, tc.tell))
			for i := range n {
				r.here.Put(fmt.Sprintf("/t/f%d", i), "content", when)
				r.there.Put(fmt.Sprintf("/in/t/f%d", i), "content", when)
			}
			if tc.arrange != nil {
				tc.arrange(r)
			}
			first := len(r.there.Calls())
			req := upDir("/t")
			if req.Exists = tc.rule; req.Exists == "" {
				req.Exists = transfer.Newer
			}
			if tc.before {
				before := up("/else")
				before.Target.Path = vfs.MustParse("/in/t/x")
				r.must(r.Pause(t.Context(), r.add(before)...))
			}
			r.add(req)
			r.drain()
			if diff := cmp.Diff(tc.asked, log.calls()); diff != "" {
				t.Errorf("asked for times (-want +got):\n%s", diff)
			}
			looked := 0
			for name := range asked(r.there, first, "/in/t") {
				if !strings.HasSuffix(name, transfer.Suffix) {
					looked++
				}
			}
			if looked != tc.looked {
				t.Errorf("%d targets were asked about, want %d", looked, tc.looked)
			}
			var sent []string
			for _, item := range r.items() {
				switch name := item.Source.Path.Base(); {
				case item.Parent == 0:
				case item.State == Done:
					sent = append(sent, name)
				case item.State != Skipped:
					t.Errorf("%s is %s: %s", name, item.State, item.Message)
				}
			}
			slices.Sort(sent)
			if diff := cmp.Diff(tc.sent, sent); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOneRefusalOfTimesSpeaksForAFolder however long it is.
func TestOneRefusalOfTimesSpeaksForAFolder(t *testing.T) {
	const n = scanChunk + 1
	log := &dateLog{answer: func(_ int, told map[string]time.Time) error { clear(told); return nil }}
	r := newRig(t, roughly(log))
	for i := range n {
		r.here.Put(fmt.Sprintf("/t/%03d", i), "content", when)
		r.there.Put(fmt.Sprintf("/in/t/%03d", i), "content", when)
	}
	req := upDir("/t")
	req.Exists = transfer.Newer
	r.add(req)
	r.drain()
	if diff := cmp.Diff([]string{"250 in /in/t"}, log.calls()); diff != "" {
		t.Errorf("asked for times (-want +got):\n%s", diff)
	}
	if got := len(r.skips()); got != n {
		t.Errorf("%d skips are told", got)
	}
}

// TestAskingForTimesIsPaused with the folder, and begun anew when that goes on; what was
// found before stays, and is told once.
func TestAskingForTimesIsPaused(t *testing.T) {
	const n = scanChunk + 1
	asking, held := make(chan struct{}), false
	var mu sync.Mutex
	log := &dateLog{}
	log.hold = func(names int) bool {
		mu.Lock()
		defer mu.Unlock()
		if names == scanChunk || held {
			return false
		}
		held = true
		close(asking)
		return true
	}
	r := newRig(t, roughly(log))
	for i := range n {
		r.here.Put(fmt.Sprintf("/t/%03d", i), "content", when)
		r.there.Put(fmt.Sprintf("/in/t/%03d", i), "content", when)
	}
	req := upDir("/t")
	req.Exists = transfer.Newer
	id := r.add(req)[0]
	r.start()
	<-asking
	r.must(r.Pause(t.Context(), id))
	if top := r.item(id); top.State != Paused || top.Size != scanChunk {
		t.Errorf("the folder is %s, and holds %d", top.State, top.Size)
	}
	r.must(r.Resume(t.Context(), id))
	r.await("end", func() bool { return r.item(id).State == Done && len(r.skips()) >= n })
	if diff := cmp.Diff([]string{"1 in /in/t", "250 in /in/t", "250 in /in/t"}, log.calls()); diff != "" {
		t.Errorf("asked for times (-want +got):\n%s", diff)
	}
	if top := r.item(id); len(r.skips()) != n || top.Done != n || top.Size != n {
		t.Errorf("%d skips are told, the folder holds %d of %d", len(r.skips()), top.Done, top.Size)
	}
}
