package queue

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wherry/sync/transfer"
)

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
