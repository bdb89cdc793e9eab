// Package localfs is this computer as a vfs.FS.
//
// It exists so that the local side keeps the same contract as a site, and so
// that what only an operating system knows (no-replace renames, syncing, free
// space, owners' names, drives) stays in one room.
//
// What is written here is meant for part files, so writing never goes through
// a link, a pipe or a device that stands under the name; and Commit and Rename
// return only when what they did would survive a power cut.
package localfs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"wherry/sync/vfs"
)

// FS is this computer. Its methods may be called from any goroutine. The
// kernel's own waits (a network mount that hangs) cannot be broken off from
// outside; ctx is looked at before each step and between the slices of a
// stream.
type FS struct {
	owners owners

	mu      sync.Mutex
	closed  bool                 // guarded
	streams map[*stream]struct{} // guarded; those still open
}

// New returns this computer. The path "/" is the root of the machine; on
// Windows it lists the drives, which are /C:, /D: and so on.
func New() *FS {
	return &FS{streams: map[*stream]struct{}{}}
}

// Close implements vfs.FS. Streams still open are broken off.
func (f *FS) Close() error {
	f.mu.Lock()
	f.closed = true
	var open []*stream
	for s := range f.streams {
		open = append(open, s)
	}
	f.mu.Unlock()
	for _, s := range open {
		s.breakOff()
	}
	return nil
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
		return "", &vfs.Error{Op: op, Path: p.String(), Kind: vfs.KindBadName, Err: err}
	}
	return ToOS(p), nil
}

// Remove implements vfs.FS.
func (f *FS) Remove(ctx context.Context, p vfs.Path) error {
	name, err := f.begin(ctx, "remove", p)
	if err != nil {
		return err
	}
	if info, err := os.Lstat(name); err == nil && info.IsDir() {
		return &vfs.Error{Op: "remove", Path: p.String(), Kind: vfs.KindIsDir}
	}
	return failed("remove", p, removeFile(name))
}

// RemoveDir implements vfs.FS.
func (f *FS) RemoveDir(ctx context.Context, p vfs.Path) error {
	name, err := f.begin(ctx, "removedir", p)
	if err != nil {
		return err
	}
	return failed("removedir", p, removeDir(name))
}

// Mkdir implements vfs.FS.
func (f *FS) Mkdir(ctx context.Context, p vfs.Path) error {
	name, err := f.begin(ctx, "mkdir", p)
	if err != nil {
		return err
	}
	return failed("mkdir", p, os.Mkdir(name, 0o777))
}

// SetTime implements vfs.FS. The time of the last access stays.
func (f *FS) SetTime(ctx context.Context, p vfs.Path, t time.Time) error {
	name, err := f.begin(ctx, "set time", p)
	if err != nil {
		return err
	}
	return failed("set time", p, os.Chtimes(name, time.Time{}, t))
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
	return failed("set mode", p, os.Chmod(name, mode.Perm()))
}

// Rename implements vfs.FS. A file that was renamed is in its new folder even
// after a power cut.
func (f *FS) Rename(ctx context.Context, from, to vfs.Path, replace bool) error {
	source, err := f.begin(ctx, "rename", from)
	if err != nil {
		return err
	}
	target, err := f.begin(ctx, "rename", to)
	if err != nil {
		return err
	}
	info, err := os.Lstat(source)
	if err != nil {
		return failed("rename", from, err)
	}
	// rename(2) lets a folder replace an empty one; the contract does not, and
	// os.Rename only looks before.
	if replace && !info.IsDir() {
		err = os.Rename(source, target)
	} else {
		err = renameNoReplace(source, target)
		if errors.Is(err, fs.ErrExist) && onlyCaseDiffers(source, target, info) {
			err = os.Rename(source, target)
		}
	}
	if err != nil {
		return failed("rename", to, err)
	}
	if err := syncDir(ToOS(to.Dir())); err != nil {
		return failed("rename", to, err)
	}
	if from.Dir() == to.Dir() {
		return nil
	}
	return failed("rename", from, syncDir(ToOS(from.Dir())))
}

// Features implements vfs.FS.
func (f *FS) Features(ctx context.Context) (vfs.Features, error) {
	if err := f.alive(ctx, "features", vfs.Root()); err != nil {
		return vfs.Features{}, err
	}
	return vfs.Features{
		Home: home(), SetTime: true, SetMode: hasModes, ResumeRead: true, ResumeWrite: true,
		Replaces: true, TimeStep: timeStep, FoldsCase: foldsCase, Hashes: vfs.HashNames(), HashesHere: true,
	}, nil
}

// home is the person's folder, or the root where there is none.
func home() vfs.Path {
	name, err := os.UserHomeDir()
	if err != nil {
		return vfs.Root()
	}
	p, err := FromOS(name)
	if err != nil {
		return vfs.Root()
	}
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return vfs.Root()
	}
	return p
}
