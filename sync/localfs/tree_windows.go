package localfs

import (
	"io/fs"
	"os"

	"golang.org/x/sys/windows"

	"wherry/sync/vfs"
)

// holdsFolders is off: an open folder could not be renamed.
const holdsFolders = false

// create looks before and after: os.Root follows a link as the last element as
// long as it leads inside. A link that came between has got an empty file at
// most.
func (t *inside) create(name string, flag int, perm fs.FileMode) (*os.File, error) {
	if err := refuseLink(t, name); err != nil {
		return nil, err
	}
	file, err := t.root.OpenFile(name, flag, perm)
	if err != nil {
		return nil, t.told(err)
	}
	opened, err := file.Stat()
	var named fs.FileInfo
	if err == nil {
		named, err = t.lstat(name)
	}
	if err == nil && !os.SameFile(opened, named) {
		err = &vfs.Error{Kind: vfs.KindExists, Reply: "a link has this name and is not written through"}
	}
	if err != nil {
		_ = file.Close() // nothing was written
		return nil, err
	}
	return file, nil
}

func (t *inside) removeFile(name string) error { return t.told(t.root.Remove(name)) }

func (t *inside) removeDir(name string) error {
	info, err := t.lstat(name)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return windows.ERROR_DIRECTORY
	}
	return t.told(t.root.Remove(name))
}

func (t *inside) renameNoReplace(from, to string) error { return renameLooking(t, from, to) }
