package words

import (
	"strings"
	"testing"
	"time"
)

// sunday is 22 November 2026, 14:30.
func sunday() time.Time { return time.Date(2026, 11, 22, 14, 30, 0, 0, time.UTC) }

func TestMomentIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"22:00": "2026-11-22 22:00", "22.00": "2026-11-22 22:00", " 22 ": "2026-11-22 22:00", "10pm": "2026-11-22 22:00", "10:15 PM": "2026-11-22 22:15",
		"14:30": "2026-11-23 14:30", "6:30": "2026-11-23 06:30", "12am": "2026-11-23 00:00", "12pm": "2026-11-23 12:00",
		"tomorrow 23:00": "2026-11-23 23:00", "today 15:00": "2026-11-22 15:00", "today 9:00": "2026-11-22 09:00", "tomorrow 6 am": "2026-11-23 06:00",
		"Monday 9:00": "2026-11-23 09:00", "sat 9:00": "2026-11-28 09:00", "sunday 15:00": "2026-11-22 15:00", "sunday 9:00": "2026-11-29 09:00",
		"2026-12-24 22:00": "2026-12-24 22:00", "2027-01-01 0:05": "2027-01-01 00:05",
		"22:30": "2026-11-22 22:30", "tomorrow 3:00": "2026-11-23 03:00", "at 22:00": "2026-11-22 22:00", "Tomorrow at 6:30": "2026-11-23 06:30",
		"in 90m": "2026-11-22 16:00", "in 1h 30min": "2026-11-22 16:00", "in 90 min": "2026-11-22 16:00", "in 90 minutes": "2026-11-22 16:00",
		"in 2 hours": "2026-11-22 16:30", "in 2h": "2026-11-22 16:30", "In an Hour": "2026-11-22 15:30", "in 1.5 hours": "2026-11-22 16:00",
		"in 1 hour and 5 minutes": "2026-11-22 15:35", "in 600 s": "2026-11-22 14:40", "in 1 day": "2026-11-23 14:30", "in 1d12h": "2026-11-24 02:30",
		"in 2 weeks": "2026-12-06 14:30", "in a week": "2026-11-29 14:30",
		"2026-12-24T22:00": "2026-12-24 22:00", "2026-12-24T22:00:00+01:00": "2026-12-24 21:00", "2026-12-24t22:00:00z": "2026-12-24 22:00",
		"2099-05-06T07:08:09Z": "2099-05-06 07:08",
		"noon":                 "2026-11-23 12:00", "midnight": "2026-11-23 00:00", "at midnight": "2026-11-23 00:00", "tomorrow noon": "2026-11-23 12:00", "Monday at noon": "2026-11-23 12:00",
		"tonight 23:00": "2026-11-22 23:00", "tonight at 9 pm": "2026-11-22 21:00", "in 0 min": "2026-11-22 14:30", "in 36499 days": "2126-10-28 14:30",
	} {
		t.Run(text, func(t *testing.T) {
			if when, err := ParseMoment(text, sunday()); err != nil || when.UTC().Format("2006-01-02 15:04") != want {
				t.Errorf("got %v, %v; want %q", when, err, want)
			}
		})
	}
}

func TestWhatIsNoMomentIsToldApart(t *testing.T) {
	for want, texts := range map[error][]string{
		ErrMoment: {
			"", "soon", "in", "in a", "in an", "in hours", "in 2 hours 3", "in 2 moons", "in 1.2.3h", "in . h", "in and", "at", "90m", "9:5", "-1:00", "in -5m", "in 5",
			"someday 9:00", "22:00:00", "9:00 9:00 9:00", "6ampm", "2026-2-3 9:00", "2026-12-24T22:00:00", "noonish",
		},
		errNoDay:   {"2026-02-30 10:00", "2026-13-01 9:00", "2027-02-29", "2026-00-10 9:00", "2026-02-30T10:00:00Z", "2026-11-31T10:00"},
		errNoClock: {"24:00", "9:60", "13pm", "0am", "25", "tomorrow 24:00", "2026-12-24 22:99"},
		errNoTime:  {"tomorrow", "Monday", "tonight", "today", "2026-12-24", "at tomorrow"},
		errFar:     {"9999-12-31 23:59", "2999-01-01 9:00", "9999-01-01T00:00:00Z", "in 36500 days", "in 99999 days", "in 999999 weeks", "in 9999999999999999999 h", "in 900000h", "in " + strings.Repeat("9", 400) + " h"},
		errLong:    {"1969-12-31 9:00", "0001-01-01T00:00:00Z"},
		errTonight: {"tonight 3:00", "tonight 9:00", "tonight noon"},
		errMidway:  {"tomorrow midnight", "Monday at midnight", "2026-12-24 midnight"},
		errPartly:  {"in 0.5 days", "in 1.5 weeks"},
		errNext:    {"next Monday 9:00", "next Monday", "next week"},
	} {
		for _, text := range texts {
			t.Run(text, func(t *testing.T) {
				if when, err := ParseMoment(text, sunday()); err != want || !when.IsZero() {
					t.Errorf("got %v, %v; want %v", when, err, want)
				}
			})
		}
	}
}

func TestClockIsRead(t *testing.T) {
	for text, want := range map[string]time.Duration{"22": 22 * time.Hour, "6.30 am": 6*time.Hour + 30*time.Minute, "noon": 12 * time.Hour, "midnight": 0, "24:00": -1, "x": -1} {
		if since, ok := ParseClock(text); ok != (want >= 0) || ok && since != want {
			t.Errorf("%q is %v, %v", text, since, ok)
		}
	}
}

// TestADayAheadIsOneOfTheCalendar where the clock is changed meanwhile.
func TestADayAheadIsOneOfTheCalendar(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	before := time.Date(2026, 10, 24, 22, 0, 0, 0, berlin)
	for text, want := range map[string]string{
		"in 1 day": "2026-10-25 22:00 +0100", "in 24 hours": "2026-10-25 21:00 +0100", "tomorrow 6:00": "2026-10-25 06:00 +0100", "in 1 day 1 h": "2026-10-25 23:00 +0100",
	} {
		if when, err := ParseMoment(text, before); err != nil || when.Format("2006-01-02 15:04 -0700") != want {
			t.Errorf("%q is %v, %v; want %s", text, when, err, want)
		}
	}
}

func TestMomentIsTold(t *testing.T) {
	for want, when := range map[string]time.Time{
		"22:00":            sunday().Add(7*time.Hour + 30*time.Minute),
		"tomorrow 00:00":   sunday().Add(9*time.Hour + 30*time.Minute),
		"Sat 14:30":        sunday().AddDate(0, 0, 6),
		"2026-11-29 14:30": sunday().AddDate(0, 0, 7),
		"2026-11-21 14:30": sunday().AddDate(0, 0, -1),
	} {
		t.Run(want, func(t *testing.T) {
			if got := Moment(when, sunday()); got != want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func FuzzParseMoment(f *testing.F) {
	for _, seed := range []string{"22:00", "tomorrow 6 am", "Monday 9.30", "2026-12-24 22:00", "in 1h30m", "in 9999999h", ":", "pm", "in 2 hours and 5 min", "in 1d", "2026-12-24T22:00:00+01:00", "tomorrow noon", "tonight 23:00", "2026-02-30 9:00", "next monday"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		when, err := ParseMoment(text, sunday())
		if err != nil {
			if !when.IsZero() || err.Error() == "" {
				t.Errorf("%q is %v, and %v", text, when, err)
			}
			return
		}
		if when.Sub(sunday()).Abs() > (100*365+1)*24*time.Hour {
			t.Errorf("%q is read as %v", text, when)
		}
		if again, err := ParseMoment(when.Format("2006-01-02 15:04"), sunday()); err != nil || again.Sub(when).Abs() >= time.Minute {
			t.Errorf("%q: %v, read again %v, %v", text, when, again, err)
		}
	})
}
