package doctorview

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/sync/ftpfs/doctor"
	"wherry/ui/look"
	"wherry/ui/parts"
)

// stepList is the list of the steps: one row each, and below it what it means
// while it is unfolded. There are never more than two dozen, so all of them
// have objects.
type stepList struct {
	widget.BaseWidget
	toggle  func(doctor.StepID)
	escaped func()
	seen    func(y, height float32) // scroll so that this is in view

	rows    []Row
	views   []*rowView
	cursor  int // -1: none yet
	hovered int
	focused bool
	height  float32
}

// rowView is one row's objects.
type rowView struct {
	ground           *canvas.Rectangle
	icon             *canvas.Image
	name, text, took *parts.Line
	details          []*widget.RichText
	y, height        float32
}

const (
	nameWidth   float32 = 132
	tookWidth   float32 = 62
	detailRight float32 = 24
)

func newStepList(toggle func(doctor.StepID), escaped func(), seen func(y, height float32)) *stepList {
	l := &stepList{toggle: toggle, escaped: escaped, seen: seen, cursor: -1, hovered: -1}
	l.ExtendBaseWidget(l)
	return l
}

func newRowView() *rowView {
	v := &rowView{
		ground: canvas.NewRectangle(color.Transparent), icon: &canvas.Image{FillMode: canvas.ImageFillContain},
		name: parts.NewLine("", theme.ColorNameForeground), text: parts.NewLine("", look.ColorSecondary).AtWords(),
		took: parts.NewLine("", look.ColorSecondary).Align(fyne.TextAlignTrailing),
	}
	return v
}

// Set shows rows.
func (l *stepList) Set(rows []Row) {
	l.rows = rows
	l.cursor = min(l.cursor, len(rows)-1)
	for len(l.views) < len(rows) {
		l.views = append(l.views, newRowView())
	}
	l.views = l.views[:len(rows)]
	for i, r := range rows {
		l.views[i].set(r)
	}
	l.Refresh()
}

func (v *rowView) set(r Row) {
	c := theme.ColorNameForeground
	switch {
	case r.Tone == Quiet && r.Made:
		c = look.ColorSecondary
	case r.Tone == Quiet:
		c = theme.ColorNameDisabled
	}
	v.name.Set(r.Name, c, "")
	text, tone := r.Seen, look.ColorSecondary
	if r.Tone == Bad {
		tone = look.ColorTrouble
	}
	if r.Tone == Busy {
		text, tone = "trying…", look.ColorAccent
	}
	if r.Open && len(r.Details) > 0 {
		text = "" // it stands below, whole
	}
	v.text.Set(text, tone, "")
	v.took.Set(r.Took, look.ColorSecondary, "")
	v.icon.Hidden = !r.Made && r.Tone != Busy
	if !v.icon.Hidden {
		v.icon.Resource, v.icon.Image = look.Draw(signs[r.Tone], colors[r.Tone]), nil
		v.icon.Refresh()
	}
	v.details = v.details[:0]
	if !r.Open {
		return
	}
	for _, d := range r.Details {
		style := widget.RichTextStyle{ColorName: theme.ColorNameForeground}
		if d.Quiet {
			style.ColorName = look.ColorSecondary
		}
		t := parts.NewProse(style)
		parts.SetProse(t, d.Text)
		v.details = append(v.details, t)
	}
}

// HeightAt places all rows in a width and returns how high they are together.
func (l *stepList) HeightAt(width float32) float32 {
	y, pad := float32(0), look.Size(theme.SizeNameInnerPadding)
	textAt := look.Gap + look.Icon + look.Gap + nameWidth
	for _, v := range l.views {
		v.y = y
		at := y + look.RowHeight
		for _, t := range v.details {
			wide := max(width-textAt-detailRight, 80) + 2*pad
			height := parts.ProseHeight(t, wide)
			t.Move(fyne.NewPos(textAt-pad, at-pad-2))
			t.Resize(fyne.NewSize(wide, height))
			at += height - 2*pad + 3
		}
		if len(v.details) > 0 {
			at += look.Gap - 2
		}
		v.height = at - y
		y = at
	}
	l.height = y
	return y
}

// at is the row at a height, -1 for none.
func (l *stepList) at(y float32) int {
	for i, v := range l.views {
		if y >= v.y && y < v.y+v.height {
			return i
		}
	}
	return -1
}

// Tapped unfolds a row.
func (l *stepList) Tapped(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
	l.press(l.at(e.Position.Y))
}

func (l *stepList) press(row int) {
	if row < 0 || row >= len(l.rows) {
		return
	}
	l.cursor = row
	if len(l.rows[row].Details) > 0 {
		l.toggle(l.rows[row].ID)
	}
	l.Refresh()
	l.seen(l.views[row].y, l.views[row].height)
}

// MouseIn lights the row under the mouse.
func (l *stepList) MouseIn(e *desktop.MouseEvent) { l.MouseMoved(e) }

// MouseMoved lights the row under the mouse.
func (l *stepList) MouseMoved(e *desktop.MouseEvent) {
	if row := l.at(e.Position.Y); row != l.hovered {
		l.hovered = row
		l.Refresh()
	}
}

// MouseOut ends it.
func (l *stepList) MouseOut() {
	l.hovered = -1
	l.Refresh()
}

// FocusGained shows the cursor.
func (l *stepList) FocusGained() {
	l.focused, l.cursor = true, max(l.cursor, 0)
	l.Refresh()
}

// FocusLost hides it.
func (l *stepList) FocusLost() {
	l.focused = false
	l.Refresh()
}

// TypedRune does nothing.
func (l *stepList) TypedRune(rune) {}

// TypedKey moves the cursor and unfolds.
func (l *stepList) TypedKey(e *fyne.KeyEvent) {
	to := l.cursor
	switch e.Name {
	case fyne.KeyUp:
		to--
	case fyne.KeyDown:
		to++
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = len(l.rows) - 1
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		l.press(l.cursor)
		return
	case fyne.KeyEscape:
		l.escaped()
		return
	}
	if to = max(min(to, len(l.rows)-1), 0); to != l.cursor && len(l.rows) > 0 {
		l.cursor = to
		l.Refresh()
		l.seen(l.views[to].y, l.views[to].height)
	}
}

// CreateRenderer is Fyne's.
func (l *stepList) CreateRenderer() fyne.WidgetRenderer {
	return &stepsRenderer{l, canvas.NewRectangle(color.Transparent)}
}

type stepsRenderer struct {
	l      *stepList
	ground *canvas.Rectangle
}

func (r *stepsRenderer) Layout(size fyne.Size) {
	l := r.l
	r.ground.Resize(size)
	l.HeightAt(size.Width)
	for _, v := range l.views {
		v.ground.Move(fyne.NewPos(0, v.y))
		v.ground.Resize(fyne.NewSize(size.Width, v.height))
		middle := v.y + (look.RowHeight-look.Icon)/2
		v.icon.Move(fyne.NewPos(look.Gap, middle))
		v.icon.Resize(fyne.NewSquareSize(look.Icon))
		x := look.Gap + look.Icon + look.Gap
		v.name.Move(fyne.NewPos(x, v.y))
		v.name.Resize(fyne.NewSize(nameWidth-look.Gap, look.RowHeight))
		x += nameWidth
		v.text.Move(fyne.NewPos(x, v.y))
		v.text.Resize(fyne.NewSize(max(size.Width-x-tookWidth-2*look.Gap, 0), look.RowHeight))
		v.took.Move(fyne.NewPos(size.Width-tookWidth-look.Gap, v.y))
		v.took.Resize(fyne.NewSize(tookWidth, look.RowHeight))
	}
}

func (r *stepsRenderer) MinSize() fyne.Size { return fyne.NewSize(LeastWidth, look.RowHeight) }

func (r *stepsRenderer) Refresh() {
	l := r.l
	r.ground.FillColor = look.Color(look.ColorList)
	r.ground.StrokeColor, r.ground.StrokeWidth = look.Color(theme.ColorNameSeparator), 1
	r.ground.CornerRadius = look.Size(theme.SizeNameInputRadius)
	for i, v := range l.views {
		v.ground.FillColor = color.Transparent
		if i%2 == 1 {
			v.ground.FillColor = look.Color(look.ColorZebra)
		}
		if i == l.hovered && len(l.rows[i].Details) > 0 {
			v.ground.FillColor = look.Color(look.ColorRowHover)
		}
		v.ground.StrokeWidth = 0
		if l.focused && i == l.cursor {
			v.ground.StrokeColor, v.ground.StrokeWidth = look.Color(look.ColorCursor), 1
		}
	}
	r.Layout(l.Size())
	canvas.Refresh(l)
}

func (r *stepsRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.ground}
	for _, v := range r.l.views {
		objects = append(objects, v.ground, v.icon, v.name, v.text, v.took)
		for _, t := range v.details {
			objects = append(objects, t)
		}
	}
	return objects
}

func (r *stepsRenderer) Destroy() {}

// toneWords say what signs show.
var toneWords = [...]string{Quiet: "not made", Busy: "going on", Good: "passed", Caution: "passed", Bad: "failed"}

// AccessibilityLabel says in words what the list shows.
func (l *stepList) AccessibilityLabel() string {
	var lines []string
	for _, r := range l.rows {
		lines = append(lines, r.Name+": "+toneWords[r.Tone]+". "+r.Seen)
		if r.Open {
			for _, d := range r.Details {
				lines = append(lines, d.Text)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// AccessibilityRole is that of a text.
func (l *stepList) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
