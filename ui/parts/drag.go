package parts

import (
	"time"

	"fyne.io/fyne/v2"

	"wherry/ui/look"
)

// drag is what a body remembers during a drag that began in it.
type drag struct {
	on   bool // the button is down and has moved
	live bool // the owner wants it and Esc was not pressed
	at   fyne.Position
}

// band is a drag over the ground below the rows: it selects those it touches.
type band struct {
	on   bool
	from float32 // where it began, inside the body
	keep []int   // rows selected before, with Ctrl
}

// Dragged comes for each move with the button down, outside the window too.
func (b *body) Dragged(e *fyne.DragEvent) {
	b.drag.at = e.AbsolutePosition
	if b.band.on {
		b.stretch(e.AbsolutePosition)
		return
	}
	if !b.drag.on {
		b.drag.on = true
		b.mouse.collapse = nil
		start := b.list.Hooks.DragStart
		b.drag.live = start != nil && b.mouse.grabbed && start(e.AbsolutePosition)
	}
	if b.drag.live && b.list.Hooks.DragMove != nil {
		b.list.Hooks.DragMove(e.AbsolutePosition)
	}
}

// DragEnd comes when the button goes up, wherever that is.
func (b *body) DragEnd() {
	b.endDrag(true)
	b.drag.on = false
	b.endBand()
	b.mouse.grabbed = false
}

// stretch selects the rows between where the band began and the mouse, and
// scrolls when the mouse leaves the list.
func (b *body) stretch(at fyne.Position) {
	local := at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(b.list.scroll))
	switch height := b.list.scroll.Size().Height; {
	case local.Y < 0:
		b.list.ScrollToOffset(b.list.Offset() - look.RowHeight)
	case local.Y > height:
		b.list.ScrollToOffset(b.list.Offset() + look.RowHeight)
	}
	y := min(max(local.Y, 0), b.list.scroll.Size().Height) + b.list.Offset()
	top, bottom := min(y, b.band.from), max(y, b.band.from)
	b.rubber.Move(fyne.NewPos(1, top))
	b.rubber.Resize(fyne.NewSize(max(b.list.Size().Width-2, 0), bottom-top))
	b.rubber.Show()
	s := b.list.selection
	s.Only(-1)
	for _, row := range b.band.keep {
		s.Set(row, true)
	}
	for row := int(top / look.RowHeight); row <= min(int(bottom/look.RowHeight), s.Len()-1); row++ {
		s.Set(row, true)
	}
	b.changed()
}

func (b *body) endBand() {
	if b.band.on {
		b.band = band{}
		b.rubber.Hide()
		refresh(b.rubber)
	}
}

// CancelDrag ends a drag that began in this list as Esc does; nothing when
// there is none.
func (l *List) CancelDrag() bool { return l.body.endDrag(false) }

// endDrag tells the owner once; what the mouse does afterwards is ignored
// until the button goes up.
func (b *body) endDrag(ok bool) bool {
	if !b.drag.live {
		return false
	}
	b.drag.live = false
	if b.list.Hooks.DragEnd != nil {
		b.list.Hooks.DragEnd(b.drag.at, ok)
	}
	return true
}

// RowAt says which row lies at a position in the window, -1 for the ground
// below the last; inside is false when the position is not over the list.
func (l *List) RowAt(at fyne.Position) (row int, inside bool) {
	local := at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(l.scroll))
	size := l.scroll.Size()
	if !l.Visible() || local.X < 0 || local.Y < 0 || local.X >= size.Width || local.Y >= size.Height {
		return -1, false
	}
	return l.body.rowAt(local.Y + l.scroll.Offset.Y), true
}

// GapAt says between which rows a position in the window lies: gap n is above
// row n, and that below the last row is the number of rows. inside is false
// when the position is not over the list.
func (l *List) GapAt(at fyne.Position) (gap int, inside bool) {
	if _, inside = l.RowAt(at); !inside {
		return -1, false
	}
	local := at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(l.scroll))
	gap = int((local.Y+l.scroll.Offset.Y)/look.RowHeight + 0.5)
	return min(max(gap, 0), l.source.Len()), true
}

// Insert draws a line in a gap as the place that rows which are dragged would
// go to, and none for -1.
func (l *List) Insert(gap int) {
	if l.gap != gap {
		l.gap = gap
		l.body.restyle()
	}
}

// Highlight marks a row, the whole list (HighlightAll) or nothing
// (HighlightNone) as the place that a drop would go to.
func (l *List) Highlight(row int) {
	if l.drop == row {
		return
	}
	l.drop = row
	if row == HighlightAll {
		l.edge.Show()
	} else {
		l.edge.Hide()
	}
	l.body.restyle()
}

const (
	edgeZone   = 28 // how near to the edge a drag scrolls
	edgePeriod = 40 * time.Millisecond
)

// EdgeScroll scrolls while a drag, begun here or elsewhere, stays near the
// upper or lower edge: call it for each move, and StopEdgeScroll at the end.
// After each step it calls the hook DragMove, which is to call it again.
func (l *List) EdgeScroll(at fyne.Position) {
	l.StopEdgeScroll()
	local := at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(l.scroll))
	size := l.scroll.Size()
	if local.X < 0 || local.X >= size.Width || local.Y < 0 || local.Y >= size.Height {
		return
	}
	step := float32(0)
	switch {
	case local.Y < edgeZone:
		step = local.Y - edgeZone
	case local.Y > size.Height-edgeZone:
		step = local.Y - (size.Height - edgeZone)
	default:
		return
	}
	step = step / edgeZone * look.RowHeight
	l.stopScroll = l.clock.After(edgePeriod, func() {
		l.ScrollToOffset(l.Offset() + step)
		if l.Hooks.DragMove != nil {
			l.Hooks.DragMove(at) // the row under the mouse is another now
			return
		}
		l.EdgeScroll(at)
	})
}

// StopEdgeScroll ends EdgeScroll.
func (l *List) StopEdgeScroll() {
	if l.stopScroll != nil {
		l.stopScroll()
		l.stopScroll = nil
	}
}
