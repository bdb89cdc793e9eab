package listing

import (
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"

	"wherry/sync/vfs"
)

// Fact parses the one line that MLST answers with (RFC 3659, 7.2), with or
// without the space before it. A "cdir" or "pdir" is a folder here. Name is
// what the server repeated, mostly the whole path: the caller knows what it
// asked for. It fails with KindProtocol for anything else.
func Fact(line string, o Options) (vfs.Entry, error) {
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	e, _, v := newParser(o).facts(strings.TrimPrefix(line, " "))
	if v != hit {
		return vfs.Entry{}, &vfs.Error{Op: "stat", Kind: vfs.KindProtocol, Reply: line}
	}
	return e, nil
}

func (p *parser) mlsd(line string) (vfs.Entry, verdict) {
	e, around, v := p.facts(line)
	if around {
		return e, noise
	}
	return e, v
}

// facts parses "fact=value;fact=value; name". around tells of the listed
// folder itself and the one above it.
//
// The name begins behind the first space that stands where a fact could
// begin. Three liberties are met in the field: a last fact without its
// semicolon, an empty fact, and spaces in the target of a link. "perm" is what
// this login may do and no mode; it only serves where the type is missing.
func (p *parser) facts(line string) (e vfs.Entry, around bool, v verdict) {
	e.Size = vfs.SizeUnknown
	var own ownership
	for rest := line; ; {
		if len(rest) < len(line) { // an empty fact says nothing
			rest = strings.TrimLeft(rest, ";")
		}
		if name, ok := strings.CutPrefix(rest, " "); ok {
			if e.Type == vfs.TypeUnknown {
				e.Type = own.typ
			}
			return p.named(e, name, own), around, is(name != "")
		}
		key, value, ok := strings.Cut(rest, "=")
		if !ok || strings.ContainsAny(key, "; ") {
			return e, false, miss
		}
		isType := strings.EqualFold(key, "type")
		end := strings.IndexByte(value, ';')
		if space := strings.IndexByte(value, ' '); space >= 0 && (end < 0 || space < end && !isType) {
			end, rest = space, value[space:]
		} else if end >= 0 {
			rest = value[end+1:]
		} else {
			return e, false, miss
		}
		if value = value[:end]; isType {
			around = p.setType(&e, value)
		} else {
			p.setFact(&e, &own, key, value)
		}
	}
}

// ownership collects what ProFTPD tells twice, numbers and names, and the type
// that "perm" gives away.
type ownership struct {
	owner, ownerID, group, groupID string
	unique                         string
	typ                            vfs.Type
}

// permType knows a type by permissions that RFC 3659, 7.5.5 gives to folders
// (enter, list, create, make, purge) or to files (read, append, write) alone.
func permType(s string) vfs.Type {
	s = strings.ToLower(s)
	isDir, isFile := strings.ContainsAny(s, "elcmp"), strings.ContainsAny(s, "raw")
	switch {
	case isDir && !isFile:
		return vfs.TypeDir
	case isFile && !isDir:
		return vfs.TypeFile
	}
	return vfs.TypeUnknown
}

func (p *parser) named(e vfs.Entry, name string, own ownership) vfs.Entry {
	e.Name = p.name(name)
	e.Owner = p.word(firstOf(own.owner, own.ownerID))
	e.Group = p.word(firstOf(own.group, own.groupID))
	if p.Unique != nil && own.unique != "" {
		p.Unique(e, own.unique)
	}
	return e
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func is(ok bool) verdict {
	if ok {
		return hit
	}
	return miss
}

// setType takes the values of RFC 3659, 7.5.1, and for links the forms
// "OS.unix=slink:target" (the RFC's) and "OS.unix=symlink" (ProFTPD's).
func (p *parser) setType(e *vfs.Entry, value string) (around bool) {
	switch lower := strings.ToLower(value); lower {
	case "file":
		e.Type = vfs.TypeFile
	case "dir":
		e.Type = vfs.TypeDir
	case "cdir", "pdir":
		e.Type = vfs.TypeDir
		return true
	case "":
	default:
		kind := lower[strings.IndexByte(lower, '=')+1:]
		e.Type = vfs.TypeOther
		if strings.HasPrefix(kind, "slink") || strings.HasPrefix(kind, "symlink") {
			e.Type = vfs.TypeLink
			if _, target, ok := strings.Cut(value, ":"); ok {
				e.Target = p.name(target)
			}
		}
	}
	return false
}

// setFact takes one fact that is no type. A value that makes no sense leaves
// its field unknown: the name is still one of the folder's.
func (p *parser) setFact(e *vfs.Entry, own *ownership, key, value string) {
	switch strings.ToLower(key) {
	case "size", "sizd": // sizd: Pure-FTPd, of a folder
		if n, ok := number(value); ok {
			e.Size = n
		}
	case "modify":
		if t, step, ok := factTime(value); ok {
			e.ModTime, e.Accuracy = t, step
		}
	case "perm":
		own.typ = permType(value)
	case "unique":
		own.unique = value
	case "unix.mode":
		value = strings.TrimPrefix(value, "0o") // pyftpdlib: Python's oct()
		if m, err := strconv.ParseUint(value, 8, 32); err == nil {
			e.Mode, e.HasMode = fs.FileMode(m)&fs.ModePerm, true
		}
	case "unix.ownername":
		own.owner = value
	case "unix.owner", "unix.uid":
		own.ownerID = value
	case "unix.groupname":
		own.group = value
	case "unix.group", "unix.gid":
		own.groupID = value
	}
}

// factTime parses YYYYMMDDHHMMSS with an optional fraction, in UTC (RFC 3659,
// 2.3). A fraction of zeros is the habit of servers that know seconds only,
// so it does not make the time more exact.
func factTime(s string) (t time.Time, step time.Duration, ok bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(whole) != 14 || !digits(whole) {
		return t, 0, false
	}
	at := func(from, to int) int { return small(whole[from:to]) }
	t, ok = moment(at(0, 4), time.Month(at(4, 6)), at(6, 8), at(8, 10), at(10, 12), at(12, 14), time.UTC)
	if !ok {
		return t, 0, false
	}
	nanos, step := fractionOf(fraction)
	return t.Add(nanos), step, true
}

// fractionOf turns the digits behind a point into a duration and the step
// they stand for: a second where they say nothing.
func fractionOf(s string) (nanos, step time.Duration) {
	if !digits(s) || strings.Trim(s, "0") == "" {
		return 0, time.Second
	}
	s = s[:min(len(s), 9)]
	step = time.Duration(math.Pow10(9 - len(s)))
	return time.Duration(small(s)) * step, step
}
