//go:build !headless

package ui

import (
	"context"

	"wherry/sync/queue"
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
	now := s.engine.Queue().Snapshot()
	left := now.Unfinished()
	if left == 0 {
		s.quit()
		return
	}
	s.leaving = true
	const soon = "Wherry quits when the queue is done"
	stay := func() {
		s.leaving, s.quitWhenDone = false, false
		s.status.takeBack(soon)
	}
	answers := []parts.Answer{
		{Title: "Quit", Run: s.quit},
		{Title: "Quit When Done", Run: func() { stay(); s.quitWhenDone = true; s.status.announce(soon) }},
		{Title: "Stay", Strong: true, Run: stay},
	}
	if now.Held || !busy(now) { // it would never be done, or is
		answers = append(answers[:1], answers[2])
	}
	showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphWarn, Color: look.ColorWarn,
		Title:   words.Count(int64(left), "transfer is", "transfers are") + " not finished",
		Text:    "Nothing is lost: the queue goes on where it was when Wherry is started again.",
		Width:   520,
		Answers: answers,
		Escape:  stay,
	})
}

// quitIfDone ends the program when the person asked for that at the end of
// the queue, which paused rows do not put off; open questions do.
func (s *shell) quitIfDone(now queue.Snapshot) {
	if s.quitWhenDone && !s.leaving && !busy(now) && !s.finish.pending() && !s.after.running {
		s.quit()
	}
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
