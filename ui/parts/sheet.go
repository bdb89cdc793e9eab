package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"wherry/ui/look"
)

// Sheet lies over the window's content and grows and shrinks with the window:
// for what is too large for a Dialog. A popup of Fyne's keeps the size it was
// opened with.
type Sheet struct {
	// Escaped: Esc, while nothing in the sheet has a use for it. Nil: nothing.
	Escaped func()

	canvas fyne.Canvas
	object *fyne.Container
	shade  *canvas.Rectangle
	ground *canvas.Rectangle
	before func(*fyne.KeyEvent) // the canvas's own key hook
	open   bool
}

// NewSheet returns a sheet that is not shown yet. It is as large as best where
// the window has room, and otherwise leaves a narrow edge around it.
func NewSheet(c fyne.Canvas, content fyne.CanvasObject, best fyne.Size) *Sheet {
	s := &Sheet{canvas: c, shade: canvas.NewRectangle(color.Transparent), ground: canvas.NewRectangle(color.Transparent)}
	s.ground.CornerRadius = look.Size(theme.SizeNamePopupRadius)
	s.ground.StrokeWidth = 1
	s.object = container.New(sheetLayout{best}, s.shade, s.ground, NewKeeper(), content)
	return s
}

// Show opens the sheet over everything else.
func (s *Sheet) Show() {
	if s.open {
		return
	}
	s.open = true
	s.Restyle()
	s.before = s.canvas.OnTypedKey()
	s.canvas.Overlays().Add(s.object)
	s.canvas.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape && s.Escaped != nil {
			s.Escaped()
		}
	})
}

// Restyle takes the theme's colours.
func (s *Sheet) Restyle() {
	s.shade.FillColor = look.Color(theme.ColorNameShadow)
	s.ground.FillColor = look.Color(theme.ColorNameOverlayBackground)
	s.ground.StrokeColor = look.Color(theme.ColorNameInputBorder)
}

// Close takes the sheet away, with whatever was opened over it. A second call
// does nothing.
func (s *Sheet) Close() {
	if !s.open {
		return
	}
	s.open = false
	s.canvas.SetOnTypedKey(s.before)
	s.canvas.Overlays().Remove(s.object)
}

// Open says whether the sheet is shown.
func (s *Sheet) Open() bool { return s.open }

// OnTop says whether nothing lies over the sheet, such as a question.
func (s *Sheet) OnTop() bool { return s.open && s.canvas.Overlays().Top() == s.object }

// sheetEdge is what is left of the window around a sheet.
const sheetEdge float32 = 16

type sheetLayout struct{ best fyne.Size }

func (l sheetLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	inner := l.best.Min(size.SubtractWidthHeight(2*sheetEdge, 2*sheetEdge)).Max(fyne.NewSize(40, 40))
	at := fyne.NewPos((size.Width-inner.Width)/2, (size.Height-inner.Height)/2)
	for _, part := range o[1:] {
		part.Move(at)
		part.Resize(inner)
	}
}

// MinSize is next to nothing: a window may be made smaller than the sheet,
// which scrolls then.
func (l sheetLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, 40) }
