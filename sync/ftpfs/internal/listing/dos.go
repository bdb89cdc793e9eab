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
func (p *parser) dos(line string) (vfs.Entry, verdict) {
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
	if size, isSize := number(what.of(line)); isSize {
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
	year, m, d, ok := dosDate(f[0].of(line))
	if !ok {
		return t, 0, false
	}
	text, used := strings.ToUpper(f[1].of(line)), 2
	if next := strings.ToUpper(f[2].of(line)); next == "AM" || next == "PM" {
		text, used = text+next, 3
	}
	text, isPM := strings.CutSuffix(text, "PM")
	text, isAM := strings.CutSuffix(text, "AM")
	c, ok := clockOf(text)
	switch {
	case !ok, (isAM || isPM) && (c.hour < 1 || c.hour > 12):
		return t, 0, false
	case isAM && c.hour == 12:
		c.hour = 0
	case isPM && c.hour < 12:
		c.hour += 12
	}
	t, ok = moment(year, m, d, c.hour, c.minute, c.sec, p.Location)
	return t, used, ok
}

// dosDate reads MM-DD-YY and MM-DD-YYYY, which IIS prints in every locale,
// and of its imitators DD.MM.YYYY and YYYY-MM-DD. A first number that can be
// no month is the day.
func dosDate(s string) (year int, m time.Month, d int, ok bool) {
	at := strings.IndexAny(s, "-/.")
	if at < 0 {
		return 0, 0, 0, false
	}
	sep := s[at : at+1]
	a, rest, _ := strings.Cut(s, sep)
	b, c, _ := strings.Cut(rest, sep)
	if !digits(a) || !digits(b) || !digits(c) || len(a) > 4 || len(b) > 2 || len(c) > 4 {
		return 0, 0, 0, false
	}
	if len(a) == 4 {
		return small(a), time.Month(small(b)), small(c), len(c) <= 2
	}
	if year = small(c); len(c) == 2 {
		// Files of FTP's own age, and none from the years to come.
		if year += 1900; year < 1970 {
			year += 100
		}
	}
	first, second := small(a), small(b)
	if sep == "." || first > 12 {
		first, second = second, first
	}
	return year, time.Month(first), second, len(a) <= 2 && (len(c) == 2 || len(c) == 4)
}
