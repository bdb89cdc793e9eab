package doctor

import (
	"testing"
	"time"

	"wherry/sync/vfs"
)

// TestClockOffset: how long a server takes over a file is not its clock's fault.
func TestClockOffset(t *testing.T) {
	began := time.Date(2026, 3, 1, 12, 0, 0, 700e6, time.UTC)
	at := func(seconds int) time.Time {
		return began.Truncate(time.Second).Add(time.Duration(seconds) * time.Second)
	}
	for outcome, tc := range map[string]struct {
		told     time.Time
		accuracy time.Duration
		took     time.Duration
		want     time.Duration
	}{
		"right":                              {told: at(0), accuracy: time.Second},
		"right, and slow behind the content": {told: at(0), accuracy: time.Second, took: 20 * time.Second},
		"right, and slow ahead of it":        {told: at(20), accuracy: time.Second, took: 20 * time.Second},
		"right to the minute":                {told: at(-60), accuracy: time.Minute},
		"slow":                               {told: at(-7), accuracy: time.Second, took: 20 * time.Second, want: -7 * time.Second},
		"fast":                               {told: at(27), accuracy: time.Second, took: 20 * time.Second, want: 7 * time.Second},
		"of another zone":                    {told: at(7200), accuracy: time.Second, want: 2 * time.Hour},
	} {
		w := written{entry: vfs.Entry{ModTime: tc.told, Accuracy: tc.accuracy}, began: began, at: began.Add(tc.took)}
		if got := w.offset(); got != tc.want {
			t.Errorf("%s: %v, want %v", outcome, got, tc.want)
		}
	}
}
