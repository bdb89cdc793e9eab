package parts

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// doubleClick is the longest time between two clicks on a row that open it.
// Fyne's DoubleTappable would hold back every single click for as long.
const doubleClick = 400 * time.Millisecond

// mouse is what a body remembers between mouse events.
type mouse struct {
	grabbed  bool // the button went down on a selected row; others may have come and gone since
	collapse any  // what is to be selected alone when the button goes up, see Hooks.ID; nil for nothing
	clicked  any  // what was clicked last, for counting; nil when that cannot begin a double click
	at       int  // the row where that stood
	last     time.Time
	told     string // text told as cut
}

// MouseDown selects. A press on one of several selected rows leaves them
// selected until the button goes up, because it may begin a drag of them all.
func (b *body) MouseDown(e *desktop.MouseEvent) {
	b.list.CancelRename()
	b.list.Focus()
	row := b.rowAt(e.Position.Y)
	s := b.list.selection
	b.mouse.collapse = nil
	if e.Button == desktop.MouseButtonSecondary {
		if !s.Has(row) {
			s.Only(row)
		}
		b.changed()
		return
	}
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	b.mouse.grabbed = false
	b.band = band{on: row < 0, from: e.Position.Y}
	if b.opened(row, e.Modifier) {
		return
	}
	ctrl := e.Modifier&fyne.KeyModifierShortcutDefault != 0
	shift := e.Modifier&fyne.KeyModifierShift != 0
	switch {
	case row < 0 && (ctrl || shift):
		b.band.keep = s.Rows()
	case shift:
		s.Extend(row, ctrl)
	case ctrl:
		s.Toggle(row)
	case row >= 0 && s.Has(row) && s.Count() > 1:
		b.mouse.collapse = b.idOf(row)
		s.Point(row)
	default:
		s.Only(row)
	}
	b.changed()
	b.mouse.grabbed = s.Has(row)
}

// idOf names what a row shows, nil for no row.
func (b *body) idOf(row int) any {
	switch {
	case row < 0:
		return nil
	case b.list.Hooks.ID == nil:
		return row
	}
	return b.list.Hooks.ID(row)
}

// rowOf is the row that shows what idOf named, -1 for none.
func (b *body) rowOf(id any) int {
	if row, ok := id.(int); ok && b.list.Hooks.RowOf == nil {
		return row
	}
	if id == nil {
		return -1
	}
	return b.list.Hooks.RowOf(id)
}

// opened counts clicks; at the second plain one it opens what the first one
// was on and says so, also where other rows came or went in between. A click with
// Ctrl or Shift selects, and counts for nothing.
func (b *body) opened(row int, mod fyne.KeyModifier) bool {
	now, id, first := b.list.clock.Now(), b.idOf(row), b.mouse.clicked
	double := row >= 0 && first != nil && (row == b.mouse.at || id == first) && mod == 0 && now.Sub(b.mouse.last) < doubleClick
	b.mouse.clicked, b.mouse.at, b.mouse.last = id, row, now
	if mod != 0 || double {
		b.mouse.clicked = nil
	}
	if !double {
		return false
	}
	b.mouse.grabbed = false // what opened is not dragged
	if row = b.rowOf(first); row < 0 {
		return true // what was meant is gone, and nothing else is
	}
	b.list.selection.Only(row)
	b.changed()
	if b.list.Hooks.Open != nil {
		b.list.Hooks.Open(row)
	}
	return true
}

// MouseUp ends a click; a drag has its own end.
func (b *body) MouseUp(e *desktop.MouseEvent) {
	row := b.rowAt(e.Position.Y)
	if e.Button == desktop.MouseButtonSecondary {
		if b.list.Hooks.Menu != nil {
			b.list.Hooks.Menu(row, e.AbsolutePosition)
		}
		return
	}
	if row := b.rowOf(b.mouse.collapse); row >= 0 && !b.drag.on {
		b.list.selection.Only(row)
		b.changed()
	}
	b.mouse.collapse = nil
	if !b.drag.on {
		b.mouse.grabbed = false
	}
	b.endBand()
}

// MouseIn marks the row under the mouse.
func (b *body) MouseIn(e *desktop.MouseEvent) { b.MouseMoved(e) }

// MouseMoved marks the row under the mouse.
func (b *body) MouseMoved(e *desktop.MouseEvent) {
	b.setHover(b.rowAt(e.Position.Y))
	b.tellCut(b.cutAt(e.Position))
}

// MouseOut unmarks it.
func (b *body) MouseOut() {
	b.setHover(-1)
	b.tellCut("")
}

// cutAt is the whole text at a position when only a part of it is shown, ""
// when all is.
func (b *body) cutAt(at fyne.Position) string {
	row := b.rowAt(at.Y)
	if row < 0 || len(b.slots) == 0 || b.list.Hooks.Cut == nil {
		return ""
	}
	s := b.slots[row%len(b.slots)]
	if s.row != row {
		return ""
	}
	for i, span := range b.list.spans() {
		if span.shown && at.X >= span.x && at.X < span.end() && i < len(s.data.Cells) && s.texts[i].Text != s.data.Cells[i] {
			return s.data.Cells[i]
		}
	}
	return ""
}

func (b *body) tellCut(text string) {
	if b.told != text && b.list.Hooks.Cut != nil {
		b.told = text
		b.list.Hooks.Cut(text)
	}
}

// changed shows a selection that the person changed, and tells the owner.
func (b *body) changed() {
	b.restyle()
	if b.list.Hooks.Selected != nil {
		b.list.Hooks.Selected()
	}
}
