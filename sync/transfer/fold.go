package transfer

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"wherry/sync/vfs"
)

// FoldName returns the name in a form in which two names are equal where a
// file system with these features takes them for one. It folds rune by rune,
// as NTFS does; a file system that folds further ("ß" and "ss") answers for
// the other name itself, which Run notices.
func FoldName(name string, can vfs.Features) string {
	if can.FoldsForm {
		name = norm.NFC.String(name)
	}
	if can.FoldsCase {
		name = foldCase(name)
	}
	return name
}

// foldCase leaves bytes that are not UTF-8 apart from each other, which
// strings.Map would not.
func foldCase(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	for i, r := range name {
		if r == utf8.RuneError {
			_, size := utf8.DecodeRuneInString(name[i:])
			b.WriteString(name[i : i+size])
			continue
		}
		b.WriteRune(foldRune(r))
	}
	return b.String()
}

// foldRune returns the least of the runes that differ in case only.
func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// asSpelled fails where what answers to the target's name has another one: a
// file system that folds names would let the new file take its place, and
// nobody has seen that it would.
// Skip replaces nothing, and Rename looks for itself.
func (r *run) asSpelled(ctx context.Context) error {
	switch {
	case r.job.Exists == Skip, r.job.Exists == Rename, !r.to.FoldsCase && !r.to.FoldsForm, r.job.Spellings.has(r.target):
		return nil
	}
	entries, err := r.job.Target.FS.List(ctx, r.target.Dir())
	if err != nil {
		return err
	}
	r.job.Spellings.keep(r.target.Dir(), entries)
	base, there, reason := r.target.Base(), r.target, "another name answers to it"
	for _, e := range entries {
		switch {
		case e.Name == base:
			return nil
		case FoldName(e.Name, r.to) == FoldName(base, r.to):
			if there, err = r.target.Dir().Join(e.Name); err != nil {
				return err
			}
			reason = "it stands there"
		}
	}
	if there == r.target && strings.HasPrefix(base, ".") {
		return nil // servers leave hidden names out of their listings
	}
	return &vfs.Error{
		Op: "transfer", Path: there.String(), Kind: vfs.KindExists,
		Reply: reason + ", and is one with the name " + base + " on this file system",
	}
}
