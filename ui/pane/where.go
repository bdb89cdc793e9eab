package pane

import "fyne.io/fyne/v2"

import "wherry/ui/look"

// Rows returns the names shown, in their order, at most limit of them.
func (v *View) Rows(limit int) []string {
	if !v.shown || v.trip != nil || v.failed != nil {
		return nil
	}
	var names []string
	for i := range min(v.model.Len(), limit) {
		names = append(names, v.model.Entry(i).Name)
	}
	return names
}

// Ground returns where in the window the list's first row lies, scrolled as
// it is, and the size of all that shows rows.
func (v *View) Ground() (first fyne.Position, size fyne.Size) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.list)
	return at.AddXY(0, look.HeaderHeight-v.list.Offset()), v.list.Size().SubtractWidthHeight(0, look.HeaderHeight)
}
