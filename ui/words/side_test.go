package words

import (
	"testing"
	"time"

	"wherry/sync/vfs"
)

func TestSideTells(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	file := func(size int64, at time.Time, accuracy time.Duration) vfs.Entry {
		return vfs.Entry{Type: vfs.TypeFile, Size: size, ModTime: at, Accuracy: accuracy}
	}
	for outcome, tc := range map[string]struct {
		one, other vfs.Entry
		want       string
	}{
		"larger and newer": {
			file(2000, noon.Add(time.Hour), time.Second), file(1000, noon, time.Second),
			"2.0 kB, 2026-11-22 13:00, larger, newer",
		},
		"nothing of the older and smaller": {
			file(1000, noon, time.Second), file(2000, noon.Add(time.Hour), time.Second), "1.0 kB, 2026-11-22 12:00",
		},
		"not newer within a listing's minute": {
			file(1000, noon.Add(40*time.Second), time.Second), file(1000, noon, time.Minute), "1.0 kB, 2026-11-22 12:00",
		},
		"the bytes where rounded sizes look alike": {
			file(1207, noon, time.Second), file(1200, noon, time.Second), "1,207 B, 2026-11-22 12:00, larger",
		},
		"not larger than an unknown size": {
			file(1000, noon, time.Second), file(vfs.SizeUnknown, time.Time{}, 0), "1.0 kB, 2026-11-22 12:00",
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := Side(tc.one, tc.other, time.UTC); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestComparedTells(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	file := func(size int64, at time.Time) vfs.Entry {
		return vfs.Entry{Type: vfs.TypeFile, Size: size, ModTime: at, Accuracy: time.Second}
	}
	old := file(1000, noon)
	for want, fresh := range map[string]vfs.Entry{
		"The new file is newer and larger.":                            file(2000, noon.Add(time.Hour)),
		"The new file is older and smaller.":                           file(1, noon.Add(-time.Hour)),
		"The new file is newer; both have the same size.":              file(1000, noon.Add(time.Hour)),
		"The new file is older; which one is larger is not known.":     file(vfs.SizeUnknown, noon.Add(-time.Hour)),
		"The new file is larger; both are of the same time.":           file(2000, noon.Add(time.Second)),
		"The new file is smaller; which one is newer is not known.":    file(10, time.Time{}),
		"Both have the same size and time.":                            file(1000, noon),
		"Both have the same size; which one is newer is not known.":    file(1000, time.Time{}),
		"Both are of the same time; which one is larger is not known.": file(vfs.SizeUnknown, noon),
		"Which one is newer or larger is not known.":                   file(vfs.SizeUnknown, time.Time{}),
	} {
		t.Run(want, func(t *testing.T) {
			if got := Compared(fresh, old); got != want {
				t.Errorf("got %q", got)
			}
		})
	}
}
