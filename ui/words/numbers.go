package words

import (
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"

	"wherry/sync/vfs"
)

// Size returns a number of bytes for people, in powers of 1000 as disks are
// sold: "0 B", "999 B", "4.2 MB". vfs.SizeUnknown, and any other negative
// number, is "?".
func Size(bytes int64) string {
	if bytes < 0 {
		return "?"
	}
	return scaled(float64(bytes))
}

// Rate returns bytes a second for people: "1.2 MB/s".
func Rate(bytesPerSecond float64) string {
	if !(bytesPerSecond > 0) { // also NaN
		return "0 B/s"
	}
	return scaled(bytesPerSecond) + "/s"
}

// scaled keeps three figures at most and rounds before it chooses the unit,
// so that 999,999 is "1.0 MB" and never "1000 kB".
func scaled(v float64) string {
	if v = math.Min(v, 1e21); math.Round(v) < 1000 {
		return strconv.Itoa(int(math.Round(v))) + " B"
	}
	units := []string{"kB", "MB", "GB", "TB", "PB", "EB"}
	i, v := 0, v/1000
	for ; math.Round(v) >= 1000 && i < len(units)-1; i++ {
		v /= 1000
	}
	if math.Round(v*10) < 1000 {
		return strconv.FormatFloat(v, 'f', 1, 64) + " " + units[i]
	}
	return strconv.FormatFloat(v, 'f', 0, 64) + " " + units[i]
}

// Duration returns a length of time with its two largest units: "0 s", "45 s",
// "3 min 20 s", "2 h 5 min", "1 d 3 h". From ten minutes on seconds are left
// out. Negative ones are "0 s".
func Duration(d time.Duration) string {
	s := int64(max(d, 0).Round(time.Second) / time.Second)
	pair := func(big int64, bigUnit string, small int64, smallUnit string) string {
		text := strconv.FormatInt(big, 10) + " " + bigUnit
		if small > 0 {
			text += " " + strconv.FormatInt(small, 10) + " " + smallUnit
		}
		return text
	}
	switch {
	case s < 60:
		return strconv.FormatInt(s, 10) + " s"
	case s < 600:
		return pair(s/60, "min", s%60, "s")
	case s < 3600:
		return pair(s/60, "min", 0, "")
	case s < 86400:
		return pair(s/3600, "h", s%3600/60, "min")
	}
	return pair(s/86400, "d", s%86400/3600, "h")
}

// Left returns the time to the end: "3 min left". ok is false where it cannot
// be told, and then nothing is said.
func Left(left time.Duration, ok bool) string {
	if !ok {
		return ""
	}
	if left < time.Second {
		return "nearly done" // "0 s left" would be wrong for as long as it stands there
	}
	return Duration(left) + " left"
}

// Count returns a number with its noun: "1 file", "2 files", "200,000 files".
func Count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Files returns Count of files.
func Files(n int64) string { return Count(n, "file", "files") }

// Number returns n with its thousands set apart: "1,234,567".
func Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var parts []string
	for ; len(digits) > 3; digits = digits[:len(digits)-3] {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
	}
	return sign + strings.Join(append([]string{digits}, parts...), ",")
}

// Time returns a moment in loc as far as it is accurate: a date alone where
// a listing gave no more, else date and minute. The zero time is "".
func Time(t time.Time, accuracy time.Duration, loc *time.Location) string {
	switch {
	case t.IsZero():
		return ""
	case accuracy >= 24*time.Hour:
		return t.In(loc).Format("2006-01-02")
	}
	return t.In(loc).Format("2006-01-02 15:04")
}

// Mode returns type and permission bits as ls shows them: "drwxr-xr-x",
// "d?????????" where the server does not say.
func Mode(e vfs.Entry) string {
	letter := "?"
	switch e.Type {
	case vfs.TypeDir:
		letter = "d"
	case vfs.TypeFile:
		letter = "-"
	case vfs.TypeLink:
		letter = "l"
	}
	if !e.HasMode {
		return letter + "?????????"
	}
	return letter + (e.Mode & fs.ModePerm).String()[1:]
}
