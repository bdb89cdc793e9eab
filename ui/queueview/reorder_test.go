package queueview

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"wherry/sync/queue"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/look/looktest"
)

// TestDropAboveWhatStartsLater: those rows are listed last, whatever their
// place in the queue, so that a place before the first of them may be anywhere.
func TestDropAboveWhatStartsLater(t *testing.T) {
	r := newRows(5, queue.Waiting)
	for i := range r.items[3:] {
		r.items[3+i].NotBefore = noon
	}
	m := NewModel(Left)
	if !m.Filter().LaterLast {
		t.Fatal("they are not listed last")
	}
	m.Take(r.Snapshot())
	m.Put(0, 1, r.items)
	for outcome, tc := range map[string]struct {
		pick, gap int
		want      Move
	}{
		"behind all that starts now":   {0, 3, Move{}},
		"among what starts now":        {0, 2, Move{Before: 3}},
		"among what starts later":      {4, 3, Move{}},
		"what starts later, up to now": {4, 1, Move{Before: 2}},
	} {
		m.Pick([]int{tc.pick})
		if got, ok := m.Drop(tc.gap); !ok || got != tc.want {
			t.Errorf("%s: %+v, %v", outcome, got, ok)
		}
	}
}

// TestDropAmongWhatMoves: those rows are listed first, whatever their place in
// the queue, so that a place before one of them may be anywhere.
func TestDropAmongWhatMoves(t *testing.T) {
	r := newRows(7, queue.Waiting)
	r.items[0].State, r.items[1].State, r.items[2].State = queue.Active, queue.Active, queue.Asking
	r.items[3].Type, r.items[3].State = vfs.TypeDir, queue.Active
	m := NewModel(Left)
	if !m.Filter().ActiveFirst {
		t.Fatal("they are not listed first")
	}
	m.Take(r.Snapshot())
	m.Put(0, 1, r.items)
	for outcome, tc := range map[string]struct {
		pick []int
		gap  int
		want Move
		at   int
	}{
		"above all is before the first that waits":      {[]int{5}, 0, Move{Before: 4}, 3},
		"among them, too":                               {[]int{5, 6}, 2, Move{Before: 4}, 3},
		"below them it is where it was dropped":         {[]int{6}, 3, Move{Before: 4}, 3},
		"between those that wait, too":                  {[]int{6}, 5, Move{Before: 6}, 5},
		"the first that waits is there already":         {[]int{3}, 1, Move{}, -1},
		"what moves stays where it is":                  {[]int{0}, 6, Move{}, -1},
		"what asks, too":                                {[]int{1, 2}, 7, Move{}, -1},
		"what moves takes nothing from what goes along": {[]int{0, 4}, 6, Move{Before: 7}, 6},
	} {
		m.Pick(tc.pick)
		got, ok := m.Drop(tc.gap)
		if at := m.DropAt(tc.gap); got != tc.want || at != tc.at || ok != (at >= 0) {
			t.Errorf("%s: %+v, %v, shown at %d", outcome, got, ok, at)
		}
	}
}

func TestDroppedRowsGo(t *testing.T) {
	const high, normal, low = queue.High, queue.Normal, queue.Low
	plain := []queue.Priority{normal, normal, normal, normal, normal, normal}
	mixed := []queue.Priority{high, high, normal, normal, low, low}
	for outcome, tc := range map[string]struct {
		priorities []queue.Priority
		parents    map[int]queue.ID // of row i
		pick       []int
		gap        int
		want       Move
		still      bool
	}{
		"before the row below the gap":              {plain, nil, []int{4}, 1, Move{Before: 2}, false},
		"down as well as up":                        {plain, nil, []int{0}, 3, Move{Before: 4}, false},
		"before the first":                          {plain, nil, []int{5}, 0, Move{Before: 1}, false},
		"behind the last":                           {plain, nil, []int{0, 2}, 6, Move{}, false},
		"nowhere above themselves":                  {plain, nil, []int{3}, 3, Move{}, true},
		"nowhere below themselves":                  {plain, nil, []int{3}, 4, Move{}, true},
		"nowhere inside a block of their own":       {plain, nil, []int{2, 3, 4}, 3, Move{}, true},
		"together where they stood apart":           {plain, nil, []int{1, 3}, 2, Move{Before: 3}, false},
		"to a row that stays, past those that move": {plain, nil, []int{2, 3, 5}, 2, Move{Before: 5}, false},
		"to the priority of the row below":          {mixed, nil, []int{5}, 1, Move{Before: 2, Priority: high}, false},
		"to the end of their own at a border":       {mixed, nil, []int{0}, 2, Move{Priority: high}, false},
		"to the top of the lower one from below it": {mixed, nil, []int{5}, 4, Move{Before: 5, Priority: low}, false},
		"to the last one's priority at the end":     {mixed, nil, []int{0}, 6, Move{Priority: low}, false},
		"not between what is in their own folder":   {plain, map[int]queue.ID{1: 1, 2: 1}, []int{0}, 2, Move{}, true},
		"past what is in their own folder":          {plain, map[int]queue.ID{2: 2, 3: 3}, []int{1, 5}, 3, Move{Before: 5}, false},
		"nowhere when nothing is selected":          {plain, nil, nil, 2, Move{}, true},
		"nowhere when all are":                      {plain, nil, []int{0, 1, 2, 3, 4, 5}, 2, Move{}, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRows(len(tc.priorities), queue.Waiting)
			for i, p := range tc.priorities {
				r.items[i].Priority, r.items[i].Parent = p, tc.parents[i]
			}
			m := NewModel(Left)
			m.Take(r.Snapshot())
			m.Put(0, 1, r.items)
			m.Pick(tc.pick)
			got, ok := m.Drop(tc.gap)
			if ok == tc.still {
				t.Errorf("it moves: %v", ok)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRowsAreDraggedWhileOthersEnd: those above the one that was pressed may end
// before the mouse moves.
func TestRowsAreDraggedWhileOthersEnd(t *testing.T) {
	r := newRows(8, queue.Waiting)
	v, l := show(t, r, Left)
	move, release := grab(t, v, 5)
	r.items, r.seq = r.items[2:], r.seq+1
	take(t, v, l, r)
	move(3.5 * look.RowHeight)
	move(1.1 * look.RowHeight)
	release()
	if err := l.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]queue.ID{4, 6}, r.moved); diff != "" {
		t.Errorf("row 6 was dropped before row 4 (-want +got):\n%s", diff)
	}
}

// grab presses the button on a row and moves to a height in the list; the
// returned functions move on, and let the button go.
func grab(t *testing.T, v *View, row int) (move func(y float32), release func()) {
	t.Helper()
	c := fyne.CurrentApp().Driver().CanvasForObject(v.list)
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.list)
	at := func(y float32) fyne.Position { return origin.AddXY(60, look.HeaderHeight+y) }
	var body fyne.CanvasObject
	for _, o := range test.LaidOutObjects(v.list) {
		if _, ok := o.(fyne.Draggable); ok {
			if _, ok := o.(fyne.Focusable); ok {
				body = o
			}
		}
	}
	y := (float32(row) + 0.5) * look.RowHeight
	body.(desktop.Mouseable).MouseDown(&desktop.MouseEvent{
		PointEvent: fyne.PointEvent{Position: fyne.NewPos(60, y), AbsolutePosition: at(y)}, Button: desktop.MouseButtonPrimary,
	})
	if c.Focused() != body.(fyne.Focusable) {
		t.Fatal("the list did not take the keys")
	}
	return func(y float32) {
			body.(fyne.Draggable).Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{AbsolutePosition: at(y)}})
		}, func() {
			body.(fyne.Draggable).DragEnd()
		}
}

func TestRowsAreDraggedToTheirPlace(t *testing.T) {
	for outcome, tc := range map[string]struct {
		pick []int
		to   float32 // in rows from the top of the first one
		esc  bool
		want []queue.ID // the row moved before, and those moved
	}{
		"one row":                         {[]int{7}, 2.2, false, []queue.ID{3, 8}},
		"several in their order":          {[]int{5, 7, 9}, 0.1, false, []queue.ID{1, 6, 8, 10}},
		"nothing when Esc was pressed":    {[]int{7}, 2.2, true, nil},
		"nothing outside of the list":     {[]int{7}, -5, false, nil},
		"nothing where they stand":        {[]int{7}, 7.1, false, nil},
		"behind all others below the end": {[]int{3}, 12, false, []queue.ID{0, 4}},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRows(10, queue.Waiting)
			v, l := show(t, r, Left)
			for _, i := range tc.pick {
				v.selection.Set(i, true)
			}
			v.selected()
			move, release := grab(t, v, tc.pick[0])
			move((float32(tc.pick[0]) + 0.7) * look.RowHeight)
			move(tc.to * look.RowHeight)
			if tc.esc {
				fyne.CurrentApp().Driver().CanvasForObject(v.list).Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
			}
			release()
			if err := l.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, r.moved); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestADropAboveWhatHasEndedIsOneAtTheTop: the list stands still while many files
// end, and what it shows first has mostly done so.
func TestADropAboveWhatHasEndedIsOneAtTheTop(t *testing.T) {
	for outcome, tc := range map[string]struct {
		before   error
		priority queue.Priority // of what it is dropped above
		top      []queue.ID
		set      []queue.Priority
		trouble  bool
	}{
		"of its priority":            {&vfs.Error{Op: "move", Kind: vfs.KindNotFound}, queue.Normal, []queue.ID{8}, nil, false},
		"of the priority dropped at": {&vfs.Error{Op: "move", Kind: vfs.KindNotFound}, queue.High, []queue.ID{8}, []queue.Priority{queue.High}, false},
		"not after another failure":  {&vfs.Error{Op: "move", Kind: vfs.KindNoSpace}, queue.Normal, nil, nil, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRows(10, queue.Waiting)
			for i := range 4 {
				r.items[i].Priority = tc.priority
			}
			r.before = tc.before
			v, l := show(t, r, Left)
			trouble := false
			v.Trouble = func(error) { trouble = true }
			v.selection.Set(7, true)
			v.selected()
			v.moveTo(Move{Before: 3, Priority: tc.priority})
			settle(t, l)
			if diff := cmp.Diff(tc.top, r.top) + cmp.Diff(tc.set, r.priority); diff != "" || trouble != tc.trouble {
				t.Errorf("trouble %t, %s", trouble, diff)
			}
		})
	}
}

func TestDragShowsWhereItGoes(t *testing.T) {
	r := newRows(14, queue.Waiting)
	for i := range r.items {
		r.items[i].Priority = []queue.Priority{queue.High, queue.Normal, queue.Low}[min(i/5, 2)]
	}
	v, _ := show(t, r, Left)
	v.selection.Set(8, true)
	v.selection.Set(9, true)
	v.selected()
	move, release := grab(t, v, 8)
	move(9 * look.RowHeight)
	move(2.9 * look.RowHeight)
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		looktest.Picture(t, w, "queue-drag")
	}
	release()
}
