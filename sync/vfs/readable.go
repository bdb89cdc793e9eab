package vfs

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Readable returns name as it can be shown to a person or written to a
// terminal or log. Bytes that are not UTF-8, control, escape and
// bidirectional characters, and backslashes next to which an escape could be
// forged, come out as \xNN or \u{NNNN}: two different names never look the
// same, and none can move the cursor or turn the text around (Unicode TR 36).
// A plain name is returned as it is.
func Readable(name string) string {
	if plain(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, name[i])
		case r == '\\':
			b.WriteString(`\\`)
		case hidden(r):
			fmt.Fprintf(&b, `\u{%04x}`, r)
		default:
			b.WriteString(name[i : i+n])
		}
		i += n
	}
	return b.String()
}

// plain also refuses a backslash that would read like one of our escapes, so
// that the plain name `a\xff` and the byte name "a\xff" stay apart.
func plain(name string) bool {
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && n == 1 || hidden(r) {
			return false
		}
		if r == '\\' && i+1 < len(name) && strings.IndexByte(`xu\`, name[i+1]) >= 0 {
			return false
		}
		i += n
	}
	return true
}

// hidden lists what must not reach a screen as it is: controls, format
// characters (Cf: bidirectional marks, zero-width joiners), line and paragraph
// separators, and private or unassigned code points.
func hidden(r rune) bool {
	return unicode.IsControl(r) || !unicode.IsGraphic(r)
}
