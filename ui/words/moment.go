package words

import (
	"strconv"
	"strings"
	"time"
)

// MomentHint names what ParseMoment reads.
const MomentHint = "such as 22:00, tomorrow 6:30, Monday 9:00, 2026-12-24 22:00 or in 90m"

// ParseMoment reads a time to come as people write it: a time of day, with or
// without a day before it (today, tomorrow, a weekday, a date as 2026-12-24), or
// "in" and a length as 90m or 1h30m. A time of day alone is the next one; a day
// with its time may be past. ok is false for anything else, and for more than
// ten years ahead.
func ParseMoment(text string, now time.Time) (when time.Time, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if rest, is := strings.CutPrefix(text, "in "); is {
		d, err := time.ParseDuration(strings.ReplaceAll(strings.ReplaceAll(rest, " ", ""), "min", "m"))
		return now.Add(d), err == nil && d > 0 && d < tenYears
	}
	day, clock := "", text
	if fields := strings.Fields(text); len(fields) == 2 && fields[1] != "am" && fields[1] != "pm" || len(fields) == 3 {
		day, clock = fields[0], strings.Join(fields[1:], "")
	}
	of, ok := parseClock(clock)
	if !ok {
		return time.Time{}, false
	}
	on := func(days int) time.Time {
		y, m, d := now.Date()
		return time.Date(y, m, d+days, int(of/time.Hour), int(of%time.Hour/time.Minute), 0, 0, now.Location())
	}
	switch {
	case day == "" && on(0).After(now):
		return on(0), true
	case day == "", day == "tomorrow":
		return on(1), true
	case day == "today":
		return on(0), true
	}
	if ahead, ok := weekday(day, now); ok {
		if ahead == 0 && !on(0).After(now) {
			ahead = 7
		}
		return on(ahead), true
	}
	date, err := time.ParseInLocation("2006-01-02", day, now.Location())
	if err != nil || date.Sub(now).Abs() > tenYears {
		return time.Time{}, false
	}
	return time.Date(date.Year(), date.Month(), date.Day(), int(of/time.Hour), int(of%time.Hour/time.Minute), 0, 0, now.Location()), true
}

const tenYears = 10 * 365 * 24 * time.Hour

// parseClock reads a time of day: 22:00, 6.30, 9, 6pm.
func parseClock(text string) (since time.Duration, ok bool) {
	text = strings.ReplaceAll(text, " ", "")
	half, noon := strings.CutSuffix(text, "pm")
	half, morning := strings.CutSuffix(half, "am")
	hours, minutes, cut := strings.Cut(strings.Replace(half, ".", ":", 1), ":")
	h, ok := digits(hours, 1, 2)
	m := 0
	if cut && ok {
		m, ok = digits(minutes, 2, 2)
	}
	if noon || morning {
		if h < 1 || h > 12 || noon && morning {
			return 0, false
		}
		h %= 12
		if noon {
			h += 12
		}
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, ok && h < 24 && m < 60
}

// digits is a number of at least and at most so many digits.
func digits(text string, least, most int) (n int, ok bool) {
	if len(text) < least || len(text) > most || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// weekday says how many days ahead the next day of a name is, 0 for today's.
func weekday(name string, now time.Time) (ahead int, ok bool) {
	for ahead = range 7 {
		full := strings.ToLower(now.AddDate(0, 0, ahead).Weekday().String())
		if name == full || name == full[:3] {
			return ahead, true
		}
	}
	return 0, false
}

// Moment tells a time to come as seen from now: "22:00" for today, "tomorrow
// 06:30", "Mon 06:30" within a week, else the date as well.
func Moment(when, now time.Time) string {
	when = when.In(now.Location())
	y, m, d := now.Date()
	midnight := func(days int) time.Time { return time.Date(y, m, d+days, 0, 0, 0, 0, now.Location()) }
	switch {
	case when.Before(midnight(0)), !when.Before(midnight(7)):
		return when.Format("2006-01-02 15:04")
	case when.Before(midnight(1)):
		return when.Format("15:04")
	case when.Before(midnight(2)):
		return "tomorrow " + when.Format("15:04")
	}
	return when.Format("Mon 15:04")
}
