package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Line is one line of text that is cut with an ellipsis where it does not fit,
// with an optional glyph before it. A canvas.Text would run over its
// neighbours, and a widget.Label is too heavy for a status that changes five
// times a second.
type Line struct {
	widget.BaseWidget

	text    string
	color   fyne.ThemeColorName
	glyph   look.Glyph
	size    fyne.ThemeSizeName
	bold    bool
	middle  bool // cut there, and not at the end
	words   bool // cut between them, where there are any
	least   float32
	picture *canvas.Text
	icon    *canvas.Image
	fitter  *fitter
}

// NewLine returns a line in a colour of the theme.
func NewLine(text string, c fyne.ThemeColorName) *Line {
	l := &Line{
		text: text, color: c, size: theme.SizeNameText, least: 20,
		picture: canvas.NewText("", color.Transparent), icon: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	l.ExtendBaseWidget(l)
	return l
}

// NewTitle returns a bold line in the usual colour.
func NewTitle(text string) *Line {
	l := NewLine(text, theme.ColorNameForeground)
	l.bold = true
	return l
}

// Whole makes the line ask for all the room its text takes, instead of next to
// none. It returns the line.
func (l *Line) Whole() *Line {
	l.least = 0
	return l
}

// AtWords has the line cut between two words. It returns the line.
func (l *Line) AtWords() *Line {
	l.words = true
	return l
}

// Align sets where the text stands when there is more room. It returns the
// line.
func (l *Line) Align(a fyne.TextAlign) *Line {
	l.picture.Alignment = a
	return l
}

// Text returns what is shown, before it is cut.
func (l *Line) Text() string { return l.text }

// Set changes text, colour and glyph ("" for none) at once; nothing happens
// when all are as before.
func (l *Line) Set(text string, c fyne.ThemeColorName, g look.Glyph) {
	if text == l.text && c == l.color && g == l.glyph {
		return
	}
	l.text, l.color, l.glyph = text, c, g
	l.Refresh()
}

// SetText changes the text alone.
func (l *Line) SetText(text string) { l.Set(text, l.color, l.glyph) }

// CreateRenderer is Fyne's.
func (l *Line) CreateRenderer() fyne.WidgetRenderer {
	r := &lineRenderer{l}
	r.Refresh()
	return r
}

type lineRenderer struct{ l *Line }

func (r *lineRenderer) Layout(size fyne.Size) {
	l, x := r.l, float32(0)
	if l.glyph != "" {
		l.icon.Move(fyne.NewPos(0, (size.Height-look.Icon)/2))
		l.icon.Resize(fyne.NewSquareSize(look.Icon))
		x = look.Icon + look.Gap
	}
	if l.fitter == nil || l.fitter.style != l.picture.TextStyle {
		l.fitter = newFitter(l.picture.TextStyle)
	}
	l.picture.Text = l.fitter.fit(l.text, size.Width-x, l.middle)
	if l.words {
		l.picture.Text = atWord(l.text, l.picture.Text)
	}
	l.picture.Move(fyne.NewPos(x, 0))
	l.picture.Resize(fyne.NewSize(max(size.Width-x, 0), size.Height))
	refresh(l.picture)
}

// Cut says whether the text has less room than it wants.
func (l *Line) Cut() bool { return l.wanted() > l.Size().Width }

// wanted is how wide the line is when nothing is cut, without a glyph.
func (l *Line) wanted() float32 {
	return fyne.MeasureText(l.text, look.Size(l.size), fyne.TextStyle{Bold: l.bold}).Width + 1
}

func (r *lineRenderer) MinSize() fyne.Size {
	l := r.l
	size := fyne.MeasureText(l.text, look.Size(l.size), l.picture.TextStyle)
	if l.glyph != "" {
		size = fyne.NewSize(size.Width+look.Icon+look.Gap, max(size.Height, look.Icon))
	}
	if l.least > 0 {
		size.Width = min(size.Width, l.least)
	}
	return fyne.NewSize(size.Width+1, size.Height)
}

func (r *lineRenderer) Refresh() {
	l := r.l
	l.picture.TextStyle = fyne.TextStyle{Bold: l.bold}
	l.picture.TextSize = look.Size(l.size)
	l.picture.Color = look.Color(l.color)
	l.icon.Hidden = l.glyph == ""
	if l.glyph != "" {
		l.icon.Resource, l.icon.Image = look.Draw(l.glyph, l.color), nil
		l.icon.Refresh()
	}
	r.Layout(l.Size())
}

func (r *lineRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.l.icon, r.l.picture}
}
func (r *lineRenderer) Destroy() {}
