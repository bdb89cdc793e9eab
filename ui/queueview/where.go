package queueview

import (
	"fyne.io/fyne/v2"

	"wherry/ui/look"
)

// Names returns the names shown, in their order, at most limit of them; none of
// rows that were not read yet.
func (v *View) Names(limit int) []string {
	var names []string
	for i := range min(v.model.Len(), limit) {
		if it, ok := v.model.peek(i); ok {
			names = append(names, rowName(it, v.names))
		}
	}
	return names
}

// Ground returns where in the window the list's first row lies, scrolled as it
// is, and the size of all that shows rows.
func (v *View) Ground() (first fyne.Position, size fyne.Size) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.list)
	return at.AddXY(0, look.HeaderHeight-v.list.Offset()), v.list.Size().SubtractWidthHeight(0, look.HeaderHeight)
}
