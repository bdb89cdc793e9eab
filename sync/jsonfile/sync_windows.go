package jsonfile

// syncFolder does nothing: NTFS journals the rename itself, and a folder
// cannot be opened for syncing.
func syncFolder(string) error { return nil }
