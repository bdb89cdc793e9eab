package parts

import "fyne.io/fyne/v2"

// canvasOf calls f with the canvas that an object is on, if there is one. The
// driver knows that only of what it has painted once; before, as when the
// window opens or a placard is shown for the first time, it is the window's.
func canvasOf(o fyne.CanvasObject, f func(fyne.Canvas)) {
	d := fyne.CurrentApp().Driver()
	if c := d.CanvasForObject(o); c != nil {
		f(c)
		return
	}
	for _, w := range d.AllWindows() {
		f(w.Canvas())
		return
	}
}

// refresh has o drawn anew. Fyne forgets after a minute on which canvas something is
// that was not refreshed meanwhile, until it is drawn the next time, and
// canvas.Refresh does nothing then: a row of a list would go on showing what stood
// there before, under another row's commands.
func refresh(o fyne.CanvasObject) {
	canvasOf(o, func(c fyne.Canvas) { c.Refresh(o) })
}
