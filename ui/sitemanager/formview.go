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
	keep                           *widget.Check
	kept                           bool
	tls                            *widget.Select
	mode                           *widget.RadioGroup
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
	f.keep = widget.NewCheck("Keep the password in the system's keychain", func(bool) { f.touch() })
	f.tls = widget.NewSelect(texts(tlsChoices), func(string) { f.touch() })
	f.mode = widget.NewRadioGroup(texts(modeChoices), func(string) { f.meaning(); f.touch() })
	f.mode.Horizontal, f.mode.Required = true, true
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

// arrange stacks rows of label and fields; a label's column is as wide as the
// widest one.
func (f *formView) arrange() fyne.CanvasObject {
	side := func(label string) fyne.CanvasObject { return parts.NewLine(label, look.ColorSecondary).Whole() }
	with := func(main fyne.CanvasObject, label string, second fyne.CanvasObject) fyne.CanvasObject {
		east := container.New(layout.NewCustomPaddedHBoxLayout(look.Gap), side(label), second)
		return container.New(layout.NewBorderLayout(nil, nil, nil, east), east,
			container.New(layout.NewCustomPaddedLayout(0, 0, 0, look.Gap*2), main))
	}
	grid := container.New(&formLayout{})
	row := func(label string, o fyne.CanvasObject) {
		grid.Add(side(label))
		grid.Add(o)
	}
	row("Name", with(f.name, "Folder", f.folder))
	row("Host", with(f.host, "Port", f.port))
	row("Encryption", f.tls)
	row("User", with(f.user, "Password", f.pass))
	row("", f.keep)
	row("Transfer mode", f.mode)
	row("", f.means)
	row("Active: ports", with(container.New(layout.NewCustomPaddedHBoxLayout(look.Gap), f.portFrom, side("to"), f.portTo),
		"External address", f.externalIP))
	row("Start there", f.remoteDir)
	row("Start here", f.localDir)
	row("Connections", with(container.NewHBox(f.connections), "File names", f.encoding))
	row("Notes", f.notes)
	return container.NewVScroll(grid)
}

func (f *formView) touch() {
	if !f.filling && f.changed != nil {
		f.changed()
	}
}

func (f *formView) meaning() {
	f.means.SetText(modeMeans[pick(modeChoices, f.mode.Selected)])
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
	x.TLS, x.Mode = pick(tlsChoices, f.tls.Selected), pick(modeChoices, f.mode.Selected)
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

// formLayout puts labels and what they name into two columns.
type formLayout struct{}

func (formLayout) labels(o []fyne.CanvasObject) float32 {
	width := float32(0)
	for i := 0; i < len(o); i += 2 {
		width = max(width, o[i].MinSize().Width)
	}
	return width + 2*look.Gap
}

func (l *formLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left, y := l.labels(o), float32(0)
	for i := 0; i+1 < len(o); i += 2 {
		height := o[i+1].MinSize().Height
		o[i].Move(fyne.NewPos(0, y+(min(height, look.EntryHeight)-o[i].MinSize().Height)/2))
		o[i].Resize(fyne.NewSize(left, o[i].MinSize().Height))
		o[i+1].Move(fyne.NewPos(left, y))
		o[i+1].Resize(fyne.NewSize(max(size.Width-left-look.Margin, 0), height))
		y += height + look.Gap
	}
}

func (l *formLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(l.labels(o), 0)
	for i := 0; i+1 < len(o); i += 2 {
		size.Height += o[i+1].MinSize().Height + look.Gap
		size.Width = max(size.Width, l.labels(o)+o[i+1].MinSize().Width+look.Margin)
	}
	return size
}
