package localfs

import (
	"errors"

	"wherry/sync/vfs"
)

var _ vfs.Confiner = (*FS)(nil)

// Confine implements vfs.Confiner by os.Root: the folder is opened once, and
// every name is walked from it, element by element, by the system itself.
func (f *FS) Confine(root vfs.Path) (vfs.FS, error) {
	part, err := f.confine(root)
	if err != nil {
		return nil, failed("confine", root, err)
	}
	return part, nil
}

func (f *FS) confine(root vfs.Path) (*FS, error) {
	if err := usable(root); err != nil {
		return nil, err
	}
	name, err := f.tree.name(root)
	if err != nil {
		return nil, err
	}
	t, err := f.tree.within(name, root)
	if err != nil {
		return nil, err
	}
	part := newFS(t, root, f.owners, f)
	f.mu.Lock()
	closed := f.closed
	f.parts[part] = struct{}{}
	f.mu.Unlock()
	if closed {
		return nil, errors.Join(errClosed, part.Close())
	}
	return part, nil
}

var errClosed = &vfs.Error{Kind: vfs.KindCancelled, Reply: "the file system is closed"}

// leave lets the whole forget a part of it.
func (f *FS) leave() {
	if f.above == nil {
		return
	}
	f.above.mu.Lock()
	defer f.above.mu.Unlock()
	delete(f.above.parts, f)
}
