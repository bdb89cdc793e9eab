package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Tabs is a row of titles over one visible content. A title can change at any
// time ("Queue (8)") without anything being laid out anew but the row.
type Tabs struct {
	widget.BaseWidget

	// Chosen is called when the person goes to another tab.
	Chosen func(tab int)

	tabs     []*tab
	contents []fyne.CanvasObject
	asides   []fyne.CanvasObject // nil for none
	current  int
	ground   *canvas.Rectangle
	mark     *canvas.Rectangle
}

// NewTabs returns a row without tabs.
func NewTabs() *Tabs {
	t := &Tabs{ground: canvas.NewRectangle(color.Transparent), mark: canvas.NewRectangle(color.Transparent)}
	t.ExtendBaseWidget(t)
	return t
}

// Append adds a tab and returns its number. The first one is shown.
func (t *Tabs) Append(title string, content fyne.CanvasObject) int {
	n := len(t.tabs)
	tb := &tab{tabs: t, number: n, line: NewTitle(title).Whole()}
	tb.ExtendBaseWidget(tb)
	t.tabs = append(t.tabs, tb)
	t.contents, t.asides = append(t.contents, content), append(t.asides, nil)
	t.Choose(t.current)
	return n
}

// SetTitle changes a tab's title.
func (t *Tabs) SetTitle(number int, title string) {
	if t.tabs[number].line.Text() != title {
		t.tabs[number].line.SetText(title)
		t.Refresh()
	}
}

// SetAside shows an object at the right of the titles while a tab is shown and
// there is room for it. It gets all the room that the titles leave.
func (t *Tabs) SetAside(number int, o fyne.CanvasObject) {
	t.asides[number] = o
	t.Refresh()
}

// Current returns the number of the tab shown.
func (t *Tabs) Current() int { return t.current }

// Title returns the title of a tab as an object, to find where it stands.
func (t *Tabs) Title(number int) fyne.CanvasObject { return t.tabs[number] }

// Choose shows a tab.
func (t *Tabs) Choose(number int) {
	t.current = number
	for i, c := range t.contents {
		if i == number {
			c.Show()
		} else {
			c.Hide()
		}
	}
	t.Refresh()
}

// CreateRenderer is Fyne's.
func (t *Tabs) CreateRenderer() fyne.WidgetRenderer {
	r := &tabsRenderer{t}
	r.Refresh()
	return r
}

type tabsRenderer struct{ t *Tabs }

const (
	tabsHeight float32 = 28 // of a field, and a little
	tabPad     float32 = 9
)

func (r *tabsRenderer) Layout(size fyne.Size) {
	t, x := r.t, float32(0)
	t.ground.Resize(fyne.NewSize(size.Width, tabsHeight))
	for i, tb := range t.tabs {
		width := tb.MinSize().Width
		tb.room = max(tb.room, width)
		tb.Move(fyne.NewPos(x, 0))
		tb.Resize(fyne.NewSize(width, tabsHeight))
		if i == t.current {
			t.mark.Move(fyne.NewPos(x, tabsHeight-2))
			t.mark.Resize(fyne.NewSize(width, 2))
		}
		x += tb.room
	}
	for i, a := range t.asides {
		if a == nil {
			continue
		}
		room := size.Width - x - tabPad
		a.Move(fyne.NewPos(x+tabPad, 1))
		a.Resize(fyne.NewSize(max(room-look.Gap/2, 0), tabsHeight-2))
		if i == t.current && room >= a.MinSize().Width {
			a.Show()
		} else {
			a.Hide()
		}
	}
	for _, c := range t.contents {
		c.Move(fyne.NewPos(0, tabsHeight))
		c.Resize(fyne.NewSize(size.Width, max(size.Height-tabsHeight, 0)))
	}
}

func (r *tabsRenderer) MinSize() fyne.Size {
	size := fyne.NewSize(120, 0)
	for _, c := range r.t.contents {
		size = size.Max(c.MinSize())
	}
	return size.AddWidthHeight(0, tabsHeight)
}

func (r *tabsRenderer) Refresh() {
	t := r.t
	t.ground.FillColor = look.Color(theme.ColorNameBackground)
	t.mark.FillColor = look.Color(look.ColorAccent)
	for i, tb := range t.tabs {
		c := look.ColorSecondary
		if i == t.current {
			c = theme.ColorNameForeground
		}
		tb.line.Set(tb.line.Text(), c, "")
		tb.Refresh()
	}
	r.Layout(t.Size())
	refresh(t.ground)
}

func (r *tabsRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.t.ground}
	for _, tb := range r.t.tabs {
		objects = append(objects, tb)
	}
	objects = append(objects, r.t.mark)
	for _, a := range r.t.asides {
		if a != nil {
			objects = append(objects, a)
		}
	}
	return append(objects, r.t.contents...)
}

func (r *tabsRenderer) Destroy() {}

// tab is one title.
type tab struct {
	widget.BaseWidget
	tabs   *Tabs
	number int
	line   *Line
	room   float32 // the widest it was: the tabs beside it stay where the hand aims
	ground *canvas.Rectangle
	over   bool
}

// Tapped shows the tab.
func (t *tab) Tapped(*fyne.PointEvent) {
	if t.tabs.current == t.number {
		return
	}
	t.tabs.Choose(t.number)
	if t.tabs.Chosen != nil {
		t.tabs.Chosen(t.number)
	}
}

// MouseIn shows that it can be clicked.
func (t *tab) MouseIn(*desktop.MouseEvent) { t.over = true; t.Refresh() }

// MouseMoved is Fyne's.
func (t *tab) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends it.
func (t *tab) MouseOut() { t.over = false; t.Refresh() }

// CreateRenderer is Fyne's.
func (t *tab) CreateRenderer() fyne.WidgetRenderer {
	t.ground = canvas.NewRectangle(color.Transparent)
	return &tabRenderer{t}
}

type tabRenderer struct{ t *tab }

func (r *tabRenderer) Layout(size fyne.Size) {
	r.t.ground.Resize(size)
	r.t.line.Move(fyne.NewPos(tabPad, 0))
	r.t.line.Resize(fyne.NewSize(max(size.Width-2*tabPad, 0), size.Height))
}

func (r *tabRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.t.line.MinSize().Width+2*tabPad, tabsHeight)
}

func (r *tabRenderer) Refresh() {
	r.t.ground.FillColor = color.Transparent
	if r.t.over {
		r.t.ground.FillColor = look.Color(theme.ColorNameHover)
	}
	r.t.line.Refresh()
	r.Layout(r.t.Size())
	r.t.ground.Refresh()
}

func (r *tabRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.ground, r.t.line}
}
func (r *tabRenderer) Destroy() {}
