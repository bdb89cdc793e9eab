package session

import (
	"strings"

	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// home finds the login folder in the reply to PWD; a server that does not say
// has the root.
func (o *operation) home(r wire.Reply) (err error) {
	if r.Code != 257 {
		return nil
	}
	dir, ok := parsePWD(r.Text())
	if !ok {
		if dir, err = o.unquotedHome(r.Text()); err != nil {
			return err
		}
	}
	if p, err := vfs.Parse(o.names.decode(dir)); err == nil {
		o.facts.Home = p
	}
	return nil
}

// unquotedHome finds the folder in "257 /a b is the current folder": the
// longest beginning of the text, cut at a space, that can be entered. The
// session stands there already.
func (o *operation) unquotedHome(text string) (string, error) {
	if !strings.HasPrefix(text, "/") || strings.Contains(text, `"`) {
		return "", nil
	}
	for range maxHomeWords {
		r, err := o.ctl.Command("CWD " + text)
		switch {
		case err != nil:
			return "", err
		case r.OK():
			return text, nil
		}
		i := strings.LastIndexByte(text, ' ')
		if i < 0 {
			break
		}
		text = strings.TrimRight(text[:i], " ")
	}
	return "", nil
}

// maxHomeWords bounds what unquotedHome tries.
const maxHomeWords = 8

// parsePWD reads the folder of `257 "/a ""quoted"" name" is the folder`: RFC
// 959 appendix II doubles a quote that is part of the name. ok is false where
// no quoted absolute name stands.
func parsePWD(text string) (dir string, ok bool) {
	_, rest, found := strings.Cut(text, `"`)
	if !found {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] != '"':
			b.WriteByte(rest[i])
		case i+1 < len(rest) && rest[i+1] == '"':
			b.WriteByte('"')
			i++
		default:
			dir = b.String()
			return dir, strings.HasPrefix(dir, "/")
		}
	}
	return "", false
}
