package words_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"wherry/sync/trust"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// kinds returns every Kind: ParseKind of the word of one that does not exist
// is KindOther.
func kinds() []vfs.Kind {
	var all []vfs.Kind
	for k := vfs.Kind(0); k == 0 || k.String() != "other"; k++ {
		all = append(all, k)
	}
	return all
}

// TestAFaultIsSaidOfWhatIsAtFault: the folder that is missing and not the file
// that was to come there, and this computer's disk and not a provider's.
func TestAFaultIsSaidOfWhatIsAtFault(t *testing.T) {
	gone := &vfs.Error{Op: "create", Path: "/up/other/mid.bin", Kind: vfs.KindNotFound, Reply: "553 Could not create file."}
	for outcome, tc := range map[string]struct {
		err           *vfs.Error
		title, remedy string
	}{
		"an upload names the folder":    {gone, `The folder "/up/other" does not exist, so "/up/other/mid.bin"`, "wherry mkdir -p"},
		"and what the server said":      {gone, "553 Could not create file.", "mkdir -p"},
		"so does a new folder":          {&vfs.Error{Op: "mkdir", Path: "/up/sub/other", Kind: vfs.KindNotFound}, `The folder "/up/sub" does not exist`, "`wherry mkdir -p` makes the folders above"},
		"what is read is itself":        {&vfs.Error{Op: "open", Path: "/up/a", Kind: vfs.KindNotFound}, `"/up/a" does not exist`, "spelling"},
		"a full disk here is the one":   {&vfs.Error{Op: "write", Path: "/home/a", Kind: vfs.KindNoSpace, Err: syscall.ENOSPC}, `The disk of this computer has no space left for "/home/a"`, "Make room on it"},
		"a full server is a provider's": {&vfs.Error{Op: "write", Path: "/a", Kind: vfs.KindNoSpace, Reply: "452 No space left on device"}, `There is no space left for "/a"`, "provider"},
	} {
		t.Run(outcome, func(t *testing.T) {
			for _, w := range []words.Words{words.Of(tc.err, words.CommandLine), words.OfKind(tc.err.Kind, tc.err.Path, tc.err.Error(), words.CommandLine)} {
				contains(t, w.Title, tc.title)
				contains(t, w.Remedy, tc.remedy)
			}
		})
	}
}

// TestOf has a row for each Kind: part of the sentence about a host, of the
// one about a file, and of the remedies of both faces.
func TestOf(t *testing.T) {
	rows := map[vfs.Kind]struct{ host, file, line, window string }{
		vfs.KindOther:       {"ftp.example.org: something went wrong", `"/a b": something went wrong`, "--log FILE", "log tab"},
		vfs.KindNotFound:    {"does not exist", `"/a b" does not exist`, "wherry ls", "Refresh"},
		vfs.KindExists:      {"already exists", `"/a b" already exists`, "--exists", "delete it"},
		vfs.KindPermission:  {"does not allow", `"/a b": permission denied`, "permissions", "permissions"},
		vfs.KindNotEmpty:    {"not empty", `The folder "/a b" is not empty`, "rm -r", "Refresh"},
		vfs.KindNotDir:      {"not a folder", `"/a b" is a file`, "folder", "Choose a folder"},
		vfs.KindIsDir:       {"is a folder", `"/a b" is a folder`, "rm -r", "Choose a file"},
		vfs.KindNoSpace:     {"no space left", `no space left for "/a b"`, "Make room", "Make room"},
		vfs.KindUnsupported: {"cannot do that", `cannot be done with "/a b"`, "provider", "provider"},
		vfs.KindBadName:     {"cannot be used", `The name "/a b" cannot be used`, "ftp://user@host", "another name"},
		vfs.KindChanged:     {"changed", `"/a b" has changed`, "again", "Retry"},
		vfs.KindSize:        {"Not every byte", `"/a b" did not arrive with the size`, "again", "Retry"},
		vfs.KindHash:        {"Other bytes", `"/a b" arrived with other bytes`, "again", "Retry"},
		vfs.KindCancelled:   {"cancelled", "cancelled", "", ""},
		vfs.KindTimeout:     {"did not answer in time", `Nothing moved for too long with "/a b"`, "--timeout", "time limit"},
		vfs.KindLost:        {"The connection to ftp.example.org broke", `while working on "/a b"`, "run the command again", "retry"},
		vfs.KindHost:        {"no host with the name ftp.example.org", `The host of "/a b"`, "spelling", "spelling"},
		vfs.KindRefused:     {"ftp.example.org does not accept connections", `The host of "/a b"`, "port", "firewall"},
		vfs.KindNotFTP:      {"ftp.example.org is not an FTP server", "is not an FTP server", "ftps://", "SFTP"},
		vfs.KindLogin:       {"did not accept the user name and password", "login", "--password-stdin", "keychain"},
		vfs.KindProxyLogin:  {"The proxy ftp.example.org did not accept", `The proxy on the way to "/a b" did not accept`, "sites password SITE --proxy", "proxy's user"},
		vfs.KindTLS:         {"No encrypted connection could be made with ftp.example.org", `for "/a b"`, "--tls off", `"Connect in Clear"`},
		vfs.KindCert:        {"The certificate of ftp.example.org is not trusted", "not trusted", "--trust SHA256", "accept it for this host"},
		vfs.KindNoData:      {"no data connection", "no data connection", "--mode active", "other transfer mode"},
		vfs.KindBusy:        {"busy", "busy", "--connections 1", "connections"},
		vfs.KindProtocol:    {"makes no sense", "makes no sense", "--log FILE", "log tab"},
		vfs.KindNoSite:      {"was removed", `The site of "/a b" was removed`, "queue remove", "Remove the row"},
		vfs.KindOutside:     {"lies outside", `"/a b" lies outside of the folder`, "Name the folder", "Open the folder"},
		vfs.KindUnreadable:  {"cut or cannot be read", `listing of "/a b"`, "--encoding", "encoding"},
	}
	for _, k := range kinds() {
		t.Run(k.String(), func(t *testing.T) {
			want, ok := rows[k]
			if !ok {
				t.Fatalf("no expectation for %s", k)
			}
			host := error(&vfs.Error{Op: "connect", Path: "ftp.example.org", Kind: k})
			file := fmt.Errorf("wrapped: %w", &vfs.Error{Op: "list", Path: "/a b", Kind: k})
			contains(t, words.Of(host, words.CommandLine).Title, want.host)
			contains(t, words.Of(file, words.Window).Title, want.file)
			line, window := words.Of(host, words.CommandLine).Remedy, words.Of(host, words.Window).Remedy
			contains(t, line, want.line)
			contains(t, window, want.window)
			if strings.Contains(window, "--") || strings.Contains(window, "wherry ") {
				t.Errorf("the window's remedy names the command line: %s", window)
			}
			if k != vfs.KindCancelled && (line == "" || window == "") {
				t.Errorf("no remedy: %q, %q", line, window)
			}
			if k != vfs.KindOther && words.Of(host, words.Window).Title == words.Of(&vfs.Error{Path: "ftp.example.org"}, words.Window).Title {
				t.Error("told like an unknown failure")
			}
		})
	}
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q does not say %q", text, part)
	}
}

func TestTitleTells(t *testing.T) {
	for outcome, tc := range map[string]struct {
		err  error
		want string
	}{
		"the server's reply in quotes": {
			&vfs.Error{Path: "/x", Kind: vfs.KindPermission, Reply: "550 Permission denied."},
			`"/x": permission denied: the server answered "550 Permission denied."`,
		},
		"what was found instead": {
			&vfs.Error{Path: "h:22", Kind: vfs.KindNotFTP, Reply: "SSH-2.0-OpenSSH"},
			`What answers at h:22 is not an FTP server: SSH-2.0-OpenSSH.`,
		},
		"a reply of many lines as one":       {&vfs.Error{Path: "/x", Kind: vfs.KindNotFound, Reply: "550-No\r\n550 such file"}, `"/x" does not exist: the server answered "550-No 550 such file".`},
		"escape characters shown, not sent":  {&vfs.Error{Path: "/\x1b[2J", Kind: vfs.KindNotFound, Reply: "550 \x1b]0;x"}, `"/\u{001b}[2J" does not exist: the server answered "550 \u{001b}]0;x".`},
		"the system's word without a Kind":   {&fs.PathError{Op: "open", Path: "/x", Err: syscall.EIO}, "It: something went wrong: input/output error."},
		"any other error by its text":        {errors.New("strange thing"), "It: something went wrong: strange thing."},
		"a cancelled context as cancelled":   {context.Canceled, "It: cancelled."},
		"no password of a pasted address":    {errors.New(`parse "ftp://anna:s3c ret@4@h/": bad`), `It: something went wrong: parse "ftp://anna@h/": bad.`},
		"no password without a scheme":       {&vfs.Error{Path: "anna:s3cret@h", Kind: vfs.KindBadName}, "anna@h cannot be used."},
		"no password in a reply":             {&vfs.Error{Path: "h", Kind: vfs.KindLogin, Reply: "530 ftp://anna:s3cret@h"}, `h did not accept the user name and password: the server answered "530 ftp://anna@h".`},
		"a certificate for another host":     {&vfs.Error{Path: "h", Kind: vfs.KindCert, Err: x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"a.org", "b.org"}}, Host: "h"}}, "The certificate of h is not trusted: it was made for a.org, b.org."},
		"a certificate of unknown authority": {&vfs.Error{Path: "h", Kind: vfs.KindCert, Err: x509.UnknownAuthorityError{}}, "The certificate of h is not trusted: no known authority has signed it."},
		"a server that wants encryption":     {&vfs.Error{Path: "h", Kind: vfs.KindTLS, Reply: "530 Non-anonymous sessions must use encryption."}, `h accepts encrypted connections only: the server answered "530 Non-anonymous sessions must use encryption."`},
		"a server that refuses it":           {&vfs.Error{Path: "h", Kind: vfs.KindTLS, Reply: "530 Please login with USER and PASS."}, `No encrypted connection could be made with h: the server answered "530 Please login with USER and PASS."`},
		"a handshake that failed":            {&vfs.Error{Path: "h", Kind: vfs.KindTLS, Err: errors.New("tls: first record does not look like a TLS handshake")}, "No encrypted connection could be made with h: tls: first record does not look like a TLS handshake."},
		"a keychain that is not there":       {&vfs.Error{Op: "keep password", Kind: vfs.KindUnsupported, Reply: "this desktop session has no keychain"}, "The system's keychain could not be used: this desktop session has no keychain."},
		"an expired certificate":             {&vfs.Error{Path: "h", Kind: vfs.KindCert, Err: x509.CertificateInvalidError{Reason: x509.Expired}}, "The certificate of h is not trusted: it has expired or is not valid yet."},
	} {
		t.Run(outcome, func(t *testing.T) {
			if got := words.Of(tc.err, words.CommandLine).Title; got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// TestParticularFailuresName holds what the Kind alone tells too little of, as
// an error and as the queue's journal keeps it.
func TestParticularFailuresName(t *testing.T) {
	for outcome, tc := range map[string]struct {
		err         vfs.Error
		title, line string
		not         string
	}{
		"a hash that nobody computes": {
			vfs.Error{Path: "/a", Kind: vfs.KindUnsupported, Reply: "the two sides have no hash in common to compare by"},
			`The contents of "/a" could not be compared by a hash`, "--verify offered", "ask the provider",
		},
		"a login command that is refused": {
			vfs.Error{Path: "h", Kind: vfs.KindUnsupported, Reply: "the site's command SITE UMASK 022 was refused: 500 Unknown SITE"},
			`The login at h was accepted, but not the command "SITE UMASK 022" that is to follow it: the server answered "500 Unknown SITE".`, "--login-command", "ask the provider",
		},
		"an account that is missing": {
			vfs.Error{Path: "h", Kind: vfs.KindLogin, Reply: "the server wants an account besides the password, and the site has none: 332 Account?"},
			`h wants an account besides user name and password: the server answered "332 Account?"`, "--account NAME", "Check both",
		},
		"an account that is wrong": {
			vfs.Error{Path: "h", Kind: vfs.KindLogin, Reply: "532 Need account for storing files"}, "h did not accept the account", "--account NAME", "Check both",
		},
		"a folder where nothing may be made": {
			vfs.Error{Op: "create", Path: "/d/a.wherry-part", Kind: vfs.KindPermission, Reply: "553 Could not create file."},
			`No file may be made in "/d": the server answered "553 Could not create file."`, "--replace direct", "permission denied",
		},
		"a folder of this computer where nothing may be made": {
			vfs.Error{Op: "create", Path: "/d/a.wherry-part", Kind: vfs.KindPermission}, `No file may be made in "/d".`, "the folder's permissions", "--replace",
		},
		"a login that the server cannot serve": {
			vfs.Error{Path: "h", Kind: vfs.KindLogin, Reply: "500 OOPS: cannot change directory:/home/anna"},
			`h could not do the login: the server answered "500 OOPS: cannot change directory:/home/anna".`, "administrator", "did not accept",
		},
		"a server that writes to no file that stands": {
			vfs.Error{Op: "write", Path: "/d/a", Kind: vfs.KindPermission, Reply: "550 a: Overwrite permission denied"},
			`The server writes to no file that stands, and "/d/a" does: the server answered "550 a: Overwrite permission denied".`, "--replace delete", "Log in as",
		},
		"a port that was taken": {
			vfs.Error{Op: "write", Path: "/d/a", Kind: vfs.KindLost, Reply: "500 OOPS: vsf_sysutil_bind"},
			`The server ended the connection while working on "/d/a": the server answered "500 OOPS: vsf_sysutil_bind".`, "too few passive ports", "your network",
		},
		"a link that leads to nothing": {
			vfs.Error{Op: "open", Path: "/a", Kind: vfs.KindNotFound, Reply: "it is a link that leads to nothing"}, `"/a" is a link that leads to nothing.`, "Mend the link", "Check the spelling",
		},
		"a login or an account": {
			vfs.Error{Path: "h", Kind: vfs.KindLogin, Reply: "530 No such account"}, `h did not accept the user name and password: the server answered "530 No such account".`, "--account NAME", "",
		},
		"a folder in the way of a part": {
			vfs.Error{Op: "create", Path: "/d/a.wherry-part", Kind: vfs.KindIsDir}, `A folder stands at "/d/a.wherry-part"`, "move or remove", "wherry rm -r",
		},
		"a link in the way of a part": {
			vfs.Error{Op: "create", Path: "/d/a.wherry-part", Kind: vfs.KindExists, Reply: "a link has this name and is not written through"},
			`A link or another file stands at "/d/a.wherry-part"`, "move or remove", "--exists",
		},
		"a server that does not replace": {
			vfs.Error{Op: vfs.OpReplace, Path: "/d/a", Kind: vfs.KindExists, Reply: "the server refuses to rename onto an existing file"},
			`"/d/a" was not replaced: the server refuses`, "--replace delete", "--exists",
		},
		"a new file that could not take its name": {
			vfs.Error{Op: "rename", Path: "/d/a.wherry-part", Kind: vfs.KindPermission, Reply: "the old file is removed, and the new one stands whole under this name"},
			`stands as "/d/a.wherry-part"`, "rename it there", "permissions",
		},
		"a line end in a name": {
			vfs.Error{Op: "name", Path: "c\nd", Kind: vfs.KindBadName, Reply: "the name holds a slash or a control character"},
			`The name "c\u{000a}d" cannot be used: it holds a line feed (U+000A).`, "Rename it", "a slash",
		},
		"another control character": {
			vfs.Error{Op: "name", Path: "c\x07d", Kind: vfs.KindBadName, Reply: "a name cannot hold control characters"}, "a control character (U+0007)", "Rename it", "",
		},
		"a proxy's password": {
			vfs.Error{Path: "h", Kind: vfs.KindProxyLogin}, "The proxy h did not accept", "ALL_PROXY=socks5://user:password@host:port", "provider",
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			kept := words.OfKind(tc.err.Kind, tc.err.Path, tc.err.Error(), words.CommandLine)
			for _, w := range []words.Words{words.Of(&tc.err, words.CommandLine), kept} {
				contains(t, w.Title, tc.title)
				contains(t, w.Remedy, tc.line)
				if tc.not != "" && strings.Contains(w.String(), tc.not) {
					t.Errorf("%q speaks of %q", w, tc.not)
				}
			}
			if w := words.Of(&tc.err, words.Window); strings.Contains(w.Remedy, "--") || strings.Contains(w.Remedy, "`wherry") {
				t.Errorf("the window speaks of the command line: %s", w.Remedy)
			}
		})
	}
}

// TestACopyHasAdviceOfItsOwn: to go on where it stopped, which only a copy can,
// and not to list a server for what is missing here.
func TestACopyHasAdviceOfItsOwn(t *testing.T) {
	lost := &vfs.Error{Op: "read", Path: "/a", Kind: vfs.KindLost}
	contains(t, words.Copying(lost.Kind, "/a", lost.Error(), false).Remedy, "--exists resume")
	if w := words.Of(lost, words.CommandLine); strings.Contains(w.Remedy, "--exists") {
		t.Errorf("ls has no such flag: %s", w.Remedy)
	}
	gone := &vfs.Error{Op: "stat", Path: "/a", Kind: vfs.KindNotFound}
	contains(t, words.Copying(gone.Kind, "/a", gone.Error(), false).Remedy, "`wherry ls`")
	for _, w := range []words.Words{words.Copying(gone.Kind, "/a", gone.Error(), true), words.Here(gone)} {
		contains(t, w.Remedy, "of this computer")
		if strings.Contains(w.Remedy, "wherry ls") {
			t.Errorf("wherry ls lists servers: %s", w.Remedy)
		}
	}
}

// TestARowOfTheQueueIsTriedAgainByItsNumber: no command needs to be run again.
func TestARowOfTheQueueIsTriedAgainByItsNumber(t *testing.T) {
	for kind, want := range map[vfs.Kind]string{
		vfs.KindLost:    "Check your network and try it again by `wherry queue retry 12`: it goes on where it stopped.",
		vfs.KindChanged: "Try it again by `wherry queue retry 12` when nobody writes to it any more.",
		vfs.KindBusy:    "Wait a little and try it again by `wherry queue retry 12`, and run the queue with fewer connections: --connections 1.",
		vfs.KindNoSpace: "Make room, or ask the provider for more, and try it again by `wherry queue retry 12`.",
	} {
		if got := words.Row(kind, "/a", "read /a: x", false, 12).Remedy; got != want {
			t.Errorf("%s: %s", kind, got)
		}
	}
	for kind := vfs.KindOther; kind <= vfs.KindOutside; kind++ {
		if got := words.Row(kind, "/a", "read /a: x", false, 12).Remedy; strings.Contains(got, "the command again") || strings.Contains(got, "start it again") || strings.Contains(got, "--exists resume") {
			t.Errorf("%s: %s", kind, got)
		}
	}
}

// TestAFolderWithFailuresIsNoRiddle: the queue keeps only how many there are.
func TestAFolderWithFailuresIsNoRiddle(t *testing.T) {
	w := words.OfKind(vfs.KindOther, "/mid", "6 of 8 entries failed", words.CommandLine)
	if want := `"/mid": 6 of 8 entries failed.`; w.Title != want {
		t.Errorf("it is %q, want %q", w.Title, want)
	}
	contains(t, w.Remedy, "`wherry queue list --failed`")
}

// TestTheQueueNamesThePartThatIsInTheWay although its row is about the file.
func TestTheQueueNamesThePartThatIsInTheWay(t *testing.T) {
	err := &vfs.Error{Op: "write", Path: "/d/a.wherry-part", Kind: vfs.KindIsDir, Reply: "553 Cannot store that"}
	contains(t, words.OfKind(err.Kind, "/d/a", err.Error(), words.CommandLine).Title, `A folder stands at "/d/a.wherry-part"`)
	renamed := &vfs.Error{Op: "rename", Path: "/d/a.wherry-part", Kind: vfs.KindExists}
	if got := words.OfKind(renamed.Kind, "/d/a", renamed.Error(), words.CommandLine).Title; got != `"/d/a" already exists.` {
		t.Errorf("a target that is taken: %s", got)
	}
}

// TestAKeychainIsSpokenOfWhereverItFailed: below a connection, and for the
// proxy's password in its own words.
func TestAKeychainIsSpokenOfWhereverItFailed(t *testing.T) {
	inner := &vfs.Error{Op: "read password", Kind: vfs.KindUnsupported, Reply: "there is no keychain here"}
	w := words.Of(&vfs.Error{Op: "connect", Path: "h", Kind: vfs.KindUnsupported, Reply: inner.Reply, Err: inner}, words.CommandLine)
	contains(t, w.Title, "The system's keychain could not be used: there is no keychain here.")
	contains(t, w.Remedy, "--password-stdin")
	kept := &vfs.Error{Op: "save password", Kind: vfs.KindPermission, Reply: "the system's keychain is locked"}
	contains(t, words.Of(kept, words.CommandLine).Remedy, "Unlock it and run this again, or give the password to each command that connects")
	w = words.Vault(inner, true, words.CommandLine)
	contains(t, w.Title, "The system's keychain could not be used")
	contains(t, w.Remedy, "ALL_PROXY=socks5://user:password@host:port")
	if strings.Contains(w.Remedy, "--password-stdin") {
		t.Errorf("it speaks of the server's password: %s", w.Remedy)
	}
}

func TestACertificateIsToldWithItsFingerprint(t *testing.T) {
	leaf := &x509.Certificate{
		Raw: []byte("leaf"), DNSNames: []string{"a.org"}, NotAfter: time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC),
		Subject: pkix.Name{CommonName: "a\x1b.org"}, Issuer: pkix.Name{CommonName: "Some CA"},
		RawSubject: []byte("a"), RawIssuer: []byte("b"),
	}
	q := trust.Question{Host: "h:21", Chain: []*x509.Certificate{leaf}, Problem: x509.UnknownAuthorityError{}, Fingerprint: "SHA256:00ff"}
	err := &vfs.Error{Op: "connect", Path: "h:21", Kind: vfs.KindCert, Reply: q.Fingerprint, Err: &trust.Refusal{Question: q}}
	w := words.Of(err, words.CommandLine)
	for _, part := range []string{"The certificate of h:21 is not trusted", "issued it, Some CA", "made for a.org", "expired on 2020-01-02"} {
		contains(t, w.Title, part)
	}
	contains(t, w.Remedy, "--trust SHA256:00ff")
	contains(t, words.Of(err, words.Window).Remedy, "SHA256:00ff")
	text := strings.Join(words.Certificate(q), "\n")
	for _, part := range []string{"h:21", `a\u{001b}.org`, "Some CA", "2020-01-02", "SHA256:00ff", "expired"} {
		contains(t, text, part)
	}
	q.Known = "SHA256:77"
	changed := words.Of(&vfs.Error{Kind: vfs.KindCert, Err: &trust.Refusal{Question: q}}, words.CommandLine)
	if !strings.HasPrefix(changed.Remedy, "Somebody may stand between you and the server") || !strings.HasPrefix(words.Certificate(q)[0], "Somebody may stand between") {
		t.Errorf("a certificate that changed is told as\n%s\n%s", changed, words.Certificate(q)[0])
	}
	contains(t, changed.Remedy, "--trust SHA256:00ff")
	if strings.Contains(text, "stand between") {
		t.Errorf("nothing changed: %s", text)
	}
	q.Fingerprint = "SHA256:" + strings.Repeat("0f", 32)
	for reason, problem := range map[string]error{
		"no known authority has signed it": x509.UnknownAuthorityError{},
		"it has expired":                   x509.CertificateInvalidError{Cert: leaf, Reason: x509.Expired, Detail: "current time 2026-01-02 is after 2025-01-02"},
		"it is not valid yet":              x509.CertificateInvalidError{Cert: leaf, Reason: x509.Expired, Detail: "current time 2024-01-02 is before 2025-01-02"},
		"it was made for another host":     x509.HostnameError{Certificate: leaf, Host: "h"},
	} {
		q.Problem = problem
		err := &vfs.Error{Op: "connect", Path: "h:21", Kind: vfs.KindCert, Reply: q.Fingerprint, Err: &trust.Refusal{Question: q}}
		kept := words.OfKind(vfs.KindCert, "h:21", err.Error(), words.CommandLine)
		contains(t, kept.Title, "The certificate of h:21 is not trusted: "+reason+".")
		contains(t, kept.Remedy, "--trust "+q.Fingerprint)
		q.Known = "SHA256:77"
		err.Err = &trust.Refusal{Question: q}
		contains(t, words.OfKind(vfs.KindCert, "h:21", err.Error(), words.CommandLine).Remedy, "Somebody may stand between you and the server")
		q.Known = ""
	}
	q.Fingerprint, q.Problem = "SHA256:00ff", x509.UnknownAuthorityError{}
	pinned := &vfs.Error{Kind: vfs.KindCert, Err: &trust.Refusal{Question: q, Pinned: "SHA256:11"}}
	contains(t, words.Of(pinned, words.CommandLine).Title, "not the one that was asked for")
}

func TestAnEndlessReplyIsCut(t *testing.T) {
	got := words.Of(&vfs.Error{Path: "/x", Kind: vfs.KindNotFound, Reply: "550 " + strings.Repeat("ä", 5000)}, words.Window)
	if len(got.Title) > 500 || !strings.Contains(got.Title, "…") {
		t.Errorf("%d bytes: %s", len(got.Title), got.Title)
	}
}

func TestARowOfTheQueueKeepsTheReply(t *testing.T) {
	err := &vfs.Error{Op: "store", Path: "/x", Kind: vfs.KindNoSpace, Reply: "552 quota exceeded"}
	got := words.OfKind(vfs.KindNoSpace, "/x", err.Error(), words.Window)
	if want := `There is no space left for "/x": the server answered "552 quota exceeded".`; got.Title != want {
		t.Errorf("got  %s\nwant %s", got.Title, want)
	}
	if got := words.OfKind(vfs.KindNoData, "/x", "", words.Window); got != words.Of(&vfs.Error{Path: "/x", Kind: vfs.KindNoData}, words.Window) {
		t.Errorf("without a message: %+v", got)
	}
}

// FuzzOf looks for a text that gets a control character or a password through.
func FuzzOf(f *testing.F) {
	f.Add("550 no", "/x", uint8(3))
	f.Add("ftp://u:hunter2@h", "u:hunter2@h", uint8(9))
	f.Add("\x1b[2J\u202e", "it", uint8(0))
	f.Fuzz(func(t *testing.T, reply, path string, kind uint8) {
		err := &vfs.Error{Path: path, Kind: vfs.Kind(kind), Reply: reply, Err: errors.New(reply)}
		for _, face := range []words.Face{words.CommandLine, words.Window} {
			for _, w := range []words.Words{words.Of(err, face), words.OfKind(vfs.Kind(kind), path, reply, face)} {
				if text := w.String(); !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) {
					t.Errorf("not fit for a terminal: %q", text)
				}
				if w.Title == "" || strings.Contains(w.Title, "%!(EXTRA") || strings.Contains(w.Title, "(MISSING)") {
					t.Errorf("title %q", w.Title)
				}
			}
		}
	})
}
