// Package looktest writes pictures of what a test shows.
//
// It exists so that a person can look at every widget and view as the tests
// draw them, in one folder and by one switch. Only tests import it.
package looktest

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
)

// Picture writes what a window shows as NAME.png into the folder that the
// environment's WHERRY_PICTURES names; without that it does nothing.
func Picture(t *testing.T, w fyne.Window, name string) {
	t.Helper()
	dir := os.Getenv("WHERRY_PICTURES")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, w.Canvas().Capture()); err != nil {
		t.Fatal(err)
	}
}
