package parts

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// PathBar shows where one is as a row of steps. A click on a step goes there;
// a click behind the last one, or Edit, turns it into a field to type in.
type PathBar struct {
	widget.BaseWidget

	// Go is called with the index of a clicked step.
	Go func(step int)
	// Typed is called with a path that was typed and confirmed.
	Typed func(text string)
	// Back is called when typing ended, so that the keys go back to a list.
	Back func()

	steps  []*step
	more   *Line // stands for steps that have no room
	text   string
	ground *canvas.Rectangle
	field  *Field // nil while not typing
}

// NewPathBar returns an empty bar.
func NewPathBar() *PathBar {
	p := &PathBar{ground: canvas.NewRectangle(color.Transparent), more: NewLine(ellipsis, look.ColorSecondary).Whole()}
	p.ground.StrokeWidth = 1
	p.ExtendBaseWidget(p)
	return p
}

// SetPath shows steps from the top down; text is what stands in the field
// when the person types.
//
// The same path as before changes nothing, so that a refresh does not end
// typing.
func (p *PathBar) SetPath(steps []string, text string) {
	if text == p.text && slices.EqualFunc(p.steps, steps, func(s *step, title string) bool { return s.line.Text() == title }) {
		return
	}
	p.endEdit(false)
	p.text = text
	p.steps = p.steps[:0]
	for i, title := range steps {
		p.steps = append(p.steps, newStep(p, i, title, i == len(steps)-1))
	}
	p.Refresh()
}

// Edit lets the person type a path.
func (p *PathBar) Edit() {
	if p.field != nil {
		return
	}
	f := NewField("", 40)
	f.SetText(p.text)
	f.OnSubmitted = func(text string) {
		p.endEdit(true)
		if p.Typed != nil {
			p.Typed(text)
		}
	}
	f.Escaped = func() { p.endEdit(true) }
	f.Left = func() {
		if p.field == f {
			p.endEdit(false)
		}
	}
	p.field = f
	p.Refresh()
	canvasOf(p, func(c fyne.Canvas) { c.Focus(f) })
	f.Preselect(len([]rune(p.text)))
}

// Editing says whether a path is being typed.
func (p *PathBar) Editing() bool { return p.field != nil }

func (p *PathBar) endEdit(back bool) {
	if p.field == nil {
		return
	}
	old := p.field
	p.field = nil // first: giving the keys away comes back here
	canvasOf(p, func(c fyne.Canvas) {
		if c.Focused() == fyne.Focusable(old) {
			c.Unfocus()
		}
	})
	p.Refresh()
	if back && p.Back != nil {
		p.Back()
	}
}

// Tapped begins typing: the steps take their own clicks.
func (p *PathBar) Tapped(*fyne.PointEvent) { p.Edit() }

// Cursor shows that the empty part can be typed in.
func (p *PathBar) Cursor() desktop.Cursor { return desktop.TextCursor }

// CreateRenderer is Fyne's.
func (p *PathBar) CreateRenderer() fyne.WidgetRenderer {
	r := &pathBarRenderer{p}
	r.Refresh()
	return r
}

type pathBarRenderer struct{ p *PathBar }

// Layout leaves out steps from the top on where there is no room for all.
func (r *pathBarRenderer) Layout(size fyne.Size) {
	p := r.p
	p.ground.Resize(size)
	if p.field != nil {
		p.field.Resize(size)
	}
	room := size.Width - 2*cellPad
	for _, s := range p.steps {
		room -= s.MinSize().Width
	}
	hidden := 0
	if room < 0 {
		room -= p.more.MinSize().Width + look.Gap
		for ; hidden < len(p.steps)-1 && room < 0; hidden++ {
			room += p.steps[hidden].MinSize().Width
		}
	}
	x := cellPad - 2
	p.more.Hidden = hidden == 0
	if hidden > 0 {
		p.more.Move(fyne.NewPos(x+2, 0))
		p.more.Resize(fyne.NewSize(p.more.MinSize().Width, size.Height))
		x += p.more.MinSize().Width + look.Gap
	}
	for i, s := range p.steps {
		s.Hidden = i < hidden
		if s.Hidden {
			continue
		}
		width := min(s.MinSize().Width, max(size.Width-x-2, 0))
		s.Move(fyne.NewPos(x, 2))
		s.Resize(fyne.NewSize(width, size.Height-4))
		x += width
	}
}

func (r *pathBarRenderer) MinSize() fyne.Size { return fyne.NewSize(60, look.EntryHeight) }

func (r *pathBarRenderer) Refresh() {
	p := r.p
	p.ground.FillColor = look.Color(theme.ColorNameInputBackground)
	p.ground.StrokeColor = look.Color(theme.ColorNameInputBorder)
	p.ground.CornerRadius = look.Size(theme.SizeNameInputRadius)
	p.more.Refresh()
	for _, s := range p.steps {
		s.Refresh()
	}
	if p.field != nil {
		p.field.Refresh()
	}
	r.Layout(p.Size())
	refresh(p.ground)
}

func (r *pathBarRenderer) Objects() []fyne.CanvasObject {
	if r.p.field != nil {
		return []fyne.CanvasObject{r.p.field}
	}
	objects := []fyne.CanvasObject{r.p.ground, r.p.more}
	for _, s := range r.p.steps {
		objects = append(objects, s)
	}
	return objects
}

func (r *pathBarRenderer) Destroy() {}

// step is one folder of a PathBar, with the chevron that leads to the next.
type step struct {
	widget.BaseWidget
	bar    *PathBar
	index  int
	last   bool
	over   bool
	ground *canvas.Rectangle
	line   *Line
	arrow  *canvas.Image
}

func newStep(bar *PathBar, index int, title string, last bool) *step {
	c := look.ColorSecondary
	if last {
		c = theme.ColorNameForeground
	}
	s := &step{
		bar: bar, index: index, last: last, line: NewLine(title, c).Whole(),
		ground: canvas.NewRectangle(color.Transparent), arrow: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	s.ExtendBaseWidget(s)
	return s
}

// Tapped goes to the step.
func (s *step) Tapped(*fyne.PointEvent) {
	if s.bar.Go != nil {
		s.bar.Go(s.index)
	}
}

// Cursor is the usual one, over the bar's.
func (s *step) Cursor() desktop.Cursor { return desktop.DefaultCursor }

// MouseIn shows that it can be clicked.
func (s *step) MouseIn(*desktop.MouseEvent) { s.over = true; s.Refresh() }

// MouseMoved is Fyne's.
func (s *step) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends it.
func (s *step) MouseOut() { s.over = false; s.Refresh() }

// CreateRenderer is Fyne's.
func (s *step) CreateRenderer() fyne.WidgetRenderer {
	r := &stepRenderer{s}
	r.Refresh()
	return r
}

type stepRenderer struct{ s *step }

const (
	stepPad   float32 = 5
	stepArrow float32 = 12
)

func (r *stepRenderer) Layout(size fyne.Size) {
	s := r.s
	width := size.Width
	if !s.last {
		width -= stepArrow
	}
	s.ground.Resize(fyne.NewSize(max(width, 0), size.Height))
	s.line.Move(fyne.NewPos(stepPad, 0))
	s.line.Resize(fyne.NewSize(max(width-2*stepPad, 0), size.Height))
	s.arrow.Move(fyne.NewPos(width, (size.Height-stepArrow)/2))
	s.arrow.Resize(fyne.NewSquareSize(stepArrow))
}

func (r *stepRenderer) MinSize() fyne.Size {
	size := r.s.line.MinSize().AddWidthHeight(2*stepPad, 0)
	if !r.s.last {
		size.Width += stepArrow
	}
	return size
}

func (r *stepRenderer) Refresh() {
	s := r.s
	s.ground.FillColor = color.Transparent
	if s.over {
		s.ground.FillColor = look.Color(theme.ColorNameHover)
	}
	s.ground.CornerRadius = look.Size(theme.SizeNameButtonRadius)
	s.arrow.Hidden = s.last
	s.arrow.Resource, s.arrow.Image = look.Draw(look.GlyphChevron, theme.ColorNameDisabled), nil
	r.Layout(s.Size())
	s.line.Refresh()
	s.arrow.Refresh()
	refresh(s.ground)
}

func (r *stepRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.s.ground, r.s.line, r.s.arrow}
}
func (r *stepRenderer) Destroy() {}
