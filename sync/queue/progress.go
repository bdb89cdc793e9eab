package queue

import (
	"time"

	"wherry/sync/vfs"
)

// progressEvery is how often a row tells its progress.
const progressEvery = 250 * time.Millisecond

// progress sends the events; only the settler's goroutine uses it, which is
// what keeps them in order.
type progress struct {
	q     *Queue
	shown map[ID]int64 // the rows that began and have not ended, and what was told of each
	due   time.Time
}

// note sends one event.
func (p *progress) note(e Event) {
	if p.q.c.OnEvent == nil || e.Type == "" && e.Item.ID == 0 {
		return
	}
	if e.Type == EventStarted {
		if len(p.shown) == 0 {
			p.due = p.q.clock.Now().Add(progressEvery)
		}
		p.shown[e.Item.ID] = 0
	} else {
		delete(p.shown, e.Item.ID)
	}
	if e.Type != "" {
		p.q.c.OnEvent(e)
	}
}

// timer is when the next progress is due: never, when nobody listens or
// nothing moves.
func (p *progress) timer() (<-chan time.Time, func() bool) {
	if len(p.shown) == 0 {
		return nil, func() bool { return true }
	}
	return p.q.clock.After(max(p.due.Sub(p.q.clock.Now()), 0))
}

// tell sends the progress of each row that moved since the last time.
func (p *progress) tell() {
	now := p.q.clock.Now()
	p.due = now.Add(progressEvery)
	var events []Event
	p.q.mu.Lock()
	for id, told := range p.shown {
		w := p.q.running[id]
		if w == nil || w.counter.Done.Load() == told {
			continue
		}
		item := w.itemLocked(now)
		if item.Size == vfs.SizeUnknown {
			item.Size = w.counter.Total.Load()
		}
		p.shown[id] = w.counter.Done.Load()
		events = append(events, Event{Type: EventProgress, Item: item})
	}
	p.q.mu.Unlock()
	for _, e := range events {
		p.q.c.OnEvent(e)
	}
}
