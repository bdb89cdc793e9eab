//go:build !headless

package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"wherry/sync/site"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// connectBar is the row at the top: sites, and a field that takes whatever a
// person was given as an address.
type connectBar struct {
	shell      *shell
	object     fyne.CanvasObject
	sites      *parts.Tool
	recent     *parts.Tool
	disconnect *parts.Tool
	field      *parts.Field
	button     *widget.Button
}

func newConnectBar(s *shell) *connectBar {
	b := &connectBar{shell: s}
	b.sites = parts.NewTool(look.GlyphSites, "Sites: keep servers and connect to them", s.openManager).Labelled("Sites")
	b.recent = parts.NewTool(look.GlyphOpen, "Addresses typed before", b.showRecent)
	b.disconnect = parts.NewTool(look.GlyphDisconnect, "Disconnect from the site", s.disconnect).Labelled("Disconnect")
	b.field = parts.NewField("ftp.example.org, user@host, or ftp:// ftpes:// ftps:// address", 220)
	b.field.OnSubmitted = func(string) { b.connect() }
	b.field.Escaped = func() { s.panes[s.active].Focus() }
	b.button = widget.NewButton("Connect", b.connect)
	b.button.Importance = widget.HighImportance
	for _, t := range []*parts.Tool{b.sites, b.recent, b.disconnect} {
		t.Hovered = func(title string, _ fyne.Position) { s.status.say(title) }
	}
	west := container.NewHBox(b.sites, b.disconnect)
	east := container.New(layout.NewCustomPaddedHBoxLayout(look.Gap/2), b.recent, container.NewGridWrap(fyne.NewSize(92, look.EntryHeight), b.button))
	b.object = container.New(layout.NewCustomPaddedLayout(3, 3, look.Gap, look.Gap),
		container.New(layout.NewBorderLayout(nil, nil, west, east), west, east,
			container.New(layout.NewCustomPaddedLayout(0, 0, 2*look.Gap, look.Gap), b.field)))
	return b
}

// connect uses what is typed. The field is emptied, since it may hold a
// password.
func (b *connectBar) connect() {
	text := b.field.Text
	if text == "" {
		b.shell.window.Canvas().Focus(b.field)
		return
	}
	b.field.SetText("")
	b.shell.connectTyped(text)
}

func (b *connectBar) showRecent() {
	recent := b.shell.kept.Recent
	menu := fyne.NewMenu("")
	for _, text := range recent {
		menu.Items = append(menu.Items, fyne.NewMenuItem(recentTitle(text), func() { b.shell.connectTyped(text) }))
	}
	if len(recent) == 0 {
		none := fyne.NewMenuItem("Nothing typed yet", nil)
		none.Disabled = true
		menu.Items = append(menu.Items, none)
	}
	b.shell.menuBelow(menu, b.recent)
}

// recentTitle is how an address that was typed, or pasted from anywhere, stands
// in the menu.
func recentTitle(address string) string { return words.Safe(address) }

// sync shows whether there is something to disconnect from.
func (b *connectBar) sync() { b.disconnect.SetDisabled(b.shell.siteInView() == site.Local) }
