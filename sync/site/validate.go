package site

import (
	"crypto/rand"
	"encoding/hex"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/encoding/htmlindex"

	"wherry/sync/vfs"
)

// NewID returns an ID that no other site has: 16 random bytes in hex.
func NewID() ID {
	var b [16]byte
	rand.Read(b[:]) // never fails (crypto/rand since Go 1.24)
	return ID(hex.EncodeToString(b[:]))
}

// MaxConnectionsEver bounds Site.Connections: servers that allow more to one
// client are unknown, and each one costs both sides a process.
const MaxConnectionsEver = 32

// Validate says whether the site can be connected to and kept. The error is a
// *vfs.Error with KindBadName; its Path is the JSON name of the first field
// that is wrong, its Reply the reason. An empty Name and ID are allowed (a
// quick connection has none); Store.Put wants them. An empty Mode is
// ModeAuto.
func (s Site) Validate() error {
	for _, check := range []struct{ field, why string }{
		{"name", badLabel(s.Name)},
		{"folder", badLabel(s.Folder)},
		{"host", badHost(s.Host)},
		{"port", badPort(s.Port)},
		{"tls", s.badTLS()},
		{"user", badUser(s.User)},
		{"mode", s.badMode()},
		{"remote_dir", badRemoteDir(s.RemoteDir)},
		{"local_dir", badLocalDir(s.LocalDir)},
		{"connections", s.badConnections()},
		{"port_from", badPort(s.PortFrom)},
		{"port_to", s.badRange()},
		{"external_ip", badExternalIP(s.ExternalIP)},
		{"encoding", badEncoding(s.Encoding)},
		{"notes", badLocalDir(s.Notes)},
		{"keep_alive", s.badKeepAlive()},
		{"account", badUser(s.Account)},
		{"commands", s.badCommands()},
		{"proxy", badProxy(s.Proxy)},
		{"limit_up", badLimit(s.LimitUp)},
		{"limit_down", badLimit(s.LimitDown)},
		{"replace", s.badReplace()},
		{"bookmarks", s.badBookmarks()},
	} {
		if check.why != "" {
			return &vfs.Error{Op: "site", Path: check.field, Kind: vfs.KindBadName, Reply: check.why}
		}
	}
	return nil
}

// CleanHost turns a host as typed into one as kept in Site.Host: without
// blanks, brackets and a dot at the end, in lower case, names beyond ASCII in
// the form that DNS and certificates know (RFC 5890). IPv6 may have a zone.
// The error is *vfs.Error with KindBadName and does not repeat the text.
func CleanHost(text string) (string, error) {
	host := strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if host, ok = strings.CutSuffix(inner, "]"); !ok || !strings.Contains(host, ":") {
			return "", badTarget("brackets are for IPv6 addresses")
		}
	}
	host = strings.TrimSuffix(host, ".")
	if _, err := netip.ParseAddr(host); err != nil {
		host = strings.ToLower(host)
		if ascii, err := idna.Lookup.ToASCII(host); err == nil {
			host = strings.TrimSuffix(ascii, ".") // it takes other dots for dots
		}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		host = addr.String()
	}
	if why := badHost(host); why != "" {
		return "", badTarget(why)
	}
	return host, nil
}

func badHost(host string) string {
	if host == "" {
		return "no host is given"
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		if strings.Trim(addr.Zone(), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
			return "the zone of the IPv6 address cannot be one"
		}
		return ""
	}
	if len(host) > 253 {
		return "the host is longer than 253 characters"
	}
	for label := range strings.SplitSeq(host, ".") {
		switch {
		case label == "" || len(label) > 63:
			return "the host has an empty part, or one longer than 63 characters"
		case label[0] == '-':
			return "a part of the host begins with a dash"
		case strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
			return "the host has characters that no host name can have"
		}
	}
	return ""
}

func badPort(port int) string {
	if port < 0 || port > 65535 {
		return "a port is a number from 1 to 65535"
	}
	return ""
}

func (s Site) badTLS() string {
	switch s.TLS {
	case TLSDefault, TLSExplicit, TLSImplicit, TLSOff:
		return ""
	}
	return "TLS is explicit, implicit or off"
}

func (s Site) badMode() string {
	switch s.Mode {
	case "", ModeAuto, ModePassive, ModeActive:
		return ""
	}
	return "the mode is auto, passive or active"
}

func (s Site) badConnections() string {
	if s.Connections < 0 || s.Connections > MaxConnectionsEver {
		return "connections are from 1 to 32"
	}
	return ""
}

func (s Site) badRange() string {
	switch {
	case badPort(s.PortTo) != "":
		return badPort(s.PortTo)
	case (s.PortFrom == 0) != (s.PortTo == 0):
		return "a range of ports needs a first and a last one"
	case s.PortFrom > s.PortTo:
		return "the last port of the range lies before the first"
	}
	return ""
}

func (s Site) badBookmarks() string {
	for _, b := range s.Bookmarks {
		for _, why := range []string{badLabel(b.Name), badRemoteDir(b.RemoteDir), badLocalDir(b.LocalDir)} {
			if why != "" {
				return "in a bookmark, " + why
			}
		}
	}
	return ""
}

// badLabel keeps names such that "NAME:/path" can be told apart and no name
// can move a terminal's cursor.
func badLabel(name string) string {
	switch {
	case len(name) > 255:
		return "a name has at most 255 bytes"
	case vfs.Readable(name) != name && !strings.Contains(name, `\`):
		return "a name cannot hold control characters"
	case strings.Contains(name, ":/"):
		return `a name cannot hold ":/", which begins a path`
	case strings.TrimSpace(name) != name:
		return "a name cannot begin or end with a blank"
	}
	return ""
}

func badUser(user string) string {
	switch {
	case hasControl(user):
		return "a user name cannot hold control characters"
	case len(user) > 1024:
		return "a user name has at most 1024 bytes"
	}
	return ""
}

func badRemoteDir(dir string) string {
	if dir == "" {
		return ""
	}
	if _, err := vfs.Parse(dir); err != nil {
		return "a folder on the server begins with a slash and has no .. in it"
	}
	return ""
}

func badLocalDir(dir string) string {
	if strings.ContainsRune(dir, 0) {
		return "it cannot hold a NUL"
	}
	return ""
}

func badExternalIP(ip string) string {
	if ip == "" {
		return ""
	}
	if addr, err := netip.ParseAddr(ip); err != nil || !addr.Is4() || addr.IsUnspecified() || addr.IsMulticast() {
		return "the external address is an IPv4 address such as 203.0.113.7"
	}
	return ""
}

// badEncoding also refuses UTF-16, in which a path would hold NUL bytes.
func badEncoding(label string) string {
	if label == "" {
		return ""
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return "the encoding is not known"
	}
	if name, err := htmlindex.Name(enc); err != nil || strings.HasPrefix(name, "utf-16") || name == "replacement" {
		return "file names on a server cannot be in this encoding"
	}
	return ""
}

func (s Site) badKeepAlive() string {
	switch s.KeepAlive {
	case KeepAliveOff, KeepAliveNoop:
		return ""
	}
	return "keep-alive is noop, or empty for off"
}

func badLimit(bytes int64) string {
	if bytes < 0 {
		return "a limit is a number of bytes a second, or 0 for none"
	}
	return ""
}

func (s Site) badReplace() string {
	switch s.Replace {
	case ReplaceAsk, ReplaceDirect, ReplaceDelete, ReplaceNever:
		return ""
	}
	return "how to replace is direct, delete or never, or empty to ask"
}

// maxCommands bounds Site.Commands; each one is a round trip of every login.
const maxCommands = 20

func (s Site) badCommands() string {
	if len(s.Commands) > maxCommands {
		return "at most 20 commands can follow the login"
	}
	for _, line := range s.Commands {
		verb, _, _ := strings.Cut(line, " ")
		switch {
		case hasControl(line):
			return "a command cannot hold control characters"
		case len(line) > 1024:
			return "a command has at most 1024 bytes"
		case strings.Trim(verb, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || len(verb) < 3 || len(verb) > 4:
			return "a command begins with a word of three or four letters, such as SITE"
		case slices.Contains(ownCommands, strings.ToUpper(verb)):
			return "the command " + strings.ToUpper(verb) + " is Wherry's own to send"
		}
	}
	return ""
}

// ownCommands would log in anew, carry a password, or put the session out of
// step with what it believes.
var ownCommands = []string{
	"USER", "PASS", "ACCT", "REIN", "QUIT", "AUTH", "PBSZ", "PROT", "CCC", "PORT", "EPRT", "PASV", "EPSV", "PRET",
	"REST", "RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD", "ABOR", "RNFR", "RNTO", "HOST",
}

// badProxy never repeats the text, in which somebody may have put a password.
func badProxy(text string) string {
	if text == "" || text == ProxyNone {
		return ""
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || hasControl(text):
		return "a proxy is socks5://host:port or http://host:port"
	case u.Scheme != "socks5" && u.Scheme != "http":
		return "a proxy is socks5:// or http://"
	case badHost(u.Hostname()) != "" || u.Port() == "":
		return "a proxy needs a host and a port"
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return "a proxy has nothing behind its port"
	}
	if _, has := u.User.Password(); has {
		return "the proxy's password does not belong into its address: it is asked for"
	}
	return ""
}
