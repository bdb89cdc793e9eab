package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// cellPad is the room left and right of a cell's text.
const cellPad float32 = 6

// betweenHeight is that of the line between two rows where a drop would go.
const betweenHeight float32 = 2

// body is the scrolled part of a List, as tall as all rows. Row i is drawn by
// slot i % len(slots), and bound to it only when it comes into view.
type body struct {
	widget.BaseWidget
	mouse
	drag
	band

	list    *List
	slots   []*slot
	ring    *canvas.Rectangle // around the cursor's row
	target  *canvas.Rectangle // over the row that a drop would go into
	rubber  *canvas.Rectangle // the band
	between *canvas.Rectangle // the line where a drop would go between rows
	plain   *fitter
	focused bool
	hover   int // row under the mouse, -1 for none
}

func newBody(l *List) *body {
	b := &body{
		list: l, hover: -1, plain: newFitter(fyne.TextStyle{}),
		ring: canvas.NewRectangle(color.Transparent), target: canvas.NewRectangle(color.Transparent),
		rubber: canvas.NewRectangle(color.Transparent), between: canvas.NewRectangle(color.Transparent),
	}
	b.between.Hide()
	b.rubber.StrokeWidth = 1
	b.rubber.Hide()
	b.ring.StrokeWidth = 1
	b.target.StrokeWidth = 1
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer is Fyne's.
func (b *body) CreateRenderer() fyne.WidgetRenderer { return &bodyRenderer{b} }

// bindVisible makes the slots show the rows in view.
func (b *body) bindVisible() {
	n, view := b.list.source.Len(), b.list.scroll.Size().Height
	first := max(int(b.list.scroll.Offset.Y/look.RowHeight), 0)
	count := int(view/look.RowHeight) + 2
	if view <= 0 {
		return
	}
	b.grow(count)
	for row := first; row < first+count; row++ {
		s := b.slots[row%len(b.slots)]
		switch {
		case row >= n:
			s.row = -1
			s.box.Hide()
		case s.row != row:
			b.bind(s, row, b.list.source.Row(row))
		}
	}
	for _, s := range b.slots {
		if s.row >= 0 && (s.row < first || s.row >= first+count) {
			s.row = -1
			s.box.Hide() // it would be drawn, only to be clipped away
		}
	}
	b.placeMarks()
	refresh(b.ring) // one small object tells the canvas to draw again
}

// grow makes sure that count rows have slots. Slots are never given back: the
// window can only become as tall as the screen.
func (b *body) grow(count int) {
	if len(b.slots) >= count {
		return
	}
	for len(b.slots) < count {
		b.slots = append(b.slots, newSlot(b.list.columns))
	}
	b.forget()
	b.layoutSlots()
}

// forget makes every slot bind anew.
func (b *body) forget() {
	for _, s := range b.slots {
		s.row = -1
	}
}

// layoutSlots places what lies inside the rows.
func (b *body) layoutSlots() {
	width := b.list.Size().Width
	spans := b.list.spans()
	for _, s := range b.slots {
		s.box.Resize(fyne.NewSize(width, look.RowHeight))
		s.ground.Resize(fyne.NewSize(width, look.RowHeight))
		s.sheet.Resize(fyne.NewSize(width, look.RowHeight))
		s.paper.Resize(fyne.NewSize(width, look.RowHeight))
		s.icon.Resize(fyne.NewSquareSize(look.Icon))
		s.icon.Move(fyne.NewPos(cellPad, (look.RowHeight-look.Icon)/2))
		for i, text := range s.texts {
			if !spans[i].shown {
				text.Text = ""
				continue
			}
			text.Move(fyne.NewPos(spans[i].x+cellPad, 0))
			text.Resize(fyne.NewSize(max(spans[i].width-2*cellPad, 0), look.RowHeight))
		}
	}
	b.ring.Resize(fyne.NewSize(width, look.RowHeight))
	b.target.Resize(fyne.NewSize(width, look.RowHeight))
	b.between.Resize(fyne.NewSize(width, betweenHeight))
}

// bind makes a slot show a row.
func (b *body) bind(s *slot, row int, data Row) {
	s.row, s.data = row, data
	s.box.Move(fyne.NewPos(0, float32(row)*look.RowHeight))
	s.box.Show()
	b.bindIcon(s)
	spans := b.list.spans()
	for i, text := range s.texts {
		cell := ""
		if i < len(s.data.Cells) && spans[i].shown {
			cell = s.data.Cells[i]
		}
		room := spans[i].width - 2*cellPad
		if i == 0 && s.data.Icon != nil {
			room -= look.Icon + look.Gap
		}
		text.Text = b.plain.fit(cell, room, b.list.columns[i].Middle)
		text.TextSize = look.Size(theme.SizeNameText)
		if b.list.columns[i].Bar {
			b.bindBar(s, spans[i])
		}
	}
	b.style(s)
	refresh(s.paper)
}

func (b *body) bindIcon(s *slot) {
	x := cellPad
	if s.data.Icon == nil {
		s.icon.Hide()
	} else {
		x += look.Icon + look.Gap
		if s.icon.Resource != s.data.Icon {
			s.icon.Resource = s.data.Icon
			s.icon.Image = nil
			s.icon.Refresh()
		}
		s.icon.Translucency = 0
		if s.data.Dim {
			s.icon.Translucency = 0.5
		}
		s.icon.Show()
	}
	if len(s.texts) > 0 {
		s.texts[0].Move(fyne.NewPos(x, 0))
	}
}

func (b *body) bindBar(s *slot, at span) {
	if s.data.Fraction < 0 || !at.shown {
		s.track.Hide()
		s.bar.Hide()
		return
	}
	const inset = 3
	size := fyne.NewSize(max(at.width-2*cellPad, 0), look.RowHeight-2*inset)
	pos := fyne.NewPos(at.x+cellPad, inset)
	s.track.FillColor, s.bar.FillColor = look.Color(look.ColorTrack), look.Color(look.ColorBar)
	s.track.Move(pos)
	s.track.Resize(size)
	s.bar.Move(pos)
	s.bar.Resize(fyne.NewSize(size.Width*min(s.data.Fraction, 1), size.Height))
	s.track.Show()
	s.bar.Show()
}

// style colours a slot by what its row is: selected, under the mouse, dim.
func (b *body) style(s *slot) {
	selected := b.list.selection.Has(s.row)
	s.ground.FillColor = b.groundOf(s.row, selected)
	usual, quiet := look.Color(theme.ColorNameForeground), look.Color(look.ColorSecondary)
	if selected {
		quiet = usual
	}
	changed := false
	for i, text := range s.texts {
		c := usual
		switch {
		case s.data.Dim || b.list.columns[i].Secondary:
			c = quiet
		case s.data.Color != "":
			c = look.Color(s.data.Color)
		}
		changed = changed || text.Color != c
		text.Color = c
	}
	if changed {
		refresh(s.paper)
	}
}

func (b *body) groundOf(row int, selected bool) color.Color {
	switch {
	case selected && b.focused:
		return look.Color(look.ColorSelected)
	case selected:
		return look.Color(look.ColorSelectedB)
	case row == b.hover:
		return look.Color(look.ColorRowHover)
	case row%2 == 1:
		return look.Color(look.ColorZebra)
	}
	return color.Transparent
}

// restyle colours all rows in view anew.
func (b *body) restyle() {
	for _, s := range b.slots {
		if s.row >= 0 {
			b.style(s)
		}
	}
	b.placeMarks()
	refresh(b.ring)
}

// placeMarks puts the cursor's ring and the drop target where they belong.
func (b *body) placeMarks() {
	place := func(mark *canvas.Rectangle, row int, show bool) {
		if !show || row < 0 || row >= b.list.source.Len() {
			mark.Hide()
			return
		}
		mark.Move(fyne.NewPos(0, float32(row)*look.RowHeight))
		mark.Show()
	}
	b.ring.StrokeColor = look.Color(look.ColorCursor)
	b.target.FillColor = look.Color(look.ColorDrop)
	b.target.StrokeColor = look.Color(look.ColorDropEdge)
	b.rubber.FillColor, b.rubber.StrokeColor = b.target.FillColor, b.target.StrokeColor
	place(b.ring, b.list.selection.Cursor(), b.focused)
	place(b.target, b.list.drop, true)
	if b.between.Hidden = b.list.gap < 0; b.list.gap >= 0 {
		b.between.FillColor = look.Color(look.ColorAccent)
		y := float32(b.list.gap)*look.RowHeight - betweenHeight/2
		b.between.Move(fyne.NewPos(0, min(max(y, 0), b.Size().Height-betweenHeight))) // the first and the last are seen whole
	}
}

// setHover marks the row under the mouse, -1 for none.
func (b *body) setHover(row int) {
	if row == b.hover {
		return
	}
	old := b.hover
	b.hover = row
	for _, s := range b.slots {
		if s.row >= 0 && (s.row == old || s.row == row) {
			b.style(s)
			refresh(s.ground)
		}
	}
}

// rowAt returns the row at a height inside the body, -1 below the last.
func (b *body) rowAt(y float32) int {
	row := int(y / look.RowHeight)
	if y < 0 || row >= b.list.source.Len() {
		return -1
	}
	return row
}

type bodyRenderer struct{ body *body }

func (r *bodyRenderer) Layout(fyne.Size) {}

func (r *bodyRenderer) MinSize() fyne.Size {
	return fyne.NewSize(0, float32(r.body.list.source.Len())*look.RowHeight)
}

// Refresh comes with a change of theme: sizes, colours and icons are new.
func (r *bodyRenderer) Refresh() {
	for _, s := range r.body.slots {
		s.icon.Resource = nil
	}
	r.body.forget()
	r.body.bindVisible()
}

func (r *bodyRenderer) Objects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, 0, len(r.body.slots)+5)
	for _, s := range r.body.slots {
		objects = append(objects, s.box)
	}
	objects = append(objects, r.body.target, r.body.ring, r.body.rubber, r.body.between)
	if edit := r.body.list.edit; edit != nil {
		objects = append(objects, edit)
	}
	return objects
}

func (r *bodyRenderer) Destroy() {}
