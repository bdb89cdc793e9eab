//go:build !headless

package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"wherry/sync/engine"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/loop"
	"wherry/ui/pane"
	"wherry/ui/parts"
	"wherry/ui/settings"
	"wherry/ui/sitemanager"
	"wherry/ui/words"
)

// state is what the ticker samples.
type state struct {
	queue      queue.Snapshot
	connection connection
	changes    [2]change // of the panes' sites
}

// watch samples the engine for the status bar and the queue's tabs.
func (s *shell) watch() {
	// Always told: what commands are possible also depends on panes and
	// selections. Widgets draw anew only what is new to them.
	loop.Sample(s.loop, func() (state, bool) { return s.sample(), true }, s.paint)
}

// sample is taken off the window's thread.
func (s *shell) sample() state {
	ids := s.inView.get()
	now := state{queue: s.engine.Queue().Snapshot(), connection: s.connectionOf(ids.bar)}
	now.connection.silent = waitsFor(now.queue, ids.bar)
	for side, id := range ids.panes {
		now.changes[side] = s.changeOf(id)
	}
	return now
}

// waitsFor says whether the queue waits for a site to answer again.
func waitsFor(now queue.Snapshot, id site.ID) bool {
	return slices.ContainsFunc(now.Waits, func(w queue.SiteWait) bool { return w.Site == id })
}

// connectionOf tells how a site is connected; it is called off the window's
// thread.
func (s *shell) connectionOf(id site.ID) connection {
	if id == site.Local {
		return connection{}
	}
	one, _ := s.engine.Site(id)
	status, open := s.engine.Status(id)
	return connection{site: one, connected: open, status: status}
}

// idsInView are the sites that the ticker samples.
func (s *shell) idsInView() idsInView {
	return idsInView{bar: s.siteInView(), panes: [2]site.ID{s.panes[left].Place().ID, s.panes[right].Place().ID}}
}

// siteInView is the site that the status bar speaks of: the active pane's, or
// else the other's.
func (s *shell) siteInView() site.ID {
	if id := s.panes[s.active].Place().ID; id != site.Local {
		return id
	}
	return s.panes[1-s.active].Place().ID
}

// onEvent is told by the queue, on its goroutine.
func (s *shell) onEvent(e queue.Event) {
	s.touched.onEvent(e)
	s.finish.onEvent(e)
}

// paint shows what was sampled. What must go on while nobody sees the window
// does not depend on its being drawn.
func (s *shell) paint(now state) {
	s.snapshot, s.connected = now.queue, now.connection
	if !s.tray.hidden {
		s.draw(now)
	}
	s.tellFacts(now)
	s.keepAwake(now.queue)
	s.tellFinish(now.queue)
	s.countDown(now.queue)
	s.paintTray(now.queue)
	s.quitIfDone(now.queue)
	s.followClosing(now.queue)
}

func (s *shell) draw(now state) {
	s.status.setConnection(now.connection)
	if !s.isAsking() {
		s.status.unsay(reasonAsking)
	}
	s.announce(now.changes)
	s.status.setQueue(now.queue, now.connection.silent, s.siteName)
	for i, v := range s.lists {
		title := v.Tab().Title
		if n := v.Tab().Count(now.queue); n > 0 {
			title += " (" + words.Number(int64(n)) + ")"
		}
		s.tabs.SetTitle(i, title)
	}
	if i := s.tabs.Current(); i < len(s.lists) {
		s.lists[i].Take(now.queue)
	}
	s.refreshTouched(now.queue.Count[queue.Active]+now.queue.Count[queue.Scanning] > 0)
	s.syncMenus()
}

// goTo connects a pane to a place.
func (s *shell) goTo(side int, p engine.Place) {
	s.facts.tell(fact{Fact: "connecting", Text: siteTitle(p.Site)})
	clear(s.names)
	s.attempts[side] = &p
	s.panes[side].Go(s.there(p))
	s.panes[side].Focus()
}

// answered has the queue try a site again that answers a pane: it would wait
// out a pause that was made for a server that is down.
func (s *shell) answered(id site.ID) {
	if !waitsFor(s.snapshot, id) {
		return
	}
	s.loop.Go(func(context.Context) func() {
		s.engine.Nudge()
		return nil
	})
}

// goHere takes a pane to a folder of this computer.
func (s *shell) goHere(side int, dir vfs.Path) {
	s.attempts[side] = nil
	s.panes[side].Go(s.here(dir))
}

// goSaved connects a pane to a saved site, and takes the other one to the
// site's folder here.
func (s *shell) goSaved(side int, id site.ID) {
	p, err := s.saved(id)
	if err != nil {
		s.trouble(err)
		return
	}
	s.goTo(side, p)
	if other := s.panes[1-side]; p.Site.LocalDir != "" && other.Place().ID == site.Local {
		s.goHere(1-side, startFolder(p.Site.LocalDir))
	}
}

// connectTyped connects to what a person typed.
func (s *shell) connectTyped(text string) {
	place, err := s.engine.Resolve(text)
	if one, ok := s.engine.Sites().ByName(text); ok {
		s.goSaved(s.sideToConnect(), one.ID)
		return
	}
	if err == nil && place.Local {
		s.goHere(s.active, place.Path)
		return
	}
	if err != nil {
		s.trouble(err)
		return
	}
	side := s.sideToConnect()
	s.typed[side] = addressOf(place)
	s.goTo(side, place)
}

// addressOf writes what was typed without its password.
func addressOf(p engine.Place) string {
	url := p.Site.URL(p.Path.String())
	if !p.HasPath {
		url = strings.TrimSuffix(url, "/") // the login folder, not the top
	}
	return url
}

// sideToConnect is the pane that already shows a site, else the right one.
func (s *shell) sideToConnect() int {
	leftIsSite, rightIsSite := s.panes[left].Place().ID != site.Local, s.panes[right].Place().ID != site.Local
	switch {
	case leftIsSite && rightIsSite:
		return s.active
	case leftIsSite:
		return left
	}
	return right
}

// disconnect closes the site in view, and its panes go home.
func (s *shell) disconnect() {
	id := s.siteInView()
	if id == site.Local {
		return
	}
	for side, p := range s.panes {
		if p.Place().ID == id {
			s.goHere(side, startFolder(s.kept.Panes[side].Folder))
		}
	}
	s.loop.Go(func(context.Context) func() {
		err := s.engine.Disconnect(id)
		return func() { s.trouble(err) }
	})
}

// setMode forces the site in view to a transfer mode from now on.
func (s *shell) setMode(mode site.Mode) {
	id := s.siteInView()
	one, ok := s.engine.Site(id)
	if !ok || one.Mode == mode {
		return
	}
	one.Mode = mode
	s.keepMode(one)
	for side, p := range s.panes {
		if p.Place().ID == id {
			s.goTo(side, engine.Place{Site: one, Path: p.Path(), HasPath: true})
		}
	}
}

func (s *shell) openManager() {
	s.facts.tell(fact{Fact: "dialog", Text: "Sites"})
	sitemanager.Open(s.loop, s.window.Canvas(), s.engine, s.siteInView(), sitemanager.Hooks{
		Connect: func(id site.ID) { s.goSaved(s.sideToConnect(), id) },
		Check: func(one site.Site, password string, use func(site.Mode)) {
			s.check(one, password, vfs.Root(), use, nil)
		},
		Closed: func() { clear(s.names); s.panes[s.active].Focus() },
	})
}

// transferTo queues a copy of a cargo into the folder that a pane shows.
func (s *shell) transferTo(c pane.Cargo, to *pane.View) {
	if !to.Receives() {
		s.status.say("The other pane shows no folder to copy to")
		return
	}
	s.enqueue(c, to.Place(), to.Path())
}

// enqueue queues a copy of a cargo into a folder.
func (s *shell) enqueue(c pane.Cargo, to pane.Place, dir vfs.Path) {
	var reqs []queue.Request
	refused := 0
	for _, e := range c.Entries {
		src, err := c.Dir.Join(e.Name)
		dst, err2 := dir.Join(e.Name)
		if err != nil || err2 != nil {
			refused++
			continue
		}
		if c.From.ID == to.ID && (src == dst || e.IsDir() && src.Holds(dst)) {
			s.status.say("A folder cannot be copied into itself")
			continue
		}
		reqs = append(reqs, queue.Request{
			Source: queue.Place{Site: c.From.ID, Path: src}, Target: queue.Place{Site: to.ID, Path: dst},
			Type: e.Type, Size: e.Size,
		})
	}
	if refused > 0 {
		s.status.say(words.Count(int64(refused), "name", "names") + " cannot be used and were left out")
	}
	s.add(reqs)
}

// add queues copies, with what the settings say of all of them.
func (s *shell) add(reqs []queue.Request) {
	if len(reqs) == 0 {
		return
	}
	for i := range reqs {
		reqs[i].Exists, reqs[i].KeepMode = s.kept.Exists(reqs[i].Target.Site), s.kept.KeepMode
	}
	s.tabs.Choose(0)
	s.loop.Go(func(ctx context.Context) func() {
		_, err := s.engine.Enqueue(ctx, reqs...)
		return func() {
			s.trouble(err)
			s.facts.tell(fact{Fact: "queued", Text: fmt.Sprint(len(reqs))})
		}
	})
}

// dropped takes files dropped by the system's file manager.
func (s *shell) dropped(at fyne.Position, uris []fyne.URI) {
	to := s.panes[s.active]
	place, dir := to.Place(), to.Path()
	for _, p := range s.panes {
		if t, ok := p.TargetAt(at); ok {
			to, place, dir = p, t.Place, t.Dir
		}
	}
	if !to.Receives() {
		s.status.say("The pane shows no folder to copy to")
		return
	}
	var reqs []queue.Request
	for _, u := range uris {
		if r, ok := dropRequest(u, place.ID, dir); ok {
			reqs = append(reqs, r)
		}
	}
	if len(reqs) < len(uris) {
		s.status.say(words.Count(int64(len(uris)-len(reqs)), "thing", "things") + " dropped here cannot be copied")
	}
	s.add(reqs)
}

// trouble tells of a failure that belongs to no pane; nil is none.
func (s *shell) trouble(err error) {
	if err == nil || vfs.KindOf(err) == vfs.KindCancelled {
		return
	}
	told := words.Of(err, words.Window)
	showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphTrouble, Color: look.ColorTrouble, Title: told.Title, Text: told.Remedy,
		Answers: []parts.Answer{{Title: "OK", Strong: true}},
	})
}

func (s *shell) tellNotice(text string) {
	showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphInfo, Title: "Please note", Text: words.Safe(text),
		Answers: []parts.Answer{{Title: "OK", Strong: true}},
	})
}

// change changes a setting, which takes effect now, and writes it off the window's thread. Where
// that fails the next start begins with the one before.
func (s *shell) change(change func(*settings.Settings)) {
	before := s.kept
	change(&s.kept)
	s.apply(before)
	s.unwritten.add(change)
	s.loop.Go(func(context.Context) func() {
		if err := s.unwritten.write(s.settings.Change); err != nil {
			s.facts.tell(fact{Fact: "trouble", Text: err.Error()})
		}
		return nil
	})
}

// siteName is asked for each row that is drawn, so what the store said is
// remembered until sites can have changed.
func (s *shell) siteName(id site.ID) string {
	if id == site.Local {
		return "This computer"
	}
	name, ok := s.names[id]
	if !ok {
		name = "a removed site"
		if one, ok := s.engine.Site(id); ok {
			name = siteTitle(one)
		}
		s.names[id] = name
	}
	return name
}

// target names a place as a TARGET does, for JSON events.
func (s *shell) target(p queue.Place) string {
	if one, ok := s.engine.Site(p.Site); ok && p.Site != site.Local {
		return one.URL(p.Path.String())
	}
	return p.Path.String()
}

// transfers is the queue as its tabs see it: trying again goes through the
// engine, which also lets refused logins be tried again.
type transfers struct {
	*queue.Queue
	engine *engine.Engine
}

// Retry sends rows back to waiting.
func (t transfers) Retry(ctx context.Context, ids ...queue.ID) error {
	return t.engine.Retry(ctx, ids...)
}
