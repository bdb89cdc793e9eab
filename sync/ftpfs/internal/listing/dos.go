package listing

import (
	"strings"
	"time"

	"wherry/sync/vfs"
)

// dos reads what IIS and other Windows servers print:
//
//	01-02-06  03:04PM       <DIR>          name
//	01-02-2006  03:04PM              1234 name
//	2006-01-02  15:04               1,234 name
//
// IIS prints the month first, with dashes; its option FourDigitYear adds the
// century. The rest is met in the tests of FileZilla.
func (p *parser) dos(line string) (vfs.Entry, verdict) {
	seen := p.dosDates
	e, v := p.dosLine(line)
	if v != hit {
		p.dosDates = seen
	}
	return e, v
}

func (p *parser) dosLine(line string) (vfs.Entry, verdict) {
	var room [5]span
	f := fields(room[:0], line, 0)
	if len(f) < 4 || f[0].from != 0 {
		return vfs.Entry{}, miss
	}
	t, used, ok := p.dosTime(line, f)
	if !ok || len(f) < used+2 {
		return vfs.Entry{}, miss
	}
	e := vfs.Entry{Size: vfs.SizeUnknown, ModTime: t, Accuracy: time.Minute}
	what := f[used]
	if size, isSize := grouped(what.of(line)); isSize {
		e.Type, e.Size = vfs.TypeFile, size
		e.Name = p.name(line[what.to+1:])
		return e, hit
	}
	// The name begins 15 columns behind the bracket; spaces after that are
	// its own. Imitations pad otherwise, there it begins at the next word.
	name := f[used+1].from
	if column := what.from + 15; column < name && column > what.to {
		name = column
	}
	return p.dosMark(e, what.of(line), line[name:])
}

// dosMark takes the words in brackets of the command "dir".
func (p *parser) dosMark(e vfs.Entry, mark, name string) (vfs.Entry, verdict) {
	switch strings.ToUpper(mark) {
	case "<DIR>":
		e.Type = vfs.TypeDir
		e.Name = p.name(name)
		return e, hit
	case "<JUNCTION>", "<SYMLINKD>":
		e.Type, e.TargetType = vfs.TypeLink, vfs.TypeDir
	case "<SYMLINK>":
		e.Type, e.TargetType = vfs.TypeLink, vfs.TypeFile
	default:
		return e, miss
	}
	if at := strings.Index(name, " ["); at > 0 && strings.HasSuffix(name, "]") {
		e.Target = p.name(name[at+2 : len(name)-1])
		name = name[:at]
	}
	e.Name = p.name(name)
	return e, hit
}

// dosTime reads date and time and says how many fields they took: three when
// AM or PM stands apart.
func (p *parser) dosTime(line string, f []span) (t time.Time, used int, ok bool) {
	d, order, ok := dosDate(f[0].of(line))
	if !ok {
		return t, 0, false
	}
	text, used := strings.ToUpper(f[1].of(line)), 2
	if next := strings.ToUpper(f[2].of(line)); next == "AM" || next == "PM" {
		text, used = text+next, 3
	}
	text = strings.TrimSuffix(text, "M") // "03:04p" of older systems
	text, isPM := strings.CutSuffix(text, "P")
	text, isAM := strings.CutSuffix(text, "A")
	c, ok := clockOf(text)
	switch {
	case !ok, isPM && isAM, (isAM || isPM) && (c.hour < 1 || c.hour > 12):
		return t, 0, false
	case isAM && c.hour == 12:
		c.hour = 0
	case isPM && c.hour < 12:
		c.hour += 12
	}
	if order == openSlash && (isAM || isPM) {
		order = openDash // where the clock has twelve hours, the month is first
	}
	if t, ok = moment(d.year, d.month, d.day, c.hour, c.minute, c.sec, p.Location); ok {
		p.dosDates |= order
	}
	return t, used, ok
}

// dosDates are the orders that the dates of a listing have shown.
type dosDates uint8

const (
	monthFirst dosDates = 1 << iota // a second number beyond 12
	dayFirst                        // a first number beyond 12
	settled                         // four digits first, or points: it tells by itself
	openDash                        // could be either, as IIS writes it
	openSlash                       // could be either, as others write it
)

// dosDate reads MM-DD-YY and MM-DD-YYYY, which IIS prints in every locale,
// and of its imitators DD-MM-YYYY, DD.MM.YYYY and YYYY-MM-DD. Where day and
// month could be either, the month is taken to be first until dosEnd.
func dosDate(s string) (d date, order dosDates, ok bool) {
	at := strings.IndexAny(s, "-/.")
	if at < 0 {
		return d, 0, false
	}
	sep := s[at : at+1]
	a, rest, _ := strings.Cut(s, sep)
	b, c, _ := strings.Cut(rest, sep)
	if !digits(a) || !digits(b) || !digits(c) || len(a) > 4 || len(b) > 2 || len(c) > 4 {
		return d, 0, false
	}
	if len(a) == 4 {
		return date{small(a), time.Month(small(b)), small(c)}, settled, len(c) <= 2
	}
	year := small(c)
	if len(c) == 2 {
		year = century(year)
	}
	first, second := small(a), small(b)
	switch {
	case sep == ".":
		first, second, order = second, first, settled
	case first > 12:
		first, second, order = second, first, dayFirst
	case second > 12:
		order = monthFirst
	case sep == "-":
		order = openDash
	default:
		order = openSlash
	}
	return date{year, time.Month(first), second}, order, len(a) <= 2 && (len(c) == 2 || len(c) == 4)
}

// dosEnd looks again at the dates that could be read both ways: all of a
// listing have one order. When a line has shown that the day is first, the
// others are turned; when lines contradict each other, or nothing tells and
// the separator is not the one of IIS, such dates stay unknown.
func (p *parser) dosEnd() error {
	seen := p.dosDates
	if seen&(openDash|openSlash) == 0 {
		return nil
	}
	shown := seen &^ (openDash | openSlash)
	if shown == monthFirst || shown == 0 && seen&openSlash == 0 {
		return nil
	}
	for i := range p.entries {
		e := &p.entries[i]
		t := e.ModTime.In(p.Location)
		if t.Day() > 12 || t.Day() == int(t.Month()) {
			continue
		}
		if shown == dayFirst {
			e.ModTime = time.Date(t.Year(), time.Month(t.Day()), int(t.Month()), t.Hour(), t.Minute(), t.Second(), 0, p.Location)
		} else {
			e.ModTime, e.Accuracy = time.Time{}, 0
		}
	}
	return nil
}

// grouped is number for sizes with their thousands parted, as Windows prints
// them in some locales: by a comma, a point, an apostrophe or a hard space,
// in bytes of Windows, of DOS or of UTF-8.
func grouped(s string) (int64, bool) {
	if n, ok := number(s); ok || s[0] < '0' || s[0] > '9' {
		return n, ok
	}
	for _, sep := range [...]string{",", ".", "'", "\u00a0", "\u202f", "\xa0", "\xff"} {
		parts := strings.Split(s, sep)
		if len(parts) < 2 || len(parts[0]) < 1 || len(parts[0]) > 3 {
			continue
		}
		whole := true
		for _, part := range parts[1:] {
			whole = whole && len(part) == 3
		}
		if whole {
			return number(strings.Join(parts, ""))
		}
	}
	return 0, false
}
