package queue

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"wherry/sync/vfs"
)

// TestOldRowsAreTrimmed: by age and by number, never of a job that has work
// left, and never what failed.
func TestOldRowsAreTrimmed(t *testing.T) {
	const days = 24 * time.Hour
	for outcome, tc := range map[string]struct {
		tuning Tuning
		pause  string // a row that keeps its job open
		want   []string
	}{
		"nothing is old enough":     {Tuning{KeepEnded: 100 * days}, "", []string{"/a", "/b", "/bad", "/c", "/t", "/t/x", "/t/y"}},
		"all but what failed":       {Tuning{KeepEnded: 10 * days}, "", []string{"/bad"}},
		"all but the newest, /c":    {Tuning{KeepRows: 1, KeepEnded: 100 * days}, "", []string{"/bad", "/c"}},
		"not of a job that goes on": {Tuning{KeepEnded: 10 * days}, "/t/y", []string{"/b", "/bad", "/t", "/t/x", "/t/y"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newDiskRig(t)
			clock := &hasty{now: when}
			r.clock = clock
			for _, name := range []string{"/a", "/b", "/bad", "/c", "/t/x", "/t/y"} {
				r.here.Put(name, "x", when)
			}
			r.here.Fail("open", "/bad", -1, vfs.KindPermission)
			r.add(up("/a"))
			r.add(upDir("/t"), up("/b"))
			if tc.pause != "" {
				r.here.Fail("open", tc.pause, -1, vfs.KindPermission)
			}
			r.drain()
			r.add(up("/bad"))
			r.drain()
			clock.set(when.Add(time.Hour))
			r.add(up("/c"))
			r.drain()
			if tc.pause != "" {
				for _, item := range r.items() {
					if item.Source.Path.String() == tc.pause {
						r.must(r.Retry(t.Context(), item.ID))
						r.must(r.Pause(t.Context(), item.ID))
					}
				}
			}
			clock.set(when.Add(50 * days))
			r.must(r.trim(t.Context(), tc.tuning.withDefaults()))
			var got []string
			for _, item := range r.items() {
				got = append(got, item.Source.Path.String())
			}
			slices.Sort(got)
			if !slices.Equal(got, tc.want) {
				t.Errorf("left are %v, want %v", got, tc.want)
			}
		})
	}
}

// TestALongHistoryIsTrimmedInSmallWrites while the queue runs.
func TestALongHistoryIsTrimmedInSmallWrites(t *testing.T) {
	r := newDiskRig(t)
	clock := &hasty{now: when}
	r.clock = clock
	for i := range 3 * trimChunk {
		r.here.Put(fmt.Sprintf("/t/%04d", i), "x", when)
	}
	r.add(upDir("/t"))
	r.drain()
	clock.set(when.Add(1000 * time.Hour))
	stop := r.start()
	r.await("the end of the trimming", func() bool { return r.Snapshot().Count[Done] == 0 })
	stop()
	if got := r.rows(); got != 0 {
		t.Errorf("%d rows are left", got)
	}
}
