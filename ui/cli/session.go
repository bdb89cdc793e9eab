package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"wherry/sync/engine"
	"wherry/sync/localfs"
	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// session is an engine for the time of one command, and the sites it has
// logged in to.
type session struct {
	*app
	command string // for usage errors
	engine  *engine.Engine
	sites   map[string]connected // by what was connected to
	away    map[site.ID]bool     // sites that could not be looked at, see unseen
	warned  bool                 // of a password in an address
	later   bool                 // the work is for another process, which knows no flags
	renames bool                 // one folder is copied to a name that is not there yet
}

// connected is a site after login.
type connected struct {
	id site.ID
	fs vfs.FS
}

// remote is a TARGET on a connected site.
type remote struct {
	connected
	text    string // as typed, login data cut out
	path    vfs.Path
	hasPath bool // a path was named; else path is the login or start folder
}

// wish says how a command uses the engine.
type wish struct {
	durable bool // the queue on disk rather than one in memory
	later   bool // what is asked for is done by another process
	unread  bool // the command reads the password itself, once it knows that it has work to do
	events  func(queue.Event)
	// exists answers what rows ask, nil for a person at the terminal.
	exists func(context.Context, transfer.Question) (transfer.Answer, error)
}

// withEngine runs work with an engine and ends it afterwards, in every case.
func (a *app) withEngine(ctx context.Context, command string, w wish, work func(s *session) error) (err error) {
	cfg, closeLog, err := a.config(w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	cfg.OneShot, cfg.OnEvent, cfg.Exists = !w.durable, w.events, w.exists
	if a.interactive() {
		cfg.Asker = &asker{app: a}
	}
	eng, err := engine.Start(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() {
		if closed := eng.Close(); err == nil {
			err = closed
		}
	}()
	for _, n := range eng.Notices() {
		a.notice("wherry: %s", words.Safe(n))
	}
	s := &session{app: a, command: command, engine: eng, sites: map[string]connected{}, later: w.later}
	defer s.announce()
	return work(s)
}

// announce tells once, at the end, which sites changed how data connections
// are made: it explains a wait that the person has noticed.
func (s *session) announce() {
	var ids []site.ID
	for _, c := range s.sites {
		ids = append(ids, c.id)
	}
	for _, one := range s.engine.Sites().List() {
		ids = append(ids, one.ID) // of the queue's rows
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if status, ok := s.engine.Status(id); ok && status.Switch != nil {
			s.notice("wherry: %s: %s", words.Safe(status.Host), words.Switched(*status.Switch))
		}
	}
}

// config makes the engine's settings of the flags; closeLog ends the file of
// --log.
func (a *app) config(w wish) (cfg engine.Config, closeLog func() error, err error) {
	none := func() error { return nil }
	if !w.unread {
		if _, err := a.password(); err != nil {
			return cfg, none, err
		}
	}
	if cfg.Dirs, err = a.dirs(); err != nil {
		return cfg, none, err
	}
	cfg.Vault, cfg.Timeout, cfg.Pinned = a.vault, time.Duration(a.opt.timeout), string(a.opt.trust)
	cfg.Tuning, cfg.Replace = a.opt.tuning(), transfer.ReplaceWay(a.opt.replace.value)
	if a.opt.verify.value != "" {
		cfg.Verify = func() transfer.Verify { return transfer.Verify(a.opt.verify.value) }
	}
	if cfg.Retries = a.opt.retries; cfg.Retries == 0 {
		cfg.Retries = -1 // the engine's word for none
	}
	if cfg.Roots, err = a.roots(); err != nil {
		return cfg, none, err
	}
	if a.opt.log == "" {
		return cfg, none, nil
	}
	file, err := os.OpenFile(a.opt.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return cfg, none, usagef("wherry", "the file of --log cannot be written: %v", err)
	}
	cfg.Log = file
	return cfg, file.Close, nil
}

// named is the folder that the person wants Wherry's own files in, "" for none.
func (a *app) named() string {
	if a.opt.config != "" {
		return a.opt.config
	}
	return os.Getenv("WHERRY_HOME")
}

func (a *app) dirs() (engine.Dirs, error) {
	if info, err := os.Stat(a.named()); err == nil && !info.IsDir() {
		return engine.Dirs{}, usagef("wherry", "%s is a file; --config and WHERRY_HOME name a folder.", words.Safe(a.named()))
	}
	d, err := engine.DirsAt(a.named())
	if vfs.KindOf(err) == vfs.KindNotFound {
		return d, usagef("wherry", "there is no home folder to keep Wherry's own files in (HOME is not set); name one with --config or WHERRY_HOME.")
	}
	return d, err
}

// roots are the system's authorities and those of --ca; nil for the system's
// alone.
func (a *app) roots() (*x509.CertPool, error) {
	if a.opt.ca == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(a.opt.ca)
	if err != nil {
		return nil, usagef("wherry", "the file of --ca cannot be read: %v", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a machine without any; --ca alone must do
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, usagef("wherry", "the file of --ca holds no certificate in PEM form")
	}
	return pool, nil
}

// maxPassword bounds what --password-stdin reads, in bytes.
const maxPassword = 4096

// readPassword takes the password from where the person said it is.
func (a *app) readPassword() (string, error) {
	if !a.opt.passwordStdin {
		return os.Getenv("WHERRY_PASSWORD"), nil
	}
	text, err := io.ReadAll(io.LimitReader(a.std.In, maxPassword))
	if err != nil {
		return "", err
	}
	password, _, _ := strings.Cut(string(text), "\n")
	if password = strings.TrimSuffix(password, "\r"); password == "" {
		return "", usagef("wherry", "--password-stdin found no password on standard input")
	}
	return password, nil
}

// given returns the password that was given beside the command for a login,
// "" for none. It is for one login: another server must not get to see it.
func (a *app) given(command string, s site.Site) (string, error) {
	password, err := a.password()
	if err != nil || password == "" || s.IsAnonymous() {
		return "", err
	}
	login := s.User + "@" + s.Address()
	if a.login != "" && a.login != login {
		return "", usagef(command, "the password of --password-stdin or WHERRY_PASSWORD is for one login, and there are two: %s and %s.",
			words.Safe(a.login), words.Safe(login))
	}
	a.login = login
	return password, nil
}

// resolve finds what a TARGET means, with the flags laid over it.
func (s *session) resolve(text string) (engine.Place, error) {
	place, err := s.engine.Resolve(text)
	switch kind := vfs.KindOf(err); {
	case err != nil && (kind == vfs.KindBadName || kind == vfs.KindNotFound):
		return place, s.misread(text, err)
	case err != nil || place.Local:
		return place, err
	}
	switch {
	case place.Password != "" && !s.warned:
		s.warned = true
		s.notice("wherry: Others on this computer can see the password in the address, and the shell's history keeps it. " +
			"The prompt, --password-stdin or WHERRY_PASSWORD keep it out of sight.")
	case place.Password == "":
		if place.Password, err = s.given(s.command, place.Site); err != nil {
			return place, err
		}
	}
	saved := place.Site
	place.Site = s.opt.apply(saved)
	if s.later && saved.ID != "" && !reflect.DeepEqual(saved, place.Site) {
		return place, usagef(s.command, "the queue works with what is saved for %s, and the flags given here would be lost; "+
			"save them with `wherry sites edit`, or give the server as an address.", words.Safe(site.FullName(saved)))
	}
	if err := place.Site.Validate(); err != nil {
		return place, usagef(s.command, "%s", words.Of(err, words.CommandLine).Title)
	}
	return place, nil
}

// misread tells why text is no TARGET. What looks like SITE:path lacks the
// slash of SITE:/path, and is not taken for a host with a port.
func (s *session) misread(text string, err error) error {
	name, rest, ok := strings.Cut(text, ":")
	_, numeric := strconv.Atoi(rest)
	if ok && numeric != nil && rest != "" && vfs.KindOf(err) == vfs.KindBadName && !strings.ContainsAny(text, "/@[\r\n") {
		if _, saved := s.engine.Sites().ByName(name); saved {
			return usagef(s.command, `"%s" is no TARGET: a path on a site begins with a slash, as in %s:/%s`, text, name, rest)
		}
		return usagef(s.command, `"%s" is no TARGET: no site is saved as %s, and what is behind the colon is no port. `+
			"`wherry sites list` shows the saved sites; a path there begins with a slash, as in %s:/%s", text, name, name, rest)
	}
	w := words.Target(text, err, words.CommandLine)
	return &usageError{s.command, w.Title, w.Remedy}
}

// remote resolves a TARGET that must be on a site, and logs in to it.
func (s *session) remote(ctx context.Context, text string) (remote, error) {
	place, err := s.resolve(text)
	if err != nil {
		return remote{}, err
	}
	if place.Local {
		return remote{}, usagef(s.command, "%s is on this computer; a TARGET on a site is needed, such as ftp://user@host/folder or SITE:/folder", words.Safe(text))
	}
	r := remote{text: words.Safe(text), path: place.Path, hasPath: place.HasPath && !place.Begins}
	if r.connected, err = s.connect(ctx, place); err != nil {
		return remote{}, &connectError{err}
	}
	if !place.HasPath {
		features, err := r.fs.Features(ctx)
		if err != nil {
			return remote{}, &connectError{err}
		}
		r.path = features.Home
	}
	return r, nil
}

// connect logs in to a site once for each command.
func (s *session) connect(ctx context.Context, place engine.Place) (connected, error) {
	key := strings.Join([]string{string(place.Site.ID), place.Site.Address(), place.Site.User, string(place.Site.TLS), place.Password}, "\x00")
	if c, ok := s.sites[key]; ok {
		return c, nil
	}
	id, fs, err := s.engine.Connect(ctx, place.Site, place.Password)
	if vfs.KindOf(err) == vfs.KindLogin && place.Site.IsAnonymous() {
		s.say("wherry: No user is named, so the login was an anonymous one; ftp://user@%s names one.", words.Safe(place.Site.Host))
	}
	if err != nil {
		return connected{}, err
	}
	if status, ok := s.engine.Status(id); ok && place.Site.TLS == site.TLSDefault && status.TLSVersion == "" {
		s.notice("wherry: The connection to %s is not encrypted: the server offers no TLS, and an anonymous login has no secret.", words.Safe(place.Site.Host))
	}
	s.sites[key] = connected{id: id, fs: fs}
	return s.sites[key], nil
}

// label returns what stands before a path of a site in results: the start of
// a TARGET that names it again, without a password. "" is this computer.
func label(eng *engine.Engine, id site.ID) string {
	s, ok := eng.Site(id)
	switch {
	case id == site.Local:
		return ""
	case !ok:
		return "(removed site):"
	case !s.Quick:
		return vfs.Readable(s.Name) + ":"
	}
	scheme := map[site.TLS]string{site.TLSExplicit: "ftpes://", site.TLSImplicit: "ftps://"}[s.TLS]
	if scheme == "" {
		scheme = "ftp://"
	}
	host := s.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if s.Port != 0 && s.EffectivePort() != (site.Site{TLS: s.TLS}).EffectivePort() {
		host = net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	}
	if !s.IsAnonymous() {
		host = s.User + "@" + host
	}
	return vfs.Readable(scheme + host)
}

// show names a place for people and for JSON.
func show(eng *engine.Engine, p queue.Place) string {
	if p.Site == site.Local {
		return vfs.Readable(localfs.ToOS(p.Path))
	}
	return label(eng, p.Site) + vfs.Readable(p.Path.String())
}
