package sitemanager

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"wherry/ui/look"
	"wherry/ui/parts"
)

// formRow is one row of the form: a label and a field, and at the right, where
// it has them, a second pair.
type formRow struct {
	label, aside string
	main, second fyne.CanvasObject
	close        bool // the next row explains this one and stands near

	labels [2]*parts.Line
}

// formLayout puts the rows below each other so that all fields begin and end
// in line.
type formLayout struct {
	rows []formRow
	// beside are all layouts of one form, this one too: their fields stand in
	// line from tab to tab.
	beside []*formLayout
}

const (
	secondWidth float32 = 130
	mainLeast   float32 = 100
)

// container makes the labels and returns what holds them and the fields.
func (l *formLayout) container() *fyne.Container {
	var objects []fyne.CanvasObject
	for i := range l.rows {
		r := &l.rows[i]
		r.labels[0] = parts.NewLine(r.label, look.ColorSecondary).Whole()
		r.labels[1] = parts.NewLine(r.aside, look.ColorSecondary).Whole()
		objects = append(objects, r.labels[0], r.main)
		if r.second != nil {
			objects = append(objects, r.labels[1], r.second)
		}
	}
	return container.New(l, objects...)
}

// labelWidth is that of the widest label of the first pairs, or the second.
func (l *formLayout) labelWidth(pair int) float32 {
	width := float32(0)
	for _, other := range l.beside {
		for _, r := range other.rows {
			width = max(width, r.labels[pair].MinSize().Width)
		}
	}
	return width
}

// Layout is Fyne's.
func (l *formLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	left := l.labelWidth(0) + 2*look.Gap
	right := max(size.Width-look.Margin, 0) // the scroll bar's place
	aside := right - secondWidth - look.Gap - l.labelWidth(1)
	y := float32(0)
	for _, r := range l.rows {
		height := r.main.MinSize().Height
		placeLabel(r.labels[0], 0, y)
		end := right
		if r.second != nil {
			end = aside - 2*look.Gap
			placeLabel(r.labels[1], right-secondWidth-look.Gap-r.labels[1].MinSize().Width, y)
			r.second.Move(fyne.NewPos(right-secondWidth, y))
			r.second.Resize(fyne.NewSize(secondWidth, look.EntryHeight))
		}
		r.main.Move(fyne.NewPos(left, y))
		r.main.Resize(fyne.NewSize(max(end-left, 0), height))
		switch r.main.(type) {
		case *parts.Choice, *parts.Check:
			r.main.Resize(fyne.NewSize(max(end-left, 0), look.EntryHeight))
		}
		y += l.step(r)
	}
}

// placeLabel puts a label where the text of a field beside it stands, which
// is a little above the middle.
func placeLabel(label *parts.Line, x, y float32) {
	size := label.MinSize()
	label.Move(fyne.NewPos(x, y+(look.EntryHeight-size.Height)/2-1))
	label.Resize(size)
}

// step is how far below a row the next one begins.
func (l *formLayout) step(r formRow) float32 {
	height := look.EntryHeight
	switch r.main.(type) {
	case *parts.Text:
		height = r.main.MinSize().Height
	case *parts.Line:
		height = r.main.MinSize().Height
	}
	if r.close {
		return height + 2
	}
	return height + look.Gap
}

// MinSize is Fyne's.
func (l *formLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	height := float32(0)
	for _, r := range l.rows {
		height += l.step(r)
	}
	width := l.labelWidth(0) + mainLeast + l.labelWidth(1) + secondWidth + 5*look.Gap + look.Margin
	return fyne.NewSize(width, height)
}
