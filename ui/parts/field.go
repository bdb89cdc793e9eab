package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Field is a line to type in that knows Esc and never becomes narrower or
// lower than it looks good.
type Field struct {
	widget.Entry

	// Escaped is called on Esc, Left on losing the keys. Nil: nothing.
	Escaped func()
	Left    func()
	// Down is called on the arrow down, from a filter into the list.
	Down func()

	least float32
}

// NewField returns an empty field at least width wide; the placeholder is
// shown while it is empty.
func NewField(placeholder string, width float32) *Field {
	f := &Field{least: width}
	f.PlaceHolder = placeholder
	f.ExtendBaseWidget(f)
	return f
}

// NewFilter returns a field for narrowing a list: changed is called with each
// change, Esc empties it and calls back; back also comes with Enter and the
// arrow down, and gives the keys to the list.
func NewFilter(placeholder string, changed func(string), back func()) *Field {
	f := NewField(placeholder, 110)
	f.Icon = look.Draw(look.GlyphSearch, look.ColorSecondary)
	f.OnChanged = changed
	f.OnSubmitted = func(string) { back() }
	f.Down = back
	f.Escaped = func() {
		f.SetText("")
		back()
	}
	return f
}

// CreateRenderer mends how Fyne draws a field.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	f.ExtendBaseWidget(f)
	return newFieldRenderer(f.Entry.CreateRenderer(), &f.Entry)
}

// MouseDown puts the cursor where the mouse is.
func (f *Field) MouseDown(m *desktop.MouseEvent) { pressText(&f.Entry, m) }

// Dragged selects up to where the mouse is.
func (f *Field) Dragged(d *fyne.DragEvent) { dragText(&f.Entry, d) }

// MinSize keeps the field usable.
func (f *Field) MinSize() fyne.Size {
	return f.Entry.MinSize().Max(fyne.NewSize(f.least, look.EntryHeight))
}

// TypedKey adds Esc and the arrow down.
func (f *Field) TypedKey(key *fyne.KeyEvent) {
	switch {
	case key.Name == fyne.KeyEscape && f.Escaped != nil:
		f.Escaped()
	case key.Name == fyne.KeyDown && f.Down != nil:
		f.Down()
	default:
		f.Entry.TypedKey(key)
	}
}

// FocusLost tells Left.
func (f *Field) FocusLost() {
	f.Entry.FocusLost()
	if f.Left != nil {
		f.Left()
	}
}

// Preselect puts the cursor behind the first n characters and selects them.
// Entry has no call for that, so the keys are pressed.
func (f *Field) Preselect(n int) { preselect(&f.Entry, n) }

func preselect(e *widget.Entry, n int) {
	e.CursorRow, e.CursorColumn = 0, 0
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	e.KeyDown(shift)
	for range n {
		e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	e.KeyUp(shift)
}
