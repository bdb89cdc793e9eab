package localfs

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"wherry/sync/vfs"
)

// near is the folder that a part's file lies in, held open from the first look
// at the file or its making on until the tree is closed: a look, a new file, its
// time, its rename and the folder's sync would each walk there from the top
// again, which costs more than a small file itself.
//
// It is the folder and not its name, as is the top, so nothing leads out of it;
// before a rename and a removal stays sees whether the name still leads to it.
type near struct {
	mu     sync.Mutex
	name   string   // guarded; relative to the top; "" before there is one
	root   *os.Root // guarded
	folder *os.File // guarded; the same, for what os.Root has no word for
	closed bool     // guarded
}

// hold makes the folder that name lies in the near one, unless there is one.
func (t *inside) hold(name string) {
	t.near.mu.Lock()
	defer t.near.mu.Unlock()
	dir := filepath.Dir(name)
	if !holdsFolders || t.near.name != "" || t.near.closed || dir == "." {
		return
	}
	root, err := t.root.OpenRoot(dir)
	if err != nil {
		return // who asks for the file gets the reason
	}
	folder, err := root.Open(".")
	if err != nil {
		_ = root.Close() // nothing was done with it
		return
	}
	t.near.name, t.near.root, t.near.folder = dir, root, folder
}

// from is the folder from which name is walked, and what is left of it then.
func (t *inside) from(name string) (*os.Root, string) {
	t.near.mu.Lock()
	defer t.near.mu.Unlock()
	if t.near.name == "" || t.near.name != filepath.Dir(name) {
		return t.root, name
	}
	return t.near.root, filepath.Base(name)
}

// held is the near folder where dir is that, else nil.
func (t *inside) held(dir string) *os.File {
	t.near.mu.Lock()
	defer t.near.mu.Unlock()
	if t.near.name == "" || t.near.name != dir {
		return nil
	}
	return t.near.folder
}

// each does what may follow a link under the name. One that leads out of the
// near folder may still lead to what lies in the tree.
func (t *inside) each(name string, do func(root *os.Root, name string) error) error {
	root, rest := t.from(name)
	err := do(root, rest)
	if root != t.root && errors.Is(err, t.out) {
		err = do(t.root, name)
	}
	return t.told(err)
}

func (t *inside) rename(from, to string) error {
	root, old := t.from(from)
	if other, name := t.from(to); root == other {
		return t.told(root.Rename(old, name))
	}
	return t.told(t.root.Rename(from, to))
}

func (t *inside) syncFolder(name string) error {
	if folder := t.held(name); folder != nil {
		return syncOpen(folder)
	}
	return syncDir(t, name)
}

// stays fails where the near folder is not the one of its path any more.
func (t *inside) stays(dir string) error {
	folder := t.held(dir)
	if folder == nil {
		return nil
	}
	mine, err := folder.Stat()
	if err != nil {
		return err
	}
	if named, err := t.root.Stat(dir); err != nil || !os.SameFile(mine, named) {
		return &vfs.Error{Kind: vfs.KindChanged, Reply: "the file's folder was moved away meanwhile", Err: err}
	}
	return nil
}

func (n *near) close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	if n.name == "" {
		return nil
	}
	n.name = ""
	return errors.Join(n.folder.Close(), n.root.Close())
}
