package parts

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

func TestSheetFollowsItsWindow(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark))
	w := test.NewTempWindow(t, container.NewStack(widget.NewLabel("")))
	content := canvas.NewRectangle(color.White)
	s := NewSheet(w.Canvas(), content, fyne.NewSize(600, 500))
	w.Resize(fyne.NewSize(800, 400))
	s.Show()
	s.Show() // twice is once
	for size, want := range map[fyne.Size]fyne.Size{
		{Width: 800, Height: 400}:  {Width: 600, Height: 400 - 2*sheetEdge},
		{Width: 1200, Height: 900}: {Width: 600, Height: 500},
		{Width: 300, Height: 200}:  {Width: 300 - 2*sheetEdge, Height: 200 - 2*sheetEdge},
	} {
		s.object.Resize(size) // the canvas of the real driver does so
		if got := content.Size(); got != want {
			t.Errorf("in %v it is %v, want %v", size, got, want)
		}
		if at := content.Position(); at.X != (size.Width-want.Width)/2 || at.Y != (size.Height-want.Height)/2 {
			t.Errorf("in %v it lies at %v", size, at)
		}
	}
}

func TestSheetTakesTheKeysAndGivesThemBack(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark))
	w := test.NewTempWindow(t, container.NewStack(widget.NewLabel("")))
	before, escaped := 0, 0
	w.Canvas().SetOnTypedKey(func(*fyne.KeyEvent) { before++ })
	s := NewSheet(w.Canvas(), widget.NewLabel("x"), fyne.NewSize(100, 100))
	s.Escaped = func() { escaped++ }
	s.Show()
	esc := &fyne.KeyEvent{Name: fyne.KeyEscape}
	w.Canvas().OnTypedKey()(esc)
	d := Ask(w.Canvas(), Question{Title: "Over it", Answers: []Answer{{Title: "OK", Strong: true}}})
	if s.OnTop() {
		t.Error("a question lies over it, and it is on top")
	}
	d.Close()
	if !s.OnTop() {
		t.Error("the question is gone, and it is not on top")
	}
	w.Canvas().OnTypedKey()(esc)
	s.Close()
	s.Close()
	w.Canvas().OnTypedKey()(esc)
	if escaped != 2 || before != 1 || w.Canvas().Overlays().Top() != nil {
		t.Errorf("Esc came %d times to the sheet, %d times to the window", escaped, before)
	}
}

func TestTextOfSeveralLinesIsLeftByEscAndTab(t *testing.T) {
	test.NewTempApp(t)
	left := false
	f := NewText("", 3)
	f.Escaped = func() { left = true }
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if !left || f.AcceptsTab() {
		t.Errorf("left %v, takes Tab %v", left, f.AcceptsTab())
	}
}
