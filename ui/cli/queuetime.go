package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wherry/sync/queue"
	"wherry/ui/words"
)

// moment is a time to come, read against the clock here.
type moment struct {
	when time.Time // zero for at once
}

// Type is what stands for the value in a help text that names none.
func (m *moment) Type() string   { return "TIME" }
func (m *moment) String() string { return "" }

// momentHint is words.MomentHint for a shell, which divides at blanks.
const momentHint = `such as 22:30, "tomorrow 6:30", "Monday 9:00", "2026-12-24 22:00", "in 90 min" or "in 2 hours"`

// Set takes what words.ParseMoment reads, or now.
func (m *moment) Set(text string) error {
	now := time.Now()
	if strings.EqualFold(text, "now") {
		m.when = time.Time{}
		return nil
	}
	when, err := words.ParseMoment(text, now)
	switch {
	case errors.Is(err, words.ErrMoment):
		return fmt.Errorf("it takes a time %s; what holds a blank stands in quotes", momentHint)
	case err != nil:
		return err
	case !when.After(now):
		return errors.New("that time is past; now means at once")
	}
	m.when = when
	return nil
}

// hours are two times of day, 22:00-06:00, or nothing for always.
type hours struct{ from, until time.Duration }

func (h *hours) Type() string   { return "HOURS" }
func (h *hours) String() string { return "" }

func (h *hours) Set(text string) error {
	first, last, ok := strings.Cut(text, "-")
	from, okFrom := dayTime(first)
	until, okUntil := dayTime(last)
	switch {
	case !ok || !okFrom || !okUntil:
		return fmt.Errorf("it takes two times of day, such as 22:00-06:00")
	case from == until:
		return fmt.Errorf("the two times are the same")
	}
	h.from, h.until = from, until
	return nil
}

// dayTime reads a time of day as words.ParseClock does, and 24:00.
func dayTime(text string) (since time.Duration, ok bool) {
	text = strings.TrimSpace(text)
	if text == "24:00" {
		return 0, true
	}
	return words.ParseClock(text)
}

func (a *app) queueSchedule() *cobra.Command {
	return &cobra.Command{
		Use: "schedule TIME ID...", Short: "Have rows begin at a time, or now",
		Long: `Have rows begin at a time and not before: a time of day is the next one, and a day
may stand before it (today, tonight, tomorrow, Monday, 2026-12-24); noon and midnight
are such times; "in" stands before a length, as in "in 90 min", "in 2 hours" or
"in 3 days"; now takes it back. Which moment was understood is said. ID is a number of
wherry queue list; a folder stands for all that is in it. What moves already waits for the time, too, and goes on
from where it was. The work is done by wherry queue run, which waits for that time, or
by an open window.`,
		Example: `  wherry queue schedule 22:00 12 13
  wherry queue schedule "tomorrow 6:30" 14
  wherry queue schedule "in 2 hours" 14
  wherry queue schedule 2026-12-24T22:00:00+01:00 14
  wherry queue schedule now 12`,
		Args: a.args(2, -1, "give a time "+momentHint+", and name the rows by the numbers of `wherry queue list`"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var at moment
			if _, err := strconv.Atoi(args[0]); err == nil {
				return usagef(cmd.CommandPath(), "%s is taken for the number of a row, and the time is missing; as a time of day it is written as in 9:00.", words.Safe(args[0]))
			}
			if err := at.Set(args[0]); err != nil {
				return usagef(cmd.CommandPath(), "%s cannot be used: %v.", words.Safe(args[0]), err)
			}
			ids, err := rowIDs(cmd.CommandPath(), args[1:])
			if err != nil {
				return err
			}
			return a.withEngine(cmd.Context(), cmd.CommandPath(), wish{durable: true}, func(s *session) error {
				return s.forRows(cmd.Context(), ids, func(ids ...queue.ID) error { return s.schedule(cmd.Context(), at.when, ids) })
			})
		},
	}
}

// schedule says which moment it understood.
func (s *session) schedule(ctx context.Context, when time.Time, ids []queue.ID) error {
	q := s.engine.Queue()
	if err := q.Schedule(ctx, when, ids...); err != nil || s.opt.json {
		return err
	}
	items, err := q.Get(ctx, ids...)
	if err != nil {
		return err
	}
	ended := int64(0)
	for _, i := range items {
		if !i.Ended.IsZero() {
			ended++
		}
	}
	if n := int64(len(items)) - ended; n > 0 && !when.IsZero() {
		s.notice("wherry: %s not before %s.", words.Count(n, "row begins", "rows begin"), words.Moment(when, time.Now()))
	}
	if ended > 0 {
		s.notice("wherry: %s ended, so no time was set.", words.Count(ended, "row has", "rows have"))
	}
	return nil
}
