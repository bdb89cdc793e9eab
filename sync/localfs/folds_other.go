//go:build !linux

package localfs

import (
	"os"
	"runtime"
)

const (
	// APFS, HFS+ and NTFS fold case unless they were made not to.
	foldsCase = runtime.GOOS == "darwin" || runtime.GOOS == "windows"
	// APFS and HFS+ compare composed and combining accents as one, always.
	foldsForm = runtime.GOOS == "darwin"
)

// folderFolds has nobody to ask here; a try tells.
func folderFolds(*os.File) (caseless, formless, sure bool) { return foldsCase, foldsForm, false }
