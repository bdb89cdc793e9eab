package engine

import (
	"strings"

	"wherry/sync/localfs"
	"wherry/sync/site"
	"wherry/sync/vfs"
)

// Place is a TARGET resolved: a site and a path on it.
type Place struct {
	// Site is the description to Connect to; for this computer its zero
	// value, with Local set.
	Site  site.Site
	Local bool
	// Path on it; HasPath is false where the login folder is meant. Begins
	// tells that the person named no path and this is where the site begins.
	Path    vfs.Path
	HasPath bool
	Begins  bool
	// Password as pasted in a URL, for this session only.
	Password string
}

// Resolve finds what a TARGET means: a saved site by name, a URL, a host, or
// a path here. A name alone means the site before a host, where nothing in it
// (a dot, a colon, a slash, an @) speaks of a host or a path. An unknown site
// is KindNotFound, nonsense KindBadName.
func (e *Engine) Resolve(text string) (Place, error) {
	if name := strings.TrimSpace(text); !strings.ContainsAny(name, `.:/\@[~`) {
		if s, ok := e.sites.ByName(name); ok {
			return begin(Place{Site: s})
		}
	}
	t, err := site.ParseTarget(text)
	if err != nil {
		return Place{}, err
	}
	if t.Local {
		p, err := localfs.FromOS(t.Path)
		return Place{Local: true, Path: p, HasPath: true}, err
	}
	place := Place{Site: t.Site, HasPath: t.HasPath, Password: t.Password}
	if t.Saved != "" {
		s, ok := e.sites.ByName(t.Saved)
		if !ok {
			return Place{}, &vfs.Error{Op: "find the site", Path: t.Saved, Kind: vfs.KindNotFound, Reply: "no site of that name is saved"}
		}
		place.Site = s
	}
	if !t.HasPath {
		return begin(place)
	}
	place.Path, err = vfs.Parse(t.Path)
	return place, err
}

// begin sets the path of a place for which none was named.
func begin(p Place) (Place, error) {
	if p.Begins = true; p.Site.RemoteDir == "" {
		return p, nil
	}
	var err error
	p.HasPath = true
	p.Path, err = vfs.Parse(p.Site.RemoteDir)
	return p, err
}
