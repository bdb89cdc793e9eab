package words

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	pathpkg "path"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// particular finds what the Kind alone tells too little of, in what was found
// (Error.Reply) or in the queue's journal, which keeps one line of text.
// line is the error's own line, which begins with what was tried.
func particular(kind vfs.Kind, path, text, line string, face Face) (Words, bool) {
	switch {
	case kind == vfs.KindUnsupported && strings.Contains(text, "no hash in common"):
		return noHash(path, face), true
	case kind == vfs.KindUnsupported && refusedLine.MatchString(text):
		return refusedCommand(text, path, face), true
	case kind == vfs.KindLogin && strings.Contains(line, site.ErrNoPassword.Error()):
		return Words{
			Title:  "No password is known for " + name(path) + ".",
			Remedy: byFace(face, "Give it by --password-stdin or WHERRY_PASSWORD, or keep it with `wherry sites password SITE`.", "Connect to the site to be asked for it."),
		}, true
	case kind == vfs.KindLogin && serverFault.MatchString(text):
		return Words{
			Title:  sentence(name(path)+" could not do the login", quoted(anyReply.FindString(text))),
			Remedy: "That is a fault of the server, such as a home folder that is missing, and not of the password: tell its administrator.",
		}, true
	case kind == vfs.KindLost && serverFault.MatchString(text):
		w := Words{Title: sentence("The server ended the connection while working on "+name(path), quoted(anyReply.FindString(text)))}
		if strings.Contains(text, "vsf_sysutil_bind") {
			w.Remedy = fewPorts
		}
		return w, true
	case kind == vfs.KindNotFound && IsDeadLink(line):
		return Words{
			Title:  name(path) + " is " + deadLink + ".",
			Remedy: "Mend the link or remove it; what it leads to is not there, or not as it is spelled in the link.",
		}, true
	case kind == vfs.KindLogin && asksAccount.MatchString(text):
		return account(path, text, face), true
	case partFault.MatchString(line) && (kind == vfs.KindIsDir || kind == vfs.KindExists || kind == vfs.KindOutside):
		return partTaken(kind, path, face), true
	case partFault.MatchString(line) && kind == vfs.KindPermission:
		return noneBeside(path, text, face), true
	case kind == vfs.KindPermission && overwriteFault.MatchString(text):
		return noOverwrite(path, text, face), true
	case kind == vfs.KindExists && strings.HasPrefix(line, vfs.OpReplace+" "):
		return noReplace(path, face), true
	case strings.Contains(text, "the old file is removed"):
		return halfReplaced(path, face), true
	case kind == vfs.KindBadName && controlIn(path, line) != "":
		return badName(path, line), true
	case kind == vfs.KindOther && entriesFault.MatchString(line):
		return Words{
			Title: name(path) + ": " + line + ".",
			Remedy: byFace(face, "`wherry queue list --failed` shows which ones and why, and `wherry queue retry ID` tries them again.",
				"The rows below it say why; Retry tries them again."),
		}, true
	case kind == vfs.KindNotFound && strings.HasPrefix(line, "match "):
		return Words{
			Title:  "Nothing matches " + name(path) + ".",
			Remedy: "`wherry ls` on the folder shows what is there; a pattern meets names with a leading dot only where it begins with one.",
		}, true
	case kind == vfs.KindNotFound && folderFault.MatchString(line) && strings.HasPrefix(path, "/"):
		return folderMissing(path, line, face), true
	case kind == vfs.KindNoSpace && diskFull.MatchString(line) && !anyReply.MatchString(line):
		return Words{
			Title:  "The disk of this computer has no space left for " + name(path) + ".",
			Remedy: "Make room on it, and start it again.",
		}, true
	}
	return Words{}, false
}

// folderFault finds what could not be made because the folder it was to be in is
// not there: the file itself is not looked for.
var folderFault = regexp.MustCompile(`^(?:create|append|write|mkdir) /`)

// entriesFault is what the queue keeps of a folder that was read and of which
// something failed.
var entriesFault = regexp.MustCompile(`^[0-9]+ of [0-9]+ entries failed$`)

func folderMissing(path, line string, face Face) Words {
	reason, folder := "", pathpkg.Dir(path)
	if reply := serverReply.FindString(line); reply != "" {
		reason = quoted(reply)
	}
	w := Words{
		Title:  sentence("The folder "+name(folder)+" does not exist, so "+name(path)+" cannot be made in it", reason),
		Remedy: byFace(face, "Check the spelling, or make the folder first: `wherry mkdir -p` on a server, `mkdir -p` here.", "Check the name, or make that folder first."),
	}
	if strings.HasPrefix(line, "mkdir ") && face == CommandLine {
		w.Remedy = "On a server `wherry mkdir -p` makes the folders above, too; here `mkdir -p` does."
	}
	return w
}

// diskFull finds the systems' words for a disk of this computer that is full,
// or a quota there.
var diskFull = regexp.MustCompile(`(?i)no space left on device|not enough space on the disk|disk quota exceeded`)

func noHash(path string, face Face) Words {
	return Words{
		Title: "The contents of " + name(path) + " could not be compared by a hash: the server offers none that Wherry knows.",
		Remedy: byFace(face, "--verify always asks for that. Use --verify offered, which compares the size where there is no hash.",
			"The setting \"compare contents\" asks for that always; where offered, the size is compared instead."),
	}
}

// refusedLine is how package session tells of a --login-command.
var refusedLine = regexp.MustCompile(`the site's command (.*) was refused: ([0-9]{3}.*)`)

func refusedCommand(text, path string, face Face) Words {
	found := refusedLine.FindStringSubmatch(text)
	return Words{
		Title: sentence("The login at "+name(path)+" was accepted, but not the command \""+Safe(found[1])+"\" that is to follow it", quoted(found[2])),
		Remedy: byFace(face, "Mend or leave out that --login-command; `wherry sites edit SITE --login-command ''` takes back those of a saved site.",
			"Mend that command in the site's settings, or take it out."),
	}
}

// serverFault finds the last word of a process of vsftpd's: to PASS when it could do
// nothing with a login that it had accepted, to EPSV when its port was taken.
var serverFault = regexp.MustCompile(`\b500 OOPS`)

// fewPorts is what helps where the server finds no port for a data connection.
const fewPorts = "It may have too few passive ports for so many connections at a time: use fewer, or ask whoever runs the server for a wider range of ports."

// deadLink is how package localfs tells of a link that cannot be followed.
const deadLink = "a link that leads to nothing"

// asksAccount finds the replies of RFC 959 that want an account, 332 and 532,
// and a 530 that speaks of one.
var asksAccount = regexp.MustCompile(`(?i)\b[35]32[ -]|\b530[ -].*\baccount\b|wants an account`)

func account(path, text string, face Face) Words {
	reply := anyReply.FindString(text)
	give := byFace(face, "give it by --account NAME, or save it with `wherry sites edit SITE --account NAME`.", "enter it in the site's settings.")
	var w Words
	switch {
	case strings.Contains(text, "the site has none"):
		w.Title = name(path) + " wants an account besides user name and password"
		w.Remedy = "Ask the provider for its name, and " + give
	case strings.HasPrefix(reply, "530"): // which may mean the user's account, too
		row := table[vfs.KindLogin]
		w.Title = row.title(path)
		w.Remedy = byFace(face, row.line, row.window) + " Where the server asks for an account besides them, " + give
	default:
		w.Title = name(path) + " did not accept the account"
		w.Remedy = "Ask the provider for its name, and " + give
	}
	if reply != "" {
		reply = quoted(reply)
	}
	w.Title = sentence(w.Title, reply)
	return w
}

// anyReply finds a reply anywhere in a line.
var anyReply = regexp.MustCompile(`\b[1-6][0-9]{2}[ -].*`)

// partFault finds a part file that could not be begun. The queue tells of the
// file that it was to become.
var partFault = regexp.MustCompile(`^(?:create|write) .*` + regexp.QuoteMeta(transfer.Suffix) + `: `)

func partTaken(kind vfs.Kind, path string, face Face) Words {
	what := "A link or another file"
	if kind == vfs.KindIsDir {
		what = "A folder"
	}
	return Words{
		Title: what + " stands at " + name(strings.TrimSuffix(path, transfer.Suffix)+transfer.Suffix) + ", where the copy is kept until it is whole.",
		Remedy: "It is not Wherry's, and nothing was changed: move or remove it" +
			byFace(face, ", and run the command again.", ", and retry."),
	}
}

// noneBeside tells of a folder in which nothing may be made. On a server single files
// of it may be written all the same, where the person says so.
func noneBeside(path, text string, face Face) Words {
	title := "No file may be made in " + name(pathpkg.Dir(path))
	reply := anyReply.FindString(text)
	if reply == "" {
		return Words{Title: title + ".", Remedy: "Change the folder's permissions, or choose another one."}
	}
	return Words{
		Title: sentence(title, quoted(reply)),
		Remedy: "Ask for the right to make files there. One that stands there already is written itself with " +
			byFace(face, "--replace direct", "“Write over the old file” in the site's settings") + ", where that is allowed; it is not whole while that goes on.",
	}
}

// overwriteFault is ProFTPD's word for a file that stands and may not be written to
// (AllowOverwrite).
var overwriteFault = regexp.MustCompile(`(?i)\boverwrite permission denied`)

func noOverwrite(path, text string, face Face) Words {
	return Words{
		Title: sentence("The server writes to no file that stands, and "+name(path)+" does", quoted(anyReply.FindString(text))),
		Remedy: "Have the old file removed once the new one is there whole: " +
			byFace(face, "--replace delete; a saved site keeps it by `wherry sites edit SITE --replace delete`.", "in the site's settings (Transfer, Replacing)."),
	}
}

// noReplace tells of a server that does not rename onto an existing file, where
// nobody has said what to do then.
func noReplace(path string, face Face) Words {
	return Words{
		Title: name(path) + " was not replaced: the server refuses to rename onto an existing file. The old one is there as it was.",
		Remedy: byFace(face, "Say what to do then: --replace delete or --replace direct; a saved site keeps it by `wherry sites edit SITE --replace`.",
			"Choose what to do then in the site's settings (Transfer, Replacing), and retry."),
	}
}

// halfReplaced tells of a new file that could not take the name of the old one,
// which was deleted for it.
func halfReplaced(path string, face Face) Words {
	part := strings.TrimSuffix(path, transfer.Suffix) + transfer.Suffix
	return Words{
		Title:  "The old file is deleted, and the new one has arrived whole but could not take its name: it stands as " + name(part) + ".",
		Remedy: byFace(face, "Run the command again, or rename it there.", "Retry, or rename it there."),
	}
}

// controls are those that people know by a name.
var controls = map[rune]string{'\n': "a line feed", '\r': "a carriage return", '\t': "a tab", 0: "a NUL", 0x1b: "an escape"}

// controlIn names the control character for which a name was refused: the line
// ends and NUL always are (RFC 959, 5.3.2), others where line says so.
func controlIn(text, line string) string {
	for _, r := range text {
		if strings.ContainsRune("\n\r\x00", r) || unicode.IsControl(r) && strings.Contains(line, "control character") {
			return cmp.Or(controls[r], "a control character") + fmt.Sprintf(" (U+%04X)", r)
		}
	}
	return ""
}

func badName(path, line string) Words {
	return Words{
		Title:  `The name "` + cut(vfs.Readable(path)) + `" cannot be used: it holds ` + controlIn(path, line) + ".",
		Remedy: "Rename it. FTP sends one command in each line, so a name cannot hold line ends; other control characters only hide.",
	}
}

// Vanished is the remedy for what is missing though its folder's listing named it:
// nobody has mistyped that.
const Vanished = "Its folder's listing named it: it has gone since then, or it is a link that leads to nothing."

// IsDeadLink tells by the line of a failure that a link of this computer leads to
// nothing.
func IsDeadLink(message string) bool { return strings.Contains(message, deadLink) }

// Here is Of on the command line for a file of this computer.
func Here(err error) Words {
	w := Of(err, CommandLine)
	if vfs.KindOf(err) == vfs.KindNotFound && !IsDeadLink(err.Error()) {
		w.Remedy = "Check the spelling, upper and lower case included; it is looked for among the files of this computer."
	}
	return w
}

// Copying is OfKind on the command line for a row of get and put; here says
// that its path is one of this computer.
func Copying(kind vfs.Kind, path, message string, here bool) Words {
	w := OfKind(kind, path, message, CommandLine)
	switch {
	case kind == vfs.KindNotFound && here && !IsDeadLink(message):
		w.Remedy = Here(&vfs.Error{Path: path, Kind: kind}).Remedy
	case kind == vfs.KindLost:
		w.Remedy = "Check your network and run the command again; with --exists resume it goes on where it stopped."
	}
	return w
}

// Row is Copying for a row of the queue on disk, which no command needs to be run
// again for: it goes on by its number.
func Row(kind vfs.Kind, path, message string, here bool, id int64) Words {
	w := Copying(kind, path, message, here)
	retry := "ry it again by `wherry queue retry " + strconv.FormatInt(id, 10) + "`"
	w.Remedy = strings.NewReplacer(
		"run the command again, with fewer", "t"+retry+", and run the queue with fewer",
		"run the command again; with --exists resume it", "t"+retry+": it",
		"start it again", "t"+retry,
		"Run the command again", "T"+retry, "run the command again", "t"+retry,
	).Replace(w.Remedy)
	return w
}

// Target puts into words why text is no TARGET; err came of reading it.
func Target(text string, err error, face Face) Words {
	var e *vfs.Error
	if !errors.As(err, &e) || e.Kind != vfs.KindBadName || e.Path != "" {
		return Of(err, face)
	}
	reason := because(e)
	plain, failed := url.PathUnescape(text)
	if failed != nil {
		plain = text
	}
	if held := controlIn(plain, e.Reply); held != "" {
		reason = "it holds " + held
	}
	row := table[vfs.KindBadName]
	return Words{Title: sentence(`"`+Safe(text)+`" cannot be used`, reason), Remedy: strings.TrimPrefix(byFace(face, row.line, row.window), "Use another name. ")}
}

// keychainFault finds a failure of a site.Vault below what was to be done with
// the password: its Op is "read password" and the like.
func keychainFault(err error) *vfs.Error {
	var e *vfs.Error
	for ; errors.As(err, &e); err = e.Err {
		if strings.HasSuffix(e.Op, " password") && e.Kind != vfs.KindLogin && e.Kind != vfs.KindCancelled {
			return e
		}
	}
	return nil
}

// Vault puts a failure to keep, read or forget a password into words. proxy
// says that it is the one of the site's proxy.
func Vault(err error, proxy bool, face Face) Words {
	e := keychainFault(err)
	if e == nil {
		return Of(err, face)
	}
	w := keychain(e, face)
	if proxy {
		w.Remedy = proxyPassword(face)
	}
	return w
}

// proxyPassword says how a proxy gets its password.
func proxyPassword(face Face) string {
	return byFace(face,
		"`wherry sites password SITE --proxy` keeps a proxy's password in the keychain. Without a keychain give it as "+
			"ALL_PROXY=socks5://user:password@host:port in the environment, and add --proxy '' where the site names its proxy.",
		"A proxy's password is asked for when the site is opened, and is then known until Wherry ends.")
}
