package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Bar is a progress bar of two rectangles. Fyne's own animates and draws text,
// which costs a repaint of the window for nothing.
type Bar struct {
	widget.BaseWidget
	fraction    float32
	track, fill *canvas.Rectangle
}

// NewBar returns an empty bar.
func NewBar() *Bar {
	b := &Bar{track: canvas.NewRectangle(color.Transparent), fill: canvas.NewRectangle(color.Transparent)}
	b.track.CornerRadius, b.fill.CornerRadius = 3, 3
	b.ExtendBaseWidget(b)
	return b
}

// Set fills a part of the bar, from 0 to 1.
func (b *Bar) Set(fraction float32) {
	fraction = min(max(fraction, 0), 1)
	if fraction == b.fraction {
		return
	}
	b.fraction = fraction
	b.Refresh()
}

// CreateRenderer is Fyne's.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b}
	r.Refresh()
	return r
}

type barRenderer struct{ b *Bar }

func (r *barRenderer) Layout(size fyne.Size) {
	r.b.track.Resize(size)
	r.b.fill.Resize(fyne.NewSize(size.Width*r.b.fraction, size.Height))
}

func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(60, 6) }

func (r *barRenderer) Refresh() {
	r.b.track.FillColor = look.Color(look.ColorTrack)
	r.b.fill.FillColor = look.Color(look.ColorBar)
	r.Layout(r.b.Size())
	r.b.track.Refresh()
}

func (r *barRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.b.track, r.b.fill}
}
func (r *barRenderer) Destroy() {}
