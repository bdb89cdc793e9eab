package listing

import (
	"strings"
	"time"
)

const day = 24 * time.Hour

// digits says whether s is one or more ASCII digits.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// small is the value of up to nine digits.
func small(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// number parses a size; ok is false for anything but digits and beyond what
// a size can be.
func number(s string) (int64, bool) {
	if !digits(s) {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		d := int64(s[i] - '0')
		if n > (1<<63-1-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// moment is time.Date for values that must be right as they stand: the 31st
// of April is an error and not the 1st of May. A leap second is taken.
func moment(year int, m time.Month, d, hour, minute, sec int, loc *time.Location) (time.Time, bool) {
	if year < 1 || m < 1 || m > 12 || d < 1 || hour > 23 || minute > 59 || sec > 60 {
		return time.Time{}, false
	}
	if d > 28 && time.Date(year, m, d, 0, 0, 0, 0, time.UTC).Day() != d {
		return time.Time{}, false
	}
	return time.Date(year, m, d, hour, minute, sec, 0, loc), true
}

// recent finds the year that a listing leaves out: the latest in which the
// moment is not more than a day ahead of now. The day allows for a server
// whose clock or zone is ahead of what we believe; eight years for the 29th
// of February around 1900 and 2100.
func (p *parser) recent(m time.Month, d, hour, minute int) (time.Time, bool) {
	latest := p.Now.Add(day)
	for year := latest.In(p.Location).Year(); year > latest.Year()-10; year-- {
		if t, ok := moment(year, m, d, hour, minute, 0, p.Location); ok && !t.After(latest) {
			return t, true
		}
	}
	return time.Time{}, false
}

// clock is a time of day as listings write it.
type clock struct {
	hour, minute, sec int
	nanos             time.Duration
	step              time.Duration
}

// clockOf parses H:MM, HH:MM, HH:MM:SS and HH:MM:SS.fraction.
func clockOf(s string) (c clock, ok bool) {
	h, rest, ok := strings.Cut(s, ":")
	if !ok || len(h) > 2 || !digits(h) {
		return c, false
	}
	m, rest, hasSec := strings.Cut(rest, ":")
	if len(m) != 2 || !digits(m) {
		return c, false
	}
	c = clock{hour: small(h), minute: small(m), step: time.Minute}
	if hasSec {
		sec, fraction, _ := strings.Cut(rest, ".")
		if len(sec) != 2 || !digits(sec) || fraction != "" && !digits(fraction) {
			return c, false
		}
		c.sec = small(sec)
		c.nanos, c.step = fractionOf(fraction)
	}
	return c, c.hour < 24 && c.minute < 60 && c.sec <= 60
}

// date is a day as a listing names it.
type date struct {
	year  int
	month time.Month
	day   int
}

// yearFirst parses YYYY-MM-DD, YYYY/MM/DD and YYYY.MM.DD.
func yearFirst(s string) (date, bool) {
	if len(s) != 10 || s[4] != s[7] || strings.IndexByte("-/.", s[4]) < 0 || !digits(s[:4]) || !digits(s[5:7]) || !digits(s[8:]) {
		return date{}, false
	}
	d := date{small(s[:4]), time.Month(small(s[5:7])), small(s[8:])}
	return d, d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= 31
}

// century gives two digits of a year their century: files of FTP's own age,
// and none from the years to come.
func century(yy int) int {
	if yy < 70 {
		return 2000 + yy
	}
	return 1900 + yy
}

// yearOf parses four digits.
func yearOf(s string) (int, bool) {
	if len(s) != 4 || !digits(s) {
		return 0, false
	}
	n := small(s)
	return n, n >= 1900
}

// dayOf parses the day of a month: "1", "01", "1." (German, Finnish), "1,",
// and with the sign for "day" in Chinese, Japanese and Korean.
func dayOf(s string) (int, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	if len(s) > 2 || !digits(s) {
		s = trimSign(strings.TrimSuffix(strings.TrimSuffix(s, ","), "."), daySigns[:])
	}
	if len(s) > 2 || !digits(s) {
		return 0, false
	}
	n := small(s)
	return n, n >= 1 && n <= 31
}
