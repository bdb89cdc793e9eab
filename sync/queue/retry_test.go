package queue

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestWhatIsTriedAgain(t *testing.T) {
	for outcome, tc := range map[string]struct {
		kind     vfs.Kind
		times    int
		state    State
		attempts int
	}{
		"lost once: done at the second attempt":   {vfs.KindLost, 1, Done, 2},
		"busy thrice: done at the fourth":         {vfs.KindBusy, 3, Done, 4},
		"time-outs for ever: failed after 1+5":    {vfs.KindTimeout, -1, Failed, 6},
		"changing for ever: failed after 1+5":     {vfs.KindChanged, -1, Failed, 6},
		"closed under us: done with the next one": {vfs.KindCancelled, 1, Done, 2},
		"no data connection: failed after 1+1":    {vfs.KindNoData, -1, Failed, 2},
		"not there: failed at once":               {vfs.KindNotFound, -1, Failed, 1},
		"not allowed: failed at once":             {vfs.KindPermission, -1, Failed, 1},
		"no space: failed at once":                {vfs.KindNoSpace, -1, Failed, 1},
		"login refused: failed at once":           {vfs.KindLogin, -1, Failed, 1},
		"certificate refused: failed at once":     {vfs.KindCert, -1, Failed, 1},
		"TLS refused: failed at once":             {vfs.KindTLS, -1, Failed, 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			r.here.Put("/a", "hello", when)
			r.there.Fail(memfs.OpCreate, "", tc.times, tc.kind)
			ids := r.add(up("/a"))
			r.drain()
			got := r.item(ids[0])
			if got.State != tc.state || got.Attempts != tc.attempts {
				t.Errorf("%s after %d attempts", got.State, got.Attempts)
			}
			if tc.state == Failed && (got.Kind != tc.kind || got.Message == "") {
				t.Errorf("the reason is %s, %q", got.Kind, got.Message)
			}
			if want := retries(got.Attempts, tc.state); !slices.Equal(want, r.eventTypes()) {
				t.Errorf("events %v, want %v", r.eventTypes(), want)
			}
		})
	}
}

// retries are the events of a row that moves nothing before it fails.
func retries(attempts int, end State) []EventType {
	var out []EventType
	for range attempts - 1 {
		out = append(out, EventStarted, EventRetry)
	}
	return append(out, EventStarted, map[State]EventType{Done: EventDone, Failed: EventFailed}[end])
}

// TestTheReasonSaysWhatItIsAbout: a person must not look at the source for what
// the target refused.
func TestTheReasonSaysWhatItIsAbout(t *testing.T) {
	for want, broken := range map[string]func(*rig){
		"/a":    func(r *rig) { r.here.Fail(memfs.OpOpen, "", -1, vfs.KindPermission) },
		"/in/a": func(r *rig) { r.there.Fail(memfs.OpCreate, "", -1, vfs.KindPermission) },
	} {
		r := newRig(t, nil)
		r.here.Put("/a", "hello", when)
		ids := r.add(up("/a"))
		broken(r)
		r.drain()
		if got := r.item(ids[0]); got.State != Failed || got.About != want {
			t.Errorf("%s about %q, want %q", got.State, got.About, want)
		}
	}
}

func TestBackOffGrows(t *testing.T) {
	var waits []time.Duration
	r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
	r.there.Fail(memfs.OpCreate, "", -1, vfs.KindRefused)
	r.here.Put("/a", "hello", when)
	r.add(up("/a"))
	last := r.clock.Now()
	r.drain()
	for _, e := range r.events {
		if e.Type == EventRetry {
			waits = append(waits, e.Item.NextTry.Sub(last).Round(time.Second))
			last = e.Item.NextTry
		}
	}
	want := []time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute, 5 * time.Minute}
	if !slices.Equal(waits, want) {
		t.Errorf("waited %v, want %v", waits, want)
	}
}

func TestJudge(t *testing.T) {
	lost := &vfs.Error{Kind: vfs.KindLost}
	for outcome, tc := range map[string]struct {
		e             ending
		attempts      int
		before, after int64
		want          verdict
	}{
		"progress starts the count anew":        {ending{err: lost}, 5, 10, 20, verdict{Waiting, true, 1}},
		"no progress uses the last retry up":    {ending{err: lost}, 5, 10, 10, verdict{Failed, false, 6}},
		"a shutdown is no attempt":              {ending{err: lost, stopped: true}, 2, 0, 9, verdict{Waiting, false, 2}},
		"done stays done though stopped":        {ending{result: transfer.Result{Outcome: transfer.Done}, stopped: true}, 0, 0, 0, verdict{Done, false, 1}},
		"a question is no attempt":              {ending{result: transfer.Result{Outcome: transfer.Asking}}, 1, 0, 0, verdict{Asking, false, 1}},
		"a changing file does not go on for ev": {ending{err: &vfs.Error{Kind: vfs.KindChanged}}, 5, 1, 2, verdict{Failed, false, 6}},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := judge(tc.e, tc.attempts, 5, tc.before, tc.after); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// TestARefusedSiteIsLeftAlone: one wrong password is one attempt to log in,
// not one for each of the rows.
func TestARefusedSiteIsLeftAlone(t *testing.T) {
	for _, kind := range []vfs.Kind{vfs.KindLogin, vfs.KindCert, vfs.KindTLS} {
		t.Run(kind.String(), func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
			for i := range 20 {
				name := fmt.Sprintf("/f%02d", i)
				r.here.Put(name, "x", when)
				r.add(up(name))
			}
			elsewhere := up("/f00")
			elsewhere.Target.Site = other
			elsewhere.Target.Path = vfs.MustParse("/elsewhere")
			r.add(elsewhere)
			refused := &vfs.Error{Op: "connect", Path: "host", Kind: kind, Reply: "530 no"}
			r.opened[remote] = refused
			r.drain()
			count := r.Snapshot().Count
			if count[Failed] != 1 || count[Paused] != 19 || count[Done] != 1 {
				t.Fatalf("rows %v", count)
			}
			paused := r.items()[5]
			if paused.Kind != kind || paused.Message != refused.Error() {
				t.Errorf("the paused row says %s, %q", paused.Kind, paused.Message)
			}
			// The remedy, and a Retry of the row that failed, lets all go on.
			r.opened[remote] = nil
			r.must(r.Retry(t.Context(), r.items()[0].ID))
			r.drain()
			if count := r.Snapshot().Count; count[Done] != 21 {
				t.Errorf("rows after Retry: %v", count)
			}
		})
	}
}

// TestTheSiteToBlameIsFound: between two sites only the one that refuses is
// held, though the error does not name it.
func TestTheSiteToBlameIsFound(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
	r.third.Put("/x", "x", when)
	r.here.Put("/y", "y", when)
	across := Request{
		Source: Place{Site: other, Path: vfs.MustParse("/x")}, Target: Place{Site: remote, Path: vfs.MustParse("/in/x")},
		Type: vfs.TypeFile, Exists: transfer.Overwrite,
	}
	r.there.Fail("", "", -1, vfs.KindLogin)
	toThird := up("/y")
	toThird.Target = Place{Site: other, Path: vfs.MustParse("/y")}
	r.add(across, up("/y"), toThird)
	r.drain()
	wantStates(t, r, "/x: failed", "/y: paused", "/y: done")
}

// TestAFullDiskStopsWhatGoesThere, and nothing else.
func TestAFullDiskStopsWhatGoesThere(t *testing.T) {
	get := func(name, to string) Request {
		r := down(name)
		r.Target.Path = vfs.MustParse(to)
		return r
	}
	for outcome, tc := range map[string]struct {
		full     *memfs.FS
		requests []Request
		want     []string
	}{
		"quota of a site": {requests: []Request{up("/a"), up("/b"), down("/c")}, want: []string{"/a: failed", "/b: paused", "/c: done"}},
		"disk here, same folder": {
			requests: []Request{get("/a", "/usb/a"), get("/b", "/usb/b"), get("/c", "/usb2")},
			want:     []string{"/a: failed", "/b: paused", "/c: done"},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
			for _, name := range []string{"/a", "/b", "/c"} {
				r.here.Put(name, "x", when)
				r.there.Put(name, "x", when)
			}
			r.here.PutDir("/usb")
			for _, f := range []*memfs.FS{r.here, r.there} {
				f.Fail(memfs.OpCreate, "/usb/*", -1, vfs.KindNoSpace)
				f.Fail(memfs.OpCreate, "/in/[ab]*", -1, vfs.KindNoSpace)
			}
			r.add(tc.requests...)
			r.drain()
			wantStates(t, r, tc.want...)
			r.here.Heal()
			r.there.Heal()
			r.must(r.Retry(t.Context(), r.items()[0].ID))
			r.drain()
			wantStates(t, r, "/a: done", "/b: done", "/c: done")
		})
	}
}

// TestWhatAnEarlierAttemptFinished: the process was killed after the renaming
// and before the journal knew. Whatever the rule, the row ends Done and the
// file is there once.
func TestWhatAnEarlierAttemptFinished(t *testing.T) {
	for _, rule := range []transfer.Rule{transfer.Ask, transfer.Skip, transfer.Newer, transfer.Different, transfer.Resume, transfer.Overwrite} {
		t.Run(string(rule), func(t *testing.T) {
			r := newRig(t, nil)
			r.here.Put("/a", "hello", when)
			r.there.Put("/in/a", "hello", when)
			request := up("/a")
			request.Exists = rule
			ids := r.add(request)
			r.must(r.write(t.Context(), durable, func() error {
				size, made := identityColumns(transfer.Identity{Size: 5, ModTime: when})
				_, err := r.s.exec(t.Context(), `UPDATE rows SET state = 'active', made_size = ?, made_time = ?`, size, made)
				return err
			}))
			r.drain()
			if got := r.item(ids[0]); got.State != Done {
				t.Errorf("the row is %s: %s", got.State, got.Message)
			}
			if files := r.there.Files(); len(files) != 1 || files["/in/a"] != "hello" {
				t.Errorf("at the target: %v", files)
			}
		})
	}
	for outcome, chosen := range map[string]string{"under its own name": "/in/a", "under the name it chose": "/in/a (2)"} {
		t.Run("rename, "+outcome, func(t *testing.T) {
			r := newRig(t, nil)
			r.here.Put("/a", "hello", when)
			r.there.Put("/in/a", "hello", when.Add(time.Hour)) // by a server that keeps its own times
			r.there.Put(chosen, "hello", when.Add(time.Hour))
			request := up("/a")
			request.Exists = transfer.Rename
			ids := r.add(request)
			r.must(r.write(t.Context(), durable, func() error {
				size, made := identityColumns(transfer.Identity{Size: 5, ModTime: when})
				_, err := r.s.exec(t.Context(), `UPDATE rows SET state = 'active', made_size = ?, made_time = ?, chosen = ?`, size, made, []byte(chosen))
				return err
			}))
			before := len(r.there.Files())
			r.drain()
			if got := r.item(ids[0]); got.State != Done || got.Target.Path.String() != chosen || len(r.there.Files()) != before {
				t.Errorf("the row is %s as %s, at the target %v", got.State, got.Target.Path, r.there.Files())
			}
		})
	}
	t.Run("another file of that size is not ours", func(t *testing.T) {
		r := newRig(t, nil)
		r.here.Put("/a", "hello", when)
		request := up("/a")
		request.Exists = transfer.Newer
		r.add(request)
		r.there.Inject(memfs.Fault{Op: memfs.OpCreate, Kind: vfs.KindLost})
		first := true
		r.there.SetHook(func(_ context.Context, c memfs.Call) error {
			if c.Op == memfs.OpCreate && first {
				first = false
				r.there.Put("/in/a", "HELLO", when.Add(-time.Hour))
			}
			return nil
		})
		r.drain()
		if got, _ := r.there.Get("/in/a"); got != "hello" {
			t.Errorf("the target holds %q", got)
		}
	})
}

func TestOpenFailsForAWhile(t *testing.T) {
	r := newRig(t, func(c *Config) {
		open, n := c.Open, 0
		c.Open = func(ctx context.Context, id site.ID) (vfs.FS, error) {
			if id == remote {
				if n++; n < 3 {
					return nil, &vfs.Error{Op: "connect", Kind: vfs.KindRefused}
				}
			}
			return open(ctx, id)
		}
		c.Tuning.Workers = 1
	})
	r.here.Put("/a", "hello", when)
	ids := r.add(up("/a"))
	r.drain()
	if got := r.item(ids[0]); got.State != Done || got.Attempts != 3 {
		t.Errorf("the row is %s after %d attempts", got.State, got.Attempts)
	}
}
