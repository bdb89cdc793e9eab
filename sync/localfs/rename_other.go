//go:build !windows && !linux && !darwin

package localfs

// renameNoReplace has no call of the kernel to use here.
func renameNoReplace(source, target string) error { return renameLooking(source, target) }
