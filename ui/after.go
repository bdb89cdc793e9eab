//go:build !headless

package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"wherry/sync/queue"
	"wherry/sync/trace"
	"wherry/ui/desktop"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/settings"
	"wherry/ui/words"
)

const (
	// quitDelay is how long a person has to stay.
	quitDelay = 30 * time.Second
	// commandLimit ends a command that does not end: nobody may be there to
	// notice it.
	commandLimit = time.Hour
	// commandLines are how many lines of a command's output are told and kept
	// in the log.
	commandLines = 10
)

// after is what follows the end of the queue's work. It belongs to the window's
// thread.
type after struct {
	running bool          // the command
	quitAt  time.Time     // when the program quits; zero: not
	dialog  *parts.Dialog // that says so
}

// follow does what the person wants once the queue is done.
func (s *shell) follow(o outcome) {
	switch s.next(o) {
	case settings.AfterQuits:
		s.beginQuit()
	case settings.AfterRuns:
		s.runCommand(s.kept.AfterCommand, o)
	}
}

// next is what follows. Nothing does where nothing was transferred. Who asked to
// quit at the end gets no half minute, but the command.
func (s *shell) next(o outcome) settings.After {
	switch {
	case o.done == 0, s.leaving,
		s.kept.After == settings.AfterQuits && s.quitWhenDone,
		s.kept.After == settings.AfterRuns && strings.TrimSpace(s.kept.AfterCommand) == "":
		return settings.AfterNothing
	}
	return s.kept.After
}

// beginQuit says that the program will quit, and how it does not. Work that
// ended meanwhile begins the delay anew.
func (s *shell) beginQuit() {
	counting := !s.after.quitAt.IsZero()
	s.after.quitAt = s.loop.Now().Add(quitDelay)
	if counting {
		return
	}
	s.after.dialog = showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphWaiting, Title: "The queue is done", Text: quitText(quitDelay),
		Answers: []parts.Answer{{Title: "Quit Now", Run: s.quit}, {Title: "Stay", Strong: true, Run: s.stay}},
		Escape:  s.stay,
	})
}

func quitText(left time.Duration) string {
	return "Wherry quits in " + words.Duration(left.Round(time.Second)) + "."
}

// stay ends the countdown.
func (s *shell) stay() {
	s.after.quitAt = time.Time{}
	s.after.dialog.Close()
}

// countDown goes on with the countdown, and ends it where there is work again.
func (s *shell) countDown(now queue.Snapshot) {
	if s.after.quitAt.IsZero() {
		return
	}
	switch left := s.after.quitAt.Sub(s.loop.Now()); {
	case busy(now):
		s.stay()
	case left <= 0:
		s.stay()
		s.quit()
	default:
		s.after.dialog.SetText(quitText(left))
	}
}

// runCommand runs the person's command. The computer may sleep again before it
// begins: it may be what makes it do so.
func (s *shell) runCommand(command string, o outcome) {
	s.after.running = true
	release := s.awake.take()
	s.loop.Go(func(ctx context.Context) func() {
		if release != nil {
			release()
		}
		limited, cancel := context.WithTimeout(ctx, commandLimit)
		defer cancel()
		said, err := desktop.Run(limited, command, fmt.Sprintf("WHERRY_DONE=%d", o.done),
			fmt.Sprintf("WHERRY_FAILED=%d", o.failed), fmt.Sprintf("WHERRY_SKIPPED=%d", o.skipped))
		if errors.Is(limited.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("it had not ended after %s", words.Duration(commandLimit))
		}
		s.logCommand(said, err)
		return func() { s.commandEnded(said, err) }
	})
}

// logCommand puts the end of what a command said into the log. The command
// itself stays out: nobody knows what is in it.
func (s *shell) logCommand(said string, err error) {
	for _, line := range lastLines(said) {
		s.engine.Trace().Add(trace.Line{Dir: trace.Status, Text: "the command after the queue says: " + line})
	}
	if err != nil {
		s.engine.Trace().Add(trace.Line{Dir: trace.Trouble, Text: "the command after the queue failed: " + err.Error()})
		return
	}
	s.engine.Trace().Add(trace.Line{Dir: trace.Status, Text: "the command after the queue has ended well"})
}

func (s *shell) commandEnded(said string, err error) {
	s.after.running = false
	s.facts.tell(fact{Fact: "command", Text: said})
	if err == nil {
		return
	}
	const title = "The command after the queue failed"
	text := words.Safe(err.Error())
	if s.away() {
		s.notify(title, text+".")
	}
	for _, line := range lastLines(said) {
		text += "\n" + words.Safe(line)
	}
	showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphTrouble, Color: look.ColorTrouble, Title: title, Text: text,
		Answers: []parts.Answer{{Title: "OK", Strong: true}},
	})
}

// lastLines are the last of a text's lines.
func lastLines(text string) []string {
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(len(lines)-commandLines, 0):]
}
