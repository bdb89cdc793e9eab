package queue

import (
	"slices"
	"testing"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

func arriving(name, target string, how Arrival) Request {
	r := up(name)
	r.Target.Path, r.Arrive, r.Size = vfs.MustParse(target), how, 1
	return r
}

// TestATargetNobodyLookedAtIsLookedAtLater: what stands there when the work begins
// decides, not what stood there when it was added.
func TestATargetNobodyLookedAtIsLookedAtLater(t *testing.T) {
	r := newDiskRig(t)
	r.here.PutDir("/d")
	folder := arriving("/d", "/made/d", ArriveIn)
	inFolder := arriving("/d", "/box", ArriveLook)
	folder.Type, inFolder.Type = vfs.TypeDir, vfs.TypeDir
	for _, name := range []string{"/a", "/b", "/d/x"} {
		r.here.Put(name, "1", when)
	}
	ids := r.add(
		arriving("/a", "/box", ArriveLook), arriving("/b", "/plain", ArriveLook), inFolder,
		arriving("/a", "/made/a", ArriveIn), arriving("/b", "/made/b", ArriveIn), folder,
	)
	if before := r.item(ids[0]); before.Target.Path.String() != "/box" || before.Size != 1 {
		t.Errorf("the row is %+v", before)
	}
	if n := len(r.there.Calls()); n != 0 {
		t.Errorf("adding made %d calls", n)
	}
	r.there.PutDir("/box")
	r.opened[remote] = &vfs.Error{Op: "connect", Kind: vfs.KindLogin, Err: site.ErrNoPassword} // a run that does not get there forgets nothing
	r.drain()
	r.must(r.Close())
	r.opened[remote] = nil
	r.Queue = r.open(r.onDisk)
	r.drain()
	for _, name := range []string{"/box/a", "/plain", "/box/d/x", "/made/a", "/made/b", "/made/d/x"} {
		if got, ok := r.there.Get(name); !ok || got != "1" {
			t.Errorf("%s holds %q: %v", name, got, r.states())
		}
	}
	if got := r.item(ids[0]).Target.Path.String(); got != "/box/a" {
		t.Errorf("the row went to %s", got)
	}
}

// TestOneNameForTwoRowsThatLook is used by one after the other.
func TestOneNameForTwoRowsThatLook(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", "1", when)
	r.here.Put("/e/a", "2", when)
	r.there.PutDir("/box")
	r.add(arriving("/a", "/box", ArriveLook), arriving("/e/a", "/box", ArriveLook))
	r.drain()
	if got, _ := r.there.Get("/box/a"); got != "1" && got != "2" || r.count(Done) != 2 {
		t.Errorf("there is %q: %v", got, r.states())
	}
	if names := r.below("/box"); len(names) != 1 {
		t.Errorf("left is %v", names)
	}
}

// TestNothingIsCopiedOntoItself where it is found out only when the target is looked at.
func TestNothingIsCopiedOntoItself(t *testing.T) {
	r := newRig(t, nil)
	r.there.Put("/box/a", "1", when)
	r.there.Put("/box/d/x", "1", when)
	file, folder := arriving("/box/a", "/box", ArriveLook), arriving("/box/d", "/box", ArriveLook)
	file.Source.Site, folder.Source.Site, folder.Type = remote, remote, vfs.TypeDir
	file.Exists, folder.Exists = transfer.Overwrite, transfer.Overwrite
	r.add(file, folder)
	r.drain()
	for _, got := range r.items() {
		if got.State != Failed || got.Kind != vfs.KindBadName {
			t.Errorf("%s is %s: %s", got.Source.Path, got.State, got.Message)
		}
	}
	if names := r.below("/box"); len(names) != 2 {
		t.Errorf("left is %v", names)
	}
}

func TestOnlySitesAreLookedAtLater(t *testing.T) {
	r := newRig(t, nil)
	request := arriving("/a", "/box", ArriveLook)
	request.Source.Site, request.Target.Site = remote, ""
	if ids, err := r.Add(t.Context(), request); vfs.KindOf(err) != vfs.KindBadName || !slices.Equal(ids, nil) {
		t.Errorf("it was added: %v, %v", ids, err)
	}
}

// TestAFolderThatWentAwayIsMadeAgain by a retry, in the same run.
func TestAFolderThatWentAwayIsMadeAgain(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", "1", when)
	r.here.Put("/b", "1", when)
	r.start()
	first := r.add(arriving("/a", "/made/a", ArriveIn))[0]
	r.await("first", func() bool { return r.item(first).State == Done })
	target := arriving("/a", "/made/a", ArriveIn).Target.Path
	r.must(r.there.Remove(t.Context(), target))
	r.must(r.there.RemoveDir(t.Context(), target.Dir()))
	second := r.add(arriving("/b", "/made/b", ArriveIn))[0]
	r.await("end", func() bool { return isEnd(r.item(second).State) })
	r.must(r.Retry(t.Context(), second))
	r.await("end", func() bool { return isEnd(r.item(second).State) })
	if got := r.item(second); got.State != Done {
		t.Errorf("it is %s: %s", got.State, got.Message)
	}
}

// TestARowIsForgottenByItsOwnWorkOnly: what was found out of it is in the journal
// before, and the next one who takes it may be at work on it.
func TestARowIsForgottenByItsOwnWorkOnly(t *testing.T) {
	r := newRig(t, nil)
	r.there.PutDir("/box")
	r.here.Put("/a", "1", when)
	r.add(arriving("/a", "/box", ArriveLook))
	look := r.claimed(files, Active)
	r.must(r.arriveAt(t.Context(), look, vfs.MustParse("/box/a")))
	next := r.claimed(files, Active)
	r.forget(look)
	r.Queue.mu.Lock()
	defer r.Queue.mu.Unlock()
	if r.running[next.row.ID] != next {
		t.Error("nobody knows any more that it is worked on")
	}
	clear(r.running)
}

// TestARowIsFoundAgainWhoseTargetWasLookedAt: asked for in the same words it is
// the same work, wherever it was found to go.
func TestARowIsFoundAgainWhoseTargetWasLookedAt(t *testing.T) {
	for outcome, tc := range map[string]struct {
		folder  bool
		request Request
		found   bool
	}{
		"it goes into a folder":             {folder: true, request: arriving("/a", "/box", ArriveLook), found: true},
		"it has the name that was given":    {request: arriving("/a", "/box", ArriveLook), found: true},
		"asked for as the target it has":    {folder: true, request: arriving("/a", "/box/a", ArriveAs), found: true},
		"another file into the same folder": {folder: true, request: arriving("/b", "/box", ArriveLook)},
		"the same file into another":        {folder: true, request: arriving("/a", "/other", ArriveLook)},
		"the same name from elsewhere":      {folder: true, request: arriving("/e/a", "/box", ArriveLook)},
		"the name that was given, for good": {folder: true, request: arriving("/a", "/box", ArriveAs)},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			r.here.Put("/a", "1", when)
			if tc.folder {
				r.there.PutDir("/box")
			}
			first := r.add(arriving("/a", "/box", ArriveLook))[0]
			if again := r.add(arriving("/a", "/box", ArriveLook))[0]; again != first {
				t.Errorf("before anybody looked it is row %d, not %d", again, first)
			}
			look := r.claimed(files, Active)
			if e, finished := r.attempt(t.Context(), look); !finished {
				t.Fatal(e.err)
			}
			if again := r.add(tc.request)[0]; (again == first) != tc.found {
				t.Errorf("it is row %d, and the first was %d", again, first)
			}
			r.drain()
			if after := r.add(arriving("/a", "/box", ArriveLook))[0]; after == first {
				t.Error("a row that has ended was found")
			}
		})
	}
}

// TestWhatNobodyLookedAtCounts in the bytes that are left, from the start until it
// has arrived.
func TestWhatNobodyLookedAtCounts(t *testing.T) {
	r := newDiskRig(t)
	r.there.PutDir("/box")
	r.here.Put("/a", "12345", when)
	request := arriving("/a", "/box", ArriveLook)
	request.Size = 5
	id := r.add(request)[0]
	left := func(want int64) {
		t.Helper()
		r.must(r.refresh(t.Context()))
		if got := r.Snapshot().BytesLeft; got != want {
			t.Errorf("%d bytes are left, want %d", got, want)
		}
	}
	left(5)
	r.must(r.Pause(t.Context(), id))
	left(5)
	r.must(r.Resume(t.Context(), id))
	if e, finished := r.attempt(t.Context(), r.claimed(files, Active)); !finished {
		t.Fatal(e.err)
	}
	left(5)
	r.drain()
	left(0)
	if got, _ := r.there.Get("/box/a"); got != "12345" {
		t.Errorf("there is %q: %v", got, r.states())
	}
}

// TestRowsThatLookAtOneFolderDoNotWaitForEachOther: none of them writes there yet.
func TestRowsThatLookAtOneFolderDoNotWaitForEachOther(t *testing.T) {
	r := newRig(t, nil)
	r.add(arriving("/a", "/box", ArriveLook), arriving("/b", "/box", ArriveLook))
	if one, other := r.claimed(files, Active), r.claimed(files, Active); one == nil || other == nil {
		t.Errorf("taken were %v and %v", one, other)
	}
	r.Queue.mu.Lock()
	defer r.Queue.mu.Unlock()
	clear(r.running)
}

// TestATargetNobodyLookedAtIsNotSwept: it is the person's folder, or whose file it
// is nobody knows, and so is a part beside it.
func TestATargetNobodyLookedAtIsNotSwept(t *testing.T) {
	r := newDiskRig(t)
	r.there.PutDir("/box")
	r.there.Put("/box"+transfer.Suffix, "another's", when)
	id := r.add(arriving("/a", "/box", ArriveLook))[0]
	r.claimed(files, Active)
	r.must(r.Cancel(t.Context(), id))
	r.Queue.mu.Lock()
	clear(r.running)
	r.Queue.mu.Unlock()
	r.drain()
	if _, stands := r.there.Get("/box" + transfer.Suffix); !stands {
		t.Error("another's part was deleted")
	}
	if got := r.items(); len(got) > 0 {
		t.Errorf("left is %v", got)
	}
}

// TestAFileThatStoodThereIsNotTakenForOnesOwn after a crash: of a row whose target
// nobody had looked at no file can have arrived.
func TestAFileThatStoodThereIsNotTakenForOnesOwn(t *testing.T) {
	r := newDiskRig(t)
	r.here.Put("/a", "1", when)
	r.there.Put("/box/a", "1", when)
	request := arriving("/a", "/box", ArriveLook)
	request.Exists = transfer.Skip
	id := r.add(request)[0]
	r.must(r.s.doubt(t.Context()))
	r.drain()
	if got := r.item(id); got.State != Skipped {
		t.Errorf("the row is %s", got.State)
	}
}
