package parts_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// forgetful is an app whose driver does not know on which canvas anything is, as
// Fyne's does a minute after something was refreshed.
type forgetful struct {
	fyne.App
	window fyne.Window
}

func (f forgetful) Driver() fyne.Driver                               { return forgetfulDriver{f.App.Driver(), f} }
func (forgetfulDriver) CanvasForObject(fyne.CanvasObject) fyne.Canvas { return nil }
func (d forgetfulDriver) AllWindows() []fyne.Window                   { return []fyne.Window{d.app.window} }

type forgetfulDriver struct {
	fyne.Driver
	app forgetful
}

// noting is a window whose canvas notes what is drawn anew.
type noting struct {
	fyne.Window
	drawn map[fyne.CanvasObject]bool
}

func (n noting) Canvas() fyne.Canvas { return notingCanvas{n.Window.Canvas(), n.drawn} }

type notingCanvas struct {
	fyne.Canvas
	drawn map[fyne.CanvasObject]bool
}

func (c notingCanvas) Refresh(o fyne.CanvasObject) { c.drawn[o] = true }

// TestRowsAreDrawnAnewAlsoWhereFyneForgotThem: a row must never show the text of
// another one that stood there before.
func TestRowsAreDrawnAnewAlsoWhereFyneForgotThem(t *testing.T) {
	r := newListRig(t, 3)
	usual := fyne.CurrentApp()
	window := noting{r.window, map[fyne.CanvasObject]bool{}}
	fyne.SetCurrentApp(forgetful{usual, window})
	t.Cleanup(func() { fyne.SetCurrentApp(usual) })
	r.list.Reload()
	rows := 0
	for o := range window.drawn {
		if _, is := o.(*canvas.Raster); is {
			rows++
		}
	}
	if rows != 3 {
		t.Errorf("%d of 3 rows are drawn anew; others may show what stood there before", rows)
	}
}
