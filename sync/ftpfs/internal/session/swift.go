package session

import (
	"path"
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

// vacancy returns the commands that tell whether nothing stands under name, in the
// server's bytes; nil where that takes a listing. vsftpd has no MLST. Its RNFR
// finds folders, pipes, devices and names that it does not list, and the next one
// takes its place; a link to nothing only STAT finds, which reads the folder and
// so is left out where that is too long (see folders). No other command of vsftpd
// tells one: they follow links, or change what they find.
func (o *operation) vacancy(name string) []string {
	switch {
	case o.supports("MLST"):
		return o.glance(name, false)
	case !o.isVSFTPD():
		return nil
	case !o.conf.Learned.folders.read(path.Dir(name)):
		return []string{"RNFR " + name}
	case !o.statLists():
		return nil
	}
	return append(o.aside(path.Dir(name)), "STAT "+likeness(name), "RNFR "+name)
}

// aside leads out of dir before STAT of a name in it: vsftpd follows the names
// that it goes through as if they stood in its current folder, and lists none by
// which it does not arrive, such as a link that leads in a circle. At the top it
// stays where it is.
func (o *operation) aside(dir string) []string {
	if o.cwd == "/" || dir == "/" {
		return nil
	}
	o.cwd = ""
	return []string{"CWD /"}
}

// likeness is name as a pattern of vsftpd's that it fits itself: a question mark
// stands for each byte of its last element that could have a meaning there. What
// else fits leaves it in doubt whether name is free.
func likeness(name string) string {
	like := []byte(name)
	for i := strings.LastIndexByte(name, '/') + 1; i < len(like); i++ {
		if strings.IndexByte(patternBytes, like[i]) >= 0 {
			like[i] = '?'
		}
	}
	return string(like)
}

// vacant reads the replies to vacancy. STAT answers without a line between its
// two where there is nothing, and where the folder may not be read. RNFR refuses
// in other words what may not be renamed, whether it is there or not.
func (o *operation) vacant(replies []wire.Reply) bool {
	n := len(replies) - 1
	if n > 1 && replies[0].OK() {
		o.cwd = "/"
	}
	for i, r := range replies[:n] {
		if !r.OK() || i == n-1 && len(r.Lines) != 2 {
			return false
		}
	}
	last := replies[n]
	return saysMissing(last) || last.Code == 550 && strings.HasPrefix(last.Text(), "RNFR command failed")
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
