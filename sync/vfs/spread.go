package vfs

import (
	"context"
	"io"
)

// Sparer is an FS that can read one file over several connections at a time.
type Sparer interface {
	// OpenSpare is Open for a connection more than is needed: it never waits for
	// one that somebody else has, and takes none that somebody waits for.
	// KindBusy where it would have to.
	OpenSpare(ctx context.Context, p Path, offset int64) (Reader, error)
}

// Scratcher is an FS that can keep bytes for a while in a file without a name.
type Scratcher interface {
	// Scratch makes such a file where those of the folder dir are kept, with
	// room for size bytes set aside where that can be done (KindNoSpace where
	// it is not there). It is gone when it is closed, and when this process
	// ends, in whatever way. KindUnsupported where the system has no such file.
	// ctx governs it until it is closed.
	Scratch(ctx context.Context, dir Path, size int64) (Scratch, error)
}

// Scratch is such a file, empty at first. One goroutine may write, and others
// read at the same time what was written.
type Scratch interface {
	io.Writer
	io.ReaderAt
	io.Closer
}
