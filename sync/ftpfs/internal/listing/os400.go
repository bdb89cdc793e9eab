package listing

import (
	"strings"
	"time"

	"wherry/sync/vfs"
)

// os400 reads IBM i (OS/400) in its own list format, SITE LISTFMT 0; with
// LISTFMT 1 it writes as Unix does (IBM i, "File Transfer Protocol", LIST):
//
//	QPGMR          135168 22.06.13 13:18:19 *FILE      QCLSRC.FILE
//	QPGMR                                   *MEM       QCLSRC.FILE/START.MBR
//	RADDATZ          8192 04.07.13 09:04:14 *DIR       testDir1/
//
// Owner, size, date and time, type, name; the type is the object's and always
// begins with a star. The date is in the format of the server's job, see
// os400End. A folder's name ends with a slash, and some lines have the whole
// path: what follows the last slash is the name. A "*FILE" holds members and
// is entered like a folder, but for save files. Without a name, "*FILE"
// stands for the listed file itself; a member behind the line of its file is
// listed again when that is entered. Real lists stand in Apache Commons Net.
func (p *parser) os400(line string) (vfs.Entry, verdict) {
	e := vfs.Entry{Size: vfs.SizeUnknown}
	var room [6]span
	f := fields(room[:0], line, 0)
	at := 1
	for at < len(f) && at <= 4 && line[f[at].from] != '*' {
		at++
	}
	if at == 1 && len(f) > 1 && f[1].of(line) != "*MEM" { // only members have no date
		return e, miss
	}
	if at >= len(f) || at == 2 || at > 4 || f[0].from != 0 || len(f[0].of(line)) > 10 || line[0] == '*' {
		return e, miss
	}
	if at == 4 || at == 3 { // size, date and time; folders may lack a size
		stamp, isStamp := os400Stamp(f[at-2].of(line), f[at-1].of(line))
		size, isSize := number(f[1].of(line))
		if !isStamp || at == 4 && !isSize {
			return e, miss
		}
		if at == 4 {
			e.Size = size
		}
		stamp.entry = len(p.entries)
		p.os400Lines.stamps = append(p.os400Lines.stamps, stamp)
	}
	e.Owner = p.word(f[0].of(line))
	kind := f[at].of(line)
	name := strings.TrimLeft(line[f[at].to:], " ")
	return p.os400Name(e, kind, name)
}

// os400Name takes type and name, and takes back the stamp where there is no
// entry for it.
func (p *parser) os400Name(e vfs.Entry, kind, name string) (vfs.Entry, verdict) {
	v := hit
	name, isFolder := strings.CutSuffix(name, "/")
	slash := strings.LastIndexByte(name, '/')
	switch {
	case !isOS400Type(kind), name == "" && kind != "*FILE", slash == len(name)-1 && name != "":
		v = miss
	case name == "":
		v = noise
	case kind == "*MEM" && slash > 0 && p.os400Lines.files[name[:slash]]:
		v = noise
	}
	if v != hit {
		p.os400Lines.drop(len(p.entries))
		return e, v
	}
	e.Name = p.name(name[slash+1:])
	if kind == "*FILE" {
		p.os400Lines.enter(name)
	}
	e.Type = os400Type(kind, name, isFolder)
	if e.Type == vfs.TypeDir {
		e.Size = vfs.SizeUnknown
	}
	if e.Name == "." || e.Name == ".." { // Read leaves those out
		p.os400Lines.drop(len(p.entries))
	}
	return e, hit
}

func isOS400Type(kind string) bool {
	return len(kind) > 1 && len(kind) <= 10 && strings.Trim(kind[1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// os400Type sorts object types: what holds others, what holds bytes, links,
// and programs, queues and the like, which only a save file can carry.
func os400Type(kind, name string, isFolder bool) vfs.Type {
	switch kind {
	case "*DIR", "*DDIR", "*FLR", "*LIB":
		return vfs.TypeDir
	case "*STMF", "*DSTMF", "*DOC", "*MEM":
		return vfs.TypeFile
	case "*SYMLNK":
		return vfs.TypeLink
	case "*FILE":
		if strings.HasSuffix(strings.ToUpper(name), ".SAVF") {
			return vfs.TypeFile
		}
		return vfs.TypeDir
	}
	if isFolder {
		return vfs.TypeDir
	}
	return vfs.TypeOther
}

// os400Lines is what a listing has told so far.
type os400Lines struct {
	files  map[string]bool // of "*FILE", by their names
	stamps []os400Time
}

func (l *os400Lines) enter(name string) {
	if l.files == nil {
		l.files = map[string]bool{}
	}
	l.files[strings.Clone(name)] = true
}

// drop forgets the stamp of a line that became no entry.
func (l *os400Lines) drop(entry int) {
	if n := len(l.stamps); n > 0 && l.stamps[n-1].entry == entry {
		l.stamps = l.stamps[:n-1]
	}
}

// os400Time is the date of an entry, not yet understood.
type os400Time struct {
	entry  int
	part   [3]uint8
	points bool
	known  date // a four-digit year stood first
	clock  clock
}

func os400Stamp(d, c string) (s os400Time, ok bool) {
	if s.clock, ok = clockOf(c); !ok {
		return s, false
	}
	if s.known, ok = yearFirst(d); ok {
		return s, true
	}
	if len(d) != 8 || d[2] != d[5] || strings.IndexByte("/.-", d[2]) < 0 {
		return s, false
	}
	s.points = d[2] == '.'
	for i := range s.part {
		two := d[3*i : 3*i+2]
		if !digits(two) {
			return s, false
		}
		s.part[i] = uint8(small(two))
	}
	return s, true
}

// os400Orders are the job formats *MDY, *DMY and *YMD: which part is year,
// month and day.
var os400Orders = [...][3]int{{2, 0, 1}, {2, 1, 0}, {0, 1, 2}}

// os400End finds the order of the dates. Nothing says whether 04/03/18 is in
// April or in March, but all dates of a listing have one order: it cannot be
// one that has a 13th month or a time to come in any line. Where two orders
// remain and differ about a file, its time stays unknown. Points are printed
// by jobs that put the day first.
func (p *parser) os400End() error {
	latest := p.Now.Add(2 * day) // servers ahead of us, in any zone
	var left [len(os400Orders)]bool
	for i, order := range os400Orders {
		left[i] = true
		for _, s := range p.os400Lines.stamps {
			t, ok := p.os400Time(s, order)
			left[i] = left[i] && ok && !t.After(latest)
		}
	}
	for _, s := range p.os400Lines.stamps {
		if s.entry >= len(p.entries) {
			continue
		}
		var found time.Time
		same := true
		for i, order := range os400Orders {
			if !left[i] || s.points && left[1] && i != 1 {
				continue
			}
			t, _ := p.os400Time(s, order)
			same = same && (found.IsZero() || found.Equal(t))
			found = t
		}
		if e := &p.entries[s.entry]; same && !found.IsZero() {
			e.ModTime, e.Accuracy = found, s.clock.step
		}
	}
	return nil
}

func (p *parser) os400Time(s os400Time, order [3]int) (time.Time, bool) {
	d := s.known
	if d.year == 0 {
		d = date{century(int(s.part[order[0]])), time.Month(s.part[order[1]]), int(s.part[order[2]])}
	}
	return moment(d.year, d.month, d.day, s.clock.hour, s.clock.minute, s.clock.sec, p.Location)
}
