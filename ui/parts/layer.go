package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"wherry/ui/look"
)

// Layer floats over the window's content without taking part in it: the ghost
// of what is dragged, and tips. Put Object as the last child of a Stack around
// the content. It is no overlay of the canvas: those take over all hit
// testing, and a drag would see nothing below.
type Layer struct {
	// Object is what goes into the Stack.
	Object *fyne.Container
	ghost  *floating
	tip    *floating
}

// NewLayer returns an empty layer.
func NewLayer() *Layer {
	l := &Layer{ghost: newFloating(), tip: newFloating()}
	l.Object = container.NewWithoutLayout(l.ghost.box, l.tip.box)
	return l
}

// Ghost shows what is dragged beside the mouse, and what a drop would do: text
// such as "3 items" or "Copy 3 items to html". ok false shows that a drop here
// does nothing.
func (l *Layer) Ghost(at fyne.Position, g look.Glyph, text string, ok bool) {
	c := look.ColorAccent
	if !ok {
		c = theme.ColorNameDisabled
	}
	l.ghost.show(l.Object, at.AddXY(14, 12), g, text, c)
}

// HideGhost ends it.
func (l *Layer) HideGhost() { l.ghost.box.Hide() }

// Tip shows a short explanation below a position; "" hides it.
func (l *Layer) Tip(text string, at fyne.Position) {
	if text == "" {
		l.tip.box.Hide()
		return
	}
	l.tip.show(l.Object, at.AddXY(2, 20), "", text, theme.ColorNameForeground)
}

type floating struct {
	box    *fyne.Container
	ground *canvas.Rectangle
	line   *Line
}

func newFloating() *floating {
	f := &floating{ground: canvas.NewRectangle(color.Transparent), line: NewLine("", look.ColorAccent).Whole()}
	f.ground.StrokeWidth = 1
	f.ground.CornerRadius = 4
	f.box = container.NewWithoutLayout(f.ground, f.line)
	f.box.Hide()
	return f
}

// show places it so that it stays inside the window.
func (f *floating) show(within fyne.CanvasObject, at fyne.Position, g look.Glyph, text string, c fyne.ThemeColorName) {
	f.ground.FillColor = look.Color(theme.ColorNameOverlayBackground)
	f.ground.StrokeColor = look.Color(theme.ColorNameInputBorder)
	f.line.Set(text, c, g)
	size := f.line.MinSize().AddWidthHeight(2*look.Gap, look.Gap)
	room := within.Size()
	at.X = max(min(at.X, room.Width-size.Width-2), 0)
	at.Y = max(min(at.Y, room.Height-size.Height-2), 0)
	f.line.Move(fyne.NewPos(look.Gap, look.Gap/2))
	f.line.Resize(size.SubtractWidthHeight(2*look.Gap, look.Gap))
	f.ground.Resize(size)
	f.box.Resize(size)
	f.box.Move(at)
	f.box.Show()
	f.ground.Refresh()
}
