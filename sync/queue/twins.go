package queue

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// twins are the names in a listing that the target takes for one with a name
// before them: each with that name. The second of two such files would be
// written over the first, and of two folders into it.
func twins(entries []vfs.Entry, target vfs.Features) map[string]string {
	if !target.FoldsCase && !target.FoldsForm {
		return nil
	}
	first, out := make(map[string]string, len(entries)), map[string]string{}
	for _, e := range entries {
		key := transfer.FoldName(e.Name, target)
		if other, taken := first[key]; !taken {
			first[key] = e.Name
		} else if other != e.Name {
			out[e.Name] = other
		}
	}
	return out
}

// refuseTwin ends the row of a name that the target takes for one with other.
// A folder's row is never tried again: what is in it would go into the other.
// Under the rule Rename a file finds a name of its own.
func (r *row) refuseTwin(folder row, other string) {
	if r.State != Waiting || r.Type == vfs.TypeFile && r.Exists == transfer.Rename {
		return
	}
	taken, err := folder.Target.Path.Join(other)
	if err != nil {
		return // the other cannot be written either
	}
	if r.Type != vfs.TypeFile {
		r.Type = vfs.TypeOther
	}
	reason := &vfs.Error{
		Op: "transfer", Path: taken.String(), Kind: vfs.KindExists,
		Reply: "the name " + r.name + " is one with " + other + " on the target's file system",
	}
	r.State, r.Kind, r.Message, r.About = Failed, reason.Kind, reason.Error(), reason.Path
}

// spellingsOf is what transfers to a site know of the spellings there.
func (q *Queue) spellingsOf(id site.ID) *transfer.Spellings {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.spellings[id] == nil {
		q.spellings[id] = new(transfer.Spellings)
	}
	return q.spellings[id]
}

// alike is equal for names that any file system takes for one. It errs on the
// side of one: who asks only waits for the other.
func alike(p vfs.Path) string { return alikeName(p.String()) }

func alikeName(name string) string {
	if isASCII(name) { // most are, and it is asked twice a file
		return strings.ToLower(name)
	}
	return cases.Fold().String(norm.NFC.String(name))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// likes are the names by which two rows in work meet; the root stands for a
// name that is not known.
func likes(paths ...vfs.Path) []string {
	var names []string
	for _, p := range paths {
		if !p.IsRoot() {
			names = append(names, alike(p))
		}
	}
	return slices.Compact(names)
}
