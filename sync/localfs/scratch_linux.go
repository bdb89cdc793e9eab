package localfs

import "golang.org/x/sys/unix"

// unnamed opens a new file without a name in the folder that is named, where the
// file system can: there is then no moment in which a kill leaves a file behind.
const unnamed = unix.O_TMPFILE
