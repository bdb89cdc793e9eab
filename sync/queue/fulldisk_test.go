package queue

import (
	"fmt"
	"strings"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// mayGrow lets the journal have so many pages more than it has, as a disk does
// that is nearly full.
func (r *rig) mayGrow(pages int) {
	r.t.Helper()
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	var now int
	r.must(r.s.conn.QueryRowContext(r.t.Context(), `PRAGMA page_count`).Scan(&now))
	_, err := r.s.conn.ExecContext(r.t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, now+pages))
	r.must(err)
}

// TestAJournalThatFillsUpGoesOn, wherever it was full, each time that there is some
// room again: what was told as done is done in it, and nothing is skipped because an
// earlier run put it there.
func TestAJournalThatFillsUpGoesOn(t *testing.T) {
	for room := range 6 {
		t.Run(fmt.Sprint("room for ", room), func(t *testing.T) {
			t.Parallel()
			r := newDiskRig(t)
			tree := upDir("/t")
			tree.Exists = transfer.Skip
			requests := []Request{tree}
			for i := range 120 {
				r.here.Put(fmt.Sprintf("/t/%d/%03d%s", i%3, i, strings.Repeat("n", 90)), "some", when)
				name := fmt.Sprintf("/single-%d", i)
				r.here.Put(name, "x", when)
				request := small(name)
				request.Exists = transfer.Skip
				requests = append(requests, request)
			}
			r.add(requests...)
			r.mayGrow(room)
			stops := 0
			for ; ; stops++ {
				err := r.Drain(t.Context())
				r.toldIsDone()
				if err == nil {
					break
				}
				if vfs.KindOf(err) != vfs.KindNoSpace || stops > 200 {
					t.Fatalf("stop %d is %v", stops, err)
				}
				r.mayGrow(stops / 2) // until even what is read of a folder at once has room
			}
			if stops == 0 {
				t.Error("it was never full")
			}
			for _, item := range r.items() {
				if item.State != Done {
					t.Errorf("%s is %s: %s", item.Source.Path, item.State, item.Message)
				}
			}
			if n := len(r.there.Files()); n != 240 {
				t.Errorf("%d files are there", n)
			}
		})
	}
}

// toldIsDone compares the journal with the events.
func (r *rig) toldIsDone() {
	r.t.Helper()
	is := map[ID]State{}
	for _, item := range r.items() {
		is[item.ID] = item.State
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	told := map[ID]int{}
	for _, e := range r.events {
		if e.Type != EventDone {
			continue
		}
		if told[e.Item.ID]++; told[e.Item.ID] > 1 || is[e.Item.ID] != Done {
			r.t.Errorf("%s was told as done %d times and is %s", e.Item.Source.Path, told[e.Item.ID], is[e.Item.ID])
		}
	}
}
