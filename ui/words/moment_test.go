package words

import (
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
		"in 90m": "2026-11-22 16:00", "in 1h 30min": "2026-11-22 16:00",
		"": "", "soon": "", "24:00": "", "9:5": "", "9:60": "", "13pm": "", "0am": "", "-1:00": "", "in -5m": "", "in 5": "", "in 90000h": "",
		"someday 9:00": "", "2026-13-01 9:00": "", "2999-01-01 9:00": "", "22:00:00": "", "9:00 9:00 9:00": "", "6ampm": "",
	} {
		t.Run(text, func(t *testing.T) {
			when, ok := ParseMoment(text, sunday())
			got := ""
			if ok {
				got = when.Format("2006-01-02 15:04")
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
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
	for _, seed := range []string{"22:00", "tomorrow 6 am", "Monday 9.30", "2026-12-24 22:00", "in 1h30m", "in 9999999h", ":", "pm"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		when, ok := ParseMoment(text, sunday())
		if ok && when.Sub(sunday()).Abs() > 2*tenYears {
			t.Errorf("%q is read as %v", text, when)
		}
		if !ok {
			return
		}
		if again, ok := ParseMoment(when.Format("2006-01-02 15:04"), sunday()); !ok || again.Sub(when).Abs() >= time.Minute {
			t.Errorf("%q: %v, read again %v", text, when, again)
		}
	})
}
