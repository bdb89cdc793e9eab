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

// Splitter shares its room between two objects with a border to drag. It is
// drawn as a hairline, and caught a few points beside it.
type Splitter struct {
	widget.BaseWidget

	// Moved is called when the person let go of the border.
	Moved func()

	first, second fyne.CanvasObject
	upright       bool // one above the other
	ratio         float32
	usual         float32
	divider       *divider
	keeper        *Keeper
}

// NewColumns puts two objects side by side; first gets ratio (0 to 1) of the
// width, and again when the border is double-clicked.
func NewColumns(first, second fyne.CanvasObject, ratio float32) *Splitter {
	return newSplitter(first, second, ratio, false)
}

// NewRows puts two objects one above the other.
func NewRows(first, second fyne.CanvasObject, ratio float32) *Splitter {
	return newSplitter(first, second, ratio, true)
}

func newSplitter(first, second fyne.CanvasObject, ratio float32, upright bool) *Splitter {
	s := &Splitter{first: first, second: second, ratio: ratio, usual: ratio, upright: upright, keeper: NewKeeper()}
	s.divider = newDivider(s)
	s.ExtendBaseWidget(s)
	return s
}

// Ratio is the first object's share, to be kept for the next start.
func (s *Splitter) Ratio() float32 { return s.ratio }

// SetRatio moves the border; the objects' least sizes win over it.
func (s *Splitter) SetRatio(ratio float32) {
	s.ratio = min(max(ratio, 0), 1)
	s.Refresh()
}

// CreateRenderer is Fyne's.
func (s *Splitter) CreateRenderer() fyne.WidgetRenderer { return &splitterRenderer{s} }

// along returns the part of a size in the direction of the split.
func (s *Splitter) along(size fyne.Size) float32 {
	if s.upright {
		return size.Height
	}
	return size.Width
}

// at is where the border lies, as far as the least sizes allow.
func (s *Splitter) at() float32 {
	total := s.along(s.Size())
	at := total * s.ratio
	at = min(at, total-s.along(s.second.MinSize())-1)
	return max(at, s.along(s.first.MinSize()))
}

type splitterRenderer struct{ s *Splitter }

func (r *splitterRenderer) Layout(size fyne.Size) {
	s, at := r.s, r.s.at()
	rest := max(s.along(size)-at-1, 0)
	place := func(o fyne.CanvasObject, from, length float32) {
		if s.upright {
			o.Move(fyne.NewPos(0, from))
			o.Resize(fyne.NewSize(size.Width, length))
			return
		}
		o.Move(fyne.NewPos(from, 0))
		o.Resize(fyne.NewSize(length, size.Height))
	}
	s.keeper.Resize(size)
	place(s.first, 0, at)
	place(s.second, at+1, rest)
	place(s.divider, at-dividerGrip/2+0.5, dividerGrip)
}

func (r *splitterRenderer) MinSize() fyne.Size {
	a, b := r.s.first.MinSize(), r.s.second.MinSize()
	if r.s.upright {
		return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height+1)
	}
	return fyne.NewSize(a.Width+b.Width+1, max(a.Height, b.Height))
}

func (r *splitterRenderer) Refresh() {
	r.Layout(r.s.Size())
	r.s.divider.Refresh()
	refresh(r.s)
}

func (r *splitterRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.s.keeper, r.s.first, r.s.second, r.s.divider}
}
func (r *splitterRenderer) Destroy() {}

const dividerGrip float32 = 7

// divider is the border of a Splitter.
type divider struct {
	widget.BaseWidget
	splitter *Splitter
	line     *canvas.Rectangle
	over     bool
	grabbed  bool
	offset   float32 // from the border to where it was grabbed
}

func newDivider(s *Splitter) *divider {
	d := &divider{splitter: s, line: canvas.NewRectangle(color.Transparent)}
	d.ExtendBaseWidget(d)
	return d
}

// Cursor shows what a drag does.
func (d *divider) Cursor() desktop.Cursor {
	if d.splitter.upright {
		return desktop.VResizeCursor
	}
	return desktop.HResizeCursor
}

// Dragged moves the border with the mouse, by the mouse's place and not by
// its steps, so that the two stay together beyond the ends.
func (d *divider) Dragged(e *fyne.DragEvent) {
	s := d.splitter
	total := s.along(s.Size())
	if total <= 0 {
		return
	}
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(s)
	mouse, step := e.AbsolutePosition.X-origin.X, e.Dragged.DX
	if s.upright {
		mouse, step = e.AbsolutePosition.Y-origin.Y, e.Dragged.DY
	}
	if !d.grabbed {
		d.grabbed, d.offset = true, mouse-step-s.at()
	}
	s.ratio = min(max((mouse-d.offset)/total, 0), 1)
	s.ratio = s.at() / total
	s.Refresh()
}

// DragEnd tells the owner.
func (d *divider) DragEnd() {
	d.grabbed = false
	if d.splitter.Moved != nil {
		d.splitter.Moved()
	}
}

// DoubleTapped puts the border back to where it began.
func (d *divider) DoubleTapped(*fyne.PointEvent) {
	d.splitter.SetRatio(d.splitter.usual)
	d.DragEnd()
}

// MouseIn shows that it can be dragged.
func (d *divider) MouseIn(*desktop.MouseEvent) { d.over = true; d.Refresh() }

// MouseMoved is Fyne's.
func (d *divider) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends it.
func (d *divider) MouseOut() { d.over = false; d.Refresh() }

// CreateRenderer is Fyne's.
func (d *divider) CreateRenderer() fyne.WidgetRenderer {
	r := &dividerRenderer{d}
	r.Refresh()
	return r
}

type dividerRenderer struct{ d *divider }

func (r *dividerRenderer) Layout(size fyne.Size) {
	thick := float32(1)
	if r.d.over {
		thick = 3
	}
	if r.d.splitter.upright {
		r.d.line.Move(fyne.NewPos(0, (size.Height-thick)/2))
		r.d.line.Resize(fyne.NewSize(size.Width, thick))
		return
	}
	r.d.line.Move(fyne.NewPos((size.Width-thick)/2, 0))
	r.d.line.Resize(fyne.NewSize(thick, size.Height))
}

func (r *dividerRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(dividerGrip) }

func (r *dividerRenderer) Refresh() {
	r.d.line.FillColor = look.Color(theme.ColorNameSeparator)
	if r.d.over {
		r.d.line.FillColor = look.Color(look.ColorAccent)
	}
	r.Layout(r.d.Size())
	r.d.line.Refresh()
}

func (r *dividerRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.d.line} }
func (r *dividerRenderer) Destroy()                     {}
