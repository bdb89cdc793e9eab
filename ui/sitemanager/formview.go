package sitemanager

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

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

	name, folder, host, port, user *parts.Field
	pass                           *parts.Field
	keep                           *parts.Check
	kept                           bool
	tls                            *parts.Choice
	mode                           *parts.Segments
	means                          *parts.Line
	remoteDir, localDir            *parts.Field
	connections, encoding          *parts.Field
	portFrom, portTo, externalIP   *parts.Field
	notes                          *widget.Entry
}

func newFormView(changed func()) *formView {
	f := &formView{changed: changed}
	field := func(placeholder string, width float32) *parts.Field {
		e := parts.NewField(placeholder, width)
		e.OnChanged = func(string) { f.touch() }
		e.Escaped = func() { f.escaped() }
		return e
	}
	f.name, f.folder = field("as the host", 160), field("none", 100)
	f.host, f.port = field("host, or paste an address", 200), field("standard", 70)
	f.user, f.pass = field("anonymous", 110), field("will be asked", 140)
	f.pass.Password = true
	escape := func() { f.escaped() }
	f.keep = parts.NewCheck("Keep the password in the system's keychain", func(bool) { f.touch() })
	f.tls = parts.NewChoice(texts(tlsChoices), func(string) { f.touch() })
	f.mode = parts.NewSegments(texts(modeChoices), func(string) { f.meaning(); f.touch() })
	f.keep.Escaped, f.tls.Escaped, f.mode.Escaped = escape, escape, escape
	f.means = parts.NewLine("", look.ColorSecondary)
	f.remoteDir, f.localDir = field("login folder", 160), field("where the other pane stands", 160)
	f.connections, f.encoding = field("4", 60), field("UTF-8", 100)
	f.portFrom, f.portTo, f.externalIP = field("any", 60), field("any", 60), field("our own", 110)
	f.notes = widget.NewMultiLineEntry()
	f.notes.SetMinRowsVisible(2)
	f.notes.OnChanged = func(string) { f.touch() }
	f.object = f.arrange()
	return f
}

// arrange makes the rows.
func (f *formView) arrange() fyne.CanvasObject {
	ports := container.New(layout.NewCustomPaddedHBoxLayout(look.Gap), f.portFrom, parts.NewLine("to", look.ColorSecondary).Whole(), f.portTo)
	l := &formLayout{rows: []formRow{
		{label: "Name", main: f.name, aside: "Folder", second: f.folder},
		{label: "Host", main: f.host, aside: "Port", second: f.port},
		{label: "Encryption", main: f.tls},
		{label: "User", main: f.user, aside: "Password", second: f.pass},
		{main: f.keep},
		{label: "Transfer mode", main: f.mode, close: true},
		{main: f.means},
		{label: "Active: ports", main: ports, aside: "External address", second: f.externalIP},
		{label: "Start there", main: f.remoteDir},
		{label: "Start here", main: f.localDir},
		{label: "Connections", main: container.NewHBox(f.connections), aside: "File names", second: f.encoding},
		{label: "Notes", main: f.notes},
	}}
	return container.NewVScroll(l.container())
}

func (f *formView) touch() {
	if !f.filling && f.changed != nil {
		f.changed()
	}
}

func (f *formView) meaning() {
	f.means.SetText(modeMeans[pick(modeChoices, f.mode.Selected())])
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
	f.pass.SetText("")
	f.tls.SetSelected(textOf(tlsChoices, x.TLS))
	f.mode.SetSelected(textOf(modeChoices, x.Mode))
	f.meaning()
	f.kept = false
	f.keep.SetChecked(false)
	f.keep.SetText("Keep the password in the system's keychain")
	f.pass.SetPlaceHolder("will be asked")
}

// setKept shows whether the keychain has a password, or why that is not
// known.
func (f *formView) setKept(kept bool, err error) {
	f.filling = true
	defer func() { f.filling = false }()
	f.kept = kept
	if err != nil {
		f.keep.SetText("Keep the password in the system's keychain (it does not answer now)")
		return
	}
	f.keep.SetChecked(kept)
	if kept {
		f.pass.SetPlaceHolder("kept")
	}
}

// password returns what was typed, whether anything about it is to be
// changed, and whether to keep it.
func (f *formView) password() (text string, change, keep bool) {
	return f.pass.Text, f.pass.Text != "" || f.keep.Checked != f.kept && !f.keep.Checked, f.keep.Checked
}

// form returns what is typed.
func (f *formView) form() Form {
	x := f.base
	for _, p := range f.fields(&x) {
		*p.text = p.field.Text
	}
	x.Notes = f.notes.Text
	x.TLS, x.Mode = pick(tlsChoices, f.tls.Selected), pick(modeChoices, f.mode.Selected())
	return x
}

// bound is a field with its place in a Form and its name in the file.
type bound struct {
	name  string
	label string
	field *parts.Field
	text  *string
}

func (f *formView) fields(x *Form) []bound {
	return []bound{
		{"name", "Name", f.name, &x.Name},
		{"folder", "Folder", f.folder, &x.Folder},
		{"host", "Host", f.host, &x.Host},
		{"port", "Port", f.port, &x.Port},
		{"user", "User", f.user, &x.User},
		{"remote_dir", "Start there", f.remoteDir, &x.RemoteDir},
		{"local_dir", "Start here", f.localDir, &x.LocalDir},
		{"connections", "Connections", f.connections, &x.Connections},
		{"encoding", "File names", f.encoding, &x.Encoding},
		{"port_from", "Active: ports", f.portFrom, &x.PortFrom},
		{"port_to", "Active: ports", f.portTo, &x.PortTo},
		{"external_ip", "External address", f.externalIP, &x.ExternalIP},
	}
}

// point gives the keys to the field that is wrong and returns what to say.
func (f *formView) point(c fyne.Canvas, p Problem) string {
	var x Form
	for _, b := range f.fields(&x) {
		if b.name == p.Field {
			c.Focus(b.field)
			return b.label + ": " + p.Why
		}
	}
	return p.Why
}
