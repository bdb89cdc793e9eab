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
	"slices"
	"strconv"
	"strings"

	"wherry/sync/site"
	"wherry/sync/vfs"
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
	bookmarks           []site.Bookmark
}

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
		Notes: s.Notes, bookmarks: s.Bookmarks,
	}
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
	s := site.Site{
		ID: f.ID, Name: strings.TrimSpace(f.Name), Folder: strings.Trim(strings.TrimSpace(f.Folder), "/"),
		Host: strings.TrimSpace(f.Host), TLS: f.TLS, User: strings.TrimSpace(f.User), Mode: f.Mode,
		RemoteDir: strings.TrimSpace(f.RemoteDir), LocalDir: strings.TrimSpace(f.LocalDir),
		ExternalIP: strings.TrimSpace(f.ExternalIP), Encoding: strings.TrimSpace(f.Encoding), Notes: f.Notes,
		Bookmarks: f.bookmarks,
	}
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
		if text == "" {
			continue
		}
		v, err := strconv.Atoi(text)
		if err != nil || v < 0 {
			return s, &Problem{n.field, "this must be a whole number"}
		}
		*n.into = v
	}
	if strings.ContainsAny(s.Host, "/@") || strings.Count(s.Host, ":") == 1 {
		if s = pasted(s); s.Host == "" {
			return s, &Problem{"host", "this is no host or address"}
		}
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

// pasted takes what a person pasted into the host's field over the others.
func pasted(s site.Site) site.Site {
	t, err := site.ParseTarget(s.Host)
	if err != nil || t.Local || t.Saved != "" {
		s.Host = ""
		return s
	}
	s.Host = t.Site.Host
	if t.Site.Port != 0 {
		s.Port = t.Site.Port
	}
	if t.Site.TLS != site.TLSDefault {
		s.TLS = t.Site.TLS
	}
	if t.Site.User != "" && s.User == "" {
		s.User = t.Site.User
	}
	if t.HasPath && s.RemoteDir == "" {
		s.RemoteDir = t.Path
	}
	return s
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
