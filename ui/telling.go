//go:build !headless

package ui

import (
	"reflect"
	"sync/atomic"

	"fyne.io/fyne/v2"

	"wherry/sync/site"
	"wherry/ui/look"
)

// inView is the site that the status bar speaks of, between the window's
// thread and the ticker's goroutine.
type inView struct{ id atomic.Value }

func (v *inView) set(id site.ID) { v.id.Store(id) }

func (v *inView) get() site.ID {
	id, _ := v.id.Load().(site.ID)
	return id
}

// tellFacts tells what is true now where it differs from what was told.
func (s *shell) tellFacts(now state) {
	if !s.facts.on() {
		return
	}
	s.facts.tell(fact{Fact: "tick"})
	for side, p := range s.panes {
		first, size := p.Ground()
		f := fact{
			Fact: "pane", Side: sideNames[side], Site: string(p.Place().ID), Path: p.Path().String(),
			Rows: p.Rows(maxFactRows), Selected: len(p.Cargo().Entries),
			X: first.X, Y: first.Y, W: size.Width, H: size.Height, RowH: look.RowHeight,
		}
		s.tellOnce(&s.told.panes[side], f)
	}
	count := map[string]int{}
	for state, n := range now.queue.Count {
		count[string(state)] = n
	}
	s.tellOnce(&s.told.queue, fact{Fact: "queue", Count: count})
	s.tellOnce(&s.told.status, fact{Fact: "status", Text: s.status.secured.Text() + " | " + s.status.mode.Text() + " | " + s.status.left.Text()})
	s.tellOnce(&s.told.focus, fact{Fact: "focus", Text: s.focused()})
	s.tellOnce(&s.told.controls, fact{Fact: "controls", Controls: s.controls()})
}

// told is what was told last.
type told struct {
	panes                          [2]fact
	queue, status, focus, controls fact
}

// focused names what has the keys: address, left, right, or something else.
func (s *shell) focused() string {
	switch {
	case s.window.Canvas().Focused() == s.bar.field:
		return "address"
	case s.panes[left].HasFocus():
		return "left"
	case s.panes[right].HasFocus():
		return "right"
	}
	return "elsewhere"
}

func (s *shell) tellOnce(last *fact, now fact) {
	if !reflect.DeepEqual(*last, now) {
		*last = now
		s.facts.tell(now)
	}
}

// controls are the middles of what a test clicks.
func (s *shell) controls() map[string][2]float32 {
	middle := func(o fyne.CanvasObject) [2]float32 {
		at := s.app.Driver().AbsolutePositionForObject(o)
		return [2]float32{at.X + o.Size().Width/2, at.Y + o.Size().Height/2}
	}
	return map[string][2]float32{"address": middle(s.bar.field), "connect": middle(s.bar.button), "sites": middle(s.bar.sites)}
}
