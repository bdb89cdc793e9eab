package pane

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
	"wherry/ui/look"
	"wherry/ui/parts"
)

func TestWayThroughFolders(t *testing.T) {
	r := newRig(t).start()
	r.shows("/home/anna", "empty", "photos", "file 0.txt", "file 1.txt")
	r.view.openRow(1)
	r.settle()
	r.shows("/home/anna/photos", "2025", "one.jpg")
	r.run(CommandUp)
	r.shows("/home/anna")
	if row := r.view.model.Selection.Cursor(); r.view.model.Entry(row).Name != "photos" {
		t.Error("the cursor is not on the folder one came from")
	}
	r.run(CommandBack)
	r.shows("/home/anna/photos")
	r.run(CommandBack)
	r.shows("/home/anna")
	r.run(CommandForward)
	r.shows("/home/anna/photos")
	r.want("moved /home/anna/photos", "moved /home/anna", "moved /home/anna/photos", "moved /home/anna", "moved /home/anna/photos")
	r.view.path.Go(1)
	r.settle()
	r.shows("/home", "anna")
	r.view.path.Typed(" /home/anna/ ")
	r.settle()
	r.shows("/home/anna")
	r.view.path.Typed("no/slash")
	if r.dialogText() == "" {
		t.Error("a path that is none was taken")
	}
}

func TestCursorIsSeenInANewFolderOnlyWhereTheKeysAre(t *testing.T) {
	r := newRig(t).start()
	if r.view.model.Selection.Cursor() != -1 {
		t.Error("a pane without the keys shows a cursor")
	}
	r.view.Focus()
	r.view.openRow(1)
	r.settle()
	if s := &r.view.model.Selection; s.Cursor() != 0 || s.Count() != 0 {
		t.Errorf("the cursor is on %d, %d are selected", s.Cursor(), s.Count())
	}
}

func TestCommandsThatCannotRunSayWhy(t *testing.T) {
	r := newRig(t)
	r.run(CommandMkdir)
	r.run(CommandBack)
	r.want("say No folder is shown", "say There is no folder to go back to")
	r.start()
	r.run(CommandDelete)
	r.choose("file 1.txt", "file 2.txt")
	r.run(CommandRename)
	r.view.Open(vfs.Root())
	r.settle()
	r.run(CommandUp)
	r.want("say Nothing is selected", "say Select one entry to rename it", "moved /", "say This is the top folder")
}

func TestSlowFolderSaysSoAndCanBeLeft(t *testing.T) {
	r := newRig(t).start()
	entered := make(chan struct{}, 10)
	r.fs.SetHook(func(ctx context.Context, c memfs.Call) error {
		if c.Op == memfs.OpList && c.Path.Base() == "photos" {
			entered <- struct{}{}
			<-ctx.Done() // a server that never answers
			return ctx.Err()
		}
		return nil
	})
	r.view.openRow(1)
	<-entered
	r.loop.Advance(patience - time.Millisecond)
	if r.notice() != "" {
		t.Error("words flash up at once")
	}
	r.loop.Advance(time.Millisecond)
	if !strings.Contains(r.notice(), "Reading /home/anna/photos") {
		t.Errorf("notice %q", r.notice())
	}
	says := func(when, want string) {
		t.Helper()
		if got := r.view.placard.Notice().Text; got != want {
			t.Errorf("%s it says %q", when, got)
		}
	}
	says("at first", "Esc ends it.")
	objects := test.WidgetRenderer(r.view.placard).Objects()
	cancel := objects[len(objects)-1].(fyne.Focusable)
	r.window.Canvas().Focus(cancel)
	r.loop.Advance(slowly)
	says("as it takes long", "No answer so far; the log tells what is tried. Esc ends it.")
	asked := r.loop.Now()
	r.view.hooks.Awaited = func(since time.Time) string {
		if !since.Before(asked) {
			t.Errorf("it asks since %v", since)
		}
		return "Waiting for the login."
	}
	r.loop.Advance(slowly)
	says("once it is known", "Waiting for the login. Esc ends it.")
	if r.window.Canvas().Focused() != cancel {
		t.Error("its button lost the keys when the words changed")
	}
	r.window.Canvas().Unfocus()
	r.picture("pane-busy")
	r.view.Focus()
	r.key(fyne.KeyEscape)
	r.settle()
	if r.notice() != "" {
		t.Errorf("notice %q after Esc", r.notice())
	}
	r.shows("/home/anna")
	r.view.openRow(1)
	<-entered
	r.view.openRow(0) // going elsewhere ends it too
	r.settle()
	r.shows("/home/anna/empty")
}

// TestPressWhereThereAreNoRowsTakesTheKeys: the pane becomes the active one.
func TestPressWhereThereAreNoRowsTakesTheKeys(t *testing.T) {
	for outcome, path := range map[string]string{
		"nothing in it":      "/home/anna/empty",
		"it is not there":    "/home/anna/fotos",
		"beside few of them": "/home/anna/photos",
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t).start()
			active := 0
			r.view.hooks.Active = func() { active++ }
			r.view.Open(vfs.MustParse(path))
			r.settle()
			r.window.Canvas().Unfocus()
			active = 0
			r.press(fyne.CurrentApp().Driver().AbsolutePositionForObject(r.view.list).AddXY(20, r.view.list.Size().Height-20))
			if !r.view.HasFocus() || active == 0 {
				t.Errorf("it has the keys: %t, told %d times", r.view.HasFocus(), active)
			}
		})
	}
}

// TestFolderThatIsNotThere: a name that was listed went away, one that was
// typed was hardly ever there.
func TestFolderThatIsNotThere(t *testing.T) {
	r := newRig(t).start()
	const typed = "Check its spelling, upper and lower case included."
	r.view.path.Typed("/home/anna/fotos")
	r.settle()
	if got := r.view.placard.Notice(); r.notice() != "This folder does not exist." || got.Text != typed {
		t.Errorf("of a path that was typed it says %q, %q", r.notice(), got.Text)
	}
	r.answer("Try again")
	r.settle()
	if got := r.view.placard.Notice().Text; got != typed {
		t.Errorf("the second time it says %q", got)
	}
	r.answer("Go back")
	r.fs.Fail(memfs.OpList, "/home/anna/photos", 1, vfs.KindNotFound)
	r.view.openRow(1)
	r.settle()
	if got := r.view.placard.Notice().Text; !strings.Contains(got, "Refresh") {
		t.Errorf("of a row it says %q", got)
	}
}

func TestFolderThatCannotBeRead(t *testing.T) {
	r := newRig(t).start()
	r.fs.Fail(memfs.OpList, "/home/anna/photos", 2, vfs.KindPermission)
	r.view.openRow(1)
	r.settle()
	if r.notice() == "" || r.view.placard.Notice().Text == "" {
		t.Fatalf("no words for it: %+v", r.view.placard.Notice())
	}
	r.picture("pane-error")
	r.answer("Go back")
	r.settle()
	if r.notice() != "" {
		t.Error("the words stay after going back")
	}
	r.shows("/home/anna", "empty")
	r.view.openRow(1)
	r.settle()
	r.answer("Try again")
	r.settle()
	r.shows("/home/anna/photos", "2025")
	r.fs.Fail(memfs.OpList, "/home/anna/photos", 1, vfs.KindNotFound)
	r.view.Refresh()
	r.settle()
	r.answer("Go up")
	r.settle()
	r.shows("/home/anna")
}

func TestPlaceThatCannotBeOpened(t *testing.T) {
	r := newRig(t)
	tries := 0
	r.view.Go(Opener{Title: "ftp.example.org", Glyph: look.GlyphServer, Open: func(context.Context) (Place, vfs.Path, error) {
		tries++
		return Place{}, vfs.Path{}, &vfs.Error{Op: "connect", Path: "ftp.example.org", Kind: vfs.KindHost}
	}})
	r.settle()
	if !strings.Contains(r.notice(), "ftp.example.org") {
		t.Errorf("notice %q", r.notice())
	}
	r.answer("Try again")
	r.settle()
	if tries != 2 {
		t.Errorf("tried %d times", tries)
	}
	r.view.Go(Opener{Title: "slow", Open: func(ctx context.Context) (Place, vfs.Path, error) {
		<-ctx.Done()
		return Place{}, vfs.Path{}, ctx.Err()
	}})
	r.loop.Advance(patience)
	r.answer("Cancel")
	r.settle()
	if r.notice() != "Not opened" {
		t.Errorf("notice %q after cancelling", r.notice())
	}
	r.start()
	if r.notice() != "" {
		t.Errorf("notice %q over a folder", r.notice())
	}
}

func TestEmptyAndFilteredFoldersSaySo(t *testing.T) {
	r := newRig(t).start()
	r.run(CommandFilter)
	r.typed("qqq")
	if r.notice() != "No name matches the filter" {
		t.Errorf("notice %q", r.notice())
	}
	r.answer("Show all")
	if r.notice() != "" || r.view.Len() != 14 {
		t.Errorf("notice %q, %d rows", r.notice(), r.view.Len())
	}
	r.view.openRow(0)
	r.settle()
	if r.notice() != "This folder is empty" {
		t.Errorf("notice %q", r.notice())
	}
	r.picture("pane-empty")
	r.fs.Put("/home/anna/empty/.hidden", "", time.Time{})
	r.view.Refresh()
	r.settle()
	r.answer("Show")
	r.shows("/home/anna/empty", ".hidden")
}

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

func TestTransferAndDragCarryTheSelection(t *testing.T) {
	r := newRig(t).start()
	r.choose("file 1.txt")
	r.view.openRow(3)
	r.choose("photos", "file 1.txt")
	r.run(CommandTransfer)
	if !r.view.dragStart(fyne.Position{}) {
		t.Error("nothing to drag")
	}
	r.choose()
	r.view.model.Selection.Point(-1)
	r.want("transfer [file 1.txt] from /home/anna", "transfer [photos file 1.txt] from /home/anna", "drag [photos file 1.txt]")
	r.run(CommandCopyURL)
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.HasPrefix(got, "ftp://memory/home/anna") {
		t.Errorf("clipboard %q", got)
	}
}

func TestDropGoesIntoTheFolderUnderTheMouse(t *testing.T) {
	r := newRig(t).start()
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(r.view.list).AddXY(50, look.HeaderHeight+look.RowHeight/2)
	for outcome, tc := range map[string]struct {
		at  fyne.Position
		dir string
		ok  bool
	}{
		"onto a folder":     {origin.AddXY(0, look.RowHeight), "/home/anna/photos", true},
		"onto a file":       {origin.AddXY(0, 3*look.RowHeight), "/home/anna", true},
		"onto the ground":   {origin.AddXY(0, 14*look.RowHeight), "/home/anna", true},
		"beside the list":   {fyne.NewPos(10, 10), "", false},
		"out of the window": {fyne.NewPos(-10, 100), "", false},
	} {
		target, ok := r.view.TargetAt(tc.at)
		if ok != tc.ok || ok && target.Dir.String() != tc.dir {
			t.Errorf("%s: %v, %v", outcome, target.Dir, ok)
		}
		if ok {
			r.view.DragOver(tc.at, target, true)
			r.view.DragOut()
		}
	}
}

func TestKeysInTheList(t *testing.T) {
	r := newRig(t).start()
	r.view.Focus()
	r.typed("ph")
	r.key(fyne.KeyReturn)
	r.settle()
	r.shows("/home/anna/photos")
	r.key(fyne.KeyBackspace)
	r.settle()
	r.shows("/home/anna")
	r.key(fyne.KeyTab)
	r.key(fyne.KeyF5)
	r.settle()
	r.want("moved /home/anna/photos", "moved /home/anna", "switch")
}

func TestChangedLeavesAPersonAlone(t *testing.T) {
	r := newRig(t).start()
	r.choose("file 1.txt")
	r.run(CommandRename)
	r.fs.Put("/home/anna/zzz", "", time.Time{})
	r.view.Changed()
	r.settle()
	if !r.view.list.Renaming() || r.view.model.Row("zzz") >= 0 {
		t.Error("the folder was read anew while a name was being typed")
	}
	r.key(fyne.KeyEscape)
	r.view.Changed()
	r.settle()
	if r.view.model.Row("zzz") < 0 {
		t.Error("not read anew")
	}
}

func TestLayoutComesBack(t *testing.T) {
	r := newRig(t).start()
	kept := Layout{Widths: []float32{130, 90, 100, 70}, Order: Order{Column: BySize, Descending: true}, Hidden: true}
	r.view.SetLayout(kept)
	if got := fmt.Sprint(r.view.Layout()); got != fmt.Sprint(kept) {
		t.Errorf("%s", got)
	}
	r.view.SetLayout(Layout{Order: Order{Column: 77}}) // from another version
	if r.view.Layout().Order != kept.Order {
		t.Error("an order that does not exist was taken")
	}
}

func TestClosedPlaceIsAnErrorInWords(t *testing.T) {
	r := newRig(t).start()
	if err := r.fs.Close(); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	r.view.Refresh()
	r.settle()
	if r.notice() == "" {
		t.Error("no words")
	}
}

// TestPictures draws two panes as the window has them, for a person to look at.
func TestPictures(t *testing.T) {
	for _, choice := range []look.Choice{look.Dark, look.Light} {
		r := newRig(t)
		fyne.CurrentApp().Settings().SetTheme(look.New(choice))
		when := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
		for i, name := range []string{
			"backup.tar.gz", "index.html", "logo.svg", "notes.md", "report final.pdf", "song.flac", "style.css", "video.mp4",
			"a very long name that does not fit into the column at all, with an end.jpeg", "data.json", "main.go", "unknown", ".profile",
		} {
			r.fs.Put("/home/anna/"+name, strings.Repeat("x", 1+i*i*i*997), when.Add(time.Duration(i)*77*time.Hour))
		}
		for i := range 30 {
			r.fs.PutDir(fmt.Sprintf("/home/anna/folder %02d", i))
		}
		r.start()
		other := New(r.loop.Loop, Hooks{}, nil)
		o := r.opener("/home/anna/photos")
		other.Go(o)
		r.settle()
		r.choose("folder 03", "folder 04", "folder 05")
		r.window.SetContent(parts.NewColumns(r.view.Object(), other.Object(), 0.5))
		r.view.SetActive(true)
		r.view.Focus()
		for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 700, Height: 400}} {
			r.window.Resize(size)
			r.view.list.ScrollToOffset(500)
			r.picture(fmt.Sprintf("panes-%s-%.0f", choice, size.Width))
		}
	}
}
