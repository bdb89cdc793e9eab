package words

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MomentHint names what ParseMoment reads.
const MomentHint = "such as 22:30, tomorrow 6:30, Monday 9:00, 2026-12-24 22:00, in 90 min or in 2 hours"

// ParseMoment reads a time to come as people write it: a time of day, with or
// without a day before it (today, tomorrow, a weekday, a date as 2026-12-24), "in"
// and a length as 90m, 2 hours or 1 day 6 h, or RFC 3339 as programs write it. A time
// of day alone is the next one; a day with its time may be past. ok is false for
// anything else, for what lies a hundred years ahead or more, which the queue cannot
// keep, and for what lies before 1970.
func ParseMoment(text string, now time.Time) (when time.Time, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if rest, is := strings.CutPrefix(text, "in "); is {
		when, ok = later(rest, now)
	} else if when, ok = parsePoint(text, now); !ok {
		var err error
		when, err = time.Parse(time.RFC3339, strings.ToUpper(text))
		ok = err == nil
	}
	if !ok || when.Sub(now) > century || when.Before(time.Unix(0, 0)) {
		return time.Time{}, false
	}
	return when.In(now.Location()), true
}

const century = 100 * 365 * 24 * time.Hour

// parsePoint reads a time of day, and a day that may stand before it.
func parsePoint(text string, now time.Time) (when time.Time, ok bool) {
	if day, clock, cut := strings.Cut(text, "t"); cut && len(day) == len(time.DateOnly) {
		text = day + " " + clock
	}
	fields := slices.DeleteFunc(strings.Fields(text), func(word string) bool { return word == "at" })
	day, clock := "", strings.Join(fields, "")
	if len(fields) == 2 && fields[1] != "am" && fields[1] != "pm" || len(fields) == 3 {
		day, clock = fields[0], strings.Join(fields[1:], "")
	}
	of, ok := ParseClock(clock)
	if !ok {
		return time.Time{}, false
	}
	on := func(y int, m time.Month, d int) time.Time {
		return time.Date(y, m, d, int(of/time.Hour), int(of%time.Hour/time.Minute), 0, 0, now.Location())
	}
	y, m, d := now.Date()
	switch {
	case day == "" && on(y, m, d).After(now), day == "today":
		return on(y, m, d), true
	case day == "", day == "tomorrow":
		return on(y, m, d+1), true
	}
	if ahead, ok := weekday(day, now); ok {
		if ahead == 0 && !on(y, m, d).After(now) {
			ahead = 7
		}
		return on(y, m, d+ahead), true
	}
	date, err := time.Parse(time.DateOnly, day)
	return on(date.Date()), err == nil
}

// units of a length, in seconds; those from a day on are of the calendar.
var units = map[string]float64{
	"s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
	"m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
	"h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600,
	"d": 86400, "day": 86400, "days": 86400, "week": 7 * 86400, "weeks": 7 * 86400,
}

// later is now and a length of numbers with their units. A day ahead has the same
// time of day, also where the clock is changed meanwhile.
func later(text string, now time.Time) (when time.Time, ok bool) {
	days, seconds := 0.0, 0.0
	words := slices.DeleteFunc(numbersApart(text), func(word string) bool { return word == "and" })
	if len(words) == 0 || len(words)%2 != 0 {
		return time.Time{}, false
	}
	for pair := range slices.Chunk(words, 2) {
		n, err := strconv.ParseFloat(pair[0], 64)
		if pair[0] == "a" || pair[0] == "an" || pair[0] == "one" {
			n, err = 1, nil
		}
		unit, known := units[pair[1]]
		switch {
		case err != nil || !known || n < 0 || !(n*unit < century.Seconds()):
			return time.Time{}, false
		case unit < 86400:
			seconds += n * unit
		default:
			days += n * unit / 86400
		}
	}
	if days != math.Trunc(days) || days+seconds == 0 || seconds >= century.Seconds() {
		return time.Time{}, false
	}
	return now.AddDate(0, 0, int(days)).Add(time.Duration(seconds * float64(time.Second))), true
}

// numbersApart are the words of a text, numbers and what stands behind them apart.
func numbersApart(text string) []string {
	var b strings.Builder
	was := false
	for _, r := range text {
		is := strings.ContainsRune("0123456789.", r)
		if is != was {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		was = is
	}
	return strings.Fields(b.String())
}

// ParseClock reads a time of day, as the time since midnight: 22:00, 6.30, 9, 6pm.
func ParseClock(text string) (since time.Duration, ok bool) {
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
