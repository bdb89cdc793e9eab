package site

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"wherry/sync/vfs"
)

// Target is what a person meant by a text: a saved site, a server described
// by the text alone, or a file of this computer.
type Target struct {
	// Saved is the name of a saved site; Site is then empty.
	Saved string
	// Site is the server of a URL or host, without ID and Name.
	Site Site
	// Path is the folder or file; clean and absolute (vfs.Parse) for a
	// server, as typed for a file of this computer.
	Path string
	// HasPath tells "/" from nothing said, which is the login folder.
	HasPath bool
	// Password that stood in the text. It is for memory only: nothing here
	// writes it, and no error of this package repeats it.
	Password string
	// Local says that Path is a file of this computer.
	Local bool
}

// ParseTarget reads what a person types or pastes where a server is asked
// for. The first rule that fits decides:
//
//  1. This computer: begins with "/", "./", "../", "~", "\" or a drive
//     ("C:\x", "C:/x"), or is "." or "..". So a saved site whose name is a
//     single letter cannot be named here.
//  2. "SCHEME://": a URL. ftp is the default TLS, ftpes explicit TLS, ftps
//     implicit TLS (port 990), but explicit with ":21", as Cyberduck writes
//     it. Everything else is refused. ";type=i" at its end is dropped (RFC
//     1738, 3.2.2).
//  3. The arguments of lftp: "lftp -u user,pass -p port host", with or
//     without the first word.
//  4. A colon followed by "/", or at the end: "SITE:/path", "SITE:", a saved
//     site. The path is taken as it stands, without percent signs decoded.
//     What holds another colon and an "@" behind it is none, as it would be
//     "user:password@host:/path", and a site's name is shown.
//  5. Otherwise a URL whose scheme was left out: host, host:port,
//     user@host, user:password@host:port/path, [::1]:21, ::1. Port 990
//     means implicit TLS here.
//
// In URLs the host ends at the first "/" and the user and password at the
// last "@" before it, since a raw "@" in a pasted password is common. Percent
// codes are decoded after splitting; a percent sign that begins none stands
// for itself. The path is absolute, also in the form "%2Fetc" that RFC 1738
// has for it, because that is how every client with a window reads it.
// A user that is not named is Anonymous.
//
// Errors are *vfs.Error with KindBadName and a reason in Reply. They repeat
// nothing of the text but an unknown scheme, as a password can stand
// anywhere in a text that cannot be read.
func ParseTarget(text string) (Target, error) {
	if isLocal(text) {
		if strings.ContainsRune(text, 0) {
			return Target{}, badTarget("a file name cannot hold a NUL")
		}
		return Target{Path: text, HasPath: true, Local: true}, nil
	}
	text = strings.TrimLeft(strings.Trim(text, "\r\n\t"), " ")
	for i := range len(text) {
		if text[i] < ' ' || text[i] == 0x7f {
			return Target{}, badTarget("control characters cannot be part of it")
		}
	}
	if scheme, rest, ok := strings.Cut(text, "://"); ok && isScheme(scheme) {
		return parseURL(strings.ToLower(scheme), strings.TrimRight(rest, " "))
	}
	if words := strings.Fields(text); len(words) > 1 && (words[0] == "lftp" || words[0][0] == '-') {
		return parseLftp(text)
	}
	if name, dir, ok := cutSaved(text); ok {
		return saved(name, dir)
	}
	return parseURL("", strings.TrimRight(text, " "))
}

// IsRemote says whether text means a server beyond doubt: "SITE:/path" or a
// URL. It is for places where a relative name of this computer can stand as
// well, which ParseTarget would take for a host.
func IsRemote(text string) bool {
	if isLocal(text) {
		return false
	}
	text = strings.TrimLeft(text, " ")
	if scheme, _, ok := strings.Cut(text, "://"); ok && isScheme(scheme) {
		return true
	}
	_, _, ok := cutSaved(text)
	return ok
}

// cutSaved splits "SITE:/path" and "SITE:".
func cutSaved(text string) (name, dir string, ok bool) {
	i := strings.Index(text, ":/")
	if i >= 0 {
		name, dir = text[:i], text[i+1:]
	} else if name, ok = strings.CutSuffix(strings.TrimRight(text, " "), ":"); !ok {
		return "", "", false
	}
	_, behind, colon := strings.Cut(name, ":")
	if name == "" || name[0] == '[' || colon && (strings.Contains(behind, "@") || i < 0) {
		return "", "", false
	}
	return name, dir, true
}

func isLocal(text string) bool {
	switch {
	case text == "." || text == "..":
		return true
	case strings.HasPrefix(text, "/"), strings.HasPrefix(text, "./"), strings.HasPrefix(text, "../"),
		strings.HasPrefix(text, "~"), strings.HasPrefix(text, `\`), strings.HasPrefix(text, `.\`), strings.HasPrefix(text, `..\`):
		return true
	}
	return len(text) >= 2 && isLetter(text[0]) && text[1] == ':' && (len(text) == 2 || text[2] == '/' || text[2] == '\\')
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isScheme(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(s[i]))) {
			return false
		}
	}
	return s != ""
}

func saved(name, dir string) (Target, error) {
	t := Target{Saved: name, HasPath: dir != ""}
	if t.HasPath {
		p, err := vfs.Parse(dir)
		if err != nil {
			return Target{}, badPath(err)
		}
		t.Path = p.String()
	}
	return t, nil
}

// parseURL reads what follows the scheme; "" is a scheme that was left out.
func parseURL(scheme, rest string) (Target, error) {
	t := Target{Site: Site{Mode: ModeAuto, User: Anonymous}}
	switch scheme {
	case "", "ftp":
	case "ftpes":
		t.Site.TLS = TLSExplicit
	case "ftps":
		t.Site.TLS = TLSImplicit
	default:
		return Target{}, badTarget("the scheme " + scheme + ":// is not one of ftp, ftpes and ftps")
	}
	authority, dir := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, dir = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, password, _ := strings.Cut(authority[:i], ":")
		if err := t.login(decode(user), decode(password)); err != nil {
			return Target{}, err
		}
		authority = authority[i+1:]
	}
	if dir == "" {
		authority = cutType(authority)
	}
	if err := t.hostPort(authority, scheme); err != nil {
		return Target{}, err
	}
	if dir != "" {
		p, err := vfs.Parse(decode(cutType(dir)))
		if err != nil {
			return Target{}, badPath(err)
		}
		t.Path, t.HasPath = p.String(), true
	}
	return t, nil
}

func (t *Target) login(user, password string) error {
	if hasControl(user) || strings.ContainsAny(password, "\x00\r\n") {
		return badTarget("the user or the password holds a control character")
	}
	if user != "" {
		t.Site.User = user
	}
	t.Password = password
	return nil
}

func (t *Target) hostPort(authority, scheme string) error {
	host, port := authority, ""
	switch {
	case strings.HasPrefix(authority, "["):
		end := strings.IndexByte(authority, ']')
		if end < 0 || end+1 < len(authority) && authority[end+1] != ':' {
			return badTarget("the address in brackets does not end as it should")
		}
		host, port = authority[:end+1], strings.TrimPrefix(authority[end+1:], ":")
	case strings.Count(authority, ":") == 1:
		host, port, _ = strings.Cut(authority, ":")
	}
	var err error
	if t.Site.Host, err = CleanHost(decode(host)); err != nil {
		return err
	}
	if port == "" {
		return nil
	}
	// ParseUint alone would take "+21".
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || port[0] < '0' || port[0] > '9' {
		return badTarget("the port after the colon is not a number from 1 to 65535")
	}
	switch {
	case scheme == "ftps" && n == 21:
		t.Site.TLS = TLSExplicit
	case scheme == "" && n == 990:
		t.Site.TLS = TLSImplicit
	}
	// The standard port is left out, so that the same server described in
	// two ways is one value.
	if t.Site.EffectivePort() != int(n) {
		t.Site.Port = int(n)
	}
	return nil
}

// decode takes percent codes for what they are and leaves other percent
// signs: a password such as "100%" is pasted more often than encoded.
func decode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// cutType drops the ";type=X" of RFC 1738; the type is always image.
func cutType(s string) string {
	if i := len(s) - len(";type=i"); i >= 0 && strings.EqualFold(s[i:i+6], ";type=") &&
		strings.IndexByte("aidAID", s[i+6]) >= 0 {
		return s[:i]
	}
	return s
}

// URL returns the site and a path on it as a URL, without a password: for
// titles, copying and queue rows. ParseTarget reads it back, but for
// TLSOff, which no scheme can say (it comes out as ftp://, the safer one),
// and implicit TLS on port 21. path "" means the login folder.
func (s Site) URL(path string) string {
	scheme := "ftp"
	switch s.TLS {
	case TLSExplicit:
		scheme = "ftpes"
	case TLSImplicit:
		scheme = "ftps"
	}
	u := url.URL{Scheme: scheme, Host: s.Host, Path: path}
	if strings.Contains(s.Host, ":") {
		u.Host = "[" + s.Host + "]"
	}
	if s.Port != 0 && s.Port != (Site{TLS: s.TLS}).EffectivePort() {
		u.Host = net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	}
	if !s.IsAnonymous() {
		u.User = url.User(s.User)
	}
	// A path that ends like RFC 1738's type would lose its end.
	u.RawPath = strings.ReplaceAll(u.EscapedPath(), ";", "%3B")
	return u.String()
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func badTarget(why string) error {
	return &vfs.Error{Op: "target", Kind: vfs.KindBadName, Reply: why}
}

// badPath takes the reason and leaves the path, which may hold the end of a
// password with a "/" in it.
func badPath(err error) error {
	why := "the path cannot be used"
	if e, ok := err.(*vfs.Error); ok {
		why = e.Reply
	}
	return badTarget("in the path, " + why)
}
