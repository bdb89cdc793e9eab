package queue

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"wherry/sync/vfs"
)

// TestALinkSwappedInDuringARunLeadsNowhere: while files are written into a
// folder, a goroutine exchanges it with a link and back, in one step each, so
// that at every moment one of them has the name. It goes on until a transfer
// has met the link, for so many batches at most. Whatever comes through,
// nothing lies outside.
func TestALinkSwappedInDuringARunLeadsNowhere(t *testing.T) {
	const batches, files = 40, 50
	d := newDesk(t)
	d.folder("in/t/sub")
	d.link("../../out", "in/t/link")
	sub, link := filepath.Join(d.dir, "in/t/sub"), filepath.Join(d.dir, "in/t/link")
	exchange := func() error {
		return unix.Renameat2(unix.AT_FDCWD, sub, unix.AT_FDCWD, link, unix.RENAME_EXCHANGE)
	}
	met := 0
	for batch := 0; batch < batches && met == 0 && !t.Failed(); batch++ {
		for i := range files {
			name := fmt.Sprintf("/t/sub/%d-%d", batch, i)
			d.there.Put(name, "hostile", when)
		}
		d.there.Put("/t/sub/kept", "hostile", when)
		d.add(d.fetch("/t", vfs.TypeDir, d.in))
		// Folders are read first, so that they do not fail as a whole.
		d.readFolders()
		stop := make(chan struct{})
		var swapper sync.WaitGroup
		swapper.Go(func() {
			for even := false; ; even = !even {
				select {
				case <-stop:
					if even {
						d.ok(exchange())
					}
					return
				default:
					d.ok(exchange())
				}
			}
		})
		d.drain()
		close(stop)
		swapper.Wait()
		for _, item := range d.items() {
			if item.Kind == vfs.KindOutside {
				met++
			}
		}
		d.untouched()
	}
	if met == 0 {
		t.Error("no transfer has met the link")
	}
}

// ok is must for goroutines.
func (d *desk) ok(err error) {
	if err != nil {
		d.t.Error(err)
	}
}

// readFolders reads every folder that waits, as the scanner would.
func (d *desk) readFolders() {
	d.t.Helper()
	for {
		w, err := d.claim(d.t.Context(), scans, Scanning)
		d.must(err)
		if w == nil {
			return
		}
		if e, finished := d.scan(d.t.Context(), w); !finished {
			d.t.Fatalf("reading %s: %v", w.row.Source.Path, e.err)
		}
		d.forget(w)
	}
}
