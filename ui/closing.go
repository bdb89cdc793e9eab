//go:build !headless

package ui

import (
	"context"

	"wherry/ui/cli"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

const version = cli.Version

// askClose closes the window; with work left it asks first.
func (s *shell) askClose() {
	if s.leaving {
		return
	}
	left := s.engine.Queue().Snapshot().Unfinished()
	if left == 0 {
		s.quit()
		return
	}
	s.leaving = true
	stay := func() { s.leaving = false }
	showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphWarn, Color: look.ColorWarn,
		Title: words.Count(int64(left), "transfer is", "transfers are") + " not finished",
		Text:  "Nothing is lost: the queue goes on where it was when Wherry is started again.",
		Width: 520,
		Answers: []parts.Answer{
			{Title: "Quit", Run: s.quit},
			{Title: "Go On in Background", Run: func() { stay(); s.minimise() }},
			{Title: "Stay", Strong: true, Run: stay},
		},
		Escape: stay,
	})
}

// minimise puts the window away; transfers go on.
func (s *shell) minimise() {
	if w, ok := s.window.(interface{ Minimize() }); ok {
		w.Minimize()
		return
	}
	s.status.say("This desktop cannot put the window away")
}

func (s *shell) quit() {
	s.leaving = true
	s.keepArrangement()
	s.facts.tell(fact{Fact: "closed"})
	s.app.Quit()
}

// toggleHold stops or starts the whole queue.
func (s *shell) toggleHold() {
	held := !s.snapshot.Held
	s.loop.Go(func(ctx context.Context) func() {
		err := s.engine.Queue().Hold(ctx, held)
		return func() { s.trouble(err) }
	})
}
