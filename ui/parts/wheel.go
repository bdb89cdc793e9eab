package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"wherry/ui/look"
)

// wheelScroll scrolls three rows for a notch of the wheel, as other programs
// do; Fyne's own goes little more than one. The body must not take the wheel
// itself: whatever is Scrollable counts as a frame that clips, and the body is
// far larger than what is seen of it.
type wheelScroll struct {
	container.Scroll
}

const wheelFactor = 3 * look.RowHeight / 25 // 25 points are Fyne's notch

func newWheelScroll(content fyne.CanvasObject) *wheelScroll {
	s := &wheelScroll{}
	s.Direction = container.ScrollVerticalOnly
	s.Content = content
	s.ExtendBaseWidget(s)
	return s
}

// Scrolled goes further than Fyne would.
func (s *wheelScroll) Scrolled(e *fyne.ScrollEvent) {
	further := *e
	further.Scrolled.DX *= wheelFactor
	further.Scrolled.DY *= wheelFactor
	s.Scroll.Scrolled(&further)
}
