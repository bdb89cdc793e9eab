package vfs

import "context"

// MaxDepth is how many folders deep a walk goes. A real tree of this depth is
// unknown; a server that answers every listing with one more folder is not.
const MaxDepth = 128

// MaxEntries is how many entries one walk, one removal or one job of the queue
// takes. MaxDepth alone bounds nothing: a server that shows two folders in
// every folder has 2^128 of them.
const MaxEntries = 5_000_000

// Visit is called by Walk for each entry: a folder before its content, and
// once more after it with leaving set. An error ends the walk and is
// returned.
type Visit func(p Path, e Entry, leaving bool) error

// Walk visits everything below dir, depth first, in the file system's order,
// and not dir itself. Links are visited and never followed, so it cannot go
// round. A name that Path.Join refuses is given to refused, before anything
// else of its folder is visited, and left out; a tree deeper than MaxDepth, or
// of more than MaxEntries, ends it with KindProtocol.
func Walk(ctx context.Context, f FS, dir Path, visit Visit, refused func(dir Path, e Entry, err error)) error {
	w := walker{f: f, visit: visit, refused: refused, bound: bound{op: "walk", left: MaxEntries}}
	return w.walk(ctx, dir, 1)
}

type walker struct {
	f       FS
	visit   Visit
	refused func(Path, Entry, error)
	bound
}

// bound is what is left of MaxEntries.
type bound struct {
	op   string
	left int
}

// take counts the entries of a folder, and fails where one more is too many
// or too deep.
func (b *bound) take(dir Path, entries, depth int) error {
	b.left -= entries
	switch {
	case depth > MaxDepth:
		return &Error{Op: b.op, Path: dir.String(), Kind: KindProtocol, Reply: "folders are nested too deep"}
	case b.left < 0:
		return &Error{Op: b.op, Path: dir.String(), Kind: KindProtocol, Reply: "there are too many entries"}
	}
	return nil
}

func (w *walker) walk(ctx context.Context, dir Path, depth int) error {
	if err := w.take(dir, 0, depth); err != nil {
		return err
	}
	entries, err := w.f.List(ctx, dir)
	if err != nil {
		return err
	}
	if err := w.take(dir, len(entries), depth); err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := dir.Join(e.Name); err != nil {
			w.refused(dir, e, err)
		}
	}
	for _, e := range entries {
		p, err := dir.Join(e.Name)
		if err != nil {
			continue
		}
		if err := w.visit(p, e, false); err != nil {
			return err
		}
		if e.Type != TypeDir {
			continue
		}
		if err := w.walk(ctx, p, depth+1); err != nil {
			return err
		}
		if err := w.visit(p, e, true); err != nil {
			return err
		}
	}
	return nil
}

// RemoveAll deletes p and, where e says that it is a folder, everything in
// it. removed is called after each deletion. A name that cannot be a Path
// stops it before its folder is touched, and so does what is deeper than
// MaxDepth or beyond MaxEntries (KindProtocol). What was deleted before an
// error stays deleted.
//
// No link is followed, not even one that is listed as a folder, as pyftpdlib
// does in MLSD: every folder is first deleted as a file, which takes a link
// away and which every file system refuses for a folder. For a folder a
// Confiner is held to where p lies, so that one swapped for a link meanwhile
// leads nowhere.
func RemoveAll(ctx context.Context, f FS, p Path, e Entry, removed func(Path)) error {
	if able, ok := f.(Confiner); ok && e.Type == TypeDir {
		confined, err := able.Confine(p.Dir())
		if err != nil {
			return err
		}
		defer func() { _ = confined.Close() }() // nothing of it is open any more
		f = confined
	}
	r := remover{f: f, removed: removed, bound: bound{op: "remove", left: MaxEntries}}
	return r.remove(ctx, p, e, 1)
}

type remover struct {
	f       FS
	removed func(Path)
	bound
}

func (r *remover) remove(ctx context.Context, p Path, e Entry, depth int) error {
	if err := r.take(p, 0, depth); err != nil {
		return err
	}
	err := r.f.Remove(ctx, p)
	if err != nil && e.Type == TypeDir && !KindOf(err).Temporary() && KindOf(err) != KindCancelled {
		err = r.removeFolder(ctx, p, depth)
	}
	if err == nil {
		r.removed(p)
	}
	return err
}

func (r *remover) removeFolder(ctx context.Context, dir Path, depth int) error {
	entries, err := r.f.List(ctx, dir)
	if err != nil {
		return err
	}
	if err := r.take(dir, len(entries), depth); err != nil {
		return err
	}
	paths := make([]Path, len(entries))
	for i, e := range entries {
		if paths[i], err = dir.Join(e.Name); err != nil {
			return err
		}
	}
	for i, e := range entries {
		if err := r.remove(ctx, paths[i], e, depth+1); err != nil {
			return err
		}
	}
	return r.f.RemoveDir(ctx, dir)
}
