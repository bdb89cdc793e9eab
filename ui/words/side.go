package words

import (
	"strings"
	"time"

	"wherry/sync/vfs"
)

// Side tells one side of a question about an existing file: its size and time,
// and whether it is larger or newer than the other one. Times that could be
// equal within what both sides keep of them are not called newer.
func Side(e, other vfs.Entry, loc *time.Location) string {
	text := []string{Size(e.Size)}
	if when := Time(e.ModTime, e.Accuracy, loc); when != "" {
		text = append(text, when)
	}
	if e.Size > other.Size && other.Size >= 0 {
		text = append(text, "larger")
	}
	if !other.ModTime.IsZero() && e.ModTime.Sub(other.ModTime) > max(e.Accuracy, other.Accuracy) {
		text = append(text, "newer")
	}
	return strings.Join(text, ", ")
}
