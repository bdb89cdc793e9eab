package localfs

import (
	"os"
	"path/filepath"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"wherry/sync/vfs"
)

// probeNames is how many names are read to find one with a letter in it.
const probeNames = 64

// probe tells whether names that differ in case, or in normal form, are one
// name in the folder this FS is held to: a disk of a camera folds case on a
// Linux that does not, a folder can be told to (chattr +F), and a macOS disk
// can be made either way. The whole machine is told by the system's habit.
func (f *FS) probe() (caseless, formless bool) {
	name, err := f.tree.name(f.base)
	if f.above == nil || err != nil {
		return foldsCase, foldsForm
	}
	if last, fresh := f.triedLately(); fresh {
		return last.caseless, last.formless
	}
	folder, err := f.tree.open(name)
	if err != nil {
		return foldsCase, foldsForm
	}
	defer folder.Close()
	caseless, formless, sure := folderFolds(folder)
	if !sure {
		seen, known := f.tryNames(folder, name)
		if !known {
			return caseless, formless
		}
		caseless = seen
	}
	f.above.mu.Lock()
	defer f.above.mu.Unlock()
	f.above.tried = tried{f.base, time.Now(), caseless, formless}
	return caseless, formless
}

// triedFor is how long what a probe told holds for other parts of the same
// folder: each file of a job has its own part, and on a disk in the network
// each probe is several questions.
const triedFor = 10 * time.Second

// tried is what the last probe of any part told.
type tried struct {
	base               vfs.Path
	at                 time.Time // zero for nothing
	caseless, formless bool
}

func (f *FS) triedLately() (last tried, fresh bool) {
	f.above.mu.Lock()
	defer f.above.mu.Unlock()
	last = f.above.tried
	return last, last.base == f.base && !last.at.IsZero() && time.Since(last.at) < triedFor
}

// tryNames asks for a file of the folder, which the tree knows as dir, by its
// name in the other case. It writes nothing, so that an empty folder tells
// nothing.
func (f *FS) tryNames(folder *os.File, dir string) (caseless, known bool) {
	names, _ := folder.Readdirnames(probeNames) // what was read before an error is as good
	for _, name := range names {
		other := otherCase(name)
		if other == name {
			continue
		}
		if slices.Contains(names, other) {
			return false, true
		}
		there, err := f.tree.lstat(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		same, err := f.tree.lstat(filepath.Join(dir, other))
		return err == nil && os.SameFile(there, same), true
	}
	return false, false
}

// otherCase turns each letter's case, where that can be turned back.
func otherCase(name string) string {
	if !utf8.ValidString(name) {
		return name
	}
	out := []rune(name)
	for i, r := range out {
		switch {
		case unicode.ToUpper(r) != r && unicode.ToLower(unicode.ToUpper(r)) == r:
			out[i] = unicode.ToUpper(r)
		case unicode.ToLower(r) != r && unicode.ToUpper(unicode.ToLower(r)) == r:
			out[i] = unicode.ToLower(r)
		}
	}
	return string(out)
}
