package listing

import (
	"io/fs"
	"strconv"
	"strings"
	"time"

	"wherry/sync/vfs"
)

// eplf reads the "easily parsed LIST format" of D. J. Bernstein's servers
// (publicfile, anonftpd; cr.yp.to/ftp/list/eplf.html):
//
//	+i8388621.48594,m825718503,r,s280,up644,<TAB>name
//
// A plus, facts that each end with a comma, a tab, the name up to the line's
// end. "/" is a folder that can be entered, "r" a file that can be fetched,
// "s" the size in bytes, "m" seconds since 1970 in UTC, "up" the permissions
// (an extension that clients know), "i" an identity. Unknown facts are to be
// ignored. Some imitators leave out the last comma.
func (p *parser) eplf(line string) (vfs.Entry, verdict) {
	if line[0] != '+' {
		return vfs.Entry{}, miss
	}
	facts, name, ok := strings.Cut(line[1:], "\t")
	if !ok || name == "" {
		return vfs.Entry{}, miss
	}
	e := vfs.Entry{Size: vfs.SizeUnknown}
	for fact := range strings.SplitSeq(facts, ",") {
		eplfFact(&e, fact)
	}
	e.Name = p.name(name)
	return e, hit
}

// eplfFact takes one fact. A value that makes no sense leaves its field
// unknown: the name is still one of the folder's.
func eplfFact(e *vfs.Entry, fact string) {
	switch {
	case fact == "/":
		e.Type = vfs.TypeDir
	case fact == "r" && e.Type != vfs.TypeDir:
		e.Type = vfs.TypeFile
	case strings.HasPrefix(fact, "s"):
		if n, ok := number(fact[1:]); ok {
			e.Size = n
		}
	case strings.HasPrefix(fact, "m"):
		// Twelve digits reach to the year 33658; more is no time.
		if n, ok := number(fact[1:]); ok && len(fact) <= 13 {
			e.ModTime, e.Accuracy = time.Unix(n, 0).UTC(), time.Second
		}
	case strings.HasPrefix(fact, "up"):
		if m, err := strconv.ParseUint(fact[2:], 8, 16); err == nil {
			e.Mode, e.HasMode = fs.FileMode(m)&fs.ModePerm, true
		}
	}
}
