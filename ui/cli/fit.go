package cli

import (
	"unicode"

	"golang.org/x/text/width"
)

// cells is how many columns of a terminal text takes: two for each letter of
// Chinese, Japanese and Korean and for a picture, none for a mark that stands on the
// letter before it (Unicode TR 11).
func cells(text string) (n int) {
	for _, r := range text {
		n += cellsOf(r)
	}
	return n
}

func cellsOf(r rune) int {
	switch kind := width.LookupRune(r).Kind(); {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// shorten keeps both ends of a long name in so many columns: the end has the
// extension.
func shorten(name string, columns int) string {
	if cells(name) <= columns {
		return name
	}
	r := []rune(name)
	tail, head := len(r), 0
	for room := columns / 3; tail > 0 && cellsOf(r[tail-1]) <= room; tail-- {
		room -= cellsOf(r[tail-1])
	}
	for room := columns - 1 - cells(string(r[tail:])); head < tail && cellsOf(r[head]) <= room; head++ {
		room -= cellsOf(r[head])
	}
	return string(r[:head]) + "…" + string(r[tail:])
}

// firstFit is the first of texts, the fullest one first, that fits into so many
// columns; the last one where none does.
func firstFit(columns int, texts ...string) string {
	for _, text := range texts[:len(texts)-1] {
		if cells(text) <= columns {
			return text
		}
	}
	return texts[len(texts)-1]
}
