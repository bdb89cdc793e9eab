package vfs

import (
	"context"
	"io"
	"io/fs"
	"time"
)

// FS is a file system: this computer, a site, or a fake.
//
// Contract, for every method:
//   - It is safe to call from any goroutine, any number at a time.
//   - It returns *Error (possibly wrapped) with a Kind, or nil.
//   - It ends within one second of ctx being done, with KindCancelled or
//     KindTimeout, and then has left nothing behind that it started.
//   - It ends with KindTimeout by itself when nothing moved for the limit the
//     implementation was made with; no call waits for ever.
//   - It never retries what could have taken effect already.
type FS interface {
	// List returns the entries of a folder in the file system's order,
	// without "." and "..". A listing that is cut, or that cannot be read in
	// part, is an error (KindUnreadable), never a shorter listing. A missing
	// folder is KindNotFound, a file KindNotDir (or KindNotFound where a
	// server does not tell the two apart).
	List(ctx context.Context, dir Path) ([]Entry, error)

	// Stat describes one name as List would: a link is not followed. A server
	// that tells of single files only (FTP without MLST, RFC 3659) has a link
	// to a file described as that file, and the mode and owner of a file left
	// out: a whole folder would have to be listed for them.
	Stat(ctx context.Context, p Path) (Entry, error)

	// Open reads a file from byte offset on; a link is followed. An offset
	// beyond the end reads nothing or fails with KindChanged. ctx governs
	// the Reader until it is closed, not only this call.
	Open(ctx context.Context, p Path, offset int64) (Reader, error)

	// Create writes a file. At zero it begins anew: an existing file of that
	// name loses its content. At n > 0 it goes on behind the first n bytes
	// of an existing file and fails with KindChanged when the file does not
	// have exactly n bytes, as far as that can be known. ctx governs the
	// Writer until Commit or Abort returned.
	Create(ctx context.Context, p Path, at int64) (Writer, error)

	// Rename moves a file or folder within the file system. With replace, an
	// existing file of the new name is replaced in one step; where the
	// server refuses that the error is KindExists and nothing has changed.
	// Without replace an existing name is KindExists; over FTP that is a
	// look before the step and no guarantee.
	Rename(ctx context.Context, from, to Path, replace bool) error

	// Remove deletes a file or a link, never a folder.
	Remove(ctx context.Context, p Path) error

	// RemoveDir deletes an empty folder; KindNotEmpty where it is not.
	RemoveDir(ctx context.Context, p Path) error

	// Mkdir makes one folder; KindExists when the name is taken, KindNotFound
	// when the folder above is missing.
	Mkdir(ctx context.Context, p Path) error

	// SetTime sets the modification time, cut to what the file system keeps.
	// KindUnsupported where it cannot.
	SetTime(ctx context.Context, p Path, t time.Time) error

	// SetMode sets the permission bits (fs.ModePerm). KindUnsupported where
	// it cannot.
	SetMode(ctx context.Context, p Path, mode fs.FileMode) error

	// Hash returns the digest of a file's whole content by the given
	// algorithm, which must be one of Features.Hashes: KindUnsupported
	// otherwise. The file system computes it: a server reads its own disk.
	Hash(ctx context.Context, p Path, by HashName) ([]byte, error)

	// Features says what this file system can do; it may have to connect
	// first.
	Features(ctx context.Context) (Features, error)

	// Close ends everything in progress, waits for it, and frees what is
	// held. Every later call fails with KindCancelled.
	Close() error
}

// Reader is the content of one file, from Open. It may also be an io.WriterTo;
// copy with io.Copy or CopyBuffer and it is used. Its WriteTo gives the rawest
// source it has (an *os.File, a *net.TCPConn) to the destination's ReadFrom
// where there is one, which is how splice comes about. Read and
// WriteTo look at ctx first: once it is done they fail, whatever is buffered.
type Reader interface {
	io.Reader
	// Size is the file's whole size in bytes as announced (not what is left
	// from the offset on), or SizeUnknown.
	Size() int64
	// Close ends the reading. After io.EOF was returned it gives the verdict:
	// nil only when the file system has confirmed that this was all of it
	// (FTP: the final 226 or 250, RFC 959 5.4, and over TLS the
	// close_notify). Before io.EOF it breaks off, and nil says only that
	// this left nothing behind. A second call returns the same.
	Close() error
}

// Writer takes the content of one file, from Create. It may also be an
// io.ReaderFrom. Exactly one of Commit and Abort takes effect; a call after
// that returns what the first one did, so "defer w.Abort()" is safe. Only
// Commit after Abort is KindCancelled even where Abort went well: nil from
// Commit always means that the file stands.
type Writer interface {
	io.Writer
	// Commit ends the file and returns nil only when the file system has
	// confirmed it: written out and synced here, final reply there.
	Commit() error
	// Abort breaks off. What was written so far may stand under the name.
	Abort() error
}

// Features of a file system. The zero value can do nothing but the basics.
type Features struct {
	// Home is where a person begins: the login folder of a site, the home
	// folder here.
	Home Path
	// SetTime and SetMode tell whether those calls can work at all.
	SetTime, SetMode bool
	// ResumeRead and ResumeWrite tell whether Open and Create take an offset.
	ResumeRead, ResumeWrite bool
	// Replaces tells whether Rename replaces an existing file in one step.
	Replaces bool
	// TimeStep is the step of times that SetTime keeps and Stat returns.
	TimeStep time.Duration
	// FoldsCase tells that names differing only in case are one name, and
	// FoldsForm that those differing only in Unicode's normal form are
	// (composed and combining accents). A folder of a file system can differ
	// from the rest; a confined FS (see Confiner) tells of its own folder.
	FoldsCase, FoldsForm bool
	// Hashes are the algorithms that Hash knows, in the order of HashNames.
	Hashes []HashName
	// HashesHere tells that Hash reads the file in this process, instead of
	// having it read by whoever keeps it.
	HashesHere bool
}
