package session

import (
	"strconv"
	"strings"
	"time"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// What stands here saves round trips: commands that do not need each other's
// replies go together (see wire.Control.Batch), and in front of a transfer or
// behind it. One rule keeps that safe: the replies count only where each of
// them is exactly what it should be. Whatever else they are, nothing is
// concluded from them, and the steps are gone through one after the other.

// glance returns the commands that tell of name, in the server's bytes, whether
// a plain file of some size stands there, and with timed when it was changed;
// nil where that takes a listing.
func (o *operation) glance(name string, timed bool) []string {
	switch {
	case o.supports("MLST"):
		if o.renames {
			return nil // its answer could be to anything
		}
		return []string{"MLST " + name}
	case o.sizes != sizeOfFiles || !o.supports("SIZE"):
		return nil
	case !timed:
		return []string{"SIZE " + name}
	case o.supports("MDTM"):
		return []string{"SIZE " + name, "MDTM " + name}
	}
	return nil
}

// glanced reads the replies to glance. ok is false where they do not tell of a
// plain file.
func (o *operation) glanced(p vfs.Path, replies []wire.Reply) (e vfs.Entry, ok bool) {
	if len(replies) == 0 {
		return vfs.Entry{}, false
	}
	if o.supports("MLST") {
		return o.factNamed(p, replies[0])
	}
	size, ok := sizeOf(replies[0])
	if !ok {
		return vfs.Entry{}, false
	}
	e = vfs.Entry{Name: p.Base(), Type: vfs.TypeFile, Size: size}
	if len(replies) > 1 {
		if e.ModTime, ok = stampOf(replies[1]); !ok {
			return vfs.Entry{}, false
		}
		e.Accuracy = time.Second
	}
	return e, true
}

// factNamed reads an answer to MLST that names p. ProFTPD's links, which look
// like files of mode 0777, are left to stat.
func (o *operation) factNamed(p vfs.Path, r wire.Reply) (vfs.Entry, bool) {
	if r.Code != 250 {
		return vfs.Entry{}, false
	}
	e, err := factOf(r, o.listingOptions())
	base := e.Name[strings.LastIndexByte(e.Name, '/')+1:]
	switch {
	case err != nil, base != p.Base(), e.Type != vfs.TypeFile, e.Size == vfs.SizeUnknown:
		return vfs.Entry{}, false
	case e.HasMode && e.Mode.Perm() == 0o777:
		return vfs.Entry{}, false
	}
	e.Name = base
	return e, true
}

// vacancy returns the command that tells whether nothing stands under name, in the
// server's bytes; nil where that takes a listing. Of vsftpd, which has no MLST, it
// is RNFR, which finds folders, pipes, devices and hidden names, too, and whose next
// one takes its place: STAT would read the whole folder for each file (a second
// where there are 100,000). Only a link to nothing is not seen.
func (o *operation) vacancy(name string) []string {
	switch {
	case o.supports("MLST"):
		return o.glance(name, false)
	case o.isVSFTPD():
		return []string{"RNFR " + name}
	}
	return nil
}

// vacant reads the reply to vacancy. vsftpd refuses in other words what may not be
// renamed, whether it is there or not.
func vacant(r wire.Reply) bool {
	return saysMissing(r) || r.Code == 550 && strings.HasPrefix(r.Text(), "RNFR command failed")
}

// sizeOf reads the answer to SIZE (RFC 3659, 4.1).
func sizeOf(r wire.Reply) (int64, bool) {
	n, err := strconv.ParseInt(r.Text(), 10, 64)
	return n, r.Code == 213 && err == nil && n >= 0
}

// stampOf reads the answer to MDTM (RFC 3659, 3.1).
func stampOf(r wire.Reply) (time.Time, bool) {
	text := r.Text()
	if r.Code != 213 || len(text) < len(stampForm) {
		return time.Time{}, false
	}
	t, err := time.Parse(stampForm, text[:len(stampForm)])
	return t, err == nil
}

// stampForm is how MDTM and MFMT write times, in UTC (RFC 3659, 2.3).
const stampForm = "20060102150405"
