// Package pane is one side of the window: a folder of this computer or of a
// site, and everything a person does in it.
//
// It exists once and is used twice, because both panes are equal (promise 7).
// Model is plain state and knows neither widgets nor file systems; View shows
// it and asks the file system through ui/loop, so that nothing in a pane ever
// waits (promise 8). What concerns two panes, such as a transfer, a pane only
// announces through Hooks.
package pane

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/parts"
)

// Place is a file system with its identity: this computer, or a site.
type Place struct {
	ID    site.ID // site.Local is this computer
	Title string  // "This computer", or the site's name
	FS    vfs.FS
	// Show writes a path as people know it there, and Parse reads what they
	// type. Nil: with slashes from the root.
	Show  func(vfs.Path) string
	Parse func(string) (vfs.Path, error)
	// URL writes a path for other programs; it holds no password. Nil: there
	// is none.
	URL func(vfs.Path) string
}

// Opener leads to a place; opening may have to connect and ask.
type Opener struct {
	// Title names the place while it is being opened.
	Title string
	Glyph look.Glyph
	// Open returns the place and the folder to begin in. It ends soon after
	// ctx is done.
	Open func(ctx context.Context) (Place, vfs.Path, error)
}

// Cargo is what is to be transferred: entries of one folder of one place.
type Cargo struct {
	From    Place
	Dir     vfs.Path
	Entries []vfs.Entry
}

// Hooks are what a View tells the window. Nil ones are left out.
type Hooks struct {
	// Places returns the menu of places to go to.
	Places func() *fyne.Menu
	// Transfer: entries shall go to the other pane.
	Transfer func(Cargo)
	// Moved: the pane shows another folder, or another place.
	Moved func()
	// Read: a folder was read, so that its place answers.
	Read func()
	// Awaited says in a sentence what a folder of a site, or its opening, that
	// was asked for at a time is waiting for; "" where that is not known.
	Awaited func(since time.Time) string
	// Active: the pane got the keys.
	Active func()
	// Switch: Tab.
	Switch func()
	// Say tells a short sentence in passing, such as why a command cannot
	// run; "" ends it.
	Say func(text string)
	// Key and Shortcut: what the pane has no use for.
	Key      func(key fyne.KeyName, mod fyne.KeyModifier)
	Shortcut func(fyne.Shortcut)
	// Remedies returns what the window can do about a place that cannot be
	// opened, or a folder that cannot be read: at most two answers, which
	// stand before "Try Again" on the placard. One of them may be strong;
	// then Enter does that. Nil, or none: only the pane's own answers.
	Remedies func(err error) []parts.Answer
	// Menu may add to the menu of a right click.
	Menu func() []*fyne.MenuItem

	// DragStart, DragMove and DragEnd: the selected entries are dragged; at
	// is in the window's coordinates, ok is false after Esc.
	DragStart func(c Cargo, at fyne.Position)
	DragMove  func(at fyne.Position)
	DragEnd   func(at fyne.Position, ok bool)
}

func (p Place) show(path vfs.Path) string {
	if p.Show == nil {
		return vfs.Readable(path.String())
	}
	return p.Show(path)
}

func (p Place) parse(text string) (vfs.Path, error) {
	if p.Parse == nil {
		return vfs.Parse(text)
	}
	return p.Parse(text)
}
