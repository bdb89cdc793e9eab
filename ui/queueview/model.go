// Package queueview shows the transfer queue: what is left, what failed and
// why, and what is done.
//
// It exists as one feature of the window. The model pages through the queue's
// rows, so that a queue of 200,000 shows as quickly as one of ten; the view
// draws it; the shell puts its actions into menus.
package queueview

import (
	"context"
	"maps"
	"slices"
	"time"

	"wherry/sync/queue"
)

// Queue is what the view needs of the engine's queue.
type Queue interface {
	Snapshot() queue.Snapshot
	List(ctx context.Context, f queue.Filter, offset, limit int) ([]queue.Item, error)
	IDs(ctx context.Context, f queue.Filter) ([]queue.ID, error)
	// Throughput is how fast transfers went lately, the oldest first.
	Throughput() []queue.Sample
	Count(ctx context.Context, f queue.Filter) (int, error)
	Retry(ctx context.Context, ids ...queue.ID) error
	Cancel(ctx context.Context, ids ...queue.ID) error
	Pause(ctx context.Context, ids ...queue.ID) error
	Resume(ctx context.Context, ids ...queue.ID) error
	MoveTop(ctx context.Context, ids ...queue.ID) error
	MoveBottom(ctx context.Context, ids ...queue.ID) error
	MoveBefore(ctx context.Context, other queue.ID, ids ...queue.ID) error
	SetPriority(ctx context.Context, p queue.Priority, ids ...queue.ID) error
	Schedule(ctx context.Context, when time.Time, ids ...queue.ID) error
	Clear(ctx context.Context, states ...queue.State) error
}

// Tab is one of the lists.
type Tab struct {
	Title  string
	States []queue.State
}

// The tabs, each the place of its states.
var (
	Left = Tab{"Queue", []queue.State{queue.Waiting, queue.Scanning, queue.Active, queue.Asking, queue.Paused}}
	Lost = Tab{"Failed", []queue.State{queue.Failed}}
	Over = Tab{"Completed", []queue.State{queue.Done, queue.Skipped}}
)

// Count returns how many rows the tab has in a snapshot.
func (t Tab) Count(s queue.Snapshot) int {
	n := 0
	for _, state := range t.States {
		n += s.Count[state]
	}
	return n
}

// pageSize is how many rows are read at once: some screens full.
const pageSize = 128

// maxPages bounds what is kept of a long list that was scrolled through.
const maxPages = 32

// Model is one tab's rows without a widget. It is used by one goroutine.
type Model struct {
	tab    Tab
	find   string // what the rows shown hold, "" for all
	sought sought
	len    int
	seq    uint64
	live   map[queue.ID]queue.Item
	moving map[queue.ID]sighting  // those of live
	gone   map[queue.ID]departure // those that were, until the list is read anew
	pages  map[int]page
	wanted map[int]bool            // pages looked at since the last Missing
	index  map[queue.ID]queue.Item // what the pages hold, nil until it is asked for
	// picked are the selected rows by ID: rows move up while others end.
	picked map[queue.ID]bool
	// all is set while every row is selected, read or not.
	all bool
}

type page struct {
	seq   uint64
	items []queue.Item
}

// NewModel returns the model of a tab, without rows.
func NewModel(tab Tab) *Model {
	return &Model{tab: tab, pages: map[int]page{}, wanted: map[int]bool{}, live: map[queue.ID]queue.Item{}, gone: map[queue.ID]departure{}, picked: map[queue.ID]bool{}}
}

// Take takes over a snapshot. What was looked at before and is not again is not
// wanted any more.
func (m *Model) Take(s queue.Snapshot) {
	clear(m.wanted)
	m.seq = s.Seq
	if m.find == "" {
		m.len = m.tab.Count(s)
	}
	clear(m.live)
	for _, it := range s.Active {
		m.live[it.ID] = it
	}
	if m.len == 0 {
		clear(m.picked)
		clear(m.pages)
		clear(m.gone)
		m.index, m.all = nil, false
	}
}

// Len is the number of rows.
func (m *Model) Len() int { return m.len }

// At returns row i with its newest progress; ok is false while it has not
// been read yet, and then its page is wanted.
func (m *Model) At(i int) (it queue.Item, ok bool) {
	n := i / pageSize
	m.wanted[n] = true
	p := m.pages[n]
	if i%pageSize >= len(p.items) {
		return queue.Item{}, false
	}
	it = p.items[i%pageSize]
	if live, ok := m.live[it.ID]; ok {
		return live, true
	}
	if gone, ok := m.gone[it.ID]; ok && p.seq < gone.seq {
		return gone.last, true
	}
	return it, true
}

// Missing returns a page that was looked at and is not read or out of date, of
// several the one that is so for longest, as offset and limit for List; ok is
// false where all is well.
func (m *Model) Missing() (offset, limit int, ok bool) {
	oldest := m.seq
	for n := range m.wanted {
		switch p := m.pages[n]; {
		case n*pageSize >= m.len:
		case p.items == nil:
			return n * pageSize, pageSize, true
		case p.seq != m.seq && (!ok || p.seq < oldest):
			offset, limit, ok, oldest = n*pageSize, pageSize, true, p.seq
		}
	}
	if !ok {
		clear(m.wanted)
	}
	return offset, limit, ok
}

// Put takes a page that Missing asked for, as read when the queue stood at
// seq. A failed reading is put as no items, so that it is not asked for again
// before something changes.
func (m *Model) Put(offset int, seq uint64, items []queue.Item) {
	if len(m.pages) >= maxPages {
		for n := range m.pages {
			if !m.wanted[n] {
				delete(m.pages, n)
			}
		}
	}
	if items == nil {
		items = []queue.Item{}
	}
	if offset == 0 {
		items = hold(m.pages[0].items, items)
	}
	m.pages[offset/pageSize], m.index = page{seq: seq, items: items}, nil
	maps.DeleteFunc(m.gone, func(_ queue.ID, d departure) bool { return d.seq <= seq })
}

// ReadAt is how the queue stood when a page was read, 0 where it never was.
func (m *Model) ReadAt(offset int) uint64 { return m.pages[offset/pageSize].seq }

// Seq is the queue's state that the model stands at.
func (m *Model) Seq() uint64 { return m.seq }

// All says whether every row is selected, those that were not read included.
func (m *Model) All() bool { return m.all }

// Pick sets which rows are selected. Rows not read yet are left out, unless
// all are selected. The only row is meant by itself, and not those that are added
// after the click.
func (m *Model) Pick(rows []int) {
	clear(m.picked)
	for _, i := range rows {
		if p := m.pages[i/pageSize]; i%pageSize < len(p.items) {
			m.picked[p.items[i%pageSize].ID] = true
		}
	}
	m.all = m.len > 0 && len(rows) == m.len && (m.len > 1 || len(m.picked) == 0)
}

// Picked returns the selected rows as they stand, in order.
func (m *Model) Picked() []queue.Item {
	var out []queue.Item
	for _, i := range m.PickedRows() {
		if it, ok := m.At(i); ok {
			out = append(out, it)
		}
	}
	return out
}

// RowOf returns where a row stands now, -1 where it is not among those that were
// read. A page that was not read since the row moved may hold it still: the newest
// counts.
func (m *Model) RowOf(id queue.ID) int {
	row, seq := -1, uint64(0)
	for n, p := range m.pages {
		i := slices.IndexFunc(p.items, func(it queue.Item) bool { return it.ID == id })
		if at := n*pageSize + i; i >= 0 && at < m.len && (row < 0 || p.seq > seq || p.seq == seq && at < row) {
			row, seq = at, p.seq
		}
	}
	return row
}

// PickedRows returns where the selected rows stand now.
func (m *Model) PickedRows() []int {
	if len(m.picked) == 0 {
		return nil
	}
	var rows []int
	for n, p := range m.pages {
		for i, it := range p.items {
			if row := n*pageSize + i; row < m.len && m.picked[it.ID] {
				rows = append(rows, row)
			}
		}
	}
	slices.Sort(rows)
	return rows
}
