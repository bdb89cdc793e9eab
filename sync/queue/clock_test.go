package queue

import (
	"sync"
	"testing"
	"time"
)

// settable is a clock that a test sets.
type settable struct {
	mu    sync.Mutex
	now   time.Time
	waits []waiting
	asked chan struct{} // closed and replaced when somebody begins to wait
}

type waiting struct {
	until time.Time
	sent  chan time.Time
}

func (m *settable) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *settable) After(d time.Duration) (<-chan time.Time, func() bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := waiting{until: m.now.Add(d), sent: make(chan time.Time, 1)}
	m.waits = append(m.waits, w)
	if m.asked != nil {
		close(m.asked)
		m.asked = nil
	}
	return w.sent, func() bool { return true }
}

// set lets time pass.
func (m *settable) set(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = now
	var rest []waiting
	for _, w := range m.waits {
		if w.until.After(now) {
			rest = append(rest, w)
			continue
		}
		w.sent <- now
	}
	m.waits = rest
}

// await returns the first time that somebody waits for and that is wanted.
func (m *settable) await(t *testing.T, wanted func(time.Time) bool) time.Time {
	t.Helper()
	for {
		m.mu.Lock()
		for _, w := range m.waits {
			if wanted(w.until) {
				m.mu.Unlock()
				return w.until
			}
		}
		asked := make(chan struct{})
		if m.asked != nil {
			asked = m.asked
		}
		m.asked = asked
		m.mu.Unlock()
		select {
		case <-asked:
		case <-t.Context().Done():
			t.Fatal("nobody waits for that")
		}
	}
}
