package queue

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const remote, other site.ID = "site-one", "site-two"

// when is the time of every source, so that times can be compared.
var when = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// hasty is a clock on which waiting takes no time: it jumps to what somebody
// waits for. Waits of an hour and more stand for "nothing to wait for", and
// those for the next word on progress would keep it running.
type hasty struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hasty) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hasty) set(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = now
}

func (h *hasty) After(d time.Duration) (<-chan time.Time, func() bool) {
	c := make(chan time.Time, 1)
	if d == lockStep || d > progressEvery && d < time.Hour {
		h.mu.Lock()
		h.now = h.now.Add(max(d, 0))
		c <- h.now
		h.mu.Unlock()
	}
	return c, func() bool { return true }
}

// rig is a queue between file systems in memory.
type rig struct {
	*Queue
	t     *testing.T
	file  string
	here  *memfs.FS
	there *memfs.FS
	third *memfs.FS

	mu     sync.Mutex
	events []Event
	opened map[site.ID]error // what Open fails with
	told   chan struct{}     // closed and replaced at each event
}

// newRig has its journal in memory.
func newRig(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	r := bare(t)
	r.Queue = r.open(change)
	return r
}

// newDiskRig has its journal in a file.
func newDiskRig(t *testing.T) *rig {
	t.Helper()
	r := bare(t)
	r.Queue = r.open(r.onDisk)
	return r
}

func bare(t *testing.T) *rig {
	r := &rig{
		t: t, here: memfs.New(), there: memfs.New(), third: memfs.New(),
		opened: map[site.ID]error{}, told: make(chan struct{}),
		file: filepath.Join(t.TempDir(), "state here?", "queue.db"),
	}
	r.there.PutDir("/in")
	r.here.PutDir("/in")
	t.Cleanup(func() {
		if r.Queue == nil {
			return
		}
		r.sound()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *rig) config() Config {
	return Config{
		File: Memory, Now: nil,
		Open: func(_ context.Context, id site.ID) (vfs.FS, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			return map[site.ID]*memfs.FS{site.Local: r.here, remote: r.there, other: r.third}[id], r.opened[id]
		},
		OnEvent: func(e Event) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.events = append(r.events, e)
			close(r.told)
			r.told = make(chan struct{})
		},
	}
}

// open opens a queue; with a change to a file, on disk.
func (r *rig) open(change func(*Config)) *Queue {
	r.t.Helper()
	c := r.config()
	if change != nil {
		change(&c)
	}
	q, notices, err := Open(r.t.Context(), c)
	if err != nil || len(notices) > 0 {
		r.t.Fatal(notices, err)
	}
	if c.File == Memory {
		q.clock = &hasty{now: when.Add(24 * time.Hour)}
	}
	return q
}

func (r *rig) onDisk(c *Config) { c.File = r.file }

func up(name string) Request {
	return Request{
		Source: Place{Path: vfs.MustParse(name)}, Target: Place{Site: remote, Path: vfs.MustParse("/in/" + filepath.Base(name))},
		Type: vfs.TypeFile, Size: vfs.SizeUnknown, Exists: transfer.Overwrite,
	}
}

func upDir(name string) Request {
	r := up(name)
	r.Type = vfs.TypeDir
	return r
}

func down(name string) Request {
	r := up(name)
	r.Source.Site, r.Target.Site = remote, site.Local
	return r
}

func (r *rig) add(requests ...Request) []ID {
	r.t.Helper()
	ids, err := r.Add(r.t.Context(), requests...)
	if err != nil {
		r.t.Fatal(err)
	}
	return ids
}

func (r *rig) drain() {
	r.t.Helper()
	if err := r.Drain(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// start runs the queue until the returned func is called.
func (r *rig) start() (stop func()) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				r.t.Error(err)
			}
		})
	}
	r.t.Cleanup(stop)
	return stop
}

// await returns once ok holds; it looks at every change.
func (r *rig) await(what string, ok func() bool) {
	r.t.Helper()
	for {
		bell := r.nextBell()
		r.mu.Lock()
		told := r.told
		r.mu.Unlock()
		if ok() {
			return
		}
		select {
		case <-bell:
		case <-told:
		case <-r.t.Context().Done():
			r.t.Fatalf("no %s", what)
		}
	}
}

func (r *rig) item(id ID) Item {
	r.t.Helper()
	all, err := r.List(r.t.Context(), Filter{}, 0, 1<<30)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, item := range all {
		if item.ID == id {
			return item
		}
	}
	return Item{}
}

func (r *rig) items() []Item {
	r.t.Helper()
	all, err := r.List(r.t.Context(), Filter{}, 0, 1<<30)
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}

// states lists each row as "source: state".
func (r *rig) states() []string {
	r.t.Helper()
	var out []string
	for _, item := range r.items() {
		out = append(out, fmt.Sprintf("%s: %s", item.Source.Path, item.State))
	}
	return out
}

func (r *rig) eventTypes() []EventType {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []EventType
	for _, e := range r.events {
		if e.Type != EventProgress {
			out = append(out, e.Type)
		}
	}
	return out
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// sound checks what always holds in a journal: the counts by state, and the
// counts of every folder, are those that reading all rows gives.
func (r *rig) sound() {
	r.t.Helper()
	if fault := unsound(r.t.Context(), r.Queue); fault != "" {
		r.t.Error(fault)
	}
}

func unsound(ctx context.Context, q *Queue) string {
	ctx = context.WithoutCancel(ctx)
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if q.s.conn == nil {
		return ""
	}
	all, err := q.list(ctx, `SELECT `+columns+` FROM rows ORDER BY id DESC`)
	if err != nil {
		return err.Error()
	}
	want := map[State]int{}
	byID := map[ID]row{}
	below := map[ID]tally{}
	for _, r := range all {
		if r.State != removing {
			want[r.State]++
		}
		byID[r.ID] = r
		if isEnd(r.State) != !r.Ended.IsZero() {
			return fmt.Sprintf("row %d is %s and ended at %v", r.ID, r.State, r.Ended)
		}
	}
	for _, r := range all {
		own := tally{total: 1}
		if r.scanned && isEnd(r.State) {
			own.ended = 1
		} else {
			own = own.plus(endTally(r.State))
		}
		for up := r.Parent; up != 0; up = byID[up].Parent {
			if _, ok := byID[up]; !ok {
				break
			}
			below[up] = below[up].plus(own)
		}
	}
	for _, r := range all {
		if r.tally != below[r.ID] {
			return fmt.Sprintf("row %d (%s, %s) counts %+v, there is %+v", r.ID, r.Source.Path, r.State, r.tally, below[r.ID])
		}
		if r.scanned && isEnd(r.State) != (r.tally.ended == r.tally.total) {
			return fmt.Sprintf("folder %d is %s with %+v", r.ID, r.State, r.tally)
		}
	}
	q.mu.Lock()
	q.stale = true
	q.mu.Unlock()
	if err := q.refreshLocked(ctx); err != nil {
		return err.Error()
	}
	return cmp.Diff(want, q.counts.rows)
}

func wantStates(t *testing.T, r *rig, want ...string) {
	t.Helper()
	got := r.states()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
