package listing

import (
	"strings"

	"wherry/sync/vfs"
)

// dialects are the ways of writing a LIST line, in the order they are tried:
// stricter ones first, as a line must never be read by one that takes it for
// something else. Each is given a line without its end and says miss for any
// that it does not fully understand.
var dialects = [...]func(p *parser, line string) (vfs.Entry, verdict){
	(*parser).unix,
	(*parser).dos,
}

// list gives a line to the dialect of the line before, then to the others.
func (p *parser) list(line string) (vfs.Entry, verdict) {
	for i := range dialects {
		at := (p.dialect + i) % len(dialects)
		if e, v := dialects[at](p, line); v != miss {
			p.dialect = at
			return e, v
		}
	}
	if isTotal(line) {
		return vfs.Entry{}, noise
	}
	return vfs.Entry{}, miss
}

// isTotal knows the line with which ls begins, "total 12", in the languages
// of its message catalogues that are met. Any two words would not do: "name
// 12" can be the rest of something unread.
func isTotal(line string) bool {
	word, count, ok := strings.Cut(strings.TrimSpace(line), " ")
	if !ok || strings.Trim(count, "0123456789.,KMG") != "" {
		return false
	}
	switch strings.ToLower(strings.TrimSuffix(word, ":")) {
	case "total", "gesamt", "insgesamt", "totale", "totaal", "totalt", "razem", "celkem", "итого", "合計", "总用量", "總計":
		return true
	}
	return false
}
