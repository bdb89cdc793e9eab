package queue

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/transfer"
)

// TestThroughput: what the counters say at quarters of seconds becomes bytes a
// second by direction.
func TestThroughput(t *testing.T) {
	type at struct {
		quarter int
		done    int64 // of the file's counter
	}
	resumed := &transfer.Identity{Size: 9000}
	for outcome, tc := range map[string]struct {
		row   row
		steps []at
		ended *ending // behind the last one
		want  []Sample
	}{
		"an upload": {
			row: along("", remote), steps: []at{{0, 0}, {1, 100}, {4, 1000}, {8, 3000}},
			want: []Sample{{Up: 1000}, {Up: 2000}},
		},
		"a download":            {row: along(remote, ""), steps: []at{{0, 0}, {4, 1000}}, want: []Sample{{Down: 1000}}},
		"a copy between sites":  {row: along(remote, other), steps: []at{{0, 0}, {4, 1000}}, want: []Sample{{Up: 1000, Down: 1000}}},
		"a copy here":           {row: along("", ""), steps: []at{{0, 0}, {4, 1000}}, want: []Sample{{}}},
		"a stall":               {row: along("", remote), steps: []at{{0, 0}, {4, 1000}, {8, 1000}}, want: []Sample{{Up: 1000}, {}}},
		"a look that came late": {row: along("", remote), steps: []at{{0, 0}, {8, 1000}}, want: []Sample{{Up: 500}}},
		"not what a part had": {
			row: row{Item: along(remote, "").Item, made: resumed}, steps: []at{{0, 0}, {1, 5000}, {4, 6000}},
			want: []Sample{{Down: 1000}},
		},
		"not backwards": {
			row: along("", remote), steps: []at{{0, 0}, {4, 1000}, {5, 0}, {8, 300}}, want: []Sample{{Up: 1000}, {Up: 300}},
		},
		"all of a short one": {
			row: along("", remote), steps: []at{{0, 0}}, ended: &ending{result: transfer.Result{Bytes: 700}}, want: []Sample{{Up: 700}},
		},
		"all of one that nobody saw": {
			row: along("", remote), ended: &ending{result: transfer.Result{Bytes: 700}}, want: []Sample{{Up: 700}},
		},
		"what a failed one moved": {
			row: along("", remote), steps: []at{{0, 0}, {1, 400}}, ended: &ending{err: errTaken, result: transfer.Result{Bytes: 9}}, want: []Sample{{Up: 400}},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			q := &Queue{running: map[ID]*work{}}
			w := &work{row: tc.row}
			w.row.State = Active
			q.running[1] = w
			for _, s := range tc.steps {
				w.counter.Done.Store(s.done)
				if !q.sample(when.Add(time.Duration(s.quarter) * time.Second / 4)) {
					t.Error("nothing moves")
				}
			}
			if tc.ended != nil {
				q.countEnd(w, *tc.ended)
				delete(q.running, 1)
				if q.sample(when.Add(time.Second)) {
					t.Error("something moves still")
				}
			}
			got := q.Throughput()
			for i := range got {
				got[i].At = time.Time{}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRatesCountWhatHasEnded: while small files follow one another the rate is
// that of all of them, whatever those show that move just now.
func TestRatesCountWhatHasEnded(t *testing.T) {
	for outcome, tc := range map[string]struct {
		row      row
		quarters int // of seconds in each of which a file ends
		fail     error
		up, dn   float64
		all      float64
		files    float64
	}{
		"nothing is told before a second":   {along("", remote), 3, nil, 0, 0, 0, 0},
		"uploads":                           {along("", remote), 9, nil, 4000, 0, 4000, 4},
		"downloads, of the last seconds":    {along(remote, ""), 90, nil, 0, 4000, 4000, 4},
		"what fails moves, and is no file":  {along("", remote), 9, errTaken, 4000, 0, 4000, 0},
		"a copy between sites in both ways": {along(remote, other), 9, nil, 4000, 4000, 4000, 4},
		"a copy here in none":               {along("", ""), 9, nil, 0, 0, 4000, 4},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			clock := &settable{now: when}
			r.clock = clock
			r.sample(when)
			for n := range tc.quarters + 1 {
				w := &work{row: tc.row}
				w.row.State = Active
				r.Queue.mu.Lock()
				r.running[1] = w
				r.Queue.mu.Unlock()
				clock.set(when.Add(time.Duration(n) * time.Second / 4))
				r.sample(clock.Now())
				w.counter.Done.Store(1000)
				r.countEnd(w, ending{err: tc.fail, result: transfer.Result{Bytes: 1000}})
			}
			s := r.Snapshot()
			if s.RateUp != tc.up || s.RateDn != tc.dn || s.Rate != tc.all || s.FileRate != tc.files {
				t.Errorf("up %v, down %v, %v files a second", s.RateUp, s.RateDn, s.FileRate)
			}
			r.Queue.mu.Lock()
			clear(r.running)
			r.Queue.mu.Unlock()
			r.sample(clock.Now())
			if s := r.Snapshot(); s.RateUp != 0 || s.RateDn != 0 || s.FileRate != 0 {
				t.Errorf("when nothing moves any more it tells %v, %v and %v", s.RateUp, s.RateDn, s.FileRate)
			}
		})
	}
}

func TestThroughputIsBounded(t *testing.T) {
	q := &Queue{running: map[ID]*work{1: {row: along("", remote)}}}
	q.running[1].row.State = Active
	for second := range 2 * samplesKept {
		q.sample(when.Add(time.Duration(second) * time.Second))
	}
	got := q.Throughput()
	if len(got) != samplesKept || !got[len(got)-1].At.Equal(when.Add((2*samplesKept-1)*time.Second)) {
		t.Errorf("%d samples, the last of %v", len(got), got[len(got)-1].At)
	}
}

// TestAQueueTellsItsThroughput of the files that it moved, and takes no sample
// while it has nothing to do.
func TestAQueueTellsItsThroughput(t *testing.T) {
	r := newRig(t, nil)
	clock := &settable{now: when}
	r.clock = clock
	r.here.Put("/a", large, when)
	r.there.Put("/in/b", large, when)
	stop := r.start()
	r.add(up("/a"), Request{Source: Place{Site: remote, Path: up("/b").Target.Path}, Target: Place{Path: up("/x").Source.Path}, Exists: transfer.Overwrite})
	r.await("end", func() bool { return r.count(Done) == 2 })
	r.await("samples", func() bool {
		clock.set(clock.Now().Add(sampleTick))
		up, down := int64(0), int64(0)
		for _, s := range r.Throughput() {
			up, down = up+s.Up, down+s.Down
		}
		r.changed()
		r.Queue.mu.Lock()
		defer r.Queue.mu.Unlock()
		idle := len(r.running) == 0 && r.flow.began.IsZero() && r.flow.up+r.flow.dn == 0
		return up > 0 && down > 0 && idle
	})
	n := len(r.Throughput())
	clock.set(clock.Now().Add(10 * time.Second))
	r.changed()
	stop()
	if got := len(r.Throughput()); got != n {
		t.Errorf("%d samples became %d while nothing moved", n, got)
	}
}
