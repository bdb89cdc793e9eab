package pane

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"wherry/sync/vfs"
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
