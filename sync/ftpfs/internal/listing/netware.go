package listing

import (
	"strings"

	"wherry/sync/vfs"
)

// netware reads Novell's server:
//
//	total 0
//	d [RWCEAFMS] admin                          512 Nov 24  2005 pub
//	- [----F--] supervisor                   214059 Oct 20 15:27    name
//
// The brackets hold the rights of whoever asks, a letter or a dash each: R
// read, W write, C create, E erase, A access control, F file scan, M modify,
// S supervisor. They are no mode, so it stays unknown. Some releases print
// seven of them, or a star. Owners are objects of a directory service and may
// hold spaces. Several spaces stand before the name in some releases; a name
// on NetWare begins with none. The format is described in D. J. Bernstein's
// ftpparse and met in the tests of Apache Commons Net.
func (p *parser) netware(line string) (vfs.Entry, verdict) {
	e := vfs.Entry{Size: vfs.SizeUnknown}
	if len(line) < 12 || line[0] != 'd' && line[0] != '-' || line[1] != ' ' || line[2] != '[' {
		return e, miss
	}
	e.Type = vfs.TypeFile
	if line[0] == 'd' {
		e.Type = vfs.TypeDir
	}
	rights := strings.IndexByte(line, ']')
	if n := rights - 3; n < 7 || n > 9 || strings.Trim(line[3:rights], "-*RWCEAFMS") != "" {
		return e, miss
	}
	var room [24]span
	f := fields(room[:0], line, rights+1)
	for i := 1; i < len(f); i++ {
		t, step, used := p.date(line, f[i:])
		size, isSize := number(f[i-1].of(line))
		if used == 0 || !isSize {
			continue
		}
		name := strings.TrimLeft(line[f[i+used-1].to:], " ")
		if name == "" {
			continue
		}
		e.Size, e.ModTime, e.Accuracy, e.Name = size, t, step, p.name(name)
		if i > 1 {
			e.Owner = p.word(line[f[0].from:f[i-2].to])
		}
		return e, hit
	}
	return e, miss
}
