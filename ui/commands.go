//go:build !headless

package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/action"
	"wherry/ui/look"
	"wherry/ui/pane"
	"wherry/ui/parts"
	"wherry/ui/queueview"
	"wherry/ui/settings"
	"wherry/ui/words"
)

const (
	ctrl  = fyne.KeyModifierShortcutDefault
	shift = fyne.KeyModifierShift
)

// reasonAsking is why no command runs under a dialog.
const reasonAsking = "A question is open"

// buildCommands makes the table of the window's commands and, from it and the
// active pane's, the main menu.
func (s *shell) buildCommands() {
	all := slices.Concat(s.windowCommands(), s.siteCommands(), s.rowCommands(), s.queueCommands(), s.paneCommands())
	for i, c := range all {
		all[i].Disabled = func() string {
			if s.isAsking() {
				return reasonAsking
			}
			return c.Reason()
		}
	}
	s.commands = action.NewTable(all...)
	s.commands.Refused = func(_ action.Command, reason string) { s.status.say(reason) }
	line := action.Separator
	s.menus = []*action.Menu{
		s.commands.Menu("File", "window.address", "site.manager", "site.disconnect", line,
			pane.CommandMkdir, pane.CommandRename, pane.CommandMode, pane.CommandDelete, line, "window.settings", line, "window.quit"),
		s.commands.Menu("Edit", pane.CommandSelectAll, pane.CommandInvert, line, pane.CommandCopyPath, pane.CommandCopyURL, line, pane.CommandFilter),
		s.commands.Menu("Go", pane.CommandUp, pane.CommandBack, pane.CommandForward, pane.CommandEditPath, line, pane.CommandRefresh),
		s.commands.Menu("Transfer", pane.CommandTransfer, line,
			"queue.retry", "queue.pause", "queue.resume", "queue.start-at", "queue.details", line, "queue.top", "queue.bottom",
			"queue.high", "queue.normal", "queue.low", line, "queue.cancel", line,
			"queue.hold", "queue.limit", "queue.resume-all", "queue.retry-all", "queue.cancel-all", "queue.clear-failed", "queue.clear"),
		s.commands.Menu("Site", "site.check", line, "mode.auto", "mode.passive", "mode.active"),
		s.commands.Menu("View", pane.CommandHidden, line, "view.system", "view.light", "view.dark", line,
			"view.queue", "view.failed", "view.completed", "view.log"),
		s.commands.Menu("Help", "help.keys", "help.about"),
	}
	var menus []*fyne.Menu
	for _, m := range s.menus {
		menus = append(menus, m.Menu)
	}
	s.window.SetMainMenu(fyne.NewMainMenu(menus...))
}

// isAsking says whether a dialog is open: the main menu's keys are heard under
// it, and must do nothing then.
func (s *shell) isAsking() bool {
	top := s.window.Canvas().Overlays().Top()
	if top == nil {
		return false
	}
	_, menu := top.(*widget.PopUpMenu)
	return !menu
}

// syncMenus brings the main menu's state up to date.
func (s *shell) syncMenus() {
	changed := false
	for _, m := range s.menus {
		changed = m.Sync() || changed
	}
	if changed {
		s.window.MainMenu().Refresh()
	}
}

// paneCommands are the pane's own, done to the active pane. The filter is that
// of the queue's list while this has the keys.
func (s *shell) paneCommands() []action.Command {
	var out []action.Command
	for _, c := range s.panes[left].Actions().Commands() {
		id := c.ID
		get := func() action.Command {
			now, _ := s.panes[s.active].Actions().Get(id)
			return now
		}
		c.Disabled = func() string { return get().Reason() }
		if c.Checked != nil {
			c.Checked = func() bool { return get().Checked() }
		}
		c.Run = func() {
			if v := s.list(); id == pane.CommandFilter && v != nil && v.HasFocus() && v.Find() {
				return
			}
			s.panes[s.active].Actions().Run(id)
		}
		out = append(out, c)
	}
	return out
}

func (s *shell) windowCommands() []action.Command {
	tab := func(id, title string, n int, key fyne.KeyName) action.Command {
		return action.Command{
			ID: id, Title: title, Key: key, Mod: ctrl, Checked: func() bool { return s.tabs.Current() == n },
			Run: func() { s.toTab(n) },
		}
	}
	theme := func(id, title string, c look.Choice) action.Command {
		return action.Command{
			ID: id, Title: title,
			Checked: func() bool { return look.Choice(s.kept.Theme) == c },
			Run:     func() { s.setTheme(c) },
		}
	}
	return []action.Command{
		{ID: "window.address", Title: "Connect to an address", Key: fyne.KeyK, Mod: ctrl, Run: func() { s.window.Canvas().Focus(s.bar.field) }},
		{ID: "window.settings", Title: "Settings…", Key: fyne.KeyComma, Mod: ctrl, Run: s.openSettings},
		{ID: "window.quit", Title: "Quit", Key: fyne.KeyQ, Mod: ctrl, Run: s.askClose, Quits: true},
		theme("view.system", "Light or dark as the system", look.System),
		theme("view.light", "Light", look.Light),
		theme("view.dark", "Dark", look.Dark),
		tab("view.queue", "Queue", 0, fyne.Key1),
		tab("view.failed", "Failed", 1, fyne.Key2),
		tab("view.completed", "Completed", 2, fyne.Key3),
		tab("view.log", "Log", 3, fyne.Key4),
		{ID: "help.keys", Title: "Keys", Key: fyne.KeyF1, Run: s.showKeys},
		{ID: "help.about", Title: "About Wherry", Run: s.showAbout},
	}
}

// toTab shows a tab below the panes and gives it the keys; Tab brings them back.
func (s *shell) toTab(n int) {
	s.tabs.Choose(n)
	s.tabs.Chosen(n)
	if v := s.list(); v != nil {
		v.Focus()
		return
	}
	s.log.Focus()
}

func (s *shell) siteCommands() []action.Command {
	none := func() string {
		if s.siteInView() == site.Local {
			return "No site is connected"
		}
		return ""
	}
	mode := func(m site.Mode, title string) action.Command {
		return action.Command{
			ID: "mode." + string(m), Title: title, Disabled: none,
			Checked: func() bool {
				now := s.connected.site
				return now.ID != site.Local && (now.Mode == m || now.Mode == "" && m == site.ModeAuto)
			},
			Run: func() { s.setMode(m) },
		}
	}
	return []action.Command{
		{ID: "site.manager", Title: "Sites…", Key: fyne.KeyS, Mod: ctrl, Run: s.openManager},
		{ID: "site.disconnect", Title: "Disconnect", Key: fyne.KeyD, Mod: ctrl, Disabled: none, Run: s.disconnect},
		{ID: "site.check", Title: "Check the connection…", Key: fyne.KeyT, Mod: ctrl, Disabled: s.nothingToCheck, Run: func() {
			side, _ := s.toCheck()
			s.checkConnection(side)
		}},
		mode(site.ModeAuto, "Transfer mode: auto"),
		mode(site.ModePassive, "Transfer mode: passive, we connect"),
		mode(site.ModeActive, "Transfer mode: active, the server connects"),
	}
}

// list is the queue's tab in view, nil for the log.
func (s *shell) list() *queueview.View {
	if i := s.tabs.Current(); i < len(s.lists) {
		return s.lists[i]
	}
	return nil
}

// reasonNotSelected is why a command about transfers cannot run.
const reasonNotSelected = "No transfer is selected for that"

func (s *shell) noPause() string {
	if v := s.list(); v == nil || !v.CanPause() {
		return reasonNotSelected
	}
	return ""
}

// noDetails is why the details of no row can be shown.
func (s *shell) noDetails() string {
	if v := s.list(); v == nil || v.Picked() != 1 {
		return "Select one transfer to see its details"
	}
	return ""
}

// rowCommands are about the transfers that are selected.
func (s *shell) rowCommands() []action.Command {
	picked := func(states ...queue.State) func() string {
		return func() string {
			if v := s.list(); v == nil || v.Picked(states...) == 0 {
				return reasonNotSelected
			}
			return ""
		}
	}
	do := func(f func(*queueview.View)) func() {
		return func() {
			if v := s.list(); v != nil {
				f(v)
			}
		}
	}
	priority := func(id, title string, p queue.Priority) action.Command {
		return action.Command{
			ID: id, Title: title, Disabled: picked(queueview.Left.States...),
			Checked: func() bool { v := s.list(); return v != nil && v.HasPriority(p) },
			Run:     do(func(v *queueview.View) { v.SetPriority(p) }),
		}
	}
	return []action.Command{
		{ID: "queue.retry", Title: "Try again", Key: fyne.KeyR, Mod: ctrl, Glyph: look.GlyphRefresh, Disabled: picked(queue.Failed, queue.Skipped, queue.Paused, queue.Waiting), Run: do((*queueview.View).Retry)},
		{ID: "queue.pause", Title: "Pause", Key: fyne.KeyP, Mod: ctrl, Glyph: look.GlyphPause, Disabled: s.noPause, Run: do((*queueview.View).Pause)},
		{ID: "queue.resume", Title: "Go on", Key: fyne.KeyG, Mod: ctrl, Glyph: look.GlyphPlay, Disabled: picked(queue.Paused), Run: do((*queueview.View).Resume)},
		{ID: "queue.start-at", Title: "Start at…", Key: fyne.KeyS, Mod: ctrl | shift, Glyph: look.GlyphWaiting, Disabled: picked(queueview.Left.States...), Run: do((*queueview.View).StartAt)},
		{ID: "queue.top", Title: "Move to the top", Key: fyne.KeyHome, Mod: fyne.KeyModifierAlt, Glyph: look.GlyphSortUp, Disabled: picked(queueview.Left.States...), Run: do((*queueview.View).MoveTop)},
		{ID: "queue.bottom", Title: "Move to the bottom", Key: fyne.KeyEnd, Mod: fyne.KeyModifierAlt, Glyph: look.GlyphSortDown, Disabled: picked(queueview.Left.States...), Run: do((*queueview.View).MoveBottom)},
		priority("queue.high", "Priority: high", queue.High),
		priority("queue.normal", "Priority: normal", queue.Normal),
		priority("queue.low", "Priority: low", queue.Low),
		{ID: "queue.cancel", Title: "Remove from the list", Glyph: look.GlyphCancel, Disabled: picked(), Run: do((*queueview.View).Cancel)},
		{ID: "queue.details", Title: "Details…", Glyph: look.GlyphInfo, Disabled: s.noDetails, Run: do((*queueview.View).Details)},
		{ID: "queue.all", Title: "Select all", Run: do((*queueview.View).SelectAll)},
	}
}

// queueCommands are about the queue as a whole.
func (s *shell) queueCommands() []action.Command {
	return []action.Command{
		{
			ID: "queue.hold", Title: "Hold the whole queue", Key: fyne.KeyP, Mod: ctrl | shift, Glyph: look.GlyphPause,
			Checked: func() bool { return s.snapshot.Held }, Run: s.toggleHold,
		},
		{
			ID: "queue.limit", Title: "Limit the speed", Key: fyne.KeyL, Mod: ctrl | shift, Disabled: s.noLimit,
			Checked: func() bool { return s.kept.LimitsOn && s.kept.HasLimits() }, Run: s.toggleLimit,
		},
		{ID: "queue.retry-all", Title: "Try all failed again", Disabled: s.nothing("Nothing has failed", queue.Failed), Run: s.lists[1].RetryAll},
		{ID: "queue.resume-all", Title: "Go on with all paused", Disabled: s.nothing("Nothing is paused", queue.Paused), Run: s.lists[0].ResumeAll},
		{ID: "queue.cancel-all", Title: "Remove everything from the list…", Disabled: s.nothing("The queue is empty", queueview.Left.States...), Run: s.askCancelAll},
		{ID: "queue.clear-failed", Title: "Clear what has failed", Disabled: s.nothing("Nothing has failed", queueview.Lost.States...), Run: s.lists[1].Clear},
		{ID: "queue.clear", Title: "Clear what is completed", Disabled: s.nothing("Nothing is completed", queueview.Over.States...), Run: s.lists[2].Clear},
	}
}

// askCancelAll empties the queue once the person is sure.
func (s *shell) askCancelAll() {
	showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphWarn, Color: look.ColorWarn,
		Title: "Remove " + words.Count(int64(s.snapshot.Unfinished()), "transfer", "transfers") + " from the list?",
		Text:  "What has arrived in part is removed. What is completed stays.",
		Answers: []parts.Answer{
			{Title: "Remove", Run: s.lists[0].CancelAll},
			{Title: "Keep", Strong: true},
		},
	})
}

// nothing is the reason why there is nothing to do with rows in some states.
func (s *shell) nothing(reason string, states ...queue.State) func() string {
	return func() string {
		if (queueview.Tab{States: states}).Count(s.snapshot) == 0 {
			return reason
		}
		return ""
	}
}

// queueMenu is what a right click on a transfer opens: what can be done to such
// a row, and to all of its list.
func (s *shell) queueMenu(v *queueview.View, at fyne.Position) {
	m := s.commands.Menu("", queueMenuOf(v.Tab())...)
	widget.ShowPopUpMenuAtPosition(m.Menu, s.window.Canvas(), at)
}

func queueMenuOf(tab queueview.Tab) []string {
	const line = action.Separator
	switch tab.Title {
	case queueview.Lost.Title:
		return []string{"queue.retry", "queue.details", line, "queue.cancel", "queue.all", line, "queue.retry-all", "queue.clear-failed"}
	case queueview.Over.Title:
		return []string{"queue.retry", "queue.details", line, "queue.cancel", "queue.all", line, "queue.clear"}
	}
	return []string{
		"queue.pause", "queue.resume", "queue.retry", "queue.start-at", "queue.details", line,
		"queue.top", "queue.bottom", "queue.high", "queue.normal", "queue.low", line, "queue.cancel", "queue.all", line,
		"queue.hold", "queue.limit", "queue.resume-all", "queue.cancel-all",
	}
}

func (s *shell) logMenu(at fyne.Position) {
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("",
		fyne.NewMenuItem("Copy", func() { s.app.Clipboard().SetContent(s.log.Text()) }),
		fyne.NewMenuItem("Clear", s.log.Clear)), s.window.Canvas(), at)
}

// placesMenu is where a pane can go: here, or to a kept site.
func (s *shell) placesMenu(side int) *fyne.Menu {
	menu := fyne.NewMenu("", fyne.NewMenuItem("This computer", func() {
		s.goHere(side, startFolder(s.kept.Panes[side].Folder))
	}))
	saved := s.engine.Saved()
	if len(saved) > 0 {
		menu.Items = append(menu.Items, fyne.NewMenuItemSeparator())
	}
	for _, one := range saved {
		menu.Items = append(menu.Items, fyne.NewMenuItem(vfs.Readable(site.FullName(one)), func() { s.goSaved(side, one.ID) }))
	}
	menu.Items = append(menu.Items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem("Sites…", s.openManager))
	return menu
}

// menuBelow opens a menu under an object.
func (s *shell) menuBelow(m *fyne.Menu, o fyne.CanvasObject) {
	at := s.app.Driver().AbsolutePositionForObject(o)
	widget.ShowPopUpMenuAtPosition(m, s.window.Canvas(), at.AddXY(0, o.Size().Height))
}

func (s *shell) setTheme(c look.Choice) {
	s.change(func(kept *settings.Settings) { kept.Theme = string(c) })
}

func (s *shell) showKeys() {
	var lines []parts.Fact
	for _, l := range s.commands.Help() {
		lines = append(lines, parts.Fact{Name: l.Key, Value: l.Title})
	}
	lines = append(lines, parts.Fact{Name: "Tab", Value: "The other pane; from the queue back to the pane"}, parts.Fact{Name: "Backspace", Value: "Up"},
		parts.Fact{Name: "Enter", Value: "Open the folder, copy the file; in the queue: all details"},
		parts.Fact{Name: "Letters", Value: "To the name that begins so"}, parts.Fact{Name: "Del", Value: "In the queue: remove from the list"},
		parts.Fact{Name: "Esc", Value: "Stop waiting, end a drag"})
	scroll := container.NewVScroll(parts.NewFacts(lines...))
	scroll.SetMinSize(fyne.NewSize(0, min(460, s.window.Canvas().Size().Height-160)))
	showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphInfo, Title: "Keys", Content: scroll, Width: 420,
		Answers: []parts.Answer{{Title: "Close", Strong: true}},
	})
}

func (s *shell) showAbout() {
	showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphInfo, Title: "Wherry " + version,
		Text:    "Moves files between this computer and FTP servers. Free software under the MIT license.",
		Answers: []parts.Answer{{Title: "Close", Strong: true}},
	})
}
