package look_test

import (
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"wherry/ui/look"
)

// TestSheet writes a picture of all glyphs for a person to look at when
// WHERRY_PICTURES names a folder; else it only proves that they lay out.
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
	picture := w.Canvas().Capture()
	if dir := os.Getenv("WHERRY_PICTURES"); dir != "" {
		f, err := os.Create(filepath.Join(dir, "glyphs.png"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, picture); err != nil {
			t.Fatal(err)
		}
	}
}
