//go:build !headless

package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"wherry/sync/localfs"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/pane"
	"wherry/ui/words"
)

// drag is what is being dragged between the panes; cargo without entries
// means nothing.
type drag struct {
	from  int
	cargo pane.Cargo
}

func (s *shell) dragStart(side int, c pane.Cargo, at fyne.Position) {
	s.drag = drag{from: side, cargo: c}
	s.facts.tell(fact{Fact: "drag", Text: words.Count(int64(len(c.Entries)), "item", "items")})
	s.dragMove(at)
}

// aim finds where a drop would go, and what it would do: "" for nothing.
func (s *shell) aim(at fyne.Position) (side int, t pane.Target, verb string) {
	for i, p := range s.panes {
		t, ok := p.TargetAt(at)
		if !ok {
			continue
		}
		here := t.Place.ID == s.drag.cargo.From.ID
		switch {
		case here && t.Dir == s.drag.cargo.Dir, here && s.intoItself(t.Dir):
			return i, t, ""
		case here && i == s.drag.from:
			return i, t, "Move"
		}
		return i, t, "Copy"
	}
	return -1, pane.Target{}, ""
}

// intoItself says whether a folder that is dragged holds the target.
func (s *shell) intoItself(dir vfs.Path) bool {
	for _, e := range s.drag.cargo.Entries {
		if p, err := s.drag.cargo.Dir.Join(e.Name); err == nil && p.Holds(dir) {
			return true
		}
	}
	return false
}

func (s *shell) dragMove(at fyne.Position) {
	if len(s.drag.cargo.Entries) == 0 {
		return
	}
	side, t, verb := s.aim(at)
	for i, p := range s.panes {
		if i == side {
			p.DragOver(at, t, verb != "")
		} else {
			p.DragOut()
		}
	}
	glyph, text := look.GlyphFile, words.Count(int64(len(s.drag.cargo.Entries)), "item", "items")
	if len(s.drag.cargo.Entries) == 1 {
		text = vfs.Readable(s.drag.cargo.Entries[0].Name)
		if s.drag.cargo.Entries[0].IsDir() {
			glyph = look.GlyphFolder
		}
	}
	if verb != "" {
		text = verb + " " + text + " to " + folderName(t)
	}
	s.layer.Ghost(at, glyph, text, verb != "")
}

func folderName(t pane.Target) string {
	if t.Dir.IsRoot() {
		return t.Place.Title
	}
	return vfs.Readable(t.Dir.Base())
}

func (s *shell) dragEnd(at fyne.Position, ok bool) {
	_, t, verb := s.aim(at)
	cargo := s.drag.cargo
	s.drag = drag{}
	s.layer.HideGhost()
	for _, p := range s.panes {
		p.DragOut()
	}
	switch {
	case !ok || len(cargo.Entries) == 0:
		s.facts.tell(fact{Fact: "drag", Text: "cancelled"})
	case verb == "Copy":
		s.enqueue(cargo, t.Place, t.Dir)
	case verb == "Move":
		s.move(cargo, t.Dir)
	}
}

// move renames a cargo into another folder of its own place. A name that is
// taken there stops it.
func (s *shell) move(c pane.Cargo, dir vfs.Path) {
	s.loop.Go(func(ctx context.Context) func() {
		var failed error
		for _, e := range c.Entries {
			from, err := c.Dir.Join(e.Name)
			if err == nil {
				var to vfs.Path
				if to, err = dir.Join(e.Name); err == nil {
					err = c.From.FS.Rename(ctx, from, to, false)
				}
			}
			if err != nil {
				failed = err
				break
			}
		}
		s.touched.note(folder{c.From.ID, c.Dir})
		s.touched.note(folder{c.From.ID, dir})
		return func() { s.trouble(failed) }
	})
}

// dropRequest asks for a copy of what was dropped by another program; ok is
// false for what is no file of this computer, or cannot be a name there.
func dropRequest(u fyne.URI, to site.ID, dir vfs.Path) (queue.Request, bool) {
	if u.Scheme() != "file" {
		return queue.Request{}, false
	}
	src, err := localfs.FromOS(u.Path())
	if err != nil || src.IsRoot() {
		return queue.Request{}, false
	}
	dst, err := dir.Join(src.Base())
	if err != nil || to == site.Local && src == dst {
		return queue.Request{}, false
	}
	return queue.Request{
		Source: queue.Place{Path: src}, Target: queue.Place{Site: to, Path: dst},
		Size: vfs.SizeUnknown,
	}, true
}
