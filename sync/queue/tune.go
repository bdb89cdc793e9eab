package queue

import (
	"cmp"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
)

// MaxWorkers is the most that Tuning.Workers means; a higher number is it.
const MaxWorkers = site.MaxConnectionsEver

// Tuning is what a person changes while the queue works. The zero value of a
// field is its default.
type Tuning struct {
	// Workers is how many files move at a time; DefaultWorkers by default. Some
	// more goroutines read folders. Where it becomes less, what moves goes on to
	// its end.
	Workers int
	// Up and Down are the most that all transfers together move to sites and
	// from sites, in bytes a second; 0 means no limit. A copy from one site to
	// another counts in both. Total is the most of everything together.
	Up, Down, Total int64
	// From and Until are the times of day by the clock here, as the time since
	// midnight, between which a file may begin to move; where From is the later
	// one, they hold midnight between them. What moves at Until goes on to its
	// end. Where they are equal there is no such time, and files always move.
	From, Until time.Duration
	// SmallFirst takes the smaller of the files whose turn would come next
	// first.
	SmallFirst bool
	// Segments is what Request.Segments means where that is 0; it counts for
	// each attempt that begins from then on. 0 means one connection.
	Segments int
	// KeepEnded is how long the rows of jobs that have ended are kept, and
	// KeepRows how many of them at most; see DefaultKeepEnded, DefaultKeepRows.
	KeepEnded time.Duration
	KeepRows  int
}

// Defaults of Tuning.
const (
	DefaultKeepEnded = 30 * 24 * time.Hour
	DefaultKeepRows  = 100_000
)

func (t Tuning) withDefaults() Tuning {
	if t.Workers <= 0 {
		t.Workers = DefaultWorkers
	}
	t.Workers = min(t.Workers, MaxWorkers)
	t.Segments = min(max(t.Segments, 0), transfer.MaxSegments)
	if t.KeepEnded <= 0 {
		t.KeepEnded = DefaultKeepEnded
	}
	if t.KeepRows <= 0 {
		t.KeepRows = DefaultKeepRows
	}
	return t
}

// Tune replaces the tuning. It takes effect at once, also on what moves.
func (q *Queue) Tune(t Tuning) {
	t = t.withDefaults()
	q.throttle.set(t)
	q.mu.Lock()
	defer q.mu.Unlock()
	if t.SmallFirst != q.tuning.SmallFirst {
		q.loud++ // the hand has another order now
	}
	q.tuning = t
	close(q.tuned)
	q.tuned = make(chan struct{})
	q.ringLocked()
}

// segmentsOf is over how many connections a row's file is read.
func (q *Queue) segmentsOf(r row) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return cmp.Or(r.Segments, q.tuning.Segments)
}

// Recheck tells that Config.PerSite may say something else now: who waits for a
// site's turn asks again.
func (q *Queue) Recheck() {
	q.mu.Lock()
	defer q.mu.Unlock()
	ring(&q.bells.turn)
}

// unwanted returns nil where file number n, from 0 on, may move beside the
// others, else what is closed when that may have changed.
func (q *Queue) unwanted(n int) <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n < q.tuning.Workers {
		return nil
	}
	return q.tuned
}
