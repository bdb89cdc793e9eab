package engine

import (
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
	// Path on it; HasPath is false where the person named none and the login
	// folder, or the site's own start folder, is meant.
	Path    vfs.Path
	HasPath bool
	// Password as pasted in a URL, for this session only.
	Password string
}

// Resolve finds what a TARGET means: a saved site by name, a URL, a host, or
// a path here. An unknown site is KindNotFound, nonsense KindBadName.
func (e *Engine) Resolve(text string) (Place, error) {
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
	dir := t.Path
	if !t.HasPath && place.Site.RemoteDir != "" {
		dir, place.HasPath = place.Site.RemoteDir, true
	}
	if place.HasPath {
		place.Path, err = vfs.Parse(dir)
	}
	return place, err
}
