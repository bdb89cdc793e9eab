package sitemanager

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"wherry/ui/look"
	"wherry/ui/parts"
)

// pageTitles are those of the form's pages. Who adds a simple site needs the
// first one alone.
var pageTitles = []string{"General", "Transfer", "Advanced"}

// layouts are the rows of each page.
func (f *formView) layouts() []*formLayout {
	ports := container.New(layout.NewCustomPaddedHBoxLayout(look.Gap), f.portFrom, parts.NewLine("to", look.ColorSecondary).Whole(), f.portTo)
	limits := container.New(layout.NewCustomPaddedHBoxLayout(look.Gap), f.limitUp, parts.NewLine("down", look.ColorSecondary).Whole(), f.limitDown)
	return []*formLayout{
		{rows: []formRow{
			{label: "Name", main: f.name, aside: "Folder", second: f.folder},
			{label: "Host", main: f.host, aside: "Port", second: f.port},
			{label: "Encryption", main: f.tls},
			{label: "User", main: f.user, aside: "Password", second: f.pass},
			{main: f.keep},
			{label: "Start there", main: f.remoteDir},
			{label: "Start here", main: f.localDir},
			{label: "Notes", main: f.notes},
		}},
		{rows: []formRow{
			{label: "Transfer mode", main: f.mode, close: true},
			{main: f.means},
			{label: "Active: ports", main: ports, aside: "External address", second: f.externalIP},
			{label: "Connections", main: container.NewHBox(f.connections)},
			{main: f.keepAlive},
			{label: "Limits: up", main: limits, close: true},
			{main: parts.NewLine("Bytes a second for all transfers of this site together, such as 500K or 2M.", look.ColorSecondary)},
			{label: "Replacing", main: f.replace, close: true},
			{main: parts.NewLine("Where the server refuses to rename onto a file that is there.", look.ColorSecondary)},
		}},
		{rows: []formRow{
			{label: "File names", main: f.encoding},
			{main: f.hidden},
			{label: "Account", main: f.account},
			{label: "After login", main: f.commands},
			{label: "Proxy", main: f.proxy},
			{label: "Proxy address", main: f.proxyAddress},
			{label: "Proxy user", main: f.proxyUser, aside: "Password", second: f.proxyLogin.field},
			{main: f.proxyLogin.keep, close: true},
			{main: parts.NewLine("Through a proxy only passive mode works.", look.ColorSecondary)},
		}},
	}
}

// arrange makes the pages.
func (f *formView) arrange() fyne.CanvasObject {
	pages := f.layouts()
	stack := container.NewStack()
	for _, page := range pages {
		page.beside = pages
	}
	for _, page := range pages {
		scroll := container.NewVScroll(page.container())
		f.pages = append(f.pages, scroll)
		stack.Add(scroll)
	}
	f.tabs = parts.NewSegments(pageTitles, func(title string) { f.showPage(slices.Index(pageTitles, title)) })
	f.showPage(0)
	head := container.New(layout.NewCustomPaddedLayout(0, look.Gap*2, 0, look.Margin), f.tabs)
	return container.NewBorder(head, nil, nil, nil, stack)
}

func (f *formView) showPage(n int) {
	for i, p := range f.pages {
		if i == n {
			p.Show()
		} else {
			p.Hide()
		}
	}
	f.tabs.SetSelected(pageTitles[n])
}

// showPageOf shows the page that holds an object.
func (f *formView) showPageOf(o fyne.CanvasObject) {
	for i, p := range f.pages {
		page := p.(*container.Scroll).Content.(*fyne.Container)
		if slices.ContainsFunc(page.Objects, func(in fyne.CanvasObject) bool { return holds(in, o) }) {
			f.showPage(i)
		}
	}
}

func holds(in, o fyne.CanvasObject) bool {
	if in == o {
		return true
	}
	box, ok := in.(*fyne.Container)
	return ok && slices.ContainsFunc(box.Objects, func(inner fyne.CanvasObject) bool { return holds(inner, o) })
}

// secret is a password's field and the tick that keeps it in the keychain.
type secret struct {
	field       *parts.Field
	keep        *parts.Check
	label       string // of the tick
	placeholder string // of the field, while nothing is kept
	kept        bool
}

// clear is for a site of which nothing is known yet.
func (s *secret) clear() {
	s.kept = false
	s.field.SetText("")
	s.field.SetPlaceHolder(s.placeholder)
	s.keep.SetText(s.label)
	s.keep.SetChecked(false)
}

func (s *secret) setKept(kept bool, err error) {
	s.kept = kept
	if err != nil {
		s.keep.SetText(s.label + " (it does not answer now)")
		return
	}
	s.keep.SetChecked(kept)
	if kept {
		s.field.SetPlaceHolder("kept")
	}
}

// given is what a person did with a password.
type given struct {
	text   string // typed, "" for nothing
	change bool   // something about it is to be changed
	keep   bool   // in the keychain
	kept   bool   // it is there now
}

func (s *secret) given() given {
	if s.field.Disabled() {
		return given{}
	}
	return given{s.field.Text, s.field.Text != "" || s.keep.Checked != s.kept && !s.keep.Checked, s.keep.Checked, s.kept}
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
		{"limit_up", "Limit up", f.limitUp, &x.LimitUp},
		{"limit_down", "Limit down", f.limitDown, &x.LimitDown},
		{"account", "Account", f.account, &x.Account},
		{"proxy", "Proxy address", f.proxyAddress, &x.ProxyAddress},
		{"", "Proxy user", f.proxyUser, &x.ProxyUser},
	}
}

// point gives the keys to the field that is wrong and returns what to say.
func (f *formView) point(c fyne.Canvas, p Problem) string {
	var x Form
	for _, b := range f.fields(&x) {
		if b.name == p.Field {
			f.showPageOf(b.field)
			c.Focus(b.field)
			return b.label + ": " + p.Why
		}
	}
	if p.Field == "commands" {
		f.showPageOf(f.commands)
		c.Focus(f.commands)
		return "Commands after login: " + p.Why
	}
	return p.Why
}
