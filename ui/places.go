//go:build !headless

package ui

import (
	"context"

	"wherry/sync/engine"
	"wherry/sync/localfs"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/pane"
	"wherry/ui/words"
)

// here leads to a folder of this computer; the root stands for a person's
// home.
func (s *shell) here(dir vfs.Path) pane.Opener {
	return pane.Opener{
		Title: "This computer", Glyph: look.GlyphComputer,
		Open: func(ctx context.Context) (pane.Place, vfs.Path, error) {
			local := s.engine.Local()
			if dir.IsRoot() {
				f, err := local.Features(ctx)
				if err != nil {
					return pane.Place{}, dir, err
				}
				dir = f.Home
			}
			return pane.Place{
				Title: "This computer", FS: local,
				Show: func(p vfs.Path) string { return vfs.Readable(localfs.ToOS(p)) }, Parse: localfs.FromOS,
				URL: localfs.ToOS,
			}, dir, nil
		},
	}
}

// there leads to a site: it connects, which may ask for a password and about
// the certificate.
func (s *shell) there(p engine.Place) pane.Opener {
	return pane.Opener{
		Title: siteTitle(p.Site), Glyph: look.GlyphServer,
		Open: func(ctx context.Context) (pane.Place, vfs.Path, error) {
			id, fs, err := s.connect(ctx, p)
			if err != nil {
				return pane.Place{}, vfs.Path{}, err
			}
			dir := p.Path
			if !p.HasPath {
				f, err := fs.Features(ctx)
				if err != nil {
					return pane.Place{}, dir, err
				}
				dir = f.Home
			}
			s.facts.tell(fact{Fact: "connected", Site: p.Site.Host})
			return pane.Place{
				ID: id, Title: siteTitle(p.Site), FS: fs,
				URL: func(path vfs.Path) string { return p.Site.URL(path.String()) },
			}, dir, nil
		},
	}
}

// connect logs in. A refused password is asked for again as long as the
// person goes on typing one; nothing is tried again by itself.
func (s *shell) connect(ctx context.Context, p engine.Place) (site.ID, vfs.FS, error) {
	id, fs, err := s.engine.Connect(ctx, p.Site, p.Password)
	for vfs.KindOf(err) == vfs.KindLogin && !p.Site.IsAnonymous() {
		password, keep, asked := s.asker.passwordAgain(ctx, p.Site, err)
		if asked != nil {
			return "", nil, err
		}
		if id, fs, err = s.engine.Connect(ctx, p.Site, password); err == nil && keep {
			err = s.engine.Remember(ctx, id, password, true)
		}
	}
	return id, fs, err
}

// saved leads to a saved site's start folder.
func (s *shell) saved(id site.ID) (engine.Place, error) {
	one, ok := s.engine.Site(id)
	if !ok {
		return engine.Place{}, &vfs.Error{Op: "open the site", Kind: vfs.KindNoSite}
	}
	p := engine.Place{Site: one}
	if one.RemoteDir != "" {
		dir, err := vfs.Parse(one.RemoteDir)
		if err != nil {
			return p, err
		}
		p.Path, p.HasPath = dir, true
	}
	return p, nil
}

// siteTitle is what people call a site: its name, or user and host, with the
// port where that is not the usual one and tells two servers apart.
func siteTitle(s site.Site) string {
	if s.Name != "" {
		return vfs.Readable(s.Name)
	}
	title := s.Host
	if usual := (site.Site{TLS: s.TLS}); s.EffectivePort() != usual.EffectivePort() {
		title = s.Address()
	}
	if !s.IsAnonymous() {
		title = s.User + "@" + title
	}
	return words.Safe(title)
}
