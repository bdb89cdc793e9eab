package wire

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/proxy"

	"wherry/sync/site"
	"wherry/sync/vfs"
)

// ProxyError is the cause (vfs.Error.Err) of an error that is a proxy's and
// not the site's: the proxy cannot be reached (KindHost, KindRefused,
// KindTimeout, KindLost), wants another user or password (KindProxyLogin: the
// site's own may well be right), does not speak the protocol it should
// (KindProtocol), or cannot or will not reach the site (KindRefused,
// KindTimeout).
type ProxyError struct {
	Address string // host:port of the proxy
	Reply   string // its own words, "" for none
	Err     error  // of the network, nil for none
}

// Error is a line for logs.
func (e *ProxyError) Error() string {
	line := "through the proxy " + e.Address
	if e.Err != nil {
		line += ": " + e.Err.Error()
	}
	return line
}

// Unwrap returns the network's error.
func (e *ProxyError) Unwrap() error { return e.Err }

// relay is the proxy of one control connection and its data connections. Names
// are resolved by it: behind a proxy the local name server often knows
// nothing of the world, and should not learn where a person goes.
type relay struct {
	socks          bool   // SOCKS5 (RFC 1928), else HTTP CONNECT (RFC 9110, 9.3.6)
	address        string // host:port
	user, password string
}

// ProxyAddress returns host and port of the proxy that Dial would go through,
// "" for none. environ nil is os.Getenv. An address that cannot be used is
// KindUnsupported.
func ProxyAddress(s site.Site, environ func(name string) string) (string, error) {
	p, err := relayOf(s, environ)
	if p == nil {
		return "", err
	}
	return p.address, nil
}

// relayOf returns the site's proxy, or the environment's where the site says
// nothing; nil for none.
func relayOf(s site.Site, environ func(string) string) (*relay, error) {
	raw := s.Proxy
	if raw == "" {
		raw = environProxy(environ, s.Address())
	}
	if raw == "" || raw == site.ProxyNone {
		return nil, nil
	}
	return parseRelay(raw)
}

// findRelay is relayOf with the password, which is asked where there is a user.
func findRelay(ctx context.Context, conf Config) (*relay, error) {
	p, err := relayOf(conf.Site, conf.Environ)
	if p == nil || p.user == "" || p.password != "" || conf.ProxyPassword == nil {
		return p, err
	}
	p.password, err = conf.ProxyPassword(ctx)
	return p, err
}

// environProxy is ALL_PROXY unless NO_PROXY names the host; this computer is
// never reached through a proxy. The small letters win, as with curl.
func environProxy(getenv func(string) string, address string) string {
	if getenv == nil {
		getenv = os.Getenv
	}
	raw := cmp.Or(getenv("all_proxy"), getenv("ALL_PROXY"))
	if raw == "" {
		return ""
	}
	rules := httpproxy.Config{HTTPProxy: "http://proxy", NoProxy: cmp.Or(getenv("no_proxy"), getenv("NO_PROXY"))}
	if used, err := rules.ProxyFunc()(&url.URL{Scheme: "http", Host: address}); err == nil && used == nil {
		return ""
	}
	if !strings.Contains(raw, "://") {
		raw = "http://" + raw
	}
	return raw
}

// parseRelay reads a proxy's URL. Where the port is missing it is the usual
// one: 1080 (IANA) or 3128 (squid). The text is never repeated in an error:
// it may hold a password.
func parseRelay(raw string) (*relay, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return nil, fault(vfs.KindUnsupported, "the address of the proxy cannot be read", nil)
	}
	p := &relay{user: u.User.Username()}
	p.password, _ = u.User.Password()
	port := "3128"
	switch u.Scheme {
	case "socks5", "socks5h":
		p.socks, port = true, "1080"
	case "http":
	default:
		return nil, fault(vfs.KindUnsupported, "a proxy is socks5:// or http://", nil)
	}
	p.address = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
	return p, nil
}

// dial connects to target, a host and port, within limit.
func (p *relay) dial(ctx context.Context, target string, limit time.Duration) (*net.TCPConn, error) {
	if strings.ContainsFunc(target, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return nil, fault(vfs.KindHost, "the host's name holds a control character", nil)
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	dialer := net.Dialer{KeepAliveConfig: keepAlive}
	conn, err := dialer.DialContext(limited, "tcp", p.address)
	if err != nil {
		return nil, p.fault(ctx, dialFault(ctx, err).Kind, "", err)
	}
	heard := &hearing{Conn: conn}
	refusal := p.throughHTTP
	if p.socks {
		refusal = p.throughSOCKS
	}
	stop := context.AfterFunc(limited, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	kind, reply, err := refusal(limited, heard, target)
	if !stop() && err == nil {
		err = limited.Err()
	}
	if err != nil {
		_ = conn.Close()
		return nil, p.fault(ctx, kind, reply, err)
	}
	return conn.(*net.TCPConn), nil
}

// fault is the error of the proxy. kind is its own word, KindOther for none.
func (p *relay) fault(ctx context.Context, kind vfs.Kind, reply string, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ended(ctx)
	case kind != vfs.KindOther:
	case isTimeout(err), errors.Is(err, context.DeadlineExceeded):
		kind = vfs.KindTimeout
	default:
		kind = vfs.KindLost
	}
	if reply != "" {
		err = nil // of a library, which says the same in other words
	}
	return &vfs.Error{
		Op: "connect", Path: p.address, Kind: kind, Reply: reply,
		Err: &ProxyError{Address: p.address, Reply: reply, Err: err},
	}
}

// hearing keeps the first bytes that a SOCKS proxy says.
type hearing struct {
	net.Conn
	said []byte
}

func (h *hearing) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	h.said = append(h.said, p[:min(n, max(0, 8-len(h.said)))]...)
	return n, err
}

// DialContext and Dial make it the way to the proxy (proxy.ContextDialer).
func (h *hearing) DialContext(context.Context, string, string) (net.Conn, error) { return h, nil }
func (h *hearing) Dial(string, string) (net.Conn, error)                         { return h, nil }

func (p *relay) throughSOCKS(ctx context.Context, conn *hearing, target string) (vfs.Kind, string, error) {
	var auth *proxy.Auth
	if max(len(p.user), len(p.password)) > 255 {
		return vfs.KindProxyLogin, "user or password are longer than SOCKS5 can say", errRefused
	}
	if p.user != "" {
		auth = &proxy.Auth{User: p.user, Password: p.password}
	}
	d, err := proxy.SOCKS5("tcp", p.address, auth, conn)
	if err != nil {
		return vfs.KindOther, "", err
	}
	if _, err = d.(proxy.ContextDialer).DialContext(ctx, "tcp", target); err == nil {
		return vfs.KindOther, "", nil
	}
	kind, reply := socksRefusal(conn.said)
	return kind, reply, err
}

// socksReplies are the codes of RFC 1928, 6.
var socksReplies = [...]struct {
	kind vfs.Kind
	text string
}{
	1: {vfs.KindRefused, "general failure"},
	2: {vfs.KindRefused, "not allowed by its rules"},
	3: {vfs.KindRefused, "the network cannot be reached"},
	4: {vfs.KindRefused, "the host cannot be reached"},
	5: {vfs.KindRefused, "the connection was refused"},
	6: {vfs.KindTimeout, "no answer in time"},
	7: {vfs.KindUnsupported, "it knows no such command"},
	8: {vfs.KindUnsupported, "it knows no such kind of address"},
}

// socksRefusal reads from the first bytes of a SOCKS5 proxy why it refused:
// its choice of a login (RFC 1928, 3), its word on user and password (RFC
// 1929, 2), its reply to the request. KindOther stands for none of these.
func socksRefusal(said []byte) (vfs.Kind, string) {
	const version, withPassword, noMethod = 5, 2, 0xff
	if len(said) > 0 && said[0] != version {
		return vfs.KindProtocol, "it does not speak SOCKS5"
	}
	if len(said) < 2 {
		return vfs.KindOther, ""
	}
	method, rest := said[1], said[2:]
	switch {
	case method == noMethod:
		return vfs.KindProxyLogin, "it wants a user and a password"
	case method == withPassword && len(rest) >= 2 && rest[1] != 0:
		return vfs.KindProxyLogin, "user or password refused"
	case method == withPassword:
		rest = rest[min(2, len(rest)):]
	}
	if len(rest) < 2 || rest[1] == 0 {
		return vfs.KindOther, ""
	}
	if code := int(rest[1]); code < len(socksReplies) {
		return socksReplies[code].kind, socksReplies[code].text
	}
	return vfs.KindProtocol, "an answer that nobody knows"
}
