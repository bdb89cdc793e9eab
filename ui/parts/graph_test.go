package parts_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/google/go-cmp/cmp"

	"wherry/ui/look"
	"wherry/ui/parts"
)

func TestGraphDrawsOnlyWhatIsNew(t *testing.T) {
	l := newLoop(t)
	g := parts.NewGraph(fyne.NewSize(100, 40), look.ColorAccent, look.ColorOK)
	pressed := 0
	g.Pressed = func() { pressed++ }
	r := newRig(t, container.NewHBox(g), l, 100, 40)
	values := func() []float32 { return []float32{0, 0.5, 1, 0.2} }
	if !g.Set(values(), nil) || g.Set(values(), nil) || !g.Set(values(), values()) {
		t.Error("what is new is not told from what is not")
	}
	r.click(fyne.NewPos(20, 20))
	if pressed != 1 {
		t.Errorf("pressed %d times", pressed)
	}
	r.picture("graph")
}

// TestGraphDrawsTheHighestAtTheTop looks at the pixels above the highest and
// above the lowest value.
func TestGraphDrawsTheHighestAtTheTop(t *testing.T) {
	l := newLoop(t)
	g := parts.NewGraph(fyne.NewSize(100, 40), look.ColorAccent)
	r := newRig(t, g, l, 100, 40)
	before := r.window.Canvas().Capture()
	g.Set([]float32{1, 0})
	now := r.window.Canvas().Capture()
	if now.At(3, 3) == before.At(3, 3) {
		t.Error("nothing is drawn below the highest value")
	}
	if now.At(95, 10) != before.At(95, 10) {
		t.Error("something is drawn above the lowest value")
	}
}

func TestGraphStaysInsideWhateverItIsGiven(t *testing.T) {
	l := newLoop(t)
	g := parts.NewGraph(fyne.NewSize(100, 40), look.ColorAccent)
	r := newRig(t, g, l, 100, 40)
	pictures := map[float32]any{}
	for _, value := range []float32{1, 7} {
		g.Set([]float32{value, value})
		pictures[value] = r.window.Canvas().Capture()
	}
	if diff := cmp.Diff(pictures[1], pictures[7]); diff != "" {
		t.Error("more than the top is not drawn as the top")
	}
}

func TestGraphWithNothingBehindItTakesNoClick(t *testing.T) {
	l := newLoop(t)
	g := parts.NewGraph(fyne.NewSize(100, 40), look.ColorAccent)
	r := newRig(t, g, l, 100, 40)
	r.click(fyne.NewPos(20, 20))
	if g.Cursor() != desktop.DefaultCursor {
		t.Error("it looks as if it could be clicked")
	}
	pressed := 0
	g.Pressed = func() { pressed++ }
	r.click(fyne.NewPos(20, 20))
	if pressed != 1 || g.Cursor() != desktop.PointerCursor {
		t.Errorf("clicked %d times", pressed)
	}
}

func TestAsideIsShownWithItsTabWhereThereIsRoom(t *testing.T) {
	l := newLoop(t)
	tabs := parts.NewTabs()
	aside := parts.NewField("", 150)
	for _, title := range []string{"Queue", "Completed"} {
		tabs.Append(title, container.NewStack())
	}
	tabs.SetAside(1, aside)
	r := newRig(t, tabs, l, 500, 100)
	if aside.Visible() {
		t.Error("it is shown beside another tab")
	}
	r.click(fyne.NewPos(100, 12))
	if !aside.Visible() || aside.Position().X+aside.Size().Width > 500 {
		t.Errorf("it stands at %v, %v wide", aside.Position(), aside.Size())
	}
	r.window.Resize(fyne.NewSize(200, 100))
	if tabs.Refresh(); aside.Visible() {
		t.Error("it is shown over the titles")
	}
}

func TestGapLiesBetweenRows(t *testing.T) {
	l := newLoop(t)
	var s parts.Selection
	s.Reset(5)
	list := parts.NewList(l, fileColumns(), &s)
	list.SetSource(numbers{n: 5})
	r := newRig(t, list, l, 400, 300)
	at := func(rows float32) fyne.Position { return fyne.NewPos(60, look.HeaderHeight+rows*look.RowHeight) }
	for outcome, tc := range map[string]struct {
		at     fyne.Position
		gap    int
		inside bool
	}{
		"the upper half is above its row": {at(2.4), 2, true},
		"the lower half is below it":      {at(2.6), 3, true},
		"the first":                       {at(0.1), 0, true},
		"below the last is behind it":     {at(9), 5, true},
		"outside is nowhere":              {fyne.NewPos(60, 5), -1, false},
	} {
		if gap, inside := list.GapAt(tc.at); gap != tc.gap || inside != tc.inside {
			t.Errorf("%s: %d, %v", outcome, gap, inside)
		}
	}
	for _, gap := range []int{0, 3, 5} {
		plain := r.window.Canvas().Capture()
		list.Insert(gap)
		y := int(look.HeaderHeight + float32(gap)*look.RowHeight)
		drawn := false
		for _, row := range []int{y - 1, y, y + 1} {
			drawn = drawn || r.window.Canvas().Capture().At(200, row) != plain.At(200, row)
		}
		if !drawn {
			t.Errorf("no line is drawn in gap %d", gap)
		}
		list.Insert(-1)
	}
}

func TestColumnsYieldInTheirOrder(t *testing.T) {
	l := newLoop(t)
	columns := []parts.Column{
		{Title: "Name", Width: 100},
		{Title: "From", Width: 100, Yield: 2},
		{Title: "To", Min: 100, Flex: true},
		{Title: "Speed", Width: 100, Yield: 1},
		{Title: "State", Width: 100},
	}
	var s parts.Selection
	s.Reset(1)
	list := parts.NewList(l, columns, &s)
	cells := []string{"name", "from", "to", "speed", "state"}
	list.SetSource(numbers{n: 1, row: func(int) parts.Row { return parts.Row{Cells: cells, Fraction: -1} }})
	r := newRig(t, list, l, 600, 100)
	for width, want := range map[float32][]string{
		600: cells, 450: {"name", "to", "speed", "state"}, 350: {"name", "to", "state"}, 250: {"name", "to"},
	} {
		r.window.Resize(fyne.NewSize(width, 100))
		if diff := cmp.Diff(want, parts.ShownCells(list, 0)); diff != "" {
			t.Errorf("%v wide: %s", width, diff)
		}
	}
}

func TestManyAnswersStandInRows(t *testing.T) {
	l := newLoop(t)
	r := newRig(t, container.NewStack(), l, 420, 300)
	var answers []parts.Answer
	for _, title := range []string{"Replace if Newer", "Replace if Size Differs", "Replace", "Keep Both", "Skip"} {
		answers = append(answers, parts.Answer{Title: title, Strong: title == "Skip"})
	}
	d := parts.Ask(r.window.Canvas(), parts.Question{Title: "It exists", Answers: answers, Width: 540})
	defer d.Close()
	if size := r.window.Canvas().Overlays().Top().MinSize(); size.Width > 420 {
		t.Errorf("it needs %v", size)
	}
	// From the last one: above it, left of that, and back down.
	for _, step := range []struct {
		key  fyne.KeyName
		want string
	}{
		{fyne.KeyUp, "Replace"},
		{fyne.KeyUp, "Replace if Newer"},
		{fyne.KeyRight, "Replace if Size Differs"},
		{fyne.KeyDown, "Keep Both"},
		{fyne.KeyRight, "Skip"},
	} {
		r.key(step.key)
		if got := r.window.Canvas().Focused().(fyne.Accessible).AccessibilityLabel(); got != step.want {
			t.Errorf("%s goes to %q, want %q", step.key, got, step.want)
		}
	}
}
