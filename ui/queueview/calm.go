package queueview

import (
	"slices"
	"time"

	"wherry/sync/queue"
)

// What follows keeps the list calm while small files go by, several or hundreds
// a second: a list whose rows change places five times a second cannot be read.
// Each row in view stands still for briefly, whatever ends meanwhile; what moves
// for longer shows its progress all the time, and stays in its row.

// briefly is how long a file moves before its progress is shown where that is
// all or nothing, and how long the list stands still while many files end. Of
// many small ones most have gone by then.
const briefly = time.Second

// sighting is a row that moves: since when, and how it was seen last.
type sighting struct {
	since time.Time
	last  queue.Item
}

// departure is how a row was seen last that does not move any more, and the
// queue's state in which that was noticed.
type departure struct {
	last queue.Item
	seq  uint64
}

// Watch remembers since when rows are active, and how those were that ended: the
// list still shows them, and is not to jump back to what it knew before.
func (m *Model) Watch(s queue.Snapshot, now time.Time) {
	moving := make(map[queue.ID]sighting, len(s.Active))
	for _, it := range s.Active {
		since := now
		if before, ok := m.moving[it.ID]; ok {
			since = before.since
		}
		moving[it.ID] = sighting{since, it}
	}
	for id, was := range m.moving {
		if _, still := moving[id]; !still && was.last.State == queue.Active && !m.Brief(was.last, now) {
			was.last.Rate = 0
			m.gone[id] = departure{was.last, m.seq}
		}
	}
	m.moving = moving
}

// Brief says whether a row's progress is not to be shown yet.
func (m *Model) Brief(it queue.Item, now time.Time) bool {
	seen, ok := m.moving[it.ID]
	return (!ok || now.Sub(seen.since) < briefly) && (it.Done == 0 || it.Done >= it.Size)
}

// hold puts what is listed first because it moves into the rows that it had when
// the list was read before; what is new gets the rows that became free. So a
// large file stays where it is while small ones pass by.
func hold(before, now []queue.Item) []queue.Item {
	front := 0
	for front < len(now) && inFront(now[front]) {
		front++
	}
	was := make(map[queue.ID]int, front)
	for i, it := range before[:min(front, len(before))] {
		was[it.ID] = i
	}
	out, taken := slices.Clone(now), make([]bool, front)
	var fresh []queue.Item
	for _, it := range now[:front] {
		if i, ok := was[it.ID]; ok && !taken[i] {
			out[i], taken[i] = it, true
		} else {
			fresh = append(fresh, it)
		}
	}
	for i := range taken {
		if !taken[i] {
			out[i], fresh = fresh[0], fresh[1:]
		}
	}
	return out
}

// inFront says whether a row is listed first, whatever its place: it moves or
// asks.
func inFront(it queue.Item) bool {
	return it.State == queue.Asking || it.State == queue.Active && !isDir(it)
}

// calm is when the list was last read while many files end.
type calm struct {
	until time.Time
	seq   uint64 // of the queue, when the pages in view were begun to be read
}

// still says whether a page read at seq is to stand as it is. All pages in view
// are read together.
func (c *calm) still(seq uint64, fileRate float64, now time.Time) bool {
	return fileRate >= queue.ManyFiles && now.Before(c.until) && seq >= c.seq
}

// read notes that a page is read when the queue stands at seq.
func (c *calm) read(seq uint64, now time.Time) {
	if !now.Before(c.until) {
		c.until, c.seq = now.Add(briefly), seq
	}
}
