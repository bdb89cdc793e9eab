package queue

import (
	"context"
	"time"

	"wherry/sync/vfs"
)

// progressEvery is how often a row tells its progress.
const progressEvery = 250 * time.Millisecond

// keepEvery is how often the journal gets the progress of what moves, for other
// processes to show.
const keepEvery = time.Second

// keepProgress writes down how far the files in work are, in one write that is
// not synced: nothing is built on it, and after a crash the part itself is asked.
// What has come ahead of the part (transfer.Counter) would be gone by then.
// Seq stays, as a view has this progress from the snapshot. Where it cannot be
// written the work goes on, and whoever must write gets the error.
func (q *Queue) keepProgress(ctx context.Context) {
	now := q.clock.Now()
	if since := now.Sub(q.lastKept); q.c.File == Memory || since >= 0 && since < keepEvery {
		return
	}
	q.lastKept = now
	moved := map[*work]int64{}
	q.mu.Lock()
	for _, w := range q.running {
		if done := max(w.counter.Part.Load(), 0); done != w.kept && w.row.State == Active && !w.light && !w.taken {
			moved[w] = done
		}
	}
	q.mu.Unlock()
	if len(moved) == 0 {
		return
	}
	err := q.s.writeLocked(ctx, cheap, func() error {
		for w, done := range moved {
			if _, err := q.s.exec(ctx, `UPDATE rows SET done = ? WHERE id = ? AND state = 'active' AND type = 'file'`, done, int64(w.row.ID)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		_ = q.judgeLocked(err) // which keeps damage in mind
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for w, done := range moved {
		w.kept = done
	}
	q.stale = true
}

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

// tellDue is tell where its time has come.
func (p *progress) tellDue() {
	if len(p.shown) > 0 && !p.q.clock.Now().Before(p.due) {
		p.tell()
	}
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
