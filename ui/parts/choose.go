package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Check is a box to tick that knows Esc and Enter: Fyne's keeps a key it has no
// use for to itself, and a dialog around it could not be answered by keyboard.
type Check struct {
	widget.Check
	// Escaped is called on Esc, Entered on Enter. Nil: nothing.
	Escaped, Entered func()
}

// NewCheck returns a box that is not ticked.
func NewCheck(label string, changed func(bool)) *Check {
	c := &Check{}
	c.Text, c.OnChanged = label, changed
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer lets the box begin where a field does: Fyne's leaves room on its
// left for the ring that says that it has the keys.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	return &checkRenderer{c.Check.CreateRenderer()}
}

type checkRenderer struct{ fyne.WidgetRenderer }

// ringRoom is the room on the left of Fyne's box.
const ringRoom float32 = 5

func (r *checkRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size.AddWidthHeight(ringRoom, 0))
	for _, o := range r.Objects() {
		o.Move(o.Position().SubtractXY(ringRoom, 0))
	}
}

func (r *checkRenderer) MinSize() fyne.Size {
	return r.WidgetRenderer.MinSize().SubtractWidthHeight(ringRoom, 0)
}

// TypedKey adds Esc and Enter.
func (c *Check) TypedKey(e *fyne.KeyEvent) {
	does := map[fyne.KeyName]func(){fyne.KeyEscape: c.Escaped, fyne.KeyReturn: c.Entered, fyne.KeyEnter: c.Entered}[e.Name]
	if does != nil {
		does()
		return
	}
	c.Check.TypedKey(e)
}

// NewButton returns a button that Enter presses too, and that knows Esc.
func NewButton(a Answer, escaped func()) fyne.CanvasObject {
	return newAnswer(a, a.Run, func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			escaped()
		}
	})
}

// Segments shows a few options beside each other, of which one is chosen: by a
// click, or by the arrows.
type Segments struct {
	widget.BaseWidget
	// Escaped is called on Esc. Nil: nothing.
	Escaped func()

	options []string
	changed func(string)
	chosen  int
	focused bool
	box     *canvas.Rectangle
	mark    *canvas.Rectangle
	texts   []*canvas.Text
}

// NewSegments returns options of which the first one is chosen; changed is
// called whenever another one is.
func NewSegments(options []string, changed func(string)) *Segments {
	s := &Segments{
		options: options, changed: changed,
		box: canvas.NewRectangle(color.Transparent), mark: canvas.NewRectangle(color.Transparent),
	}
	s.box.StrokeWidth = 1
	for _, o := range options {
		text := canvas.NewText(o, color.Transparent)
		text.Alignment = fyne.TextAlignCenter
		s.texts = append(s.texts, text)
	}
	s.ExtendBaseWidget(s)
	return s
}

// Selected returns the chosen option.
func (s *Segments) Selected() string { return s.options[s.chosen] }

// SetSelected chooses an option; one that does not exist is ignored.
func (s *Segments) SetSelected(option string) {
	for i, o := range s.options {
		if o == option {
			s.choose(i)
		}
	}
}

func (s *Segments) choose(i int) {
	if i < 0 || i >= len(s.options) || i == s.chosen {
		return
	}
	s.chosen = i
	s.Refresh()
	if s.changed != nil {
		s.changed(s.options[i])
	}
}

// Tapped chooses what was clicked.
func (s *Segments) Tapped(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		c.Focus(s)
	}
	s.choose(int(e.Position.X / s.width()))
}

// Cursor says that it can be clicked.
func (s *Segments) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained shows who has the keys.
func (s *Segments) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost ends it.
func (s *Segments) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune is Fyne's.
func (s *Segments) TypedRune(rune) {}

// TypedKey goes from option to option.
func (s *Segments) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		s.choose(s.chosen - 1)
	case fyne.KeyRight, fyne.KeyDown:
		s.choose(s.chosen + 1)
	case fyne.KeyEscape:
		if s.Escaped != nil {
			s.Escaped()
		}
	}
}

// width is that of each option.
func (s *Segments) width() float32 {
	width := float32(0)
	for _, o := range s.options {
		width = max(width, fyne.MeasureText(o, look.Size(theme.SizeNameText), fyne.TextStyle{}).Width)
	}
	return width + 4*look.Gap
}

// CreateRenderer is Fyne's.
func (s *Segments) CreateRenderer() fyne.WidgetRenderer {
	r := &segmentsRenderer{s}
	r.Refresh()
	return r
}

type segmentsRenderer struct{ s *Segments }

func (r *segmentsRenderer) Layout(size fyne.Size) {
	s, width := r.s, r.s.width()
	height := min(size.Height, look.EntryHeight) - 1
	s.box.Move(fyne.NewPos(0.5, 0.5)) // as a field's border lies
	s.box.Resize(fyne.NewSize(width*float32(len(s.options))-1, height-0.5))
	s.mark.Move(fyne.NewPos(width*float32(s.chosen)+2, 2))
	s.mark.Resize(fyne.NewSize(width-4, height-3.5))
	for i, text := range s.texts {
		text.Move(fyne.NewPos(width*float32(i), 0))
		text.Resize(fyne.NewSize(width, height))
	}
}

func (r *segmentsRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.s.width()*float32(len(r.s.options)), look.EntryHeight)
}

func (r *segmentsRenderer) Refresh() {
	s := r.s
	radius := look.Size(theme.SizeNameInputRadius)
	s.box.CornerRadius, s.mark.CornerRadius = radius, radius
	s.box.FillColor, s.box.StrokeColor = look.Color(theme.ColorNameInputBackground), look.Color(theme.ColorNameInputBorder)
	if s.focused {
		s.box.StrokeColor = look.Color(look.ColorAccent)
	}
	s.mark.FillColor = look.Color(look.ColorSelected)
	for i, text := range s.texts {
		text.TextSize, text.Color = look.Size(theme.SizeNameText), look.Color(look.ColorSecondary)
		if i == s.chosen {
			text.Color = look.Color(theme.ColorNameForeground)
		}
	}
	r.Layout(s.Size())
	refresh(s)
}

func (r *segmentsRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.s.box, r.s.mark}
	for _, text := range r.s.texts {
		objects = append(objects, text)
	}
	return objects
}

func (r *segmentsRenderer) Destroy() {}
