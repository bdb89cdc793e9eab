package words

import (
	"strings"
	"time"

	"wherry/sync/vfs"
)

// Comparison is one side of a question about an existing file in parts: its
// size and time, and beside each whether it is the larger or newer one, "" where
// it is not or where that cannot be told.
type Comparison struct {
	Size, Larger string
	Time, Newer  string
}

// Compare tells one side of two files. Times that could be equal within what
// both sides keep of them are not called newer. Sizes that differ do not look
// alike.
func Compare(e, other vfs.Entry, loc *time.Location) Comparison {
	c := Comparison{Size: Size(e.Size), Time: Time(e.ModTime, e.Accuracy, loc)}
	if e.Size >= 0 && e.Size != other.Size && c.Size == Size(other.Size) {
		c.Size = Number(e.Size) + " B"
	}
	if bySize(e, other) == after {
		c.Larger = "larger"
	}
	if byTime(e, other) == after {
		c.Newer = "newer"
	}
	return c
}

// Side is Compare in one line.
func Side(e, other vfs.Entry, loc *time.Location) string {
	c := Compare(e, other, loc)
	var text []string
	for _, part := range []string{c.Size, c.Time, c.Larger, c.Newer} {
		if part != "" {
			text = append(text, part)
		}
	}
	return strings.Join(text, ", ")
}

// Compared says in a sentence how a file that is to be copied compares with the
// one that is there.
func Compared(fresh, there vfs.Entry) string {
	size, age := bySize(fresh, there), byTime(fresh, there)
	how := map[order]string{after: "newer", before: "older"}[age]
	extent := map[order]string{after: "larger", before: "smaller"}[size]
	switch {
	case how != "" && extent != "":
		return "The new file is " + how + " and " + extent + "."
	case how != "" && size == same:
		return "The new file is " + how + "; both have the same size."
	case how != "":
		return "The new file is " + how + "; which one is larger is not known."
	case extent != "" && age == same:
		return "The new file is " + extent + "; both are of the same time."
	case extent != "":
		return "The new file is " + extent + "; which one is newer is not known."
	case size == same && age == same:
		return "Both have the same size and time."
	case size == same:
		return "Both have the same size; which one is newer is not known."
	case age == same:
		return "Both are of the same time; which one is larger is not known."
	}
	return "Which one is newer or larger is not known."
}

// order is how one value stands to another.
type order uint8

const (
	unknown order = iota
	before
	same
	after
)

func bySize(e, other vfs.Entry) order {
	switch {
	case e.Size < 0 || other.Size < 0:
		return unknown
	case e.Size > other.Size:
		return after
	case e.Size < other.Size:
		return before
	}
	return same
}

// byTime takes for the same what the rules of a transfer do: FTP tells no time
// below a second, and listings tell less.
func byTime(e, other vfs.Entry) order {
	step := max(e.Accuracy, other.Accuracy, time.Second)
	switch by := e.ModTime.Sub(other.ModTime); {
	case e.ModTime.IsZero() || other.ModTime.IsZero():
		return unknown
	case by > step:
		return after
	case by < -step:
		return before
	}
	return same
}
