package queue

import (
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs/memfs"
)

// small is a request for a file that is worked on without a word in its row.
func small(name string) Request {
	request := up(name)
	request.Size = 1
	return request
}

func TestASmallFileInWorkIsCancelledByAnotherProcess(t *testing.T) {
	r := newDiskRig(t)
	two := second(t, r)
	r.here.Put("/a", "x", when)
	id := r.add(small("/a"))[0]
	g := newGate(r.there, func(c memfs.Call) bool { return c.Op == memfs.OpRename })
	stop := r.start()
	<-g.reached
	r.must(two.Cancel(t.Context(), id))
	r.await("the end of the row and its part", func() bool {
		return len(r.items()) == 0 && len(r.Snapshot().Count) == 0 && len(r.there.Files()) == 0
	})
	stop()
}

// TestWhatAKilledRunHadInHandIsRecognised by a queue that was open all the
// while, and so does not look for a crash as it opens.
func TestWhatAKilledRunHadInHandIsRecognised(t *testing.T) {
	r := newDiskRig(t)
	two := second(t, r)
	two.clock = &hasty{now: when}
	r.here.Put("/a", "x", when)
	request := small("/a")
	request.Exists = transfer.Skip
	id := r.add(request)[0]
	r.s.mu.Lock()
	err := r.fill(t.Context(), true) // and is killed when the file has its name
	r.s.mu.Unlock()
	r.must(err)
	r.there.Put("/in/a", "x", when)
	r.must(two.Drain(t.Context()))
	if got := r.item(id); got.State != Done {
		t.Errorf("it is %s, %q", got.State, got.Message)
	}
}
