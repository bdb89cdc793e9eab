package pane

import (
	"context"
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
	"wherry/ui/look"
	"wherry/ui/look/looktest"
	"wherry/ui/loop"
	"wherry/ui/parts"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a pane in a window over a file system in memory.
type rig struct {
	t      *testing.T
	loop   *loop.Manual
	window fyne.Window
	view   *View
	fs     *memfs.FS
	events []string
	read   int // how often its hook was called
}

func newRig(t *testing.T) *rig {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark))
	r := &rig{t: t, loop: loop.NewManual(t.Context()), fs: memfs.New()}
	t.Cleanup(r.loop.Close)
	r.view = New(r.loop.Loop, Hooks{
		Transfer: func(c Cargo) { r.event("transfer %s from %s", entryNames(c.Entries), c.Dir) },
		Moved:    func() { r.event("moved %s", r.view.Path()) },
		Read:     func() { r.read++ },
		Say:      func(text string) { r.event("say %s", text) },
		DragStart: func(c Cargo, _ fyne.Position) {
			r.event("drag %s", entryNames(c.Entries))
		},
		Switch: func() { r.event("switch") },
	}, nil)
	r.window = test.NewTempWindow(t, container.NewStack(r.view.Object()))
	r.window.SetPadded(false)
	r.window.Resize(fyne.NewSize(640, 500))
	when := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	for _, dir := range []string{"/home", "/home/anna", "/home/anna/photos", "/home/anna/photos/2025", "/home/anna/empty"} {
		r.fs.PutDir(dir)
	}
	for i := range 12 {
		r.fs.Put(fmt.Sprintf("/home/anna/file %d.txt", i), "0123456789", when)
	}
	r.fs.Put("/home/anna/photos/one.jpg", "abc", when)
	r.fs.Put("/home/anna/photos/2025/two.jpg", "abcdef", when)
	return r
}

// start shows /home/anna.
func (r *rig) start() *rig {
	r.t.Helper()
	r.view.Go(r.opener("/home/anna"))
	r.settle()
	r.events = nil
	return r
}

func (r *rig) opener(path string) Opener {
	return Opener{Title: "Memory", Glyph: look.GlyphServer, Open: func(context.Context) (Place, vfs.Path, error) {
		return Place{
			ID: "memory", Title: "Memory", FS: r.fs,
			URL: func(p vfs.Path) string { return "ftp://memory" + p.String() },
		}, vfs.MustParse(path), nil
	}}
}

func (r *rig) event(format string, args ...any) {
	r.events = append(r.events, fmt.Sprintf(format, args...))
}

func (r *rig) want(events ...string) {
	r.t.Helper()
	if diff := cmp.Diff(events, r.events); diff != "" {
		r.t.Errorf("events: %s", diff)
	}
	r.events = nil
}

func (r *rig) settle() {
	r.t.Helper()
	if err := r.loop.Settle(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) run(id string) {
	r.t.Helper()
	if !r.view.Actions().Run(id) {
		r.t.Fatalf("no command %s", id)
	}
	r.settle()
}

func (r *rig) choose(names ...string) {
	r.t.Helper()
	r.view.model.Selection.Only(-1)
	for _, name := range names {
		row := r.view.model.Row(name)
		if row < 0 {
			r.t.Fatalf("%s is not shown", name)
		}
		r.view.model.Selection.Toggle(row)
	}
	r.view.reselected()
}

func (r *rig) key(names ...fyne.KeyName) {
	r.t.Helper()
	for _, name := range names {
		r.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: name})
		r.loop.Run()
	}
}

func (r *rig) typed(text string) {
	r.t.Helper()
	for _, c := range text {
		r.window.Canvas().Focused().TypedRune(c)
	}
}

// shows fails unless the pane shows a folder with its first rows.
func (r *rig) shows(path string, first ...string) {
	r.t.Helper()
	if got := r.view.Path().String(); got != path {
		r.t.Errorf("shows %s, want %s", got, path)
	}
	for i, name := range first {
		if i >= r.view.Len() || r.view.Row(i).Cells[0] != name {
			r.t.Errorf("row %d is not %q", i, name)
		}
	}
}

// notice returns the title on the placard, "" when there is none.
func (r *rig) notice() string {
	if !r.view.placard.Visible() {
		return ""
	}
	return r.view.placard.Notice().Title
}

// answer presses a button of the placard.
func (r *rig) answer(title string) {
	r.t.Helper()
	for _, a := range r.view.placard.Notice().Answers {
		if a.Title == title {
			a.Run()
			return
		}
	}
	r.t.Fatalf("no answer %q on the placard %q", title, r.notice())
}

// press presses the mouse on what lies in front there.
func (r *rig) press(at fyne.Position) {
	r.t.Helper()
	var front desktop.Mouseable
	for _, o := range test.LaidOutObjects(r.window.Content()) {
		from := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		to := from.Add(o.Size())
		m, ok := o.(desktop.Mouseable)
		if ok && o.Visible() && at.X >= from.X && at.Y >= from.Y && at.X < to.X && at.Y < to.Y {
			front = m
		}
	}
	if front == nil {
		r.t.Fatalf("nothing to press at %v", at)
	}
	front.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{AbsolutePosition: at}, Button: desktop.MouseButtonPrimary})
	r.loop.Run()
}

// dialogText gathers what a dialog says; "" when there is none.
func (r *rig) dialogText() string {
	top := r.window.Canvas().Overlays().Top()
	if top == nil {
		return ""
	}
	text := ""
	for _, o := range test.LaidOutObjects(top) {
		switch o := o.(type) {
		case *parts.Line:
			text += o.Text() + "\n"
		case *widget.RichText:
			text += o.String() + "\n"
		}
	}
	return text
}

// picture writes what the window shows into the folder WHERRY_PICTURES, for a
// person to look at; without that it does nothing.
func (r *rig) picture(name string) {
	r.t.Helper()
	looktest.Picture(r.t, r.window, name)
}

func entryNames(entries []vfs.Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Name)
	}
	return out
}
