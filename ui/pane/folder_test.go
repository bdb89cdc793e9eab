package pane

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
	"wherry/ui/look"
)

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
	r.answer("Try Again")
	r.settle()
	if got := r.view.placard.Notice().Text; got != typed {
		t.Errorf("the second time it says %q", got)
	}
	r.answer("Go Back")
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
	r.answer("Go Back")
	r.settle()
	if r.notice() != "" {
		t.Error("the words stay after going back")
	}
	r.shows("/home/anna", "empty")
	r.view.openRow(1)
	r.settle()
	r.answer("Try Again")
	r.settle()
	r.shows("/home/anna/photos", "2025")
	r.fs.Fail(memfs.OpList, "/home/anna/photos", 1, vfs.KindNotFound)
	r.view.Refresh()
	r.settle()
	r.answer("Go Up")
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
	r.answer("Try Again")
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
	r.answer("Show All")
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
