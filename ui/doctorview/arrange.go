package doctorview

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
	"wherry/ui/parts"
)

// bodyLayout puts the bottom row below what scrolls.
type bodyLayout struct{ view *View }

func (l *bodyLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	scroll, bottom := o[0], o[1]
	width := max(size.Width-2*look.Margin, 0)
	height := bottomHeight(bottom, width)
	bottom.Move(fyne.NewPos(look.Margin, size.Height-look.Margin-height))
	bottom.Resize(fyne.NewSize(width, height))
	// The page must know its width before the scroll asks how high it is.
	room := fyne.NewSize(size.Width-look.Margin, max(size.Height-height-3*look.Margin, 0))
	l.view.page.Resize(fyne.NewSize(room.Width, l.view.page.Size().Height))
	scroll.Move(fyne.NewPos(look.Margin, look.Margin))
	scroll.Resize(room)
	scroll.Refresh()
}

func (l *bodyLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, 40) }

func bottomHeight(o fyne.CanvasObject, width float32) float32 {
	c := o.(*fyne.Container)
	return c.Layout.(*bottomLayout).height(c.Objects, width)
}

// bottomLayout puts a tick and a message left of the buttons, or above them
// where there is no room beside.
type bottomLayout struct{}

const bottomRow float32 = 28

func (bottomLayout) beside(o []fyne.CanvasObject, width float32) bool {
	return o[0].MinSize().Width+o[2].MinSize().Width+look.Gap <= width
}

func (l bottomLayout) height(o []fyne.CanvasObject, width float32) float32 {
	if l.beside(o, width) {
		return bottomRow
	}
	return 2*bottomRow + look.Gap/2
}

func (l bottomLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	tick, message, row := o[0], o[1], o[2]
	buttons := row.MinSize().Width
	row.Move(fyne.NewPos(size.Width-buttons, size.Height-bottomRow))
	row.Resize(fyne.NewSize(buttons, bottomRow))
	tick.Move(fyne.NewPos(-look.Gap, 0))
	tick.Resize(fyne.NewSize(tick.MinSize().Width, bottomRow))
	x, y := tick.MinSize().Width, float32(0)
	if !l.beside(o, size.Width) {
		x, y = 0, size.Height-bottomRow
	}
	high := message.MinSize().Height
	message.Move(fyne.NewPos(x, y+(bottomRow-high)/2))
	message.Resize(fyne.NewSize(max(size.Width-buttons-look.Gap-x, 0), high))
}

func (l bottomLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[2].MinSize().Width, bottomRow)
}

// pageLayout puts everything that scrolls below each other. Its height follows
// from the width it has.
type pageLayout struct{ view *View }

const verdictIcon float32 = 28

func (l *pageLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) { l.place(size.Width) }

func (l *pageLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(LeastWidth, l.place(l.view.page.Size().Width))
}

// place lays everything out in a width and returns how high it is.
func (l *pageLayout) place(full float32) float32 {
	v := l.view
	width := max(full-look.Margin, LeastWidth) // the scroll bar's place
	pad := look.Size(theme.SizeNameInnerPadding)
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	left, y := verdictIcon+2*look.Gap, float32(0)
	put(v.head, left, y, width-left, textHeight)
	y += textHeight + look.Gap
	top := y
	put(v.icon, 0, (textHeight+look.Gap)/2+4, verdictIcon, verdictIcon)
	for _, t := range []*widget.RichText{v.title, v.remedy} {
		height := parts.ProseHeight(t, width-left+2*pad)
		put(t, left-pad, y-pad+2, width-left+2*pad, height)
		y += height - 2*pad + look.Gap/2
	}
	y = max(y, top+verdictIcon) + look.Gap
	if len(v.actions.Objects) > 0 {
		put(v.actions, left, y, v.actions.MinSize().Width, bottomRow)
		y += bottomRow + look.Gap
	}
	put(v.bar, 0, y, width, barHeight)
	y += barHeight + look.Gap + 2
	height := v.drawing.HeightAt(width)
	put(v.drawing, 0, y, width, height)
	y += height + 2*look.Gap
	height = v.steps.HeightAt(width)
	put(v.steps, 0, y, width, height)
	return y + height
}

// progress is the line between verdict and picture: how far the check is.
type progress struct {
	widget.BaseWidget
	share  float32
	shown  bool
	track  *canvas.Rectangle
	filled *canvas.Rectangle
}

const barHeight float32 = 3

func newProgress() *progress {
	p := &progress{track: canvas.NewRectangle(color.Transparent), filled: canvas.NewRectangle(color.Transparent)}
	p.ExtendBaseWidget(p)
	return p
}

// Set fills the line; nothing of it is seen when the check is over.
func (p *progress) Set(share float32, shown bool) {
	p.share, p.shown = share, shown
	p.Refresh()
}

// CreateRenderer is Fyne's.
func (p *progress) CreateRenderer() fyne.WidgetRenderer { return &progressRenderer{p} }

type progressRenderer struct{ p *progress }

func (r *progressRenderer) Layout(size fyne.Size) {
	r.p.track.Resize(size)
	r.p.filled.Resize(fyne.NewSize(size.Width*r.p.share, size.Height))
}

func (r *progressRenderer) MinSize() fyne.Size { return fyne.NewSize(40, barHeight) }

func (r *progressRenderer) Refresh() {
	r.p.track.FillColor, r.p.filled.FillColor = color.Transparent, color.Transparent
	if r.p.shown {
		r.p.track.FillColor, r.p.filled.FillColor = look.Color(look.ColorTrack), look.Color(look.ColorBar)
	}
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

func (r *progressRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.p.track, r.p.filled}
}
func (r *progressRenderer) Destroy() {}
