package vfs

import (
	"context"
	"errors"
	"io/fs"
	"time"
)

// What stands here is optional: a file system that answers at once has no use
// for it. It is for those where each step costs a round trip, and every step
// must come to the same as the single calls of FS that it takes the place of,
// with the same Kind of error. A caller goes by the single calls where a value
// does not implement it. vfstest checks both ways against each other.

// Swift is an FS that can open a file with fewer exchanges where the caller
// knows what a listing has said of it.
type Swift interface {
	// OpenSeen is Open for a plain file (TypeFile) that a listing has shown as
	// seen. It asks nothing in front of the first byte that seen tells, and
	// waits for nothing that can be asked along with the bytes: Size is
	// seen.Size where nothing better is at hand. A seen that has become untrue
	// is no error of OpenSeen: the bytes that stand there now are read, the
	// Witness tells of the difference, and Close may be KindSize.
	OpenSeen(ctx context.Context, p Path, offset int64, seen Entry) (Reader, error)
}

// Glimpser is an FS that can tell with less that a name is a folder's.
type Glimpser interface {
	// Glimpse is Stat, but of what can be listed under p no more need be told than
	// Name, Type and an unknown Size, and a link to a folder may be told as TypeDir.
	Glimpse(ctx context.Context, p Path) (Entry, error)
}

// Glimpse is Stat for who goes through links, and does not care what else is known of
// a folder.
func Glimpse(ctx context.Context, f FS, p Path) (Entry, error) {
	if g, ok := f.(Glimpser); ok {
		return g.Glimpse(ctx, p)
	}
	return f.Stat(ctx, p)
}

// Dater is an FS whose listings may tell times to the minute or the day, and that
// can tell those of many files with less than a Stat each.
type Dater interface {
	// Dates returns the times to the second of files in dir, by name, each as Stat
	// would tell it. What is missing, is refused or cannot be told with less is left
	// out, which is no error; so may be everything. names are of a listing of dir;
	// what else stands under one of them may be told of as if it were a file.
	Dates(ctx context.Context, dir Path, names []string) (map[string]time.Time, error)
}

// Witness is a Reader of OpenSeen that can say what the file system told of
// the file, asked along with its bytes. Of the Entry only Size, ModTime and
// Accuracy count, and each may be unknown; Name, Type and the rest may be
// missing.
//
// The rule in doubt: ok is false wherever the answer did not come, was refused
// or makes no sense; asking along never fails the reading.
type Witness interface {
	// Before is what was told in front of the first byte. It is settled when
	// OpenSeen returns. ok false: it was not asked. The caller then takes what
	// it has seen where that is exact (Entry.Exact), and asks by Stat where it
	// is not.
	Before() (e Entry, ok bool)
	// After is what was told behind the last byte: it is only there once Close
	// has returned nil behind io.EOF. ok false: the caller asks by Stat.
	After() (e Entry, ok bool)
}

// ErrCutShort is in the chain of a Finish's KindLost where the end of a file was
// lost to what saved a round trip, which is not done again: the same file may be
// sent once more at once.
var ErrCutShort = errors.New("the file was cut short")

// Finisher is a Writer that can do the last steps of a transfer in fewer
// exchanges than one after the other.
type Finisher interface {
	// Finish takes the place of Commit, and of Stat, SetMode and SetTime of the
	// file written, a look at the target and Rename. It is governed by
	// Create's ctx. Exactly one of Finish, Commit and Abort takes effect: Finish
	// after Abort is KindCancelled, after Commit it is KindUnsupported, and
	// Abort or Commit after Finish return Finish's error.
	//
	// The rename is asked for only when everything in front of it was answered
	// and found right, in this order:
	//
	//	commit                    its error, as from Commit
	//	size of the part          KindSize where it is told and is not f.Size;
	//	                          Finished.Size then says what it is
	//	mode, time                refused: no error; an error that is Temporary or
	//	                          KindCancelled ends it. A part that is found wrong
	//	                          may have got them all the same
	//	what stands under Target  KindExists, KindChanged as below; a folder is
	//	                          always one of these; another error of the look
	//	                          ends it
	//	rename
	//
	//   - KindExists, Old nil: something stands there now.
	//   - KindChanged, Old set: what stands there now is not Old (Entry.Same).
	//     Nothing at all is right too: it is then as if Old were nil.
	//   - KindExists with Error.Op OpReplace: Old stands there, and the server
	//     refuses to rename onto an existing file.
	//
	// These three come only of a part that is whole: committed, and of Size bytes
	// as far as its size is told. After every error the target is as it was and
	// the part stands, but for KindLost, KindTimeout and KindCancelled once the
	// rename was sent: it may have taken effect or not. The caller looks at both
	// names; Finish neither looks nor tries again.
	//
	// The rule in doubt: where the order, the number or the sense of the answers
	// is not beyond doubt, the rename is not sent, and the single steps are gone
	// through instead.
	Finish(f Finish) (Finished, error)
}

// OpReplace is Error.Op where a file system refuses to rename onto an existing
// file, as told by Finisher.
const OpReplace = "replace"

// Finish is what a Finisher is asked for.
type Finish struct {
	// Size in bytes that the part must have.
	Size int64
	// ModTime to set, zero for none.
	ModTime time.Time
	// Mode to set (fs.ModePerm), nil for none.
	Mode *fs.FileMode
	// Target is the final name.
	Target Path
	// Old must still stand under Target and is replaced; nil: nothing may
	// stand there.
	Old *Entry
}

// Finished is what a Finisher has done.
type Finished struct {
	// Size in bytes that the file system says the part has, SizeUnknown where
	// it does not tell. It counts with KindSize as well.
	Size int64
	// TimeKept tells that ModTime was set, ModeRefused that Mode was to be and
	// could not.
	TimeKept, ModeRefused bool
}

// Exact tells whether e describes a plain file with its size, and its time to
// the second, which is the best that FTP knows (RFC 3659, 2.3). A listing by
// LIST is often not: it tells minutes or days.
func (e Entry) Exact() bool {
	return e.Type == TypeFile && e.Size != SizeUnknown && !e.ModTime.IsZero() && e.Accuracy <= time.Second
}

// Same tells whether two looks at one name saw the same file, as far as both
// tell its type, size and time; what one leaves out is not compared. Times may
// be apart by the coarser Accuracy where the two have different ones, as where
// one look was by MLST and the other by LIST.
func (e Entry) Same(other Entry) bool {
	switch {
	case e.Type != other.Type && e.Type != TypeUnknown && other.Type != TypeUnknown:
		return false
	case e.Size != other.Size && e.Size != SizeUnknown && other.Size != SizeUnknown:
		return false
	case e.ModTime.IsZero() || other.ModTime.IsZero() || e.ModTime.Equal(other.ModTime):
		return true
	case e.Accuracy == other.Accuracy:
		return false
	}
	return e.ModTime.Sub(other.ModTime).Abs() <= max(e.Accuracy, other.Accuracy)
}
