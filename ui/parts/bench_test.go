package parts_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"wherry/ui/look"
	"wherry/ui/loop"
	"wherry/ui/parts"
)

const manyRows = 100_000

func manyList(b *testing.B) (*parts.List, fyne.Window) {
	b.Helper()
	test.NewTempApp(b).Settings().SetTheme(look.New(look.Dark))
	l := loop.NewManual(b.Context())
	b.Cleanup(l.Close)
	var s parts.Selection
	s.Reset(manyRows)
	list := parts.NewList(l, fileColumns(), &s)
	list.SetSource(numbers{n: manyRows})
	w := test.NewTempWindow(b, list)
	w.Resize(fyne.NewSize(640, 800))
	return list, w
}

// BenchmarkListScrollStep is what one turn of the wheel costs besides the
// painting: three new rows.
func BenchmarkListScrollStep(b *testing.B) {
	list, _ := manyList(b)
	y := float32(0)
	for b.Loop() {
		y += 3 * look.RowHeight
		if y > (manyRows-100)*look.RowHeight {
			y = 0
		}
		list.ScrollToOffset(y)
	}
}

// BenchmarkListPageJump is a drag of the scroll bar: all rows are new.
func BenchmarkListPageJump(b *testing.B) {
	list, _ := manyList(b)
	for i := 0; b.Loop(); i++ {
		list.ScrollToOffset(float32(i*7919%(manyRows-100)) * look.RowHeight)
	}
}

// BenchmarkListReload is what a refresh or another order costs the list.
func BenchmarkListReload(b *testing.B) {
	list, _ := manyList(b)
	for b.Loop() {
		list.Reload()
	}
}

// BenchmarkListSelectAll is Ctrl+A.
func BenchmarkListSelectAll(b *testing.B) {
	list, w := manyList(b)
	list.Focus()
	for b.Loop() {
		w.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	}
}

// BenchmarkFirstPaint makes a list and draws it with the software painter.
func BenchmarkListFirstPaint(b *testing.B) {
	for b.Loop() {
		_, w := manyList(b)
		if w.Canvas().Capture() == nil {
			b.Fatal(fmt.Errorf("nothing drawn"))
		}
	}
}
