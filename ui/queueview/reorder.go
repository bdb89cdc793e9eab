package queueview

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"wherry/sync/queue"
	"wherry/sync/vfs"
)

// Move is what a drop of the selected rows between two others comes to.
type Move struct {
	// Before is the row that they go before, 0 for behind all others of Priority.
	Before queue.ID
	// Priority is the one that they then have.
	Priority queue.Priority
}

// Drop says where the selected rows go when they are dropped in a gap: gap n is
// above row n. ok is false where nothing would change or that cannot be told.
//
// What was found in a selected folder moves along with it. Between rows of two
// priorities the rows stay in their own, if that is the upper one. Among what
// moves, which is listed first whatever its place, the gap below that is meant.
func (m *Model) Drop(gap int) (to Move, ok bool) {
	front := m.front()
	gap = max(gap, front)
	if m.all || m.still(gap) || !slices.ContainsFunc(m.PickedRows(), func(i int) bool { return i >= front }) {
		return Move{}, false
	}
	below := gap
	for below < m.len && m.moves(below) {
		below++
	}
	above := min(gap, m.len) - 1
	for above >= 0 && m.moves(above) {
		above--
	}
	lower, hasLower := m.peek(below)
	upper, hasUpper := m.peek(above)
	switch {
	case below < m.len && !hasLower, above >= 0 && !hasUpper:
		return Move{}, false // not read yet
	case hasUpper && (!hasLower || startsLater(lower) && !startsLater(upper) || upper.Priority != lower.Priority && m.allOf(upper.Priority)):
		return Move{Priority: upper.Priority}, true
	case hasLower:
		return Move{Before: lower.ID, Priority: lower.Priority}, true
	}
	return Move{}, false
}

// DropAt is the gap that a drop in a gap goes to, -1 where it does nothing.
func (m *Model) DropAt(gap int) int {
	if _, ok := m.Drop(gap); !ok {
		return -1
	}
	return max(gap, m.front())
}

// front counts the rows that are listed first because they move or ask.
func (m *Model) front() int {
	n := 0
	for it, ok := m.peek(n); ok && inFront(it); it, ok = m.peek(n) {
		n++
	}
	return n
}

// startsLater says whether a row was listed with those that a person set a time
// for. Their place in the queue is another than that in the list.
func startsLater(it queue.Item) bool { return it.State == queue.Waiting && !it.NotBefore.IsZero() }

// still says whether the rows already stand at a gap, and nothing between them.
func (m *Model) still(gap int) bool {
	first, last := gap, gap
	for first > 0 && m.moves(first-1) {
		first--
	}
	for last < m.len && m.moves(last) {
		last++
	}
	for _, row := range m.PickedRows() {
		if row < first || row >= last {
			return false
		}
	}
	return true
}

// moves says whether row i is selected, or was found in a folder that is.
func (m *Model) moves(i int) bool {
	it, ok := m.peek(i)
	if !ok {
		return false
	}
	for depth := 0; depth < maxDepth; depth++ {
		if m.picked[it.ID] {
			return true
		}
		if it, ok = m.byID(it.Parent); !ok {
			return false
		}
	}
	return false
}

// maxDepth bounds the way up from a row to the folders it was found in.
const maxDepth = 64

// byID finds a row among those that were read.
func (m *Model) byID(id queue.ID) (queue.Item, bool) {
	if id == 0 {
		return queue.Item{}, false
	}
	if m.index == nil {
		m.index = map[queue.ID]queue.Item{}
		for _, p := range m.pages {
			for _, it := range p.items {
				m.index[it.ID] = it
			}
		}
	}
	it, ok := m.index[id]
	return it, ok
}

// peek returns row i if it was read, without asking for it.
func (m *Model) peek(i int) (queue.Item, bool) {
	if i < 0 || i >= m.len {
		return queue.Item{}, false
	}
	p := m.pages[i/pageSize]
	if i%pageSize >= len(p.items) {
		return queue.Item{}, false
	}
	return p.items[i%pageSize], true
}

// allOf says whether all selected rows have a priority.
func (m *Model) allOf(p queue.Priority) bool {
	for _, i := range m.PickedRows() {
		if it, ok := m.peek(i); !ok || it.Priority != p {
			return false
		}
	}
	return true
}

// dragging lets rows be dragged within the list of what is left to do.
func (v *View) dragging() {
	if v.model.tab.Title != Left.Title {
		return
	}
	h := &v.list.Hooks
	h.DragStart = func(at fyne.Position) bool {
		if v.model.All() || len(v.model.PickedRows()) == 0 {
			return false
		}
		v.drag = &at
		v.dragOver()
		return true
	}
	h.DragMove = func(at fyne.Position) {
		v.drag = &at
		v.list.EdgeScroll(at)
		v.dragOver()
	}
	h.DragEnd = func(at fyne.Position, ok bool) {
		v.drag = nil
		v.list.StopEdgeScroll()
		v.list.Insert(-1)
		gap, inside := v.list.GapAt(at)
		if to, moves := v.model.Drop(gap); ok && inside && moves {
			v.moveTo(to)
		}
	}
}

// dragOver shows where a drop would go; it also comes when rows came or went
// under the mouse.
func (v *View) dragOver() {
	if v.drag == nil {
		return
	}
	gap, inside := v.list.GapAt(*v.drag)
	if gap = v.model.DropAt(gap); !inside {
		gap = -1
	}
	v.list.Insert(gap)
}

// moveTo moves the selected rows.
func (v *View) moveTo(to Move) {
	var ids []queue.ID
	change := false
	for _, it := range v.model.Picked() {
		ids = append(ids, it.ID)
		change = change || it.Priority != to.Priority
	}
	v.do(func(ctx context.Context) error {
		move := v.queue.MoveBottom
		if to.Before != 0 {
			if err := v.queue.MoveBefore(ctx, to.Before, ids...); vfs.KindOf(err) != vfs.KindNotFound {
				return err
			}
			move = v.queue.MoveTop // that row has ended meanwhile, and what was above it
		}
		if change {
			if err := v.queue.SetPriority(ctx, to.Priority, ids...); err != nil {
				return err
			}
		}
		return move(ctx, ids...)
	})
}

// HasPriority says whether rows are selected and all have a priority; those that
// were not read are not asked.
func (v *View) HasPriority(p queue.Priority) bool {
	return len(v.model.picked) > 0 && v.model.allOf(p)
}

// SetPriority has the selected rows taken before or after those of other
// priorities.
func (v *View) SetPriority(p queue.Priority) {
	v.act(func(ctx context.Context, ids ...queue.ID) error { return v.queue.SetPriority(ctx, p, ids...) }, v.model.tab.States...)
}
