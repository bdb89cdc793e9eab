package doctorview

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// drawing paints a Picture. Its height depends on its width, so its owner asks
// HeightAt first.
type drawing struct {
	widget.BaseWidget
	picture Picture
	scene   Scene
}

func newDrawing() *drawing {
	d := &drawing{}
	d.ExtendBaseWidget(d)
	return d
}

// HeightAt is how high the picture is in a width.
func (d *drawing) HeightAt(width float32) float32 {
	d.scene = Layout(d.picture, width, measured)
	return d.scene.Height
}

// Set shows another picture.
func (d *drawing) Set(p Picture) {
	d.picture = p
	d.Refresh()
}

func measured(text string, bold bool) float32 {
	return fyne.MeasureText(text, look.Size(theme.SizeNameText), fyne.TextStyle{Bold: bold}).Width
}

// CreateRenderer is Fyne's.
func (d *drawing) CreateRenderer() fyne.WidgetRenderer {
	return &drawingRenderer{drawing: d, ground: canvas.NewRectangle(color.Transparent)}
}

type drawingRenderer struct {
	drawing *drawing
	ground  *canvas.Rectangle
	shapes  []fyne.CanvasObject
}

func (r *drawingRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.drawing.HeightAt(size.Width)
	r.shapes = r.shapes[:0]
	for _, s := range r.drawing.scene.Shapes {
		r.shapes = append(r.shapes, paint(s)...)
	}
	canvas.Refresh(r.drawing)
}

func (r *drawingRenderer) MinSize() fyne.Size { return fyne.NewSize(LeastWidth, 40) }

func (r *drawingRenderer) Refresh() {
	r.ground.FillColor = look.Color(look.ColorList)
	r.ground.StrokeColor = look.Color(theme.ColorNameSeparator)
	r.ground.StrokeWidth = 1
	r.ground.CornerRadius = look.Size(theme.SizeNameInputRadius)
	r.Layout(r.drawing.Size())
}

func (r *drawingRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.ground}, r.shapes...)
}

func (r *drawingRenderer) Destroy() {}

// colors and glyphs have one for each tone.
var (
	colors = [...]fyne.ThemeColorName{
		Quiet: look.ColorSecondary, Busy: look.ColorAccent, Good: look.ColorOK, Caution: look.ColorWarn, Bad: look.ColorTrouble,
	}
	signs = [...]look.Glyph{
		Quiet: look.GlyphNone, Busy: look.GlyphWaiting, Good: look.GlyphCheck, Caution: look.GlyphWarn, Bad: look.GlyphTrouble,
	}
)

const strokeWidth float32 = 2

// paint returns what draws one shape.
func paint(s Shape) []fyne.CanvasObject {
	c := look.Color(colors[s.Tone])
	switch s.Kind {
	case Box:
		box := canvas.NewRectangle(look.Color(look.ColorHeader))
		box.StrokeColor, box.StrokeWidth, box.CornerRadius = look.Color(theme.ColorNameInputBorder), 1, look.Size(theme.SizeNameInputRadius)
		return placed(box, s)
	case Brick:
		brick := canvas.NewRectangle(look.Color(look.ColorWall))
		brick.StrokeColor, brick.StrokeWidth = look.Color(look.ColorList), 1
		return placed(brick, s)
	case Rule:
		return placed(canvas.NewRectangle(look.Color(theme.ColorNameSeparator)), s)
	case Line:
		return []fyne.CanvasObject{stroke(c, s.X, s.Y, s.X+s.W, s.Y)}
	case Dash:
		thin := stroke(c, s.X, s.Y, s.X+s.W, s.Y)
		thin.StrokeWidth = 1
		return []fyne.CanvasObject{thin}
	case Head:
		return []fyne.CanvasObject{head(c, s)}
	case Cross:
		return []fyne.CanvasObject{
			stroke(c, s.X-crossSize, s.Y-crossSize, s.X+crossSize, s.Y+crossSize),
			stroke(c, s.X-crossSize, s.Y+crossSize, s.X+crossSize, s.Y-crossSize),
		}
	case Sign:
		icon := canvas.NewImageFromResource(look.Draw(signs[s.Tone], colors[s.Tone]))
		icon.FillMode = canvas.ImageFillContain
		return placed(icon, s)
	}
	return placed(label(s), s)
}

func placed(o fyne.CanvasObject, s Shape) []fyne.CanvasObject {
	o.Move(fyne.NewPos(s.X, s.Y))
	o.Resize(fyne.NewSize(s.W, s.H))
	return []fyne.CanvasObject{o}
}

func stroke(c color.Color, x1, y1, x2, y2 float32) *canvas.Line {
	line := canvas.NewLine(c)
	line.StrokeWidth = strokeWidth
	line.Position1, line.Position2 = fyne.NewPos(x1, y1), fyne.NewPos(x2, y2)
	return line
}

// head is the tip of an arrow.
func head(c color.Color, s Shape) fyne.CanvasObject {
	const half = 5
	tip, back := headLength, float32(0)
	at := s.X - headLength
	if s.Left {
		tip, back, at = 0, headLength, s.X
	}
	p := &canvas.ArbitraryPolygon{
		FillColor: c,
		Points:    []fyne.Position{{X: tip, Y: half}, {X: back, Y: 2 * half}, {X: back, Y: 0}},
	}
	if s.Left { // the corners go round clockwise
		p.Points[1], p.Points[2] = p.Points[2], p.Points[1]
	}
	p.Move(fyne.NewPos(at, s.Y-half))
	p.Resize(fyne.NewSize(headLength, 2*half))
	return p
}

func label(s Shape) *canvas.Text {
	name := theme.ColorNameForeground
	switch {
	case s.Look.Colored:
		name = colors[s.Tone]
	case s.Look.Dim:
		name = look.ColorSecondary
	}
	t := canvas.NewText(s.Text, look.Color(name))
	t.TextSize = look.Size(theme.SizeNameText)
	t.TextStyle.Bold = s.Look.Bold
	if s.Look.Middle {
		t.Alignment = fyne.TextAlignCenter
	}
	return t
}

// AccessibilityLabel says in words what the picture shows.
func (d *drawing) AccessibilityLabel() string {
	var lines []string
	for _, l := range d.picture.Lanes {
		line := l.Name + ": " + l.Result + "."
		if l.Note != "" {
			line += " " + l.Note
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// AccessibilityRole is that of a text.
func (d *drawing) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
