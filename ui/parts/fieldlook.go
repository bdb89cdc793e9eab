package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// fieldRenderer mends how Fyne draws an entry: its text touches the edge; one
// that is off differs from an empty one in its border alone, which is brighter;
// and the border of one that is on comes out thick and dark on a light ground,
// because it is blended with the transparent black inside it.
type fieldRenderer struct {
	fyne.WidgetRenderer
	entry *widget.Entry
}

func newFieldRenderer(r fyne.WidgetRenderer, e *widget.Entry) fyne.WidgetRenderer {
	f := &fieldRenderer{r, e}
	f.paint()
	return f
}

// Layout is Fyne's for a field narrower by the inset on both sides, within the
// box of the whole one.
func (r *fieldRenderer) Layout(size fyne.Size) {
	in := inset(r.entry)
	r.WidgetRenderer.Layout(size.SubtractWidthHeight(2*in, 0))
	for _, o := range r.Objects() {
		switch o.(type) {
		case *canvas.Rectangle:
			o.Resize(o.Size().AddWidthHeight(2*in, 0))
		case fyne.Scrollable: // the text
			o.Move(o.Position().AddXY(in, 0))
		default: // the eye of a password
			o.Move(o.Position().AddXY(2*in, 0))
		}
	}
}

// MinSize has room for the inset.
func (r *fieldRenderer) MinSize() fyne.Size {
	return r.WidgetRenderer.MinSize().AddWidthHeight(2*inset(r.entry), 0)
}

func (r *fieldRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.paint()
}

// paint gives the border the ground of the field, and a field that is off the
// ground of a button that is, and the border of other fields.
func (r *fieldRenderer) paint() {
	off, ground := r.entry.Disabled(), theme.ColorNameInputBackground
	if off {
		ground = theme.ColorNameDisabledButton
	}
	for _, o := range r.Objects() {
		box, ok := o.(*canvas.Rectangle)
		if !ok {
			continue
		}
		box.FillColor = look.Color(ground)
		if box.StrokeWidth > 0 && off {
			box.StrokeColor = look.Color(theme.ColorNameInputBorder)
		}
	}
}

// indent is how much farther from the field's edge its text stands than Fyne puts
// it, which is no farther than letters stand from each other.
const indent float32 = 3

// inset is the room that a field gives its text on both sides. One with an icon
// has some.
func inset(e *widget.Entry) float32 {
	if e.Icon != nil {
		return 0
	}
	return indent
}

// onText is where Fyne takes a point of a field to be: it reckons from the left
// edge to the text, and knows neither of an icon before that nor of the inset.
func onText(e *widget.Entry, at fyne.Position) fyne.Position {
	before := inset(e)
	if e.Icon != nil {
		before += look.Size(theme.SizeNameInlineIcon) + look.Size(theme.SizeNameLineSpacing)
	}
	return at.SubtractXY(before, 0)
}

// pressText and dragText give the mouse to Fyne's entry.
func pressText(e *widget.Entry, m *desktop.MouseEvent) {
	there := *m
	there.Position = onText(e, m.Position)
	e.MouseDown(&there)
}

func dragText(e *widget.Entry, d *fyne.DragEvent) {
	there := *d
	there.Position = onText(e, d.Position)
	e.Dragged(&there)
}
