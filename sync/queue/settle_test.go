package queue

import (
	"errors"
	"fmt"
	"testing"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// worked is a row in the hands of r that nobody writes about yet.
func (r *rig) worked(id ID, name string) *work {
	target := vfs.MustParse("/in/" + name)
	w := &work{row: row{Item: Item{
		ID: id, Type: vfs.TypeFile, State: Active, Source: Place{Site: site.Local, Path: target}, Target: Place{Site: remote, Path: target},
	}}, names: likes(target)}
	r.register(w)
	return w
}

func TestWhatEndedMovesNoMoreBeforeItIsWritten(t *testing.T) {
	r := newRig(t, func(c *Config) { c.PerSite = func(site.ID) int { return 2 } })
	one, two := r.worked(1, "one"), r.worked(2, "two")
	again := one.row
	again.ID = 3
	if !r.full()[remote] || !r.isOccupied(again) {
		t.Fatal("two files move, and there is room for a third or for the first one's target")
	}
	r.report(note{work: one, end: &ending{result: transfer.Result{Outcome: transfer.Done}}})
	switch {
	case r.full()[remote]:
		t.Error("one of two has ended, and the site is full")
	case r.isOccupied(again):
		t.Error("nothing is written there any more, and another row cannot take the target")
	case !r.isOccupied(one.row):
		t.Error("the row itself can be taken before its end is written")
	case !r.isOccupied(two.row):
		t.Error("a row that moves can be taken")
	}
	r.Queue.mu.Lock()
	defer r.Queue.mu.Unlock()
	clear(r.running)
}

func TestNotesGatherUntilSomebodyWaitsForThem(t *testing.T) {
	well := &ending{result: transfer.Result{Outcome: transfer.Done}}
	for outcome, tc := range map[string]struct {
		note   func(mine *work) note
		begun  int
		others int // that move on
		hurry  bool
	}{
		"an end beside others waits":     {note: func(w *work) note { return note{work: w, end: well} }, others: 1},
		"a begin waits":                  {note: func(w *work) note { return note{work: w} }},
		"the end of the last is written": {note: func(w *work) note { return note{work: w, end: well} }, hurry: true},
		"a failure is written":           {note: func(w *work) note { return note{work: w, end: &ending{err: errors.New("x")}} }, others: 1, hurry: true},
		"a question is written": {note: func(w *work) note {
			return note{work: w, end: &ending{result: transfer.Result{Outcome: transfer.Asking}}}
		}, others: 1, hurry: true},
		"a site that is back is written":     {note: func(w *work) note { w.row.probes = true; return note{work: w, end: well} }, others: 1, hurry: true},
		"as many as shall wait are written":  {note: func(w *work) note { return note{work: w} }, begun: gatherMax - 1, hurry: true},
		"one fewer than that are waited for": {note: func(w *work) note { return note{work: w} }, begun: gatherMax - 2},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			mine := r.worked(1, "mine")
			for n := range tc.others {
				r.worked(ID(n+2), fmt.Sprint("other", n))
			}
			for range tc.begun {
				r.report(note{work: mine})
			}
			r.report(tc.note(mine))
			r.Queue.mu.Lock()
			defer r.Queue.mu.Unlock()
			if r.hurry != tc.hurry {
				t.Errorf("hurry: %v", r.hurry)
			}
			clear(r.running)
		})
	}
}
