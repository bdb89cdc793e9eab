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

// Tool is a flat button of a glyph, for rows of tools. It never takes the keys
// away from a list.
type Tool struct {
	widget.BaseWidget

	// Hovered is called with the tool's title while the mouse is over it and
	// with "" when it leaves, so that a tip can be shown. Nil: no tip.
	Hovered func(title string, at fyne.Position)

	title    string
	label    string
	arrow    *canvas.Image // nil without
	glyph    look.Glyph
	color    fyne.ThemeColorName
	tapped   func()
	disabled bool
	on, over bool
	ground   *canvas.Rectangle
	icon     *canvas.Image
	text     *canvas.Text
}

// NewTool returns a tool; title says in words what it does.
func NewTool(g look.Glyph, title string, tapped func()) *Tool {
	t := &Tool{
		title: title, glyph: g, color: theme.ColorNameForeground, tapped: tapped,
		ground: canvas.NewRectangle(color.Transparent), icon: &canvas.Image{FillMode: canvas.ImageFillContain},
		text: canvas.NewText("", color.Transparent),
	}
	t.ExtendBaseWidget(t)
	return t
}

// Labelled shows a short text beside the glyph. It returns the tool.
func (t *Tool) Labelled(label string) *Tool {
	t.label = label
	t.Refresh()
	return t
}

// Opening shows a small triangle behind the label: the tool opens a menu. It
// returns the tool.
func (t *Tool) Opening() *Tool {
	t.arrow = &canvas.Image{FillMode: canvas.ImageFillContain}
	t.Refresh()
	return t
}

// Colored draws the glyph in a colour of the theme. It returns the tool.
func (t *Tool) Colored(c fyne.ThemeColorName) *Tool {
	t.color = c
	t.Refresh()
	return t
}

// SetGlyph changes glyph, title and label.
func (t *Tool) SetGlyph(g look.Glyph, title, label string) {
	t.glyph, t.title, t.label = g, title, label
	t.Refresh()
}

// SetDisabled makes the tool quiet; why it cannot be used is part of title.
func (t *Tool) SetDisabled(off bool) {
	if t.disabled != off {
		t.disabled = off
		t.Refresh()
	}
}

// Disabled says whether the tool cannot be used.
func (t *Tool) Disabled() bool { return t.disabled }

// SetOn shows a switch that is on.
func (t *Tool) SetOn(on bool) {
	if t.on != on {
		t.on = on
		t.Refresh()
	}
}

// Title returns the words for what the tool does.
func (t *Tool) Title() string { return t.title }

// Tapped runs the tool.
func (t *Tool) Tapped(*fyne.PointEvent) {
	if !t.disabled && t.tapped != nil {
		t.tapped()
	}
}

// MouseIn shows that it can be used.
func (t *Tool) MouseIn(e *desktop.MouseEvent) {
	t.over = true
	t.Refresh()
	if t.Hovered != nil {
		t.Hovered(t.title, e.AbsolutePosition)
	}
}

// MouseMoved is Fyne's.
func (t *Tool) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends it.
func (t *Tool) MouseOut() {
	t.over = false
	t.Refresh()
	if t.Hovered != nil {
		t.Hovered("", fyne.Position{})
	}
}

// CreateRenderer is Fyne's.
func (t *Tool) CreateRenderer() fyne.WidgetRenderer {
	r := &toolRenderer{t}
	r.Refresh()
	return r
}

type toolRenderer struct{ t *Tool }

const toolSize float32 = 26

func (r *toolRenderer) Layout(size fyne.Size) {
	t := r.t
	t.ground.Resize(size)
	x := (toolSize - look.Icon) / 2
	if t.label == "" {
		x = (size.Width - look.Icon) / 2
	}
	t.icon.Move(fyne.NewPos(x, (size.Height-look.Icon)/2))
	t.icon.Resize(fyne.NewSquareSize(look.Icon))
	t.text.Move(fyne.NewPos(x+look.Icon+look.Gap, 0))
	t.text.Resize(fyne.NewSize(max(size.Width-x, 0), size.Height))
	if t.arrow != nil {
		t.arrow.Move(fyne.NewPos(size.Width-arrowSize-3, (size.Height-arrowSize)/2))
		t.arrow.Resize(fyne.NewSquareSize(arrowSize))
	}
}

func (r *toolRenderer) MinSize() fyne.Size {
	width := toolSize
	if r.t.label != "" {
		width += look.Gap + fyne.MeasureText(r.t.label, look.Size(theme.SizeNameText), fyne.TextStyle{}).Width + 2
	}
	if r.t.arrow != nil {
		width += arrowSize + 2
	}
	return fyne.NewSize(width, toolSize)
}

func (r *toolRenderer) Refresh() {
	t, c := r.t, r.t.color
	t.ground.CornerRadius = look.Size(theme.SizeNameButtonRadius)
	switch {
	case t.disabled:
		c = theme.ColorNameDisabled
		t.ground.FillColor = color.Transparent
	case t.on:
		t.ground.FillColor = look.Color(theme.ColorNamePressed)
	case t.over:
		t.ground.FillColor = look.Color(theme.ColorNameHover)
	default:
		t.ground.FillColor = color.Transparent
	}
	t.text.Text, t.text.TextSize, t.text.Color = t.label, look.Size(theme.SizeNameText), look.Color(c)
	t.icon.Resource, t.icon.Image = look.Draw(t.glyph, c), nil
	r.Layout(t.Size())
	if t.arrow != nil {
		t.arrow.Resource, t.arrow.Image = look.Draw(look.GlyphOpen, look.ColorSecondary), nil
		t.arrow.Refresh()
	}
	t.icon.Refresh()
	t.ground.Refresh()
	refresh(t.text)
}

func (r *toolRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.t.ground, r.t.icon, r.t.text}
	if r.t.arrow != nil {
		objects = append(objects, r.t.arrow)
	}
	return objects
}
func (r *toolRenderer) Destroy() {}
