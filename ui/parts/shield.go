package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// shield takes what the mouse does over a solid placard. What cannot be seen
// behind it must not be clicked, dragged or lit.
type shield struct {
	widget.BaseWidget
	placard *Placard
}

// CreateRenderer is Fyne's.
func (s *shield) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// MouseDown tells the owner, who may want the keys.
func (s *shield) MouseDown(*desktop.MouseEvent) {
	s.placard.pressed()
}

// MouseUp ends here.
func (s *shield) MouseUp(*desktop.MouseEvent) {}

// MouseIn ends here.
func (s *shield) MouseIn(*desktop.MouseEvent) {}

// MouseMoved ends here.
func (s *shield) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends here.
func (s *shield) MouseOut() {}

// Dragged ends here.
func (s *shield) Dragged(*fyne.DragEvent) {}

// DragEnd ends here.
func (s *shield) DragEnd() {}
