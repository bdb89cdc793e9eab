package listing

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"wherry/sync/vfs"
)

// verdict is what a parser says about one line.
type verdict uint8

const (
	miss  verdict = iota // not a line of this format
	hit                  // an entry
	noise                // understood, and no entry (yet): ".", "total 12", a heading
)

// parser is what the lines of one listing share.
type parser struct {
	Options
	// dialect is the one that this listing is written in, nil while no line
	// has told.
	dialect *dialect
	// entries and unparsed are what was read so far.
	entries  []vfs.Entry
	unparsed []Unparsed
	// What dialects remember from line to line.
	dosDates   dosDates
	os400Lines os400Lines
	mvsList    mvsList
	vmsList    vmsList
	// words keeps owners and groups once instead of once a line.
	words map[string]string
	// months keeps what was found out about a month's name, 0 for nothing.
	months map[string]time.Month
}

func newParser(o Options) *parser {
	return &parser{Options: o.withDefaults(), words: map[string]string{}, months: map[string]time.Month{}}
}

// Read parses a whole listing. Entries come in the server's order, without
// "." and "..", with names as Decode made them. Lines that could not be read
// are returned beside them, blank ones and totals are not.
//
// It fails with KindProtocol when a limit is passed, with KindUnreadable when
// the listing itself shows that a part of it is missing, and with r's own
// error when r fails; what was read until then is returned with it. Most
// formats cannot show it: whether a listing was cut is then for the caller to
// know, as RFC 959 puts the end of the data into the reply on the control
// connection.
func Read(r io.Reader, f Format, o Options) ([]vfs.Entry, []Unparsed, error) {
	return newParser(o).read(r, f)
}

func (p *parser) read(r io.Reader, f Format) ([]vfs.Entry, []Unparsed, error) {
	buffer := 64 << 10
	if known, ok := r.(interface{ Len() int }); ok {
		buffer = min(buffer, known.Len()) // the few lines of one STAT, asked for with every file
	}
	lines := &lineReader{r: bufio.NewReaderSize(r, buffer), limits: p.Limits}
	parse := p.list
	if f == MLSD {
		parse = p.mlsd
	}
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			err = p.finish(f, lines.open)
			return p.entries, p.unparsed, err
		}
		if err != nil {
			return p.entries, p.unparsed, err
		}
		if len(p.entries)+len(p.unparsed) >= p.Limits.Entries {
			return p.entries, p.unparsed, beyond("the listing has more than %d entries", p.Limits.Entries)
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		switch e, v := parse(line); {
		case v == miss:
			p.unparsed = append(p.unparsed, Unparsed{Line: line})
		case v == hit && e.Name != "." && e.Name != "..":
			p.entries = append(p.entries, e)
		}
	}
}

// finish looks at the listing as a whole. open says that the last line had no
// end; RFC 3659, 7.2 and EPLF demand one, LIST in general does not.
func (p *parser) finish(f Format, open bool) error {
	if open && (f == MLSD || p.dialect != nil && p.dialect.whole) {
		return cut("the last line has no end")
	}
	if p.dialect != nil && p.dialect.end != nil {
		return p.dialect.end(p)
	}
	return nil
}

// cut is the error of a listing that shows itself incomplete.
func cut(why string) error {
	return &vfs.Error{Op: "list", Kind: vfs.KindUnreadable, Reply: "the listing was cut off: " + why}
}

// lineReader cuts a stream into lines and holds at most one of them.
type lineReader struct {
	r      *bufio.Reader
	limits Limits
	total  int64
	long   []byte // a line that outgrew the buffer of r
	open   bool   // the last line had no end
}

// next returns a line without its LF and one CR before it; the last line may
// lack its end. It returns io.EOF after the last.
func (l *lineReader) next() (string, error) {
	l.long = l.long[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		if l.total += int64(len(part)); l.total > l.limits.Bytes {
			return "", beyond("the listing is longer than %d bytes", l.limits.Bytes)
		}
		if len(l.long)+len(part) > l.limits.Line {
			return "", beyond("a line of the listing is longer than %d bytes", l.limits.Line)
		}
		switch {
		case err == nil && len(l.long) == 0:
			return chomp(part), nil
		case err == nil, errors.Is(err, io.EOF) && len(l.long)+len(part) > 0:
			l.open = err != nil
			return chomp(append(l.long, part...)), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err
		}
		l.long = append(l.long, part...)
	}
}

func chomp(line []byte) string {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
		if n > 1 && line[n-2] == '\r' {
			line = line[:n-2]
		}
	}
	return string(line)
}

func beyond(format string, limit any) error {
	return &vfs.Error{Op: "list", Kind: vfs.KindProtocol, Reply: fmt.Sprintf(format, limit)}
}

// name decodes a name that is part of a line, without keeping the line.
func (p *parser) name(part string) string { return p.Decode(strings.Clone(part)) }

// word is name for what repeats from line to line.
func (p *parser) word(part string) string {
	if w, ok := p.words[part]; ok {
		return w
	}
	w := p.name(part)
	if len(p.words) < 1000 {
		p.words[strings.Clone(part)] = w
	}
	return w
}
