package parts

import (
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Row is what a List shows of one row. Making one must be quick: it happens
// whenever a row comes into view.
type Row struct {
	Icon  fyne.Resource // nil for none
	Cells []string      // one for each column; missing ones are empty
	// Dim draws the whole row in the quieter colour: hidden files, rows that
	// are done.
	Dim bool
	// Color is that of the first column's text, "" for the usual one.
	Color fyne.ThemeColorName
	// Fraction fills the column with Bar, from 0 to 1; below 0 draws none.
	Fraction float32
}

// Source is where a List's rows come from.
type Source interface {
	Len() int
	Row(i int) Row
}

// Clock is what a List needs of time; *loop.Loop is one.
type Clock interface {
	Now() time.Time
	After(d time.Duration, apply func()) (stop func())
}

// Hooks are what a List tells its owner. Nil ones are left out.
type Hooks struct {
	// Sort: the title of a column was clicked.
	Sort func(column int)
	// Open: double click or Enter on a row.
	Open func(row int)
	// ID names what a row shows, as long as that stands in the list, and RowOf
	// says in which row it stands now, -1 once it is gone; nil names nothing.
	// Rows come and go while a button is down and between two clicks, and both
	// mean the row that was there at first. Nil: rows stay where they are.
	ID    func(row int) any
	RowOf func(id any) int
	// Up: Backspace.
	Up func()
	// Selected: the selection or the cursor changed by the person's doing.
	Selected func()
	// Menu: right click, or the menu key, on a row (then selected), or on
	// the empty ground (-1).
	Menu func(row int, at fyne.Position)
	// Find returns the first row from row on, going round, whose name begins
	// with prefix, or -1. Nil: no typing ahead.
	Find func(prefix string, from int) int
	// Renamed: the person ended renaming row in place with a new name.
	Renamed func(row int, name string)
	// Key: a key that the list does not use itself, F5 and Delete among
	// them.
	Key func(key fyne.KeyName, mod fyne.KeyModifier)
	// Shortcut: a shortcut while the list has the keys.
	Shortcut func(fyne.Shortcut)
	// Focused: the list got (or lost) the keys.
	Focused func(bool)
	// Switch: Tab. Nil leaves Tab to the window.
	Switch func()
	// Cut: the mouse came over a text that does not fit into its column, which
	// is told whole, or left it (""). Nil: such texts cannot be read.
	Cut func(text string)
	// Resized: the person changed a column's width.
	Resized func()

	// DragStart: the person drags the selected rows; false lets it be
	// nothing. Then DragMove for each move, and one DragEnd, in the window's
	// coordinates; ok is false when Esc was pressed. DragMove also comes
	// after a step of EdgeScroll.
	DragStart func(at fyne.Position) bool
	DragMove  func(at fyne.Position)
	DragEnd   func(at fyne.Position, ok bool)
}

// List shows rows in columns under a header, with selection by mouse and
// keys, sorting, renaming in place and dragging. It shows 100,000 rows as
// quickly as a hundred: only rows in view have objects, and these are reused.
type List struct {
	widget.BaseWidget

	// Hooks may be changed at any time.
	Hooks Hooks
	// Modifiers returns the modifier keys held down; only a real driver knows
	// them, so the window sets this. Nil: none.
	Modifiers func() fyne.KeyModifier

	clock     Clock
	columns   []Column
	widths    []float32
	moved     bool // a border was, so that nothing is shared any more
	source    Source
	selection *Selection

	header *header
	body   *body
	scroll *wheelScroll
	ground *canvas.Rectangle
	edge   *canvas.Rectangle // drawn around the whole list as a drop target

	sorted     int // column, -1 for none
	descending bool
	ahead      typeAhead
	edit       *Field
	editing    int // the row, -1 for none
	drop       int
	gap        int // see Insert
	stopScroll func()
}

// What Highlight takes beside a row.
const (
	HighlightNone = -2
	HighlightAll  = -1
)

// NewList returns a List of no rows. selection is shared with the owner, who
// resets it whenever the rows change.
func NewList(clock Clock, columns []Column, selection *Selection) *List {
	l := &List{
		clock: clock, columns: columns, selection: selection, source: nothing{},
		sorted: -1, editing: -1, drop: HighlightNone, gap: -1,
	}
	for _, c := range columns {
		l.widths = append(l.widths, max(c.Width, c.Min))
	}
	l.ground = canvas.NewRectangle(color.Transparent)
	l.edge = canvas.NewRectangle(color.Transparent)
	l.edge.StrokeWidth = 2
	l.edge.Hide()
	l.header = newHeader(l)
	l.body = newBody(l)
	l.scroll = newWheelScroll(l.body)
	l.scroll.OnScrolled = func(fyne.Position) { l.body.bindVisible() }
	l.ExtendBaseWidget(l)
	return l
}

// SetSource shows other rows. The selection must already have their number.
func (l *List) SetSource(s Source) {
	l.source = s
	l.Reload()
}

// Reload shows the source's present rows; their number and content may have
// changed. The scroll position stays as far as it can.
func (l *List) Reload() {
	l.CancelRename()
	l.body.forget()
	if l.drop >= l.source.Len() {
		l.drop = HighlightNone
	}
	l.gap = min(l.gap, l.source.Len())
	// The scroll reckons with the content's present size, so it comes first.
	l.body.Resize(l.body.MinSize().Max(l.scroll.Size()))
	l.scroll.Refresh()
	l.body.bindVisible()
}

// Repaint shows changed content of the same rows, as for a progress bar. Rows
// that say what they said before are left alone: drawing is what costs.
func (l *List) Repaint() {
	changed := false
	for _, s := range l.body.slots {
		if s.row < 0 || s.row >= l.source.Len() {
			continue
		}
		if row := l.source.Row(s.row); !row.equal(s.data) {
			l.body.bind(s, s.row, row)
			changed = true
		}
	}
	if changed {
		refresh(l.body.ring) // one small object tells the canvas to draw again
	}
}

// equal says whether two rows look the same.
func (r Row) equal(o Row) bool {
	return r.Icon == o.Icon && r.Dim == o.Dim && r.Color == o.Color && r.Fraction == o.Fraction && slices.Equal(r.Cells, o.Cells)
}

// Restyle shows a changed selection or cursor.
func (l *List) Restyle() { l.body.restyle() }

// SetSorted puts the arrow on a column's title, -1 for none.
func (l *List) SetSorted(column int, descending bool) {
	l.sorted, l.descending = column, descending
	l.header.Refresh()
}

// Widths returns the columns' widths, to be kept for the next start.
func (l *List) Widths() []float32 { return append([]float32(nil), l.widths...) }

// SetWidths sets what Widths returned; another number of columns is ignored.
func (l *List) SetWidths(widths []float32) {
	if len(widths) != len(l.columns) {
		return
	}
	l.moved = true
	for i := range widths {
		l.widths[i] = max(widths[i], l.columns[i].Min)
	}
	l.relayout()
}

// Focus gives the keys to the list.
func (l *List) Focus() {
	canvasOf(l.body, func(c fyne.Canvas) { c.Focus(l.body) })
}

// HasFocus says whether the keys go to the list.
func (l *List) HasFocus() bool { return l.body.focused }

// ScrollTo brings a row into view with as little movement as can be.
func (l *List) ScrollTo(row int) {
	if row < 0 || row >= l.source.Len() {
		return
	}
	top, height := l.scroll.Offset.Y, l.scroll.Size().Height
	y := float32(row) * look.RowHeight
	switch {
	case y < top:
		top = y
	case y+look.RowHeight > top+height:
		top = y + look.RowHeight - height
	default:
		return
	}
	l.ScrollToOffset(top)
}

// Offset is how far the list is scrolled down.
func (l *List) Offset() float32 { return l.scroll.Offset.Y }

// AtEnd says whether the last row is in view, or there is none.
func (l *List) AtEnd() bool {
	return l.Offset()+l.scroll.Size().Height >= float32(l.source.Len())*look.RowHeight-1
}

// ScrollToOffset scrolls to a distance from the top, within what there is.
func (l *List) ScrollToOffset(y float32) {
	most := max(l.body.MinSize().Height-l.scroll.Size().Height, 0)
	l.scroll.ScrollToOffset(fyne.NewPos(0, min(max(y, 0), most)))
	l.body.bindVisible() // ScrollToOffset does not call OnScrolled
}

// CreateRenderer is Fyne's.
func (l *List) CreateRenderer() fyne.WidgetRenderer {
	r := &listRenderer{list: l, objects: []fyne.CanvasObject{l.ground, l.scroll, l.header, l.edge}}
	r.Refresh()
	return r
}

// relayout applies changed column widths.
func (l *List) relayout() {
	l.header.Refresh()
	l.body.layoutSlots()
	l.body.forget()
	l.body.bindVisible()
}

// spans lays the columns out in the present width, leaving the scroll bar its
// place.
func (l *List) spans() []span {
	total := max(l.Size().Width-look.Size(theme.SizeNameScrollBarSmall)-2, 0)
	if l.moved {
		return spread(l.columns, l.widths, total)
	}
	return spread(l.columns, share(l.columns, l.widths, total), total)
}

// hold keeps all columns as wide as they are now, but for the flexible one.
func (l *List) hold() {
	if l.moved {
		return
	}
	for i, s := range l.spans() {
		if s.shown && !l.columns[i].Flex {
			l.widths[i] = s.width
		}
	}
	l.moved = true
}

// HeldModifiers returns the modifier keys held down.
func (l *List) HeldModifiers() fyne.KeyModifier {
	if l.Modifiers == nil {
		return 0
	}
	return l.Modifiers()
}

type listRenderer struct {
	list    *List
	objects []fyne.CanvasObject
}

func (r *listRenderer) Layout(size fyne.Size) {
	l := r.list
	l.ground.Resize(size)
	l.header.Resize(fyne.NewSize(size.Width, look.HeaderHeight))
	l.scroll.Move(fyne.NewPos(0, look.HeaderHeight))
	l.scroll.Resize(fyne.NewSize(size.Width, max(size.Height-look.HeaderHeight, 0)))
	l.edge.Move(fyne.NewPos(1, look.HeaderHeight+1))
	l.edge.Resize(fyne.NewSize(max(size.Width-2, 0), max(size.Height-look.HeaderHeight-2, 0)))
	l.header.layoutTitles()
	l.body.layoutSlots()
	l.body.forget()
	l.body.bindVisible()
}

func (r *listRenderer) MinSize() fyne.Size {
	return fyne.NewSize(120, look.HeaderHeight+3*look.RowHeight)
}

func (r *listRenderer) Refresh() {
	r.list.ground.FillColor = look.Color(look.ColorList)
	r.list.edge.FillColor = look.Color(look.ColorDrop)
	r.list.edge.StrokeColor = look.Color(look.ColorDropEdge)
	r.list.ground.Refresh()
	r.list.edge.Refresh()
	r.list.header.Refresh()
	r.list.body.Refresh()
}

func (r *listRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *listRenderer) Destroy()                     {}

// nothing is the source of a new list.
type nothing struct{}

func (nothing) Len() int    { return 0 }
func (nothing) Row(int) Row { return Row{} }
