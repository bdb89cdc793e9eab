package parts_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/google/go-cmp/cmp"

	"wherry/ui/look"
	"wherry/ui/parts"
)

type listRig struct {
	*rig
	list      *parts.List
	selection *parts.Selection
	events    []string
}

// newListRig shows a list of n rows in a window of 600 x 322: 15 rows.
func newListRig(t *testing.T, n int) *listRig {
	t.Helper()
	l := newLoop(t)
	lr := &listRig{selection: &parts.Selection{}}
	lr.selection.Reset(n)
	lr.list = parts.NewList(l, fileColumns(), lr.selection)
	lr.list.SetSource(numbers{n: n})
	lr.rig = newRig(t, lr.list, l, 600, 322)
	lr.list.Modifiers = func() fyne.KeyModifier { return lr.mod }
	lr.list.Hooks = parts.Hooks{
		Sort:    func(c int) { lr.event("sort %d", c) },
		Open:    func(r int) { lr.event("open %d", r) },
		Up:      func() { lr.event("up") },
		Menu:    func(r int, _ fyne.Position) { lr.event("menu %d", r) },
		Renamed: func(r int, name string) { lr.event("rename %d %s", r, name) },
		Key:     func(k fyne.KeyName, _ fyne.KeyModifier) { lr.event("key %s", k) },
		Find: func(prefix string, from int) int {
			for i := range n {
				if row := (from + i) % n; strings.HasPrefix(fmt.Sprintf("%d", row), prefix) {
					return row
				}
			}
			return -1
		},
		DragStart: func(fyne.Position) bool { lr.event("drag %v", lr.selection.Rows()); return true },
		DragEnd:   func(_ fyne.Position, ok bool) { lr.event("drop %v", ok) },
		Switch:    func() { lr.event("switch") },
	}
	return lr
}

func (r *listRig) event(format string, args ...any) {
	r.events = append(r.events, fmt.Sprintf(format, args...))
}

func (r *listRig) want(rows []int, events ...string) {
	r.t.Helper()
	if diff := cmp.Diff(rows, r.selection.Rows()); diff != "" {
		r.t.Errorf("selection: %s", diff)
	}
	if diff := cmp.Diff(events, r.events); diff != "" {
		r.t.Errorf("events: %s", diff)
	}
	r.events = nil
}

func TestMouseSelects(t *testing.T) {
	const ctrl, shift = fyne.KeyModifierShortcutDefault, fyne.KeyModifierShift
	for outcome, tc := range map[string]struct {
		do   func(r *listRig)
		want []int
	}{
		"click selects one":          {func(r *listRig) { r.click(rowPoint(3)); r.click(rowPoint(5)) }, []int{5}},
		"control adds and takes out": {func(r *listRig) { r.click(rowPoint(1)); r.clickWith(ctrl, rowPoint(3)); r.clickWith(ctrl, rowPoint(1)) }, []int{3}},
		"shift selects a range":      {func(r *listRig) { r.click(rowPoint(4)); r.clickWith(shift, rowPoint(2)) }, []int{2, 3, 4}},
		"a second shift moves the range's end": {func(r *listRig) {
			r.click(rowPoint(4))
			r.clickWith(shift, rowPoint(2))
			r.clickWith(shift, rowPoint(5))
		}, []int{4, 5}},
		"control and shift add a range": {func(r *listRig) {
			r.click(rowPoint(0))
			r.clickWith(ctrl, rowPoint(3))
			r.clickWith(ctrl|shift, rowPoint(4))
		}, []int{0, 3, 4}},
		"the ground below deselects":          {func(r *listRig) { r.click(rowPoint(3)); r.click(rowPoint(11)) }, []int{}},
		"the ground keeps with control":       {func(r *listRig) { r.click(rowPoint(3)); r.clickWith(ctrl, rowPoint(11)) }, []int{3}},
		"a click on one of several ends them": {func(r *listRig) { r.click(rowPoint(1)); r.clickWith(shift, rowPoint(3)); r.click(rowPoint(2)) }, []int{2}},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newListRig(t, 10)
			tc.do(r)
			r.want(tc.want)
		})
	}
}

func TestDoubleClickOpensOnlyWhenQuickAndOnOneRow(t *testing.T) {
	r := newListRig(t, 10)
	r.click(rowPoint(2))
	r.click(rowPoint(2))
	r.want([]int{2}, "open 2")
	r.click(rowPoint(2))
	r.want([]int{2}) // a third click is no second double click
	r.loop.Advance(time.Second)
	r.click(rowPoint(2))
	r.want([]int{2})
	r.click(rowPoint(3))
	r.want([]int{3})
}

func TestOnlyTwoPlainClicksOpen(t *testing.T) {
	for outcome, mod := range map[string]fyne.KeyModifier{
		"after control": fyne.KeyModifierShortcutDefault, "after shift": fyne.KeyModifierShift,
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newListRig(t, 10)
			r.clickWith(mod, rowPoint(2))
			r.click(rowPoint(2))
			r.want([]int{2})
			r.click(rowPoint(2))
			r.want([]int{2}, "open 2")
		})
	}
}

func TestPressThatOpenedDragsNothing(t *testing.T) {
	r := newListRig(t, 10)
	r.click(rowPoint(2))
	r.dragging(rowPoint(2), rowPoint(4), rowPoint(6))()
	r.want([]int{2}, "open 2")
}

func TestRightClickSelectsAndAsksForAMenu(t *testing.T) {
	r := newListRig(t, 10)
	r.click(rowPoint(1))
	r.clickWith(fyne.KeyModifierShift, rowPoint(3))
	right := func(row int) {
		r.mouse(rowPoint(row), desktop.MouseButtonSecondary, true)
		r.mouse(rowPoint(row), desktop.MouseButtonSecondary, false)
	}
	right(2)
	r.want([]int{1, 2, 3}, "menu 2") // several stay selected
	right(5)
	r.want([]int{5}, "menu 5")
	right(12)
	r.want([]int{}, "menu -1")
}

func TestKeysSelectAndOpen(t *testing.T) {
	const shift = fyne.KeyModifierShift
	r := newListRig(t, 100)
	r.list.Focus()
	r.key(fyne.KeyDown, fyne.KeyDown)
	r.want([]int{2})
	r.keyWith(shift, fyne.KeyDown, fyne.KeyDown)
	r.want([]int{2, 3, 4})
	r.keyWith(shift, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp)
	r.want([]int{1, 2})
	r.key(fyne.KeyEnd)
	r.want([]int{99})
	if row, _ := r.list.RowAt(rowPoint(14)); row != 99 {
		t.Errorf("End left row %d at the foot of the list", row)
	}
	r.key(fyne.KeyHome, fyne.KeyPageDown)
	r.want([]int{14})
	r.key(fyne.KeyInsert, fyne.KeyInsert)
	r.want([]int{15})
	r.key(fyne.KeyReturn, fyne.KeyBackspace, fyne.KeyF5, fyne.KeyDelete, fyne.KeyTab, desktop.KeyMenu)
	r.want([]int{15}, "open 16", "up", "key F5", "key Delete", "switch", "menu 16")
	r.window.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	if r.selection.Count() != 100 {
		t.Errorf("Ctrl+A selected %d", r.selection.Count())
	}
	r.keyWith(shift, desktop.KeyShiftLeft) // fires too, and means nothing
	r.want(r.selection.Rows())
}

func TestTypingGoesToTheName(t *testing.T) {
	r := newListRig(t, 500)
	r.list.Focus()
	r.typed("42")
	r.want([]int{42})
	r.typed("7") // quickly: one word
	r.want([]int{427})
	r.loop.Advance(2 * time.Second)
	r.typed("3")
	r.want([]int{3})
	r.typed("3") // the same letter goes on to the next
	r.want([]int{30})
	r.loop.Advance(2 * time.Second)
	r.typed(" ") // the space bar alone toggles
	r.want([]int{})
}

func TestDragTakesAllSelectedRows(t *testing.T) {
	r := newListRig(t, 10)
	r.click(rowPoint(1))
	r.clickWith(fyne.KeyModifierShift, rowPoint(3))
	release := r.dragging(rowPoint(2), rowPoint(4), rowPoint(5))
	release()
	r.want([]int{1, 2, 3}, "drag [1 2 3]", "drop true")

	release = r.dragging(rowPoint(7), rowPoint(4))
	release()
	r.want([]int{7}, "drag [7]", "drop true")

	release = r.dragging(rowPoint(8), rowPoint(3)) // the one pressed, not those passed
	release()
	r.want([]int{8}, "drag [8]", "drop true")
}

func TestBandOverTheGroundSelectsWhatItTouches(t *testing.T) {
	r := newListRig(t, 10)
	release := r.dragging(rowPoint(12), rowPoint(9), rowPoint(4))
	r.picture("band")
	r.want([]int{4, 5, 6, 7, 8, 9})
	release()
	r.dragging(rowPoint(12), rowPoint(4), rowPoint(8))()
	r.want([]int{8, 9}) // it grows and shrinks
	r.dragging(rowPoint(12), rowPoint(13))()
	r.want([]int{})
	r.click(rowPoint(1))
	r.mod = fyne.KeyModifierShortcutDefault
	r.dragging(rowPoint(12), rowPoint(9))()
	r.mod = 0
	r.want([]int{1, 9}) // Ctrl adds
	r.mouse(rowPoint(4), desktop.MouseButtonPrimary, true)
	r.mouse(rowPoint(4), desktop.MouseButtonPrimary, false)
	r.want([]int{4}) // and it ends with the button
}

func TestControlMovesTheCursorAlone(t *testing.T) {
	const ctrl, shift = fyne.KeyModifierShortcutDefault, fyne.KeyModifierShift
	r := newListRig(t, 100)
	press := func(mod fyne.KeyModifier, keys ...fyne.KeyName) {
		for _, key := range keys {
			r.window.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: mod})
		}
	}
	r.list.Focus()
	r.key(fyne.KeyDown)
	press(ctrl, fyne.KeyDown, fyne.KeyDown)
	r.want([]int{1})
	if r.selection.Cursor() != 3 {
		t.Errorf("the cursor is on %d", r.selection.Cursor())
	}
	press(ctrl, fyne.KeySpace)
	r.want([]int{1, 3})
	press(ctrl, fyne.KeyDown)
	press(ctrl|shift, fyne.KeyDown)
	r.want([]int{1, 3, 4, 5})
	press(ctrl, fyne.KeyHome)
	r.want([]int{1, 3, 4, 5})
	press(fyne.KeyModifierAlt, fyne.KeyDown) // somebody else's
	r.want([]int{1, 3, 4, 5})
	r.keyWith(shift, fyne.KeyF10)
	r.key(fyne.KeyF10)
	r.want([]int{1, 3, 4, 5}, "menu 0", "key F10")
}

func TestRepaintDrawsOnlyWhatChanged(t *testing.T) {
	r := newListRig(t, 10)
	cells := func(i int) string { return fmt.Sprint("row ", i) }
	done := float32(0)
	asked := 0
	r.list.SetSource(numbers{n: 10, row: func(i int) parts.Row {
		asked++
		row := parts.Row{Cells: []string{cells(i)}, Fraction: -1}
		if i == 3 {
			row.Fraction = done
		}
		return row
	}})
	drawn := func() int { return parts.Drawn(r.list) }
	drawn()
	r.list.Repaint()
	if n := drawn(); n != 0 || asked == 0 {
		t.Errorf("%d rows were drawn again for nothing", n)
	}
	done = 0.5
	r.list.Repaint()
	if n := drawn(); n != 1 {
		t.Errorf("%d rows were drawn for one that changed", n)
	}
	cells = func(i int) string { return fmt.Sprint("other ", i) }
	r.list.Repaint()
	if n := drawn(); n != 10 {
		t.Errorf("%d of 10 rows were drawn", n)
	}
}

func TestTextThatIsCutIsToldWhole(t *testing.T) {
	r := newListRig(t, 10)
	r.list.Hooks.Cut = func(text string) { r.event("cut %q", text) }
	r.list.SetWidths([]float32{0, 80, 60, 90})
	over := func(x float32, row int) {
		o, local := r.find(fyne.NewPos(x, rowPoint(row).Y), func(o fyne.CanvasObject) bool { _, ok := o.(desktop.Hoverable); return ok })
		o.(desktop.Hoverable).MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: local}})
	}
	over(40, 2)
	over(480, 2)
	over(485, 2)
	over(40, 3)
	over(480, 12)
	r.want([]int{}, `cut "2026-01-01 00:37"`, `cut ""`)
}

func TestBorderFitsItsColumnToTheContent(t *testing.T) {
	r := newListRig(t, 10)
	r.list.SetWidths([]float32{0, 80, 200, 90})
	fit := func(x float32) {
		grip, _ := r.find(fyne.NewPos(x, 10), func(o fyne.CanvasObject) bool { _, ok := o.(fyne.DoubleTappable); return ok })
		test.DoubleTap(grip.(fyne.DoubleTappable))
	}
	fit(600 - 10 - 90) // right of Modified
	w := r.list.Widths()
	need := fyne.MeasureText("2026-01-01 00:37", look.Size(theme.SizeNameText), fyne.TextStyle{}).Width
	if w[2] < need+12 || w[2] > need+16 || w[1] != 80 || w[3] != 90 {
		t.Errorf("widths %v, the text needs %v", w, need)
	}
	r.list.SetWidths([]float32{0, 20, 200, 90})
	fit(600 - 10 - 90 - 200 - 50) // right of Name, which takes what is left: all others
	if w = r.list.Widths(); w[1] < 50 || w[2] > need+16 || w[3] < 75 {
		t.Errorf("widths %v", w)
	}
}

func TestEscapeEndsADrag(t *testing.T) {
	r := newListRig(t, 10)
	release := r.dragging(rowPoint(2), rowPoint(4))
	r.key(fyne.KeyEscape)
	r.want([]int{2}, "drag [2]", "drop false")
	release()
	r.want([]int{2}) // the button going up means nothing then
}

func TestRenameInPlace(t *testing.T) {
	r := newListRig(t, 10)
	r.list.BeginRename(3, "name.txt", 4)
	r.picture("rename")
	r.typed("new")
	r.key(fyne.KeyReturn)
	r.want([]int{}, "rename 3 newname.txt"[:9]+"new.txt")
	if !r.list.HasFocus() || r.list.Renaming() {
		t.Error("the keys did not come back to the list")
	}
	for outcome, end := range map[string]func(){
		"Esc keeps the old name":             func() { r.key(fyne.KeyEscape) },
		"a click elsewhere keeps it":         func() { r.click(rowPoint(5)) },
		"losing the keys keeps it":           func() { r.window.Canvas().Unfocus() },
		"rows that change under it keep it":  func() { r.list.Reload() },
		"another renaming ends the first":    func() { r.list.BeginRename(4, "x", 1); r.key(fyne.KeyEscape) },
		"a row that does not exist is no-op": func() { r.list.BeginRename(99, "x", 1); r.key(fyne.KeyEscape) },
	} {
		r.list.BeginRename(3, "name.txt", 4)
		r.typed("zzz")
		end()
		if len(r.events) != 0 || r.list.Renaming() {
			t.Errorf("%s: %v", outcome, r.events)
		}
	}
}

func TestTitlesSortAndBordersResize(t *testing.T) {
	r := newListRig(t, 10)
	r.click(fyne.NewPos(40, 8))
	r.want([]int{}, "sort 0")
	before := r.list.Widths()
	border := 600 - 10 - before[2] - before[3] // between Size and Modified
	release := r.dragging(fyne.NewPos(border, 10), fyne.NewPos(border-10, 10))
	release()
	after := r.list.Widths()
	if after[1] != before[1]-10 || after[2] != before[2]+10 || after[3] != before[3] {
		t.Errorf("widths %v became %v", before, after)
	}
	border -= 10
	release = r.dragging(fyne.NewPos(border, 10), fyne.NewPos(border-400, 10))
	release()
	if got := r.list.Widths()[1]; got != 50 {
		t.Errorf("width %v is not held at the least one", got)
	}
	r.list.SetWidths(before)
	if diff := cmp.Diff(before, r.list.Widths()); diff != "" {
		t.Error(diff)
	}
}

func TestDropPlaces(t *testing.T) {
	r := newListRig(t, 10)
	for outcome, tc := range map[string]struct {
		at     fyne.Position
		row    int
		inside bool
	}{
		"a row":              {rowPoint(3), 3, true},
		"the ground":         {rowPoint(13), -1, true},
		"the header":         {fyne.NewPos(50, 5), -1, false},
		"outside the window": {fyne.NewPos(-5, 50), -1, false},
	} {
		if row, inside := r.list.RowAt(tc.at); row != tc.row || inside != tc.inside {
			t.Errorf("%s: row %d, inside %v", outcome, row, inside)
		}
	}
	r.list.Highlight(3)
	r.picture("drop-row")
	r.list.Highlight(parts.HighlightAll)
	r.picture("drop-all")
	r.list.Highlight(parts.HighlightNone)
}

func TestDragNearTheEdgeScrollsUntilItLeaves(t *testing.T) {
	r := newListRig(t, 1000)
	foot := fyne.NewPos(50, 318)
	r.list.EdgeScroll(foot)
	r.loop.Advance(time.Second)
	if r.list.Offset() < 100 {
		t.Fatalf("scrolled only to %v in a second", r.list.Offset())
	}
	r.list.EdgeScroll(fyne.NewPos(50, 150))
	before := r.list.Offset()
	r.loop.Advance(time.Second)
	if r.list.Offset() != before {
		t.Error("scrolls although the drag is in the middle")
	}
}

func TestWheelGoesThreeRows(t *testing.T) {
	r := newListRig(t, 1000)
	test.Scroll(r.window.Canvas(), rowPoint(3), 0, -25) // a notch
	if d := r.list.Offset() - 3*look.RowHeight; d < -0.01 || d > 0.01 {
		t.Errorf("scrolled by %v", r.list.Offset())
	}
	if row, _ := r.list.RowAt(rowPoint(0)); row != 3 {
		t.Errorf("row %d at the top", row)
	}
}

// TestFrameClipsAndNotTheRows guards the hit testing: what takes the wheel
// counts as the frame that clips, so it must not be as tall as all rows.
func TestFrameClipsAndNotTheRows(t *testing.T) {
	r := newListRig(t, 1000)
	o, _ := r.find(rowPoint(3), func(o fyne.CanvasObject) bool { _, ok := o.(fyne.Scrollable); return ok })
	if o == nil || o.Size().Height > 322 {
		t.Errorf("%T takes the wheel", o)
	}
}

func TestReloadKeepsThePlaceAndShrinks(t *testing.T) {
	r := newListRig(t, 1000)
	r.list.ScrollTo(500)
	before := r.list.Offset()
	r.list.Reload()
	if r.list.Offset() != before {
		t.Errorf("reloading scrolled from %v to %v", before, r.list.Offset())
	}
	r.selection.Reset(5)
	r.list.SetSource(numbers{n: 5})
	if row, _ := r.list.RowAt(rowPoint(2)); row != 2 {
		t.Errorf("row %d at the place of row 2 after the list became short", row)
	}
	r.picture("shrunk")
}

func TestNarrowListHidesColumnsFromTheEnd(t *testing.T) {
	r := newListRig(t, 40)
	r.list.SetSorted(0, false)
	r.list.SetSource(numbers{n: 40, row: func(i int) parts.Row {
		return parts.Row{
			Icon:  look.Draw(look.GlyphFile, look.ColorSecondary),
			Cells: []string{strings.Repeat("long name ", 1+i%6) + "end.tar.gz", "12.4 MB", "2026-01-01 00:37", "-rw-r--r--"}, Fraction: -1,
			Dim: i%7 == 0,
		}
	}})
	r.selection.Only(4)
	r.list.Focus()
	r.picture("wide")
	r.window.Resize(fyne.NewSize(300, 322))
	r.picture("narrow")
}
