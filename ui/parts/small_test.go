package parts_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/google/go-cmp/cmp"

	"wherry/ui/look"
	"wherry/ui/parts"
)

func TestPathBar(t *testing.T) {
	l := newLoop(t)
	var events []string
	bar := parts.NewPathBar()
	bar.Go = func(step int) { events = append(events, fmt.Sprint("go ", step)) }
	bar.Typed = func(text string) { events = append(events, "typed "+text) }
	bar.Back = func() { events = append(events, "back") }
	r := newRig(t, container.NewVBox(bar), l, 400, 100)
	want := func(outcome string, w ...string) {
		t.Helper()
		if diff := cmp.Diff(w, events); diff != "" {
			t.Errorf("%s: %s", outcome, diff)
		}
		events = nil
	}
	bar.SetPath([]string{"/", "home", "anna"}, "/home/anna")
	r.picture("pathbar")
	r.click(fyne.NewPos(14, 12))
	want("a click on a step goes there", "go 0")
	r.click(fyne.NewPos(380, 12))
	if !bar.Editing() {
		t.Fatal("a click on the empty part does not let one type")
	}
	r.typed("/tmp") // replaces what was there: it is preselected
	r.key(fyne.KeyReturn)
	want("typing and Enter", "back", "typed /tmp")
	bar.Edit()
	r.picture("pathbar-edit")
	r.key(fyne.KeyEscape)
	want("Esc ends typing", "back")
	bar.Edit()
	r.window.Canvas().Unfocus()
	want("losing the keys ends typing without taking them")
	if bar.Editing() {
		t.Error("still typing")
	}
	bar.SetPath([]string{"/", strings.Repeat("long", 20), "middle folder", strings.Repeat("name", 15)}, "/x")
	r.picture("pathbar-long")
	r.click(fyne.NewPos(60, 12))
	want("steps without room are left out from the top", "go 3")
}

func TestFilterGivesTheKeysBack(t *testing.T) {
	l := newLoop(t)
	backs, text := 0, ""
	f := parts.NewFilter("Filter", func(s string) { text = s }, func() { backs++ })
	r := newRig(t, container.NewVBox(f), l, 300, 100)
	r.window.Canvas().Focus(f)
	r.typed("abc")
	r.key(fyne.KeyDown)
	if text != "abc" || backs != 1 {
		t.Errorf("arrow down: %q, %d", text, backs)
	}
	r.key(fyne.KeyEscape)
	if text != "" || backs != 2 {
		t.Errorf("Esc: %q, %d", text, backs)
	}
}

func TestSplitterKeepsLeastSizesAndComesBack(t *testing.T) {
	l := newLoop(t)
	block := func() fyne.CanvasObject {
		c := canvas.NewRectangle(theme.Color(theme.ColorNameBackground))
		c.SetMinSize(fyne.NewSize(100, 20))
		return c
	}
	a, b := block(), block()
	s := parts.NewColumns(a, b, 0.5)
	moved := 0
	s.Moved = func() { moved++ }
	r := newRig(t, s, l, 600, 100)
	release := r.dragging(fyne.NewPos(300, 50), fyne.NewPos(350, 50))
	release()
	if a.Size().Width != 350 || moved != 1 {
		t.Errorf("dragged by 50: first is %v wide, moved %d", a.Size().Width, moved)
	}
	release = r.dragging(fyne.NewPos(350, 50), fyne.NewPos(900, 50), fyne.NewPos(560, 50))
	release()
	if b.Size().Width != 100 {
		t.Errorf("second is %v wide, less than its least", b.Size().Width)
	}
	grip, _ := r.find(fyne.NewPos(500, 50), func(o fyne.CanvasObject) bool { _, ok := o.(fyne.DoubleTappable); return ok })
	test.DoubleTap(grip.(fyne.DoubleTappable))
	if s.Ratio() != 0.5 {
		t.Errorf("ratio %v after a double click", s.Ratio())
	}
}

func TestQuestionByKeys(t *testing.T) {
	l := newLoop(t)
	var got string
	answer := func(name string) func() { return func() { got += name } }
	ask := func(r *rig, field *parts.Field) *parts.Dialog {
		return parts.Ask(r.window.Canvas(), parts.Question{
			Glyph: look.GlyphWarn, Title: "Delete 3 files?", Text: "They cannot be brought back.", Field: field,
			Answers: []parts.Answer{{Title: "Cancel", Run: answer("cancel")}, {Title: "Delete", Danger: true, Strong: true, Run: answer("delete")}},
			Escape:  answer("escape"),
		})
	}
	field := func() *parts.Field { return parts.NewField("", 100) }
	for outcome, tc := range map[string]struct {
		field *parts.Field
		keys  []fyne.KeyName
		want  string
	}{
		"Enter chooses the strong one":  {nil, []fyne.KeyName{fyne.KeyReturn}, "delete"},
		"Esc chooses none":              {nil, []fyne.KeyName{fyne.KeyEscape}, "escape"},
		"arrow and Enter":               {nil, []fyne.KeyName{fyne.KeyLeft, fyne.KeyReturn}, "cancel"},
		"space chooses too":             {nil, []fyne.KeyName{fyne.KeySpace}, "delete"},
		"Enter in a field":              {field(), []fyne.KeyName{fyne.KeyReturn}, "delete"},
		"Esc in a field":                {field(), []fyne.KeyName{fyne.KeyEscape}, "escape"},
		"other keys change nothing yet": {nil, []fyne.KeyName{fyne.KeyF5, fyne.KeyA}, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			got = ""
			r := newRig(t, container.NewStack(), l, 700, 400)
			d := ask(r, tc.field)
			r.key(tc.keys...)
			if got != tc.want || d.Closed() != (tc.want != "") {
				t.Errorf("got %q, closed %v", got, d.Closed())
			}
			if open := r.window.Canvas().Overlays().Top() != nil; open == d.Closed() {
				t.Errorf("dialog on screen: %v, closed: %v", open, d.Closed())
			}
			d.Close()
		})
	}
	t.Run("Esc when nothing has the keys", func(t *testing.T) {
		got = ""
		r := newRig(t, container.NewStack(), l, 700, 400)
		ask(r, nil)
		r.window.Canvas().Unfocus()
		r.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if got != "escape" || r.window.Canvas().OnTypedKey() != nil {
			t.Errorf("got %q; the canvas's hook came back: %v", got, r.window.Canvas().OnTypedKey() == nil)
		}
	})
	t.Run("an answer that is not allowed yet", func(t *testing.T) {
		got = ""
		for _, f := range []*parts.Field{nil, field()} {
			r := newRig(t, container.NewStack(), l, 700, 400)
			d := ask(r, f)
			d.SetEnabled(1, false)
			r.key(fyne.KeyReturn)
			if got != "" {
				t.Errorf("got %q", got)
			}
			d.Close()
		}
	})
}

func TestToolRunsOnlyWhenAllowed(t *testing.T) {
	l := newLoop(t)
	ran, tip := 0, ""
	tool := parts.NewTool(look.GlyphRefresh, "Refresh", func() { ran++ })
	tool.Hovered = func(s string, _ fyne.Position) { tip = s }
	r := newRig(t, container.NewHBox(tool), l, 100, 40)
	r.click(fyne.NewPos(10, 10))
	tool.SetDisabled(true)
	r.click(fyne.NewPos(10, 10))
	if ran != 1 {
		t.Errorf("ran %d times", ran)
	}
	test.MoveMouse(r.window.Canvas(), fyne.NewPos(10, 10))
	if tip != "Refresh" {
		t.Errorf("tip %q", tip)
	}
	test.MoveMouse(r.window.Canvas(), fyne.NewPos(90, 35))
	if tip != "" {
		t.Errorf("tip %q after leaving", tip)
	}
}

func TestTabsShowOne(t *testing.T) {
	l := newLoop(t)
	a, b := widget.NewLabel("a"), widget.NewLabel("b")
	tabs := parts.NewTabs()
	tabs.Append("Queue", a)
	tabs.Append("Log", b)
	chosen := -1
	tabs.Chosen = func(n int) { chosen = n }
	r := newRig(t, tabs, l, 300, 200)
	if !a.Visible() || b.Visible() {
		t.Error("not the first alone")
	}
	r.click(fyne.NewPos(70, 12))
	if a.Visible() || !b.Visible() || chosen != 1 {
		t.Errorf("chosen %d, visible %v %v", chosen, a.Visible(), b.Visible())
	}
	tabs.SetTitle(0, "Queue (8)")
	r.picture("tabs")
	was := tabs.Title(1).Position()
	tabs.SetTitle(0, "Queue")
	if now := tabs.Title(1).Position(); now != was {
		t.Errorf("the second tab went from %v to %v when the count of the first one ended", was, now)
	}
}

func TestLayerStaysInsideTheWindow(t *testing.T) {
	l := newLoop(t)
	layer := parts.NewLayer()
	r := newRig(t, container.NewStack(widget.NewLabel(""), layer.Object), l, 300, 100)
	layer.Ghost(fyne.NewPos(290, 95), look.GlyphCopy, "Copy 3 items to uploads", true)
	ghost := layer.Object.Objects[0]
	if end := ghost.Position().Add(ghost.Size()); end.X > 300 || end.Y > 100 || !ghost.Visible() {
		t.Errorf("ghost ends at %v", end)
	}
	r.picture("ghost")
	layer.HideGhost()
	layer.Tip("Refresh", fyne.NewPos(10, 10))
	if ghost.Visible() || !layer.Object.Objects[1].Visible() {
		t.Error("ghost and tip are not apart")
	}
}

// TestGallery draws what has no behaviour of its own, for a person to look at.
func TestGallery(t *testing.T) {
	l := newLoop(t)
	for _, choice := range []look.Choice{look.Dark, look.Light} {
		fyne.CurrentApp().Settings().SetTheme(look.New(choice))
		placard := parts.NewPlacard()
		placard.Set(parts.Notice{
			Glyph: look.GlyphTrouble, Color: look.ColorTrouble, Title: "The folder cannot be read",
			Text:    "The server answered: 550 /var/www: Permission denied. Ask the server's owner for the right to read it, or go to another folder.",
			Answers: []parts.Answer{{Title: "Go back"}, {Title: "Try again", Strong: true}},
		})
		bar := parts.NewBar()
		bar.Set(0.4)
		line := parts.NewLine("TLS 1.3", look.ColorOK)
		line.Set("TLS 1.3 · passive (EPSV) · ftp.example.org", look.ColorOK, look.GlyphLock)
		row := container.NewHBox(
			parts.NewTool(look.GlyphUp, "Up", nil), parts.NewTool(look.GlyphRefresh, "Refresh", nil),
			parts.NewTool(look.GlyphConnect, "Connect", nil).Labelled("Connect").Colored(look.ColorAccent),
			parts.NewFilter("Filter", nil, func() {}),
		)
		r := newRig(t, container.NewBorder(row, container.NewVBox(bar, line), nil, nil, placard), l, 700, 420)
		r.picture("gallery-" + string(choice))
		d := parts.Ask(r.window.Canvas(), parts.Question{
			Glyph: look.GlyphLock, Color: look.ColorWarn, Title: "Trust this certificate?",
			Text: "The certificate of ftp.example.org was not issued by an authority that this computer knows. If you know the server, compare the fingerprint with the one its owner gives.",
			Content: parts.NewFacts(
				parts.Fact{Name: "Issued to", Value: "ftp.example.org"},
				parts.Fact{Name: "Valid until", Value: "2027-03-01"},
				parts.Fact{Name: "Fingerprint", Value: "SHA256:7F83B1657FF1FC53B92DC18148A1D65DFC2D4B1FA3D677284ADDD200126D9069"},
			),
			Answers: []parts.Answer{{Title: "Cancel"}, {Title: "Always trust"}, {Title: "This time", Strong: true}},
			Width:   520,
		})
		r.picture("question-" + string(choice))
		d.Close()
		field := parts.NewField("", 100)
		field.SetText("New folder")
		d = parts.Ask(r.window.Canvas(), parts.Question{
			Glyph: look.GlyphNewFolder, Title: "Make a folder", Text: "In /var/www/html", Field: field,
			Content: parts.NewLines([]string{"one.txt", "two.txt", "three.txt"}, 4),
			Answers: []parts.Answer{{Title: "Cancel"}, {Title: "Delete", Danger: true}, {Title: "Make", Strong: true}},
		})
		r.picture("prompt-" + string(choice))
		d.Close()
	}
}

func TestSegmentsAreChosenByClickAndArrows(t *testing.T) {
	l := newLoop(t)
	var chosen []string
	s := parts.NewSegments([]string{"Auto", "Passive", "Active"}, func(o string) { chosen = append(chosen, o) })
	escaped := false
	s.Escaped = func() { escaped = true }
	r := newRig(t, container.NewHBox(s), l, 400, 40)
	r.click(fyne.NewPos(s.Size().Width-10, 10))
	r.key(fyne.KeyRight, fyne.KeyLeft)
	s.SetSelected("Auto")
	s.SetSelected("Nonsense")
	r.key(fyne.KeyLeft, fyne.KeyEscape)
	if diff := cmp.Diff([]string{"Active", "Passive", "Auto"}, chosen); diff != "" || !escaped || s.Selected() != "Auto" {
		t.Errorf("%s, Esc %v, %s is chosen", diff, escaped, s.Selected())
	}
	r.picture("segments")
}

func TestEscapeInADialogsContentClosesIt(t *testing.T) {
	l := newLoop(t)
	r := newRig(t, container.NewStack(), l, 500, 300)
	check, field := parts.NewCheck("For all", nil), parts.NewField("", 50)
	for outcome, inner := range map[string]fyne.Focusable{"a tick": check, "a field": field} {
		left := false
		d := parts.Ask(r.window.Canvas(), parts.Question{
			Title: "?", Content: container.NewVBox(check, container.NewHBox(field)),
			Answers: []parts.Answer{{Title: "OK", Strong: true}}, Escape: func() { left = true },
		})
		r.window.Canvas().Focus(inner)
		if r.key(fyne.KeyEscape); !d.Closed() || !left {
			t.Errorf("%s keeps Esc to itself", outcome)
		}
	}
}

func TestEnterInADialogsContentIsTheStrongAnswer(t *testing.T) {
	l := newLoop(t)
	r := newRig(t, container.NewStack(), l, 500, 300)
	for _, outcome := range []string{"a tick", "a field"} {
		check, field, chosen := parts.NewCheck("For all", nil), parts.NewField("", 50), ""
		answer := func(title string) func() { return func() { chosen = title } }
		d := parts.Ask(r.window.Canvas(), parts.Question{
			Title: "?", Content: container.NewVBox(check, field), Escape: answer("none"),
			Answers: []parts.Answer{{Title: "Replace", Run: answer("Replace")}, {Title: "Skip", Strong: true, Run: answer("Skip")}},
		})
		r.window.Canvas().Focus(map[string]fyne.Focusable{"a tick": check, "a field": field}[outcome])
		if r.key(fyne.KeyReturn); !d.Closed() || chosen != "Skip" {
			t.Errorf("Enter in %s chose %q", outcome, chosen)
		}
	}
}

func TestClickBesideTheListLeavesItTheKeys(t *testing.T) {
	l := newLoop(t)
	list := parts.NewList(l, fileColumns(), &parts.Selection{})
	tabs := parts.NewTabs()
	tabs.Append("Queue", container.NewStack())
	ran := false
	tool := parts.NewTool(look.GlyphRefresh, "Refresh", func() { ran = true })
	below := container.NewStack(parts.NewKeeper(), container.NewBorder(nil, container.NewHBox(tool), nil, nil, parts.NewRows(list, tabs, 0.7)))
	r := newRig(t, below, l, 400, 400)
	for outcome, at := range map[string]fyne.Position{
		"a title": fyne.NewPos(40, 8), "a tab": fyne.NewPos(20, 275), "the ground beside the tabs": fyne.NewPos(300, 275),
		"a tool": fyne.NewPos(8, 390),
	} {
		list.Focus()
		if r.click(at); !list.HasFocus() {
			t.Errorf("%s took the keys", outcome)
		}
	}
	if r.window.Canvas().FocusNext(); !ran || !list.HasFocus() {
		t.Error("Tab went to what cannot have the keys, or the tool did not run")
	}
	d := parts.Ask(r.window.Canvas(), parts.Question{Title: "Really?", Answers: []parts.Answer{{Title: "Yes", Strong: true}}})
	r.click(fyne.NewPos(200, 180))
	if r.key(fyne.KeyReturn); !d.Closed() {
		t.Error("a click into a dialog took the keys from its answer")
	}
	d = parts.Ask(r.window.Canvas(), parts.Question{Title: "Really?", Answers: []parts.Answer{{Title: "Yes", Strong: true}}})
	r.window.Canvas().Unfocus() // by a click beside it
	if r.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn}); !d.Closed() {
		t.Error("a click beside a dialog took the keys from its answer for good")
	}
}

func TestSolidPlacardTakesTheMouse(t *testing.T) {
	l := newLoop(t)
	var s parts.Selection
	s.Reset(10)
	list := parts.NewList(l, fileColumns(), &s)
	list.SetSource(numbers{n: 10})
	p := parts.NewPlacard()
	pressed := 0
	p.Pressed = func() { pressed++ }
	r := newRig(t, container.NewStack(list, p), l, 500, 300)
	p.Set(parts.Notice{Title: "Empty"})
	if r.click(rowPoint(2)); !s.Has(2) || pressed != 0 {
		t.Error("what is beside the words of a placard cannot be clicked")
	}
	p.Set(parts.Notice{Title: "Cannot be read", Solid: true})
	if r.click(rowPoint(4)); s.Has(4) || pressed != 1 {
		t.Error("a row behind a solid placard was clicked")
	}
	ran := false
	p.Set(parts.Notice{Title: "Cannot be read", Solid: true, Answers: []parts.Answer{{Title: "Try again", Run: func() { ran = pressed == 2 }}}})
	for _, o := range test.LaidOutObjects(p) {
		if b, ok := o.(fyne.Tappable); ok {
			test.Tap(b)
		}
	}
	if !ran {
		t.Error("the owner was not told before the answer ran")
	}
}

func TestLineIsCutBetweenWords(t *testing.T) {
	test.NewTempApp(t)
	const features = "EPRT, EPSV, REST STREAM"
	for room, want := range map[string]string{
		features:           features,
		"EPRT, EPSV, RES…": "EPRT, EPSV, …",
		"EPRT, EPSV, R…":   "EPRT, EPSV, …",
		"EPR…":             "EPR…",
	} {
		l := parts.NewLine(features, look.ColorSecondary).AtWords()
		width := fyne.MeasureText(room, theme.TextSize(), fyne.TextStyle{}).Width + 3
		r := test.WidgetRenderer(l)
		r.Layout(fyne.NewSize(width, 20))
		if got := r.Objects()[1].(*canvas.Text).Text; got != want {
			t.Errorf("where there is room for %q it shows %q, want %q", room, got, want)
		}
	}
}

// TestBordersAreThoseOfTheTheme: a field and a list that drops down look alike.
func TestBordersAreThoseOfTheTheme(t *testing.T) {
	for outcome, c := range map[string]look.Choice{"light": look.Light, "dark": look.Dark} {
		t.Run(outcome, func(t *testing.T) {
			test.NewTempApp(t).Settings().SetTheme(look.New(c))
			for name, w := range map[string]fyne.Widget{
				"a field": parts.NewField("", 80), "a text": parts.NewText("", 2), "a choice": parts.NewChoice([]string{"Ask"}, nil),
			} {
				w.Refresh()
				found := false
				for _, o := range test.WidgetRenderer(w).Objects() {
					box, ok := o.(*canvas.Rectangle)
					if !ok || box.StrokeWidth == 0 {
						continue
					}
					found = true
					if box.StrokeColor != look.Color(theme.ColorNameInputBorder) || box.FillColor != look.Color(theme.ColorNameInputBackground) {
						t.Errorf("%s is drawn in %v on %v", name, box.StrokeColor, box.FillColor)
					}
				}
				if !found {
					t.Errorf("%s has no border", name)
				}
			}
		})
	}
}
