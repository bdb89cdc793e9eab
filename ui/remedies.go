//go:build !headless

package ui

import (
	"context"

	"wherry/sync/engine"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// remedies are what the window can do about a failure in a pane. They change
// how the site is connected only when the person chooses one.
func (s *shell) remedies(side int, err error) []parts.Answer {
	s.facts.tell(fact{Fact: "failed", Side: sideNames[side], Text: words.Of(err, words.Window).Title})
	p := s.attempts[side]
	if p == nil {
		return nil
	}
	if s.typed[side] != "" && s.bar.field.Text == "" {
		s.bar.field.SetText(s.typed[side]) // to be mended rather than typed again
	}
	switch kind := vfs.KindOf(err); {
	case kind == vfs.KindTLS && p.Site.TLS != site.TLSOff:
		return []parts.Answer{{Title: "Connect in Clear", Danger: true, Run: func() {
			in := *p
			in.Site.TLS = site.TLSOff
			s.goTo(side, in)
		}}}
	case kind == vfs.KindNoData && p.Site.Mode == site.ModePassive:
		return []parts.Answer{{Title: "Use Active Mode", Run: func() { s.goIn(side, *p, site.ModeActive) }}}
	case kind == vfs.KindNoData && p.Site.Mode == site.ModeActive:
		return []parts.Answer{{Title: "Use Passive Mode", Run: func() { s.goIn(side, *p, site.ModePassive) }}}
	}
	return nil
}

// goIn connects a pane in another transfer mode and keeps it for the site.
func (s *shell) goIn(side int, p engine.Place, mode site.Mode) {
	p.Site.Mode = mode
	s.keepMode(p.Site)
	s.goTo(side, p)
}

// keepMode writes a saved site whose mode was chosen. Connecting is left to
// the caller, which may have changed more than the mode for this session.
func (s *shell) keepMode(one site.Site) {
	saved, ok := s.engine.Sites().Get(one.ID)
	if !ok || saved.Quick {
		return
	}
	saved.Mode = one.Mode
	s.loop.Go(func(context.Context) func() {
		err := s.engine.Sites().Put(saved)
		return func() { s.trouble(err) }
	})
}
