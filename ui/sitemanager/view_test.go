package sitemanager

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/google/go-cmp/cmp"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/look/looktest"
	"wherry/ui/loop"
	"wherry/ui/parts"
)

// kept is a store in memory.
type kept struct {
	locked    error // what the keychain says
	sites     []site.Site
	passwords map[site.ID]string
}

func (k *kept) Saved() []site.Site { return k.sites }

func (k *kept) Save(s site.Site) (site.Site, error) {
	if s.ID == "" {
		s.ID = site.ID(s.Name + "-id")
	}
	for i := range k.sites {
		if k.sites[i].ID == s.ID {
			k.sites[i] = s
			return s, nil
		}
	}
	k.sites = append(k.sites, s)
	return s, nil
}

func (k *kept) Remove(_ context.Context, id site.ID) error {
	for i := range k.sites {
		if k.sites[i].ID == id {
			k.sites = append(k.sites[:i], k.sites[i+1:]...)
			break
		}
	}
	return k.locked
}

func (k *kept) HasPassword(_ context.Context, id site.ID) (bool, error) {
	_, ok := k.passwords[id]
	return ok, k.locked
}

func (k *kept) Remember(_ context.Context, id site.ID, password string, keep bool) error {
	if keep && k.locked == nil {
		k.passwords[id] = password
	}
	if keep {
		return k.locked
	}
	return nil
}

func (k *kept) Forget(_ context.Context, id site.ID) error {
	delete(k.passwords, id)
	return k.locked
}

type rig struct {
	*View
	loop      *loop.Manual
	window    fyne.Window
	store     *kept
	connected []site.ID

	checked     []site.Site
	checkedWith string
	use         func(site.Mode)
}

func open(t *testing.T, choice look.Choice, sites ...site.Site) *rig {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(choice))
	r := &rig{loop: loop.NewManual(context.Background()), store: &kept{sites: sites, passwords: map[site.ID]string{}}}
	t.Cleanup(r.loop.Close)
	r.window = test.NewTempWindow(t, container.NewStack(widget.NewLabel("")))
	r.window.Resize(fyne.NewSize(1000, 640))
	r.View = Open(r.loop.Loop, r.window.Canvas(), r.store, "", Hooks{
		Connect: func(id site.ID) { r.connected = append(r.connected, id) },
		Check: func(s site.Site, password string, use func(site.Mode)) {
			r.checked, r.checkedWith, r.use = append(r.checked, s), password, use
		},
	})
	r.settle(t)
	return r
}

func (r *rig) settle(t *testing.T) {
	t.Helper()
	if err := r.loop.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func shop() site.Site {
	return site.Site{ID: "shop-id", Name: "Shop", Host: "ftp.example.org", User: "anna", TLS: site.TLSExplicit, Mode: site.ModeAuto}
}

func TestAddedSiteIsKeptAndConnectedTo(t *testing.T) {
	r := open(t, look.Dark)
	test.Type(r.form.host, "anna@ftp.example.org")
	r.form.mode.SetSelected("Active")
	r.connectNow()
	r.settle(t)
	if len(r.store.sites) != 1 {
		t.Fatalf("%d sites are kept", len(r.store.sites))
	}
	s := r.store.sites[0]
	if s.Host != "ftp.example.org" || s.User != "anna" || s.Mode != site.ModeActive {
		t.Errorf("kept as %+v", s)
	}
	if len(r.connected) != 1 || r.connected[0] != s.ID {
		t.Errorf("connected to %v", r.connected)
	}
}

func TestPastedAddressIsTakenApartAsTheFieldIsLeft(t *testing.T) {
	for outcome, tc := range map[string]struct {
		user, pasted string
		want         []string // host, port, user, password, folder there, encryption
	}{
		"every part of it": {
			"", " ftps://anna:s3cret@ftp.example.org:9990/www", []string{"ftp.example.org", "9990", "anna", "s3cret", "/www", textOf(tlsChoices, site.TLSImplicit)},
		},
		"but for the user who was typed": {"bob", "anna@ftp.example.org", []string{"ftp.example.org", "", "bob", "", "", textOf(tlsChoices, site.TLSExplicit)}},
		"a host and a port":              {"", "ftp.example.org:2121", []string{"ftp.example.org", "2121", "", "", "", textOf(tlsChoices, site.TLSExplicit)}},
		"not what is no address":         {"", "/srv/files", []string{"/srv/files", "", "", "", "", textOf(tlsChoices, site.TLSExplicit)}},
		"not a host alone":               {"", "2001:db8::1", []string{"2001:db8::1", "", "", "", "", textOf(tlsChoices, site.TLSExplicit)}},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := open(t, look.Dark)
			r.form.user.SetText(tc.user)
			r.window.Canvas().Focus(r.form.host)
			test.Type(r.form.host, tc.pasted)
			r.window.Canvas().Unfocus()
			f := r.form
			got := []string{f.host.Text, f.port.Text, f.user.Text, f.pass.Text, f.remoteDir.Text, f.tls.Selected}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("the fields (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPasswordGoesToTheKeychainOnlyWhenTicked(t *testing.T) {
	for outcome, tick := range map[string]bool{"ticked: kept": true, "not ticked: not kept": false} {
		t.Run(outcome, func(t *testing.T) {
			r := open(t, look.Dark, shop())
			test.Type(r.form.pass, "s3cret")
			r.form.keep.SetChecked(tick)
			r.save(func(site.Site) {})
			r.settle(t)
			if got := r.store.passwords["shop-id"]; (got == "s3cret") != tick {
				t.Errorf("the keychain holds %q", got)
			}
		})
	}
}

func TestTakingTheTickAwayForgetsThePassword(t *testing.T) {
	r := open(t, look.Dark, shop())
	r.store.passwords["shop-id"] = "s3cret"
	r.reload("shop-id")
	r.settle(t)
	r.form.keep.SetChecked(false)
	r.save(func(site.Site) {})
	r.settle(t)
	if _, ok := r.store.passwords["shop-id"]; ok {
		t.Error("the password is still kept")
	}
}

// TestALockedKeychainIsInNobodysWay who does not want the password to be kept.
func TestALockedKeychainIsInNobodysWay(t *testing.T) {
	for outcome, keep := range map[string]bool{"not kept": false, "kept": true} {
		t.Run(outcome, func(t *testing.T) {
			r := open(t, look.Dark, shop())
			r.store.locked = errors.New("the keychain is locked")
			r.reload("shop-id")
			r.settle(t)
			r.form.pass.SetText("s3cret")
			r.form.keep.SetChecked(keep)
			r.connectNow()
			r.settle(t)
			if connected := len(r.connected) == 1; connected == keep {
				t.Errorf("connected %t, it says %q", connected, r.message.Text())
			}
		})
	}
}

func TestWrongFieldIsNamedAndNothingIsSaved(t *testing.T) {
	r := open(t, look.Dark, shop())
	r.form.port.SetText("ftp")
	r.save(func(site.Site) { t.Error("saved") })
	r.settle(t)
	if got := r.message.Text(); got != "Port: this must be a whole number" {
		t.Errorf("the manager says %q", got)
	}
	if r.store.sites[0].Port != 0 {
		t.Error("the store was changed")
	}
}

func TestRemovedSiteIsGoneAfterAQuestion(t *testing.T) {
	r := open(t, look.Dark, shop())
	r.removeNow("shop-id")
	r.settle(t)
	if len(r.store.sites) != 0 || r.form.id != "" {
		t.Errorf("left: %+v, form of %q", r.store.sites, r.form.id)
	}
}

func TestKeychainThatFailsARemovalIsToldWhereThereIsOne(t *testing.T) {
	for outcome, tc := range map[string]struct {
		keychain error
		told     bool
	}{
		"without one nothing is left behind": {&vfs.Error{Op: "forget the password", Kind: vfs.KindUnsupported, Reply: "there is no keychain here"}, false},
		"what may be left is said, whole": {
			&vfs.Error{Op: "forget the password", Kind: vfs.KindBusy, Reply: "the system's keychain is asking for its own password; look for its window"}, true,
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := open(t, look.Dark, shop())
			r.store.locked = tc.keychain
			before := len(r.window.Canvas().Overlays().List())
			r.removeNow("shop-id")
			r.settle(t)
			if told := len(r.window.Canvas().Overlays().List()) > before; told != tc.told || told != (r.message.Text() != "") {
				t.Errorf("a dialog: %v, the line says %q", told, r.message.Text())
			}
			if len(r.store.sites) != 0 {
				t.Error("the site is still there")
			}
		})
	}
}

func TestManagerFitsItsWindow(t *testing.T) {
	for name, choice := range map[string]look.Choice{"light": look.Light, "dark": look.Dark} {
		second := shop()
		second.ID, second.Name, second.Folder, second.Host = "b", "Invoices", "Bank", "files.bank.example"
		r := open(t, choice, shop(), second)
		for page, title := range pageTitles {
			r.form.showPage(page)
			looktest.Picture(t, r.window, "sitemanager-"+name+"-"+title)
		}
		if got, room := r.popup.Content.MinSize(), r.window.Canvas().Size(); got.Width > room.Width || got.Height > room.Height {
			t.Errorf("%s: the manager needs %v of %v", name, got, room)
		}
	}
}

func TestEscapeLeavesTheManagerFromEveryField(t *testing.T) {
	for outcome, focus := range map[string]func(r *rig) fyne.Focusable{
		"a field":        func(r *rig) fyne.Focusable { return r.form.host },
		"the encryption": func(r *rig) fyne.Focusable { return r.form.tls },
		"the mode":       func(r *rig) fyne.Focusable { r.form.showPage(1); return r.form.mode },
		"the commands":   func(r *rig) fyne.Focusable { r.form.showPage(2); return r.form.commands },
		"the notes":      func(r *rig) fyne.Focusable { return r.form.notes },
		"the pages":      func(r *rig) fyne.Focusable { return r.form.tabs },
		"the tick":       func(r *rig) fyne.Focusable { return r.form.keep },
		"the last button": func(r *rig) fyne.Focusable {
			r.window.Canvas().Focus(r.form.name)
			r.window.Canvas().FocusPrevious()
			return nil
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := open(t, look.Dark, shop())
			if f := focus(r); f != nil {
				r.window.Canvas().Focus(f)
			}
			r.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
			if r.popup.Visible() {
				t.Error("the manager stays")
			}
		})
	}
}

func TestClosingWithChangesCanBeTakenBack(t *testing.T) {
	r := open(t, look.Dark, shop())
	test.Type(r.form.name, "x")
	r.Close()
	c := r.window.Canvas()
	c.FocusPrevious()
	c.FocusPrevious()
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // Cancel
	r.settle(t)
	if !r.popup.Visible() || !r.dirty || len(c.Overlays().List()) != 1 {
		t.Errorf("visible %v, dirty %v, over each other %d", r.popup.Visible(), r.dirty, len(c.Overlays().List()))
	}
}

func TestChangesAreNotLostForAnotherSite(t *testing.T) {
	for outcome, tc := range map[string]struct {
		keys      []fyne.KeyName // from "Save" on, which has the keys
		user, new string         // of the kept site; and the name in the form
	}{
		"Esc stays with them":        {[]fyne.KeyName{fyne.KeyEscape}, "anna", "Shop"},
		"they are saved":             {[]fyne.KeyName{fyne.KeyReturn}, "annabel", ""},
		"they are given up":          {[]fyne.KeyName{fyne.KeyLeft, fyne.KeyReturn}, "anna", ""},
		"Cancel stays with them too": {[]fyne.KeyName{fyne.KeyLeft, fyne.KeyLeft, fyne.KeyReturn}, "anna", "Shop"},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := open(t, look.Dark, shop())
			r.form.user.SetText("annabel")
			r.add.Tapped(nil)
			for _, key := range tc.keys {
				r.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: key})
			}
			r.settle(t)
			if got := r.store.sites[0].User; got != tc.user {
				t.Errorf("kept is the user %q", got)
			}
			if got := r.form.form().Name; got != tc.new {
				t.Errorf("the form shows %q", got)
			}
		})
	}
}

func TestFieldsBeginAndEndInLine(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 1000, Height: 700}, {Width: 700, Height: 420}} {
		r := open(t, look.Dark, shop())
		r.window.Resize(size)
		r.popup.Resize(size.SubtractWidthHeight(20, 20))
		left, right := r.form.host.Position().X, r.form.pass.Position().X+r.form.pass.Size().Width
		for _, f := range []*parts.Field{r.form.name, r.form.user, r.form.remoteDir, r.form.localDir} {
			if f.Position().X != left || f.Size().Height != look.EntryHeight {
				t.Errorf("%v: a field begins at %v, is %v high", size, f.Position().X, f.Size().Height)
			}
		}
		for _, f := range []*parts.Field{r.form.folder, r.form.port, r.form.externalIP, r.form.encoding, r.form.localDir} {
			if f.Position().X+f.Size().Width != right {
				t.Errorf("%v: a field ends at %v, not %v", size, f.Position().X+f.Size().Width, right)
			}
		}
		if r.form.host.Size().Width < 100 {
			t.Errorf("%v: %v is too narrow for a host", size, r.form.host.Size().Width)
		}
	}
}

func TestWrongFieldIsShownOnItsPage(t *testing.T) {
	for outcome, tc := range map[string]struct {
		wrong func(f *formView)
		page  int
		says  string
	}{
		"a port range on the second": {func(f *formView) { f.portFrom.SetText("70000") }, 1, "Active: ports: "},
		"a proxy on the third": {
			func(f *formView) { f.proxy.SetSelected("SOCKS5"); f.proxyAddress.SetText("nowhere") }, 2, "Proxy address: ",
		},
		"a command on the third": {func(f *formView) { f.commands.SetText("USER root") }, 2, "Commands after login: "},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := open(t, look.Dark, shop())
			tc.wrong(r.form)
			r.save(func(site.Site) { t.Error("saved") })
			r.settle(t)
			if !r.form.pages[tc.page].Visible() || !strings.HasPrefix(r.message.Text(), tc.says) {
				t.Errorf("page %v, the manager says %q", r.form.pages[tc.page].Visible(), r.message.Text())
			}
		})
	}
}

func TestPasswordOfTheProxyIsKeptUnderItsOwnName(t *testing.T) {
	s := shop()
	s.Proxy = "socks5://anna@proxy.example.org:1080"
	r := open(t, look.Dark, s)
	if r.form.proxyLogin.field.PlaceHolder != "none" || r.form.proxyLogin.field.Disabled() {
		t.Errorf("the field says %q", r.form.proxyLogin.field.PlaceHolder)
	}
	r.form.proxyLogin.field.SetText("tunnel")
	r.form.proxyLogin.keep.SetChecked(true)
	r.save(func(site.Site) {})
	r.settle(t)
	if diff := cmp.Diff(map[site.ID]string{s.ProxyID(): "tunnel"}, r.store.passwords); diff != "" {
		t.Errorf("the keychain (-want +got):\n%s", diff)
	}
	if r.form.proxyLogin.field.PlaceHolder != "kept" || r.form.pass.PlaceHolder == "kept" {
		t.Errorf("after it the fields say %q and %q", r.form.proxyLogin.field.PlaceHolder, r.form.pass.PlaceHolder)
	}
	r.form.proxyLogin.keep.SetChecked(false)
	r.save(func(site.Site) {})
	r.settle(t)
	if len(r.store.passwords) != 0 {
		t.Errorf("still kept: %v", r.store.passwords)
	}
}

func TestCheckTakesTheFormAsItStands(t *testing.T) {
	r := open(t, look.Dark, shop())
	r.form.host.SetText("other.example.org")
	r.form.pass.SetText("typed")
	r.checkNow()
	r.settle(t)
	if len(r.checked) != 1 || r.checked[0].Host != "other.example.org" || r.checkedWith != "typed" {
		t.Fatalf("checked %+v with %q", r.checked, r.checkedWith)
	}
	if r.store.sites[0].Host != "ftp.example.org" {
		t.Error("the check saved the site")
	}
	r.use(site.ModeActive)
	if got := r.form.form().Mode; got != site.ModeActive || !r.dirty {
		t.Errorf("the form says %q, changed %v", got, r.dirty)
	}
	r.form.host.SetText("")
	r.checkNow()
	if len(r.checked) != 1 || r.message.Text() == "" {
		t.Error("a form without host was checked")
	}
}

func TestHostileSitesAreEscapedInTheList(t *testing.T) {
	s := shop()
	s.Name, s.Folder, s.Host = "a\x1b[2J", "b\u202egpj", "c\u2066x"
	r := open(t, look.Dark, s)
	for _, cell := range r.Row(0).Cells {
		if strings.ContainsAny(cell, "\x1b\u202e\u2066") {
			t.Errorf("the list shows %q", cell)
		}
	}
}
