package parts_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/driver/desktop"

	"wherry/ui/parts"
)

// passing is a list whose rows come and go, as those of a busy queue.
func passing(r *listRig, names *[]string) {
	show := func() {
		r.list.SetSource(numbers{n: len(*names), row: func(i int) parts.Row { return parts.Row{Cells: (*names)[i : i+1], Fraction: -1} }})
	}
	r.selection.Reset(len(*names))
	show()
	r.list.Hooks.ID = func(row int) any { return (*names)[row] }
	r.list.Hooks.RowOf = func(id any) int { return slices.Index(*names, id.(string)) }
	r.list.Hooks.Open = func(row int) { r.event("open %s", (*names)[row]) }
}

// end takes a row out of the list, whose owner keeps what is selected.
func (r *listRig) end(names *[]string, name string) {
	at := slices.Index(*names, name)
	var kept []int
	for _, row := range r.selection.Rows() {
		if row != at {
			kept = append(kept, row-min(1, max(0, row-at)))
		}
	}
	*names = slices.Delete(slices.Clone(*names), at, at+1)
	r.selection.Reset(len(*names))
	for _, row := range kept {
		r.selection.Set(row, true)
	}
	r.list.Reload()
}

func TestClicksMeanWhatWasThere(t *testing.T) {
	for outcome, c := range map[string]struct {
		do   func(r *listRig, names *[]string)
		want []string
	}{
		"a double click opens what was clicked first": {func(r *listRig, names *[]string) {
			r.click(rowPoint(3))
			r.end(names, "a")
			r.click(rowPoint(3))
		}, []string{"open d"}},
		"nothing where that has ended": {func(r *listRig, names *[]string) {
			r.click(rowPoint(3))
			r.end(names, "d")
			r.click(rowPoint(3))
		}, nil},
		"it is followed with the mouse": {func(r *listRig, names *[]string) {
			r.click(rowPoint(3))
			r.end(names, "a")
			r.click(rowPoint(2))
		}, []string{"open d"}},
		"two rows are two clicks": {func(r *listRig, names *[]string) {
			r.click(rowPoint(3))
			r.click(rowPoint(2))
		}, nil},
	} {
		t.Run(outcome, func(t *testing.T) {
			r, names := newListRig(t, 0), []string{"a", "b", "c", "d", "e", "f"}
			passing(r, &names)
			names = slices.Clone(names)
			c.do(r, &names)
			if !slices.Equal(r.events, c.want) {
				t.Errorf("got %v, want %v", r.events, c.want)
			}
		})
	}
}

func TestTheRowThatWasPressedIsSelectedAlone(t *testing.T) {
	r, names := newListRig(t, 0), []string{"a", "b", "c", "d", "e", "f"}
	passing(r, &names)
	for _, row := range []int{2, 3, 4} {
		r.selection.Set(row, true)
	}
	r.mouse(rowPoint(3), desktop.MouseButtonPrimary, true)
	r.end(&names, "a")
	r.mouse(rowPoint(3), desktop.MouseButtonPrimary, false)
	if got := r.selection.Rows(); len(got) != 1 || names[got[0]] != "d" {
		t.Errorf("selected are the rows %v of %v", got, names)
	}
}
