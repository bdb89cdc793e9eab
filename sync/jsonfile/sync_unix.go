//go:build !windows

package jsonfile

import (
	"errors"
	"os"
	"syscall"
)

// syncFolder makes a rename outlast a power cut. Some network and FUSE file
// systems do not know how and answer EINVAL; there is nothing to do for them.
func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closed := d.Close(); err == nil {
		err = closed
	}
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}
