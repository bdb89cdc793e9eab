// Package sitemanager lets a person keep sites: list, add, copy, change,
// remove, and connect.
//
// It exists as one feature of the window. The model is a form of plain strings
// that turns into a site.Site or says which field is wrong; the view draws it.
package sitemanager

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// Sites is what the manager needs of the engine.
type Sites interface {
	// Saved returns the sites a person keeps.
	Saved() []site.Site
	Save(s site.Site) (site.Site, error)
	Remove(ctx context.Context, id site.ID) error
	HasPassword(ctx context.Context, id site.ID) (bool, error)
	Remember(ctx context.Context, id site.ID, password string, keep bool) error
	Forget(ctx context.Context, id site.ID) error
}

// Form is a site as a person types it. Numbers are text until it is used.
type Form struct {
	ID                  site.ID
	Name, Folder        string
	Host, Port          string
	TLS                 site.TLS
	User                string
	Mode                site.Mode
	RemoteDir, LocalDir string
	Connections         string
	PortFrom, PortTo    string
	ExternalIP          string
	Encoding, Notes     string
	Hidden, KeepAlive   bool
	Account             string
	Commands            string // one a line
	Proxy               ProxyKind
	ProxyAddress        string // host:port
	ProxyUser           string
	LimitUp, LimitDown  string // as words.ParseRate reads them
	Replace             site.Replace
	base                site.Site // as it is kept, with what the form does not know
}

// ProxyKind is what a site's proxy speaks.
type ProxyKind string

// The kinds; the named ones are the schemes of site.Site.Proxy.
const (
	ProxySystem ProxyKind = "" // as the environment says
	ProxyNone   ProxyKind = site.ProxyNone
	ProxySOCKS  ProxyKind = "socks5"
	ProxyHTTP   ProxyKind = "http"
)

// Named says whether the site names a proxy of its own.
func (k ProxyKind) Named() bool { return k == ProxySOCKS || k == ProxyHTTP }

// NewForm returns the form of a site that is being added.
func NewForm() Form { return Form{TLS: site.TLSExplicit, Mode: site.ModeAuto} }

// FormOf returns the form of a site that is kept.
func FormOf(s site.Site) Form {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	f := Form{
		ID: s.ID, Name: s.Name, Folder: s.Folder, Host: s.Host, Port: number(s.Port), TLS: s.TLS, User: s.User,
		Mode: s.Mode, RemoteDir: s.RemoteDir, LocalDir: s.LocalDir, Connections: number(s.Connections),
		PortFrom: number(s.PortFrom), PortTo: number(s.PortTo), ExternalIP: s.ExternalIP, Encoding: s.Encoding,
		Notes: s.Notes, Hidden: s.Hidden, KeepAlive: s.KeepAlive == site.KeepAliveNoop, Account: s.Account,
		Commands: strings.Join(s.Commands, "\n"), LimitUp: words.RateText(s.LimitUp), LimitDown: words.RateText(s.LimitDown),
		Replace: s.Replace, base: s,
	}
	f.readProxy(s.Proxy)
	if f.TLS == site.TLSDefault {
		f.TLS = site.TLSExplicit
	}
	if f.Mode == "" {
		f.Mode = site.ModeAuto
	}
	return f
}

// Problem is a field that cannot be used as it is.
type Problem struct{ Field, Why string }

// Site turns the form into a site. A host typed as an address with user, port
// or scheme is taken apart, since people paste what they were sent. A field
// that is wrong comes back as a Problem with the field's name in the file.
func (f Form) Site() (site.Site, *Problem) {
	f, _ = f.Apart()
	s := f.texts()
	if p := f.numbers(&s); p != nil {
		return s, p
	}
	if p := f.limits(&s); p != nil {
		return s, p
	}
	if isAddress(s.Host) {
		return s, &Problem{"host", "this is no host or address"}
	} else if host, err := site.CleanHost(s.Host); err == nil {
		s.Host = host
	}
	if s.User == "" {
		s.User = site.Anonymous
	}
	if s.Name == "" {
		s.Name = s.Host
	}
	if err := s.Validate(); err != nil {
		var e *vfs.Error
		if errors.As(err, &e) {
			return s, &Problem{e.Path, e.Reply}
		}
		return s, &Problem{"name", err.Error()}
	}
	return s, nil
}

// numbers reads what is a whole number; nothing typed is none.
func (f Form) numbers(s *site.Site) *Problem {
	for _, n := range []struct {
		field, text string
		into        *int
	}{
		{"port", f.Port, &s.Port},
		{"connections", f.Connections, &s.Connections},
		{"port_from", f.PortFrom, &s.PortFrom},
		{"port_to", f.PortTo, &s.PortTo},
	} {
		text := strings.TrimSpace(n.text)
		if *n.into = 0; text == "" {
			continue
		}
		v, err := strconv.Atoi(text)
		if err != nil || v < 0 {
			return &Problem{n.field, "this must be a whole number"}
		}
		*n.into = v
	}
	return nil
}

// limits reads the speed limits; nothing typed, or 0, is none.
func (f Form) limits(s *site.Site) *Problem {
	for _, l := range []struct {
		field, text string
		into        *int64
	}{{"limit_up", f.LimitUp, &s.LimitUp}, {"limit_down", f.LimitDown, &s.LimitDown}} {
		text := strings.TrimSpace(l.text)
		if *l.into = 0; text == "" || text == "0" {
			continue
		}
		n, err := words.ParseRate(text)
		if err != nil {
			return &Problem{l.field, err.Error()}
		}
		*l.into = n
	}
	return nil
}

// texts is the site with all but its numbers, as typed.
func (f Form) texts() site.Site {
	s := f.base
	s.ID, s.TLS, s.Mode, s.Notes, s.Hidden, s.Replace = f.ID, f.TLS, f.Mode, f.Notes, f.Hidden, f.Replace
	for _, text := range []struct {
		into  *string
		typed string
	}{
		{&s.Name, f.Name},
		{&s.Folder, strings.Trim(strings.TrimSpace(f.Folder), "/")},
		{&s.Host, f.Host},
		{&s.User, f.User},
		{&s.RemoteDir, f.RemoteDir},
		{&s.LocalDir, f.LocalDir},
		{&s.ExternalIP, f.ExternalIP},
		{&s.Encoding, f.Encoding},
		{&s.Account, f.Account},
	} {
		*text.into = strings.TrimSpace(text.typed)
	}
	if s.KeepAlive = site.KeepAliveOff; f.KeepAlive {
		s.KeepAlive = site.KeepAliveNoop
	}
	s.Commands = nil
	for line := range strings.Lines(f.Commands) {
		if line = strings.TrimSpace(line); line != "" {
			s.Commands = append(s.Commands, line)
		}
	}
	s.Proxy = f.proxy()
	return s
}

// readProxy takes a proxy's address apart.
func (f *Form) readProxy(text string) {
	u, err := url.Parse(text)
	switch {
	case text == "" || text == site.ProxyNone || err != nil:
		f.Proxy = ProxyKind(text)
		return
	}
	f.Proxy, f.ProxyAddress = ProxyKind(strings.ToLower(u.Scheme)), u.Host
	if u.User != nil {
		f.ProxyUser = u.User.Username()
	}
}

// proxy writes the proxy's address; parts that are none of it are left to
// Validate.
func (f Form) proxy() string {
	if !f.Proxy.Named() {
		return string(f.Proxy)
	}
	u := url.URL{Scheme: string(f.Proxy), Host: strings.TrimSpace(f.ProxyAddress)}
	if user := strings.TrimSpace(f.ProxyUser); user != "" {
		u.User = url.User(user)
	}
	return u.String()
}

// isAddress tells a host from one with user, port, path or scheme.
func isAddress(host string) bool {
	return strings.ContainsAny(host, "/@") || strings.Count(host, ":") == 1
}

// Apart puts the parts of an address that stands in the host's field where they
// belong; what was typed for a user or a folder stays. The password is one that
// stood in it. A host alone, and what is no address, stays as it is.
func (f Form) Apart() (apart Form, password string) {
	host := strings.TrimSpace(f.Host)
	if !isAddress(host) {
		return f, ""
	}
	t, err := site.ParseTarget(host)
	if err != nil || t.Local || t.Saved != "" || isAddress(t.Site.Host) {
		return f, ""
	}
	f.Host = t.Site.Host
	if t.Site.Port != 0 {
		f.Port = strconv.Itoa(t.Site.Port)
	}
	if t.Site.TLS != site.TLSDefault {
		f.TLS = t.Site.TLS
	}
	if f.User = strings.TrimSpace(f.User); f.User == "" && t.Site.User != site.Anonymous {
		f.User = t.Site.User
	}
	if f.RemoteDir = strings.TrimSpace(f.RemoteDir); f.RemoteDir == "" && t.HasPath {
		f.RemoteDir = t.Path
	}
	return f, t.Password
}

// sorted puts sites in the order of the list: by folder, then by name.
func sorted(sites []site.Site) []site.Site {
	out := slices.Clone(sites)
	slices.SortFunc(out, func(a, b site.Site) int {
		return cmp.Or(
			cmp.Compare(strings.ToLower(a.Folder), strings.ToLower(b.Folder)),
			cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return out
}

// freeName returns name, or name with a number behind it that no site has.
func freeName(name string, sites []site.Site) string {
	taken := func(n string) bool {
		return slices.ContainsFunc(sites, func(s site.Site) bool { return strings.EqualFold(s.Name, n) })
	}
	free := name
	for i := 2; taken(free); i++ {
		free = name + " (" + strconv.Itoa(i) + ")"
	}
	return free
}
