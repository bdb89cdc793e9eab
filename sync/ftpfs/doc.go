// Package ftpfs is a site as a vfs.FS.
//
// It exists so that nothing above knows of connections: it takes a session
// from the pool for every call and gives it back, and hides from the caller
// that sessions idle, die and are made anew. What it adds to a session:
//
//   - Lookups and changes take a browsing lease, streams a transfer lease that
//     they hold until they are closed.
//   - A look-up that fails because the connection died while it idled is
//     repeated once on a fresh one. A change is not, since it could have taken
//     effect; instead its session must show life first (pool.Sure).
//   - Where a session is stuck in a way to a data connection and others are
//     left (Blocked.Left), the next session goes on with them for the same
//     call, changes and uploads included: nothing took effect.
//   - An upload or download whose final reply never came is settled by the
//     file's size on another session, an upload also by its time: what was
//     there before can have the same size.
//   - What works, and how many sessions the server bears, is kept in a Memory
//     by network and recalled from there.
//   - Close breaks off what is in progress, and waits for it.
package ftpfs

import (
	"context"
	"crypto/x509"
	"time"

	"wherry/sync/ftpfs/internal/session"
	"wherry/sync/site"
	"wherry/sync/trace"
)

// Config says how to connect and whom to ask. Its zero fields have the
// defaults of package session.
type Config struct {
	// Site is where, as whom and how; Site.MaxConnections is how many files
	// move at a time, browsing has one session more.
	Site site.Site
	// Password is asked at each login, only after TLS stands where it is
	// required, and one at a time; nil for none. Its ctx is that of the call
	// which needs the connection.
	Password func(ctx context.Context) (string, error)
	// Verify judges a certificate; problem is nil for one that the roots
	// vouch for. nil: any problem is final.
	Verify func(ctx context.Context, host string, chain []*x509.Certificate, problem error) error
	// Roots are the trusted authorities; nil: the system's.
	Roots *x509.CertPool
	// Trace takes the transcript; may be nil.
	Trace *trace.Ring
	// Number gives each session its number in the transcript. nil counts
	// from 1, which is enough where one site writes into Trace.
	Number func() int
	// Timeout ends every wait in which nothing moves; 0 is 20 s.
	Timeout time.Duration
	// DataTimeout ends one try for a data connection; 0 is 6 s.
	DataTimeout time.Duration
	// ProxyPassword is asked where the site's proxy wants a login; nil for
	// none.
	ProxyPassword func(ctx context.Context) (string, error)
	// Memory holds what earlier runs learned of this site; may be nil.
	Memory Memory
	// MaxTLS caps the TLS version (tls.VersionTLS12); 0 is the best of both.
	MaxTLS uint16
}

// session is the configuration of one session.
func (c Config) session(number int, learned *session.Learned) session.Config {
	return session.Config{
		Site: c.Site, Password: c.Password, Verify: c.Verify, Roots: c.Roots,
		Trace: c.Trace, Number: number, Timeout: c.Timeout, DataTimeout: c.DataTimeout,
		MaxTLS: c.MaxTLS, Learned: learned, ProxyPassword: c.ProxyPassword,
	}
}

// Status is what the status bar says about a site.
type Status struct {
	Host string
	// Server is the greeting as it was sent; show it by vfs.Readable.
	Server string
	// TLSVersion is "TLS 1.3" and the like, "" in clear or not connected yet.
	TLSVersion string
	// Mode is how data connections are made now: "passive", "active", or ""
	// before the first one in auto mode. Via is the command: EPSV, PASV,
	// EPRT or PORT.
	Mode, Via string
	// Sessions stand now; Limit is how many may, by the site and by what the
	// server has refused.
	Sessions, Limit int
	// Switch is the newest change of how data connections are made, for faces
	// to tell once (by its At); nil where nothing changed.
	Switch *Switch
	// Attempts are the tries for a data connection, in order, that the session
	// used last has made last. They must not be changed.
	Attempts []Attempt
}
