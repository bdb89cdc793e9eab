package parts_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"wherry/ui/look"
	"wherry/ui/look/looktest"
	"wherry/ui/loop"
	"wherry/ui/parts"
)

// rig is a window of the test driver with events as the real driver makes
// them: the innermost object that takes the event gets it.
type rig struct {
	t      *testing.T
	loop   *loop.Manual
	window fyne.Window
	mod    fyne.KeyModifier
}

func newRig(t *testing.T, content fyne.CanvasObject, l *loop.Manual, w, h float32) *rig {
	t.Helper()
	window := test.NewTempWindow(t, content)
	window.SetPadded(false)
	window.Resize(fyne.NewSize(w, h))
	return &rig{t: t, loop: l, window: window}
}

func newLoop(t *testing.T) *loop.Manual {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark))
	l := loop.NewManual(t.Context())
	t.Cleanup(l.Close)
	return l
}

// find returns the innermost object at a position that match accepts, and the
// position inside it.
func (r *rig) find(at fyne.Position, match func(fyne.CanvasObject) bool) (fyne.CanvasObject, fyne.Position) {
	var found fyne.CanvasObject
	var local fyne.Position
	roots := []fyne.CanvasObject{r.window.Canvas().Content()}
	if top := r.window.Canvas().Overlays().Top(); top != nil {
		roots = []fyne.CanvasObject{top}
	}
	var walk func(o fyne.CanvasObject, origin fyne.Position)
	walk = func(o fyne.CanvasObject, origin fyne.Position) {
		if !o.Visible() {
			return
		}
		pos, size := origin.Add(o.Position()), o.Size()
		p := at.Subtract(pos)
		if p.X >= 0 && p.Y >= 0 && p.X < size.Width && p.Y < size.Height && match(o) {
			found, local = o, p
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child, pos)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child, pos)
			}
		}
	}
	for _, root := range roots {
		walk(root, fyne.Position{})
	}
	return found, local
}

func (r *rig) mouse(at fyne.Position, button desktop.MouseButton, down bool) {
	r.t.Helper()
	o, local := r.find(at, func(o fyne.CanvasObject) bool {
		switch o.(type) {
		case desktop.Mouseable, fyne.Tappable, fyne.DoubleTappable, fyne.Focusable:
			return true
		}
		return false
	})
	ev := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: local, AbsolutePosition: at}, Button: button, Modifier: r.mod}
	if m, ok := o.(desktop.Mouseable); ok {
		if down {
			m.MouseDown(ev)
		} else {
			m.MouseUp(ev)
		}
	}
	// The driver takes the keys away where nothing under the mouse could have
	// them.
	if f, _ := r.find(at, func(o fyne.CanvasObject) bool { _, ok := o.(fyne.Focusable); return ok }); f == nil {
		r.window.Canvas().Unfocus()
	}
	if tap, ok := o.(fyne.Tappable); ok && !down && button == desktop.MouseButtonPrimary {
		tap.Tapped(&ev.PointEvent)
	}
}

func (r *rig) click(at fyne.Position) {
	r.t.Helper()
	r.mouse(at, desktop.MouseButtonPrimary, true)
	r.mouse(at, desktop.MouseButtonPrimary, false)
}

func (r *rig) clickWith(mod fyne.KeyModifier, at fyne.Position) {
	r.t.Helper()
	r.mod = mod
	r.click(at)
	r.mod = 0
}

// dragging begins a drag at from and moves on through the points; the
// returned function lets the button go.
func (r *rig) dragging(from fyne.Position, through ...fyne.Position) (release func()) {
	r.t.Helper()
	r.mouse(from, desktop.MouseButtonPrimary, true)
	o, _ := r.find(from, func(o fyne.CanvasObject) bool { _, ok := o.(fyne.Draggable); return ok })
	d, ok := o.(fyne.Draggable)
	if !ok {
		r.t.Fatalf("nothing to drag at %v", from)
	}
	last := from
	for _, at := range through {
		d.Dragged(&fyne.DragEvent{
			PointEvent: fyne.PointEvent{AbsolutePosition: at},
			Dragged:    fyne.NewDelta(at.X-last.X, at.Y-last.Y),
		})
		last = at
	}
	return func() {
		if m, ok := o.(desktop.Mouseable); ok {
			m.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{AbsolutePosition: last}, Button: desktop.MouseButtonPrimary})
		}
		d.DragEnd()
	}
}

func (r *rig) key(names ...fyne.KeyName) {
	r.t.Helper()
	for _, name := range names {
		focused := r.window.Canvas().Focused()
		if focused == nil {
			r.t.Fatalf("nobody has the keys for %s", name)
		}
		focused.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

func (r *rig) keyWith(mod fyne.KeyModifier, names ...fyne.KeyName) {
	r.t.Helper()
	r.mod = mod
	r.key(names...)
	r.mod = 0
}

func (r *rig) typed(text string) {
	r.t.Helper()
	for _, c := range text {
		if c == ' ' {
			r.key(fyne.KeySpace)
		}
		r.window.Canvas().Focused().TypedRune(c)
	}
}

// picture writes what the window shows into the folder WHERRY_PICTURES, for a
// person to look at; without that it does nothing.
func (r *rig) picture(name string) {
	r.t.Helper()
	looktest.Picture(r.t, r.window, name)
}

// numbers is a source of n rows.
type numbers struct {
	n   int
	row func(i int) parts.Row
}

func (s numbers) Len() int { return s.n }

func (s numbers) Row(i int) parts.Row {
	if s.row != nil {
		return s.row(i)
	}
	return parts.Row{
		Icon:     look.Draw(look.GlyphFolder, look.ColorFolder),
		Cells:    []string{fmt.Sprintf("row %05d with a name", i), fmt.Sprintf("%d KB", i*7), "2026-01-01 00:37", "drwxr-xr-x"},
		Fraction: -1,
	}
}

func fileColumns() []parts.Column {
	return []parts.Column{
		{Title: "Name", Min: 120, Flex: true, Middle: true},
		{Title: "Size", Width: 80, Min: 50, Align: fyne.TextAlignTrailing, Secondary: true},
		{Title: "Modified", Width: 120, Min: 60, Secondary: true},
		{Title: "Permissions", Width: 90, Min: 60, Secondary: true},
	}
}

// rowPoint is the middle of a row's name while the list begins at the
// window's corner and is not scrolled.
func rowPoint(row int) fyne.Position {
	return fyne.NewPos(60, look.HeaderHeight+(float32(row)+0.5)*look.RowHeight)
}
