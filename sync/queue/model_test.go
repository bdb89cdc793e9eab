package queue

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
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
	switch m.dice(16) {
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
		m.remove(m.some())
	case 8:
		m.clear()
	case 9:
		m.hold(m.dice(3) == 0)
	case 10:
		m.answer()
	case 11:
		m.reorder()
	case 12, 13:
		m.work()
	case 14:
		m.interrupted()
	case 15:
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

// remove leaves alone what the journal has as worked on: by a process that was
// killed, until the next one runs.
func (m *model) remove(ids []ID) {
	m.t.Helper()
	m.logf("remove %v", ids)
	idle := slices.DeleteFunc(slices.Clone(ids), func(id ID) bool { return m.item(id).State == Active })
	m.must(m.Remove(m.t.Context(), ids...))
	m.forgetRows(idle)
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

// comesTo is the state that work brings a waiting row to.
func (m *model) comesTo(r *modelRow) State {
	rule := r.rule
	if answered, ok := m.jobs[r.job]; ok && rule == transfer.Ask {
		rule = answered
	}
	_, taken := m.there.Get("/in" + r.source)
	switch {
	case strings.HasPrefix(r.source, "/missing"):
		return Failed
	case r.stood:
		return Done
	case taken && rule == transfer.Ask:
		return Asking
	case taken && (rule == transfer.Skip || rule == transfer.Newer):
		return Skipped
	case strings.HasPrefix(r.source, "/busy"):
		return Failed
	}
	return Done
}

// work lets everything go on that can.
func (m *model) work() {
	m.t.Helper()
	m.logf("work")
	if !m.held {
		for _, r := range m.rows {
			if r.state == Waiting {
				r.state = m.comesTo(r)
			}
		}
	}
	m.drain()
}

// interrupted has a person pause, cancel or hold at a random call of the work.
func (m *model) interrupted() {
	m.t.Helper()
	if m.held {
		return
	}
	ids, what := m.some(), m.dice(3)
	m.logf("at a call of the work: %d to %v", what, ids)
	became := map[ID]State{}
	for id, r := range m.rows {
		became[id] = r.state
		if r.state == Waiting {
			became[id] = m.comesTo(r)
		}
	}
	struck := false
	m.mu.Lock()
	m.calls = m.dice(40)
	m.strike = func() {
		struck = true
		ctx := m.t.Context()
		var err error
		switch what {
		case 0:
			err = m.Pause(ctx, ids...)
		case 1:
			err = m.Cancel(ctx, ids...)
		default:
			err = m.Hold(ctx, true)
		}
		if err != nil {
			m.t.Error(err)
		}
	}
	m.mu.Unlock()
	m.drain()
	m.mu.Lock()
	m.calls = -1
	m.mu.Unlock()
	if !struck {
		what = -1
	}
	for id, r := range m.rows {
		now := m.item(id).State
		hit := slices.Contains(ids, id)
		before := r.state
		r.state = became[id]
		switch {
		case now == became[id]:
		case what == 0 && hit && now == Paused && (before == Waiting || before == Asking):
			r.state = Paused
		case what == 2 && before == Waiting && now == Waiting:
			r.state = Waiting
		}
	}
	if what == 1 {
		m.forgetRows(ids)
	}
	m.held = what == 2
}

// kill goes on with the journal of the moment of a random call.
func (m *model) kill(calls int) {
	m.t.Helper()
	m.logf("kill at call %d", calls)
	before := map[ID]bool{}
	for id, r := range m.rows {
		_, before[id] = m.there.Get("/in" + r.source)
	}
	dead, struck := make(chan struct{}), make(chan struct{})
	m.mu.Lock()
	m.calls = calls
	m.strike = func() {
		m.mu.Lock()
		m.dead = dead
		m.mu.Unlock()
		close(struck)
	}
	m.mu.Unlock()
	ctx, cancel := context.WithCancel(m.t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- m.Drain(ctx) }()
	select {
	case err := <-done:
		m.must(err)
		done <- nil
	case <-struck:
	}
	m.n++
	file := filepath.Join(filepath.Dir(m.file), fmt.Sprintf("copy-%d.db", m.n))
	m.copyJournal(file)
	cancel()
	close(dead)
	m.must(<-done)
	m.must(m.Close())
	m.mu.Lock()
	m.calls, m.dead = -1, nil
	m.mu.Unlock()
	m.file = file
	m.reopen()
	for id, r := range m.rows {
		r.doubt = r.doubt || r.state == Waiting
		if r.state != Waiting || m.held {
			continue
		}
		_, stands := m.there.Get("/in" + r.source)
		now := m.item(id).State
		if now == Waiting || now == Active {
			r.stood = r.stood || stands && !before[id]
			continue
		}
		// It came to its end before; what stands now is its own.
		made := stands && !before[id]
		if r.state = m.comesTo(r); made {
			r.state = Done
		}
	}
}

func (m *model) copyJournal(file string) {
	m.t.Helper()
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(m.file + suffix)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		m.must(errors.Join(err, os.WriteFile(file+suffix, content, 0o600)))
	}
}

// compare holds the queue against the model.
func (m *model) compare() {
	m.t.Helper()
	m.sound()
	have := map[ID]Item{}
	for _, item := range m.items() {
		have[item.ID] = item
		if m.rows[item.ID] == nil {
			m.t.Errorf("row %d (%s) is there and should not be", item.ID, item.Source.Path)
		}
	}
	for id, r := range m.rows {
		now := have[id].State
		if now == Active && r.state == Waiting {
			continue // of a killed process
		}
		if now == Done && r.doubt && (r.state == Skipped || r.state == Asking) {
			r.state = Done
		}
		if now != r.state {
			m.t.Errorf("row %d (%s, %s) is %q, the model says %q: %s", id, r.source, r.rule, now, r.state, have[id].Message)
		}
		if now == Done {
			if got, ok := m.there.Get(have[id].Target.Path.String()); !ok || got != strings.Repeat(r.source, 3000) {
				m.t.Errorf("row %d (%s) is falsely done", id, r.source)
			}
		}
	}
	if held := m.Snapshot().Held; held != m.held {
		m.t.Errorf("held is %v", held)
	}
}

// wind lets everything end, and looks at what it left.
func (m *model) wind() {
	m.t.Helper()
	m.hold(false)
	for range 3 {
		ids := slices.Sorted(maps.Keys(m.rows))
		m.must(m.Resume(m.t.Context(), ids...))
		m.each(ids, func(r *modelRow) { r.state = Waiting }, Paused)
		m.work()
		m.compare()
		for _, id := range ids {
			if m.rows[id].state == Asking {
				m.must(m.Answer(m.t.Context(), id, transfer.Answer{Rule: transfer.Overwrite}))
				m.rows[id].state, m.rows[id].rule = Waiting, transfer.Overwrite
			}
		}
	}
	m.compare()
	copies := map[string]int{}
	for name := range m.there.Files() {
		base, _, _ := strings.Cut(strings.TrimPrefix(name, "/in"), " (")
		copies[base]++
		if strings.HasSuffix(name, transfer.Suffix) {
			m.t.Errorf("%s was left", name)
		}
	}
	asked := map[string]int{}
	for _, line := range m.log {
		if name, ok := strings.CutPrefix(line, "add "); ok {
			name, _, _ = strings.Cut(name, " ")
			asked[name]++
		}
	}
	for name, n := range copies {
		if n > asked[name] {
			m.t.Errorf("%s stands there %d times and was asked for %d times", name, n, asked[name])
		}
	}
}
