package learned

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"wherry/sync/jsonfile"
	"wherry/sync/vfs"
)

// version grows with each field that an older program must not lose.
const version = 1

// document is Memo by network by site.
type document = map[string]map[string]Memo

// place is where a Memo belongs.
type place struct{ site, network string }

// Store keeps the memos of all sites in one JSON file (see package jsonfile).
// Its methods may be called from any goroutine, and several processes may share
// the file.
type Store struct {
	file string                   // fixed; for errors
	doc  *jsonfile.File[document] // fixed
	stop chan struct{}            // closed by Close
	work sync.WaitGroup           // the writer; nothing is added once closed

	mu      sync.Mutex
	closed  bool           // guarded
	writing bool           // guarded: the writer runs
	saving  bool           // guarded: it is at the disk, or waits for another process
	seen    document       // guarded: the file as it was read last; never changed
	kept    map[place]Memo // guarded: what this process has learned
	fresh   map[place]bool // guarded: of kept, what has to be written
	failed  error          // guarded: why the last write failed
}

// Open opens the file, which need not exist; "" keeps everything in memory. The
// notices are sentences for people: a damaged file was set aside, one of a
// newer version is read and not written. The error (*vfs.Error) means that the
// file is there and cannot be read.
func Open(file string) (*Store, []string, error) {
	doc, notices, err := jsonfile.Open[document](file, "sites", version)
	if err != nil {
		return nil, nil, &vfs.Error{Op: "read what was learned", Path: file, Err: err}
	}
	s := &Store{
		file: file, doc: doc, stop: make(chan struct{}),
		kept: map[place]Memo{}, fresh: map[place]bool{},
	}
	s.seen, _ = doc.View() // what Open has just read
	return s, notices, nil
}

// Site is the view of one site on a Store.
type Site struct {
	store *Store
	key   string
}

// Site returns the view of the site called key, such as "user@host:21".
func (s *Store) Site(key string) Site { return Site{s, key} }

// Recall returns what is known for a network, the zero Memo for nothing. It
// reads the file where another process has changed it, and never waits for one
// that is being written.
func (v Site) Recall(network string) Memo { return v.store.recall(place{v.key, network}) }

// Keep remembers m and returns at once.
func (v Site) Keep(network string, m Memo) { v.store.keep(place{v.key, network}, m) }

func (s *Store) recall(p place) Memo {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.saving {
		s.seen, _ = s.doc.View() // the last good one while the file cannot be read
	}
	written := s.seen[p.site][p.network]
	if mine := s.kept[p]; mine.At.After(written.At) {
		return mine
	}
	return written
}

func (s *Store) keep(p place, m Memo) {
	m.At, m.Told = m.At.UTC().Truncate(time.Second), m.Told.UTC().Truncate(time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.kept[p], s.fresh[p] = m, true
	if !s.writing {
		s.writing = true
		s.work.Go(s.write)
	}
}

// write is the writer.
func (s *Store) write() {
	for {
		s.mu.Lock()
		batch := map[place]Memo{}
		for p := range s.fresh {
			batch[p] = s.kept[p]
		}
		clear(s.fresh)
		if len(batch) == 0 {
			s.writing = false
			s.mu.Unlock()
			return
		}
		s.saving = true
		s.mu.Unlock()
		err := s.save(batch)
		s.mu.Lock()
		s.saving, s.failed = false, err
		s.mu.Unlock()
		rest := time.NewTimer(Pause)
		select {
		case <-rest.C:
		case <-s.stop:
			rest.Stop()
		}
	}
}

// errSame says that the file holds it already.
var errSame = errors.New("nothing to write")

// save writes a batch over what the file holds by now.
func (s *Store) save(batch map[place]Memo) error {
	err := s.doc.Update(func(all *document) error {
		if *all == nil {
			*all = document{}
		}
		changed := false
		for p, m := range batch {
			before, ok := (*all)[p.site][p.network]
			if ok && (before.At.After(m.At) || before.says(m)) {
				continue
			}
			if (*all)[p.site] == nil {
				(*all)[p.site] = map[string]Memo{}
			}
			(*all)[p.site][p.network] = m
			changed = true
		}
		if !changed {
			return errSame
		}
		prune(*all)
		return nil
	})
	if err == nil || errors.Is(err, errSame) {
		return nil
	}
	return &vfs.Error{Op: "keep what was learned", Path: s.file, Err: err}
}

// says tells that next is nothing that m does not say already, or said within
// Steady.
func (m Memo) says(next Memo) bool {
	return m.Via == next.Via && m.Asked == next.Asked && m.Sessions == next.Sessions && next.At.Sub(m.At) < Steady && next.Told.Sub(m.Told) < Steady
}

// prune holds the document within its bounds.
func prune(all document) {
	at := func(m Memo) time.Time { return m.At }
	for _, networks := range all {
		oldest(networks, MaxNetworks, at)
	}
	oldest(all, MaxSites, func(networks map[string]Memo) (newest time.Time) {
		for _, m := range networks {
			if m.At.After(newest) {
				newest = m.At
			}
		}
		return newest
	})
}

// oldest deletes the oldest entries of m until most are left.
func oldest[V any](m map[string]V, most int, at func(V) time.Time) {
	if len(m) <= most {
		return
	}
	names := slices.SortedFunc(maps.Keys(m), func(a, b string) int { return at(m[a]).Compare(at(m[b])) })
	for _, name := range names[:len(m)-most] {
		delete(m, name)
	}
}

// Close writes what is new and waits for it. The error says why the last write
// failed; it is for the log, nothing that a person has to do again is lost. What
// is kept later is not. A second call does nothing more.
func (s *Store) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.stop)
	}
	s.mu.Unlock()
	s.work.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}
