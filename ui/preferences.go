//go:build !headless

package ui

import (
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
	if now := s.kept.Tuning(s.given); now != s.tuning {
		s.tuning = now
		s.engine.Tune(now)
	}
}

// openSettings shows what is set for all sites. Each choice counts at once.
func (s *shell) openSettings() {
	v := settings.New(s.kept, settings.Hooks{Change: s.change, Awake: desktop.CanStayAwake})
	d := showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphSettings, Title: "Settings", Width: settings.Width, Content: v.Object(),
		Answers: []parts.Answer{{Title: "Close", Strong: true, Run: v.Finish}},
		Escape:  v.Finish,
	})
	v.Escaped(func() {
		d.Close()
		v.Finish()
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
