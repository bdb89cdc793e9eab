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
	escape := func() { f.escaped() }
	field := func(placeholder string, width float32) *parts.Field {
		e := parts.NewField(placeholder, width)
		e.OnChanged = func(string) { f.touch() }
		e.Escaped = escape
		return e
	}
	check := func(label string) *parts.Check {
		c := parts.NewCheck(label, func(bool) { f.touch() })
		c.Escaped = escape
		return c
	}
	text := func(placeholder string, rows int) *parts.Text {
		t := parts.NewText(placeholder, rows)
		t.OnChanged = func(string) { f.touch() }
		t.Escaped = escape
		return t
	}
	f.name, f.folder = field("as the host", 160), field("none", 100)
	f.host, f.port = field("host, or paste an address", 200), field("standard", 70)
	f.host.Left = f.apart
	f.user = field("anonymous", 110)
	f.login = secret{field("", 140), check(""), "Keep the password in the system's keychain", "will be asked", false}
	f.pass, f.keep = f.login.field, f.login.keep
	f.tls = parts.NewChoice(texts(tlsChoices), func(string) { f.touch() })
	f.mode = parts.NewSegments(texts(modeChoices), func(string) { f.meaning(); f.touch() })
	f.means = parts.NewLine("", look.ColorSecondary)
	f.remoteDir, f.localDir = field("login folder", 160), field("where the other pane stands", 160)
	f.connections, f.encoding = field("4", 60), field("UTF-8", 100)
	f.portFrom, f.portTo, f.externalIP = field("any", 60), field("any", 60), field("our own", 110)
	f.limitUp, f.limitDown = field("none", 90), field("none", 90)
	f.replace = parts.NewChoice(texts(replaceChoices), func(string) { f.touch() })
	f.keepAlive = check("Keep idle connections alive (NOOP)")
	f.hidden = check("Ask for hidden files too (LIST -a)")
	f.account = field("none", 110)
	f.commands, f.notes = text("such as SITE UMASK 022, one a line", 3), text("", 3)
	f.proxy = parts.NewChoice(texts(proxyChoices), func(string) { f.proxyChosen(); f.touch() })
	f.proxyAddress, f.proxyUser = field("host:port", 160), field("none", 110)
	f.proxyLogin = secret{field("", 140), check(""), "Keep the proxy's password in the system's keychain", "none", false}
	f.tls.Escaped, f.mode.Escaped, f.proxy.Escaped = escape, escape, escape
	f.replace.Escaped = escape
	f.login.field.Password, f.proxyLogin.field.Password = true, true
	f.object = f.arrange()
	f.tabs.Escaped = escape
	return f
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
