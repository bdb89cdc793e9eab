package listing

import (
	"strings"

	"wherry/sync/vfs"
)

// dialect is one way of writing LIST.
type dialect struct {
	// read is given a line without its end. It says miss for any that it does
	// not fully understand, and keeps what it must remember in the parser.
	read func(p *parser, line string) (vfs.Entry, verdict)
	// end is called behind the last line of a listing in this dialect and may
	// amend p.entries; nil for most. Its error says that lines are missing.
	end func(p *parser) error
	// whole says that the format's own text demands an end of every line, so
	// that a last line without one was cut.
	whole bool
}

// dialects are tried in this order until one takes a line: the frequent ones
// first. To add one: a file with its reader, its facts and where they are
// from, a row here, a row of seeds in FuzzDialects.
var dialects = [...]dialect{
	{read: (*parser).unix},
	{read: (*parser).dos, end: (*parser).dosEnd},
	{read: (*parser).eplf, whole: true},
	{read: (*parser).netware},
	{read: (*parser).os400, end: (*parser).os400End},
	{read: (*parser).mvs},
	{read: (*parser).vms, end: (*parser).vmsEnd},
}

// list gives a line to the listing's dialect, which is the one that took its
// first line. No other is tried after that: a server writes one dialect, so a
// line that does not fit is something unread and not a file of another
// system.
func (p *parser) list(line string) (vfs.Entry, verdict) {
	if p.dialect != nil {
		if e, v := p.dialect.read(p, line); v != miss {
			return e, v
		}
	} else {
		for i := range dialects {
			if e, v := dialects[i].read(p, line); v != miss {
				p.dialect = &dialects[i]
				return e, v
			}
		}
	}
	if isTotal(line) {
		return vfs.Entry{}, noise
	}
	return vfs.Entry{}, miss
}

// isTotal knows the line with which ls and NetWare begin, "total 12", in the
// languages of its message catalogues that are met. Any two words would not
// do: "name 12" can be the rest of something unread.
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
