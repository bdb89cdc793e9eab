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

// header holds a List's titles: click to sort, drag a border to resize.
type header struct {
	widget.BaseWidget
	list   *List
	ground *canvas.Rectangle
	line   *canvas.Rectangle
	titles []*title
	grips  []*grip // grip i moves the border right of column i
}

func newHeader(l *List) *header {
	h := &header{list: l, ground: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(color.Transparent)}
	for i := range l.columns {
		h.titles = append(h.titles, newTitle(h, i))
		h.grips = append(h.grips, newGrip(h, i))
	}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer is Fyne's.
func (h *header) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{h.ground}
	for _, t := range h.titles {
		objects = append(objects, t)
	}
	for _, g := range h.grips {
		objects = append(objects, g)
	}
	r := &headerRenderer{header: h, objects: append(objects, h.line)}
	r.Refresh()
	return r
}

// layoutTitles places titles and borders over the columns.
func (h *header) layoutTitles() {
	spans := h.list.spans()
	for i, s := range spans {
		if !s.shown {
			h.titles[i].Hide()
			h.grips[i].Hide()
			continue
		}
		h.titles[i].Show()
		h.titles[i].Move(fyne.NewPos(s.x, 0))
		h.titles[i].Resize(fyne.NewSize(s.width, look.HeaderHeight))
		if nextShown(spans, i) < 0 {
			h.grips[i].Hide()
			continue
		}
		h.grips[i].Show()
		h.grips[i].Move(fyne.NewPos(s.end()-gripWidth/2, 0))
		h.grips[i].Resize(fyne.NewSize(gripWidth, look.HeaderHeight))
	}
}

type headerRenderer struct {
	header  *header
	objects []fyne.CanvasObject
}

func (r *headerRenderer) Layout(size fyne.Size) {
	r.header.ground.Resize(size)
	r.header.line.Move(fyne.NewPos(0, size.Height-1))
	r.header.line.Resize(fyne.NewSize(size.Width, 1))
	r.header.layoutTitles()
}

func (r *headerRenderer) MinSize() fyne.Size { return fyne.NewSize(0, look.HeaderHeight) }

func (r *headerRenderer) Refresh() {
	h := r.header
	h.ground.FillColor = look.Color(look.ColorHeader)
	h.line.FillColor = look.Color(theme.ColorNameSeparator)
	h.ground.Refresh()
	h.line.Refresh()
	h.layoutTitles()
	for i := range h.titles {
		h.titles[i].Refresh()
		h.grips[i].Refresh()
	}
}

func (r *headerRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *headerRenderer) Destroy()                     {}

// title is one column's title.
type title struct {
	widget.BaseWidget
	header *header
	column int
	ground *canvas.Rectangle
	text   *canvas.Text
	arrow  *canvas.Image
	over   bool
}

func newTitle(h *header, column int) *title {
	t := &title{
		header: h, column: column, ground: canvas.NewRectangle(color.Transparent),
		text: canvas.NewText("", color.Transparent), arrow: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	t.arrow.Hide()
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is Fyne's.
func (t *title) CreateRenderer() fyne.WidgetRenderer {
	r := &titleRenderer{t}
	r.Refresh()
	return r
}

// Tapped asks the owner to sort.
func (t *title) Tapped(*fyne.PointEvent) {
	l := t.header.list
	if l.Hooks.Sort != nil && !l.columns[t.column].Fixed {
		l.Hooks.Sort(t.column)
	}
}

// MouseIn shows that the title can be clicked.
func (t *title) MouseIn(*desktop.MouseEvent) { t.setOver(true) }

// MouseMoved is Fyne's.
func (t *title) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends it.
func (t *title) MouseOut() { t.setOver(false) }

func (t *title) setOver(on bool) {
	t.over = on && !t.header.list.columns[t.column].Fixed
	t.Refresh()
}

type titleRenderer struct{ t *title }

const arrowSize float32 = 12

func (r *titleRenderer) Layout(size fyne.Size) {
	t := r.t
	column := t.header.list.columns[t.column]
	t.ground.Resize(size)
	room := max(size.Width-2*cellPad, 0)
	if t.arrow.Visible() {
		room = max(room-arrowSize, 0)
	}
	t.text.Text = t.header.list.body.plain.fit(column.Title, room, false)
	t.text.Alignment = column.Align
	width := fyne.MeasureText(t.text.Text, t.text.TextSize, t.text.TextStyle).Width
	x, arrow := cellPad, cellPad+width+1
	if column.Align == fyne.TextAlignTrailing {
		x = size.Width - cellPad - room
		arrow = size.Width - cellPad - width - arrowSize - 1
	}
	t.text.Move(fyne.NewPos(x, 0))
	t.text.Resize(fyne.NewSize(room, size.Height))
	t.arrow.Move(fyne.NewPos(arrow, (size.Height-arrowSize)/2))
	t.arrow.Resize(fyne.NewSquareSize(arrowSize))
}

func (r *titleRenderer) MinSize() fyne.Size { return fyne.NewSize(0, look.HeaderHeight) }

func (r *titleRenderer) Refresh() {
	t := r.t
	l := t.header.list
	t.ground.FillColor = color.Transparent
	if t.over {
		t.ground.FillColor = look.Color(theme.ColorNameHover)
	}
	t.text.TextSize = look.Size(theme.SizeNameText)
	t.text.Color = look.Color(look.ColorSecondary)
	t.arrow.Hide()
	if l.sorted == t.column {
		t.text.Color = look.Color(theme.ColorNameForeground)
		glyph := look.GlyphSortUp
		if l.descending {
			glyph = look.GlyphSortDown
		}
		t.arrow.Resource = look.Draw(glyph, look.ColorAccent)
		t.arrow.Image = nil
		t.arrow.Show()
	}
	r.Layout(t.Size())
	t.arrow.Refresh()
	refresh(t.ground)
}

func (r *titleRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.ground, r.t.text, r.t.arrow}
}
func (r *titleRenderer) Destroy() {}

// gripWidth is how near to a border the mouse must be.
const gripWidth float32 = 7

// grip is the border between two columns.
type grip struct {
	widget.BaseWidget
	header *header
	left   int
	line   *canvas.Rectangle
}

func newGrip(h *header, left int) *grip {
	g := &grip{header: h, left: left, line: canvas.NewRectangle(color.Transparent)}
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer is Fyne's.
func (g *grip) CreateRenderer() fyne.WidgetRenderer {
	r := &gripRenderer{g}
	r.Refresh()
	return r
}

// Cursor shows what a drag does.
func (g *grip) Cursor() desktop.Cursor { return desktop.HResizeCursor }

// Dragged moves the border. The grip moves with it, so the distance since the
// last event is what counts.
func (g *grip) Dragged(e *fyne.DragEvent) {
	l := g.header.list
	l.hold()
	l.widths = shift(l.columns, l.widths, l.spans(), g.left, e.Dragged.DX)
	l.relayout()
}

// DoubleTapped makes the column left of the border as wide as its content;
// where that is the flexible one, all others.
func (g *grip) DoubleTapped(*fyne.PointEvent) {
	l := g.header.list
	l.hold()
	for i, c := range l.columns {
		if !c.Flex && (i == g.left || l.columns[g.left].Flex) {
			l.widths[i] = max(l.contentWidth(i), c.Min)
		}
	}
	l.relayout()
	g.DragEnd()
}

// DragEnd tells the owner.
func (g *grip) DragEnd() {
	if g.header.list.Hooks.Resized != nil {
		g.header.list.Hooks.Resized()
	}
}

type gripRenderer struct{ g *grip }

func (r *gripRenderer) Layout(size fyne.Size) {
	r.g.line.Move(fyne.NewPos(size.Width/2-0.5, 4))
	r.g.line.Resize(fyne.NewSize(1, max(size.Height-8, 0)))
}
func (r *gripRenderer) MinSize() fyne.Size { return fyne.NewSize(gripWidth, look.HeaderHeight) }
func (r *gripRenderer) Refresh() {
	r.g.line.FillColor = look.Color(theme.ColorNameSeparator)
	r.g.line.Refresh()
}
func (r *gripRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.g.line} }
func (r *gripRenderer) Destroy()                     {}
