package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Notice is what a Placard says.
type Notice struct {
	Glyph look.Glyph
	Color fyne.ThemeColorName // of the glyph; "" for the quieter colour
	Title string
	// Text says in a sentence or two what it means and what to do.
	Text    string
	Answers []Answer // at most three
	// Solid covers what lies behind. Otherwise only the words cover it, and
	// a drop target behind can be seen.
	Solid bool
}

// Placard stands in place of a list: nothing here, cannot be read, being read.
type Placard struct {
	widget.BaseWidget

	// Key: a key that the buttons do not use, while one of them has the keys.
	// Nil: nothing.
	Key func(fyne.KeyName)
	// Pressed: an answer is about to run, or the mouse was pressed beside the
	// answers of a solid placard. Nil: nothing.
	Pressed func()
	// Focused: one of the buttons got (or lost) the keys. Nil: nothing.
	Focused func(on bool)

	ground *canvas.Rectangle
	shield *shield
	icon   *canvas.Image
	title  *widget.RichText
	text   *widget.RichText
	row    []*answerButton
	notice Notice
}

// NewPlacard returns an empty placard.
func NewPlacard() *Placard {
	p := &Placard{
		ground: canvas.NewRectangle(color.Transparent), icon: &canvas.Image{FillMode: canvas.ImageFillContain},
		title: NewProse(widget.RichTextStyle{Alignment: fyne.TextAlignCenter, TextStyle: fyne.TextStyle{Bold: true}}),
		text:  NewProse(widget.RichTextStyle{Alignment: fyne.TextAlignCenter, ColorName: look.ColorSecondary}),
	}
	p.shield = &shield{placard: p}
	p.shield.ExtendBaseWidget(p.shield)
	p.ExtendBaseWidget(p)
	return p
}

// BelowHeader puts a placard over a List's rows: in a low window it would cover
// the titles.
func BelowHeader(p *Placard) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(look.HeaderHeight, 0, 0, 0), p)
}

// Set shows a notice.
func (p *Placard) Set(n Notice) {
	p.notice = n
	SetProse(p.title, n.Title)
	SetProse(p.text, n.Text)
	p.row = p.row[:0]
	for _, a := range n.Answers {
		b := newAnswer(a, func() { p.pressed(); a.Run() }, p.otherKey)
		b.focused = p.focusMoved
		p.row = append(p.row, b)
	}
	p.Refresh()
}

// Say changes the text of the notice alone: a button that has the keys keeps them,
// and one that is pressed meanwhile counts.
func (p *Placard) Say(text string) {
	if p.notice.Text == text {
		return
	}
	p.notice.Text = text
	SetProse(p.text, text)
	p.Refresh()
}

// Focus gives the keys to the strong answer and says whether there is one to
// be seen.
func (p *Placard) Focus() bool {
	for _, b := range p.row {
		if p.Visible() && b.answer.Strong {
			canvasOf(p, func(c fyne.Canvas) { c.Focus(b) })
			return true
		}
	}
	return false
}

// HasFocus says whether one of the answers has the keys.
func (p *Placard) HasFocus() bool {
	for _, b := range p.row {
		if b.on {
			return true
		}
	}
	return false
}

// pressed tells the owner that the person turned to the placard.
func (p *Placard) pressed() {
	if p.Pressed != nil {
		p.Pressed()
	}
}

func (p *Placard) otherKey(e *fyne.KeyEvent) {
	if p.Key != nil {
		p.Key(e.Name)
	}
}

func (p *Placard) focusMoved(on bool) {
	if p.Focused != nil {
		p.Focused(on)
	}
}

// Notice returns what is shown.
func (p *Placard) Notice() Notice { return p.notice }

// CreateRenderer is Fyne's.
func (p *Placard) CreateRenderer() fyne.WidgetRenderer {
	r := &placardRenderer{p}
	r.Refresh()
	return r
}

type placardRenderer struct{ p *Placard }

const (
	placardIcon   float32 = 36
	placardWidth  float32 = 420
	buttonWidth   float32 = 92
	buttonHeight  float32 = 28
	placardSpaces float32 = 8
)

// Layout stacks everything around a point a little above the middle, where
// the eye looks for it.
func (r *placardRenderer) Layout(size fyne.Size) {
	p := r.p
	p.ground.Resize(size)
	p.shield.Resize(size)
	width := max(min(placardWidth, size.Width-2*look.Margin), 0)
	left := (size.Width - width) / 2
	titleHeight, textHeight := ProseHeight(p.title, width), float32(0)
	if p.notice.Text != "" {
		textHeight = ProseHeight(p.text, width)
	}
	total := placardIcon + placardSpaces + titleHeight + textHeight
	if len(p.row) > 0 {
		total += placardSpaces + buttonHeight
	}
	p.icon.Hidden = p.notice.Glyph == "" || total > size.Height-2*look.Gap // the words count
	if p.icon.Hidden {
		total -= placardIcon + placardSpaces
	}
	y := max((size.Height-total)*0.42, 4)
	if p.icon.Hidden {
		y -= placardIcon + placardSpaces
	}
	p.icon.Move(fyne.NewPos((size.Width-placardIcon)/2, y))
	p.icon.Resize(fyne.NewSquareSize(placardIcon))
	y += placardIcon + placardSpaces
	p.title.Move(fyne.NewPos(left, y))
	p.title.Resize(fyne.NewSize(width, titleHeight))
	y += titleHeight
	p.text.Hidden = p.notice.Text == ""
	p.text.Move(fyne.NewPos(left, y))
	p.text.Resize(fyne.NewSize(width, textHeight))
	y += textHeight + placardSpaces
	layoutButtons(p.row, size.Width/2, y)
}

// layoutButtons places buttons of one width beside each other, around x, the
// last one rightmost.
func layoutButtons(row []*answerButton, x, y float32) {
	width := buttonWidth
	for _, b := range row {
		width = max(width, b.MinSize().Width+2*look.Gap)
	}
	total := float32(len(row))*(width+look.Gap) - look.Gap
	x -= total / 2
	for _, b := range row {
		b.Move(fyne.NewPos(x, y))
		b.Resize(fyne.NewSize(width, buttonHeight))
		x += width + look.Gap
	}
}

func (r *placardRenderer) MinSize() fyne.Size { return fyne.NewSize(120, 80) }

func (r *placardRenderer) Refresh() {
	p := r.p
	p.ground.FillColor = color.Transparent
	p.shield.Hidden = !p.notice.Solid
	if p.notice.Solid {
		p.ground.FillColor = look.Color(look.ColorList)
	}
	c := p.notice.Color
	if c == "" {
		c = theme.ColorNameDisabled
	}
	if p.notice.Glyph != "" {
		p.icon.Resource, p.icon.Image = look.Draw(p.notice.Glyph, c), nil
	}
	p.title.Refresh()
	p.text.Refresh()
	r.Layout(p.Size())
	p.icon.Refresh()
	refresh(p)
}

func (r *placardRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.p.ground, r.p.shield, r.p.icon, r.p.title, r.p.text}
	for _, b := range r.p.row {
		objects = append(objects, b)
	}
	return objects
}

func (r *placardRenderer) Destroy() {}
