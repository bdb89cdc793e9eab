package session

import (
	"strings"
	"sync"

	"wherry/sync/vfs"
)

// pyftpdlib lists a link as what it leads to. One that leads upwards is then a
// folder that contains itself, and who copies it comes by the same files again
// and again. The fact "unique" (RFC 3659, 7.5.2) gives it away: it is that of a
// folder above.

// hidesLinks says whether the server is one of these.
func (s *Session) hidesLinks() bool {
	return strings.Contains(strings.ToLower(s.ctl.Greeting()), "pyftpdlib")
}

// longestUnique bounds what is remembered of one folder, its name included. A
// device and an inode take 33 bytes, a name no more than 255 anywhere.
const longestUnique = 1024

// keepUnique is listing.Options.Unique. It is device and inode, of which the second
// is never 0, but for a storage that has none: there all would be one folder.
func (o *operation) keepUnique(e vfs.Entry, unique string) {
	if e.Type == vfs.TypeDir && !strings.HasSuffix(unique, "g0") && len(e.Name)+len(unique) <= longestUnique {
		o.uniques[e.Name] = strings.Clone(unique) // and not the line that it stands in
	}
}

// showUpward makes links of the entries of dir that are one of the folders above
// them, or dir itself. What was remembered of a folder only raises a suspicion:
// it may have been moved into another one of its name since.
func (o *operation) showUpward(dir vfs.Path, entries []vfs.Entry) {
	listed := o.uniques
	if len(listed) == 0 {
		return
	}
	named := map[string][]int{}
	for i, e := range entries {
		if unique, told := listed[e.Name]; told && e.Type == vfs.TypeDir {
			named[unique] = append(named[unique], i)
		}
	}
	o.conf.Learned.uniques.keep(dir, listed)
	for above := dir; ; above = above.Dir() {
		unique := o.conf.Learned.uniques.of(above)
		if unique == "" || len(named[unique]) > 0 {
			unique = o.askUnique(above)
		}
		if unique == "" {
			return // what it does not tell of one it tells of none
		}
		for _, i := range named[unique] {
			e := &entries[i]
			e.Type, e.TargetType, e.Size = vfs.TypeLink, vfs.TypeDir, vfs.SizeUnknown
		}
		if above.IsRoot() {
			return
		}
	}
}

// askUnique asks for the unique of a folder, "" where that is not told.
func (o *operation) askUnique(dir vfs.Path) string {
	name, err := o.names.encode(dir)
	if err != nil {
		return ""
	}
	r, err := o.command("MLST " + name)
	if err != nil {
		return "" // a broken connection tells by itself
	}
	o.uniques = map[string]string{}
	if _, err := factOf(r, o.listingOptions()); err != nil {
		return ""
	}
	for _, unique := range o.uniques {
		o.conf.Learned.uniques.put(dir, unique)
		return unique
	}
	return ""
}

// uniques remembers the unique of folders for all sessions of a site. The zero
// value knows nothing.
type uniques struct {
	mu    sync.Mutex
	known map[vfs.Path]string // guarded
}

// of returns "" where nothing is known.
func (u *uniques) of(dir vfs.Path) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.known[dir]
}

func (u *uniques) put(dir vfs.Path, unique string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.known == nil || len(u.known) >= maxFolders {
		u.known = map[vfs.Path]string{}
	}
	u.known[dir] = unique
}

// keep remembers the folders in dir, by name.
func (u *uniques) keep(dir vfs.Path, listed map[string]string) {
	if len(listed) > maxFolders/4 {
		return // they would only drive out each other
	}
	for name, unique := range listed {
		if p, err := dir.Join(name); err == nil {
			u.put(p, unique)
		}
	}
}
