package parts_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
	"wherry/ui/parts"
)

// textAt is where in an object some text is drawn.
func textAt(o fyne.CanvasObject, text string) (at fyne.Position, ok bool) {
	var children []fyne.CanvasObject
	switch o := o.(type) {
	case *canvas.Text:
		return fyne.Position{}, o.Text == text
	case *fyne.Container:
		children = o.Objects
	case fyne.Widget:
		children = test.WidgetRenderer(o).Objects()
	}
	for _, child := range children {
		if at, ok := textAt(child, text); ok {
			return at.Add(child.Position()), true
		}
	}
	return fyne.Position{}, false
}

// TestFieldsGiveTheirTextRoom, and a click means the letter under the mouse all
// the same.
func TestFieldsGiveTheirTextRoom(t *testing.T) {
	const text = "ftp.example.org"
	type typing interface {
		fyne.CanvasObject
		SetText(string)
	}
	for outcome, make := range map[string]func() (typing, *widget.Entry){
		"a line": func() (typing, *widget.Entry) { f := parts.NewField("", 200); return f, &f.Entry },
		"a line with an icon": func() (typing, *widget.Entry) {
			f := parts.NewFilter("", func(string) {}, func() {})
			return f, &f.Entry
		},
		"several lines": func() (typing, *widget.Entry) { f := parts.NewText("", 2); return f, &f.Entry },
	} {
		t.Run(outcome, func(t *testing.T) {
			l := newLoop(t)
			f, entry := make()
			f.SetText(text)
			r := newRig(t, container.NewVBox(f), l, 300, 120)
			at, ok := textAt(f, text)
			if !ok || at.X < 7 {
				t.Fatalf("the text is drawn %t, at %v", ok, at)
			}
			before := func(n int) fyne.Position {
				return f.Position().Add(at).AddXY(fyne.MeasureText(text[:n], look.Size(theme.SizeNameText), fyne.TextStyle{}).Width+1, 8)
			}
			for _, n := range []int{0, 4, 11} {
				r.click(before(n))
				if entry.CursorColumn != n {
					t.Errorf("a click before letter %d puts the cursor before %d", n, entry.CursorColumn)
				}
			}
			to := before(11).Subtract(f.Position())
			from := before(4).Subtract(f.Position())
			f.(desktop.Mouseable).MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: from}, Button: desktop.MouseButtonPrimary})
			f.(fyne.Draggable).Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: to}, Dragged: fyne.NewDelta(to.X-from.X, 0)})
			f.(fyne.Draggable).DragEnd()
			if got := entry.SelectedText(); got != "example" {
				t.Errorf("what was dragged over is %q", got)
			}
		})
	}
}

// TestTextsOfAFormBeginInOneLine: fields and lists that drop down stand below
// each other.
func TestTextsOfAFormBeginInOneLine(t *testing.T) {
	l := newLoop(t)
	field, choice, text := parts.NewField("", 200), parts.NewChoice([]string{"Ask"}, nil), parts.NewText("", 2)
	field.SetText("Ask")
	choice.SetSelected("Ask")
	text.SetText("Ask")
	newRig(t, container.NewVBox(field, choice, text), l, 300, 120)
	want, _ := textAt(field, "Ask")
	for name, o := range map[string]fyne.CanvasObject{"a list": choice, "several lines": text} {
		if at, ok := textAt(o, "Ask"); !ok || at.X != want.X {
			t.Errorf("the text of %s begins at %v, that of a field at %v", name, at.X, want.X)
		}
	}
}
