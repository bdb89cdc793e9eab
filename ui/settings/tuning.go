package settings

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
)

// Tuning is what the settings mean to the queue. given is what the command line
// said, for this run: its Workers go before those that are kept, and of two limits
// the lower one holds.
func (s Settings) Tuning(given queue.Tuning) queue.Tuning {
	t := given
	if t.Workers == 0 {
		t.Workers = max(s.Workers, 0)
	}
	if s.LimitsOn {
		t.Up, t.Down = lower(t.Up, s.LimitUp), lower(t.Down, s.LimitDown)
	}
	from, err := ParseHour(cmp.Or(s.From, usualFrom))
	until, err2 := ParseHour(cmp.Or(s.Until, usualUntil))
	if s.HoursOn && err == nil && err2 == nil {
		t.From, t.Until = from, until
	}
	t.SmallFirst, t.Segments = s.SmallFirst, s.segments()
	t.KeepEnded = time.Duration(max(s.KeepDays, 0)) * 24 * time.Hour
	return t
}

// usualSegments is what helps on most far servers, and what they bear.
const usualSegments = 4

// segments is over how many connections one large file is read, 0 for one.
func (s Settings) segments() int {
	if !s.SegmentsOn {
		return 0
	}
	return min(cmp.Or(max(s.Segments, 0), usualSegments), transfer.MaxSegments)
}

// lower is the lower one of two limits, of which 0 is none.
func lower(a, b int64) int64 {
	switch {
	case b <= 0:
		return a
	case a <= 0:
		return b
	}
	return min(a, b)
}

// HasLimits says whether there is a limit to switch on.
func (s Settings) HasLimits() bool { return s.LimitUp > 0 || s.LimitDown > 0 }

// missing says what a choice on a page of the dialog still needs to have an
// effect, "" for nothing.
func (s Settings) missing(page string) string {
	switch {
	case page == pageSpeed && s.LimitsOn && !s.HasLimits():
		return "The limit counts once a speed is set."
	case page == pageDone && s.After == AfterRuns && s.AfterCommand == "":
		return "Nothing runs until a command is written."
	}
	return ""
}

// Exists is the rule for a name that is taken, by where files go.
func (s Settings) Exists(to site.ID) transfer.Rule {
	rule := transfer.Rule(s.ExistsUp)
	if to == site.Local {
		rule = transfer.Rule(s.ExistsDown)
	}
	if !slices.ContainsFunc(rules, func(c choice) bool { return c.value == string(rule) }) {
		return transfer.Ask
	}
	return rule
}

// The hours that count where a person has set none.
const (
	usualFrom  = "22:00"
	usualUntil = "06:00"
)

// errHour says what ParseHour takes.
var errHour = errors.New("it takes a time of day, such as 22:00")

// ParseHour reads a time of day from 0:00 to 23:59, as the time since midnight.
func ParseHour(text string) (time.Duration, error) {
	at, err := time.Parse("15:04", text)
	if err != nil {
		if at, err = time.Parse("15", text); err != nil {
			return 0, errHour
		}
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, nil
}

// hourText writes a time of day as ParseHour reads it.
func hourText(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}
