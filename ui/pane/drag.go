package pane

import (
	"fyne.io/fyne/v2"

	"wherry/sync/vfs"
	"wherry/ui/parts"
)

// dragStart gives the window what is dragged.
func (v *View) dragStart(at fyne.Position) bool {
	c := v.Cargo()
	if v.hooks.DragStart == nil || len(c.Entries) == 0 {
		return false
	}
	v.hooks.DragStart(c, at)
	return true
}

// CancelDrag ends a drag that began in this pane, as Esc does.
func (v *View) CancelDrag() bool { return v.list.CancelDrag() }

// Target is where something dropped on a pane goes.
type Target struct {
	Place Place
	Dir   vfs.Path
	row   int
}

// TargetAt says where a drop at a position in the window would go: into the
// folder under the mouse, or else into the folder shown. ok is false when the
// position is not over the pane's list, or the pane shows none.
func (v *View) TargetAt(at fyne.Position) (t Target, ok bool) {
	row, inside := v.list.RowAt(at)
	if !inside || !v.Receives() {
		return Target{}, false
	}
	t = Target{Place: v.place, Dir: v.model.Path(), row: parts.HighlightAll}
	if row < 0 || v.covered() || !v.model.Entry(row).IsDir() {
		return t, true
	}
	if dir, err := t.Dir.Join(v.model.Entry(row).Name); err == nil {
		t.Dir, t.row = dir, row
	}
	return t, true
}

// DragOver is called for each move of a drag over the pane: it marks the
// target, when allowed, and scrolls near the edges.
func (v *View) DragOver(at fyne.Position, t Target, allowed bool) {
	if allowed {
		v.list.Highlight(t.row)
	} else {
		v.list.Highlight(parts.HighlightNone)
	}
	v.list.EdgeScroll(at)
}

// DragOut is called when a drag leaves the pane or ends.
func (v *View) DragOut() {
	v.list.Highlight(parts.HighlightNone)
	v.list.StopEdgeScroll()
}
