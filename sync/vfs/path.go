package vfs

import (
	"strings"
)

// MaxPath is the longest Path in bytes. Linux stops at 4096; servers that
// accept more are unknown, and a bound keeps hostile listings from growing
// names without end.
const MaxPath = 4096

// Path is an absolute, clean, slash-separated name inside one FS.
//
// A Path always begins with "/", holds no empty, "." or ".." element and no
// NUL, CR or LF, so it can be put into an FTP command line (RFC 959, 5.3.1) or
// joined under a root without a further check. The bytes are otherwise the
// file system's own: a name that is not UTF-8 keeps its bytes. The zero value
// is the root. Paths compare with ==.
type Path struct {
	rest string // "" for the root, else "/a/b" without a trailing slash
}

// Root returns the top of a file system.
func Root() Path { return Path{} }

// Parse makes a Path of an absolute slash-separated name. Repeated slashes, a
// trailing slash and "." elements are dropped. It fails with KindBadName when
// the name is not absolute, holds "..", NUL, CR or LF, or is longer than
// MaxPath.
func Parse(name string) (Path, error) {
	if !strings.HasPrefix(name, "/") {
		return Path{}, badName(name, "the name does not begin with a slash")
	}
	p := Path{}
	for elem := range strings.SplitSeq(name, "/") {
		if elem == "" || elem == "." {
			continue
		}
		var err error
		if p, err = p.Join(elem); err != nil {
			return Path{}, err
		}
	}
	return p, nil
}

// MustParse is Parse for names that stand in the source; it panics on a bad
// one.
func MustParse(name string) Path {
	p, err := Parse(name)
	if err != nil {
		panic(err)
	}
	return p
}

// Join appends one element. It fails with KindBadName when the element is
// empty, "." or "..", holds a slash, NUL, CR or LF, or makes the path longer
// than MaxPath. It is the only way from a name in a listing to a Path, which
// is what keeps a hostile listing inside the folder it was asked for.
func (p Path) Join(elem string) (Path, error) {
	switch {
	case elem == "":
		return Path{}, badName(elem, "the name is empty")
	case elem == "." || elem == "..":
		return Path{}, badName(elem, "the name means another folder")
	case strings.ContainsAny(elem, "/\x00\r\n"):
		return Path{}, badName(elem, "the name holds a slash or a control character")
	case len(p.rest)+1+len(elem) > MaxPath:
		return Path{}, badName(elem, "the path is too long")
	}
	return Path{rest: p.rest + "/" + elem}, nil
}

// String returns the path with its leading slash; "/" for the root.
func (p Path) String() string {
	if p.rest == "" {
		return "/"
	}
	return p.rest
}

// Base returns the last element, "" for the root.
func (p Path) Base() string { return p.rest[strings.LastIndexByte(p.rest, '/')+1:] }

// Dir returns the folder that holds p; the root's is the root.
func (p Path) Dir() Path {
	if i := strings.LastIndexByte(p.rest, '/'); i > 0 {
		return Path{rest: p.rest[:i]}
	}
	return Path{}
}

// IsRoot says whether p is the top.
func (p Path) IsRoot() bool { return p.rest == "" }

// Elems returns the elements from the top down; none for the root.
func (p Path) Elems() []string {
	if p.rest == "" {
		return nil
	}
	return strings.Split(p.rest[1:], "/")
}

// Holds says whether q is p itself or lies below it.
func (p Path) Holds(q Path) bool {
	return p == q || strings.HasPrefix(q.rest, p.rest+"/")
}

func badName(name, why string) error {
	return &Error{Op: "name", Path: name, Kind: KindBadName, Reply: why}
}
