package transfer

import (
	"sync"
	"time"

	"wherry/sync/vfs"
)

// spellingsKept is how many names are remembered; one folder of more is
// remembered alone.
const spellingsKept = 200_000

// spellingsFor is how long a listing is believed: files are renamed by others,
// and one listing a minute is nothing beside the transfers of that minute.
const spellingsFor = time.Minute

// Spellings remembers how the listings of one file system spelled names, so
// that replacing ten thousand files of a folder that folds names needs one
// listing and not ten thousand. Only that a name stood there in this spelling
// is ever taken from it; that it does not is always asked anew. It is safe for
// several goroutines.
type Spellings struct {
	mu   sync.Mutex
	dirs []spelledDir // guarded; the newest last
	n    int          // guarded; names in dirs
}

type spelledDir struct {
	dir   vfs.Path
	at    time.Time
	names map[string]struct{}
}

func (s *Spellings) has(p vfs.Path) bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ageLocked()
	for _, d := range s.dirs {
		if d.dir == p.Dir() {
			_, ok := d.names[p.Base()]
			return ok
		}
	}
	return false
}

func (s *Spellings) keep(dir vfs.Path, entries []vfs.Entry) {
	if s == nil {
		return
	}
	names := make(map[string]struct{}, len(entries))
	for _, e := range entries {
		names[e.Name] = struct{}{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ageLocked()
	for i, d := range s.dirs {
		if d.dir == dir {
			s.dropLocked(i)
			break
		}
	}
	for len(s.dirs) > 0 && s.n+len(names) > spellingsKept {
		s.dropLocked(0)
	}
	s.dirs, s.n = append(s.dirs, spelledDir{dir, time.Now(), names}), s.n+len(names)
}

// ageLocked drops what is believed no more.
func (s *Spellings) ageLocked() {
	for len(s.dirs) > 0 && time.Since(s.dirs[0].at) >= spellingsFor {
		s.dropLocked(0)
	}
}

func (s *Spellings) dropLocked(i int) {
	s.n -= len(s.dirs[i].names)
	s.dirs = append(s.dirs[:i:i], s.dirs[i+1:]...)
}
