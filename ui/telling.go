//go:build !headless

package ui

import (
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"wherry/sync/site"
	"wherry/ui/look"
	"wherry/ui/parts"
)

// inView is the site that the status bar speaks of, and those of the panes,
// between the window's thread and the ticker's goroutine.
type inView struct{ ids atomic.Value }

type idsInView struct {
	bar   site.ID
	panes [2]site.ID
}

func (v *inView) set(ids idsInView) { v.ids.Store(ids) }

func (v *inView) get() idsInView {
	ids, _ := v.ids.Load().(idsInView)
	return ids
}

// tellFacts tells what is true now where it differs from what was told.
func (s *shell) tellFacts(now state) {
	if !s.facts.on() {
		return
	}
	s.tellFrames()
	for side, p := range s.panes {
		first, size := p.Ground()
		f := fact{
			Fact: "pane", Side: sideNames[side], Site: string(p.Place().ID), Path: p.Path().String(),
			Rows: p.Rows(maxFactRows), Selected: len(p.Cargo().Entries),
			X: first.X, Y: first.Y, W: size.Width, H: size.Height, RowH: look.RowHeight,
		}
		s.tellOnce(&s.told.panes[side], f)
	}
	if v := s.list(); v != nil {
		first, size := v.Ground()
		s.tellOnce(&s.told.list, fact{
			Fact: "pane", Side: "queue", Text: v.Tab().Title, Rows: v.Names(maxFactRows), Selected: v.Picked(),
			X: first.X, Y: first.Y, W: size.Width, H: size.Height, RowH: look.RowHeight,
		})
	}
	count := map[string]int{}
	for state, n := range now.queue.Count {
		count[string(state)] = n
	}
	s.tellOnce(&s.told.queue, fact{Fact: "queue", Count: count})
	s.tellOnce(&s.told.status, fact{Fact: "status", Text: strings.Join([]string{
		s.status.secured.Text(), s.status.mode.Text(), s.status.left.Text(), s.status.message.Text(),
	}, " | ")})
	s.tellOnce(&s.told.focus, s.focused())
	s.tellOnce(&s.told.controls, fact{Fact: "controls", Controls: s.controls()})
	s.tellOnce(&s.told.question, s.question())
}

// told is what was told last.
type told struct {
	panes                                    [2]fact
	queue, status, focus, controls, question fact
	list                                     fact
	frames                                   bool // each frame is being told
}

// tellFrames tells every frame from now on. Fyne takes in mouse and keys and
// then ticks its animations, and this one draws nothing: what was done before
// one frame was told has been taken in when the next one is.
func (s *shell) tellFrames() {
	if s.told.frames {
		return
	}
	s.told.frames = true
	frames := fyne.NewAnimation(time.Second, func(float32) {
		s.facts.tell(fact{Fact: "frame", At: time.Now().UnixNano()})
	})
	frames.RepeatCount = fyne.AnimationRepeatForever
	frames.Start()
}

// focused tells what has the keys.
func (s *shell) focused() fact {
	f := fact{Fact: "focus", Text: "elsewhere"}
	has := s.window.Canvas().Focused()
	if button, ok := has.(fyne.Accessible); ok && button.AccessibilityRole() == fyne.AccessibleRoleButton {
		f.Controls = map[string][2]float32{button.AccessibilityLabel(): s.middle(has.(fyne.CanvasObject))}
	}
	_, field := has.(*parts.Field)
	switch {
	case has == s.bar.field:
		f.Text = "address"
	case field:
		f.Text = "field"
	case s.window.Canvas().Overlays().Top() != nil: // a pane below does not know that it lost the keys
	case s.panes[left].HasFocus():
		f.Text = "left"
	case s.panes[right].HasFocus():
		f.Text = "right"
	case s.list() != nil && s.list().HasFocus():
		f.Text = s.list().Tab().Title
	}
	return f
}

// question tells what the topmost dialog says, and where its buttons are.
func (s *shell) question() fact {
	f := fact{Fact: "question"}
	if sheet, ok := s.window.Canvas().Overlays().Top().(*fyne.Container); ok {
		s.read(sheet, &f)
		return f
	}
	// Fyne wraps what lies on top in a type that it does not export.
	top := reflect.Indirect(reflect.ValueOf(s.window.Canvas().Overlays().Top()))
	if top.Kind() != reflect.Struct {
		return f
	}
	if inner := top.FieldByName("Content"); inner.IsValid() {
		if popup, ok := inner.Interface().(*widget.PopUp); ok {
			s.read(popup.Content, &f)
		}
	}
	return f
}

// read adds the texts and buttons of o to a fact.
func (s *shell) read(o fyne.CanvasObject, f *fact) {
	switch o := o.(type) {
	case *fyne.Container:
		for _, inner := range o.Objects {
			if inner.Visible() {
				s.read(inner, f)
			}
		}
	case *container.Scroll:
		s.read(o.Content, f)
	case *parts.Check:
		s.place(o.Text, o, f)
	case *parts.Line:
		f.Text += o.Text() + "\n"
	case *widget.RichText:
		f.Text += o.String() + "\n"
	case fyne.Accessible:
		if o.AccessibilityRole() != fyne.AccessibleRoleButton {
			f.Text += o.AccessibilityLabel() + "\n"
			return
		}
		s.place(o.AccessibilityLabel(), o.(fyne.CanvasObject), f)
	}
}

// place adds where a control is, once it was drawn.
func (s *shell) place(label string, o fyne.CanvasObject, f *fact) {
	if s.app.Driver().AbsolutePositionForObject(o).IsZero() {
		return
	}
	if f.Controls == nil {
		f.Controls = map[string][2]float32{}
	}
	f.Controls[label] = s.middle(o)
}

func (s *shell) tellOnce(last *fact, now fact) {
	if !reflect.DeepEqual(*last, now) {
		*last = now
		s.facts.tell(now)
	}
}

// controls are the middles of what a test clicks.
func (s *shell) controls() map[string][2]float32 {
	at := map[string][2]float32{"address": s.middle(s.bar.field), "connect": s.middle(s.bar.button), "sites": s.middle(s.bar.sites)}
	for i, v := range s.lists {
		at[v.Tab().Title] = s.middle(s.tabs.Title(i))
	}
	return at
}

func (s *shell) middle(o fyne.CanvasObject) [2]float32 {
	at := s.app.Driver().AbsolutePositionForObject(o)
	return [2]float32{at.X + o.Size().Width/2, at.Y + o.Size().Height/2}
}
