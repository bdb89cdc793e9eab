package listing

import (
	"io/fs"
	"strings"

	"wherry/sync/vfs"
)

// unix reads "ls -l" and what imitates it:
//
//	-rw-r--r--   1 anna     users        1234 Jan  2 15:04 name
//
// Columns before the size differ from server to server (no group, no link
// count, owners with spaces), so the line is not counted off from the left:
// the first date with a size before it is the anchor, and the name is all
// that follows it after a single space.
func (p *parser) unix(line string) (vfs.Entry, verdict) {
	e, ok := modeOf(line)
	if !ok {
		return e, miss
	}
	var room [24]span
	f := fields(room[:0], line, 10)
	if len(f) > 0 && f[0].from == 10 { // "+", "@", ".": ACL and label marks of ls
		if f[0].to != 11 || strings.IndexByte("+@.", line[10]) < 0 {
			return e, miss
		}
		f = f[1:]
	}
	for i := range f {
		t, step, used := p.date(line, f[i:])
		if used == 0 || i < 2 && used == 3 && p.isDated(line, f[i+used:]) {
			continue
		}
		columns, ok := sizeOf(&e, line, f[:i])
		end := f[i+used-1].to
		if used == 1 && end+1 < len(line) && line[end+1] == ' ' {
			end++ // "ls --time-style=iso" pads a date to the width of a time
		}
		if !ok || end+1 >= len(line) {
			continue
		}
		e.ModTime, e.Accuracy = t, step
		p.owners(&e, line, columns)
		p.linked(&e, line[end+1:])
		return e, hit
	}
	return e, miss
}

// isDated says whether a date with a month's name follows. Where it does so
// behind what looked like one and has no owner before it, that was an owner
// whose name is a month's or not ASCII, a numeric group and the size: "jan 20
// 2005 Mar  1 15:04".
func (p *parser) isDated(line string, f []span) bool {
	_, _, used := p.namedDate(line, f)
	return used > 0
}

// span is a field's place in its line.
type span struct{ from, to int }

func (s span) of(line string) string { return line[s.from:s.to] }

// fields cuts line at blanks from an offset on, into as many as out can hold:
// no date begins later than that.
func fields(out []span, line string, from int) []span {
	for i := from; i < len(line) && len(out) < cap(out); {
		for i < len(line) && blank(line[i]) {
			i++
		}
		start := i
		for i < len(line) && !blank(line[i]) {
			i++
		}
		if i > start {
			out = append(out, span{start, i})
		}
	}
	return out
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// modeOf reads the ten letters of type and permissions (POSIX, ls).
func modeOf(line string) (e vfs.Entry, ok bool) {
	e.Size = vfs.SizeUnknown
	if len(line) < 12 {
		return e, false
	}
	switch line[0] {
	case '-':
		e.Type = vfs.TypeFile
	case 'd':
		e.Type = vfs.TypeDir
	case 'l':
		e.Type = vfs.TypeLink
	case 'b', 'c', 'p', 's', 'D', 'w':
		e.Type = vfs.TypeOther
	default:
		return e, false
	}
	const order = "rwxrwxrwx"
	for i := range len(order) {
		e.Mode <<= 1
		switch c := line[1+i]; {
		case c == order[i], order[i] == 'x' && (c == 's' || c == 't'):
			e.Mode |= 1
		case c == '-', order[i] == 'x' && (c == 'S' || c == 'T' || c == 'l' || c == 'L'):
		default:
			return e, false
		}
	}
	e.Mode, e.HasMode = e.Mode&fs.ModePerm, true
	return e, true
}

// sizeOf takes the size from the last of the columns before the date and
// returns the columns before it. A device has two numbers there ("8, 1") and
// no size; a folder may have none.
func sizeOf(e *vfs.Entry, line string, columns []span) ([]span, bool) {
	if len(columns) == 0 {
		return columns, e.Type == vfs.TypeDir
	}
	rest := columns[:len(columns)-1]
	last := columns[len(rest)].of(line)
	if e.Type == vfs.TypeOther && len(rest) > 0 && strings.HasSuffix(rest[len(rest)-1].of(line), ",") {
		return rest[:len(rest)-1], digits(last)
	}
	if n, ok := number(last); ok {
		if e.Type != vfs.TypeOther {
			e.Size = n
		}
		return rest, true
	}
	if isRounded(last) {
		return rest, true
	}
	if e.Type == vfs.TypeOther && strings.Contains(last, ",") {
		return rest, true
	}
	return columns, e.Type == vfs.TypeDir
}

// isRounded knows the sizes of "ls -h", "33.5K": rounded up, so not a size.
func isRounded(s string) bool {
	unit := s[len(s)-1]
	return s[0] >= '0' && s[0] <= '9' && strings.IndexByte("kKMGTPE", unit) >= 0 &&
		strings.Trim(s[:len(s)-1], "0123456789.,") == ""
}

// owners sorts what stands between mode and size: link count, owner, group.
// Of two columns the first is the link count when it is a number ("ls -o"),
// else the count is missing; a group may hold spaces ("Domain Users").
func (p *parser) owners(e *vfs.Entry, line string, columns []span) {
	if len(columns) > 0 && digits(columns[0].of(line)) {
		columns = columns[1:]
	}
	if len(columns) > 0 {
		e.Owner = p.word(columns[0].of(line))
	}
	if len(columns) > 1 {
		e.Group = p.word(line[columns[1].from:columns[len(columns)-1].to])
	}
}

// linked parts "name -> target" of a link. Both sides may hold the arrow;
// the size of a symbolic link is the length of its target (POSIX, lstat), so
// the arrow that agrees with it is the one, else the first.
func (p *parser) linked(e *vfs.Entry, name string) {
	const arrow = " -> "
	cut := -1
	if e.Type == vfs.TypeLink {
		for i := strings.Index(name, arrow); i >= 0; {
			if cut < 0 || int64(len(name)-i-len(arrow)) == e.Size {
				cut = i
			}
			next := strings.Index(name[i+1:], arrow)
			if next < 0 {
				break
			}
			i += 1 + next
		}
	}
	if cut <= 0 {
		e.Name = p.name(name)
		return
	}
	e.Name, e.Target = p.name(name[:cut]), p.name(name[cut+len(arrow):])
}
