//go:build !headless

package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"wherry/sync/engine"
	"wherry/sync/localfs"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/action"
	"wherry/ui/logview"
	"wherry/ui/loop"
	"wherry/ui/pane"
	"wherry/ui/parts"
	"wherry/ui/queueview"
	"wherry/ui/settings"
)

// The two sides.
const (
	left  = 0
	right = 1
)

var sideNames = [2]string{"left", "right"}

// shell is the window with everything in it. But for what says otherwise, it
// belongs to the window's thread.
type shell struct {
	app      fyne.App
	window   fyne.Window
	loop     *loop.Loop
	engine   *engine.Engine // set once before show
	asker    *asker
	settings *settings.File
	kept     settings.Settings // what settings holds, as changed since
	verify   verifying         // any goroutine
	facts    *facts            // any goroutine
	touched  touched           // any goroutine
	finish   finish            // see there
	notices  []string

	panes     [2]*pane.View
	attempts  [2]*engine.Place // what each pane was last connected to, nil for this computer
	typed     [2]string        // the address typed for it, until it is connected
	inView    inView           // any goroutine
	active    int
	layer     *parts.Layer
	drag      drag
	bar       *connectBar
	columns   *parts.Splitter
	rows      *parts.Splitter
	tabs      *parts.Tabs
	lists     []*queueview.View
	log       *logview.View
	logWatch  *loop.Watch
	status    *statusBar
	commands  *action.Table
	menus     []*action.Menu
	refreshed time.Time
	snapshot  queue.Snapshot
	connected connection         // of the site in view, as sampled last
	names     map[site.ID]string // see siteName
	told      told
	announced map[site.ID]time.Time // the newest change of mode that was said, by site
	leaving   bool                  // the question before closing is open, or was answered
	// quitWhenDone: the person asked to quit at the end of the queue.
	quitWhenDone bool
	soon         string        // what the status bar says of that, "" for nothing
	closing      *parts.Dialog // the question before closing, nil before the first one
	closingSays  string
	tray         tray
	awake        awake
	after        after
	given        queue.Tuning // by the command line, for this run
	tuning       queue.Tuning // what the queue works by
	unwritten    unwritten
	dialog       *settings.View // of the settings, nil while it is closed
}

func newShell(a fyne.App, l *loop.Loop, kept *settings.File, f *facts) *shell {
	s := &shell{app: a, loop: l, settings: kept, kept: kept.Load(), facts: f, active: right, names: map[site.ID]string{}, announced: map[site.ID]time.Time{}}
	s.verify.set(s.kept.Verify)
	s.window = a.NewWindow("Wherry")
	s.asker = newAsker(l, s.window, f)
	return s
}

// show builds the window and opens it; p is connected to at once, nil for
// nothing.
func (s *shell) show(ctx context.Context, p *engine.Place) {
	s.build()
	s.window.Resize(fyne.NewSize(sizeOr(s.kept.Width, 1180), sizeOr(s.kept.Height, 760)))
	s.window.SetMaster()
	s.window.SetCloseIntercept(s.closeWindow)
	s.window.SetOnDropped(s.dropped)
	s.arrange(s.kept)
	s.watch()
	s.watchFront()
	s.window.Show()
	s.openTray(ctx)
	for _, side := range []int{left, right} {
		s.goHere(side, startFolder(s.kept.Panes[side].Folder))
	}
	s.panes[left].Focus()
	switch {
	case p != nil && p.Local:
		s.goHere(right, p.Path)
	case p != nil:
		s.goTo(right, *p)
	}
	for _, n := range s.notices {
		s.tellNotice(n)
	}
}

func sizeOr(kept, usual float32) float32 {
	if kept >= 400 {
		return kept
	}
	return usual
}

// startFolder is the folder shown last; the root stands for home.
func startFolder(kept string) vfs.Path {
	if p, err := localfs.FromOS(kept); kept != "" && err == nil {
		return p
	}
	return vfs.Root()
}

func (s *shell) build() {
	s.layer = parts.NewLayer()
	s.status = newStatusBar(s.loop.After, s.toggleLimit)
	s.status.setLimit(s.kept.HasLimits(), s.kept.LimitsOn)
	s.bar = newConnectBar(s)
	for _, side := range []int{left, right} {
		s.panes[side] = pane.New(s.loop, s.paneHooks(side), s.modifiers)
	}
	s.buildTabs()
	s.columns = parts.NewColumns(s.panes[left].Object(), s.panes[right].Object(), 0.5)
	s.rows = parts.NewRows(s.columns, s.tabs, 0.72)
	s.buildCommands()
	main := container.NewBorder(
		container.NewVBox(s.bar.object, widget.NewSeparator()), container.NewVBox(widget.NewSeparator(), s.status.object), nil, nil, s.rows)
	s.window.SetContent(container.NewStack(parts.NewKeeper(), main, s.layer.Object))
	s.window.SetPadded(false)
}

func (s *shell) buildTabs() {
	s.tabs = parts.NewTabs()
	for _, tab := range []queueview.Tab{queueview.Left, queueview.Lost, queueview.Over} {
		v := queueview.New(s.loop, transfers{s.engine.Queue(), s.engine}, tab, s.siteName)
		v.Trouble = s.trouble
		v.Menu = func(at fyne.Position) { s.queueMenu(v, at) }
		v.Say, v.Leave = s.status.say, s.toPane
		v.SetModifiers(s.modifiers)
		s.lists = append(s.lists, v)
		s.tabs.SetAside(s.tabs.Append(tab.Title, v.Object()), v.Aside())
	}
	s.log, s.logWatch = logview.New(s.loop, s.engine.Trace())
	s.log.SetModifiers(s.modifiers)
	s.log.Menu = s.logMenu
	s.log.Say, s.log.Leave = s.status.say, s.toPane
	s.logWatch.SetVisible(false)
	logTab := s.tabs.Append("Log", s.log.Object())
	s.tabs.Chosen = func(tab int) {
		s.logWatch.SetVisible(tab == logTab)
		if tab < len(s.lists) {
			s.lists[tab].Take(s.snapshot)
		}
	}
}

// toPane gives the keys back to the pane that had them last.
func (s *shell) toPane() { s.panes[s.active].Focus() }

func (s *shell) paneHooks(side int) pane.Hooks {
	return pane.Hooks{
		Places:    func() *fyne.Menu { return s.placesMenu(side) },
		Transfer:  func(c pane.Cargo) { s.transferTo(c, s.panes[1-side]) },
		Moved:     func() { s.moved(side) },
		Read:      func() { s.answered(s.panes[side].Place().ID) },
		Awaited:   func(since time.Time) string { return s.awaited(side, since) },
		Active:    func() { s.activate(side) },
		Switch:    func() { s.panes[1-side].Focus() },
		Say:       s.status.say,
		Remedies:  func(err error) []parts.Answer { return s.remedies(side, err) },
		Key:       func(key fyne.KeyName, mod fyne.KeyModifier) { s.commands.ByKey(key, mod) },
		Shortcut:  func(k fyne.Shortcut) { s.commands.ByShortcut(k) },
		DragStart: func(c pane.Cargo, at fyne.Position) { s.dragStart(side, c, at) },
		DragMove:  s.dragMove,
		DragEnd:   s.dragEnd,
	}
}

// modifiers asks the driver which modifier keys are held down; only the real
// one knows.
func (s *shell) modifiers() fyne.KeyModifier {
	if d, ok := s.app.Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

func (s *shell) activate(side int) {
	s.active = side
	s.inView.set(s.idsInView())
	for i, p := range s.panes {
		p.SetActive(i == side)
	}
}

// moved keeps the folder for the next start, and the title true.
func (s *shell) moved(side int) {
	p := s.panes[side]
	s.inView.set(s.idsInView())
	if address := s.typed[side]; address != "" && p.Place().ID != site.Local {
		s.typed[side] = ""
		s.change(func(kept *settings.Settings) { kept.Remember(address) })
	}
	if p.Place().ID == site.Local {
		name := localfs.ToOS(p.Path())
		s.change(func(kept *settings.Settings) { kept.Panes[side].Folder = name })
	}
	title := "Wherry"
	for _, p := range s.panes {
		if p.Place().ID != site.Local {
			title = p.Place().Title + " - Wherry"
		}
	}
	s.window.SetTitle(title)
	s.bar.sync()
}

// arrange restores what the person arranged.
func (s *shell) arrange(kept settings.Settings) {
	if kept.Columns > 0 {
		s.columns.SetRatio(kept.Columns)
	}
	if kept.Rows > 0 {
		s.rows.SetRatio(kept.Rows)
	}
	for side, p := range s.panes {
		k := kept.Panes[side]
		p.SetLayout(pane.Layout{Widths: k.Widths, Order: pane.Order{Column: pane.Column(k.Sort), Descending: k.Descending}, Hidden: k.Hidden})
	}
	s.activate(left)
}

// keepArrangement writes what arrange restores.
func (s *shell) keepArrangement() {
	size := s.window.Canvas().Size()
	columns, rows := s.columns.Ratio(), s.rows.Ratio()
	var layouts [2]pane.Layout
	for side, p := range s.panes {
		layouts[side] = p.Layout()
	}
	if err := s.settings.Change(func(kept *settings.Settings) {
		kept.Width, kept.Height, kept.Columns, kept.Rows = size.Width, size.Height, columns, rows
		for side, l := range layouts {
			k := &kept.Panes[side]
			k.Widths, k.Sort, k.Descending, k.Hidden = l.Widths, int(l.Order.Column), l.Order.Descending, l.Hidden
		}
	}); err != nil {
		s.facts.tell(fact{Fact: "trouble", Text: err.Error()})
	}
}
