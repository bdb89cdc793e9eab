package queue

import (
	"context"
	"slices"
	"time"

	"wherry/sync/site"
)

// Sample is how fast transfers went over the second before At: to sites and
// from sites, in bytes a second. A copy between two sites counts in both.
type Sample struct {
	At       time.Time
	Up, Down int64
}

const (
	// samplesKept are the last ten minutes of work.
	samplesKept = 600
	sampleEvery = time.Second
	// sampleTick is how often the counters are read for it.
	sampleTick = 200 * time.Millisecond
)

// flow makes samples of the counters of what moves.
type flow struct {
	samples []Sample  // whole ones, oldest first
	began   time.Time // of the present one; zero while nothing moves
	up, dn  int64     // bytes of the present one
	// past are what moved in all up to each reading of the last seconds, oldest
	// first; total is that of now.
	past  []moved
	total moved
}

// moved is what moved in all up to a time.
type moved struct {
	at          time.Time
	up, dn, all int64
	files       int64 // that ended well
}

// keep notes what moved up to now.
func (f *flow) keep(now time.Time) {
	f.total.at = now
	f.past = append(f.past, f.total)
	for now.Sub(f.past[0].at) > meterWindow {
		f.past = f.past[1:]
	}
}

// rate puts the rates of the last seconds into a snapshot, once a second of work
// has passed. What began and ended between two snapshots is in them, which no row
// tells.
func (f *flow) rate(s *Snapshot) {
	if len(f.past) == 0 {
		return
	}
	first, last := f.past[0], f.past[len(f.past)-1]
	passed := last.at.Sub(first.at)
	if passed < sampleEvery {
		return
	}
	per := func(now, then int64) float64 { return float64(now-then) / passed.Seconds() }
	s.RateUp, s.RateDn = per(last.up, first.up), per(last.dn, first.dn)
	s.Rate, s.FileRate = per(last.all, first.all), per(last.files, first.files)
}

// counted is what flow knows of one transfer.
type counted struct {
	began bool  // its first byte was seen
	seen  int64 // the counter when it was read last
	bytes int64 // of it that are in samples
}

// Throughput returns the samples of the last ten minutes in which something
// moved, the oldest first. Seconds in which nothing did have none.
func (q *Queue) Throughput() []Sample {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.flow.samples)
}

// sampler reads the counters while something moves.
func (q *Queue) sampler(ctx context.Context) error {
	for {
		bell := q.nextBell()
		if !q.sample(q.clock.Now()) {
			select {
			case <-ctx.Done():
				return nil
			case <-bell:
			}
			continue
		}
		expired, stop := q.clock.After(sampleTick)
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-expired:
		}
	}
}

// sample counts what moved up to now, and tells whether anything is on its
// way.
func (q *Queue) sample(now time.Time) (moving bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, w := range q.running {
		if w.row.State == Active {
			moving = true
			q.countLocked(w)
		}
	}
	f := &q.flow
	if f.began.IsZero() {
		f.began = now
	}
	// What has ended before it was ever looked at counts as one second's.
	if passed := now.Sub(f.began); passed >= sampleEvery || !moving && f.up+f.dn > 0 {
		passed = max(passed, sampleEvery)
		f.samples = append(f.samples, Sample{At: now, Up: perSecond(f.up, passed), Down: perSecond(f.dn, passed)})
		f.samples = f.samples[max(0, len(f.samples)-samplesKept):]
		f.began, f.up, f.dn = now, 0, 0
	}
	f.keep(now)
	if !moving {
		f.began, f.past = time.Time{}, nil
	}
	return moving
}

func perSecond(bytes int64, passed time.Duration) int64 {
	return int64(float64(bytes) / passed.Seconds())
}

// countLocked puts what a transfer has moved since it was read last into the
// present sample. What stood in its part before is not moved now: the counter
// jumps there at the first byte.
func (q *Queue) countLocked(w *work) {
	c, done := &w.counted, w.counter.Done.Load()
	if !c.began {
		if done == 0 {
			return
		}
		c.began = true
		if w.row.made != nil {
			c.seen = done
		}
	}
	q.flowLocked(w, done-c.seen)
	c.seen = done
}

// flowLocked counts bytes of a transfer; fewer than none are a file that is
// sent anew.
func (q *Queue) flowLocked(w *work, bytes int64) {
	if bytes <= 0 {
		return
	}
	w.counted.bytes += bytes
	q.flow.total.all += bytes
	if w.row.Target.Site != site.Local {
		q.flow.up += bytes
		q.flow.total.up += bytes
	}
	if w.row.Source.Site != site.Local {
		q.flow.dn += bytes
		q.flow.total.dn += bytes
	}
}

// countEnd counts the rest of a transfer that has ended: short ones begin and
// end between two samples.
func (q *Queue) countEnd(w *work, e ending) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.countLocked(w)
	q.endsPartLocked(w, e)
	if e.err == nil {
		q.flowLocked(w, e.result.Bytes-w.counted.bytes)
		q.flow.total.files++
	}
}
