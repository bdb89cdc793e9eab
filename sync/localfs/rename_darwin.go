package localfs

import "golang.org/x/sys/unix"

// renameNoReplaceAt asks the kernel not to replace.
func renameNoReplaceAt(source int, from string, target int, to string) error {
	return unix.RenameatxNp(source, from, target, to, unix.RENAME_EXCL)
}
