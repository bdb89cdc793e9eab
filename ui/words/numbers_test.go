package words_test

import (
	"io/fs"
	"math"
	"testing"
	"time"

	"wherry/sync/vfs"
	"wherry/ui/words"
)

func TestNumbersForPeople(t *testing.T) {
	day := time.Date(2024, 5, 1, 13, 45, 59, 0, time.UTC)
	for want, got := range map[string]string{
		"0 B":              words.Size(0),
		"999 B":            words.Size(999),
		"1.0 kB":           words.Size(1000),
		"99.9 kB":          words.Size(99_949),
		"100 kB":           words.Size(99_950),
		"1.0 MB":           words.Size(999_999),
		"4.2 MB":           words.Size(4_200_000),
		"50.0 GB":          words.Size(50_000_000_000),
		"9.2 EB":           words.Size(math.MaxInt64),
		"?":                words.Size(vfs.SizeUnknown),
		"1.2 MB/s":         words.Rate(1_234_567),
		"0 B/s":            words.Rate(math.NaN()),
		"1000 EB/s":        words.Rate(math.Inf(1)),
		"0 s":              words.Duration(-time.Second),
		"45 s":             words.Duration(45 * time.Second),
		"1 min":            words.Duration(59*time.Second + 600*time.Millisecond),
		"3 min 20 s":       words.Duration(200 * time.Second),
		"12 min":           words.Duration(12*time.Minute + 31*time.Second),
		"2 h 5 min":        words.Duration(125 * time.Minute),
		"1 d 3 h":          words.Duration(27*time.Hour + 20*time.Minute),
		"3 min left":       words.Left(3*time.Minute, true),
		"nearly done":      words.Left(400*time.Millisecond, true),
		"":                 words.Left(3*time.Minute, false),
		"1 file":           words.Files(1),
		"2 files":          words.Files(2),
		"0 files":          words.Files(0),
		"200,000 files":    words.Files(200_000),
		"-1,234,567":       words.Number(-1_234_567),
		"2024-05-01 13:45": words.Time(day, time.Minute, time.UTC),
		"2024-05-01":       words.Time(day, 24*time.Hour, time.UTC),
		"drwxr-x---":       words.Mode(vfs.Entry{Type: vfs.TypeDir, Mode: 0o750 | fs.ModeDir, HasMode: true}),
		"-rw-r--r--":       words.Mode(vfs.Entry{Type: vfs.TypeFile, Mode: 0o644, HasMode: true}),
		"l?????????":       words.Mode(vfs.Entry{Type: vfs.TypeLink}),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := words.Time(time.Time{}, 0, time.UTC); got != "" {
		t.Errorf("no time is shown as %q", got)
	}
}
