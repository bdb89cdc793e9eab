package words

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MomentHint names what ParseMoment reads.
const MomentHint = "such as 22:30, tomorrow 6:30, Monday 9:00, 2026-12-24 22:00, in 90 min or in 2 hours"

// ErrMoment is what ParseMoment says of a text that has not the form of a time. Its
// other errors say what is wrong with one that has; none ends as a sentence does.
var ErrMoment = errors.New("it is no time")

var (
	errNoDay   = errors.New("there is no such day")
	errNoClock = errors.New("there is no such time of day")
	errNoTime  = errors.New(`the time of day is missing, as in "tomorrow 6:30"`)
	errFar     = errors.New("it is a hundred years away, or more")
	errLong    = errors.New("it is long past")
	errTonight = errors.New("tonight is from 17:00 to midnight; else name the day")
	errMidway  = errors.New("it is not clear which midnight is meant; 0:00 begins a day")
	errPartly  = errors.New("a part of a day is told in hours, as in 12 hours")
	errNext    = errors.New("it is not clear which day is meant; without next it is the first to come")
)

// ParseMoment reads a time to come as people write it: a time of day, with or
// without a day before it (today, tonight, tomorrow, a weekday, a date as 2026-12-24),
// noon or midnight, "in" and a length as 90m, 2 hours or 1 day 6 h, or RFC 3339 as
// programs write it. A time of day alone is the next one; a day with its time may be
// past. An error is for people to read: ErrMoment for anything else, others for what
// cannot be, for what people understand in more than one way, for what lies a hundred
// years ahead or more, which the queue cannot keep, and for what lies before 1970.
func ParseMoment(text string, now time.Time) (when time.Time, err error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if rest, is := strings.CutPrefix(text, "in "); is {
		when, err = later(rest, now)
	} else if when, err = parsePoint(text, now); errors.Is(err, ErrMoment) {
		var noTime error
		if when, noTime = time.Parse(time.RFC3339, strings.ToUpper(text)); noTime == nil {
			err = nil
		}
	}
	switch {
	case err != nil:
		return time.Time{}, err
	case when.Sub(now) > century:
		return time.Time{}, errFar
	case when.Before(time.Unix(0, 0)):
		return time.Time{}, errLong
	}
	return when.In(now.Location()), nil
}

const century = 100 * 365 * 24 * time.Hour

// parsePoint reads a time of day, and a day that may stand before it.
func parsePoint(text string, now time.Time) (when time.Time, err error) {
	if day, clock, cut := strings.Cut(text, "t"); cut && len(day) == len(time.DateOnly) {
		text = day + " " + clock
	}
	fields := slices.DeleteFunc(strings.Fields(text), func(word string) bool { return word == "at" })
	day, clock := "", strings.Join(fields, "")
	if len(fields) == 2 && fields[1] != "am" && fields[1] != "pm" || len(fields) == 3 {
		day, clock = fields[0], strings.Join(fields[1:], "")
	}
	if clock == "" {
		return time.Time{}, ErrMoment
	}
	if day == "" {
		if _, err := dayOf(clock, now); !errors.Is(err, ErrMoment) {
			return time.Time{}, cmp.Or(err, errNoTime)
		}
	}
	of, badClock := readClock(clock)
	on, err := dayOf(day, now)
	switch {
	case err != nil:
		return time.Time{}, err
	case badClock != nil:
		return time.Time{}, badClock
	case day == "tonight" && of < 17*time.Hour:
		return time.Time{}, errTonight
	case day != "" && clock == "midnight":
		return time.Time{}, errMidway
	}
	at := func(days int) time.Time {
		y, m, d := on.Date()
		return time.Date(y, m, d+days, int(of/time.Hour), int(of%time.Hour/time.Minute), 0, 0, now.Location())
	}
	_, named := weekday(day, now)
	switch when = at(0); {
	case day == "" && !when.After(now):
		return at(1), nil
	case named && !when.After(now):
		return at(7), nil
	}
	return when, nil
}

// dayOf reads a day; "" is today. Its time of day means nothing.
func dayOf(name string, now time.Time) (day time.Time, err error) {
	ahead, named := weekday(name, now)
	switch {
	case name == "", name == "today", name == "tonight":
		return now, nil
	case name == "tomorrow":
		ahead, named = 1, true
	case name == "next":
		return time.Time{}, errNext
	}
	if named {
		y, m, d := now.Date()
		return time.Date(y, m, d+ahead, 12, 0, 0, 0, now.Location()), nil
	}
	parts := strings.Split(name, "-")
	if len(parts) != 3 {
		return time.Time{}, ErrMoment
	}
	y, okYear := digits(parts[0], 4, 4)
	m, okMonth := digits(parts[1], 2, 2)
	d, okDay := digits(parts[2], 2, 2)
	if !okYear || !okMonth || !okDay {
		return time.Time{}, ErrMoment
	}
	day = time.Date(y, time.Month(m), d, 12, 0, 0, 0, now.Location())
	if int(day.Month()) != m || day.Day() != d {
		return time.Time{}, errNoDay
	}
	return day, nil
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
func later(text string, now time.Time) (when time.Time, err error) {
	days, seconds := 0.0, 0.0
	words := slices.DeleteFunc(numbersApart(text), func(word string) bool { return word == "and" })
	if len(words) == 0 || len(words)%2 != 0 {
		return time.Time{}, ErrMoment
	}
	for pair := range slices.Chunk(words, 2) {
		n, err := strconv.ParseFloat(pair[0], 64)
		if pair[0] == "a" || pair[0] == "an" || pair[0] == "one" {
			n, err = 1, nil
		}
		unit, known := units[pair[1]]
		switch {
		case !known || err != nil && !errors.Is(err, strconv.ErrRange): // which is for infinity
			return time.Time{}, ErrMoment
		case unit < 86400:
			seconds += n * unit
		default:
			days += n * unit / 86400
		}
	}
	switch {
	case days*86400+seconds >= century.Seconds():
		return time.Time{}, errFar
	case days != math.Trunc(days):
		return time.Time{}, errPartly
	}
	return now.AddDate(0, 0, int(days)).Add(time.Duration(seconds * float64(time.Second))), nil
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

// ParseClock reads a time of day, as the time since midnight: 22:00, 6.30, 9, 6pm,
// noon, midnight.
func ParseClock(text string) (since time.Duration, ok bool) {
	since, err := readClock(text)
	return since, err == nil
}

// readClock is ParseClock that says what is wrong, as ParseMoment does.
func readClock(text string) (since time.Duration, err error) {
	switch text = strings.ReplaceAll(text, " ", ""); text {
	case "noon":
		return 12 * time.Hour, nil
	case "midnight":
		return 0, nil
	}
	half, noon := strings.CutSuffix(text, "pm")
	half, morning := strings.CutSuffix(half, "am")
	hours, minutes, cut := strings.Cut(strings.Replace(half, ".", ":", 1), ":")
	h, ok := digits(hours, 1, 2)
	m := 0
	if cut && ok {
		m, ok = digits(minutes, 2, 2)
	}
	switch {
	case !ok || noon && morning:
		return 0, ErrMoment
	case h > 23 || m > 59, (noon || morning) && (h < 1 || h > 12):
		return 0, errNoClock
	case noon || morning:
		h %= 12
	}
	if noon {
		h += 12
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, nil
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
