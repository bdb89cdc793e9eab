package queue

import (
	"testing"
)

// TestProgressIsToldBesideManyOtherEvents: a large file's is not put off for as
// long as small ones end all the time.
func TestProgressIsToldBesideManyOtherEvents(t *testing.T) {
	const enough = 100
	clock := &settable{now: when}
	var r *rig
	var g *gate
	others, progressed, over := 0, false, make(chan struct{})
	r = newRig(t, func(c *Config) {
		c.Tuning.Workers = 1
		c.OnEvent = func(e Event) {
			switch {
			case e.Type == EventProgress:
				progressed = true
				return
			case e.Type == EventStarted:
				<-g.reached
			}
			if others++; others == enough {
				close(over)
			}
			if others >= enough {
				return
			}
			// There is always another one to tell of.
			clock.set(clock.Now().Add(progressEvery))
			r.report(note{event: &Event{Type: EventAsking, Item: Item{ID: 4711}}})
		}
	})
	r.clock = clock
	r.here.Put("/a", large, when)
	r.here.SetChunk(1 << 12)
	r.add(up("/a"))
	g = newGate(r.there, afterWrites(3))
	stop := r.start()
	<-over
	if !progressed {
		t.Errorf("after %d other events nothing was told of how far the file is", enough)
	}
	stop()
}

// TestWhatCameAheadIsNotKept as done in the journal: after a kill only the part is
// there.
func TestWhatCameAheadIsNotKept(t *testing.T) {
	r := newDiskRig(t)
	request := up("/a")
	request.Size = 1 << 20
	id := r.add(request)[0]
	w := r.claimed(files, Active)
	w.counter.Done.Store(300)
	w.counter.Part.Store(200)
	r.keepProgress(t.Context())
	r.Queue.mu.Lock()
	clear(r.running) // as a kill does
	r.Queue.mu.Unlock()
	if got := r.item(id).Done; got != 200 {
		t.Errorf("%d bytes are kept as done, want 200", got)
	}
}
