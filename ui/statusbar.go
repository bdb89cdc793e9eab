//go:build !headless

package ui

import (
	"image/color"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"wherry/sync/ftpfs"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// connection is what the status bar says of the site in view.
type connection struct {
	site      site.Site
	connected bool
	status    ftpfs.Status
	silent    bool // the queue waits for it to answer again
}

// statusBar is the line at the bottom: how we are connected, and what the
// queue does.
type statusBar struct {
	object   fyne.CanvasObject
	secured  *parts.Line
	mode     *parts.Line
	message  *parts.Line
	left     *parts.Line
	failed   *parts.Line // hidden where nothing has
	up, down *parts.Line
	limit    *parts.Tool       // switches the speed limits
	queue    fyne.CanvasObject // what is left, and what failed
	ends     [2]fyne.CanvasObject
	lasting  string // what stands there while nothing else is said
	// after runs a function later, on the window's thread.
	after func(time.Duration, func()) (stop func())
}

// passing is how long something said in passing stands: long enough to be
// read twice.
const passing = 10 * time.Second

func newStatusBar(after func(time.Duration, func()) (stop func()), toggleLimit func()) *statusBar {
	s := &statusBar{
		after:   after,
		secured: parts.NewLine("", look.ColorSecondary).Whole(),
		mode:    parts.NewLine("", look.ColorSecondary).Whole(),
		message: parts.NewLine("", look.ColorSecondary),
		left:    parts.NewLine("", look.ColorSecondary).Whole(),
		failed:  parts.NewLine("", look.ColorTrouble).Whole(),
		up:      parts.NewLine("", look.ColorSecondary).Whole(),
		down:    parts.NewLine("", look.ColorSecondary).Whole(),
		limit:   parts.NewTool(look.GlyphSpeed, "Limit the speed", toggleLimit).Labelled("Limit"),
	}
	s.limit.Hovered = func(title string, _ fyne.Position) { s.say(title) }
	west := container.New(layout.NewCustomPaddedHBoxLayout(3*look.Gap), s.secured, s.mode)
	s.limit.Hide()
	s.failed.Hide()
	s.queue = container.New(layout.NewCustomPaddedHBoxLayout(3*look.Gap), s.left, s.failed)
	east := container.New(layout.NewCustomPaddedHBoxLayout(3*look.Gap), s.queue, s.up, s.down,
		container.New(layout.NewCustomPaddedLayout(-3, -3, 0, 0), s.limit)) // a tool is higher than the line
	s.ends = [2]fyne.CanvasObject{west, east}
	strut := canvas.NewRectangle(color.Transparent) // as high with the tool as without
	strut.SetMinSize(fyne.NewSize(0, s.limit.MinSize().Height-6))
	s.object = container.New(layout.NewCustomPaddedLayout(2, 2, look.Gap, look.Gap),
		container.NewStack(strut, container.New(layout.NewBorderLayout(nil, nil, west, east), west, east,
			container.New(layout.NewCustomPaddedLayout(0, 0, 3*look.Gap, 3*look.Gap), s.message))))
	return s
}

// setConnection shows how the site in view is connected.
func (s *statusBar) setConnection(c connection) {
	host := words.Safe(c.site.Host)
	switch {
	case c.site.Host == "":
		s.secured.Set("Not connected", look.ColorSecondary, look.GlyphDisconnect)
		s.mode.Set("", look.ColorSecondary, "")
		return
	case c.silent:
		s.secured.Set(host+" does not answer", look.ColorWarn, look.GlyphDisconnect)
		s.mode.Set("", look.ColorSecondary, "")
		return
	case !c.connected || c.status.Server == "" || c.status.Sessions == 0:
		s.secured.Set(host, look.ColorSecondary, look.GlyphDisconnect)
	case c.status.TLSVersion == "":
		s.secured.Set(host+", not encrypted", look.ColorWarn, look.GlyphUnlock)
	default:
		s.secured.Set(host+", "+c.status.TLSVersion, theme.ColorNameForeground, look.GlyphLock)
	}
	s.mode.Set(modeText(c), theme.ColorNameForeground, "")
}

// modeText names the transfer mode in use, and how it came about.
func modeText(c connection) string {
	chosen := "auto"
	if c.site.Mode == site.ModePassive || c.site.Mode == site.ModeActive {
		chosen = "chosen"
		if c.status.Mode != string(c.site.Mode) {
			c.status.Mode = "" // of the connection before the choice
		}
	}
	switch {
	case c.status.Mode != "" && c.status.Via == "": // nothing has worked yet
		return strings.ToUpper(c.status.Mode[:1]) + c.status.Mode[1:] + " mode (" + chosen + ")"
	case c.status.Mode != "":
		return strings.ToUpper(c.status.Mode[:1]) + c.status.Mode[1:] + " mode (" + c.status.Via + ", " + chosen + ")"
	case chosen == "chosen":
		return strings.ToUpper(string(c.site.Mode[:1])) + string(c.site.Mode[1:]) + " mode (chosen)"
	}
	return "Auto mode"
}

// setQueue shows what is left and how fast it goes, and what it waits for, but
// for the site in view: that stands there already where told is set.
func (s *statusBar) setQueue(q queue.Snapshot, told bool, names func(site.ID) string) {
	n, later := q.Unfinished(), q.Later.Rows
	text := "Queue empty"
	switch now := n - later; {
	case now > 0:
		text = "Queue: " + words.Count(int64(now), "item", "items")
		if bytes := q.BytesLeft - q.Later.Bytes; bytes > 0 {
			text += ", " + words.Size(bytes) + " left"
		}
		if later > 0 {
			text += " + " + words.Number(int64(later)) + " later"
		}
	case n > 0:
		text = "Queue: " + words.Number(int64(later)) + " later"
	}
	color := look.ColorSecondary
	if q.Held {
		text, color = text+", on hold", look.ColorWarn
	}
	if len(q.Waits) > 1 || len(q.Waits) == 1 && !told {
		text, color = text+", "+waitText(q.Waits, names), look.ColorWarn
	}
	s.left.Set(text, color, "")
	s.setFailed(q.Count[queue.Failed])
	s.up.Set(words.Rate(q.RateUp), look.ColorSecondary, look.GlyphUpload)
	s.down.Set(words.Rate(q.RateDn), look.ColorSecondary, look.GlyphDownload)
}

// setFailed counts what has failed, apart: what is left goes on well beside it.
func (s *statusBar) setFailed(n int) {
	if n == 0 {
		s.failed.Hide()
		return
	}
	s.failed.SetText(words.Number(int64(n)) + " failed")
	s.failed.Show()
}

// waitText names the one server that does not answer, or counts them.
func waitText(waits []queue.SiteWait, names func(site.ID) string) string {
	if len(waits) > 1 {
		return "waits for " + words.Number(int64(len(waits))) + " servers"
	}
	return "waits for " + words.Safe(names(waits[0].Site))
}

// setLimit shows whether a speed limit holds; where none is set there is
// nothing to switch.
func (s *statusBar) setLimit(set, on bool) {
	on = on && set
	color, title := look.ColorSecondary, "Limit the speed"
	if on {
		color, title = look.ColorAccent, "The speed is limited; a click lifts the limit"
	}
	// It keeps its width and place, so that a second click hits it too.
	s.limit.SetGlyph(look.GlyphSpeed, title, "Limit")
	s.limit.Colored(color).SetOn(on)
	if set {
		s.limit.Show()
	} else {
		s.limit.Hide()
	}
}

// say shows a short message until the next one, or for a while; "" ends it.
func (s *statusBar) say(text string) {
	if text == "" {
		s.message.SetText(s.lasting)
		s.makeRoom()
		return
	}
	s.message.SetText(text)
	s.makeRoom()
	s.after(passing, func() {
		if s.message.Text() == text {
			s.say("")
		}
	})
}

// unsay ends what was said in passing, if it stands there still.
func (s *statusBar) unsay(text string) {
	if s.message.Text() == text {
		s.say("")
	}
}

// announce says what must not be missed: it stands there again whenever
// something else was said in passing, until it is taken back.
func (s *statusBar) announce(text string) {
	s.lasting = text
	s.say("")
}

// takeBack ends an announcement, unless another one was made since.
func (s *statusBar) takeBack(text string) {
	if s.lasting != text {
		return
	}
	s.lasting = ""
	if s.message.Text() == text {
		s.say("")
	}
}

// makeRoom has the transfer mode give way to a message that is too long for a
// narrow window, and the queue's state to one that stands only for a moment.
func (s *statusBar) makeRoom() {
	text := s.message.Text()
	was := [2]bool{s.mode.Visible(), s.queue.Visible()}
	s.mode.Show()
	s.queue.Show()
	short := func() bool {
		wanted := fyne.MeasureText(text, look.Size(theme.SizeNameText), fyne.TextStyle{}).Width + 8*look.Gap
		return text != "" && s.ends[0].MinSize().Width+s.ends[1].MinSize().Width+wanted > s.object.Size().Width
	}
	if short() {
		s.mode.Hide()
	}
	if text != s.lasting && short() {
		s.queue.Hide()
	}
	if was != [2]bool{s.mode.Visible(), s.queue.Visible()} {
		s.object.Refresh()
	}
}
