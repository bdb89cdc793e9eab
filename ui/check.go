//go:build !headless

package ui

import (
	"context"

	"wherry/sync/engine"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/doctorview"
)

// toCheck is the place whose connection a person wonders about: what the
// active pane is, or was to be, connected to, else the other pane's. Nil for
// none.
func (s *shell) toCheck() (side int, p *engine.Place) {
	for _, side := range []int{s.active, 1 - s.active} {
		if s.attempts[side] != nil {
			return side, s.attempts[side]
		}
	}
	return s.active, nil
}

func (s *shell) nothingToCheck() string {
	if _, p := s.toCheck(); p == nil {
		return "Connect to a site first"
	}
	return ""
}

// checkConnection checks what a pane is, or was to be, connected to.
func (s *shell) checkConnection(side int) {
	p := s.attempts[side]
	if p == nil {
		return
	}
	place := *p
	id := s.panes[side].Place().ID
	if one, ok := s.engine.Site(id); ok && id != site.Local {
		switch {
		case isOf(place.Site, one):
			place.Site = one // with the mode as it was chosen since
		case s.panes[side].Ready():
			place = engine.Place{Site: one} // gone back to from an attempt that failed
		}
	}
	dir := vfs.Path{}
	if s.panes[side].Ready() && id != site.Local {
		dir = s.panes[side].Path()
	}
	s.check(place.Site, place.Password, dir, func(mode site.Mode) {
		if !dir.IsRoot() {
			place.Path, place.HasPath = dir, true
		}
		s.goIn(side, place, mode)
	}, func() { s.panes[s.active].Focus() })
}

// isOf says whether what was to be connected is a site that is known: a pane
// whose connection failed still has the place it showed before, which may be on
// the same host under another port, user or encryption.
func isOf(wanted, known site.Site) bool {
	if wanted.ID != "" {
		return wanted.ID == known.ID
	}
	return wanted.Address() == known.Address() && wanted.User == known.User && wanted.TLS == known.TLS
}

// check opens the check of a site, saved or not. dir is where writing would be
// tested, its zero value the login folder.
func (s *shell) check(one site.Site, password string, dir vfs.Path, use func(site.Mode), closed func()) {
	s.facts.tell(fact{Fact: "dialog", Text: "Connection check"})
	folder := ""
	if !dir.IsRoot() {
		folder = vfs.Readable(dir.String())
	}
	doctorview.Open(s.loop, s.window.Canvas(), doctorview.Config{
		Site: one, Folder: folder,
		Run: func(ctx context.Context, write bool, onStep func(doctor.Step)) (doctor.Report, error) {
			return s.engine.Check(ctx, one, password, write, dir, onStep)
		},
		Use:    use,
		Copy:   s.app.Clipboard().SetContent,
		Closed: closed,
	})
}
