//go:build !headless

package ui

import (
	"time"

	"wherry/sync/ftpfs"
	"wherry/sync/site"
	"wherry/ui/words"
)

// change is the newest change of how a site's data connections are made; nil
// for none.
type change struct {
	id  site.ID
	way *ftpfs.Switch
}

// changeOf is called off the window's thread.
func (s *shell) changeOf(id site.ID) change {
	if id == site.Local {
		return change{}
	}
	status, _ := s.engine.Status(id)
	return change{id, status.Switch}
}

// announcement is how long a change of mode stands in the status bar.
const announcement = 30 * time.Second

// announce says a change of mode once.
func (s *shell) announce(changes [2]change) {
	for _, c := range changes {
		text := newChange(s.announced, c)
		if text == "" {
			continue
		}
		s.status.announce(text)
		s.loop.After(announcement, func() { s.status.takeBack(text) })
	}
}

// newChange is what to say of a change, "" where it was said before.
func newChange(said map[site.ID]time.Time, c change) string {
	if c.way == nil || !c.way.At.After(said[c.id]) {
		return ""
	}
	said[c.id] = c.way.At
	return words.Switched(*c.way)
}
