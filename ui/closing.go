//go:build !headless

package ui

import (
	"context"
	"time"

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
	if now.Unfinished() == 0 {
		s.quit()
		return
	}
	s.leaving = true
	if !s.after.quitAt.IsZero() {
		s.stay() // the person is asked, and answers for the end of the queue, too
	}
	stay := func() {
		s.leaving, s.quitWhenDone = false, false
		s.announceQuit("")
	}
	answers := []parts.Answer{
		{Title: "Quit", Run: s.quit},
		{Title: "Quit When Done", Run: func() { stay(); s.quitWhenDone = true; s.announceQuit(quitsText(now.Later, s.loop.Now())) }},
		{Title: "Stay", Strong: true, Run: stay},
	}
	if now.Held || !busy(now) { // it would never be done, or is
		answers = append(answers[:1], answers[2])
	}
	s.closingSays = closingText(now, s.loop.Now())
	s.closing = showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphWarn, Color: look.ColorWarn,
		Title:   "Quit Wherry?",
		Text:    s.closingSays,
		Width:   520,
		Answers: answers,
		Escape:  stay,
	})
}

// followClosing keeps true what the open question says: the queue goes on
// meanwhile.
func (s *shell) followClosing(now queue.Snapshot) {
	if s.closing == nil || s.closing.Closed() {
		return
	}
	if text := closingText(now, s.loop.Now()); text != s.closingSays {
		s.closingSays = text
		s.closing.SetText(text)
	}
}

// closingText says what is left, and what becomes of it when the window is
// closed. What starts at a later time does so only in a Wherry that runs then.
func closingText(q queue.Snapshot, now time.Time) string {
	left, later := q.Unfinished(), q.Later
	if left == 0 {
		return "All transfers are finished."
	}
	text := words.Count(int64(left), "transfer is", "transfers are") +
		" not finished. Nothing is lost: the queue goes on where it was when Wherry is started again."
	switch {
	case later.Rows == 1:
		text += " One transfer starts at a time to come, " + words.Moment(later.First, now) + ", if Wherry runs then."
	case later.Rows > 1:
		text += " " + words.Number(int64(later.Rows)) + " transfers start at a time to come, the first " + words.Moment(later.First, now) + ", if Wherry runs then."
	}
	return text
}

// quitsText says when the program ends that is to do so with the queue.
func quitsText(later queue.Later, now time.Time) string {
	const text = "Wherry quits when the queue is done"
	if later.Rows == 0 {
		return text
	}
	return text + ", not before " + words.Moment(later.Last, now)
}

// announceQuit says that in the status bar until it is another text; "" takes
// it back.
func (s *shell) announceQuit(text string) {
	if text == s.soon {
		return
	}
	s.status.takeBack(s.soon)
	if s.soon = text; text != "" {
		s.status.announce(text)
	}
}

// quitIfDone ends the program when the person asked for that at the end of
// the queue, which paused rows do not put off; open questions do.
func (s *shell) quitIfDone(now queue.Snapshot) {
	if s.quitWhenDone {
		s.announceQuit(quitsText(now.Later, s.loop.Now())) // "tomorrow" becomes today
	}
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
