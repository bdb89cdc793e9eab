package pane

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// hostileNames are names that a server may list to look like others, or to
// reach whatever a text is copied into.
var hostileNames = []string{"escape \x1b[2J", "bidi \u202egpj.exe", "isolate \u2066x\u2069", "bell\a", "c1 \u009b2J", "zero\u200bwidth", "\xff\xfe", "end "}

// raw is what no text on the screen may hold.
const raw = "\x1b\u202e\u2066\u2069\n\a\u009b\u200b"

// onScreen fails where a text is drawn as it came.
func (r *rig) onScreen(where string) {
	r.t.Helper()
	roots := []fyne.CanvasObject{r.window.Content()}
	roots = append(roots, r.window.Canvas().Overlays().List()...)
	for _, root := range roots {
		for _, o := range test.LaidOutObjects(root) {
			if text, ok := o.(*canvas.Text); ok && (strings.ContainsAny(text.Text, raw) || strings.ContainsRune(text.Text, 0xfffd)) {
				r.t.Errorf("%s shows %q", where, text.Text)
			}
		}
	}
	for row := range r.view.Len() { // the list draws them on a sheet of its own
		for _, cell := range r.view.Row(row).Cells {
			if strings.ContainsAny(cell, raw) || strings.ContainsRune(cell, 0xfffd) {
				r.t.Errorf("%s shows %q in a row", where, cell)
			}
		}
	}
	for _, said := range r.events {
		if strings.ContainsAny(said, raw) && strings.HasPrefix(said, "say") {
			r.t.Errorf("%s says %q", where, said)
		}
	}
}

func TestHostileNamesAreEscapedWhereverTheyAreShown(t *testing.T) {
	for _, name := range hostileNames {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.fs.PutDir("/home/anna/" + name)
			r.fs.Put("/home/anna/"+name+"/"+name, "x", time.Unix(0, 0))
			r.start()
			r.onScreen("the list")
			r.choose(name)
			r.run(CommandDelete)
			r.onScreen("the question before deleting")
			r.window.Canvas().Overlays().Remove(r.window.Canvas().Overlays().Top())
			r.run(CommandMode)
			r.onScreen("the permissions")
			r.window.Canvas().Overlays().Remove(r.window.Canvas().Overlays().Top())
			r.run(CommandRename)
			r.onScreen("the field to rename in")
			r.view.list.CancelRename()
			dir := vfs.MustParse("/home/anna/" + name)
			r.view.Open(dir)
			r.settle()
			if r.view.Path() != dir {
				t.Fatalf("in %s", r.view.Path())
			}
			r.onScreen("the folder of that name")
			r.view.Open(dir.Dir())
			r.settle()
			r.fs.Fail(memfs.OpList, "/home/anna/*", 1, vfs.KindNotFound)
			r.view.Open(dir)
			r.settle()
			r.onScreen("the notice that it cannot be read")
		})
	}
}
