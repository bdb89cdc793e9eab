package parts

import (
	"image"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Graph draws values over time as a quiet area under a line, several of them
// over each other. It is one picture, drawn anew only when a value changed.
type Graph struct {
	widget.BaseWidget
	// Pressed is called on a click. Nil: it cannot be clicked.
	Pressed func()

	colors []fyne.ThemeColorName
	values [][]float32
	least  fyne.Size
	ground *canvas.Rectangle
	paper  *canvas.Raster
}

// NewGraph returns a graph without values, at least so large; each series of
// values has a colour.
func NewGraph(least fyne.Size, colors ...fyne.ThemeColorName) *Graph {
	g := &Graph{colors: colors, values: make([][]float32, len(colors)), least: least, ground: canvas.NewRectangle(color.Transparent)}
	g.ground.CornerRadius = 2
	g.paper = canvas.NewRaster(g.draw)
	g.ExtendBaseWidget(g)
	return g
}

// Set shows values from 0 to 1, the oldest first, for each colour a series. It
// says whether they are new.
func (g *Graph) Set(values ...[]float32) (changed bool) {
	if slices.EqualFunc(values, g.values, func(a, b []float32) bool { return slices.Equal(a, b) }) {
		return false
	}
	g.values = values
	refresh(g.paper)
	return true
}

// Tapped is a click.
func (g *Graph) Tapped(*fyne.PointEvent) {
	if g.Pressed != nil {
		g.Pressed()
	}
}

// Cursor says whether it can be clicked.
func (g *Graph) Cursor() desktop.Cursor {
	if g.Pressed == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// draw is called by the canvas, with the size in pixels of the screen.
func (g *Graph) draw(width, height int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i, values := range g.values {
		if len(values) > 0 && slices.Max(values) > 0 {
			drawArea(img, values, color.NRGBAModel.Convert(look.Color(g.colors[i])).(color.NRGBA))
		}
	}
	return img
}

// areaAlpha is how much an area lets through of 255.
const areaAlpha = 56

// drawArea draws one series over what is there.
func drawArea(img *image.NRGBA, values []float32, c color.NRGBA) {
	size := img.Bounds().Size()
	area := color.NRGBA{c.R, c.G, c.B, areaAlpha}
	before := -1
	for x := range size.X {
		y := size.Y - 1 - int(valueAt(values, x, size.X)*float32(size.Y-2)+0.5)
		if before < 0 {
			before = y
		}
		for row := y; row < size.Y; row++ {
			blend(img, x, row, area)
		}
		for row := min(y, before); row <= max(y, before); row++ { // the line has no gaps
			blend(img, x, row, c)
		}
		before = y
	}
}

// valueAt is the value over pixel x of width, between its neighbours.
func valueAt(values []float32, x, width int) float32 {
	if len(values) == 1 || width < 2 {
		return min(max(values[0], 0), 1)
	}
	at := float32(x) / float32(width-1) * float32(len(values)-1)
	i := min(int(at), len(values)-2)
	part := at - float32(i)
	return min(max(values[i]*(1-part)+values[i+1]*part, 0), 1)
}

// blend puts a colour over a pixel.
func blend(img *image.NRGBA, x, y int, c color.NRGBA) {
	old := img.NRGBAAt(x, y)
	above, below := float32(c.A)/255, float32(old.A)/255*(1-float32(c.A)/255)
	sum := above + below
	mix := func(a, b uint8) uint8 { return uint8((float32(a)*above + float32(b)*below) / sum) }
	img.SetNRGBA(x, y, color.NRGBA{mix(c.R, old.R), mix(c.G, old.G), mix(c.B, old.B), uint8(sum * 255)})
}

// CreateRenderer is Fyne's.
func (g *Graph) CreateRenderer() fyne.WidgetRenderer {
	r := &graphRenderer{g}
	r.Refresh()
	return r
}

type graphRenderer struct{ g *Graph }

func (r *graphRenderer) Layout(size fyne.Size) {
	r.g.ground.Resize(size)
	r.g.paper.Resize(size)
}

func (r *graphRenderer) MinSize() fyne.Size { return r.g.least }

// Refresh comes with a change of theme.
func (r *graphRenderer) Refresh() {
	r.g.ground.FillColor = look.Color(theme.ColorNameInputBackground)
	r.g.ground.Refresh()
	refresh(r.g.paper)
}

func (r *graphRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.g.ground, r.g.paper}
}

func (r *graphRenderer) Destroy() {}
