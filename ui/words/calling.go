package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Calling is w for a place that shows the path it speaks of anyway, as a row of
// the queue does: call ("the target") stands for the path, so that the sentence
// begins with what happened rather than with a path that may fill the line.
// Without path, or where w does not name it, w stays as it is.
func (w Words) Calling(path, call string) Words {
	if path == "" {
		return w
	}
	called := name(path)
	title, leads := strings.CutPrefix(w.Title, called+": ")
	if !leads {
		title = strings.ReplaceAll(w.Title, called, call)
	}
	if title == w.Title {
		return w // a host keeps its small letters
	}
	first, size := utf8.DecodeRuneInString(title)
	w.Title = string(unicode.ToUpper(first)) + title[size:]
	return w
}
