// Package words says to people what happened and what helps.
//
// It exists so that the command line and the window speak of one failure in
// the same words, made once and from the Kind alone (callers below never write
// for people), and so that sizes, rates, times and counts look the same in
// both. It holds no state and starts nothing. Nothing it returns can move a
// terminal's cursor, and no password gets through it.
package words

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"syscall"
	"unicode/utf8"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/vfs"
)

// Face is where the words are read; remedies differ by it, because what a
// person can do there does.
type Face uint8

// The faces.
const (
	CommandLine Face = iota
	Window
)

// Words is a failure as a person reads it.
type Words struct {
	// Title is one plain sentence: what happened, to which host or file, and
	// where the server gave a reason, that reason.
	Title string
	// Remedy is one or two sentences that name what helps; never empty but
	// for KindCancelled.
	Remedy string
}

// String returns both on one line.
func (w Words) String() string { return strings.TrimSpace(w.Title + " " + w.Remedy) }

// Of puts err into words. err must not be nil. An error without a *vfs.Error
// in its chain is told by its own text, login data cut out.
func Of(err error, face Face) Words {
	var e *vfs.Error
	if !errors.As(err, &e) {
		e = &vfs.Error{Kind: vfs.KindOf(err), Err: err}
	}
	return of(e, face)
}

// OfKind puts into words what a row of the queue kept of a failure: its Kind,
// the path it was about and the journal's line.
func OfKind(kind vfs.Kind, path, message string, face Face) Words {
	if w, ok := particular(kind, path, message, message, face); ok {
		return w
	}
	if found := keptRefusal.FindStringSubmatch(message); kind == vfs.KindCert && found != nil {
		return keptCertificate(path, found[1], found[2], face)
	}
	w := of(&vfs.Error{Path: path, Kind: kind}, face)
	if reply := serverReply.FindString(message); reply != "" {
		w.Title = sentence(strings.TrimSuffix(w.Title, "."), quoted(reply))
	} else if kind == vfs.KindOther && message != "" {
		w.Title = sentence(strings.TrimSuffix(w.Title, "."), Safe(message))
	}
	return w
}

// serverReply finds an FTP reply (RFC 959, 4.2: three digits) that vfs.Error
// wrote into its line after its kind.
var serverReply = regexp.MustCompile(`(?:^|: )[1-6][0-9]{2}[ -].*`)

func of(e *vfs.Error, face Face) Words {
	var blocked *ftpfs.Blocked
	var proxy *doctor.ProxyError
	if failed := keychainFault(e); failed != nil {
		return keychain(failed, face)
	}
	if w, ok := particular(e.Kind, e.Path, e.Reply, e.Error(), face); ok {
		return w
	}
	row, ok := table[e.Kind]
	if !ok {
		row = table[vfs.KindOther]
	}
	remedy := row.line
	if face == Window && row.window != "" {
		remedy = row.window
	}
	switch {
	case e.Kind == vfs.KindCert:
		return certificate(e, face)
	case e.Kind == vfs.KindNoData && errors.As(e.Err, &blocked):
		w := Blocked(blocked, face)
		w.Title = row.title(e.Path) + strings.TrimPrefix(w.Title, noData)
		return w
	case errors.As(e.Err, &proxy):
		return throughProxy(e, proxy, face)
	case e.Kind == vfs.KindTLS && wanted.MatchString(e.Reply):
		return encryptionWanted(e, face)
	case e.Op == "find the site" && e.Kind == vfs.KindNotFound:
		return Words{
			Title:  "No site is saved as " + name(e.Path) + ".",
			Remedy: byFace(face, "`wherry sites list` shows the saved ones.", "Ctrl+S shows the saved ones."),
		}
	}
	return Words{Title: sentence(row.title(e.Path), because(e)), Remedy: remedy}
}

// title is the row's statement about a path or a host.
func (r row) title(path string) string {
	if strings.HasPrefix(path, "/") || r.host == "" {
		return fmt.Sprintf(r.file, name(path))
	}
	return fmt.Sprintf(r.host, name(path))
}

func byFace(face Face, line, window string) string {
	if face == Window {
		return window
	}
	return line
}

// wanted finds a reply that asks for encryption rather than refuses it. The
// Kind is the same, "not safe", and only what a person should do differs.
var wanted = regexp.MustCompile(`(?i)^(5[0-9]{2}|4[0-9]{2}).*\b(must|requires?|required|needed|only)\b`)

func encryptionWanted(e *vfs.Error, face Face) Words {
	w := Words{
		Title:  sentence(name(e.Path)+" accepts encrypted connections only", because(e)),
		Remedy: "Leave --tls off out; a saved site is changed with `wherry sites edit SITE --tls explicit`.",
	}
	if face == Window {
		w.Remedy = "Choose encryption (explicit TLS) for this site."
	}
	return w
}

// keychain tells a failure of a site.Vault: its Op is "read password" and the
// like, and its Path says nothing.
func keychain(e *vfs.Error, face Face) Words {
	w := Words{
		Title:  sentence("The system's keychain could not be used", because(e)),
		Remedy: "Give the password by the prompt, --password-stdin or WHERRY_PASSWORD instead.",
	}
	if !strings.HasPrefix(e.Op, "read ") { // it was given already, to be kept
		w.Remedy = "Unlock it and run this again, or give the password to each command that connects: by the prompt, --password-stdin or WHERRY_PASSWORD."
	}
	if face == Window {
		w.Remedy = "Type the password; it is then known until Wherry ends."
	}
	return w
}

// sentence joins a statement with its reason, and ends it.
func sentence(title, reason string) string {
	if strings.HasPrefix(title, "it") && (title[2] == ' ' || title[2] == ':') {
		title = "I" + title[1:] // name had nothing to name
	}
	if reason == "" {
		return title + "."
	}
	if end := strings.TrimSuffix(reason, `"`); strings.ContainsAny(end[max(len(end)-1, 0):], ".!?") || strings.HasSuffix(end, "…") {
		return title + ": " + reason
	}
	return title + ": " + reason + "."
}

// because finds the reason: the server's reply, what was found instead, or
// the system's own word. The text of other wrapped errors is not for people.
func because(e *vfs.Error) string {
	switch {
	case isReply(e.Reply):
		return quoted(e.Reply)
	case e.Reply != "":
		return Safe(e.Reply)
	}
	var errno syscall.Errno
	var pathErr *fs.PathError
	switch {
	case e.Err == nil:
		return ""
	case errors.As(e.Err, &errno) && e.Kind == vfs.KindOther:
		return errno.Error()
	case errors.As(e.Err, &pathErr) && e.Kind == vfs.KindOther:
		return Safe(pathErr.Err.Error())
	case e.Kind == vfs.KindOther, e.Kind == vfs.KindTLS: // of crypto/tls: what failed in the handshake
		return Safe(e.Err.Error())
	}
	return ""
}

func isReply(s string) bool { return serverReply.MatchString(s) && s[0] >= '1' && s[0] <= '6' }

func quoted(reply string) string {
	return `the server answered "` + Safe(strings.TrimPrefix(reply, ": ")) + `"`
}

// name returns a path in quotes, a host without; nothing known is "it".
func name(path string) string {
	switch {
	case path == "":
		return "it"
	case strings.HasPrefix(path, "/"):
		return `"` + cut(vfs.Readable(path)) + `"`
	}
	return Safe(path)
}

// urlLogin and plainLogin match the login data of an address that a person
// pasted and an error may quote: the first up to the last @ of the line, for a
// password may hold anything; the second, without a scheme, up to a blank.
var (
	urlLogin   = regexp.MustCompile(`(?i)\b(ftp|ftps|ftpes)://([^\s:/@]*):.*@`)
	plainLogin = regexp.MustCompile(`([^\s:/@]+):[^\s/]\S*@`)
)

// Safe makes one readable, bounded line of a foreign text, without login
// data.
func Safe(text string) string {
	return cut(vfs.Readable(strings.Join(strings.Fields(withoutLogin(text)), " ")))
}

func withoutLogin(text string) string {
	text = urlLogin.ReplaceAllString(text, "$1://$2@")
	return plainLogin.ReplaceAllString(text, "$1@")
}

// maxText bounds quoted text in bytes: a hostile server's reply must not fill
// the screen.
const maxText = 300

// maxWord is how much of such a text is left out so that it ends with a word.
const maxWord = 40

func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	s = s[:maxText]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	if end := strings.LastIndexByte(s, ' '); end > maxText-maxWord {
		s = strings.TrimRight(s[:end], " ,;")
	}
	return s + "…"
}
