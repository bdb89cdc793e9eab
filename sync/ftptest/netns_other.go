//go:build !linux

package ftptest

import "errors"

// inside runs work; namespaces are Linux's alone.
func inside(space string, work func() error) error {
	if space != "" {
		return errors.New("network namespaces are there on Linux only")
	}
	return work()
}
