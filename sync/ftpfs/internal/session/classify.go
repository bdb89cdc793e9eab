package session

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// oneLine is a refusal as it stands in errors.
func oneLine(r *textproto.Error) string {
	return fmt.Sprintf("%d %s", r.Code, strings.ReplaceAll(strings.TrimSpace(r.Msg), "\n", "; "))
}

// words are what the four servers, FileZilla Server and IIS say; the first
// that is found decides. RFC 959 has one code, 550, for most of it.
var words = []struct {
	text string
	kind vfs.Kind
}{
	{"no such file", vfs.KindNotFound},
	{"no such directory", vfs.KindNotFound},
	{"not found", vfs.KindNotFound},
	{"cannot find", vfs.KindNotFound},
	{"does not exist", vfs.KindNotFound},
	{"doesn't exist", vfs.KindNotFound},
	{"not empty", vfs.KindNotEmpty},
	{"already exists", vfs.KindExists},
	{"file exists", vfs.KindExists},
	{"not a directory", vfs.KindNotDir},
	{"is a directory", vfs.KindIsDir},
	{"not a regular file", vfs.KindIsDir}, // ProFTPD, of a folder
	{"no space", vfs.KindNoSpace},
	{"disk full", vfs.KindNoSpace},
	{"quota", vfs.KindNoSpace},
	{"failure writing to local file", vfs.KindNoSpace}, // vsftpd, of a full disk and of a quota
	{"permission", vfs.KindPermission},
	{"denied", vfs.KindPermission},
	{"not permitted", vfs.KindPermission},
	{"read-only", vfs.KindPermission},
	{"prohibited", vfs.KindBadName},             // Pure-FTPd, of a backslash
	{"invalid directory name", vfs.KindBadName}, // ProFTPD, of a pattern's characters
	{"not implemented", vfs.KindUnsupported},
	{"not supported", vfs.KindUnsupported},
	{"not understood", vfs.KindUnsupported},
}

// codes decide where the words do not.
var codes = map[int]vfs.Kind{
	421: vfs.KindBusy, 425: vfs.KindNoData, 426: vfs.KindLost,
	430: vfs.KindLogin, 450: vfs.KindBusy, 451: vfs.KindBusy, 452: vfs.KindNoSpace,
	500: vfs.KindUnsupported, 502: vfs.KindUnsupported, 504: vfs.KindUnsupported,
	521: vfs.KindTLS, 522: vfs.KindTLS, 534: vfs.KindTLS, 535: vfs.KindTLS,
	530: vfs.KindLogin, 532: vfs.KindLogin, 552: vfs.KindNoSpace,
}

// kindOf sorts a refusal by its code and words. KindOther means that the
// server was not clear; look may then find out.
func kindOf(code int, text string) vfs.Kind {
	text = strings.ToLower(text)
	switch {
	case code == 421 && (strings.Contains(text, "time") || strings.Contains(text, "idle")):
		return vfs.KindLost
	case code == 530 && wire.TooMany(text):
		return vfs.KindBusy
	case code == 450, code == 451, code == 550, code == 553, code == 501:
		for _, w := range words {
			if strings.Contains(text, w.text) {
				return w.kind
			}
		}
	}
	return codes[code]
}

// saysMissing says whether r means that nothing stands under a name, and can mean
// nothing else.
func saysMissing(r wire.Reply) bool {
	text := strings.ToLower(r.Text())
	return r.Code == 550 && (kindOf(r.Code, text) == vfs.KindNotFound ||
		strings.Contains(text, "can't check for file existence") || // Pure-FTPd, to MLST
		strings.Contains(text, "cannot be listed")) // ProFTPD, to MLST
}

// unclear says whether err is a refusal that leaves open what is wrong.
func unclear(err error) bool {
	var refusal *textproto.Error
	if !errors.As(err, &refusal) {
		return false
	}
	switch kindOf(refusal.Code, refusal.Msg) {
	case vfs.KindOther, vfs.KindBusy, vfs.KindUnsupported:
		return refusal.Code/100 == 5 && refusal.Code >= 550 || refusal.Code == 450 || refusal.Code == 451
	}
	return false
}

// explain gives err, the refusal of a command on p, the Kind that a look at p
// and the folder above it finds. judge says what a thing of that type means;
// KindOther where it means nothing special, which leaves the person's rights.
func (o *operation) explain(err error, p vfs.Path, judge func(vfs.Entry) vfs.Kind) error {
	var refusal *textproto.Error
	if !unclear(err) || !errors.As(err, &refusal) {
		return err
	}
	kind := o.look(p, judge)
	if kind == vfs.KindPermission && refusal.Code < 500 {
		kind = vfs.KindBusy // nothing is wrong that can be seen, and 4xx means "later"
	}
	return o.kinded(kind, oneLine(refusal))
}

func (o *operation) look(p vfs.Path, judge func(vfs.Entry) vfs.Kind) vfs.Kind {
	e, err := o.stat(p)
	if err == nil {
		if kind := judge(e); kind != vfs.KindOther {
			return kind
		}
		return vfs.KindPermission
	}
	if o.kind(err) == vfs.KindNotFound && judge(vfs.Entry{}) == vfs.KindNotFound {
		return vfs.KindNotFound
	}
	// p need not exist, or its folder could not be looked into: is there a
	// place for it? vsftpd cannot tell below a folder that is missing.
	for dir := p.Dir(); !dir.IsRoot(); dir = dir.Dir() {
		e, err := o.stat(dir)
		switch {
		case err == nil && e.Type == vfs.TypeFile:
			return vfs.KindNotDir
		case err == nil:
			return vfs.KindPermission
		case o.kind(err) == vfs.KindNotFound:
			return vfs.KindNotFound
		}
	}
	return vfs.KindPermission
}

// kind is what fault would make of err.
func (o *operation) kind(err error) vfs.Kind { return vfs.KindOf(o.fault(err)) }
