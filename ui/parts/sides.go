package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"wherry/ui/look"
)

// Side is one of two things shown beside each other, so that they can be told
// apart at a glance.
type Side struct {
	Title string
	// Lines from the top down; a Mark stands behind its text in the accent's
	// colour, "" for none.
	Lines []Marked
	// Foot is a quieter last line, cut in its middle.
	Foot string
}

// Marked is a line of text and what is to be seen about it first.
type Marked struct{ Text, Mark string }

// NewSides shows two sides beside each other.
func NewSides(a, b Side) fyne.CanvasObject {
	return container.New(sidesLayout{}, newSide(a), newSide(b))
}

func newSide(s Side) fyne.CanvasObject {
	ground := canvas.NewRectangle(look.Color(theme.ColorNameInputBackground))
	ground.StrokeColor, ground.StrokeWidth = look.Color(theme.ColorNameInputBorder), 1
	ground.CornerRadius = look.Size(theme.SizeNameInputRadius)
	lines := container.New(sideLayout{}, NewLine(s.Title, look.ColorSecondary))
	for _, l := range s.Lines {
		text := NewTitle(l.Text)
		if l.Mark == "" {
			lines.Add(container.New(markLayout{}, text))
			continue
		}
		lines.Add(container.New(markLayout{}, text, NewLine(l.Mark, look.ColorAccent).Whole()))
	}
	foot := NewLine(s.Foot, look.ColorSecondary)
	foot.middle = true
	lines.Add(foot)
	return container.NewStack(ground, lines)
}

// sidesLayout gives each half of the room.
type sidesLayout struct{}

func (sidesLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := (size.Width - 2*look.Gap) / 2
	for i, side := range o {
		side.Move(fyne.NewPos(float32(i)*(width+2*look.Gap), 0))
		side.Resize(fyne.NewSize(width, size.Height))
	}
}

func (sidesLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, side := range o {
		size = size.Max(side.MinSize())
	}
	return fyne.NewSize(2*size.Width+2*look.Gap, size.Height)
}

// sideLayout puts lines below each other.
type sideLayout struct{}

func (sideLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	y := look.Gap
	for _, line := range o {
		line.Move(fyne.NewPos(2*look.Gap, y))
		line.Resize(fyne.NewSize(max(size.Width-4*look.Gap, 0), lineHeight))
		y += lineHeight
	}
}

func (sideLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, float32(len(o))*lineHeight+2*look.Gap)
}

// markLayout puts a mark behind a text, where both have room.
type markLayout struct{}

func (markLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := min(o[0].(*Line).wanted(), size.Width)
	o[0].Resize(fyne.NewSize(width, size.Height))
	if len(o) == 1 {
		return
	}
	mark := o[1].MinSize().Width
	o[1].Move(fyne.NewPos(width+look.Gap, 0))
	o[1].Resize(fyne.NewSize(mark, size.Height))
	if width+look.Gap+mark > size.Width {
		o[1].Hide()
	} else {
		o[1].Show()
	}
}

func (markLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }
