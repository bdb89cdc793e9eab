package session

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"wherry/sync/vfs"
)

// names maps paths to the server's bytes and back. Without an encoding the
// bytes are the name: what is not UTF-8 goes back as it came.
type names struct {
	enc   encoding.Encoding // nil for none
	label string            // the WHATWG's name for what the site asks for, "" for nothing
}

// utf8Label is the WHATWG's name for UTF-8.
const utf8Label = "utf-8"

// newNames takes a label of the WHATWG's list, "" for UTF-8.
func newNames(label string) (names, error) {
	if label == "" {
		return names{}, nil
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return names{}, &vfs.Error{Op: "connect", Kind: vfs.KindUnsupported, Reply: "unknown encoding " + label, Err: err}
	}
	if enc == unicode.UTF8 {
		return names{label: utf8Label}, nil
	}
	if canonical, err := htmlindex.Name(enc); err == nil {
		label = canonical
	}
	return names{enc, label}, nil
}

// encode returns p for a command. It fails with KindBadName where the encoding
// lacks a character.
func (n names) encode(p vfs.Path) (string, error) {
	if n.enc == nil {
		return p.String(), nil
	}
	elems := p.Elems()
	for i, elem := range elems {
		if !utf8.ValidString(elem) {
			continue // kept by decode, which could not read it
		}
		out, err := n.enc.NewEncoder().String(elem)
		if err != nil {
			return "", &vfs.Error{Op: "name", Path: p.String(), Kind: vfs.KindBadName, Reply: "the server's encoding has no such character", Err: err}
		}
		if strings.ContainsAny(out, "/\x00\r\n") {
			return "", &vfs.Error{Op: "name", Path: p.String(), Kind: vfs.KindBadName, Reply: "the name becomes another path in the server's encoding"}
		}
		elems[i] = out
	}
	return "/" + strings.Join(elems, "/"), nil
}

// decode returns a name of a listing. Bytes that would not come back the same
// are kept: the name is then shown escaped and can still be used.
func (n names) decode(raw string) string {
	if n.enc == nil {
		return raw
	}
	text, err := n.enc.NewDecoder().String(raw)
	if err != nil {
		return raw
	}
	if back, err := n.enc.NewEncoder().String(text); err != nil || back != raw {
		return raw
	}
	return text
}
