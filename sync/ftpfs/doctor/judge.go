package doctor

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// judgeClock compares the server's clock with ours by the time of the file
// that was just written. Listings may be in another zone, which is no error.
func (c *checkup) judgeClock() {
	c.try(Clock, func(_ context.Context, s *Step) error {
		if c.facts.ClockKnown {
			s.add(FactZone, signed(c.facts.ClockOffset))
		}
		e := c.written.entry
		switch {
		case !c.conf.Write:
			s.Status = NotAllowed
		case e.ModTime.IsZero() || c.written.at.IsZero():
			s.Status = NotPossible
		default:
			s.add(FactOffset, signed(c.written.offset()))
			s.add(FactAccuracy, max(e.Accuracy, time.Second).String())
		}
		return nil
	})
}

// offset is how far the server's clock is from ours, as far as it tells: it may
// have taken its time over the file.
func (w *written) offset() time.Duration {
	known := w.entry.Accuracy + time.Second
	first, last := w.began.Truncate(time.Second), w.at.Truncate(time.Second)
	switch at := w.entry.ModTime; {
	case at.Before(first.Add(-known)):
		return at.Sub(first).Round(time.Second)
	case at.After(last.Add(known)):
		return at.Sub(last).Round(time.Second)
	}
	return 0
}

// signed tells a difference of times: "+2m0s", "0s".
func signed(d time.Duration) string {
	if d > 0 {
		return "+" + d.String()
	}
	return d.String()
}

// judgeNames tells in which encoding file names come, as far as it shows.
func (c *checkup) judgeNames() {
	c.try(Encoding, func(_ context.Context, s *Step) error {
		offered := "not offered"
		for _, line := range c.facts.Feat {
			if word, _, _ := strings.Cut(strings.TrimSpace(line), " "); strings.EqualFold(word, "UTF8") {
				offered = "offered"
			}
		}
		s.add(FactUTF8, offered)
		s.add(FactEncoding, c.facts.Encoding)
		best, _ := c.best()
		odd, example := 0, ""
		for _, e := range best.entries {
			if !utf8.ValidString(e.Name) {
				odd++
				example = e.Name
			}
		}
		if odd > 0 {
			s.add(FactOddNames, strconv.Itoa(odd))
			s.add(FactEntries, strconv.Itoa(len(best.entries)))
			s.add(FactExample, example)
		}
		return nil
	})
}
