package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Text is a field of several lines that knows Esc. Tab leaves it, as every
// other field of a form.
type Text struct {
	widget.Entry
	// Escaped is called on Esc. Nil: nothing.
	Escaped func()
}

// NewText returns an empty field that shows some rows.
func NewText(placeholder string, rows int) *Text {
	t := &Text{}
	t.MultiLine, t.Wrapping = true, fyne.TextWrapWord
	t.PlaceHolder = placeholder
	t.ExtendBaseWidget(t)
	t.SetMinRowsVisible(rows)
	return t
}

// CreateRenderer mends how Fyne draws it, as that of a Field.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	return newFieldRenderer(t.Entry.CreateRenderer(), &t.Entry)
}

// MouseDown puts the cursor where the mouse is.
func (t *Text) MouseDown(m *desktop.MouseEvent) { pressText(&t.Entry, m) }

// Dragged selects up to where the mouse is.
func (t *Text) Dragged(d *fyne.DragEvent) { dragText(&t.Entry, d) }

// AcceptsTab says that Tab is not for typing here.
func (t *Text) AcceptsTab() bool { return false }

// TypedKey adds Esc.
func (t *Text) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape && t.Escaped != nil {
		t.Escaped()
		return
	}
	t.Entry.TypedKey(e)
}
