package queue

import "time"

const (
	// meterWindow is the time a rate is taken over.
	meterWindow = 5 * time.Second
	// meterStep is the least time between two samples that are kept.
	meterStep = 100 * time.Millisecond
)

// meter makes a rate of byte counts that somebody reads now and then. Nobody
// reading costs nothing.
type meter struct {
	samples []sample // oldest first, at most meterWindow/meterStep+1
}

type sample struct {
	at   time.Time
	done int64
}

// add takes a count and returns bytes a second over the window. A first count
// of 0 is left out: a resumed file jumps from there to where its part ends,
// and that was not moved now.
func (m *meter) add(now time.Time, done int64) float64 {
	if done == 0 {
		return 0
	}
	for len(m.samples) > 1 && now.Sub(m.samples[0].at) > meterWindow {
		m.samples = m.samples[1:]
	}
	last := sample{now, done}
	if n := len(m.samples); n == 0 || now.Sub(m.samples[n-1].at) >= meterStep {
		m.samples = append(m.samples, last)
	}
	first := m.samples[0]
	passed := now.Sub(first.at)
	if passed <= 0 || done < first.done {
		return 0
	}
	return float64(done-first.done) / passed.Seconds()
}
