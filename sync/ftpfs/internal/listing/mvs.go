package listing

import (
	"strings"

	"wherry/sync/vfs"
)

// mvsList is which of its lists a mainframe is sending; the heading tells.
type mvsList uint8

const (
	mvsNone     mvsList = iota
	mvsDatasets         // of a high-level qualifier
	mvsMembers          // of a partitioned data set
	mvsModules          // of a load library
)

// mvs reads the lists of z/OS and its forerunners (IBM, z/OS Communications
// Server: IP User's Guide, "DIR"; real ones stand in the tests of Apache
// Commons Net and in the sources of zftp and of Open Object Rexx):
//
//	Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname
//	SYSPP7 3390   2000/01/07  2   45  VBA    125   129  PS  JES3OUT
//	Migrated                                                OLD.DATA
//
//	 Name     VV.MM   Created       Changed      Size  Init   Mod   Id
//	 ADDUSER   01.01 2008/10/14 2008/10/14 12:42    15    12    15 IBMUSER
//
// Used counts tracks and Size counts records, so no size in bytes is known.
// Referred is when somebody last opened the data set, which is no time of
// change. Names have no spaces; quotes around one belong to it, as it cannot
// be named without them from the current qualifier. Jobs (JES) are not read.
func (p *parser) mvs(line string) (vfs.Entry, verdict) {
	if list := mvsHeading(line); list != mvsNone {
		p.mvsList = list
		return vfs.Entry{}, noise
	}
	var room [12]span
	f := fields(room[:0], line, 0)
	e := vfs.Entry{Size: vfs.SizeUnknown}
	if strings.TrimRight(line[f[len(f)-1].to:], " \t") != "" { // more columns than there are
		return e, miss
	}
	if p.mvsList == mvsMembers || p.mvsList == mvsModules {
		return p.mvsMember(e, line, f)
	}
	name := f[len(f)-1].of(line)
	if !isDataset(name) {
		return e, miss
	}
	typ, ok := mvsType(line, f[:len(f)-1])
	if !ok && p.mvsList == mvsDatasets {
		typ, ok = mvsState(line, f[:len(f)-1])
	}
	e.Type, e.Name = typ, p.name(name)
	return e, is(ok)
}

// mvsHeading knows the first line of each list by its words.
func mvsHeading(line string) mvsList {
	word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch rest = strings.TrimSpace(rest); {
	case word == "Volume" && strings.HasSuffix(rest, " Dsname"):
		return mvsDatasets
	case word == "Name" && strings.HasPrefix(rest, "VV.MM "):
		return mvsMembers
	case word == "Name" && strings.HasPrefix(rest, "Size ") && strings.Contains(rest, " TTR "):
		return mvsModules
	}
	return mvsNone
}

// mvsType judges a line with all its columns by Dsorg, the last before the
// name. Extents and Used run into one when they are large.
func mvsType(line string, f []span) (vfs.Type, bool) {
	if len(f) != 8 && len(f) != 9 {
		return 0, false
	}
	referred := f[2].of(line)
	_, ok := yearFirst(referred)
	if !ok && strings.Trim(referred, "*") != "NONE" || len(f[0].of(line)) > 7 {
		return 0, false
	}
	return mvsOrganization(f[len(f)-1].of(line))
}

// mvsOrganization translates Dsorg: sequential ones are files, partitioned
// ones hold members and are entered as folders; no other can be fetched.
func mvsOrganization(s string) (vfs.Type, bool) {
	switch s {
	case "PS", "PS-E", "PS-L", "PSU":
		return vfs.TypeFile, true
	case "PO", "PO-E", "POU":
		return vfs.TypeDir, true
	case "VSAM", "VS", "GDG", "PATH", "DA", "DAU", "IS", "ISU", "HFS", "ZFS", "AIX", "ALIAS":
		return vfs.TypeOther, true
	}
	return vfs.TypeUnknown, false
}

// mvsState judges a line that has words in place of the columns. A migrated
// data set comes back when it is asked for; what it is, nobody says before.
func mvsState(line string, f []span) (vfs.Type, bool) {
	if len(f) == 0 {
		return 0, false
	}
	if typ, ok := mvsOrganization(f[len(f)-1].of(line)); ok && len(f) <= 3 {
		return typ, true
	}
	words := line[f[0].from:f[len(f)-1].to]
	for _, s := range [...]struct {
		words string
		typ   vfs.Type
	}{
		{"Migrated", vfs.TypeUnknown},
		{"Not Mounted", vfs.TypeUnknown},
		{"Not Direct Access Device", vfs.TypeUnknown},
		{"Not a DASD device", vfs.TypeUnknown},
		{"File not on volume", vfs.TypeUnknown},
		{"Error determining attributes", vfs.TypeUnknown},
		{"Tape", vfs.TypeFile},
		{"Pseudo Directory", vfs.TypeDir},
		{"User catalog connector", vfs.TypeOther},
	} {
		// A volume, and its unit, may stand before.
		if before, ok := strings.CutSuffix(words, s.words); ok && len(strings.Fields(before)) <= 2 && (before == "" || strings.HasSuffix(before, " ")) {
			return s.typ, true
		}
	}
	return 0, false
}

// mvsMember reads a line of a partitioned data set. A member without
// statistics is its name alone.
func (p *parser) mvsMember(e vfs.Entry, line string, f []span) (vfs.Entry, verdict) {
	name := f[0].of(line)
	if len(name) > 8 || !isQualifier(name) {
		return e, miss
	}
	e.Type, e.Name = vfs.TypeFile, p.name(name)
	if len(f) == 1 {
		return e, hit
	}
	second := f[1].of(line)
	if p.mvsList == mvsModules {
		return e, is(len(second) >= 6 && strings.Trim(second, "0123456789ABCDEF") == "")
	}
	version, level, ok := strings.Cut(second, ".")
	if !ok || !digits(version) || !digits(level) || len(f) < 5 {
		return e, miss
	}
	if c, ok := clockOf(f[4].of(line)); ok {
		if d, ok := yearFirst(f[3].of(line)); ok {
			if t, ok := moment(d.year, d.month, d.day, c.hour, c.minute, c.sec, p.Location); ok {
				e.ModTime, e.Accuracy = t, c.step
			}
		}
	}
	if len(f) == 9 {
		e.Owner = p.word(f[8].of(line))
	}
	return e, hit
}

// isDataset says whether name can be a data set's: qualifiers parted by
// points, 44 characters in all, perhaps in quotes.
func isDataset(name string) bool {
	if len(name) > 2 && name[0] == '\'' && name[len(name)-1] == '\'' {
		name = name[1 : len(name)-1]
	}
	if len(name) > 44 {
		return false
	}
	for qualifier := range strings.SplitSeq(name, ".") {
		if !isQualifier(qualifier) {
			return false
		}
	}
	return true
}

// isQualifier knows the alphabet of mainframe names; the national characters
// are those of code page 037.
func isQualifier(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case strings.IndexByte("@#$-{", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}
