package session

import (
	"strings"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// listed serves LIST with these lines, each time anew.
func listed(lines ...string) ftptest.Handler {
	return func(c *ftptest.Conn, arg string) {
		flow(strings.Join(lines, "\r\n")+"\r\n").Serve(c, "")
	}
}

// TestClockOfListings: the zone in which LIST tells times is learned from the
// MDTM of one file of the listing, for every listing of the session.
func TestClockOfListings(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Minute).Add(-30 * 24 * time.Hour)
	line := func(at time.Time, name string) string {
		return "-rw-r--r-- 1 sailor crew 5 " + at.Format("Jan _2 15:04") + " " + name
	}
	const old = "-rw-r--r-- 1 sailor crew 5 Mar  4  2001 old"
	told := func(at time.Time) ftptest.Handler { return ftptest.Reply("213 " + at.Format("20060102150405")) }
	exact := now.Add(42 * time.Second)
	for outcome, tc := range map[string]struct {
		shown  time.Duration // what LIST adds to the true time
		mdtm   ftptest.Handler
		known  bool
		offset time.Duration
		asked  int
	}{
		"UTC":                            {0, told(exact), true, 0, 1},
		"two hours ahead":                {2 * time.Hour, told(exact), true, 2 * time.Hour, 1},
		"eight hours behind":             {-8 * time.Hour, told(exact), true, -8 * time.Hour, 1},
		"Nepal":                          {5*time.Hour + 45*time.Minute, told(exact), true, 5*time.Hour + 45*time.Minute, 1},
		"a fraction of a second":         {time.Hour, ftptest.Reply("213 " + exact.Format("20060102150405") + ".123"), true, time.Hour, 1},
		"a clock that is wrong":          {7 * time.Minute, told(exact), false, 0, 1},
		"days apart":                     {48 * time.Hour, told(exact), false, 0, 1},
		"MDTM refused":                   {2 * time.Hour, ftptest.Reply("550 No"), false, 0, 1},
		"MDTM unknown, whatever is said": {2 * time.Hour, ftptest.Reply("502 No"), false, 0, 1},
		"MDTM that says nothing":         {2 * time.Hour, ftptest.Reply("213 yesterday"), false, 0, 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			shown := now.Add(tc.shown)
			r := script(t, ftptest.Plan{
				Without: []string{"MLST"},
				Verbs: map[string]ftptest.Handler{
					"MDTM": tc.mdtm,
					"LIST": listed("drwxr-xr-x 2 sailor crew 5 "+shown.Format("Jan _2 15:04")+" dir", old, line(shown, "new")),
				},
				Files: map[string]string{"/dir/": "", "/new": "12345", "/old": "12345"},
			})
			s := r.open()
			for range 2 {
				entries, err := s.List(t.Context(), vfs.Root())
				r.must(err)
				for i, want := range []time.Time{now.Add(tc.shown - tc.offset), time.Date(2001, 3, 4, 0, 0, 0, 0, time.UTC), now.Add(tc.shown - tc.offset)} {
					if got := entries[i].ModTime; !got.Equal(want) {
						t.Errorf("%s is of %v, want %v", entries[i].Name, got, want)
					}
				}
			}
			if f := s.Facts(); f.ClockKnown != tc.known || f.ClockOffset != tc.offset {
				t.Errorf("the clock is %v, %v", f.ClockOffset, f.ClockKnown)
			}
			if r.Count("MDTM") != tc.asked {
				t.Errorf("asked %d times", r.Count("MDTM"))
			}
		})
	}
}

// TestClockIsNotAsked where nothing can be learned from it.
func TestClockIsNotAsked(t *testing.T) {
	for outcome, plan := range map[string]ftptest.Plan{
		"MLSD is in UTC": {Files: map[string]string{"/f": "x"}},
		"no MDTM":        {Without: []string{"MLST", "MDTM"}, Files: map[string]string{"/f": "x"}},
		"days alone":     {Without: []string{"MLST"}, Files: map[string]string{"/f": "x"}}, // of 2024
		"no file":        {Without: []string{"MLST"}, Files: map[string]string{"/d/": ""}},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := script(t, plan)
			s := r.open()
			_, err := s.List(t.Context(), vfs.Root())
			r.must(err)
			if r.Count("MDTM") > 0 || s.Facts().ClockKnown {
				t.Errorf("%d MDTM, %+v", r.Count("MDTM"), s.Facts())
			}
		})
	}
}
