// Package localfs is this computer as a vfs.FS.
//
// It exists so that the local side keeps the same contract as a site, and so
// that what only an operating system knows (no-replace renames, syncing, free
// space, owners' names, drives) stays in one room.
//
// What is written here is meant for part files, so writing never goes through
// a link, a pipe or a device that stands under the name; and Commit and Rename
// return only when what they did would survive a power cut. An FS can be held
// to one folder (Confine), which then is all it reaches, by os.Root and not by
// a look before the step.
package localfs

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"wherry/sync/vfs"
)

// FS is this computer. Its methods may be called from any goroutine. The
// kernel's own waits (a network mount that hangs) cannot be broken off from
// outside; ctx is looked at before each step and between the slices of a
// stream.
type FS struct {
	owners *owners             // fixed; shared with the whole
	tree   tree                // fixed
	base   vfs.Path            // fixed; the folder it is held to, or the root
	above  *FS                 // fixed; what this is a part of, nil for the whole
	folds  func() (bool, bool) // fixed; case and form

	mu      sync.Mutex
	closed  bool                 // guarded
	streams map[*stream]struct{} // guarded; those still open
	parts   map[*FS]struct{}     // guarded; those not closed
	tried   tried                // guarded; of its parts
}

// New returns this computer. The path "/" is the root of the machine; on
// Windows it lists the drives, which are /C:, /D: and so on.
func New() *FS {
	return newFS(whole{}, vfs.Root(), new(owners), nil)
}

func newFS(t tree, base vfs.Path, o *owners, above *FS) *FS {
	f := &FS{
		owners: o, tree: t, base: base, above: above,
		streams: map[*stream]struct{}{}, parts: map[*FS]struct{}{},
	}
	f.folds = sync.OnceValues(f.probe)
	return f
}

// Close implements vfs.FS. Streams still open are broken off.
func (f *FS) Close() error {
	f.mu.Lock()
	again := f.closed
	f.closed = true
	open, parts := slices.Collect(maps.Keys(f.streams)), slices.Collect(maps.Keys(f.parts))
	f.mu.Unlock()
	for _, s := range open {
		s.breakOff()
	}
	var err error
	for _, part := range parts {
		err = errors.Join(err, part.Close())
	}
	if again {
		return err
	}
	f.leave()
	return errors.Join(err, failed("close", f.base, f.tree.close()))
}

// alive is nil while the call may go on.
func (f *FS) alive(ctx context.Context, op string, p vfs.Path) error {
	if err := ctx.Err(); err != nil {
		return &vfs.Error{Op: op, Path: p.String(), Kind: vfs.KindOf(err), Err: err}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return &vfs.Error{Op: op, Path: p.String(), Kind: vfs.KindCancelled, Reply: "the file system is closed"}
	}
	return nil
}

// begin opens every call: it may go on, and the path has a name here.
func (f *FS) begin(ctx context.Context, op string, p vfs.Path) (string, error) {
	if err := f.alive(ctx, op, p); err != nil {
		return "", err
	}
	if err := usable(p); err != nil {
		return "", failed(op, p, err)
	}
	name, err := f.tree.name(p)
	return name, failed(op, p, err)
}

// Remove implements vfs.FS.
func (f *FS) Remove(ctx context.Context, p vfs.Path) error {
	name, err := f.begin(ctx, "remove", p)
	if err != nil {
		return err
	}
	if info, err := f.tree.lstat(name); err == nil && info.IsDir() {
		return &vfs.Error{Op: "remove", Path: p.String(), Kind: vfs.KindIsDir}
	}
	return failed("remove", p, f.tree.removeFile(name))
}

// RemoveDir implements vfs.FS.
func (f *FS) RemoveDir(ctx context.Context, p vfs.Path) error {
	name, err := f.begin(ctx, "removedir", p)
	if err != nil {
		return err
	}
	return failed("removedir", p, f.tree.removeDir(name))
}

// Mkdir implements vfs.FS.
func (f *FS) Mkdir(ctx context.Context, p vfs.Path) error {
	name, err := f.begin(ctx, "mkdir", p)
	if err != nil {
		return err
	}
	return failed("mkdir", p, f.tree.mkdir(name))
}

// SetTime implements vfs.FS. The time of the last access stays.
func (f *FS) SetTime(ctx context.Context, p vfs.Path, t time.Time) error {
	name, err := f.begin(ctx, "set time", p)
	if err != nil {
		return err
	}
	return failed("set time", p, f.tree.chtimes(name, t))
}

// SetMode implements vfs.FS.
func (f *FS) SetMode(ctx context.Context, p vfs.Path, mode fs.FileMode) error {
	name, err := f.begin(ctx, "set mode", p)
	switch {
	case err != nil:
		return err
	case !hasModes:
		return &vfs.Error{Op: "set mode", Path: p.String(), Kind: vfs.KindUnsupported}
	}
	return failed("set mode", p, f.tree.chmod(name, mode.Perm()))
}

// Rename implements vfs.FS. A file that was renamed is in its new folder even
// after a power cut. In a part whose folder was moved away it is KindChanged.
func (f *FS) Rename(ctx context.Context, from, to vfs.Path, replace bool) error {
	source, err := f.begin(ctx, "rename", from)
	if err != nil {
		return err
	}
	target, err := f.begin(ctx, "rename", to)
	if err != nil {
		return err
	}
	if err := f.tree.inPlace(target); err != nil {
		return failed("rename", to, err)
	}
	info, err := f.tree.lstat(source)
	if err != nil {
		return failed("rename", from, err)
	}
	// rename(2) lets a folder replace an empty one; the contract does not, and
	// os.Rename only looks before.
	if replace && !info.IsDir() {
		err = f.tree.rename(source, target)
	} else {
		err = f.tree.renameNoReplace(source, target)
		if errors.Is(err, fs.ErrExist) && onlyCaseDiffers(f.tree, source, target, info) {
			err = f.tree.rename(source, target)
		}
	}
	if err != nil {
		return failed("rename", to, err)
	}
	if err := f.tree.syncFolder(filepath.Dir(target)); err != nil {
		return failed("rename", to, err)
	}
	if from.Dir() == to.Dir() {
		return nil
	}
	return failed("rename", from, f.tree.syncFolder(filepath.Dir(source)))
}

// Features implements vfs.FS.
func (f *FS) Features(ctx context.Context) (vfs.Features, error) {
	if err := f.alive(ctx, "features", vfs.Root()); err != nil {
		return vfs.Features{}, err
	}
	caseless, formless := f.folds()
	return vfs.Features{
		Home: f.home(), SetTime: true, SetMode: hasModes, ResumeRead: true, ResumeWrite: true,
		Replaces: true, TimeStep: timeStep, FoldsCase: caseless, FoldsForm: formless, Hashes: vfs.HashNames(), HashesHere: true,
	}, nil
}

// home is the person's folder, where this FS reaches it, or else its top.
func (f *FS) home() vfs.Path {
	name, err := os.UserHomeDir()
	if err != nil {
		return f.base
	}
	p, err := FromOS(name)
	if err != nil || !f.base.Holds(p) {
		return f.base
	}
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return f.base
	}
	return p
}
