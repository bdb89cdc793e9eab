package ftpfs

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"wherry/sync/ftpfs/internal/pool"
	"wherry/sync/vfs"
)

// List returns the entries of dir; see vfs.FS.
func (f *FS) List(ctx context.Context, dir vfs.Path) (entries []vfs.Entry, err error) {
	err = f.do(ctx, looks("list", dir), func(c conn) (err error) {
		entries, err = c.List(ctx, dir)
		return err
	})
	return entries, err
}

// Stat describes p; see vfs.FS.
func (f *FS) Stat(ctx context.Context, p vfs.Path) (e vfs.Entry, err error) {
	err = f.do(ctx, looks("stat", p), func(c conn) (err error) {
		e, err = lookUp(ctx, c, p)
		return err
	})
	return e, err
}

// Glimpse describes p, and of a folder only that it is one; see vfs.Glimpser.
func (f *FS) Glimpse(ctx context.Context, p vfs.Path) (e vfs.Entry, err error) {
	err = f.do(ctx, looks("stat", p), func(c conn) (err error) {
		if e, err = c.Glimpse(ctx, p); err != nil && vfs.KindOf(err) == vfs.KindOther {
			e, err = lookUp(ctx, c, p)
		}
		return err
	})
	return e, err
}

// lookUp is Stat where the server's answer leaves open what is wrong: vsftpd
// has no MLST and says of a missing folder only that it cannot be entered, so
// the folders above are looked at.
func lookUp(ctx context.Context, c conn, p vfs.Path) (vfs.Entry, error) {
	e, err := c.Stat(ctx, p)
	if err == nil || vfs.KindOf(err) != vfs.KindOther || p.IsRoot() {
		return e, err
	}
	above, cannot := lookUp(ctx, c, p.Dir())
	if vfs.KindOf(cannot) == vfs.KindNotFound || cannot == nil && above.Type == vfs.TypeFile {
		err = &vfs.Error{Op: "stat", Path: p.String(), Kind: vfs.KindNotFound, Err: err}
	}
	return e, err
}

// Features connects where nothing is known of the server yet.
func (f *FS) Features(ctx context.Context) (vfs.Features, error) {
	c := looks("features", vfs.Root())
	if err := ctx.Err(); err != nil {
		return vfs.Features{}, &vfs.Error{Op: c.op, Kind: vfs.KindOf(err), Err: err}
	}
	f.mu.Lock()
	features, known := f.facts.Features, f.known && !f.closed
	f.mu.Unlock()
	if known {
		return features, nil
	}
	err := f.do(ctx, c, func(c conn) error {
		features = c.Facts().Features
		return nil
	})
	return features, err
}

// Rename moves from to to; see vfs.FS. FTP has no "unless it exists" (RFC 959
// leaves RNTO onto an existing name to the server), so without replace the new
// name is looked at first.
func (f *FS) Rename(ctx context.Context, from, to vfs.Path, replace bool) error {
	err := f.do(ctx, changes("rename", from), func(c conn) error {
		if !replace {
			switch _, err := lookUp(ctx, c, to); {
			case err == nil:
				return &vfs.Error{Op: "rename", Path: to.String(), Kind: vfs.KindExists, Reply: "the new name is taken"}
			case vfs.KindOf(err) != vfs.KindNotFound:
				return errOf("rename", to, err)
			}
		}
		err := c.Rename(ctx, from, to)
		switch kind := vfs.KindOf(err); {
		case kind == vfs.KindExists:
			return errOf("rename", to, err) // it is the new name that does
		case kind == vfs.KindPermission, kind == vfs.KindOther && err != nil:
			// ProFTPD says "Operation not permitted" of a folder in the way.
			if e, cannot := c.Stat(ctx, to); cannot == nil && e.IsDir() && to != from {
				return &vfs.Error{Op: "rename", Path: to.String(), Kind: vfs.KindExists, Reply: "a folder has the new name", Err: err}
			}
		}
		return err
	})
	return tooLong(to, err)
}

// maxName is the longest name in bytes on the file systems behind servers
// (NAME_MAX of Linux and BSD, the same on NTFS in characters).
const maxName = 255

// tooLong gives the refusal to make p its reason, which vsftpd keeps to
// itself.
func tooLong(p vfs.Path, err error) error {
	if vfs.KindOf(err) == vfs.KindPermission && len(p.Base()) > maxName {
		return &vfs.Error{Op: "make", Path: p.String(), Kind: vfs.KindBadName, Reply: "the name is too long", Err: err}
	}
	return err
}

// errOf says which call an error of a step within it belongs to.
func errOf(op string, p vfs.Path, err error) error {
	out := vfs.Error{Kind: vfs.KindOf(err), Err: err}
	var inner *vfs.Error
	if errors.As(err, &inner) {
		out = *inner
	}
	out.Op, out.Path = op, p.String()
	return &out
}

// Remove deletes a file or link.
func (f *FS) Remove(ctx context.Context, p vfs.Path) error {
	return f.do(ctx, changes("remove", p), func(c conn) error { return c.Remove(ctx, p) })
}

// RemoveDir deletes an empty folder.
func (f *FS) RemoveDir(ctx context.Context, p vfs.Path) error {
	return f.do(ctx, changes("rmdir", p), func(c conn) error { return c.RemoveDir(ctx, p) })
}

// Mkdir makes one folder.
func (f *FS) Mkdir(ctx context.Context, p vfs.Path) error {
	return tooLong(p, f.do(ctx, changes("mkdir", p), func(c conn) error { return c.Mkdir(ctx, p) }))
}

// SetTime sets the modification time to the second.
func (f *FS) SetTime(ctx context.Context, p vfs.Path, t time.Time) error {
	return f.do(ctx, changes("set time of", p), func(c conn) error { return c.SetTime(ctx, p, t) })
}

// SetMode sets the permission bits.
func (f *FS) SetMode(ctx context.Context, p vfs.Path, mode fs.FileMode) error {
	return f.do(ctx, changes("set mode of", p), func(c conn) error { return c.SetMode(ctx, p, mode) })
}

// Hash asks the server for a file's digest. It is a transfer's work: a server
// reads the whole file for it.
func (f *FS) Hash(ctx context.Context, p vfs.Path, by vfs.HashName) (sum []byte, err error) {
	err = f.do(ctx, call{"hash", p, pool.Transfer, true}, func(c conn) (err error) {
		sum, err = c.Hash(ctx, p, by)
		return err
	})
	return sum, err
}
