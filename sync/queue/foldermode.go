package queue

import (
	"context"
	"io/fs"

	"wherry/sync/vfs"
)

// ownersAll is what a folder's owner needs to write what comes into it.
const ownersAll fs.FileMode = 0o700

// makeCopy is makeFolder for the copy of a source's folder, which gets that one's
// permissions where the row keeps them: a private tree stays private. They are
// asked for first, so that nothing lies between the making and the setting, and
// the owner's own are added. What stood there before is left alone.
//
// That they are refused fails nothing, as with a file.
func (q *Queue) makeCopy(ctx context.Context, r row, src, dst vfs.FS) (made bool, err error) {
	if !r.KeepMode {
		return makeFolder(ctx, dst, r.Target.Path)
	}
	mode, told, err := folderMode(ctx, r, src)
	if err != nil {
		return false, err
	}
	if made, err = makeFolder(ctx, dst, r.Target.Path); err != nil || !told {
		return made, err
	}
	// One that an earlier attempt made is not finished with.
	q.mu.Lock()
	bare := made || q.bare[r.ID]
	if bare {
		q.bare[r.ID] = true
	}
	q.mu.Unlock()
	if !bare {
		return made, nil
	}
	if err := dst.SetMode(ctx, r.Target.Path, mode|ownersAll); triedAgain(err) {
		return made, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.bare, r.ID)
	return made, nil
}

// folderMode is the permissions of a row's source, a folder; told is false where
// nobody tells them. A server without MLST tells them in the listing of the folder
// above only, which the row has where it was found in one.
func folderMode(ctx context.Context, r row, src vfs.FS) (mode fs.FileMode, told bool, err error) {
	if k := r.known(); k != nil {
		return k.Source.Mode.Perm(), k.Source.HasMode, nil
	}
	e, err := src.Stat(ctx, r.Source.Path)
	if err != nil || e.HasMode || r.Source.Path.IsRoot() {
		return e.Mode.Perm(), err == nil && e.HasMode && e.Type == vfs.TypeDir, onlyAgain(err)
	}
	beside, err := src.List(ctx, r.Source.Path.Dir())
	for _, e := range beside {
		if e.Name == r.Source.Path.Base() {
			return e.Mode.Perm(), e.HasMode && e.Type == vfs.TypeDir, nil
		}
	}
	return 0, false, onlyAgain(err)
}

// folderSeen is seenText for a folder: its permissions, where they will be asked
// for.
func folderSeen(folder row, e vfs.Entry) []byte {
	if !folder.KeepMode || e.Type != vfs.TypeDir || !e.HasMode {
		return nil
	}
	return append(appendEntry([]byte{seenVersion}, e), 0)
}

// triedAgain tells the errors after which a look or a change may yet work.
func triedAgain(err error) bool {
	kind := vfs.KindOf(err)
	return err != nil && (kind.Temporary() || kind == vfs.KindCancelled || stopsSite(kind))
}

func onlyAgain(err error) error {
	if triedAgain(err) {
		return err
	}
	return nil
}
