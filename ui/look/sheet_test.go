package look_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"wherry/ui/look"
	"wherry/ui/look/looktest"
)

// TestSheet shows all glyphs to a person who looks; else it only proves that
// they lay out.
func TestSheet(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Dark))
	grid := container.NewGridWithColumns(9)
	names := look.Glyphs()
	slices.Sort(names)
	for _, g := range names {
		img := canvas.NewImageFromResource(look.Draw(g, look.ColorSecondary))
		img.SetMinSize(fyne.NewSquareSize(48))
		grid.Add(img)
	}
	w := test.NewTempWindow(t, grid)
	w.Resize(fyne.NewSize(480, 280))
	looktest.Picture(t, w, "glyphs")
}
