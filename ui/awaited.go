//go:build !headless

package ui

import (
	"time"

	"wherry/sync/trace"
	"wherry/ui/words"
)

// awaited says what a pane's site is waited for since a time, "" where that is
// not known or the pane shows this computer.
func (s *shell) awaited(side int, since time.Time) string {
	p := s.attempts[side]
	if p == nil {
		return ""
	}
	lines, _ := s.engine.Trace().Since(0)
	return awaitedOf(lines, p.Site.Host, since)
}

// awaitedOf takes, of the sessions with a host that wait for something, the one
// that has done so for the longest: the others may be transfers that move.
func awaitedOf(lines []trace.Line, host string, since time.Time) string {
	said := map[int][]trace.Line{}
	for _, l := range lines {
		if l.Host == host && !l.Time.Before(since) {
			said[l.Session] = append(said[l.Session], l)
		}
	}
	var text string
	var oldest trace.Line
	for _, lines := range said {
		newest := lines[len(lines)-1]
		if older := text == "" || newest.Time.Before(oldest.Time) || newest.Time.Equal(oldest.Time) && newest.Session < oldest.Session; !older {
			continue
		}
		if awaits := words.Awaited(lines); awaits != "" {
			text, oldest = awaits, newest
		}
	}
	return text
}
