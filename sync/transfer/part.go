package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"wherry/sync/vfs"
)

// maxName is the longest name in bytes that common disks take.
const maxName = 255

// PartName returns the name that p has while it is not whole: in the same
// folder, so that the last step is a rename, and p's own name with Suffix.
// Where that is longer than 255 bytes the name is cut and told apart by a
// hash. It fails with KindBadName for the root and where the path would be
// longer than vfs.MaxPath.
func PartName(p vfs.Path) (vfs.Path, error) {
	if p.IsRoot() {
		return vfs.Path{}, &vfs.Error{Op: "name", Path: p.String(), Kind: vfs.KindBadName, Reply: "the top is no file"}
	}
	base := p.Base()
	if len(base)+len(Suffix) > maxName {
		sum := sha256.Sum256([]byte(base))
		mark := "~" + hex.EncodeToString(sum[:8])
		base = cut(base, maxName-len(Suffix)-len(mark)) + mark
	}
	return p.Dir().Join(base + Suffix)
}

// IsPart tells whether a name is one that PartName gives.
func IsPart(name string) bool {
	return len(name) > len(Suffix) && strings.HasSuffix(name, Suffix)
}

// cut returns at most n bytes of name without splitting a character.
func cut(name string, n int) string {
	if len(name) <= n {
		return name
	}
	for i := n; i > 0 && i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(name[i]) {
			return name[:i]
		}
	}
	return name[:n]
}

// numbered returns the n-th name to keep both by: "name (2).txt".
func numbered(base string, n int) string {
	stem, ext := base, ""
	if i := strings.LastIndexByte(base, '.'); i > 0 {
		stem, ext = base[:i], base[i:]
	}
	if rest, ok := strings.CutSuffix(stem, ".tar"); ok && rest != "" {
		stem, ext = rest, ".tar"+ext
	}
	mark := " (" + strconv.Itoa(n) + ")"
	if len(ext) > maxName/2 {
		stem, ext = base, ""
	}
	return cut(stem, maxName-len(mark)-len(ext)) + mark + ext
}
