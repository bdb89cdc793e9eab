package session

import "sync"

// To tell whether a name is free vsftpd reads its whole folder: some 2.3 µs of
// the server's processor time for each name in it (Debian's 3.0.3, which asks
// the system where each name leads), beside 12 to 50 for another command and 550
// for all that a small upload asks of it. It is worth that where it costs no
// more than a few commands, and in longer folders as long as it is done seldom.
const (
	// shortFolder is how many names a folder may hold to be read for each
	// upload: 0.3 ms.
	shortFolder = 128
	// readFreely is how many names of one longer folder are read, for all
	// looks together, before it is left at that: 0.05 s, or one look.
	readFreely = 20_000
	// firstLooks go to a folder of which nobody knows how long it is. From then
	// on it is worth a listing to know.
	firstLooks = 4
	// maxFolders bounds what is remembered.
	maxFolders = 4096
)

// folders is how long folders are, for all sessions of a site, by their names in
// the server's bytes. The zero value knows nothing.
type folders struct {
	mu    sync.Mutex
	known map[string]folder // guarded
}

type folder struct {
	length int  // names in it when it was listed last
	listed bool // length counts
	begun  int  // uploads into it while length did not count
	read   int  // names that looks have had the server read; see readFreely
}

// listed is called with the number of names that dir was seen to hold.
func (f *folders) listed(dir string, n int) {
	f.change(dir, func(k *folder) { k.length, k.listed = n, true })
}

// filled is called when a name of dir has been taken that was free.
func (f *folders) filled(dir string) {
	f.change(dir, func(k *folder) { k.length++ })
}

// begin is called before an upload into dir, and is true the one time that it is
// to be listed first.
func (f *folders) begin(dir string) (list bool) {
	f.change(dir, func(k *folder) {
		if !k.listed {
			k.begun++
			list = k.begun == firstLooks+1
		}
	})
	return list
}

// read says whether all of dir may be read once more, to see what is in it. What
// nobody knows counts as short.
func (f *folders) read(dir string) (may bool) {
	f.change(dir, func(k *folder) {
		may = !k.listed || k.length <= shortFolder || k.read < readFreely
		if may && k.listed && k.length > shortFolder {
			k.read += k.length
		}
	})
	return may
}

func (f *folders) change(dir string, how func(*folder)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.known[dir]; f.known == nil || !known && len(f.known) >= maxFolders {
		f.known = map[string]folder{} // to know nothing is never wrong
	}
	k := f.known[dir]
	how(&k)
	f.known[dir] = k
}
