package memfs

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"time"

	"wherry/sync/vfs"
)

// List implements vfs.FS; the order is that in which the names came.
func (f *FS) List(ctx context.Context, dir vfs.Path) ([]vfs.Entry, error) {
	after, err := f.begin(ctx, OpList, dir)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n, at, err := f.resolveLocked(OpList, dir, true, 0)
	if err != nil {
		return nil, err
	}
	if n.typ != vfs.TypeDir {
		return nil, fail(OpList, dir, vfs.KindNotDir)
	}
	entries := make([]vfs.Entry, 0, len(n.order))
	for _, name := range n.order {
		p, err := at.Join(name)
		if err != nil {
			return nil, err
		}
		entries = append(entries, f.entryLocked(p, n.children[name]))
	}
	return entries, after
}

// Stat implements vfs.FS.
func (f *FS) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	after, err := f.begin(ctx, OpStat, p)
	if err != nil {
		return vfs.Entry{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.findLocked(OpStat, p, false)
	if err != nil {
		// The contract knows one word for a name that is not there.
		return vfs.Entry{}, fail(OpStat, p, vfs.KindNotFound)
	}
	return f.entryLocked(p, n), after
}

func (f *FS) entryLocked(p vfs.Path, n *node) vfs.Entry {
	e := vfs.Entry{
		Name: p.Base(), Type: n.typ, Size: int64(len(n.data)),
		ModTime: n.modTime, Accuracy: f.features.TimeStep,
		Mode: n.mode, HasMode: true, Owner: "someone", Group: "people", Target: n.target,
	}
	if size, ok := f.announce[p]; ok {
		e.Size = size
	}
	if n.typ == vfs.TypeLink {
		if behind, err := f.findLocked(OpStat, p, true); err == nil {
			e.TargetType = behind.typ
		}
	}
	return e
}

// Rename implements vfs.FS.
func (f *FS) Rename(ctx context.Context, from, to vfs.Path, replace bool) error {
	after, err := f.begin(ctx, OpRename, from)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	source, err := f.parentLocked(OpRename, from)
	if err != nil {
		return err
	}
	spelled, n, ok := f.childLocked(source, from.Base())
	if !ok {
		return fail(OpRename, from, vfs.KindNotFound)
	}
	target, err := f.parentLocked(OpRename, to)
	switch {
	case err != nil:
		return err
	case from == to:
		return after
	case from.Holds(to):
		return fail(OpRename, to, vfs.KindBadName)
	}
	if _, there, taken := f.childLocked(target, to.Base()); taken && there != n {
		switch {
		case !replace, !f.features.Replaces:
			return fail(OpRename, to, vfs.KindExists)
		case there.typ == vfs.TypeDir, n.typ == vfs.TypeDir:
			return fail(OpRename, to, vfs.KindExists)
		}
	}
	source.drop(spelled)
	f.addLocked(target, to.Base(), n)
	return after
}

// Remove implements vfs.FS.
func (f *FS) Remove(ctx context.Context, p vfs.Path) error {
	return f.change(ctx, OpRemove, p, func(dir *node, n *node) error {
		if n.typ == vfs.TypeDir {
			return fail(OpRemove, p, vfs.KindIsDir)
		}
		f.dropLocked(dir, p.Base())
		return nil
	})
}

// RemoveDir implements vfs.FS.
func (f *FS) RemoveDir(ctx context.Context, p vfs.Path) error {
	return f.change(ctx, OpRemoveDir, p, func(dir *node, n *node) error {
		switch {
		case n.typ != vfs.TypeDir:
			return fail(OpRemoveDir, p, vfs.KindNotDir)
		case len(n.children) > 0:
			return fail(OpRemoveDir, p, vfs.KindNotEmpty)
		}
		f.dropLocked(dir, p.Base())
		return nil
	})
}

// change finds an existing name and its folder under the lock.
func (f *FS) change(ctx context.Context, op Op, p vfs.Path, do func(dir, n *node) error) error {
	after, err := f.begin(ctx, op, p)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, err := f.parentLocked(op, p)
	if err != nil {
		return err
	}
	_, n, ok := f.childLocked(dir, p.Base())
	if !ok {
		return fail(op, p, vfs.KindNotFound)
	}
	if err := do(dir, n); err != nil {
		return err
	}
	return after
}

// Mkdir implements vfs.FS.
func (f *FS) Mkdir(ctx context.Context, p vfs.Path) error {
	after, err := f.begin(ctx, OpMkdir, p)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.IsRoot() {
		return fail(OpMkdir, p, vfs.KindExists)
	}
	dir, err := f.parentLocked(OpMkdir, p)
	if err != nil {
		return err
	}
	if _, _, taken := f.childLocked(dir, p.Base()); taken {
		return fail(OpMkdir, p, vfs.KindExists)
	}
	f.addLocked(dir, p.Base(), &node{typ: vfs.TypeDir, mode: 0o755, modTime: f.now(), children: map[string]*node{}})
	return after
}

// SetTime implements vfs.FS.
func (f *FS) SetTime(ctx context.Context, p vfs.Path, t time.Time) error {
	can := func(has vfs.Features) bool { return has.SetTime }
	return f.set(ctx, OpSetTime, p, can, func(n *node) { n.modTime = t.Truncate(max(f.features.TimeStep, 1)) })
}

// SetMode implements vfs.FS.
func (f *FS) SetMode(ctx context.Context, p vfs.Path, mode fs.FileMode) error {
	can := func(has vfs.Features) bool { return has.SetMode }
	return f.set(ctx, OpSetMode, p, can, func(n *node) { n.mode = mode.Perm() })
}

// set changes a node, under the lock, where the features allow it.
func (f *FS) set(ctx context.Context, op Op, p vfs.Path, can func(vfs.Features) bool, do func(*node)) error {
	after, err := f.begin(ctx, op, p)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !can(f.features) {
		return fail(op, p, vfs.KindUnsupported)
	}
	n, err := f.findLocked(op, p, true)
	if err != nil {
		return err
	}
	do(n)
	return after
}

// Hash implements vfs.FS.
func (f *FS) Hash(ctx context.Context, p vfs.Path, by vfs.HashName) ([]byte, error) {
	after, err := f.begin(ctx, OpHash, p)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := by.New()
	if sum == nil || !slices.Contains(f.features.Hashes, by) {
		return nil, fail(OpHash, p, vfs.KindUnsupported)
	}
	n, err := f.findLocked(OpHash, p, true)
	switch {
	case err != nil:
		return nil, err
	case n.typ == vfs.TypeDir:
		return nil, fail(OpHash, p, vfs.KindIsDir)
	}
	sum.Write(n.data)
	return sum.Sum(nil), after
}

// Doubt implements vfs.Doubter: it is noted among the calls, and changes
// nothing.
func (f *FS) Doubt() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, Call{Op: OpDoubt})
}

// Features implements vfs.FS.
func (f *FS) Features(ctx context.Context) (vfs.Features, error) {
	after, err := f.begin(ctx, OpFeatures, vfs.Root())
	if err != nil {
		return vfs.Features{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.features, after
}

// linkTarget reads a link's text as a path seen from the folder dir.
func linkTarget(dir vfs.Path, text string) (vfs.Path, error) {
	p := dir
	if strings.HasPrefix(text, "/") {
		p = vfs.Root()
	}
	for elem := range strings.SplitSeq(text, "/") {
		var err error
		switch elem {
		case "", ".":
		case "..":
			p = p.Dir()
		default:
			if p, err = p.Join(elem); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}
