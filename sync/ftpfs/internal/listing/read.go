package listing

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"wherry/sync/vfs"
)

// verdict is what a parser says about one line.
type verdict uint8

const (
	miss  verdict = iota // not a line of this format
	hit                  // an entry
	noise                // understood, and no entry: ".", "total 12"
)

// parser is what the lines of one listing share.
type parser struct {
	Options
	// dialect is the index of the one that read the last line.
	dialect int
	// words keeps owners and groups once instead of once a line.
	words map[string]string
}

func newParser(o Options) *parser {
	return &parser{Options: o.withDefaults(), words: map[string]string{}}
}

// Read parses a whole listing. Entries come in the server's order, without
// "." and "..", with names as Decode made them. Lines that could not be read
// are returned beside them, blank ones and totals are not.
//
// It fails with KindProtocol when a limit is passed, and with r's own error
// when r fails; what was read until then is returned with it. Whether the
// listing was cut is for the caller to know: RFC 959 puts the end of the data
// into the reply on the control connection.
func Read(r io.Reader, f Format, o Options) ([]vfs.Entry, []Unparsed, error) {
	p := newParser(o)
	lines := &lineReader{r: bufio.NewReaderSize(r, 64<<10), limits: p.Limits}
	parse := p.list
	if f == MLSD {
		parse = p.mlsd
	}
	var entries []vfs.Entry
	var unparsed []Unparsed
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return entries, unparsed, nil
		}
		if err != nil {
			return entries, unparsed, err
		}
		if len(entries)+len(unparsed) >= p.Limits.Entries {
			return entries, unparsed, beyond("the listing has more than %d entries", p.Limits.Entries)
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		switch e, v := parse(line); {
		case v == miss:
			unparsed = append(unparsed, Unparsed{Line: line})
		case v == hit && e.Name != "." && e.Name != "..":
			entries = append(entries, e)
		}
	}
}

// lineReader cuts a stream into lines and holds at most one of them.
type lineReader struct {
	r      *bufio.Reader
	limits Limits
	total  int64
	long   []byte // a line that outgrew the buffer of r
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
