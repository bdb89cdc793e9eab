package pane

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestMakeAndRename(t *testing.T) {
	r := newRig(t).start()
	r.run(CommandMkdir)
	r.typed("new one")
	r.picture("pane-mkdir")
	r.key(fyne.KeyReturn)
	r.settle()
	if row := r.view.model.Selection.Cursor(); row < 0 || r.view.model.Entry(row).Name != "new one" {
		t.Error("the cursor is not on the new folder")
	}
	r.run(CommandRename)
	r.typed("newer")
	r.key(fyne.KeyReturn)
	r.settle()
	if r.view.model.Row("newer") < 0 {
		t.Error("not renamed")
	}
	r.choose("file 1.txt")
	r.run(CommandRename)
	r.typed("file 2") // the extension is kept: it is not preselected
	r.key(fyne.KeyReturn)
	r.settle()
	if r.dialogText() == "" || r.view.model.Row("file 1.txt") < 0 {
		t.Error("a name that is taken was given again without a word")
	}
	r.key(fyne.KeyReturn)
	r.run(CommandMkdir)
	r.typed("a/b")
	r.key(fyne.KeyReturn)
	r.settle()
	if r.dialogText() == "" {
		t.Error("a name with a slash was taken")
	}
}

// TestNewFolderOfATakenNameIsNotMade: it is said while the name can be mended.
func TestNewFolderOfATakenNameIsNotMade(t *testing.T) {
	r := newRig(t).start()
	r.run(CommandMkdir)
	r.key(fyne.KeyReturn) // without a name
	r.typed("photos")
	r.key(fyne.KeyReturn)
	r.settle()
	if text := r.dialogText(); !strings.Contains(text, "New folder") {
		t.Fatalf("the question has gone, there is %q", text)
	}
	r.typed(" 2")
	r.key(fyne.KeyReturn)
	r.settle()
	if r.dialogText() != "" || r.view.model.Row("photos 2") < 0 {
		t.Error("a free name was not taken")
	}
}

func TestDeletingOneThingSaysIt(t *testing.T) {
	for entry, want := range map[string]string{
		"file 3.txt": "It is deleted at once",
		"empty":      "It is deleted at once",
		"photos":     "They are deleted at once",
	} {
		r := newRig(t).start()
		r.choose(entry)
		r.run(CommandDelete)
		r.settle()
		if text := r.dialogText(); !strings.Contains(text, want) {
			t.Errorf("%s: the question says %q", entry, text)
		}
	}
}

func TestDeleteNamesWhatItTakes(t *testing.T) {
	r := newRig(t).start()
	r.choose("photos", "file 3.txt")
	release := make(chan struct{})
	r.fs.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpList && c.Path.Base() == "2025" {
			<-release
		}
		return nil
	})
	r.view.Actions().Run(CommandDelete)
	r.key(fyne.KeyReturn) // not allowed while it is being counted
	close(release)
	r.settle()
	if text := r.dialogText(); !strings.Contains(text, "3 files (19 B) and 2 folders") {
		t.Errorf("the question says %q", text)
	}
	r.picture("pane-delete")
	r.key(fyne.KeyReturn)
	r.settle()
	for name := range r.fs.Files() {
		if strings.Contains(name, "photos") || strings.Contains(name, "file 3") {
			t.Errorf("%s is still there", name)
		}
	}
	r.shows("/home/anna", "empty", "file 0.txt")
}

func TestDeleteCanBeLeftAndStopped(t *testing.T) {
	r := newRig(t).start()
	before := len(r.fs.Files())
	r.choose("photos", "file 3.txt")
	r.run(CommandDelete)
	r.key(fyne.KeyEscape)
	r.settle()
	if len(r.fs.Files()) != before || r.dialogText() != "" {
		t.Error("Esc deleted, or left the question")
	}
	r.choose("file 3.txt", "file 4.txt")
	r.run(CommandDelete)
	entered := make(chan struct{}, 1)
	r.fs.SetHook(func(ctx context.Context, c memfs.Call) error {
		if c.Op == memfs.OpRemove {
			entered <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	})
	r.key(fyne.KeyReturn)
	<-entered
	r.loop.Tick()
	if got := r.view.working.Text(); got != "Deleting 0 of 2" || !r.view.stop.Visible() {
		t.Errorf("progress %q", got)
	}
	r.picture("pane-deleting")
	r.view.Cancel()
	r.settle()
	if r.view.working.Text() != "" || r.view.stop.Visible() || r.dialogText() != "" {
		t.Errorf("progress %q and a dialog %q after stopping", r.view.working.Text(), r.dialogText())
	}
}

func TestDeleteThatFailsSaysWhy(t *testing.T) {
	r := newRig(t).start()
	r.fs.Fail(memfs.OpRemove, "/home/anna/file 3.txt", 1, vfs.KindPermission)
	r.choose("file 3.txt")
	r.run(CommandDelete)
	r.key(fyne.KeyReturn)
	r.settle()
	if r.dialogText() == "" {
		t.Error("no word about it")
	}
}

func TestPermissions(t *testing.T) {
	r := newRig(t).start()
	r.choose("file 1.txt", "file 2.txt")
	r.run(CommandMode)
	r.picture("pane-mode")
	boxes := newModeBoxes(0o640)
	boxes.boxes[8].SetChecked(true)
	if boxes.mode != 0o641 || boxes.octal.Text != "641" {
		t.Errorf("mode %o, number %s", boxes.mode, boxes.octal.Text)
	}
	boxes.octal.SetText("755")
	if boxes.mode != 0o755 || !boxes.boxes[2].Checked || boxes.boxes[7].Checked {
		t.Errorf("mode %o", boxes.mode)
	}
	boxes.octal.SetText("9")
	if boxes.mode != 0o755 {
		t.Errorf("mode %o after nonsense", boxes.mode)
	}
	r.key(fyne.KeyReturn)
	r.settle()
	if r.dialogText() != "" {
		t.Error(r.dialogText())
	}
	r.fs.Limit(func(f *vfs.Features) { f.SetMode = false })
	r.view.Refresh()
	r.settle()
	r.run(CommandMode)
	r.want("say Memory cannot change permissions")
}
