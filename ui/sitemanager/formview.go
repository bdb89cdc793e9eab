package sitemanager

import (
	"fyne.io/fyne/v2"

	"wherry/sync/site"
	"wherry/ui/look"
	"wherry/ui/parts"
)

// Choices of the form, in the order of the lists.
var (
	tlsChoices = []choice[site.TLS]{
		{site.TLSExplicit, "TLS, required (explicit)"},
		{site.TLSImplicit, "TLS from the first byte (implicit, 990)"},
		{site.TLSOff, "None: password and files in clear"},
	}
	modeChoices = []choice[site.Mode]{
		{site.ModeAuto, "Auto"},
		{site.ModePassive, "Passive"},
		{site.ModeActive, "Active"},
	}
	modeMeans = map[site.Mode]string{
		site.ModeAuto:    "Passive first, then active: whatever works is remembered.",
		site.ModePassive: "Wherry connects to the server for every file and listing.",
		site.ModeActive:  "The server connects back to this computer, which a firewall or router has to let in.",
	}
	replaceChoices = []choice[site.Replace]{
		{site.ReplaceAsk, "Ask, once"},
		{site.ReplaceDelete, "Delete the old file, then rename"},
		{site.ReplaceDirect, "Write over the old file"},
		{site.ReplaceNever, "Report it as failed"},
	}
	proxyChoices = []choice[ProxyKind]{
		{ProxySystem, "As the system says (ALL_PROXY)"},
		{ProxyNone, "None: connect directly"},
		{ProxySOCKS, "SOCKS5"},
		{ProxyHTTP, "HTTP (CONNECT)"},
	}
)

type choice[T comparable] struct {
	value T
	text  string
}

func texts[T comparable](choices []choice[T]) []string {
	var out []string
	for _, c := range choices {
		out = append(out, c.text)
	}
	return out
}

func pick[T comparable](choices []choice[T], text string) T {
	for _, c := range choices {
		if c.text == text {
			return c.value
		}
	}
	return choices[0].value
}

func textOf[T comparable](choices []choice[T], value T) string {
	for _, c := range choices {
		if c.value == value {
			return c.text
		}
	}
	return choices[0].text
}

// formView draws a Form.
type formView struct {
	object  fyne.CanvasObject
	changed func()
	escaped func()
	filling bool
	id      site.ID
	base    Form // what the form does not show

	tabs                           *parts.Segments
	pages                          []fyne.CanvasObject
	name, folder, host, port, user *parts.Field
	login                          secret
	pass                           *parts.Field // of login
	keep                           *parts.Check // of login
	tls                            *parts.Choice
	mode                           *parts.Segments
	means                          *parts.Line
	remoteDir, localDir            *parts.Field
	connections, encoding          *parts.Field
	portFrom, portTo, externalIP   *parts.Field
	keepAlive, hidden              *parts.Check
	account                        *parts.Field
	commands, notes                *parts.Text
	proxy                          *parts.Choice
	proxyAddress, proxyUser        *parts.Field
	limitUp, limitDown             *parts.Field
	replace                        *parts.Choice
	proxyLogin                     secret
}

func newFormView(changed func()) *formView {
	f := &formView{changed: changed}
	f.general()
	f.transfer()
	f.advanced()
	f.object = f.arrange()
	f.tabs.Escaped = f.escape
	return f
}

// general makes what the first page holds.
func (f *formView) general() {
	f.name, f.folder = f.field("as the host", 160), f.field("none", 100)
	f.host, f.port = f.field("host, or paste an address", 200), f.field("standard", 70)
	f.host.Left = f.apart
	f.tls = f.list(texts(tlsChoices), func() {})
	f.user = f.field("anonymous", 110)
	f.login = f.secret("Keep the password in the system's keychain", "will be asked")
	f.pass, f.keep = f.login.field, f.login.keep
	f.remoteDir, f.localDir = f.field("login folder", 160), f.field("where the other pane stands", 160)
	f.notes = f.text("")
}

// transfer makes what the second page holds.
func (f *formView) transfer() {
	f.mode = parts.NewSegments(texts(modeChoices), func(string) { f.meaning(); f.touch() })
	f.mode.Escaped = f.escape
	f.means = parts.NewLine("", look.ColorSecondary)
	f.portFrom, f.portTo, f.externalIP = f.field("any", 60), f.field("any", 60), f.field("our own", 110)
	f.connections = f.field("4", 60)
	f.keepAlive = f.check("Keep idle connections alive (NOOP)")
	f.limitUp, f.limitDown = f.field("none", 90), f.field("none", 90)
	f.replace = f.list(texts(replaceChoices), func() {})
}

// advanced makes what the third page holds.
func (f *formView) advanced() {
	f.encoding = f.field("UTF-8", 100)
	f.hidden = f.check("Ask for hidden files too (LIST -a)")
	f.account = f.field("none", 110)
	f.commands = f.text("such as SITE UMASK 022, one a line")
	f.proxy = f.list(texts(proxyChoices), f.proxyChosen)
	f.proxyAddress, f.proxyUser = f.field("host:port", 160), f.field("none", 110)
	f.proxyLogin = f.secret("Keep the proxy's password in the system's keychain", "none")
}

func (f *formView) escape() { f.escaped() }

func (f *formView) field(placeholder string, width float32) *parts.Field {
	e := parts.NewField(placeholder, width)
	e.OnChanged = func(string) { f.touch() }
	e.Escaped = f.escape
	return e
}

func (f *formView) check(label string) *parts.Check {
	c := parts.NewCheck(label, func(bool) { f.touch() })
	c.Escaped = f.escape
	return c
}

func (f *formView) text(placeholder string) *parts.Text {
	t := parts.NewText(placeholder, 3)
	t.OnChanged = func(string) { f.touch() }
	t.Escaped = f.escape
	return t
}

// list drops down; chosen comes before the form counts as changed.
func (f *formView) list(options []string, chosen func()) *parts.Choice {
	c := parts.NewChoice(options, func(string) { chosen(); f.touch() })
	c.Escaped = f.escape
	return c
}

// secret is a field for a password; the placeholder stands in it while none is
// kept.
func (f *formView) secret(label, placeholder string) secret {
	s := secret{f.field("", 140), f.check(""), label, placeholder, false}
	s.field.Password = true
	return s
}

func (f *formView) touch() {
	if !f.filling && f.changed != nil {
		f.changed()
	}
}

func (f *formView) meaning() {
	f.means.SetText(modeMeans[pick(modeChoices, f.mode.Selected())])
}

// proxyChosen lets the proxy's fields be filled in where there is one.
func (f *formView) proxyChosen() {
	named := pick(proxyChoices, f.proxy.Selected).Named()
	for _, w := range []fyne.Disableable{f.proxyAddress, f.proxyUser, f.proxyLogin.field, f.proxyLogin.keep} {
		if named {
			w.Enable()
		} else {
			w.Disable()
		}
	}
}

// fill shows a form.
func (f *formView) fill(x Form) {
	f.filling = true
	defer func() { f.filling = false }()
	f.id, f.base = x.ID, x
	for _, p := range f.fields(&x) {
		p.field.SetText(*p.text)
	}
	f.notes.SetText(x.Notes)
	f.commands.SetText(x.Commands)
	f.tls.SetSelected(textOf(tlsChoices, x.TLS))
	f.mode.SetSelected(textOf(modeChoices, x.Mode))
	f.proxy.SetSelected(textOf(proxyChoices, x.Proxy))
	f.replace.SetSelected(textOf(replaceChoices, x.Replace))
	f.keepAlive.SetChecked(x.KeepAlive)
	f.hidden.SetChecked(x.Hidden)
	f.meaning()
	f.proxyChosen()
	f.login.clear()
	f.proxyLogin.clear()
}

// setKept shows whether the keychain has a password, or why that is not
// known.
func (f *formView) setKept(of *secret, kept bool, err error) {
	f.filling = true
	defer func() { f.filling = false }()
	of.setKept(kept, err)
}

// apart shows an address that was typed or pasted for the host in the fields of
// its parts.
func (f *formView) apart() {
	before := f.typed()
	after, password := before.Apart()
	if after.Host == before.Host {
		return
	}
	f.filling = true
	defer func() { f.filling = false }()
	for _, p := range f.fields(&after) {
		p.field.SetText(*p.text)
	}
	f.tls.SetSelected(textOf(tlsChoices, after.TLS))
	if password != "" && f.login.field.Text == "" {
		f.login.field.SetText(password)
	}
}

// form returns what is typed, an address for the host taken apart.
func (f *formView) form() Form {
	f.apart()
	return f.typed()
}

func (f *formView) typed() Form {
	x := f.base
	for _, p := range f.fields(&x) {
		*p.text = p.field.Text
	}
	x.Notes, x.Commands = f.notes.Text, f.commands.Text
	x.TLS, x.Mode = pick(tlsChoices, f.tls.Selected), pick(modeChoices, f.mode.Selected())
	x.Proxy, x.Replace = pick(proxyChoices, f.proxy.Selected), pick(replaceChoices, f.replace.Selected)
	x.KeepAlive, x.Hidden = f.keepAlive.Checked, f.hidden.Checked
	return x
}
