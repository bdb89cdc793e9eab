package vfs

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Readable returns name as it can be shown to a person or written to a
// terminal or log. A plain name is returned as it is. What comes out as \xNN,
// \u{NNNN} or, for a backslash that could be taken for one of these, as two
// backslashes:
//
//   - bytes that are not UTF-8;
//   - control and escape characters, line ends, and the marks that turn text
//     around (Unicode TR 36): none can move a cursor;
//   - characters that show nothing or look like a space: zero-width and
//     variation marks, fillers, every space but U+0020, and a space at the
//     end;
//   - accents that stand on nothing or are heaped up, and would be drawn over
//     what stands beside them.
//
// Two different names never give the same text, so nothing is lost by showing
// it, and where they differ in what is listed here the difference is seen.
// What it leaves to the reader are letters that fonts draw alike: Latin and
// Cyrillic a, or one letter composed and in two parts, as they come from a
// Mac; escaping those would make honest names unreadable.
func Readable(name string) string {
	if plain(name) {
		return name
	}
	var b strings.Builder
	for s := (scan{rest: name}); s.next(); {
		switch {
		case s.bad:
			fmt.Fprintf(&b, `\x%02x`, s.text[0])
		case s.char == '\\':
			b.WriteString(`\\`)
		case s.hidden:
			fmt.Fprintf(&b, `\u{%04x}`, s.char)
		default:
			b.WriteString(s.text)
		}
	}
	return b.String()
}

// plain also refuses a backslash that would read like one of our escapes, so
// that the plain name `a\xff` and the byte name "a\xff" stay apart.
func plain(name string) bool {
	for s := (scan{rest: name}); s.next(); {
		if s.bad || s.hidden {
			return false
		}
		if s.char == '\\' && s.rest != "" && strings.IndexByte(`xu\`, s.rest[0]) >= 0 {
			return false
		}
	}
	return true
}

// maxMarks is how many accents may stand on one letter; Vietnamese and Hebrew
// use two or three.
const maxMarks = 4

// scan goes through a name character by character.
type scan struct {
	rest   string
	text   string // the present character's bytes
	char   rune
	bad    bool // it is one byte that is not UTF-8
	hidden bool // it must not reach a screen as it is
	marks  int  // accents since the last letter; maxMarks where none can stand
	inside bool // not the first character
}

func (s *scan) next() bool {
	if s.rest == "" {
		return false
	}
	if !s.inside {
		s.inside, s.marks = true, maxMarks
	}
	r, n := utf8.DecodeRuneInString(s.rest)
	s.char, s.text, s.rest = r, s.rest[:n], s.rest[n:]
	s.bad = r == utf8.RuneError && n == 1
	switch {
	case s.bad, invisible(r), r == ' ' && s.rest == "":
		s.hidden, s.marks = true, maxMarks
	case unicode.In(r, unicode.Mn, unicode.Me):
		s.hidden = s.marks >= maxMarks
		s.marks++
	default:
		s.hidden, s.marks = false, 0
		if !unicode.In(r, unicode.L, unicode.N, unicode.Mc, unicode.So) {
			s.marks = maxMarks
		}
	}
	return true
}

// invisible lists what shows nothing, looks like a space or steers the screen:
// controls, format characters (Cf: bidirectional marks, zero-width joiners),
// line and paragraph separators, private and unassigned code points, spaces
// other than the common one, and the characters that Unicode's own list says
// to draw as nothing although they count as letters, marks or symbols.
func invisible(r rune) bool {
	switch r {
	case ' ':
		return false
	case '\u2800', // the Braille pattern without a dot
		'\U0001d159',                 // the musical note without a head
		'\u180b', '\u180c', '\u180d', // Mongolian variation marks
		'\u180f', '\U00016fe4':
		return true
	}
	return !unicode.IsGraphic(r) || unicode.Is(unicode.Zs, r) ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
