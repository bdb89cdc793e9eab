package session

import (
	"cmp"
	"context"
	"crypto/x509"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// Open connects and logs in: TCP, greeting, TLS, user and password, FEAT,
// binary type, UTF-8, protected data connections, login folder. Errors have Op
// "connect" and the host as Path, or the proxy's address where a *wire.ProxyError
// is the cause; of the kinds, KindLogin is a refused user or password, the
// proxy's in that case, KindBusy a server without room.
func Open(ctx context.Context, c Config) (*Session, error) {
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.DataTimeout = cmp.Or(c.DataTimeout, DefaultDataTimeout)
	if c.Learned == nil {
		c.Learned = &Learned{}
	}
	var secret string
	known, asked := false, false
	ask := func() (string, error) {
		var err error
		if !known {
			secret, err = c.secret(ctx)
			known, asked = err == nil, true
		}
		return secret, err
	}
	if verify := c.Verify; verify != nil {
		c.Verify = func(ctx context.Context, host string, chain []*x509.Certificate, problem error) error {
			asked = asked || problem != nil
			return verify(ctx, host, chain, problem)
		}
	}
	s, err := open(ctx, c, ask)
	if asked && vfs.KindOf(err) == vfs.KindLost && ctx.Err() == nil {
		// The server hung up while a person was reading or typing; what they
		// answered is known now.
		return open(ctx, c, ask)
	}
	return s, err
}

// secret returns the password.
func (c Config) secret(ctx context.Context) (string, error) {
	switch {
	case c.Site.IsAnonymous():
		return "anonymous@", nil // RFC 1635 asks for an address; none is given away
	case c.Password == nil:
		return "", nil
	}
	return c.Password(ctx)
}

func open(ctx context.Context, c Config, ask func() (string, error)) (*Session, error) {
	s := &Session{conf: c, turn: make(chan struct{}, 1)}
	s.life, s.die = context.WithCancel(context.WithoutCancel(ctx))
	o := &operation{Session: s, ctx: ctx, outer: ctx, verb: "connect", path: c.Site.Host}
	var err error
	if s.names, err = newNames(c.Site.Encoding); err != nil {
		return nil, o.fault(err)
	}
	s.ctl, err = wire.Dial(ctx, wire.Config{
		Site: c.Site, Verify: s.judge, Roots: c.Roots, Trace: c.Trace, Number: c.Number,
		Timeout: c.Timeout, DataTimeout: c.DataTimeout, FinalTimeout: c.FinalTimeout, Worth: c.Worth, Only: c.Only,
		ProxyPassword: c.ProxyPassword, Environ: c.Environ, MaxTLS: c.MaxTLS, Learned: &c.Learned.Learned,
	})
	if err != nil {
		return nil, o.fault(err)
	}
	s.ctl.Begin(ctx)
	err = s.guard(func() error {
		if err := o.login(ask); err != nil {
			return err
		}
		return o.setUp()
	})
	if err != nil {
		err = o.fault(err)
		s.die()
		s.ctl.Close(false)
		return nil, err
	}
	s.describe()
	return s, nil
}

// judge keeps the certificate for Facts and asks who decides.
func (s *Session) judge(ctx context.Context, host string, chain []*x509.Certificate, problem error) error {
	s.facts.Certificate = chain[0]
	switch {
	case s.conf.Verify != nil:
		return s.conf.Verify(ctx, host, chain, problem)
	case problem != nil:
		return &vfs.Error{Op: "connect", Kind: vfs.KindCert, Err: problem}
	}
	return nil
}
