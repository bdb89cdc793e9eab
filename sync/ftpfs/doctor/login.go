package doctor

import (
	"context"
	"strings"
	"time"

	"wherry/sync/ftpfs/internal/session"
	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// busyPause is between tries of a server without room; see Run.
const busyPause = time.Second

// login logs in for the first time, and tells what the server says it can.
func (c *checkup) login() {
	in := c.try(Login, func(ctx context.Context, s *Step) error {
		if user := c.conf.Site.User; c.conf.Site.IsAnonymous() {
			s.add(FactUser, "anonymous")
		} else {
			s.add(FactUser, user)
		}
		if err := c.use(ctx, wire.EPSV); err != nil {
			return err
		}
		c.facts = c.s.Facts()
		s.add(FactHome, c.facts.Home.String())
		s.add(FactLocal, c.facts.Local.String())
		s.add(FactPeer, c.facts.Peer.String())
		return nil
	})
	if in.Status == Failed {
		c.over = true
	}
	c.try(Features, func(_ context.Context, s *Step) error {
		c.report.Local, c.report.Peer = c.facts.Local, c.facts.Peer
		c.report.Encrypted = c.facts.TLSVersion != ""
		s.add(FactSystem, c.facts.System)
		var names []string
		for _, line := range c.facts.Feat {
			names = append(names, strings.TrimSpace(line))
		}
		s.add(FactFeatures, strings.Join(names, ", "))
		return nil
	})
}

// use makes sure of a session whose next data connection is made by rung
// alone: the one there is, where the rung before left it in order, else a new
// one. All of them share the one-element slice that says which.
func (c *checkup) use(ctx context.Context, rung wire.Rung) error {
	c.only[0] = rung // no operation is going on that could read it
	if c.s != nil && c.s.Usable() {
		return nil
	}
	c.leave()
	var err error
	for range 3 {
		if c.s, err = session.Open(ctx, c.session()); err == nil {
			return nil
		}
		c.s = nil
		if vfs.KindOf(err) != vfs.KindBusy || !c.known && !c.conf.Site.IsAnonymous() {
			break
		}
		select {
		case <-time.After(busyPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if kind := vfs.KindOf(err); kind == vfs.KindLogin || kind == vfs.KindProxyLogin {
		c.over = true
	}
	return err
}

// leave ends the session.
func (c *checkup) leave() {
	if c.s == nil {
		return
	}
	c.facts = c.s.Facts() // it may have learned something since the login
	_ = c.s.Close()       // it never fails in a way that says more than the work before
	c.s = nil
}

func (c *checkup) session() session.Config {
	return session.Config{
		Site: c.conf.Site, Password: c.password, Verify: c.verify, Roots: c.conf.Roots,
		Trace: c.conf.Trace, Number: c.conf.Number(), Timeout: c.conf.Timeout, DataTimeout: c.conf.DataTimeout,
		Learned: &session.Learned{}, Only: c.only[:], ProxyPassword: c.proxyPassword, Environ: c.conf.Environ,
	}
}

// password asks once.
func (c *checkup) password(ctx context.Context) (string, error) {
	if c.known || c.conf.Password == nil {
		c.known = true
		return c.secret, nil
	}
	defer c.question()()
	var err error
	if c.secret, err = c.conf.Password(ctx); err != nil {
		return "", err
	}
	c.known = true
	return c.secret, nil
}

// proxyPassword asks once, too.
func (c *checkup) proxyPassword(ctx context.Context) (string, error) {
	if c.proxyKnown || c.conf.ProxyPassword == nil {
		return c.proxySecret, nil
	}
	defer c.question()()
	var err error
	c.proxySecret, err = c.conf.ProxyPassword(ctx)
	c.proxyKnown = err == nil
	return c.proxySecret, err
}
