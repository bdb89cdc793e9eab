package cli

import (
	"context"
	"path"
	"slices"
	"strings"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// found is one thing on a site that an argument names.
type found struct {
	remote
	entry vfs.Entry
}

// expand returns what r names: the file or folder of exactly that name, or
// where there is none and the last name is a pattern (path.Match), all that
// match it, by name. Nothing found is KindNotFound. The top of a file system
// and a login folder that was not named are folders without asking. With through a
// link to a folder may be told as that.
func expand(ctx context.Context, r remote, through bool) ([]found, error) {
	if r.path.IsRoot() || !r.hasPath {
		return []found{{r, vfs.Entry{Name: r.path.Base(), Type: vfs.TypeDir, Size: vfs.SizeUnknown}}}, nil
	}
	pattern := r.path.Base()
	look := r.fs.Stat
	if through {
		look = func(ctx context.Context, p vfs.Path) (vfs.Entry, error) { return vfs.Glimpse(ctx, r.fs, p) }
	}
	entry, err := look(ctx, r.path)
	switch {
	case err == nil:
		return []found{{r, entry}}, nil
	case !strings.ContainsAny(pattern, "*?[") || !absent(err):
		return nil, err
	}
	entries, listErr := r.fs.List(ctx, r.path.Dir())
	if listErr != nil {
		return nil, listErr
	}
	var all []found
	for _, e := range entries {
		// As in a shell, a pattern meets a hidden name only when it begins
		// with the dot itself.
		if strings.HasPrefix(e.Name, ".") && !strings.HasPrefix(pattern, ".") {
			continue
		}
		match, badPattern := path.Match(pattern, e.Name)
		if badPattern != nil {
			return nil, err
		}
		p, badName := r.path.Dir().Join(e.Name)
		if !match || badName != nil {
			continue
		}
		one := found{r, e}
		one.path = p
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, unmatched(r)
	}
	slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.entry.Name, b.entry.Name) })
	return all, nil
}

// unmatched is a pattern that meets nothing.
func unmatched(r remote) error {
	return &vfs.Error{Op: "match", Path: r.path.String(), Kind: vfs.KindNotFound}
}

// absent tells a missing name from other failures. A server may refuse a name
// that its system cannot hold at all.
func absent(err error) bool {
	kind := vfs.KindOf(err)
	return kind == vfs.KindNotFound || kind == vfs.KindBadName
}

// whole is expand without the files that are not whole yet: somebody may be writing
// to them. It says which ones those are. A name that is written, or a pattern that
// ends as they do, means them.
func (s *session) whole(ctx context.Context, r remote, through bool) ([]found, error) {
	all, err := expand(ctx, r, through)
	if err != nil || strings.HasSuffix(r.path.Base(), transfer.Suffix) {
		return all, err
	}
	all = slices.DeleteFunc(all, func(f found) bool {
		half := f.path != r.path && f.entry.Type == vfs.TypeFile && transfer.IsPart(f.entry.Name)
		if half {
			s.notice("wherry: %s was left out: it is not whole. Name it, or *%s, if you mean it.", vfs.Readable(f.path.String()), transfer.Suffix)
		}
		return half
	})
	if len(all) == 0 {
		return nil, unmatched(r)
	}
	return all, nil
}

// expandAll resolves and expands each TARGET of a command in turn.
func (s *session) expandAll(ctx context.Context, args []string) ([]found, error) {
	var all []found
	for _, arg := range args {
		r, err := s.remote(ctx, arg)
		if err != nil {
			return nil, err
		}
		some, err := s.whole(ctx, r, false) // a link is removed itself
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}
