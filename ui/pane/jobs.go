package pane

import (
	"context"
	"sync"
	"sync/atomic"

	"wherry/ui/loop"
	"wherry/ui/words"
)

// jobs are the changes a pane is making: deleting, renaming. Their progress is
// sampled by the loop's ticker.
type jobs struct {
	view *View

	mu      sync.Mutex
	running []*job // guarded
}

// job is one change in progress.
type job struct {
	title  string
	total  int64 // 0: nothing to count
	done   atomic.Int64
	cancel func()
}

func (j *job) text() string {
	if j.total == 0 {
		return j.title
	}
	return j.title + " " + words.Number(j.done.Load()) + " of " + words.Number(j.total)
}

// watch makes the ticker show the newest job.
func (s *jobs) watch(v *View) {
	s.view = v
	last := ""
	loop.Sample(v.loop, func() (string, bool) {
		text := s.text()
		changed := text != last
		last = text
		return text, changed
	}, s.show)
}

// text is the newest job's progress, "" when none runs.
func (s *jobs) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.running) == 0 {
		return ""
	}
	return s.running[len(s.running)-1].text()
}

func (s *jobs) show(text string) {
	v := s.view
	v.working.SetText(text)
	if visible := text != ""; visible != v.stop.Visible() {
		if visible {
			v.stop.Show()
		} else {
			v.stop.Hide()
		}
		v.bottom.Refresh()
	}
}

// run does work off the window's thread; done gets its error on it. A job that
// was stopped ends with KindCancelled.
func (s *jobs) run(title string, total int64, work func(ctx context.Context, j *job) error, done func(error)) {
	j := &job{title: title, total: total}
	s.mu.Lock()
	s.running = append(s.running, j)
	s.mu.Unlock()
	j.cancel = s.view.loop.Start(func(ctx context.Context) func() {
		err := work(ctx, j)
		return func() {
			s.drop(j)
			done(err)
		}
	})
}

func (s *jobs) drop(j *job) {
	s.mu.Lock()
	kept := s.running[:0:0]
	for _, other := range s.running {
		if other != j {
			kept = append(kept, other)
		}
	}
	s.running = kept
	s.mu.Unlock()
	s.show(s.text())
}

func (s *jobs) stop() { s.stopLast() }

// stopLast stops the newest job and says whether there was one.
func (s *jobs) stopLast() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.running) == 0 {
		return false
	}
	s.running[len(s.running)-1].cancel()
	return true
}
