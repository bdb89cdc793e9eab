package pane

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2/theme"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// patience is how long a folder may take to be read before the pane says that
// it is being read; most take less, and a flash of words would only disturb.
const patience = 150 * time.Millisecond

// slowly is how long it takes before the pane says what is waited for, and how
// often it looks again. A server behind a firewall lets listings wait for seconds
// until another way is tried.
const slowly = time.Second

// trip is the way to a folder. Only the newest trip of a pane counts.
type trip struct {
	opener *Opener // nil: in the place where the pane is
	path   vfs.Path
	want   string // name to put the cursor on
	depart func() // keeps the way back, once the folder has been read
	typed  bool   // the path, by a person
}

// Go goes to another place.
func (v *View) Go(o Opener) { v.travel(trip{opener: &o, depart: v.model.Forget}) }

// Open goes to a folder of the place.
func (v *View) Open(path vfs.Path) { v.open(path, "") }

func (v *View) open(path vfs.Path, want string) { v.setOut(trip{path: path, want: want}) }

// setOut begins a trip in the place where the pane is.
func (v *View) setOut(t trip) {
	if v.place.FS == nil {
		return
	}
	if t.path != v.model.Path() {
		t.depart = v.model.Leave
	}
	v.travel(t)
}

// Refresh reads the folder anew and keeps selection and scrolling. After a
// failure it tries that trip again.
func (v *View) Refresh() {
	switch {
	case v.failed != nil:
		v.travel(*v.failed)
	case v.shown && v.trip == nil:
		v.open(v.model.Path(), "")
	}
}

// refreshTo is Refresh with the cursor on a name.
func (v *View) refreshTo(name string) {
	if v.trip == nil && v.shown {
		v.open(v.model.Path(), name)
	}
}

func (v *View) up() {
	path := v.barPath()
	v.open(path.Dir(), path.Base())
}

func (v *View) backward() {
	if path, cursor, ok := v.model.Back(); ok {
		v.travel(trip{path: path, want: cursor, depart: v.model.WentBack})
	}
}

func (v *View) forward() {
	if path, cursor, ok := v.model.Forward(); ok {
		v.travel(trip{path: path, want: cursor, depart: v.model.WentForward})
	}
}

// Cancel ends what the pane waits for: a folder being read, a place being
// opened. It says whether there was something.
func (v *View) Cancel() bool {
	if v.trip == nil {
		return v.jobs.stopLast()
	}
	v.loop.Drop(v)
	t := v.trip
	v.trip = nil
	if !v.shown {
		v.failed = t
		v.showNotice(parts.Notice{
			Glyph: look.GlyphInfo, Title: "Not opened", Solid: true,
			Answers: []parts.Answer{{Title: "Try Again", Strong: true, Run: v.Refresh}},
		})
	}
	v.settle()
	return true
}

// travel reads a folder off the window's thread. A newer trip, Esc and closing
// the loop end it.
func (v *View) travel(t trip) {
	v.trip = &t
	v.failed = nil
	place, order := v.place, v.model.Order()
	v.waitPatiently(&t)
	v.loop.Latest(v, func(ctx context.Context) func() {
		path, err := t.path, error(nil)
		if t.opener != nil {
			place, path, err = t.opener.Open(ctx)
		}
		var entries []vfs.Entry
		var can vfs.Features
		if err == nil {
			entries, err = place.FS.List(ctx, path)
		}
		if err != nil {
			return func() { v.stranded(&t, err) }
		}
		can, _ = place.FS.Features(ctx) // without them, nothing more can be done here
		listing := NewListing(path, entries, order)
		return func() { v.arrive(&t, place, path, listing, can) }
	})
	v.refreshTools()
}

// waitPatiently shows that the pane waits once that took a moment.
func (v *View) waitPatiently(t *trip) {
	if v.slow != nil {
		v.slow()
	}
	began := v.loop.Now()
	v.slow = v.loop.After(patience, func() {
		if v.trip == t {
			v.showTrip(t, "Esc ends it.")
			v.tellAwaited(t, began)
		}
	})
}

// tellAwaited says what a trip waits for, as long as that lasts.
func (v *View) tellAwaited(t *trip, began time.Time) {
	v.slow = v.loop.After(slowly, func() {
		if v.trip != t {
			return
		}
		text := ""
		if v.hooks.Awaited != nil {
			text = v.hooks.Awaited(began)
		}
		if text == "" {
			text = "No answer so far; the log tells what is tried."
		}
		v.placard.Say(text + " Esc ends it.")
		v.tellAwaited(t, began)
	})
}

func (v *View) showTrip(t *trip, text string) {
	title := "Reading " + v.place.show(t.path) + " …"
	if t.opener != nil {
		title = "Opening " + t.opener.Title + " …"
	}
	v.showWhere(t)
	v.status.SetText("")
	v.showNotice(parts.Notice{
		Glyph: look.GlyphWaiting, Title: title, Text: text, Solid: true,
		Answers: []parts.Answer{{Title: "Cancel", Run: func() { v.Cancel() }}},
	})
}

// arrive shows a folder that was read.
func (v *View) arrive(t *trip, place Place, path vfs.Path, l Listing, can vfs.Features) {
	same := v.shown && place.ID == v.place.ID && path == v.model.Path()
	if t.depart != nil && v.shown {
		t.depart()
	}
	v.trip, v.shown = nil, true
	v.place, v.can = place, can
	if !same {
		v.filter.SetText("")
		v.model.Clear(path) // a name of the folder before has no meaning here
	}
	v.model.Load(path, l, t.want)
	if s := &v.model.Selection; s.Cursor() < 0 && v.HasFocus() {
		s.Point(0) // the keys must start somewhere that can be seen
	}
	v.settle()
	if !same {
		v.list.ScrollToOffset(0)
	}
	if t.want != "" || !same {
		v.list.ScrollTo(v.model.Selection.Cursor())
	}
	if !same && v.hooks.Moved != nil {
		v.hooks.Moved()
	}
	if v.hooks.Read != nil {
		v.hooks.Read()
	}
}

// stranded says why a folder could not be read, and offers what helps.
func (v *View) stranded(t *trip, err error) {
	v.trip, v.failed = nil, t
	v.showWhere(t)
	v.status.SetText("")
	told := words.Of(err, words.Window).Calling(t.path.String(), "this folder") // the path bar names it
	if t.typed && vfs.KindOf(err) == vfs.KindNotFound {
		told.Remedy = "Check its spelling, upper and lower case included."
	}
	v.showNotice(parts.Notice{
		Glyph: look.GlyphTrouble, Color: look.ColorTrouble, Title: told.Title, Text: told.Remedy, Solid: true,
		Answers: v.waysOut(t, err),
	})
	v.refreshTools()
}

// waysOut are the answers to a trip that failed, at most three: the way back
// where there is room for it, what the window knows to help, and trying again.
func (v *View) waysOut(t *trip, err error) []parts.Answer {
	again := parts.Answer{Title: "Try Again", Strong: true, Run: v.Refresh}
	var remedies []parts.Answer
	if v.hooks.Remedies != nil {
		remedies = v.hooks.Remedies(err)
	}
	remedies = remedies[:min(len(remedies), 2)]
	for _, r := range remedies {
		again.Strong = again.Strong && !r.Strong
	}
	answers := append(append([]parts.Answer(nil), remedies...), again)
	switch {
	case len(remedies) == 2:
	case v.shown && (t.opener != nil || t.path != v.model.Path()):
		answers = append([]parts.Answer{{Title: "Go Back", Run: v.giveUp}}, answers...)
	case t.opener == nil && !t.path.IsRoot():
		answers = append([]parts.Answer{{Title: "Go Up", Run: v.up}}, answers...)
	}
	return answers
}

// giveUp shows again what was shown before a trip failed.
func (v *View) giveUp() {
	v.failed = nil
	v.settle()
	v.list.Focus()
}

// settle shows the model's state.
func (v *View) settle() {
	v.list.Reload()
	if v.trip != nil || v.failed != nil || !v.shown {
		v.refreshTools()
		return
	}
	v.showWhere(nil)
	v.status.SetText(v.model.Totals())
	if notice, empty := v.emptiness(); empty {
		v.showNotice(notice)
	} else {
		v.hideNotice()
	}
	v.refreshTools()
}

// emptiness says why there are no rows.
func (v *View) emptiness() (parts.Notice, bool) {
	switch {
	case v.model.Len() > 0:
		return parts.Notice{}, false
	case v.model.Narrowed() && v.model.Total() > 0:
		return parts.Notice{
			Glyph: look.GlyphSearch, Title: "No name matches the filter",
			Answers: []parts.Answer{{Title: "Show All", Run: func() { v.filter.SetText("") }}},
		}, true
	case v.model.Total() > 0:
		return parts.Notice{
			Glyph: look.GlyphEye, Title: "Everything here is hidden",
			Answers: []parts.Answer{{Title: "Show", Run: func() { v.actions.Run(CommandHidden) }}},
		}, true
	}
	return parts.Notice{Glyph: look.GlyphFolder, Title: "This folder is empty", Text: "Drop files here to copy them."}, true
}

// showNotice shows a notice. Where the pane has the keys its strong answer
// gets them, so that Enter chooses it.
func (v *View) showNotice(n parts.Notice) {
	had := v.HasFocus()
	v.placard.Set(n)
	v.placard.Show()
	if had {
		v.Focus()
	}
}

// hideNotice shows the list again, and gives back the keys.
func (v *View) hideNotice() {
	had := v.HasFocus()
	v.placard.Hide()
	if had {
		v.Focus()
	}
}

// showWhere shows where the pane is, or where a trip leads.
func (v *View) showWhere(t *trip) {
	title, glyph, path := v.place.Title, look.GlyphServer, v.model.Path()
	if v.place.ID == site.Local {
		glyph = look.GlyphComputer
	}
	if t != nil {
		path = t.path
	}
	if t != nil && t.opener != nil {
		title, glyph = t.opener.Title, t.opener.Glyph
	}
	v.places.SetGlyph(glyph, "Go to another place", shorten(title, 22))
	v.first.Layout.Layout(v.first.Objects, v.first.Size()) // the place's name has another width
	if t != nil && t.opener != nil {
		v.path.SetPath(nil, "")
		return
	}
	steps := []string{"/"}
	for _, elem := range path.Elems() {
		steps = append(steps, vfs.Readable(elem))
	}
	v.path.SetPath(steps, v.place.show(path))
}

// barPath is the path that the path bar shows: after a failure that of the
// folder that could not be read.
func (v *View) barPath() vfs.Path {
	if v.failed != nil && v.failed.opener == nil {
		return v.failed.path
	}
	return v.model.Path()
}

func (v *View) typedPath(text string) {
	path, err := v.place.parse(strings.TrimSpace(text))
	if err != nil {
		v.trouble(err)
		return
	}
	v.setOut(trip{path: path, typed: true})
}

// ancestor is the path of a step of the path bar; step 0 is the root.
func ancestor(path vfs.Path, step int) vfs.Path {
	for len(path.Elems()) > step {
		path = path.Dir()
	}
	return path
}

func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// trouble shows an error in a dialog.
func (v *View) trouble(err error) {
	told := words.Of(err, words.Window)
	v.ask(parts.Question{
		Glyph: look.GlyphTrouble, Color: theme.ColorNameError, Title: told.Title, Text: told.Remedy,
		Answers: []parts.Answer{{Title: "OK", Strong: true}},
	})
}
