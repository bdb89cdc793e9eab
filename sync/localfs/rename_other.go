//go:build !windows && !linux && !darwin

package localfs

import "golang.org/x/sys/unix"

// renameNoReplaceAt has no call of the kernel to use here.
func renameNoReplaceAt(int, string, int, string) error { return unix.ENOSYS }
