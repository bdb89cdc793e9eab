//go:build !linux && !darwin

package localfs

import "os"

// reserve does nothing: what these systems offer makes the file longer, and a
// part's size says how far it can be continued.
func reserve(*os.File, int64, func() error) error { return nil }
