package engine

import (
	"context"

	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/trust"
	"wherry/sync/vfs"
)

// Check tries each step of a connection to s, on connections of its own: those
// that are open stay as they are. Passwords and certificates come from where
// Connect has them, and the same questions are asked; password, where not "",
// is used for this check alone. A saved site may be given with changes. write
// allows temporary files in dir, whose zero value is the login folder. onStep
// may be nil; it is called in the caller's goroutine.
//
// The error says that the description of the site cannot be used, or that the
// engine is closed; whatever fails on the way stands in the report.
func (e *Engine) Check(ctx context.Context, s site.Site, password string, write bool, dir vfs.Path, onStep func(doctor.Step)) (doctor.Report, error) {
	if err := s.Validate(); err != nil {
		return doctor.Report{}, err
	}
	if err := e.root.Err(); err != nil {
		return doctor.Report{}, &vfs.Error{Op: "check", Path: s.Host, Kind: vfs.KindCancelled, Err: err}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.root, cancel)()
	s = e.named(s)
	var ask func(context.Context, trust.Question) (trust.Answer, error)
	if e.cfg.Asker != nil {
		ask = e.cfg.Asker.Certificate
	}
	report := doctor.Run(ctx, doctor.Config{
		Site: s,
		Password: func(ctx context.Context) (string, error) {
			if password != "" {
				return password, nil
			}
			return e.password(ctx, s)
		},
		ProxyPassword: func(ctx context.Context) (string, error) { return e.proxyPassword(ctx, s) },
		Verify:        e.trust.Verify(ask, e.cfg.Pinned),
		Roots:         e.cfg.Roots,
		Trace:         e.trace,
		Number:        func() int { return int(e.sessions.Add(1)) },
		Timeout:       e.cfg.Timeout,
		Write:         write,
		Dir:           dir,
	}, onStep)
	if stopped, ok := report.Stopped(); ok && password == "" && e.opened(s.ID) == nil {
		e.unbelieve(ctx, s, stopped.Kind())
	}
	return report, nil
}

// named gives a quick connection the ID under which its password is or will be
// known, and changes no description that is there.
func (e *Engine) named(s site.Site) site.Site {
	if s.ID != "" {
		return s
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s.Quick = true
	s.ID = e.quickIDLocked(s)
	_, given := e.given[s.ID]
	if _, saved := e.sites.Get(s.ID); !given && !saved {
		e.given[s.ID] = s
	}
	return s
}
