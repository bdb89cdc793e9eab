package queue

import (
	"slices"
	"testing"

	"wherry/sync/site"
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
	folder.Type = vfs.TypeDir
	for _, name := range []string{"/a", "/b", "/d/x"} {
		r.here.Put(name, "1", when)
	}
	ids := r.add(
		arriving("/a", "/box", ArriveLook), arriving("/b", "/plain", ArriveLook), arriving("/d", "/box", ArriveLook),
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
	look := r.claimed(scans, Scanning)
	r.must(r.arriveAt(t.Context(), look, vfs.MustParse("/box/a")))
	next := r.claimed(scans, Scanning)
	r.forget(look)
	r.Queue.mu.Lock()
	defer r.Queue.mu.Unlock()
	if r.running[next.row.ID] != next {
		t.Error("nobody knows any more that it is worked on")
	}
	clear(r.running)
}
