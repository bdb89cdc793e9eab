// Package memfs is a file system in memory that can be told to misbehave.
//
// It exists so that what is above the file systems can be tested against every
// failure a server or disk can produce, at every step, without a server, a
// disk or a clock. Untouched it keeps the whole contract of vfs.FS (the suite
// in vfstest says so). Faults come in two ways: Inject and its short forms
// fail a chosen call, Hook sees each call before it is made and may block it,
// so that a test can hold a transfer at any point by a channel.
package memfs

import (
	"context"
	"io/fs"
	"sync"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"wherry/sync/vfs"
)

// MaxName is the longest name in bytes, as on most disks.
const MaxName = 255

// FS is a file system in memory. Its methods may be called from any goroutine.
type FS struct {
	now    func() time.Time // fixed
	closed chan struct{}    // fixed; closed by Close

	mu       sync.Mutex
	root     *node                // guarded, with all nodes below
	features vfs.Features         // guarded
	hook     Hook                 // guarded
	faults   []*Fault             // guarded
	announce map[vfs.Path]int64   // guarded
	chunk    int                  // guarded; the most bytes one Read gives, 0 for no bound
	calls    []Call               // guarded
	streams  map[*stream]struct{} // guarded; those still open
}

// New returns an empty file system that can do all that vfs.Features names.
func New() *FS {
	return &FS{
		root: &node{typ: vfs.TypeDir, mode: 0o755, children: map[string]*node{}},
		features: vfs.Features{
			SetTime: true, SetMode: true, ResumeRead: true, ResumeWrite: true, Replaces: true, Hashes: vfs.HashNames(),
			TimeStep: time.Nanosecond,
		},
		announce: map[vfs.Path]int64{},
		now:      time.Now,
		closed:   make(chan struct{}),
		streams:  map[*stream]struct{}{},
	}
}

// Close implements vfs.FS. Streams still open fail with KindCancelled at
// their next step.
func (f *FS) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.closed:
	default:
		close(f.closed)
	}
	return nil
}

// node is one file, folder or link. Its fields are guarded by FS.mu.
type node struct {
	typ      vfs.Type
	data     []byte
	target   string
	mode     fs.FileMode
	modTime  time.Time
	children map[string]*node
	order    []string // names of children as they came
}

// addLocked takes the place of a name that the file system folds with this one.
func (f *FS) addLocked(n *node, name string, child *node) {
	if _, taken := n.children[name]; !taken {
		if same, _, folded := f.childLocked(n, name); folded {
			n.drop(same)
		}
		n.order = append(n.order, name)
	}
	n.children[name] = child
}

// childLocked finds a name in a folder as this file system compares names, and
// returns it as it is spelled there.
func (f *FS) childLocked(n *node, name string) (spelled string, child *node, ok bool) {
	if child, ok := n.children[name]; ok {
		return name, child, true
	}
	if !f.features.FoldsCase && !f.features.FoldsForm {
		return "", nil, false
	}
	for _, have := range n.order {
		if f.foldLocked(have) == f.foldLocked(name) {
			return have, n.children[have], true
		}
	}
	return "", nil, false
}

func (f *FS) dropLocked(n *node, name string) {
	if spelled, _, ok := f.childLocked(n, name); ok {
		n.drop(spelled)
	}
}

func (f *FS) foldLocked(name string) string {
	if f.features.FoldsForm {
		name = norm.NFD.String(name)
	}
	if f.features.FoldsCase {
		name = cases.Fold().String(name)
	}
	return name
}

func (n *node) drop(name string) {
	delete(n.children, name)
	for i, have := range n.order {
		if have == name {
			n.order = append(n.order[:i:i], n.order[i+1:]...)
			return
		}
	}
}

// maxLinks bounds the links followed for one name, as Linux does.
const maxLinks = 40

// findLocked returns the node of p. Links on the way are followed; the last one
// only when follow is set.
func (f *FS) findLocked(op Op, p vfs.Path, follow bool) (*node, error) {
	n, _, err := f.resolveLocked(op, p, follow, 0)
	return n, err
}

func (f *FS) resolveLocked(op Op, p vfs.Path, follow bool, depth int) (*node, vfs.Path, error) {
	n, at := f.root, vfs.Root()
	elems := p.Elems()
	for i, elem := range elems {
		if n.typ != vfs.TypeDir {
			return nil, p, fail(op, p, vfs.KindNotDir)
		}
		_, child, ok := f.childLocked(n, elem)
		if !ok {
			return nil, p, fail(op, p, vfs.KindNotFound)
		}
		var err error
		here, err := at.Join(elem)
		if err != nil {
			return nil, p, err
		}
		if child.typ == vfs.TypeLink && (follow || i < len(elems)-1) {
			if depth >= maxLinks {
				return nil, p, fail(op, p, vfs.KindNotFound)
			}
			target, err := linkTarget(at, child.target)
			if err != nil {
				return nil, p, err
			}
			if child, here, err = f.resolveLocked(op, target, true, depth+1); err != nil {
				return nil, p, fail(op, p, vfs.KindOf(err))
			}
		}
		n, at = child, here
	}
	return n, at, nil
}

// parentLocked returns the folder that holds or will hold p.
func (f *FS) parentLocked(op Op, p vfs.Path) (*node, error) {
	switch {
	case p.IsRoot():
		return nil, fail(op, p, vfs.KindIsDir)
	case len(p.Base()) > MaxName:
		return nil, fail(op, p, vfs.KindBadName)
	}
	n, err := f.findLocked(op, p.Dir(), true)
	if err != nil {
		return nil, fail(op, p, vfs.KindOf(err))
	}
	if n.typ != vfs.TypeDir {
		return nil, fail(op, p, vfs.KindNotDir)
	}
	return n, nil
}

func fail(op Op, p vfs.Path, kind vfs.Kind) error {
	return &vfs.Error{Op: string(op), Path: p.String(), Kind: kind}
}

// begin opens every call: context, hook and faults, in that order. after is
// the error to return once the call has taken effect, for lost replies.
func (f *FS) begin(ctx context.Context, op Op, p vfs.Path) (after error, err error) {
	if err := f.alive(ctx, op, p); err != nil {
		return nil, err
	}
	f.mu.Lock()
	hook := f.hook
	f.calls = append(f.calls, Call{Op: op, Path: p})
	f.mu.Unlock()
	if hook != nil {
		if err := hook(ctx, Call{Op: op, Path: p}); err != nil {
			return nil, &vfs.Error{Op: string(op), Path: p.String(), Kind: vfs.KindOf(err), Err: err}
		}
	}
	if err := f.alive(ctx, op, p); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if fault := f.takeLocked(op, p); fault != nil {
		if fault.After {
			return fail(op, p, fault.Kind), nil
		}
		return nil, fail(op, p, fault.Kind)
	}
	return nil, nil
}

func (f *FS) alive(ctx context.Context, op Op, p vfs.Path) error {
	if err := ctx.Err(); err != nil {
		return &vfs.Error{Op: string(op), Path: p.String(), Kind: vfs.KindOf(err), Err: err}
	}
	select {
	case <-f.closed:
		return fail(op, p, vfs.KindCancelled)
	default:
		return nil
	}
}
