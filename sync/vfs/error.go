package vfs

import (
	"context"
	"errors"
	"strings"
)

// Kind sorts errors by what a caller can do about them. Callers branch on the
// Kind, never on text; words for people are made from it at the face.
type Kind uint8

// The kinds. Their order is of no meaning; KindOther is the zero value.
const (
	KindOther       Kind = iota
	KindNotFound         // no such file or folder
	KindExists           // the name is taken
	KindPermission       // the file system refuses this person
	KindNotEmpty         // a folder to be removed has content
	KindNotDir           // a file stands where a folder is needed
	KindIsDir            // a folder stands where a file is needed
	KindNoSpace          // disk full or quota reached; do not retry
	KindUnsupported      // this file system cannot do that at all
	KindBadName          // the name cannot be used here
	KindChanged          // the file is not what it was when the work began
	KindSize             // fewer or more bytes arrived than were announced
	KindHash             // the same number of bytes, but not the same bytes

	KindCancelled  // a person or a shutdown ended it
	KindTimeout    // nothing moved for the allowed time
	KindLost       // the connection broke after it stood
	KindHost       // the host name has no address
	KindRefused    // nobody listens, or the network cannot be reached
	KindNotFTP     // something else than an FTP server answered
	KindLogin      // user or password refused; never retried by itself
	KindProxyLogin // the proxy on the way wants another user or password; never retried by itself
	KindTLS        // TLS was asked for and refused, or the handshake failed
	KindCert       // the certificate is not trusted, or has changed
	KindNoData     // no data connection in any allowed mode
	KindBusy       // too many connections, or "try later" (421, 450)
	KindProtocol   // the server's answer makes no sense or breaks a limit
	KindUnreadable // a listing is cut or cannot be read
	KindNoSite     // the site that was meant is no longer saved
	KindOutside    // a link on the way leads out of the folder that was chosen
)

var kindNames = [...]string{
	KindOther: "other", KindNotFound: "not_found", KindExists: "exists",
	KindPermission: "permission", KindNotEmpty: "not_empty", KindNotDir: "not_a_folder",
	KindIsDir: "is_a_folder", KindNoSpace: "no_space", KindUnsupported: "unsupported",
	KindBadName: "bad_name", KindChanged: "changed", KindSize: "size", KindHash: "hash",
	KindCancelled: "cancelled", KindTimeout: "timeout", KindLost: "connection_lost",
	KindHost: "unknown_host", KindRefused: "refused", KindNotFTP: "not_ftp",
	KindLogin: "login", KindProxyLogin: "proxy_login", KindTLS: "tls", KindCert: "certificate", KindNoData: "no_data_connection",
	KindBusy: "busy", KindProtocol: "protocol", KindUnreadable: "unreadable_listing",
	KindNoSite: "no_site", KindOutside: "outside",
}

// String returns the word that stands in JSON output and in the queue's
// journal; it is part of the command line's contract.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "other"
}

// ParseKind is the inverse of String; an unknown word is KindOther.
func ParseKind(word string) Kind {
	for k, name := range kindNames {
		if name == word {
			return Kind(k)
		}
	}
	return KindOther
}

// Temporary says whether trying again later, unchanged, can help.
func (k Kind) Temporary() bool {
	switch k {
	case KindTimeout, KindLost, KindRefused, KindBusy, KindSize, KindHash, KindHost, KindNoData, KindChanged:
		return true
	}
	return false
}

// Error is the one error type of file systems. Err, when set, is the cause.
type Error struct {
	// Op is what was tried: a lower-case verb such as "list" or "connect".
	Op string
	// Path is what it was tried on: a path, or the host while connecting.
	Path string
	Kind Kind
	// Reply is the server's own answer with its code, or what was found;
	// "" where there is none. It never holds a secret.
	Reply string
	// Asked is how many bytes were asked for at once, before any was written,
	// with KindNoSpace: this file alone has no room, and a smaller one may. Zero:
	// the place is full.
	Asked int64
	// Untouched, with KindPermission: a Writer was refused before the server had
	// agreed to take anything, so what stood under its name most likely still does.
	Untouched bool
	Err       error
}

// Error returns one line for logs. Faces make their own words from the fields.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Path != "" {
		b.WriteString(" " + Readable(e.Path))
	}
	b.WriteString(": " + e.Kind.String())
	if e.Reply != "" {
		b.WriteString(": " + Readable(e.Reply))
	}
	if e.Err != nil {
		b.WriteString(": " + causeLine(e.Err))
	}
	return b.String()
}

// causeLine is the cause's text made safe to show: errors of other packages
// carry names and replies as they came. One of ours is so already.
func causeLine(err error) string {
	if own, ok := err.(*Error); ok {
		return own.Error()
	}
	return Readable(err.Error())
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the Kind of the first *Error in err's chain. Context errors
// without one are KindCancelled and KindTimeout; anything else, and nil, is
// KindOther.
func KindOf(err error) Kind {
	if err == nil {
		return KindOther
	}
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.Canceled):
		return KindCancelled
	case errors.Is(err, context.DeadlineExceeded):
		return KindTimeout
	}
	return KindOther
}
