package queueview

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/queue"
	"wherry/ui/loop"
)

// end lets the first n files end, as many begin, and the view take it over.
func (r *rows) end(t *testing.T, v *View, l *loop.Manual, n int) {
	t.Helper()
	r.items = r.items[n:]
	for i := range min(n, len(r.items)) {
		r.items[i].State = queue.Active
	}
	r.seq++
	l.Advance(loop.Period)
	take(t, v, l, r)
}

// many is a queue whose first four files move, and of which 30 a second end.
func many(n int) *rows {
	r := newRows(n, queue.Waiting)
	for i := range 4 {
		r.items[i].State = queue.Active
	}
	r.fileRate = 30
	return r
}

func TestTheListStandsStillWhileManyFilesEnd(t *testing.T) {
	for outcome, tc := range map[string]struct {
		fileRate  float64
		act       func(*View)
		now, then string // after most of a second, and after it
	}{
		"while many do":                 {30, nil, "file-00000", "file-00020"},
		"not for a few":                 {4, nil, "file-00016", "file-00020"},
		"not once a person did a thing": {30, (*View).RetryAll, "file-00016", "file-00016"},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := many(200)
			r.fileRate = tc.fileRate
			v, l := show(t, r, Left)
			for range 3 {
				r.end(t, v, l, 4)
			}
			if tc.act != nil {
				tc.act(v)
				settle(t, l)
			}
			r.end(t, v, l, 4)
			now := v.Row(0).Cells[0]
			r.end(t, v, l, 4)
			if then := v.Row(0).Cells[0]; now != tc.now || then != tc.then || v.Len() != 180 {
				t.Errorf("the first row is %q and then %q; %d rows are said to be left", now, then, v.Len())
			}
		})
	}
}

// TestPagesInViewAreReadTogether: where two meet, a row would be shown twice or
// not at all.
func TestPagesInViewAreReadTogether(t *testing.T) {
	r := many(3 * pageSize)
	v, l := show(t, r, Left)
	v.list.ScrollToOffset((pageSize - 5) * 20)
	l.Advance(briefly)
	take(t, v, l, r)
	r.asked = nil
	l.Advance(briefly)
	r.end(t, v, l, 4)
	if got := v.Row(pageSize).Cells[0]; got != "file-00132" || len(r.asked) != 2 {
		t.Errorf("behind the seam stands %q; read was %v", got, r.asked)
	}
	if got := v.Row(pageSize - 1).Cells[0]; got != "file-00131" {
		t.Errorf("before the seam stands %q", got)
	}
}

func TestThePageReadLongestAgoIsReadFirst(t *testing.T) {
	r := newRows(4*pageSize, queue.Waiting)
	m := NewModel(Left)
	r.seq = 9
	m.Take(r.Snapshot())
	for page, seq := range []uint64{8, 7, 5, 6} {
		m.Put(page*pageSize, seq, r.items[page*pageSize:][:pageSize])
	}
	for range 20 {
		for page := range 4 {
			m.At(page * pageSize)
		}
		if offset, _, ok := m.Missing(); !ok || offset != 2*pageSize {
			t.Fatalf("it is the page at %d", offset)
		}
	}
}

func TestWhatBeganSinceTheListWasReadLooksAsBefore(t *testing.T) {
	r := many(200)
	v, l := show(t, r, Left)
	r.end(t, v, l, 4)
	if got := v.Row(4).Cells[6]; got != "waiting" {
		t.Errorf("a file that may be gone at once says %q", got)
	}
}

// TestWhatEndedKeepsItsBar until the list is read anew: it had another one, or
// none, when that was read before.
func TestWhatEndedKeepsItsBar(t *testing.T) {
	r := many(200)
	v, l := show(t, r, Left)
	l.Advance(briefly)
	r.items[0].Done, r.items[0].Rate = 90, 1000
	r.seq++
	take(t, v, l, r)
	r.items[0].Done = 99
	take(t, v, l, r)
	r.end(t, v, l, 4)
	if got := v.Row(0); got.Cells[0] != "file-00000" || got.Cells[4] != "99%" || got.Cells[5] != "" {
		t.Errorf("it shows %q", got.Cells)
	}
	l.Advance(briefly)
	r.end(t, v, l, 4)
	if got := v.Row(0).Cells[0]; got != "file-00008" {
		t.Errorf("later the first row is %q", got)
	}
}

func TestWhatMovesKeepsItsRow(t *testing.T) {
	type ids = []queue.ID
	moving := func(of ids) (out []queue.Item) {
		for _, id := range of {
			out = append(out, queue.Item{ID: id, State: queue.Active})
		}
		return append(out, queue.Item{ID: 90, State: queue.Waiting}, queue.Item{ID: 91, State: queue.Waiting})
	}
	for outcome, tc := range map[string]struct{ before, now, want ids }{
		"at first as they are listed":      {nil, ids{1, 2, 3}, ids{1, 2, 3}},
		"while those above it end":         {ids{1, 2, 3}, ids{3, 4, 5}, ids{4, 5, 3}},
		"while those below it end":         {ids{1, 2, 3}, ids{1, 8, 9}, ids{1, 8, 9}},
		"though others come before it":     {ids{5, 6}, ids{2, 5, 6}, ids{5, 6, 2}},
		"unless fewer move":                {ids{1, 2, 3}, ids{3}, ids{3}},
		"what waited begins where it was":  {ids{1}, ids{1, 8, 90}, ids{1, 90, 8}},
		"what waits is where it is listed": {ids{1}, nil, nil},
		"also what is listed twice":        {ids{1, 2, 3}, ids{3, 2, 3}, ids{3, 2, 3}}, // a page may be read in parts
	} {
		t.Run(outcome, func(t *testing.T) {
			m := NewModel(Left)
			m.Put(0, 1, moving(tc.before))
			m.Put(0, 2, moving(tc.now))
			var got ids
			for _, it := range m.pages[0].items {
				got = append(got, it.ID)
			}
			if diff := cmp.Diff(append(tc.want, 90, 91), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWhatIsReadAfterItEndedCounts: a row that is paused is so in the journal while
// its connection is still being ended, and nothing changes there afterwards.
func TestWhatIsReadAfterItEndedCounts(t *testing.T) {
	it := queue.Item{ID: 7, State: queue.Active, Size: 100, Done: 40}
	paused := it
	paused.State = queue.Paused
	m := NewModel(Left)
	for _, step := range []struct {
		snap   queue.Snapshot
		listed *queue.Item
		want   queue.State
	}{
		{queue.Snapshot{Seq: 1, Count: map[queue.State]int{queue.Active: 1}, Active: []queue.Item{it}}, &it, queue.Active},
		{queue.Snapshot{Seq: 2, Count: map[queue.State]int{queue.Paused: 1}, Active: []queue.Item{it}}, &paused, queue.Active},
		{queue.Snapshot{Seq: 2, Count: map[queue.State]int{queue.Paused: 1}}, nil, queue.Paused},
	} {
		m.Take(step.snap)
		m.Watch(step.snap, noon)
		if step.listed != nil {
			m.Put(0, step.snap.Seq, []queue.Item{*step.listed})
		}
		if got, _ := m.At(0); got.State != step.want {
			t.Errorf("at %d it is %s, not %s", step.snap.Seq, got.State, step.want)
		}
	}
}
