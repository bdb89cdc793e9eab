package queue

import (
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// rang tells whether a bell was rung since it was taken.
func rang(bell <-chan struct{}) bool {
	select {
	case <-bell:
		return true
	default:
		return false
	}
}

// claimed is what a worker would take next; nil for nothing.
func (r *rig) claimed(from line, as State) *work {
	r.t.Helper()
	w, err := r.claim(r.t.Context(), from, as)
	r.must(err)
	return w
}

// TestWhoFoundNothingIsWokenWhenThereIs: whatever kept a worker from a row, the
// end of it rings the bell that the worker took before it looked.
func TestWhoFoundNothingIsWokenWhenThereIs(t *testing.T) {
	t.Run("another process lets a held queue go on", func(t *testing.T) {
		r := newDiskRig(t)
		r.here.Put("/a", "x", when)
		r.add(up("/a"))
		r.must(r.Hold(t.Context(), true))
		elsewhere := r.open(r.onDisk)
		r.must(r.refresh(t.Context()))
		r.must(elsewhere.Hold(t.Context(), false))
		r.must(elsewhere.Close())
		r.claimed(files, Active) // notices the other's write, and no more
		bell := r.bellOf(atTurn)
		if w := r.claimed(files, Active); w != nil {
			t.Fatal("a row was taken before the queue was seen to go on")
		}
		r.must(r.refresh(t.Context()))
		if !rang(bell) {
			t.Error("nobody is woken")
		}
	})
	t.Run("the clock is set back into the hours", func(t *testing.T) {
		night := time.Date(2024, 5, 6, 23, 0, 0, 0, time.UTC)
		r := newRig(t, func(c *Config) { c.Tuning = Tuning{From: 22 * time.Hour, Until: 6 * time.Hour} })
		clock := &hasty{now: night}
		r.clock = clock
		r.here.Put("/a", "x", when)
		r.add(up("/a"))
		r.watchHours(night)
		clock.set(night.Add(12 * time.Hour))
		bell := r.bellOf(atTurn)
		if w := r.claimed(files, Active); w != nil {
			t.Fatal("taken outside of the hours")
		}
		clock.set(night)
		if r.watchHours(night); !rang(bell) {
			t.Error("nobody is woken")
		}
	})
	t.Run("but not by hours that are as they were", func(t *testing.T) {
		r := newRig(t, nil)
		r.watchHours(when)
		bell := r.bellOf(whenLoud)
		if r.watchHours(when); rang(bell) {
			t.Error("who looks for what is due would never rest")
		}
	})
	t.Run("another tuning", func(t *testing.T) {
		r := newRig(t, nil)
		turn, loud := r.bellOf(atTurn), r.bellOf(whenLoud)
		if r.Tune(Tuning{From: time.Hour, Until: 2 * time.Hour}); !rang(turn) || !rang(loud) {
			t.Error("nobody is woken")
		}
	})
	t.Run("a site may have more at a time", func(t *testing.T) {
		r := newRig(t, nil)
		bell := r.bellOf(atTurn)
		if r.Recheck(); !rang(bell) {
			t.Error("nobody is woken")
		}
	})
	t.Run("a row of a site that is waited for ends", func(t *testing.T) {
		r := newRig(t, nil)
		r.here.Put("/a", "x", when)
		r.add(up("/a"))
		w := r.claimed(files, Active)
		bell := r.bellOf(whenLoud)
		r.Queue.mu.Lock()
		r.counts.waits = []SiteWait{{Site: remote}}
		r.ringEndedLocked()
		r.Queue.mu.Unlock()
		if !rang(bell) {
			t.Error("who reads folders is not woken")
		}
		r.forget(w)
	})
	t.Run("a quiet change while nothing is in work", func(t *testing.T) {
		r := newRig(t, nil)
		bell := r.bellOf(whenLoud)
		if r.changedQuietly(); !rang(bell) {
			t.Error("who ends a Drain is not woken")
		}
	})
}

// TestTheHandHasTheOrderOfNow: rows that were read from the journal ahead do not
// go before those that a change puts in front.
func TestTheHandHasTheOrderOfNow(t *testing.T) {
	t.Run("small files first from now on", func(t *testing.T) {
		r := newRig(t, nil)
		var requests []Request
		for i, name := range []string{"/a", "/b", "/c"} {
			one := up(name)
			one.Size = int64(30 - 10*i)
			requests = append(requests, one)
		}
		r.add(requests...)
		first := r.claimed(files, Active)
		r.Tune(Tuning{SmallFirst: true})
		second := r.claimed(files, Active)
		if second.row.Size != 10 {
			t.Errorf("of 30, 20 and 10 bytes, after %d come %d", first.row.Size, second.row.Size)
		}
		r.forget(first)
		r.forget(second)
	})
	t.Run("a folder was moved to the top while it was read", func(t *testing.T) {
		r := newRig(t, nil)
		for _, name := range []string{"/a", "/b", "/c"} {
			r.add(up(name))
		}
		folder := r.add(upDir("/t"))[0]
		reading := r.claimed(scans, Scanning)
		r.must(r.MoveTop(t.Context(), folder))
		first := r.claimed(files, Active)
		r.must(r.found(t.Context(), reading.row, []vfs.Entry{{Name: "in", Type: vfs.TypeFile, Size: 1}}, beside{}))
		r.forget(reading)
		if next := r.claimed(files, Active); next.row.Parent != folder {
			t.Errorf("after %s comes %s, not what is in the folder", first.row.Source.Path, next.row.Source.Path)
		}
		r.Queue.mu.Lock()
		clear(r.running)
		r.Queue.mu.Unlock()
	})
}

// TestARowThatChoosesItsNameIsNeverLight: the journal must have the name before
// the first byte, or a kill makes a second copy; also where the row was light
// before somebody answered Rename.
func TestARowThatChoosesItsNameIsNeverLight(t *testing.T) {
	r := newDiskRig(t)
	one := row{Item: Item{ID: 7, Size: 10, Exists: transfer.Ask}}
	r.hand.noted = map[ID]bool{7: true}
	if !r.isLight(one) {
		t.Error("a small row is not light")
	}
	one.Exists = transfer.Rename
	if r.isLight(one) {
		t.Error("a row under Rename is light")
	}
}
