package jsonfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// write replaces name's content in one step. The caller holds the lock, so
// the temporary name needs no random part, and what a crash left of it is
// taken by the next write instead of staying for ever. A name that is a link
// is followed: people keep their settings in other places and link to them.
func write(name string, data []byte) error {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	temp := name + ".tmp"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	out, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	if err == nil {
		err = out.Sync()
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		_ = os.Remove(temp) // the error that matters is the first one
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	return syncFolder(filepath.Dir(name))
}
