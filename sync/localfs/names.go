package localfs

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"wherry/sync/vfs"
)

// errName says that a path cannot stand for a file of this system.
var errName = &vfs.Error{Op: "name", Kind: vfs.KindBadName, Reply: "this system cannot hold a file of that name"}

// onlyCaseDiffers tells the renaming of "a" to "A" on a file system that folds
// case, where the taken name is the file itself.
func onlyCaseDiffers(t tree, source, target string, info fs.FileInfo) bool {
	if source == target || !strings.EqualFold(source, target) || filepath.Dir(source) != filepath.Dir(target) {
		return false
	}
	there, err := t.lstat(target)
	return err == nil && os.SameFile(info, there)
}

// absolute makes FromOS's argument absolute and clean.
func absolute(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", &vfs.Error{Op: "name", Path: name, Kind: vfs.KindBadName, Err: err}
	}
	return abs, nil
}
