//go:build !headless

package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	fynedesktop "fyne.io/fyne/v2/driver/desktop"
	"fyne.io/systray"

	"wherry/assets"
	"wherry/sync/queue"
	"wherry/ui/desktop"
	"wherry/ui/settings"
	"wherry/ui/words"
)

// tray is the program's icon in the desktop's tray, with its menu, and the
// window's absence. It belongs to the window's thread.
type tray struct {
	menu   *fyne.Menu // nil as long as the desktop has had no tray
	hosted bool       // somebody shows the icon now
	face   trayFace   // as the menu shows it
	since  time.Time  // when the menu was changed last
	hidden bool       // the window is in the tray
	asked  bool       // a question was open when we looked last
}

// trayFace is what the menu shows.
type trayFace struct {
	state string
	held  bool
	limit bool // a speed limit is set, and
	slow  bool // it holds
	quits bool // the program quits soon
}

// trayStep is the least time between two changes of the menu's text: a host
// draws the menu anew with each.
const trayStep = 2 * time.Second

// openTray puts the icon into the tray, as soon as the desktop has one.
func (s *shell) openTray(ctx context.Context) {
	if _, able := s.app.(fynedesktop.App); !able {
		return
	}
	host, err := desktop.OpenTray(ctx)
	if err != nil {
		return
	}
	if s.tray.hosted = host.Hosted(); s.tray.hosted {
		s.takeTray()
	}
	s.loop.Go(func(ctx context.Context) func() {
		defer func() { _ = host.Close() }()
		host.Watch(ctx, func(hosted bool) { s.loop.Post(func() { s.trayChanged(hosted) }) })
		return nil
	})
}

// takeTray makes the icon and its menu. Fyne puts it into the tray as it begins
// to run.
func (s *shell) takeTray() {
	app := s.app.(fynedesktop.App)
	s.tray.menu = fyne.NewMenu("Wherry")
	s.fillTray()
	app.SetSystemTrayIcon(fyne.NewStaticResource("wherry-tray.png", assets.TrayPNG))
	app.SetSystemTrayMenu(s.tray.menu)
	// Not by Fyne's SetSystemTrayWindow: it would show the window without a word
	// to us, and no other sign of that can be relied on.
	systray.SetOnTapped(func() { s.loop.Post(s.raise) })
}

// takeLateTray is takeTray once Fyne runs: nobody puts the icon into the tray
// then but we.
func (s *shell) takeLateTray() {
	// To have nothing run is how systray lends out its start; what Fyne
	// registers after it is what is started.
	start, _ := systray.RunWithExternalLoop(nil, nil)
	s.takeTray()
	s.loop.Go(func(context.Context) func() {
		start()
		return nil
	})
}

// trayChanged takes a tray that came after our start, and brings the window
// back when nobody shows its icon any more.
func (s *shell) trayChanged(hosted bool) {
	s.tray.hosted = hosted
	if hosted && s.tray.menu == nil {
		s.takeLateTray()
	}
	if !hosted && s.tray.hidden {
		s.raise()
		s.status.say("The desktop's tray is gone, so the window came back")
	}
}

// closeWindow is what the window's own button does.
func (s *shell) closeWindow() {
	if s.tray.hosted && s.kept.CloseTo != settings.CloseQuits {
		s.hide()
		return
	}
	s.askClose()
}

// hide takes the window into the tray. The first time a person is told where
// it went.
func (s *shell) hide() {
	s.tray.hidden = true
	s.window.Hide()
	s.facts.tell(fact{Fact: "hidden"})
	if s.kept.TrayTold {
		return
	}
	s.change(func(kept *settings.Settings) { kept.TrayTold = true })
	s.notify("Wherry is in the tray", "Transfers go on there. Its menu shows the window again, and quits.")
}

// paintTray brings the menu up to date, and tells of a question that nobody
// can see.
func (s *shell) paintTray(now queue.Snapshot) {
	asking := s.asker.asking()
	if asking != s.tray.asked {
		s.tray.asked = asking
		if asking && s.tray.hidden {
			s.notify("Wherry has a question", "It waits in the window, which is in the tray.")
		}
	}
	if s.tray.menu == nil {
		return
	}
	face := trayFace{
		state: trayState(now, asking), held: now.Held,
		limit: s.kept.HasLimits(), slow: s.kept.LimitsOn, quits: !s.after.quitAt.IsZero(),
	}
	if face.quits {
		face.state = "The queue is done, Wherry quits soon"
	}
	last := s.tray.face
	last.state = face.state
	switch {
	case face == s.tray.face:
		return
	case face == last && s.loop.Now().Sub(s.tray.since) < trayStep:
		return
	}
	s.tray.face, s.tray.since = face, s.loop.Now()
	s.fillTray()
	s.tray.menu.Refresh()
}

// fillTray makes the menu's lines.
func (s *shell) fillTray() {
	state := fyne.NewMenuItem(s.tray.face.state, nil)
	state.Disabled = true
	// In the words of the window: rows that were paused one by one stay so.
	hold := fyne.NewMenuItem("Hold the Whole Queue", s.toggleHold)
	hold.Checked = s.tray.face.held
	limit := fyne.NewMenuItem("Speed Limit", s.toggleLimit)
	limit.Checked, limit.Disabled = s.tray.face.slow && s.tray.face.limit, !s.tray.face.limit
	quit := fyne.NewMenuItem("Quit", s.quitFromTray)
	quit.IsQuit = true // else Fyne adds one that asks nothing
	s.tray.menu.Items = []*fyne.MenuItem{
		state, fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem("Show Window", s.raise),
		hold,
		limit,
		fyne.NewMenuItemSeparator(), quit,
	}
	if s.tray.face.quits {
		s.tray.menu.Items = append([]*fyne.MenuItem{state, fyne.NewMenuItem("Do Not Quit", s.stay)}, s.tray.menu.Items[1:]...)
	}
}

// quitFromTray asks in the window where there is something to ask.
func (s *shell) quitFromTray() {
	if s.engine.Queue().Snapshot().Unfinished() > 0 {
		s.raise()
	}
	s.askClose()
}

// trayState says in a few words what the queue does. The time is coarse, so
// that the menu need not change with every second.
func trayState(now queue.Snapshot, asking bool) string {
	n := now.Unfinished()
	text := words.Count(int64(n), "transfer", "transfers")
	switch left, known := now.Left(); {
	case n == 0 && asking:
		return "A question waits"
	case asking || now.Count[queue.Asking] > 0:
		return text + ", a question waits"
	case n == 0:
		return "Nothing to transfer"
	case now.Held:
		return text + ", on hold"
	case !now.OpensAt.IsZero() && now.Rate < 1:
		return text + ", from " + now.OpensAt.Format("15:04") + " on"
	case n == now.Count[queue.Paused]:
		return text + ", paused"
	case !known:
		return text
	case left < time.Minute:
		return text + ", less than a minute left"
	default:
		return text + ", " + words.Duration(left.Round(time.Minute)) + " left"
	}
}

// notify shows a notification of the desktop, where somebody shows any.
func (s *shell) notify(title, text string) {
	s.loop.Go(func(ctx context.Context) func() {
		s.tellDesktop(ctx, title, text)
		return nil
	})
}

// tellDesktop is called off the window's thread; it waits for the service.
func (s *shell) tellDesktop(ctx context.Context, title, text string) {
	if desktop.HasBus {
		_ = desktop.Notify(ctx, appID, title, text) // nobody is there to show it
		return
	}
	s.app.SendNotification(fyne.NewNotification(title, text))
}
