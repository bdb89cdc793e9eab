package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// renameEntry is the field that stands over a row's name. Enter keeps the new
// name; Esc, a click elsewhere and a window that loses the keys keep the old
// one, so that nothing is ever renamed by accident.
type renameEntry struct {
	widget.Entry
	list *List
}

// BeginRename lets the person change a row's name in place. The first selected
// characters of name are preselected, so that typing replaces the name and
// leaves the extension.
func (l *List) BeginRename(row int, name string, selected int) {
	if row < 0 || row >= l.source.Len() {
		return
	}
	l.CancelRename()
	l.ScrollTo(row)
	e := &renameEntry{list: l}
	e.ExtendBaseWidget(e)
	e.SetText(name)
	e.OnSubmitted = func(text string) { l.endRename(text, true) }
	l.edit, l.editing = e, row
	first := l.spans()[0]
	x := first.x + cellPad + look.Icon
	e.Move(fyne.NewPos(x, float32(row)*look.RowHeight-3))
	e.Resize(fyne.NewSize(max(first.end()-x, 80), look.RowHeight+6))
	canvasOf(l.body, func(c fyne.Canvas) { c.Focus(e) })
	e.preselect(selected)
	l.body.restyle()
}

// CancelRename ends renaming in place and keeps the old name.
func (l *List) CancelRename() { l.endRename("", false) }

// Renaming says whether a name is being changed in place.
func (l *List) Renaming() bool { return l.edit != nil }

func (l *List) endRename(text string, keep bool) {
	if l.edit == nil {
		return
	}
	row, old := l.editing, l.edit
	l.edit, l.editing = nil, -1 // first: losing the focus comes back here
	if c := fyne.CurrentApp().Driver().CanvasForObject(old); c != nil && c.Focused() == fyne.Focusable(old) {
		c.Focus(l.body)
	}
	l.body.restyle()
	if keep && l.Hooks.Renamed != nil {
		l.Hooks.Renamed(row, text)
	}
}

// preselect selects the first n characters. Entry has no call for that, so
// the keys are pressed.
func (e *renameEntry) preselect(n int) {
	e.CursorColumn = 0
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	e.KeyDown(shift)
	for range n {
		e.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	e.KeyUp(shift)
}

// TypedKey ends on Esc.
func (e *renameEntry) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		e.list.CancelRename()
		return
	}
	e.Entry.TypedKey(key)
}

// FocusLost ends as Esc does.
func (e *renameEntry) FocusLost() {
	e.Entry.FocusLost()
	e.list.CancelRename()
}

// canvasOf calls f with the canvas that an object is on, if it is on one.
func canvasOf(o fyne.CanvasObject, f func(fyne.Canvas)) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		f(c)
	}
}
