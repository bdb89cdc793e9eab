package localfs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wherry/sync/vfs"
)

// tree is what an FS reaches of the system: all of it, or one folder with what
// lies in it. Its methods take the names that name returned and give errors as
// package os does, or a *vfs.Error whose kind and words are to be kept.
type tree interface {
	// name is how the other methods know p; KindOutside where they do not.
	name(p vfs.Path) (string, error)
	lstat(name string) (fs.FileInfo, error)
	stat(name string) (fs.FileInfo, error)
	readlink(name string) (string, error)
	// open opens a file or folder to be read, and waits for nobody.
	open(name string) (*os.File, error)
	// create opens a file to be written, and makes it where flag has O_CREATE, with
	// what the umask leaves of perm. A link of that name is not followed.
	create(name string, flag int, perm fs.FileMode) (*os.File, error)
	mkdir(name string) error
	removeFile(name string) error
	removeDir(name string) error
	chtimes(name string, t time.Time) error
	chmod(name string, mode fs.FileMode) error
	link(from, to string) error
	rename(from, to string) error
	renameNoReplace(from, to string) error
	// inPlace fails where the tree's folder, or the one that name lies in, is not
	// the one of its path any more.
	inPlace(name string) error
	// syncFolder makes renames in a folder last.
	syncFolder(name string) error
	// within is the part of the tree below a folder.
	within(name string, base vfs.Path) (tree, error)
	close() error
}

// whole is the machine, by the names of the system.
type whole struct{}

func (whole) name(p vfs.Path) (string, error)           { return ToOS(p), nil }
func (whole) lstat(name string) (fs.FileInfo, error)    { return os.Lstat(name) }
func (whole) stat(name string) (fs.FileInfo, error)     { return os.Stat(name) }
func (whole) readlink(name string) (string, error)      { return os.Readlink(name) }
func (whole) mkdir(name string) error                   { return os.Mkdir(name, 0o777) }
func (whole) removeFile(name string) error              { return removeFile(name) }
func (whole) removeDir(name string) error               { return removeDir(name) }
func (whole) chtimes(name string, t time.Time) error    { return os.Chtimes(name, time.Time{}, t) }
func (whole) chmod(name string, mode fs.FileMode) error { return os.Chmod(name, mode) }
func (whole) link(from, to string) error                { return os.Link(from, to) }
func (whole) rename(from, to string) error              { return os.Rename(from, to) }
func (w whole) renameNoReplace(from, to string) error   { return renameNoReplace(w, from, to) }
func (whole) inPlace(string) error                      { return nil }
func (w whole) syncFolder(name string) error            { return syncDir(w, name) }
func (whole) close() error                              { return nil }

// Without O_NONBLOCK a pipe would wait here for its other end.
func (whole) open(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_RDONLY|nonBlocking, 0)
}

func (w whole) create(name string, flag int, perm fs.FileMode) (*os.File, error) {
	if err := refuseLink(w, name); err != nil {
		return nil, err
	}
	return os.OpenFile(name, flag|nonBlocking|noFollow, perm)
}

func (w whole) within(name string, base vfs.Path) (tree, error) {
	if base.IsRoot() {
		return w, nil // nothing lies outside
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, unlessFolder(w, name, err)
	}
	return newInside(root, base)
}

// unlessFolder gives a file where a folder is needed its kind: os.OpenRoot has
// only words for it.
func unlessFolder(t tree, name string, err error) error {
	if info, statErr := t.stat(name); statErr == nil && !info.IsDir() {
		return &vfs.Error{Kind: vfs.KindNotDir, Err: err}
	}
	return err
}

// inside is one folder, by names relative to it. It holds the folder itself
// and not its name, so that nothing done to the tree leads out of it.
type inside struct {
	root *os.Root
	base vfs.Path
	near near
	// out is the error by which package os says that a name leads outside; it
	// has no name there.
	out error
}

func newInside(root *os.Root, base vfs.Path) (tree, error) {
	_, err := root.Lstat("..")
	var onPath *fs.PathError
	if !errors.As(err, &onPath) {
		return nil, errors.Join(fs.ErrInvalid, root.Close())
	}
	return &inside{root: root, base: base, out: onPath.Err}, nil
}

func (t *inside) name(p vfs.Path) (string, error) {
	if !t.base.Holds(p) {
		return "", outside("the path lies outside of the chosen folder")
	}
	rel := strings.TrimPrefix(strings.TrimPrefix(p.String(), t.base.String()), "/")
	if rel == "" {
		rel = "."
	}
	return filepath.FromSlash(rel), nil
}

func outside(why string) error { return &vfs.Error{Kind: vfs.KindOutside, Reply: why} }

// told gives the errors of a name that leads outside their kind.
func (t *inside) told(err error) error {
	if err != nil && errors.Is(err, t.out) {
		return outside("a link on the way leads out of the chosen folder")
	}
	return err
}

func (t *inside) lstat(name string) (fs.FileInfo, error) {
	t.hold(name)
	root, rest := t.from(name)
	info, err := root.Lstat(rest)
	return info, t.told(err)
}

func (t *inside) stat(name string) (fs.FileInfo, error) {
	info, err := t.root.Stat(name)
	return info, t.told(err)
}

func (t *inside) readlink(name string) (string, error) {
	target, err := t.root.Readlink(name)
	return target, t.told(err)
}

func (t *inside) open(name string) (*os.File, error) {
	file, err := t.root.OpenFile(name, os.O_RDONLY|nonBlocking, 0)
	return file, t.told(err)
}

func (t *inside) mkdir(name string) error { return t.told(t.root.Mkdir(name, 0o777)) }

func (t *inside) chtimes(name string, when time.Time) error {
	return t.each(name, func(root *os.Root, name string) error { return root.Chtimes(name, time.Time{}, when) })
}

func (t *inside) chmod(name string, mode fs.FileMode) error {
	return t.each(name, func(root *os.Root, name string) error { return root.Chmod(name, mode) })
}

func (t *inside) link(from, to string) error { return t.told(t.root.Link(from, to)) }
func (t *inside) close() error               { return errors.Join(t.near.close(), t.root.Close()) }

// inPlace looks at the folder by its path: one that was moved away takes along
// what is written into it, and a file is not where it was to go.
func (t *inside) inPlace(name string) error {
	held, err := t.root.Stat(".")
	if err != nil {
		return err
	}
	if named, err := os.Stat(ToOS(t.base)); err != nil || !os.SameFile(held, named) {
		return &vfs.Error{Kind: vfs.KindChanged, Reply: "the chosen folder was moved away meanwhile", Err: err}
	}
	return t.stays(filepath.Dir(name))
}

func (t *inside) within(name string, base vfs.Path) (tree, error) {
	root, err := t.root.OpenRoot(name)
	if err != nil {
		return nil, unlessFolder(t, name, t.told(err))
	}
	return newInside(root, base)
}
