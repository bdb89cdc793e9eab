package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"wherry/ui/look"
)

// Column describes one column of a List. Widths are in Fyne's device
// independent pixels.
type Column struct {
	Title string
	// Width to begin with; the person can change it down to Min.
	Width, Min float32
	// Flex marks the one column that takes what the others leave. While it
	// would become narrower than its Min, other columns are hidden: those with
	// the highest Yield first, and of several the last one.
	Flex  bool
	Yield int
	// Share gives the column a part of what the flexible one has beyond its
	// Width, until the person moves a border: in a wide window one column would
	// be nearly empty, and the texts of its neighbours cut.
	Share bool
	Align fyne.TextAlign
	// Secondary columns are drawn in the quieter colour.
	Secondary bool
	// Middle cuts a text that is too wide in its middle, so that the end of
	// a file name can be read.
	Middle bool
	// Bar draws Row.Fraction as a progress bar behind the text.
	Bar bool
	// Fixed columns have no sorting.
	Fixed bool
}

// span is where a column lies in a row.
type span struct {
	x, width float32
	shown    bool
}

func (s span) end() float32 { return s.x + s.width }

// spread lays the columns out over a total width. widths are the present ones
// of all columns; that of the flexible one is ignored.
func spread(columns []Column, widths []float32, total float32) []span {
	spans := make([]span, len(columns))
	flex, used := -1, float32(0)
	for i, c := range columns {
		spans[i].shown = true
		if c.Flex {
			flex = i
		} else {
			used += widths[i]
		}
	}
	if flex >= 0 {
		for total-used < columns[flex].Min {
			i := nextHidden(columns, spans, flex)
			if i < 0 {
				break
			}
			spans[i].shown = false
			used -= widths[i]
		}
	}
	x := float32(0)
	for i := range spans {
		if !spans[i].shown {
			continue
		}
		width := widths[i]
		if i == flex {
			width = max(total-used, 0)
		}
		spans[i].x, spans[i].width = x, width
		x += width
	}
	return spans
}

// share returns the widths with what the flexible column has to spare dealt out
// evenly among it and those that share.
func share(columns []Column, widths []float32, total float32) []float32 {
	spare, sharers := float32(0), 1
	for i, s := range spread(columns, widths, total) {
		switch c := columns[i]; {
		case c.Flex:
			spare = s.width - c.Width
		case c.Share && s.shown:
			sharers++
		}
	}
	out := append([]float32(nil), widths...)
	for i, c := range columns {
		if c.Share && spare > 0 {
			out[i] += float32(int(spare) / sharers)
		}
	}
	return out
}

// nextHidden is the column that goes next where there is too little room, -1
// where only the flexible one is left.
func nextHidden(columns []Column, spans []span, flex int) int {
	next := -1
	for i := len(columns) - 1; i >= 0; i-- {
		if i != flex && spans[i].shown && (next < 0 || columns[i].Yield > columns[next].Yield) {
			next = i
		}
	}
	return next
}

// fitRows is how many rows above and below those in view tell how wide a
// column's content is: making all of 100,000 rows would be felt, and some
// sources read what is asked for.
const fitRows = 200

// contentWidth is how wide a column would show everything in and around the
// view, its title included.
func (l *List) contentWidth(column int) float32 {
	title := fyne.MeasureText(l.columns[column].Title, look.Size(theme.SizeNameText), fyne.TextStyle{})
	width := title.Width + arrowSize
	top := int(l.scroll.Offset.Y / look.RowHeight)
	seen := int(l.scroll.Size().Height / look.RowHeight)
	for i := max(top-fitRows, 0); i < min(top+seen+fitRows, l.source.Len()); i++ {
		row := l.source.Row(i)
		if column >= len(row.Cells) {
			continue
		}
		w := l.body.plain.width(row.Cells[column])
		if column == 0 && row.Icon != nil {
			w += look.Icon + look.Gap
		}
		width = max(width, w)
	}
	return width + 2*cellPad + 1
}

// shift moves the border between the column left and the next one shown by dx
// and returns the new widths. The border follows the mouse, all other borders
// stay, and no column becomes narrower than its minimum.
func shift(columns []Column, widths []float32, spans []span, left int, dx float32) []float32 {
	right := nextShown(spans, left)
	if right < 0 {
		return widths
	}
	room := func(i int) float32 { return max(spans[i].width-columns[i].Min, 0) }
	dx = min(max(dx, -room(left)), room(right))
	out := append([]float32(nil), widths...)
	if !columns[left].Flex {
		out[left] = spans[left].width + dx
	}
	if !columns[right].Flex {
		out[right] = spans[right].width - dx
	}
	return out
}

// nextShown returns the first column shown after i, -1 for none.
func nextShown(spans []span, i int) int {
	for j := i + 1; j < len(spans); j++ {
		if spans[j].shown {
			return j
		}
	}
	return -1
}
