package sitemanager

import (
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/loop"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// Hooks are what the manager tells its owner.
type Hooks struct {
	// Connect: the person chose to connect to a site; the manager is gone.
	Connect func(site.ID)
	// Check opens a check of a site, saved or not, as the form stands, over
	// the manager. password is what was typed, "" for none; use sets the form
	// to a transfer mode. Nil: that is not offered.
	Check func(s site.Site, password string, use func(site.Mode))
	// Closed: the manager is gone. Nil: nothing.
	Closed func()
}

// View is the open manager.
type View struct {
	loop   *loop.Loop
	canvas fyne.Canvas
	sites  Sites
	hooks  Hooks

	popup     *widget.PopUp
	rows      []site.Site
	selection parts.Selection
	list      *parts.List
	placard   *parts.Placard // while there are none
	form      *formView
	message   *parts.Line
	remove    *parts.Tool
	copy      *parts.Tool
	add       *parts.Tool
	dirty     bool
	before    func(*fyne.KeyEvent)
}

// The manager's size where the window has room for it.
const (
	width, height float32 = 880, 560
	listWidth     float32 = 250
)

// Open shows the manager over the window, with one of the sites selected.
func Open(l *loop.Loop, c fyne.Canvas, sites Sites, selected site.ID, hooks Hooks) *View {
	v := &View{loop: l, canvas: c, sites: sites, hooks: hooks, before: c.OnTypedKey()}
	v.form = newFormView(func() { v.dirty = true; v.say("", look.ColorSecondary) })
	v.form.escaped = v.Close
	v.message = parts.NewLine("", look.ColorSecondary)
	v.selection.Reset(0)
	v.list = parts.NewList(l, []parts.Column{
		{Title: "Site", Width: 140, Min: 60, Flex: true, Fixed: true, Middle: true},
		{Title: "Host", Width: 120, Min: 40, Secondary: true, Fixed: true, Middle: true},
	}, &v.selection)
	v.list.SetSource(v)
	v.list.Hooks = parts.Hooks{
		Selected: v.chosen,
		Open:     func(int) { v.connectNow() },
		Key: func(key fyne.KeyName, _ fyne.KeyModifier) {
			switch key {
			case fyne.KeyDelete:
				v.askRemove()
			case fyne.KeyEscape:
				v.Close()
			}
		},
	}
	v.popup = widget.NewModalPopUp(container.NewStack(parts.NewKeeper(), v.content()), c)
	v.popup.Resize(fyne.NewSize(min(width, c.Size().Width-20), min(height, c.Size().Height-20)))
	v.popup.Show()
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			v.Close()
		}
	})
	v.reload(selected)
	return v
}

func (v *View) content() fyne.CanvasObject {
	v.add = parts.NewTool(look.GlyphAdd, "Add a site", func() { v.leave(v.empty) }).Labelled("Add")
	v.copy = parts.NewTool(look.GlyphCopy, "Copy the site", func() {
		v.leave(func() { v.reload(v.form.id); v.duplicate() }) // as it is kept
	}).Labelled("Copy")
	v.remove = parts.NewTool(look.GlyphTrash, "Remove the site", v.askRemove).Labelled("Remove")
	tools := container.NewHBox(v.add, v.copy, v.remove)
	v.placard = parts.NewPlacard()
	v.placard.Set(parts.Notice{
		Glyph: look.GlyphSites, Title: "No sites yet", Text: "Fill in the form and save it: the site stands here from then on.",
	})
	left := container.NewBorder(nil, tools, nil, nil, container.NewStack(v.list, v.placard))
	buttons := container.New(layout.NewCustomPaddedHBoxLayout(look.Gap))
	answers := []parts.Answer{
		{Title: "Close", Run: v.Close},
		{Title: "Save", Run: func() { v.save(func(site.Site) {}) }},
		{Title: "Connect", Strong: true, Run: v.connectNow},
	}
	if v.hooks.Check != nil {
		answers = slices.Insert(answers, 1, parts.Answer{Title: "Check Connection", Run: v.checkNow})
	}
	for _, a := range answers {
		b := parts.NewButton(a, v.Close)
		buttons.Add(container.NewGridWrap(fyne.NewSize(max(92, b.MinSize().Width+2*look.Gap), 28), b))
	}
	bottom := container.NewBorder(nil, nil, nil, buttons, v.message)
	title := parts.NewTitle("Sites")
	inset := func(o fyne.CanvasObject) fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedLayout(0, 0, look.Margin, 0), o)
	}
	split := container.NewBorder(nil, nil, sized(left, min(listWidth, v.canvas.Size().Width/4)), nil, inset(v.form.object))
	line := canvas.NewRectangle(theme.Color(theme.ColorNameSeparator))
	line.SetMinSize(fyne.NewSize(0, 1))
	return container.New(layout.NewCustomPaddedLayout(look.Margin, look.Margin, look.Margin, look.Margin),
		container.New(layout.NewBorderLayout(title, bottom, nil, nil), title, bottom,
			container.New(layout.NewCustomPaddedLayout(look.Gap, look.Gap*2, 0, 0), split)))
}

// sized gives an object a fixed width.
func sized(o fyne.CanvasObject, width float32) fyne.CanvasObject {
	ground := canvas.NewRectangle(theme.Color(look.ColorList))
	ground.SetMinSize(fyne.NewSize(width, 0))
	return container.NewStack(ground, o)
}

// Len is the list's number of rows.
func (v *View) Len() int { return len(v.rows) }

// Row is what the list draws of row i.
func (v *View) Row(i int) parts.Row {
	if i < 0 || i >= len(v.rows) {
		return parts.Row{Fraction: -1}
	}
	s := v.rows[i]
	name := s.Name
	if s.Folder != "" {
		name = s.Folder + " / " + s.Name
	}
	return parts.Row{
		Icon:  look.Draw(look.GlyphServer, look.ColorSecondary),
		Cells: []string{vfs.Readable(name), vfs.Readable(s.Host)}, Fraction: -1,
	}
}

// reload reads the sites again and shows the one with the ID, or the first,
// or an empty form.
func (v *View) reload(id site.ID) {
	v.rows = sorted(v.sites.Saved())
	v.selection.Reset(len(v.rows))
	at := 0
	for i, s := range v.rows {
		if s.ID == id {
			at = i
		}
	}
	v.list.Reload()
	v.placard.Hidden = len(v.rows) > 0
	if len(v.rows) == 0 {
		v.empty()
		return
	}
	v.selection.Only(at)
	v.list.Restyle()
	v.list.ScrollTo(at)
	v.show(FormOf(v.rows[at]))
}

func (v *View) chosen() {
	rows := v.selection.Rows()
	if len(rows) != 1 || v.rows[rows[0]].ID == v.form.id {
		return
	}
	s := v.rows[rows[0]]
	if !v.dirty {
		v.show(FormOf(s))
		return
	}
	v.leave(func() { v.reload(s.ID) })
}

// leave asks what becomes of changes before the form shows something else, or
// nothing any more.
func (v *View) leave(next func()) {
	if !v.dirty {
		next()
		return
	}
	parts.Ask(v.canvas, parts.Question{
		Glyph: look.GlyphWarn, Color: look.ColorWarn, Title: "Save the changes?",
		Text: "The site that was changed is not saved yet.",
		Answers: []parts.Answer{
			{Title: "Cancel", Run: v.reselect},
			{Title: "Discard", Run: func() { v.dirty = false; next() }},
			{Title: "Save", Strong: true, Run: func() {
				v.reselect() // what cannot be saved stays in the form
				v.save(func(site.Site) { next() })
			}},
		},
		Escape: v.reselect,
	})
}

func (v *View) reselect() {
	for i, s := range v.rows {
		if s.ID == v.form.id {
			v.selection.Only(i)
			v.list.Restyle()
			return
		}
	}
	v.selection.Only(-1)
	v.list.Restyle()
}

func (v *View) show(f Form) {
	v.form.fill(f)
	v.dirty = false
	v.say("", look.ColorSecondary)
	v.remove.SetDisabled(f.ID == "")
	v.copy.SetDisabled(f.ID == "")
	if f.ID == "" {
		return
	}
	v.loop.Latest(v, func(ctx context.Context) func() {
		kept, err := v.sites.HasPassword(ctx, f.ID)
		proxyKept, proxyErr := false, error(nil)
		if f.Proxy.Named() {
			proxyKept, proxyErr = v.sites.HasPassword(ctx, f.base.ProxyID())
		}
		return func() {
			if v.form.id == f.ID {
				v.form.setKept(&v.form.login, kept, err)
				v.form.setKept(&v.form.proxyLogin, proxyKept, proxyErr)
			}
		}
	})
}

func (v *View) empty() {
	v.selection.Only(-1)
	v.list.Restyle()
	v.show(NewForm())
	v.form.showPage(0)
	v.canvas.Focus(v.form.host)
}

func (v *View) duplicate() {
	f := v.form.form()
	f.ID, f.Name = "", freeName(f.Name, v.rows)
	v.form.showPage(0)
	v.selection.Only(-1)
	v.list.Restyle()
	v.show(f)
	v.dirty = true
	v.canvas.Focus(v.form.name)
}

func (v *View) askRemove() {
	f := v.form.form()
	if f.ID == "" {
		return
	}
	parts.Ask(v.canvas, parts.Question{
		Glyph: look.GlyphTrash, Color: look.ColorTrouble, Title: "Remove “" + vfs.Readable(f.Name) + "”?",
		Text: "The site and its password are forgotten. Transfers of it that are left in the queue will fail.",
		Answers: []parts.Answer{
			{Title: "Cancel"},
			{Title: "Remove", Strong: true, Danger: true, Run: func() { v.removeNow(f.ID) }},
		},
	})
}

func (v *View) removeNow(id site.ID) {
	v.loop.Go(func(ctx context.Context) func() {
		err := v.sites.Remove(ctx, id)
		if vfs.KindOf(err) == vfs.KindUnsupported {
			err = nil // there is no keychain here that could hold its password
		}
		return func() {
			v.reload("")
			v.tell(err)
		}
	})
}

// save writes the form and then calls with the saved site.
func (v *View) save(then func(site.Site)) {
	s, problem := v.form.form().Site()
	if problem != nil {
		v.say(v.form.point(v.canvas, *problem), look.ColorTrouble)
		return
	}
	login, proxy := v.form.login.given(), v.form.proxyLogin.given()
	v.loop.Go(func(ctx context.Context) func() {
		saved, err := v.sites.Save(s)
		if err == nil {
			err = errors.Join(v.remember(ctx, saved.ID, login), v.remember(ctx, saved.ProxyID(), proxy))
		}
		return func() {
			if saved.ID != "" {
				v.reload(saved.ID)
			}
			if err != nil {
				v.tell(err)
				return
			}
			v.say("Saved", look.ColorOK)
			then(saved)
		}
	})
}

// remember keeps a typed password, and forgets the one in the keychain when
// the person took the tick away. Where none is there the keychain is left alone: it
// may be locked, or there is none, and nobody asked for it.
func (v *View) remember(ctx context.Context, id site.ID, g given) error {
	if !g.change {
		return nil
	}
	if g.kept && !g.keep {
		if err := v.sites.Forget(ctx, id); err != nil {
			return err
		}
	}
	if g.text == "" {
		return nil
	}
	return v.sites.Remember(ctx, id, g.text, g.keep)
}

func (v *View) connectNow() {
	connect := func(s site.Site) {
		v.Close()
		v.hooks.Connect(s.ID)
	}
	if v.dirty || v.form.login.given().change || v.form.proxyLogin.given().change || v.form.id == "" {
		v.save(connect)
		return
	}
	connect(site.Site{ID: v.form.id})
}

// checkNow checks the form as it stands; nothing is saved.
func (v *View) checkNow() {
	s, problem := v.form.form().Site()
	if problem != nil {
		v.say(v.form.point(v.canvas, *problem), look.ColorTrouble)
		return
	}
	check := func() {
		v.hooks.Check(s, v.form.pass.Text, func(m site.Mode) {
			v.form.mode.SetSelected(textOf(modeChoices, m))
			v.say("The transfer mode was changed; save the site to keep it", look.ColorSecondary)
		})
	}
	proxy := v.form.proxyLogin.given()
	switch {
	case proxy.text == "":
		check()
	case s.ID == "":
		v.say("Save the site first: the proxy's password belongs to it", look.ColorWarn)
	default:
		v.loop.Go(func(ctx context.Context) func() {
			err := v.sites.Remember(ctx, s.ProxyID(), proxy.text, false)
			return func() {
				v.tell(err)
				if err == nil {
					check()
				}
			}
		})
	}
}

// tell says an error in the line at the bottom, and in a dialog where that has too
// little room for it.
func (v *View) tell(err error) {
	if err == nil {
		return
	}
	told := words.Of(err, words.Window)
	if v.say(told.String(), look.ColorTrouble); v.message.Cut() {
		parts.Ask(v.canvas, parts.Question{
			Glyph: look.GlyphTrouble, Color: look.ColorTrouble, Title: told.Title, Text: told.Remedy,
			Answers: []parts.Answer{{Title: "OK", Strong: true}},
		})
	}
}

func (v *View) say(text string, c fyne.ThemeColorName) { v.message.Set(text, c, "") }

// Close takes the manager away. Changes that were not saved are lost only
// after a question.
func (v *View) Close() { v.leave(v.closeNow) }

func (v *View) closeNow() {
	v.dirty = false
	v.canvas.SetOnTypedKey(v.before)
	v.popup.Hide()
	if v.hooks.Closed != nil {
		v.hooks.Closed()
	}
}
