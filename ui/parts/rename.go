package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"wherry/ui/look"
)

// BeginRename lets the person change a row's name in a field over it. The
// first selected characters of name are preselected, so that typing replaces
// the name and leaves the extension. Enter keeps the new name; Esc, a click
// elsewhere and a window that loses the keys keep the old one, so that nothing
// is ever renamed by accident.
func (l *List) BeginRename(row int, name string, selected int) {
	if row < 0 || row >= l.source.Len() {
		return
	}
	l.CancelRename()
	l.ScrollTo(row)
	first := l.spans()[0]
	// The field's text stands where the row's does.
	x := first.x + cellPad + look.Icon + look.Gap - look.Size(theme.SizeNameInnerPadding) - indent
	f := NewField("", 0)
	f.SetText(name)
	f.OnSubmitted = func(text string) { l.endRename(text, true) }
	f.Escaped = l.CancelRename
	f.Left = func() {
		if l.edit == f {
			l.CancelRename()
		}
	}
	f.Move(fyne.NewPos(x, float32(row)*look.RowHeight-3))
	f.Resize(fyne.NewSize(max(first.end()-x, 80), look.RowHeight+6))
	l.edit, l.editing = f, row
	canvasOf(l.body, func(c fyne.Canvas) { c.Focus(f) })
	f.Preselect(selected)
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
	l.edit, l.editing = nil, -1 // first: losing the keys comes back here
	canvasOf(old, func(c fyne.Canvas) {
		if c.Focused() == fyne.Focusable(old) {
			c.Focus(l.body)
		}
	})
	l.body.restyle()
	if keep && l.Hooks.Renamed != nil {
		l.Hooks.Renamed(row, text)
	}
}
