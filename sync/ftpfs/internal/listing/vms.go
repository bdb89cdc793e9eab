package listing

import (
	"fmt"
	"strings"

	"wherry/sync/vfs"
)

// vms reads OpenVMS: the servers of HP/VSI TCP/IP Services, MultiNet, TCPware
// and HGFTP, which all print what the command DIRECTORY does:
//
//	Directory DISK$USER:[ANNA]
//
//	LOGIN.COM;3             4/15         24-FEB-2003 13:17:24  [POSTWARE,LP]    (RWED,RWED,RE,)
//	A_NAME_TOO_LONG_FOR_ITS_COLUMN.TXT;1
//	                        4/15         24-FEB-2003 13:17:24  [LP]    (RWED,RWED,RE,)
//	WWW.DIR;1                  1          2-JUN-1998 07:32     [LP]    (RWE,RWE,RE,RE)
//
//	Total of 3 files, 9/45 blocks
//
// The columns behind the name come in any order. Sizes are blocks of 512
// bytes, used and allocated, and say nothing of the last block nor of the
// record marks that a transfer adds or takes: the size in bytes is unknown.
// The protection is no mode, as it has a class (system) and a right (delete)
// of its own. Examples stand in D. J. Bernstein's ftpparse and in the tests
// of Apache Commons Net.
//
// Names are as commands take them. A folder is a file NAME.DIR;1 on the disk
// and NAME to CWD. A file without a version is the highest one (OpenVMS
// User's Manual, 3.1.5), and STOR under a name without one makes the next; so
// the highest goes without, and older ones keep theirs, see vmsEnd.
func (p *parser) vms(line string) (vfs.Entry, verdict) {
	var room [10]span
	f := fields(room[:0], line, 0)
	if p.vmsList.name != "" {
		_, version := vmsVersion(f[0].of(line))
		if e, ok := p.vmsFacts(p.vmsList.name, line, f); ok && version < 0 {
			p.vmsList.name = ""
			return e, hit
		}
		p.unparsed = append(p.unparsed, Unparsed{Line: p.vmsList.name})
		p.vmsList.name = ""
	}
	if p.vmsHeading(line, f) {
		return vfs.Entry{}, noise
	}
	if f[0].from != 0 {
		return vfs.Entry{}, miss
	}
	name := f[0].of(line)
	if _, version := vmsVersion(name); version < 0 {
		return vfs.Entry{}, miss
	}
	if len(f) == 1 {
		p.vmsList.name = name
		p.vmsList.shown++
		return vfs.Entry{}, noise
	}
	e, ok := p.vmsFacts(name, line, f[1:])
	if ok {
		p.vmsList.shown++
	}
	return e, is(ok)
}

// vmsList is where a listing stands.
type vmsList struct {
	name  string // of an entry whose second line is awaited
	shown int    // entries since the last heading
	short bool   // a total counted more than were shown
}

// vmsVersion parts NAME.TYPE;3; the version is -1 where there is none.
func vmsVersion(name string) (bare string, version int) {
	at := strings.LastIndexByte(name, ';')
	if at < 1 || len(name)-at > 6 || !digits(name[at+1:]) || strings.ContainsAny(name, "/\x00") {
		return name, -1
	}
	return name[:at], small(name[at+1:])
}

// vmsHeading knows the lines around the entries: the folder, the totals, and
// what an empty folder says. Other messages, which begin with "%", are not
// taken: some tell that a file was left out.
func (p *parser) vmsHeading(line string, f []span) bool {
	first := f[0].of(line)
	switch {
	case first == "Directory" && len(f) == 2 && strings.HasSuffix(line, "]"):
		p.vmsList.shown = 0
		return true
	case first == "Total" && len(f) >= 4 && f[1].of(line) == "of" && strings.HasPrefix(f[3].of(line), "file"):
		n, ok := number(f[2].of(line))
		p.vmsList.short = p.vmsList.short || n > int64(p.vmsList.shown)
		return ok
	case first == "Grand" && len(f) >= 4 && f[1].of(line) == "total" && f[2].of(line) == "of":
		return true
	}
	return strings.HasPrefix(first, "%") && strings.HasSuffix(first, "-W-NOFILES,")
}

// vmsFacts reads the columns behind a name. A date is needed, or the message
// that stands there when the file may not be looked at.
func (p *parser) vmsFacts(name, line string, f []span) (vfs.Entry, bool) {
	e := vfs.Entry{Type: vfs.TypeFile, Size: vfs.SizeUnknown}
	const folder = ".DIR;1"
	if at := len(name) - len(folder); at > 0 && strings.EqualFold(name[at:], folder) {
		e.Type, name = vfs.TypeDir, name[:at]
		if name == "." || name == ".." {
			return e, false
		}
	}
	e.Name = p.name(name)
	rest := strings.ToLower(line[f[0].from:])
	if strings.Contains(rest, "insufficient privilege") || strings.Contains(rest, "no privilege for attempted operation") {
		return e, true
	}
	dated := false
	for i := 0; i < len(f); i++ {
		switch s := f[i].of(line); {
		case s[0] == '[':
			e.Group, e.Owner = p.vmsOwner(s)
		case s[0] == '(', vmsBlocks(s):
		case !dated:
			d, ok := p.vmsDate(s)
			if !ok {
				continue // an owner without brackets
			}
			dated = true
			c := clock{step: day}
			if i+1 < len(f) {
				if next, ok := clockOf(f[i+1].of(line)); ok {
					c = next
					i++
				}
			}
			if t, ok := moment(d.year, d.month, d.day, c.hour, c.minute, c.sec, p.Location); ok && d.month > 0 {
				e.ModTime, e.Accuracy = t.Add(c.nanos), c.step
			}
		}
	}
	return e, dated
}

// vmsOwner parts [GROUP,OWNER]; one name alone is the owner's.
func (p *parser) vmsOwner(s string) (group, owner string) {
	s = strings.TrimSuffix(s[1:], "]")
	if g, o, ok := strings.Cut(s, ","); ok {
		return p.word(g), p.word(o)
	}
	return "", p.word(s)
}

// vmsBlocks knows a size: 4, 4/15, 2KB.
func vmsBlocks(s string) bool {
	used, allocated, both := strings.Cut(s, "/")
	if both {
		return digits(used) && digits(allocated)
	}
	return digits(strings.TrimRight(s, "KMGB"))
}

// vmsDate reads D-MMM-YYYY. The month is 0, and the date unknown, where its
// name is in no language known here.
func (p *parser) vmsDate(s string) (date, bool) {
	d, rest, _ := strings.Cut(s, "-")
	name, y, ok := strings.Cut(rest, "-")
	if !ok || !digits(d) || len(d) > 2 || name == "" || len(name) > 24 || strings.ContainsAny(name, "0123456789/:,()[]") {
		return date{}, false
	}
	year, ok := yearOf(y)
	m, _ := p.monthOf(name)
	return date{year, m, small(d)}, ok && small(d) >= 1 && small(d) <= 31
}

// vmsEnd takes the version from the highest of each name and checks that all
// of the listing is there.
func (p *parser) vmsEnd() error {
	switch {
	case p.vmsList.name != "":
		return cut("nothing follows " + p.vmsList.name)
	case p.vmsList.short:
		return cut(fmt.Sprintf("it counts more files than the %d it shows", p.vmsList.shown))
	}
	highest := make(map[string]int, len(p.entries))
	for _, e := range p.entries {
		if bare, version := vmsVersion(e.Name); version >= 0 && e.Type == vfs.TypeFile {
			highest[bare] = max(highest[bare], version)
		}
	}
	for i, e := range p.entries {
		bare, version := vmsVersion(e.Name)
		if version < 0 || e.Type != vfs.TypeFile || version != highest[bare] || bare == "." || bare == ".." {
			continue
		}
		p.entries[i].Name = bare
	}
	return nil
}
