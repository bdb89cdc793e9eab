package session

import (
	"io"
	"strconv"
	"sync"
	"testing"
	"time"

	"wherry/sync/ftptest"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// TestFoldersAreRead: a folder is read for a look where that is cheap, where
// nobody knows how long it is, and as long as it was not read much.
func TestFoldersAreRead(t *testing.T) {
	const dir = "/d"
	for outcome, tc := range map[string]struct {
		known func(f *folders)
		looks int // of many that read it; -1 for all
	}{
		"nobody knows":                {func(*folders) {}, -1},
		"empty, or made by us":        {func(f *folders) { f.listed(dir, 0) }, -1},
		"short":                       {func(f *folders) { f.listed(dir, shortFolder) }, -1},
		"long":                        {func(f *folders) { f.listed(dir, readFreely/10) }, 10},
		"longer than is read freely":  {func(f *folders) { f.listed(dir, 3*readFreely) }, 1},
		"short, and filled since":     {func(f *folders) { f.listed(dir, shortFolder); f.filled(dir) }, readFreely/(shortFolder+1) + 1},
		"long, and seen to be so now": {func(f *folders) { f.listed(dir, 0); f.listed(dir, readFreely) }, 1},
		"long, and short by now":      {func(f *folders) { f.listed(dir, readFreely); f.listed(dir, 3) }, -1},
		"another one is long":         {func(f *folders) { f.listed("/other", 3*readFreely) }, -1},
		"filled, and never listed": {func(f *folders) {
			for range shortFolder + 1 {
				f.filled(dir)
			}
		}, -1},
		"forgotten among many": {func(f *folders) {
			f.listed(dir, readFreely)
			for i := range maxFolders {
				f.listed("/d"+strconv.Itoa(i), 1)
			}
		}, -1},
	} {
		t.Run(outcome, func(t *testing.T) {
			var f folders
			tc.known(&f)
			const many = 1000
			got, want := 0, tc.looks
			if want < 0 {
				want = many
			}
			for range many {
				if f.read(dir) {
					got++
				}
			}
			if got != want {
				t.Errorf("%d looks read the folder, want %d", got, want)
			}
			if len(f.known) > maxFolders {
				t.Errorf("%d folders are remembered", len(f.known))
			}
		})
	}
}

// TestFoldersAreListedOnce: a folder that files go into one after the other is
// listed by one of the sessions, where nobody knows how long it is.
func TestFoldersAreListedOnce(t *testing.T) {
	var f folders
	var wg sync.WaitGroup
	told := make(chan bool, 100)
	for range cap(told) {
		wg.Go(func() { told <- f.begin("/d") })
	}
	wg.Wait()
	close(told)
	times := 0
	for list := range told {
		if list {
			times++
		}
	}
	if times != 1 {
		t.Errorf("it is listed %d times", times)
	}
	f.listed("/known", 5)
	for range 2 * firstLooks {
		if f.begin("/known") {
			t.Error("what was listed is listed again")
		}
	}
}

// TestUploadsLearnHowLongAFolderIs: nobody need have listed it.
func TestUploadsLearnHowLongAFolderIs(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	const uploads = firstLooks + 2
	for outcome, tc := range map[string]struct {
		before func(f *fixture) error
		lists  int
	}{
		"nobody listed it": {func(f *fixture) error { return nil }, 1},
		"it was listed":    {func(f *fixture) error { _, err := f.s.List(f.ctx, f.dir); return err }, 1},
		"it was made by us": {func(f *fixture) error {
			f.must(f.s.RemoveDir(f.ctx, f.dir))
			return f.s.Mkdir(f.ctx, f.dir)
		}, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			f := connect(t, srv, site.ModePassive, site.TLSOff)
			f.dir = f.path(outcome)
			f.must(f.s.Mkdir(f.ctx, f.dir))
			f.conf.Learned.folders = folders{}
			lists := f.lists()
			f.must(tc.before(f))
			for i := range uploads {
				w, err := f.s.Write(f.ctx, f.path("part"), 0)
				f.must(err)
				_, err = io.WriteString(w, "12345")
				f.must(err)
				_, done, err := w.(*writer).Finish(vfs.Finish{Size: 5, ModTime: time.Now(), Target: f.path(strconv.Itoa(i))})
				f.must(err)
				if !done {
					t.Error("not done in one flight")
				}
			}
			if got := f.lists() - lists; got != tc.lists {
				t.Errorf("%d listings, want %d", got, tc.lists)
			}
			if k := f.conf.Learned.folders.known[f.dir.String()]; !k.listed || k.length != uploads {
				t.Errorf("known is %+v", k)
			}
		})
	}
}

// TestReplacingAFileReadsNoFolder, and so takes nothing from the looks that do.
func TestReplacingAFileReadsNoFolder(t *testing.T) {
	srv := ftptest.Start(t, ftptest.VSFTPD, ftptest.Options{})
	f := connect(t, srv, site.ModePassive, site.TLSOff)
	f.put("sub/target", []byte("before"))
	f.dir = f.path("sub")
	old, err := f.s.Stat(f.ctx, f.path("target"))
	f.must(err)
	_, err = f.s.List(f.ctx, f.dir) // the session stands there now
	f.must(err)
	f.conf.Learned.folders.listed(f.dir.String(), 2*shortFolder)
	w, err := f.s.Write(f.ctx, f.path("part"), 0)
	f.must(err)
	_, err = io.WriteString(w, "12345")
	f.must(err)
	stood := f.s.cwd
	if _, done, err := w.(*writer).Finish(vfs.Finish{Size: 5, ModTime: time.Now(), Target: f.path("target"), Old: &old}); err != nil || !done {
		t.Errorf("done in one flight: %t, %v", done, err)
	}
	if k := f.conf.Learned.folders.known[f.dir.String()]; k.read != 0 || f.s.cwd != stood {
		t.Errorf("known is %+v, and the session is in %q, not %q", k, f.s.cwd, stood)
	}
}
