package queue

import (
	"context"
	"errors"
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

// TestAFailedWriteStopsNoSmallFile: what it would have written down of the file
// in work is not there, and must not be missed.
func TestAFailedWriteStopsNoSmallFile(t *testing.T) {
	r := newDiskRig(t)
	r.here.Put("/a", "x", when)
	id := r.add(small("/a"))[0]
	reached, release := make(chan struct{}, 9), make(chan struct{})
	r.there.SetHook(func(ctx context.Context, c memfs.Call) error {
		if c.Op != memfs.OpRename {
			return nil
		}
		reached <- struct{}{}
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	r.start()
	<-reached
	full := errors.New("no room")
	if err := r.pick(t.Context(), func() error { return full }); !errors.Is(err, full) {
		t.Fatal(err)
	}
	r.must(r.Hold(t.Context(), false)) // which compares the work with the journal
	r.Queue.mu.Lock()
	if r.running[id].taken {
		t.Error("it was stopped")
	}
	r.Queue.mu.Unlock()
	close(release)
	r.await("end", func() bool { return r.item(id).State == Done })
	if len(reached) > 0 {
		t.Error("it was stopped and sent once more")
	}
}

// TestARowThatIsGoneIsNotInTheHand: another process that took it off the queue between
// the reading of the hand and its writing down has left nothing that would stop it.
func TestARowThatIsGoneIsNotInTheHand(t *testing.T) {
	r := newDiskRig(t)
	two := second(t, r)
	ids := r.add(small("/a"), small("/b"))
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	rows, err := r.heads(t.Context(), files, handful)
	r.must(err)
	r.must(two.Cancel(t.Context(), ids[0]))
	for _, want := range []bool{false, true} {
		if stand, err := r.noteHand(t.Context(), rows); err != nil || stand != want {
			t.Errorf("all stand: %v, %v; want %v", stand, err, want)
		}
		rows, err = r.heads(t.Context(), files, handful)
		r.must(err)
	}
	if len(rows) != 1 || rows[0].ID != ids[1] {
		t.Errorf("in hand are %d rows", len(rows))
	}
}
