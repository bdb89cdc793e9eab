package queue

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// model is what the state machine of files must come to, in so few words that
// they can be read: what a person does changes states, and work takes each
// waiting row to the one state that its source, target and rule allow.
type model struct {
	*rig
	dice func(n int) int // 0 to n-1
	rows map[ID]*modelRow
	gone []ID                 // taken off the queue
	jobs map[ID]transfer.Rule // answered for all of a job
	held bool
	n    int      // of the journal's copies
	log  []string // what was done, for a failure

	mu     sync.Mutex
	calls  int           // until the interruption, below 0 for none
	strike func()        // the interruption
	dead   chan struct{} // nil unless the process is dead; closed once it is buried
}

type modelRow struct {
	source string
	job    ID
	rule   transfer.Rule
	state  State
	// stood tells that a killed process gave the file its name and could not
	// write it down.
	stood bool
	// doubt tells that a killed process may have begun it: what stands there
	// and is as the source is then taken for its own.
	doubt bool
}

// The sources. A good one can be read, a busy one never is, a missing one is
// not there.
var modelSources = []string{"/good1", "/good2", "/good3", "/good4", "/good5", "/busy1", "/busy2", "/missing1", "/missing2"}

var modelRules = []transfer.Rule{transfer.Ask, transfer.Overwrite, transfer.Skip, transfer.Rename, transfer.Newer}

// TestStatesFollowTheModel does random things to a queue, some of them while it
// works, kills it now and then, and compares each state with the model's.
func TestStatesFollowTheModel(t *testing.T) {
	base := uint64(time.Now().UnixNano())
	for i := range uint64(6) {
		seed := base + i
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(seed, 3))
			playModel(t, dice.IntN, 40)
		})
	}
}

func playModel(t *testing.T, dice func(int) int, steps int) {
	m := &model{rig: bare(t), dice: dice, rows: map[ID]*modelRow{}, jobs: map[ID]transfer.Rule{}, calls: -1}
	for _, name := range modelSources {
		switch {
		case strings.HasPrefix(name, "/good"):
			m.here.Put(name, strings.Repeat(name, 3000), when)
		case strings.HasPrefix(name, "/busy"):
			m.here.Put(name, name, when)
			m.here.Fail(memfs.OpOpen, name, -1, vfs.KindBusy)
		}
	}
	m.here.SetChunk(4096)
	m.here.SetHook(m.hook)
	m.there.SetHook(m.hook)
	m.reopen()
	for range steps {
		m.step()
		m.compare()
		if t.Failed() {
			t.Fatalf("what was done:\n%s", strings.Join(m.log, "\n"))
		}
	}
	m.wind()
	if t.Failed() {
		t.Fatalf("what was done:\n%s", strings.Join(m.log, "\n"))
	}
}

func (m *model) reopen() {
	m.t.Helper()
	m.Queue = m.open(func(c *Config) {
		m.onDisk(c)
		c.Tuning.Workers = 1 + m.dice(4)
	})
	m.clock = &hasty{now: when.AddDate(1, 0, m.n)}
	m.crowd = int64(1 + 100*m.dice(2))
}

func (m *model) logf(format string, args ...any) { m.log = append(m.log, fmt.Sprintf(format, args...)) }

// hook lets the interruption strike at its call; of a dead process nothing
// happens any more.
func (m *model) hook(context.Context, memfs.Call) error {
	m.mu.Lock()
	m.calls--
	var strike func()
	if m.calls == -1 {
		strike = m.strike
	}
	m.mu.Unlock()
	if strike != nil {
		strike()
	}
	m.mu.Lock()
	dead := m.dead
	m.mu.Unlock()
	if dead == nil {
		return nil
	}
	<-dead
	return context.Canceled
}

// step is one random thing that can happen.
func (m *model) step() {
	m.t.Helper()
	ctx := m.t.Context()
	switch m.dice(15) {
	case 0, 1, 2:
		m.enqueue()
	case 3:
		m.pause(m.some())
	case 4:
		ids := m.some()
		m.logf("resume %v", ids)
		m.must(m.Resume(ctx, ids...))
		m.each(ids, func(r *modelRow) { r.state = Waiting }, Paused)
	case 5:
		m.retry()
	case 6:
		m.cancel(m.some())
	case 7:
		m.clear()
	case 8:
		m.hold(m.dice(3) == 0)
	case 9:
		m.answer()
	case 10:
		m.reorder()
	case 11, 12:
		m.work()
	case 13:
		m.interrupted()
	case 14:
		m.kill(m.dice(60))
	}
}

func (m *model) some() (ids []ID) {
	for _, id := range slices.Sorted(maps.Keys(m.rows)) {
		if m.dice(3) == 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// each changes the rows that are there and in one of the states.
func (m *model) each(ids []ID, do func(*modelRow), states ...State) {
	for _, id := range ids {
		if r := m.rows[id]; r != nil && slices.Contains(states, r.state) {
			do(r)
		}
	}
}

func (m *model) forgetRows(ids []ID) {
	for _, id := range ids {
		delete(m.rows, id)
		m.gone = append(m.gone, id)
	}
}

// openRow is the row of a source that has not ended, 0 for none.
func (m *model) openRow(source string) ID {
	for id, r := range m.rows {
		if r.source == source && !isEnd(r.state) {
			return id
		}
	}
	return 0
}

func (m *model) enqueue() {
	m.t.Helper()
	rule := modelRules[m.dice(len(modelRules))]
	first := m.dice(len(modelSources))
	var requests []Request
	for i := range 1 + m.dice(3) {
		r := up(modelSources[(first+i)%len(modelSources)])
		r.Exists = rule
		requests = append(requests, r)
	}
	job := ID(0)
	for i, id := range m.add(requests...) {
		source := requests[i].Source.Path.String()
		m.logf("add %s as %d by %s", source, id, rule)
		for other, r := range m.rows {
			if r.source == source && r.state == Failed {
				m.forgetRows([]ID{other}) // the new row stands for it
			}
		}
		if open := m.openRow(source); open != 0 {
			if id != open {
				m.t.Errorf("%s is doubled, as %d and %d", source, open, id)
			}
			continue
		}
		if job == 0 {
			job = id
		}
		m.rows[id] = &modelRow{source: source, job: job, rule: rule, state: Waiting}
	}
}

func (m *model) pause(ids []ID) {
	m.t.Helper()
	m.logf("pause %v", ids)
	m.must(m.Pause(m.t.Context(), ids...))
	m.each(ids, func(r *modelRow) { r.state = Paused }, Waiting, Asking)
}

// retry leaves out what would bring a second open row of one source.
func (m *model) retry() {
	m.t.Helper()
	var ids []ID
	seen := map[string]bool{}
	for _, id := range m.some() {
		r := m.rows[id]
		if open := m.openRow(r.source); (open == 0 || open == id) && !seen[r.source] {
			ids = append(ids, id)
			seen[r.source] = true
		}
	}
	m.logf("retry %v", ids)
	m.must(m.Retry(m.t.Context(), ids...))
	m.each(ids, func(r *modelRow) { r.state = Waiting }, Failed, Paused, Skipped)
}

func (m *model) cancel(ids []ID) {
	m.t.Helper()
	m.logf("cancel %v", ids)
	m.must(m.Cancel(m.t.Context(), ids...))
	m.forgetRows(ids)
}

func (m *model) clear() {
	m.t.Helper()
	states := [][]State{{Done}, {Failed, Skipped}, {Done, Skipped}, {Paused}}[m.dice(4)]
	m.logf("clear %v", states)
	m.must(m.Clear(m.t.Context(), states...))
	for id, r := range m.rows {
		if slices.Contains(states, r.state) {
			m.forgetRows([]ID{id})
		}
	}
}

func (m *model) hold(held bool) {
	m.t.Helper()
	m.logf("hold %v", held)
	m.must(m.Hold(m.t.Context(), held))
	m.held = held
}

// answer is for a row that may ask nothing.
func (m *model) answer() {
	m.t.Helper()
	ids := slices.Sorted(maps.Keys(m.rows))
	if len(ids) == 0 {
		return
	}
	id := ids[m.dice(len(ids))]
	a := transfer.Answer{Rule: modelRules[1+m.dice(3)], ForAll: m.dice(2) == 0}
	m.logf("answer %d with %+v", id, a)
	err := m.Answer(m.t.Context(), id, a)
	one := m.rows[id]
	if one.state != Asking {
		if vfs.KindOf(err) != vfs.KindNotFound {
			m.t.Errorf("the answer to no question: %v", err)
		}
		return
	}
	m.must(err)
	one.state, one.rule = Waiting, a.Rule
	if !a.ForAll {
		return
	}
	m.jobs[one.job] = a.Rule
	for _, r := range m.rows {
		if r.job == one.job && r.state == Asking {
			r.state, r.rule = Waiting, a.Rule
		}
	}
}

// reorder changes when rows are done, and nothing else.
func (m *model) reorder() {
	m.t.Helper()
	ctx, ids := m.t.Context(), m.some()
	m.logf("reorder %v", ids)
	switch m.dice(6) {
	case 0:
		m.must(m.MoveTop(ctx, ids...))
	case 1:
		m.must(m.MoveBottom(ctx, ids...))
	case 2:
		m.must(m.SetPriority(ctx, Priority(m.dice(3)-1), ids...))
	case 3:
		m.must(m.Schedule(ctx, m.clock.Now().Add(time.Duration(m.dice(50))*time.Minute), ids...))
	case 4:
		m.must(m.Nudge(ctx))
	default:
		if others := m.some(); len(others) > 0 {
			err := m.MoveBefore(ctx, others[0], ids...)
			if kind := vfs.KindOf(err); err != nil && kind != vfs.KindNotFound && kind != vfs.KindUnsupported {
				m.t.Error(err)
			}
		}
	}
}
