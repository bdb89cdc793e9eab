package vfs

import "context"

// MaxDepth is how many folders deep a walk goes. A real tree of this depth is
// unknown; a server that answers every listing with one more folder is not.
const MaxDepth = 128

// Visit is called by Walk for each entry: a folder before its content, and
// once more after it with leaving set. An error ends the walk and is
// returned.
type Visit func(p Path, e Entry, leaving bool) error

// Walk visits everything below dir, depth first, in the file system's order,
// and not dir itself. Links are visited and never followed, so it cannot go
// round. A name that Path.Join refuses is given to refused, before anything
// else of its folder is visited, and left out; a tree deeper than MaxDepth
// ends it with KindProtocol.
func Walk(ctx context.Context, f FS, dir Path, visit Visit, refused func(dir Path, e Entry, err error)) error {
	return walk(ctx, f, dir, visit, refused, 1)
}

func walk(ctx context.Context, f FS, dir Path, visit Visit, refused func(Path, Entry, error), depth int) error {
	if depth > MaxDepth {
		return &Error{Op: "walk", Path: dir.String(), Kind: KindProtocol, Reply: "folders are nested too deep"}
	}
	entries, err := f.List(ctx, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := dir.Join(e.Name); err != nil {
			refused(dir, e, err)
		}
	}
	for _, e := range entries {
		p, err := dir.Join(e.Name)
		if err != nil {
			continue
		}
		if err := visit(p, e, false); err != nil {
			return err
		}
		if e.Type != TypeDir {
			continue
		}
		if err := walk(ctx, f, p, visit, refused, depth+1); err != nil {
			return err
		}
		if err := visit(p, e, true); err != nil {
			return err
		}
	}
	return nil
}

// RemoveAll deletes p and, where e says that it is a folder, everything in
// it. removed is called after each deletion. A name that cannot be a Path
// stops it before its folder is touched. What was deleted before an error
// stays deleted.
//
// No link is followed, not even one that is listed as a folder, as pyftpdlib
// does in MLSD: every folder is first deleted as a file, which takes a link
// away and which every file system refuses for a folder.
func RemoveAll(ctx context.Context, f FS, p Path, e Entry, removed func(Path)) error {
	return removeAll(ctx, f, p, e, removed, 1)
}

func removeAll(ctx context.Context, f FS, p Path, e Entry, removed func(Path), depth int) error {
	if depth > MaxDepth {
		return &Error{Op: "remove", Path: p.String(), Kind: KindProtocol, Reply: "folders are nested too deep"}
	}
	err := f.Remove(ctx, p)
	if err != nil && e.Type == TypeDir && !KindOf(err).Temporary() && KindOf(err) != KindCancelled {
		err = removeFolder(ctx, f, p, removed, depth)
	}
	if err == nil {
		removed(p)
	}
	return err
}

func removeFolder(ctx context.Context, f FS, dir Path, removed func(Path), depth int) error {
	entries, err := f.List(ctx, dir)
	if err != nil {
		return err
	}
	paths := make([]Path, len(entries))
	for i, e := range entries {
		if paths[i], err = dir.Join(e.Name); err != nil {
			return err
		}
	}
	for i, e := range entries {
		if err := removeAll(ctx, f, paths[i], e, removed, depth+1); err != nil {
			return err
		}
	}
	return f.RemoveDir(ctx, dir)
}
