package queue

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// takesNext is the next row, in this process's hands as a worker has it.
func (r *rig) takesNext() *work {
	r.t.Helper()
	w := r.claimed(files, Active)
	if w == nil {
		r.t.Fatal("nothing to work on")
	}
	_, cancel := context.WithCancelCause(r.t.Context())
	r.adopt(w, cancel)
	return w
}

// settled writes an ending as the settler does.
func (r *rig) settled(w *work, e ending) {
	r.t.Helper()
	r.report(note{work: w, end: &e})
	p := progress{q: r.Queue, shown: map[ID]int64{}, due: r.clock.Now()}
	r.must(r.settleBatch(r.t.Context(), r.takeNotes(), &p))
}

func well(r row) ending {
	return ending{result: transfer.Result{Outcome: transfer.Done, Target: r.Target.Path, Size: 3, Verified: "size"}}
}

// TestWhatWasDoneToARowMeanwhileStands, except that what is done is done.
func TestWhatWasDoneToARowMeanwhileStands(t *testing.T) {
	badly := func(row) ending {
		return ending{err: &vfs.Error{Op: "write", Path: "/in/a", Kind: vfs.KindPermission}}
	}
	needless := func(row) ending { return ending{result: transfer.Result{Outcome: transfer.Skipped, Reason: "same"}} }
	for outcome, tc := range map[string]struct {
		meanwhile func(r *rig, id ID) error
		end       func(row) ending
		want      State // "" for a row that is gone
		disk      bool  // as well: there the row is marked, in memory it is not
	}{
		"nothing, and done":           {nil, well, Done, false},
		"nothing, and failed":         {nil, badly, Failed, true},
		"paused, and done":            {func(r *rig, id ID) error { return r.Pause(r.t.Context(), id) }, well, Done, true},
		"paused, and failed":          {func(r *rig, id ID) error { return r.Pause(r.t.Context(), id) }, badly, Paused, true},
		"paused, and skipped":         {func(r *rig, id ID) error { return r.Pause(r.t.Context(), id) }, needless, Skipped, false},
		"removed, and skipped":        {func(r *rig, id ID) error { return r.Cancel(r.t.Context(), id) }, needless, "", false},
		"paused, resumed, and done":   {pauseAndResume, well, Done, false},
		"paused, resumed, and failed": {pauseAndResume, badly, Waiting, true},
		"removed, and done":           {func(r *rig, id ID) error { return r.Cancel(r.t.Context(), id) }, well, "", true},
		"removed, and failed":         {func(r *rig, id ID) error { return r.Cancel(r.t.Context(), id) }, badly, "", false},
		"gone, and done":              {forget, well, "", false},
		"gone, and failed":            {forget, badly, "", false},
		"held up, and done":           {func(r *rig, _ ID) error { return r.Hold(r.t.Context(), true) }, well, Done, false},
		"put first, and done":         {func(r *rig, id ID) error { return r.MoveTop(r.t.Context(), id) }, well, Done, false},
		"put first, and failed":       {func(r *rig, id ID) error { return r.MoveTop(r.t.Context(), id) }, badly, Failed, false},
	} {
		for where, open := range map[string]func(*testing.T) *rig{
			"in memory": func(t *testing.T) *rig { return newRig(t, nil) }, "on disk": newDiskRig,
		} {
			if where == "on disk" && !tc.disk {
				continue
			}
			t.Run(outcome+", "+where, func(t *testing.T) {
				r := open(t)
				ids := r.add(up("/a"), up("/b"))
				id, w := ids[0], r.takesNext()
				w.counter.Done.Store(2)
				if tc.meanwhile != nil {
					r.must(tc.meanwhile(r, id))
				}
				r.settled(w, tc.end(w.row))
				got := r.item(id)
				if got.State != tc.want {
					t.Errorf("the row is %s, want %s", got.State, tc.want)
				}
				if want := map[State]int64{Done: 3, Failed: 2, Paused: 2, Skipped: 2, Waiting: 2}[tc.want]; got.Done != want {
					t.Errorf("%d bytes are noted, want %d", got.Done, want)
				}
				if other := r.item(ids[1]); other.State != Waiting || other.Done != 0 {
					t.Errorf("the other row is %s at %d", other.State, other.Done)
				}
				if len(r.running) != 0 || r.unsettled != 0 {
					t.Errorf("%d rows are still in work, %d to settle", len(r.running), r.unsettled)
				}
			})
		}
	}
}

// TestEachStartIsFollowedByAnEnd, also of a row that another one's ending pauses in the
// moment in which its own work comes to the same.
func TestEachStartIsFollowedByAnEnd(t *testing.T) {
	r := newRig(t, nil)
	ids := r.add(up("/a"), up("/b"))
	full := ending{err: &vfs.Error{Op: "write", Path: "/in/a", Kind: vfs.KindNoSpace}}
	for range ids {
		w := r.takesNext()
		r.begun(w, transfer.Identity{Size: 3, ModTime: when}, w.row.Target.Path)
		r.report(note{work: w, end: &full})
	}
	p := progress{q: r.Queue, shown: map[ID]int64{}, due: r.clock.Now()}
	r.must(r.settleBatch(t.Context(), r.takeNotes(), &p))
	wantStates(t, r, "/a: failed", "/b: paused")
	last := map[ID]EventType{}
	for _, e := range r.events {
		last[e.Item.ID] = e.Type
	}
	if want := map[ID]EventType{ids[0]: EventFailed, ids[1]: EventPaused}; !maps.Equal(last, want) {
		t.Errorf("told last: %v, want %v", last, want)
	}
}

func pauseAndResume(r *rig, id ID) error {
	if err := r.Pause(r.t.Context(), id); err != nil {
		return err
	}
	return r.Resume(r.t.Context(), id)
}

// forget takes a row out of the journal, as another process does that has swept.
func forget(r *rig, id ID) error {
	return r.write(r.t.Context(), cheap, func() error {
		_, err := r.s.exec(r.t.Context(), `DELETE FROM rows WHERE id = ?`, int64(id))
		return err
	})
}

// TestADoneRowForgetsItsTroubles: what is shown beside it would be taken for its own.
func TestADoneRowForgetsItsTroubles(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", "new", when)
	r.there.Fail(memfs.OpWrite, "", 1, vfs.KindLost)
	id := r.add(up("/a"))[0]
	r.drain()
	got := r.item(id)
	if got.State != Done || got.Attempts != 2 || got.Kind != vfs.KindOther || got.Message != "" || got.About != "" || !got.NextTry.IsZero() {
		t.Errorf("%+v", got)
	}
}

// TestAFailedRowTellsHowFarItCame, and of how much, also where that was not known
// before.
func TestAFailedRowTellsHowFarItCame(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", large, when)
	r.there.Inject(memfs.Fault{Op: memfs.OpWrite, Bytes: 100_000, Kind: vfs.KindPermission})
	id := r.add(up("/a"))[0]
	r.drain()
	if got := r.item(id); got.State != Failed || got.Size != int64(len(large)) || got.Done != 100_000 {
		t.Errorf("%s at %d of %d", got.State, got.Done, got.Size)
	}
}

// TestEachEndIsToldAsWhatItIs, in the row and by an event, without a word of the
// attempt before.
func TestEachEndIsToldAsWhatItIs(t *testing.T) {
	lost := ending{err: &vfs.Error{Op: "write", Path: "/in/a" + transfer.Suffix, Kind: vfs.KindLost}}
	for outcome, tc := range map[string]struct {
		end     ending
		state   State
		event   EventType
		kind    vfs.Kind
		message string
		about   string
	}{
		"skipped":                  {ending{result: transfer.Result{Outcome: transfer.Skipped, Reason: "same"}}, Skipped, EventSkipped, vfs.KindOther, "same", ""},
		"failed without a kind":    {ending{err: errors.New("odd")}, Failed, EventFailed, vfs.KindOther, "odd", ""},
		"without a password":       {ending{err: &vfs.Error{Op: "login", Kind: vfs.KindLogin, Err: site.ErrNoPassword}}, Paused, EventPaused, vfs.KindLogin, "", ""},
		"failed in passing, again": {lost, Waiting, EventRetry, vfs.KindLost, lost.err.Error(), "/in/a"},
		"stopped":                  {ending{err: context.Canceled, stopped: true}, Waiting, "", vfs.KindOther, "", ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			id := r.add(up("/a"))[0]
			r.settled(r.takesNext(), lost)
			due := r.item(id).NextTry
			r.s.mu.Lock()
			err := r.wakeDue(t.Context(), due)
			r.s.mu.Unlock()
			r.must(err)
			r.changed()
			r.mu.Lock()
			r.events = nil
			r.mu.Unlock()
			r.settled(r.takesNext(), tc.end)
			got := r.item(id)
			if got.State != tc.state || got.Kind != tc.kind || tc.message != "" && got.Message != tc.message || got.About != tc.about {
				t.Errorf("%s: %s, %q about %q", got.State, got.Kind, got.Message, got.About)
			}
			if again := tc.event == EventRetry; got.NextTry.IsZero() == again {
				t.Errorf("tried again at %v", got.NextTry)
			}
			if told := r.eventTypes(); tc.event != "" && !slices.Equal(told, []EventType{tc.event}) || tc.event == "" && len(told) != 0 {
				t.Errorf("told %q", told)
			}
		})
	}
}

// TestAFullPlaceStopsWhatIsUnderWay there as well: its row is paused, and it would
// go on filling.
func TestAFullPlaceStopsWhatIsUnderWay(t *testing.T) {
	r := newRig(t, func(c *Config) { c.PerSite = func(site.ID) int { return 2 }; c.Tuning.Workers = 2 })
	r.here.Put("/a", "new", when)
	r.here.Put("/b", "new", when)
	writing := make(chan struct{})
	r.there.SetHook(func(ctx context.Context, c memfs.Call) error {
		switch {
		case c.Op != memfs.OpWrite:
			return nil
		case c.Path.Base() == "a"+transfer.Suffix:
			select {
			case <-writing:
			case <-ctx.Done():
				return ctx.Err()
			}
			return &vfs.Error{Op: "write", Path: c.Path.String(), Kind: vfs.KindNoSpace}
		}
		close(writing)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Minute): // it was not stopped
			return nil
		}
	})
	r.add(up("/a"), up("/b"))
	r.drain()
	wantStates(t, r, "/a: failed", "/b: paused")
}
