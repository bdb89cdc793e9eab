package vfs

import (
	"context"
	"io/fs"
)

// Doubter is an FS that believes something about its connections which can
// turn out untrue, as an FTP session believes that it sends bytes as they are
// (TYPE I, RFC 959 3.1.1).
type Doubter interface {
	// Doubt tells that a file came out with other content than it should: from
	// now on what connections believe about themselves is proven anew before
	// they carry a file. It waits for nothing and cannot fail.
	Doubt()
}

// Confiner is an FS that can be held to one folder.
type Confiner interface {
	// Confine returns the same file system, with the same absolute paths, as
	// far as it lies in the folder root. A path outside, and a link on the way
	// that leads outside, is KindOutside in every call, whatever happens to
	// the tree meanwhile; root itself may be reached through links, once, now.
	// Links inside that lead inside by a relative target are followed, an
	// absolute target counts as outside. What Create, Rename and Remove meet
	// as the last element is never followed. Once the path root leads to
	// another folder or to none, Rename is KindChanged: what stands under a
	// name there would not be found by it.
	//
	// The missing folder is KindNotFound. Closing what is returned ends its
	// streams and leaves the rest alone; closing the whole closes it too.
	Confine(root Path) (FS, error)
}

// Reserver is a Writer that can see to it beforehand that there is room.
type Reserver interface {
	// Reserve tells how many bytes the whole file will have, before the first
	// Write. Where it can be done the room is set aside, and the file does not
	// become longer by it: at every moment, a power cut included, its size is
	// the number of bytes that were written. KindNoSpace where the room is not
	// there; nil where nobody can tell. What was set aside and not used is
	// given back when the Writer ends.
	Reserve(size int64) error
}

// PartMaker is an FS where other people could read a file while it comes.
type PartMaker interface {
	// CreatePart is Create for a file that takes its final name later, by Rename.
	// At zero it is a new file: who has an old one of that name open sees nothing
	// of it. mode is what SetMode will be asked for before the Rename; until then
	// only the file's owner may read and write it, one that is gone on with
	// included. Where that one cannot be kept from others, and more of them may
	// read or write it than mode lets, it is KindChanged, unless a new one could not
	// be kept from them either. With mode nil the permissions are those of any new
	// file, from the beginning, and one that only its owner could read gets them.
	//
	// A file system that keeps no permissions does as Create does.
	CreatePart(ctx context.Context, p Path, at int64, mode *fs.FileMode) (Writer, error)
}
