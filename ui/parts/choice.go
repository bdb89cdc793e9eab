package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Choice is a list that drops down, and knows Esc.
type Choice struct {
	widget.Select
	// Escaped is called on Esc. Nil: nothing.
	Escaped func()

	focused bool
}

// NewChoice returns a list of options of which none is chosen.
func NewChoice(options []string, changed func(string)) *Choice {
	c := &Choice{}
	c.Options, c.OnChanged = options, changed
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer adds the border that a field has: without it the list is white
// on white, and its edge a guess.
func (c *Choice) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	r := &choiceRenderer{c.Select.CreateRenderer(), canvas.NewRectangle(color.Transparent), c}
	r.paint()
	return r
}

type choiceRenderer struct {
	fyne.WidgetRenderer
	edge *canvas.Rectangle
	c    *Choice
}

// Layout has the text begin where that of a field does.
func (r *choiceRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size.SubtractWidthHeight(2*indent, 0))
	for _, o := range r.WidgetRenderer.Objects() {
		by := indent
		if _, arrow := o.(*widget.Icon); arrow {
			by = 2 * indent
		}
		o.Move(o.Position().AddXY(by, 0))
	}
	r.edge.Move(fyne.NewPos(0.5, 0.5)) // as a field's border lies
	r.edge.Resize(size.SubtractWidthHeight(1.5, 1.5))
	ground := r.WidgetRenderer.Objects()[0]
	ground.Move(fyne.NewPos(1, 1))
	ground.Resize(size.SubtractWidthHeight(2.5, 2.5))
}

// MinSize has room for that.
func (r *choiceRenderer) MinSize() fyne.Size {
	return r.WidgetRenderer.MinSize().AddWidthHeight(2*indent, 0)
}

func (r *choiceRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.paint()
}

// paint draws the edge as that of a field.
func (r *choiceRenderer) paint() {
	edge := theme.ColorNameInputBorder
	if r.c.focused {
		edge = look.ColorAccent
	}
	r.edge.FillColor, r.edge.StrokeColor, r.edge.StrokeWidth = look.Color(theme.ColorNameInputBackground), look.Color(edge), 1
	r.edge.CornerRadius = look.Size(theme.SizeNameInputRadius)
	r.Layout(r.c.Size())
	r.edge.Refresh()
}

func (r *choiceRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.edge}, r.WidgetRenderer.Objects()...)
}

// FocusGained shows who has the keys.
func (c *Choice) FocusGained() { c.focused = true; c.Select.FocusGained() }

// FocusLost ends it.
func (c *Choice) FocusLost() { c.focused = false; c.Select.FocusLost() }

// TypedKey adds Esc.
func (c *Choice) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape && c.Escaped != nil {
		c.Escaped()
		return
	}
	c.Select.TypedKey(e)
}
