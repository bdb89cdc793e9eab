package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"slices"

	"wherry/sync/ftpfs"
	"wherry/sync/site"
	"wherry/sync/trust"
	"wherry/sync/vfs"
)

// anonymousPassword is what RFC 1635 asks for, without telling who the
// person is.
const anonymousPassword = "anonymous@"

// opened is a site with its file system. Both are fixed.
type opened struct {
	site site.Site
	fs   *ftpfs.FS
	most int // guarded by Engine.mu: how many files may move at a time
}

// Connect logs in to s and keeps the connection for everything that follows. A
// site without ID is a quick connection: it gets the ID of an equal one made
// earlier, or a new one. A saved site may be given with changes; they hold for
// this session. password is used for this session; "" means the one kept, or
// asks. A connection with another description or password is closed first, and
// its transfers begin again with this one; what stays open stays so when it
// fails. A login that was refused before is tried again.
func (e *Engine) Connect(ctx context.Context, s site.Site, password string) (site.ID, vfs.FS, error) {
	s, err := e.introduce(ctx, s, password)
	if err != nil {
		return "", nil, err
	}
	if o := e.opened(s.ID); o != nil && (password != "" || !sameConnection(o.site, s)) {
		// It was made with another description or password.
		if err := e.Disconnect(s.ID); err != nil {
			return "", nil, err
		}
	}
	before := e.opened(s.ID)
	if before != nil {
		before.fs.Reset()
		e.allow(s)
	}
	f, err := e.FS(ctx, s.ID)
	if err != nil {
		return "", nil, err
	}
	if _, err := f.Features(ctx); err != nil {
		if before == nil {
			_ = e.Disconnect(s.ID) // the connection's error is the one to tell
		}
		e.unbelieve(ctx, s, vfs.KindOf(err))
		return "", nil, err
	}
	return s.ID, f, nil
}

// Introduce is Connect without a connection: for what is to be done on the site
// later.
func (e *Engine) Introduce(ctx context.Context, s site.Site, password string) (site.ID, error) {
	s, err := e.introduce(ctx, s, password)
	return s.ID, err
}

func (e *Engine) introduce(ctx context.Context, s site.Site, password string) (site.Site, error) {
	if err := s.Validate(); err != nil {
		return site.Site{}, err
	}
	s = e.register(s)
	if password != "" {
		if err := e.session.Set(ctx, s.ID, password); err != nil {
			return site.Site{}, err
		}
	}
	return s, nil
}

// unbelieve forgets for this session the password that was refused, so that
// the next one is asked for.
func (e *Engine) unbelieve(ctx context.Context, s site.Site, refusal vfs.Kind) {
	switch refusal { // memory cannot fail
	case vfs.KindLogin:
		_ = e.session.Delete(ctx, s.ID)
	case vfs.KindProxyLogin:
		_ = e.session.Delete(ctx, s.ProxyID())
	}
}

// register gives s an ID and remembers the description where the store does
// not have exactly it.
func (e *Engine) register(s site.Site) site.Site {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.ID == "" {
		s.Quick = true
		s.ID = e.quickIDLocked(s)
	}
	if saved, ok := e.sites.Get(s.ID); !ok || !reflect.DeepEqual(saved, s) {
		e.given[s.ID] = s
	} else {
		delete(e.given, s.ID)
	}
	e.edition.Add(1)
	return s
}

// Save writes a description into the store, giving it an ID where it has
// none, and closes connections that were made with another one.
func (e *Engine) Save(s site.Site) (site.Site, error) {
	if err := s.Validate(); err != nil {
		return s, err
	}
	if s.ID == "" {
		s.ID = site.NewID()
	}
	if err := e.sites.Put(s); err != nil {
		return s, err
	}
	e.mu.Lock()
	delete(e.given, s.ID)
	e.edition.Add(1)
	o := e.open[s.ID]
	e.mu.Unlock()
	if o != nil && !sameConnection(o.site, s) {
		return s, e.Disconnect(s.ID)
	}
	e.allow(s)
	return s, nil
}

// quickIDLocked finds the ID of an equal quick connection, so that rows left
// in the queue meet the connection made anew.
func (e *Engine) quickIDLocked(s site.Site) site.ID {
	same := func(o site.Site) bool {
		return o.Quick && o.Address() == s.Address() && o.User == s.User && o.TLS == s.TLS
	}
	for id, o := range e.given {
		if same(o) {
			return id
		}
	}
	for _, o := range e.sites.List() {
		if same(o) {
			return o.ID
		}
	}
	return site.NewID()
}

// keepQuick writes the site of a quick connection into the store.
func (e *Engine) keepQuick(id site.ID) error {
	e.mu.Lock()
	s, ok := e.given[id]
	e.mu.Unlock()
	if !ok || !s.Quick {
		return nil
	}
	return e.sites.Put(s)
}

// Site returns the description behind an ID, as given in this session or
// saved.
func (e *Engine) Site(id site.ID) (site.Site, bool) {
	e.mu.Lock()
	s, ok := e.given[id]
	e.mu.Unlock()
	if ok {
		return s, true
	}
	return e.sites.Get(id)
}

// FS returns the file system of a site, shared by all who ask; site.Local is
// this computer. It connects when it is first used. An unknown ID is
// KindNoSite.
func (e *Engine) FS(_ context.Context, id site.ID) (vfs.FS, error) {
	if id == site.Local {
		return e.local, nil
	}
	for {
		edition := e.edition.Load()
		s, ok := e.Site(id) // not under the lock: it may read the disk
		if !ok {
			return nil, &vfs.Error{Op: "open the site", Kind: vfs.KindNoSite}
		}
		if f, err := e.openAs(s, edition); f != nil || err != nil {
			return f, err
		}
	}
}

// openAs returns the file system of s, and nothing where a description has
// changed since edition: a queue's worker must not bring back the connection
// that a person has just replaced.
func (e *Engine) openAs(s site.Site, edition uint64) (vfs.FS, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.root.Err(); err != nil {
		return nil, &vfs.Error{Op: "open the site", Path: s.Host, Kind: vfs.KindCancelled, Err: err}
	}
	if o := e.open[s.ID]; o != nil {
		return o.fs, nil
	}
	if e.edition.Load() != edition {
		return nil, nil
	}
	var ask func(context.Context, trust.Question) (trust.Answer, error)
	if e.cfg.Asker != nil {
		ask = e.cfg.Asker.Certificate
	}
	f := ftpfs.New(ftpfs.Config{
		Site:          s,
		Password:      func(ctx context.Context) (string, error) { return e.password(ctx, s) },
		ProxyPassword: func(ctx context.Context) (string, error) { return e.proxyPassword(ctx, s) },
		Memory:        e.learned.Site(learnedKey(s)),
		Verify:        e.trust.Verify(ask, e.cfg.Pinned),
		Roots:         e.cfg.Roots,
		Trace:         e.trace,
		Timeout:       e.cfg.Timeout,
		Number:        func() int { return int(e.sessions.Add(1)) },
	})
	e.open[s.ID] = &opened{site: s, fs: f, most: s.MaxConnections()}
	return f, nil
}

// password finds the password of s: given in this session, kept in the
// keychain, or asked for.
func (e *Engine) password(ctx context.Context, s site.Site) (string, error) {
	if pw, ok, err := e.session.Get(ctx, s.ID); err != nil || ok {
		return pw, err
	}
	if s.IsAnonymous() {
		return anonymousPassword, nil
	}
	var vaultErr error
	if kept, ok := e.keptAs(s); ok {
		pw, ok, err := e.vault.Get(ctx, kept)
		if err == nil && ok {
			return pw, nil
		}
		vaultErr = err
	}
	if e.cfg.Asker == nil {
		why := site.ErrNoPassword
		if vaultErr != nil {
			why = fmt.Errorf("%w: %w", why, vaultErr)
		}
		return "", &vfs.Error{Op: "find the password", Path: s.Host, Kind: vfs.KindLogin, Err: why}
	}
	pw, keep, err := e.cfg.Asker.Password(ctx, s)
	if err != nil {
		return "", err
	}
	return pw, e.answered(ctx, s.ID, pw, keep)
}

// learnedKey names a site in what was learned: quick connections are one with
// saved sites of the same login, because servers count connections by it.
func learnedKey(s site.Site) string {
	user := s.User
	if s.IsAnonymous() {
		user = site.Anonymous
	}
	return user + "@" + s.Address()
}

// proxyPassword finds the password of the proxy of s: given in this session,
// kept in the keychain, or asked for. With nobody to ask it is "", and the
// proxy's refusal says what is missing; so does a keychain that does not answer.
func (e *Engine) proxyPassword(ctx context.Context, s site.Site) (string, error) {
	if pw, ok, err := e.session.Get(ctx, s.ProxyID()); err != nil || ok {
		return pw, err
	}
	if kept, ok := e.keptAs(s); ok {
		if pw, ok, err := e.vault.Get(ctx, site.Site{ID: kept}.ProxyID()); err == nil && ok {
			return pw, nil
		}
	}
	if e.cfg.Asker == nil {
		return "", nil
	}
	pw, keep, err := e.cfg.Asker.Password(ctx, asProxy(s))
	if err != nil {
		return "", err
	}
	return pw, e.answered(ctx, s.ProxyID(), pw, keep)
}

// asProxy describes the proxy of s to whoever is asked for its password.
func asProxy(s site.Site) site.Site {
	p := site.Site{ID: s.ProxyID(), Quick: s.Quick}
	text := cmp.Or(s.Proxy, os.Getenv("all_proxy"), os.Getenv("ALL_PROXY"))
	if u, err := url.Parse(text); err == nil {
		p.Host, p.User = u.Host, u.User.Username()
	}
	return p
}

// keptAs returns the ID under which the keychain may know the password of s:
// its own, or for a quick connection that of a saved site which is the same
// login.
func (e *Engine) keptAs(s site.Site) (site.ID, bool) {
	if !s.Quick {
		return s.ID, true
	}
	for _, o := range e.sites.List() {
		if !o.Quick && o.Address() == s.Address() && o.User == s.User && o.TLS == s.TLS {
			return o.ID, true
		}
	}
	return "", false
}

// answered remembers what somebody was asked for. That the keychain does not
// take it ends no connection: it is asked for again another time.
func (e *Engine) answered(ctx context.Context, id site.ID, password string, keep bool) error {
	if err := e.session.Set(ctx, id, password); err != nil || !keep {
		return err
	}
	if err := e.vault.Set(ctx, id, password); err != nil {
		e.tellTrouble("the password is not kept: " + err.Error())
	}
	return nil
}

// Remember keeps a password for this session and, with keep, in the
// keychain.
func (e *Engine) Remember(ctx context.Context, id site.ID, password string, keep bool) error {
	if err := e.session.Set(ctx, id, password); err != nil || !keep {
		return err
	}
	return e.vault.Set(ctx, id, password)
}

// Accept accepts a certificate for the site's address for good, by its
// fingerprint.
func (e *Engine) Accept(s site.Site, fingerprint string) error {
	return e.trust.Accept(s.Address(), fingerprint)
}

// Forget deletes a site's password from the session and the keychain.
func (e *Engine) Forget(ctx context.Context, id site.ID) error {
	if err := e.session.Delete(ctx, id); err != nil {
		return err
	}
	return e.vault.Delete(ctx, id)
}

// HasPassword says whether the keychain holds a password for the site.
func (e *Engine) HasPassword(ctx context.Context, id site.ID) (bool, error) {
	_, ok, err := e.vault.Get(ctx, id)
	return ok, err
}

// Status tells how a site is connected; ok is false where it is not open.
func (e *Engine) Status(id site.ID) (status ftpfs.Status, ok bool) {
	o := e.opened(id)
	if o == nil {
		return ftpfs.Status{}, false
	}
	return o.fs.Status(), true
}

// transfers is how many files may move from or to a site at a time: what it is
// set to, or fewer where its server has refused more. 0 for a site not known,
// whose rows fail by themselves.
func (e *Engine) transfers(id site.ID) int {
	s, ok := e.Site(id)
	if !ok {
		return 0
	}
	most := s.MaxConnections()
	if now, ok := e.Status(id); ok && now.Limit > 0 {
		most = min(most, now.Limit)
	}
	return most
}

// Disconnect closes a site's connections; transfers on it fail as cancelled
// and go back to waiting.
func (e *Engine) Disconnect(id site.ID) error {
	if o := e.take(id); o != nil {
		return o.fs.Close()
	}
	return nil
}

func (e *Engine) take(id site.ID) *opened {
	e.mu.Lock()
	defer e.mu.Unlock()
	o := e.open[id]
	delete(e.open, id)
	return o
}

func (e *Engine) opened(id site.ID) *opened {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.open[id]
}

// Saved returns the sites that a person keeps, without those of quick
// connections.
func (e *Engine) Saved() []site.Site {
	return slices.DeleteFunc(e.sites.List(), func(s site.Site) bool { return s.Quick })
}

// Remove forgets a site with its passwords and closes its connections. Rows of
// the queue that name it fail when their turn comes.
func (e *Engine) Remove(ctx context.Context, id site.ID) error {
	forgotten := e.Forget(ctx, id)
	if forgotten == nil {
		// Whatever the site says of a proxy now: it may have had another one,
		// or the environment's.
		forgotten = e.Forget(ctx, site.Site{ID: id}.ProxyID())
	}
	if err := e.sites.Remove(id); err != nil {
		return err
	}
	e.mu.Lock()
	delete(e.given, id)
	e.edition.Add(1)
	e.mu.Unlock()
	return errors.Join(forgotten, e.Disconnect(id))
}
