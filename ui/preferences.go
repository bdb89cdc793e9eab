//go:build !headless

package ui

import (
	"sync"
	"sync/atomic"

	"wherry/sync/transfer"
	"wherry/ui/desktop"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/settings"
)

// verifying is when contents are compared, between the window's thread and the
// queue's workers.
type verifying struct{ kept atomic.Value }

func (v *verifying) set(kept string) { v.kept.Store(kept) }

func (v *verifying) get() transfer.Verify {
	switch kept, _ := v.kept.Load().(string); transfer.Verify(kept) {
	case transfer.VerifyOff:
		return transfer.VerifyOff
	case transfer.VerifyAlways:
		return transfer.VerifyAlways
	}
	return transfer.VerifyOffered
}

// unwritten are the changes that are not in the file yet. They are written in
// their order, whichever of the goroutines that write comes first: a switch
// that was pressed twice ends as it was pressed last.
type unwritten struct {
	writing sync.Mutex // held while changes are taken and written

	mu      sync.Mutex
	changes []func(*settings.Settings) // guarded
}

func (u *unwritten) add(change func(*settings.Settings)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.changes = append(u.changes, change)
}

func (u *unwritten) take() (changes []func(*settings.Settings)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	changes, u.changes = u.changes, nil
	return changes
}

// write writes all that was added by now, all at once.
func (u *unwritten) write(write func(func(*settings.Settings)) error) error {
	u.writing.Lock()
	defer u.writing.Unlock()
	changes := u.take()
	if len(changes) == 0 { // another one wrote it
		return nil
	}
	return write(func(kept *settings.Settings) {
		for _, change := range changes {
			change(kept)
		}
	})
}

// apply makes what is kept now true, as far as it differs from before.
func (s *shell) apply(before settings.Settings) {
	if s.kept.Theme != before.Theme {
		s.app.Settings().SetTheme(look.New(look.Choice(s.kept.Theme)))
		for _, p := range s.panes {
			p.Restyle()
		}
	}
	s.verify.set(s.kept.Verify)
	s.status.setLimit(s.kept.HasLimits(), s.kept.LimitsOn)
	if s.kept.Workers != before.Workers {
		s.given.Workers = 0 // chosen after the command line
	}
	if s.dialog != nil {
		s.dialog.Follow(s.kept)
	}
	if now := s.kept.Tuning(s.given); now != s.tuning {
		s.tuning = now
		s.engine.Tune(now)
	}
}

// openSettings shows what is set for all sites. Each choice counts at once.
func (s *shell) openSettings() {
	v := settings.New(s.kept, settings.Hooks{Change: s.change, Awake: desktop.CanStayAwake})
	finish := func() {
		s.dialog = nil
		if problem := v.Finish(); problem != "" {
			s.status.say("Not taken over: " + problem)
		}
	}
	d := showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphSettings, Title: "Settings", Width: settings.Width, Content: v.Object(),
		Answers: []parts.Answer{{Title: "Close", Strong: true, Run: finish}},
		Escape:  finish,
	})
	s.dialog = v
	v.Escaped(func() {
		d.Close()
		finish()
	})
}

// toggleLimit switches the speed limits on or off.
func (s *shell) toggleLimit() {
	s.change(func(kept *settings.Settings) { kept.LimitsOn = !kept.LimitsOn })
}

// noLimit is the reason why there is nothing to switch.
func (s *shell) noLimit() string {
	if !s.kept.HasLimits() {
		return "No speed limit is set yet; the settings have it"
	}
	return ""
}
