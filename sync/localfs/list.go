package localfs

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"wherry/sync/vfs"
)

// listStep is how many entries are read between two looks at ctx.
const listStep = 2048

// List implements vfs.FS. A name that went away between the listing and the
// look at it is left out, as if it had gone before; one that may not be looked
// at is listed with what is known.
func (f *FS) List(ctx context.Context, dir vfs.Path) ([]vfs.Entry, error) {
	name, err := f.begin(ctx, "list", dir)
	if err != nil {
		return nil, err
	}
	if isDriveList(dir) {
		entries, err := drives()
		return entries, failed("list", dir, err)
	}
	if info, err := f.tree.stat(name); err == nil && !info.IsDir() {
		return nil, &vfs.Error{Op: "list", Path: dir.String(), Kind: vfs.KindNotDir}
	}
	folder, err := f.tree.open(name)
	if err != nil {
		return nil, failed("list", dir, err)
	}
	defer folder.Close()
	var entries []vfs.Entry
	for {
		if err := f.alive(ctx, "list", dir); err != nil {
			return nil, err
		}
		found, err := folder.ReadDir(listStep)
		for _, d := range found {
			e, gone := f.look(name, d)
			if !gone {
				entries = append(entries, e)
			}
		}
		if len(found) == 0 || err != nil {
			if err != nil && !isEOF(err) {
				return nil, failed("list", dir, err)
			}
			return entries, nil
		}
	}
}

func (f *FS) look(dir string, d fs.DirEntry) (e vfs.Entry, gone bool) {
	info, err := d.Info()
	if err != nil {
		unseen := vfs.Entry{Name: d.Name(), Type: typeOf(d.Type()), Size: vfs.SizeUnknown}
		return unseen, errors.Is(err, fs.ErrNotExist)
	}
	return f.entry(filepath.Join(dir, d.Name()), info), false
}

// Stat implements vfs.FS.
func (f *FS) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	name, err := f.begin(ctx, "stat", p)
	if err != nil {
		return vfs.Entry{}, err
	}
	if isDriveList(p) {
		return vfs.Entry{Type: vfs.TypeDir, Size: vfs.SizeUnknown}, nil
	}
	info, err := f.tree.lstat(name)
	if kind := kindOf(err); err != nil && kind == vfs.KindNotDir {
		return vfs.Entry{}, &vfs.Error{Op: "stat", Path: p.String(), Kind: vfs.KindNotFound, Err: bare(err)}
	}
	if err != nil {
		return vfs.Entry{}, failed("stat", p, err)
	}
	e := f.entry(name, info)
	e.Name = p.Base()
	return e, nil
}

func (f *FS) entry(name string, info fs.FileInfo) vfs.Entry {
	e := vfs.Entry{
		Name: info.Name(), Type: typeOf(info.Mode()), Size: info.Size(),
		ModTime: info.ModTime(), Accuracy: timeStep,
		Mode: info.Mode().Perm(), HasMode: hasModes,
	}
	e.Owner, e.Group = f.owners.of(info)
	if e.Type == vfs.TypeLink {
		// A link that cannot be read is still a link; it just leads nowhere.
		e.Target, _ = f.tree.readlink(name)
		if behind, err := f.tree.stat(name); err == nil {
			e.TargetType = typeOf(behind.Mode())
		}
	}
	return e
}

func typeOf(mode fs.FileMode) vfs.Type {
	switch {
	case mode.IsRegular():
		return vfs.TypeFile
	case mode.IsDir():
		return vfs.TypeDir
	case mode&fs.ModeSymlink != 0:
		return vfs.TypeLink
	}
	return vfs.TypeOther
}
