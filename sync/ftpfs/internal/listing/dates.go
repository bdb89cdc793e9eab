package listing

import (
	"strings"
	"time"
	"unicode/utf8"
)

// date reads the forms that ls has for a time and returns how many fields
// they took, 0 for none. The time is zero where the form is clear and the
// month's name is not (see isMonthLike):
//
//	Jan  2 15:04          Jan  2  2006          Jan  2 15:04:05 2006 (ls -T)
//	 2 Jan 15:04          2. Jan 2006           2006-01-02[ 15:04[:05[.0 +0100]]]
//	26. Juli, 20:10       Oct 08, 2002 09:47    11月  5日 15:04    2006年 1月 2日
func (p *parser) date(line string, f []span) (t time.Time, step time.Duration, used int) {
	if len(f) < 2 {
		return t, 0, 0
	}
	first := f[0].of(line)
	if len(first) == 10 {
		if d, ok := yearFirst(first); ok {
			return p.isoDate(line, f, d)
		}
	}
	second := f[1].of(line)
	if last := second[len(second)-1]; last >= utf8.RuneSelf || first[len(first)-1] >= utf8.RuneSelf {
		if t, step, used = p.signedDate(line, f); used > 0 {
			return t, step, used
		}
	}
	return p.namedDate(line, f)
}

// namedDate reads the forms with a month's name; the day stands before or
// behind it.
func (p *parser) namedDate(line string, f []span) (t time.Time, step time.Duration, used int) {
	if len(f) < 3 {
		return t, 0, 0
	}
	third := f[2].of(line)
	year, hasYear := signedYear(third)
	c, hasClock := clockOf(third)
	if !hasYear && !hasClock {
		return t, 0, 0
	}
	month, number := f[0].of(line), f[1].of(line)
	d, ok := dayOf(number)
	if !ok {
		month, number = number, month
		if d, ok = dayOf(number); !ok {
			return t, 0, 0
		}
	}
	m, ok := p.monthOf(month)
	if !ok {
		return t, 0, taken(isMonthLike(month), 3)
	}
	if hasYear && len(f) > 3 && strings.HasSuffix(number, ",") { // VShell: year and time
		if c, ok := clockOf(f[3].of(line)); ok {
			t, ok = moment(year, m, d, c.hour, c.minute, c.sec, p.Location)
			return t, c.step, taken(ok, 4)
		}
	}
	return p.dated(line, f, year, m, d, c)
}

// dated puts a date together whose last field read was the third. year is 0
// where that was a clock.
func (p *parser) dated(line string, f []span, year int, m time.Month, d int, c clock) (t time.Time, step time.Duration, used int) {
	var ok bool
	switch {
	case year > 0:
		t, ok = moment(year, m, d, 0, 0, 0, p.Location)
		return t, day, taken(ok, 3)
	case c.step == time.Minute:
		t, ok = p.recent(m, d, c.hour, c.minute)
		return t, c.step, taken(ok, 3)
	case len(f) > 3:
		if year, ok = yearOf(f[3].of(line)); ok {
			t, ok = moment(year, m, d, c.hour, c.minute, c.sec, p.Location)
		}
		return t.Add(c.nanos), c.step, taken(ok, 4)
	}
	return t, 0, 0
}

func taken(ok bool, n int) int {
	if ok {
		return n
	}
	return 0
}

// isoDate reads GNU's iso, long-iso and full-iso, and their like with slashes
// or points; only full-iso has a fraction and a zone.
func (p *parser) isoDate(line string, f []span, d date) (t time.Time, step time.Duration, used int) {
	c, ok := clockOf(f[1].of(line))
	if !ok {
		t, ok = moment(d.year, d.month, d.day, 0, 0, 0, p.Location)
		return t, day, taken(ok, 1)
	}
	loc, used := p.Location, 2
	if strings.IndexByte(f[1].of(line), '.') > 0 && len(f) > 2 {
		if zone, ok := zoneOf(f[2].of(line)); ok {
			loc, used = zone, 3
		}
	}
	t, ok = moment(d.year, d.month, d.day, c.hour, c.minute, c.sec, loc)
	return t.Add(c.nanos), c.step, taken(ok, used)
}

// signedDate reads two forms in which the signs for year, month and day tell
// what is what: the year first, and month and day in one word.
func (p *parser) signedDate(line string, f []span) (t time.Time, step time.Duration, used int) {
	if m, d, ok := signedDay(f[0].of(line)); ok { // 11月5日 15:04
		if year, ok := signedYear(f[1].of(line)); ok {
			t, ok = moment(year, m, d, 0, 0, 0, p.Location)
			return t, day, taken(ok, 2)
		}
		if c, ok := clockOf(f[1].of(line)); ok && c.step == time.Minute {
			t, ok = p.recent(m, d, c.hour, c.minute)
			return t, c.step, taken(ok, 2)
		}
	}
	if len(f) < 3 {
		return t, 0, 0
	}
	year, hasYear := signedYear(f[0].of(line))
	m, hasMonth := signedMonth(f[1].of(line))
	d, hasDay := dayOf(f[2].of(line))
	if !hasYear || !hasMonth || !hasDay {
		return t, 0, 0
	}
	if len(f) > 3 && digits(f[0].of(line)) { // 2006 can be a size: 2006 1月 2 15:04
		_, isClock := clockOf(f[3].of(line))
		_, isYear := signedYear(f[3].of(line))
		if isClock || isYear {
			return t, 0, 0
		}
	}
	t, ok := moment(year, m, d, 0, 0, 0, p.Location)
	return t, day, taken(ok, 3)
}

func zoneOf(s string) (*time.Location, bool) {
	if len(s) != 5 || s[0] != '+' && s[0] != '-' || !digits(s[1:]) {
		return nil, false
	}
	offset := small(s[1:3])*3600 + small(s[3:])*60
	if s[0] == '-' {
		offset = -offset
	}
	return time.FixedZone("", offset), true
}
