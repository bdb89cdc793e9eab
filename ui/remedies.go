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
	return remediesOf(vfs.KindOf(err), p.Site, func(change func(*site.Site)) {
		in := *p
		change(&in.Site)
		if in.Site.Mode != p.Site.Mode {
			s.keepMode(in.Site)
		}
		s.goTo(side, in)
	}, func() { s.checkConnection(side) })
}

// remediesOf are the answers to a failure of a kind on a site.
func remediesOf(kind vfs.Kind, one site.Site, again func(change func(*site.Site)), check func()) []parts.Answer {
	mode := func(m site.Mode, title string) parts.Answer {
		return parts.Answer{Title: title, Run: func() { again(func(s *site.Site) { s.Mode = m }) }}
	}
	look := parts.Answer{Title: "Check Connection", Run: check}
	switch kind {
	case vfs.KindTLS:
		if one.TLS == site.TLSOff {
			return []parts.Answer{look}
		}
		return []parts.Answer{{Title: "Connect in Clear", Danger: true, Run: func() {
			again(func(s *site.Site) { s.TLS = site.TLSOff })
		}}, look}
	case vfs.KindNoData:
		switch one.Mode {
		case site.ModePassive:
			return []parts.Answer{mode(site.ModeActive, "Use Active Mode"), look}
		case site.ModeActive:
			return []parts.Answer{mode(site.ModePassive, "Use Passive Mode"), look}
		}
		return []parts.Answer{look}
	case vfs.KindTimeout, vfs.KindLost, vfs.KindHost, vfs.KindRefused, vfs.KindNotFTP, vfs.KindProtocol, vfs.KindBusy:
		return []parts.Answer{look}
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
