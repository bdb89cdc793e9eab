// Package site describes the servers a person keeps: where they are, how to
// connect, where to begin.
//
// It exists so that one description serves the window, the command line, the
// queue's rows and the importers. It knows no passwords: those are behind
// Vault, keyed by the site's ID, and never part of a Site, so a Site can be
// written, logged and shown.
package site

import (
	"context"
	"errors"
	"net"
	"strconv"
)

// ID names a site for ever, in the queue's rows and in the keychain. It is
// made once (16 random bytes in hex) and survives renaming. The empty ID is
// this computer.
type ID string

// Local is the ID of this computer.
const Local ID = ""

// TLS is how the control connection is secured.
type TLS string

// The ways. TLS is required where it is asked for, never "if available" (RFC
// 4217, section 4). TLSDefault stands for a person who said nothing: explicit
// TLS is required, but an anonymous login, which has no secret, may go on in
// clear with a notice when the server refuses AUTH.
const (
	TLSDefault  TLS = ""
	TLSExplicit TLS = "explicit" // AUTH TLS after the greeting, port 21
	TLSImplicit TLS = "implicit" // TLS from the first byte, port 990
	TLSOff      TLS = "off"      // in clear, because the person said so
)

// Mode is who opens the data connections.
type Mode string

// The modes. A forced mode is never overridden.
const (
	ModeAuto    Mode = "auto"    // passive first, then active
	ModePassive Mode = "passive" // the client connects (EPSV, PASV)
	ModeActive  Mode = "active"  // the server connects back (EPRT, PORT)
)

// KeepAlive is what an idle control connection says from time to time, so that
// neither the server nor a firewall on the way forgets it.
type KeepAlive string

// The ways to keep a connection alive.
const (
	KeepAliveOff  KeepAlive = ""     // it may end; it is made anew unnoticed
	KeepAliveNoop KeepAlive = "noop" // NOOP every half minute
)

// Replace says how a file is replaced where the server refuses to rename onto
// an existing one, so that no way is left on which the old copy or the new one
// is there at every moment.
type Replace string

// The ways. Their words are those of transfer.ReplaceWay.
const (
	ReplaceAsk    Replace = ""       // a person is asked, once
	ReplaceDirect Replace = "direct" // the file itself is written
	ReplaceDelete Replace = "delete" // the old file is deleted and the new one renamed
	ReplaceNever  Replace = "never"  // the transfer fails
)

// ProxyNone connects directly whatever the environment says.
const ProxyNone = "none"

// Anonymous is the user name of RFC 1635; such logins may go in clear.
const Anonymous = "anonymous"

// DefaultConnections is how many control connections transfers may use at a
// time; browsing has one more.
const DefaultConnections = 4

// Site is one server as the person described it. It is a value; the store
// hands out copies.
type Site struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
	// Folder groups sites in the manager, "/"-separated, "" for none.
	Folder string `json:"folder,omitempty"`

	Host string `json:"host"`           // name or address, IPv6 without brackets
	Port int    `json:"port,omitempty"` // 0 means the TLS way's own: 21 or 990
	TLS  TLS    `json:"tls"`
	User string `json:"user"` // Anonymous for none
	Mode Mode   `json:"mode"`

	// RemoteDir and LocalDir are where the panes begin; "" means the login
	// folder, and wherever the other pane stands.
	RemoteDir string     `json:"remote_dir,omitempty"`
	LocalDir  string     `json:"local_dir,omitempty"`
	Bookmarks []Bookmark `json:"bookmarks,omitempty"`

	// Connections caps the transfer sessions, 1 to 32; 0 means
	// DefaultConnections.
	Connections int `json:"connections,omitempty"`
	// PortFrom and PortTo bound the ports we listen on in active mode; both 0
	// leave the choice to the system.
	PortFrom int `json:"port_from,omitempty"`
	PortTo   int `json:"port_to,omitempty"`
	// ExternalIP is the IPv4 address to put into PORT where a router
	// forwards the port range to us; "" means our own.
	ExternalIP string `json:"external_ip,omitempty"`
	// Encoding names the server's file-name encoding by its WHATWG label;
	// "" means UTF-8, and bytes that are not go back as they came.
	Encoding string `json:"encoding,omitempty"`
	Notes    string `json:"notes,omitempty"`
	// Hidden asks for names with a leading dot where the server leaves them
	// out of listings (`LIST -a`); MLSD always shows them.
	Hidden bool `json:"hidden,omitempty"`
	// KeepAlive is what is said on idle connections.
	KeepAlive KeepAlive `json:"keep_alive,omitempty"`
	// Account answers 332 and 532 (ACCT, RFC 959 4.1.1), which some hosts and
	// firewalls ask for behind the password. It is a name and no secret, but
	// is masked in transcripts all the same; "" sends none.
	Account string `json:"account,omitempty"`
	// Commands are sent as they are after each login, such as "SITE UMASK
	// 022". One that is refused ends the login.
	Commands []string `json:"commands,omitempty"`
	// Proxy is socks5://[user@]host:port or http://[user@]host:port (CONNECT);
	// ProxyNone for none; "" for what the environment says (ALL_PROXY,
	// NO_PROXY). Its password is kept as ProxyID's. Through a proxy only
	// passive mode works.
	Proxy string `json:"proxy,omitempty"`
	// LimitUp and LimitDown are the most that all transfers together move to and
	// from the site, in bytes a second; 0 means no limit of its own.
	LimitUp   int64 `json:"limit_up,omitempty"`
	LimitDown int64 `json:"limit_down,omitempty"`
	// Replace says how a file is replaced where the server refuses to rename
	// onto an existing one.
	Replace Replace `json:"replace,omitempty"`
	// Quick marks a site of a quick connection that is kept only because
	// rows of the queue name it; the manager does not show it.
	Quick bool `json:"quick,omitempty"`
}

// Bookmark is a pair of folders worth returning to.
type Bookmark struct {
	Name      string `json:"name"`
	RemoteDir string `json:"remote_dir,omitempty"`
	LocalDir  string `json:"local_dir,omitempty"`
}

// EffectivePort returns Port, or the standard one of the TLS way: 990 for
// implicit TLS, 21 otherwise.
func (s Site) EffectivePort() int {
	switch {
	case s.Port != 0:
		return s.Port
	case s.TLS == TLSImplicit:
		return 990
	}
	return 21
}

// Address returns host:port for dialling and for trust, with IPv6 in
// brackets.
func (s Site) Address() string {
	return net.JoinHostPort(s.Host, strconv.Itoa(s.EffectivePort()))
}

// MaxConnections returns Connections or its default.
func (s Site) MaxConnections() int {
	if s.Connections > 0 {
		return s.Connections
	}
	return DefaultConnections
}

// IsAnonymous says whether nobody's secrets are at stake.
func (s Site) IsAnonymous() bool { return s.User == "" || s.User == Anonymous }

// ProxyID is under which a Vault keeps the password of the site's proxy.
func (s Site) ProxyID() ID { return s.ID + ".proxy" }

// ErrNoPassword is the cause, under KindLogin, where a login needs a password that
// nobody has given and nobody can be asked for: the server was sent none.
var ErrNoPassword = errors.New("no password is known")

// Vault keeps passwords by site. Implementations: the system's keychain, and
// memory for this session.
type Vault interface {
	// Get returns the password; found is false where none is kept. An error
	// (*vfs.Error) means that the vault could not be asked.
	Get(ctx context.Context, id ID) (password string, found bool, err error)
	// Set keeps it, replacing an earlier one.
	Set(ctx context.Context, id ID, password string) error
	// Delete forgets it; nothing to forget is no error.
	Delete(ctx context.Context, id ID) error
}
