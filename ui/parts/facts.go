package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Fact is one line of details: what it is called and what it is.
type Fact struct{ Name, Value string }

// NewFacts shows details in two columns, the names in the quieter colour. A
// long value is wrapped; it can be selected and copied.
func NewFacts(facts ...Fact) fyne.CanvasObject {
	box := container.New(factsLayout{})
	for _, f := range facts {
		name := NewLine(f.Name, look.ColorSecondary).Whole()
		value := widget.NewLabel(f.Value)
		value.Wrapping = fyne.TextWrapWord
		value.Selectable = true
		box.Add(name)
		box.Add(value)
	}
	return box
}

// NewLines shows a list of short lines, such as the names of what will be
// deleted, at most rows high; more of them scroll.
func NewLines(lines []string, rows int) fyne.CanvasObject {
	box := container.New(linesLayout{})
	for _, text := range lines {
		box.Add(NewLine(text, look.ColorSecondary))
	}
	if len(lines) <= rows {
		return box
	}
	scroll := container.NewVScroll(box)
	scroll.SetMinSize(fyne.NewSize(0, float32(rows)*lineHeight))
	return scroll
}

const lineHeight float32 = 18

type linesLayout struct{}

func (linesLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for i, line := range o {
		line.Move(fyne.NewPos(0, float32(i)*lineHeight))
		line.Resize(fyne.NewSize(size.Width, lineHeight))
	}
}

func (linesLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(40, float32(len(o))*lineHeight)
}

// factsLayout gives the names the width of the widest one.
type factsLayout struct{}

func (factsLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	names := nameWidth(o)
	pad := look.Size(theme.SizeNameInnerPadding)
	y := float32(0)
	for i := 0; i+1 < len(o); i += 2 {
		width := max(size.Width-names-look.Gap, 40)
		o[i+1].Resize(fyne.NewSize(width, o[i+1].Size().Height))
		height := max(o[i+1].MinSize().Height-2*pad, lineHeight)
		o[i].Move(fyne.NewPos(0, y))
		o[i].Resize(fyne.NewSize(names, lineHeight))
		o[i+1].Move(fyne.NewPos(names+look.Gap, y-pad+(lineHeight-fyne.MeasureText("x", look.Size(theme.SizeNameText), fyne.TextStyle{}).Height)/2))
		o[i+1].Resize(fyne.NewSize(width, height+2*pad))
		y += height
	}
}

func (factsLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	pad, height := look.Size(theme.SizeNameInnerPadding), float32(0)
	for i := 0; i+1 < len(o); i += 2 {
		height += max(o[i+1].MinSize().Height-2*pad, lineHeight)
	}
	return fyne.NewSize(nameWidth(o)+120, height+2)
}

func nameWidth(o []fyne.CanvasObject) float32 {
	width := float32(0)
	for i := 0; i < len(o); i += 2 {
		width = max(width, o[i].MinSize().Width)
	}
	return width + look.Gap
}
