package memfs

import (
	"bytes"
	"context"
	"path"
	"slices"

	"wherry/sync/vfs"
)

// Op names a call of vfs.FS, vfs.Reader or vfs.Writer; it is also the Op of
// the errors.
type Op string

// The calls. OpRead and OpWrite are single reads and writes of a stream,
// OpClose is Reader.Close. Finish is made of the
// single ones, and has none of its own.
const (
	OpList      Op = "list"
	OpStat      Op = "stat"
	OpOpen      Op = "open"
	OpRead      Op = "read"
	OpClose     Op = "close"
	OpCreate    Op = "create"
	OpReserve   Op = "reserve" // Writer's, told the file's whole size
	OpWrite     Op = "write"
	OpCommit    Op = "commit"
	OpAbort     Op = "abort"
	OpRename    Op = "rename" // its path is the old name
	OpRemove    Op = "remove"
	OpRemoveDir Op = "removedir"
	OpMkdir     Op = "mkdir"
	OpSetTime   Op = "set time"
	OpSetMode   Op = "set mode"
	OpHash      Op = "hash"
	OpFeatures  Op = "features"
	OpDoubt     Op = "doubt" // without a path

	// What OpenSeen asks along with the bytes; a fault makes it tell nothing.
	OpAhead  Op = "ahead"
	OpBehind Op = "behind"
)

// Call is one call that was made.
type Call struct {
	Op   Op
	Path vfs.Path
}

// Hook is called before each call, outside every lock. It may block until ctx
// is done; an error it returns is the call's, with the Kind that vfs.KindOf
// gives it.
type Hook func(ctx context.Context, c Call) error

// Fault says which call fails, and how.
type Fault struct {
	// Op that fails, "" for any.
	Op Op
	// Path is a pattern of path.Match for the whole path, "" for any. A
	// Rename is known by its old name.
	Path string
	// Skip lets so many matching calls pass first.
	Skip int
	// Times is how often it happens: 0 means once, below 0 for ever.
	Times int
	// Kind of the error.
	Kind vfs.Kind
	// After lets the call take effect and then fails it, like a server whose
	// reply is lost.
	After bool
	// Bytes is for OpRead and OpWrite: it strikes once so many bytes of the
	// stream have passed, exactly there, in place of any call.
	Bytes int64
	// Lie is for OpRead and OpWrite: instead of failing, the reader says
	// io.EOF and the writer drops what comes, and both call it a success.
	Lie bool
	// LineEnds is for OpRead and OpWrite: what streams opened from now on
	// carry is converted as a server in text mode does (RFC 959, 3.1.1.1),
	// and called a success. Times counts streams.
	LineEnds LineEnds
}

// LineEnds is what a text mode makes of the ends of lines.
type LineEnds string

// The two conversions: before every line feed a carriage return is put, or one
// that stands there is taken away.
const (
	ToCRLF LineEnds = "crlf"
	ToLF   LineEnds = "lf"
)

func (e LineEnds) convert(data []byte) []byte {
	if e == ToLF {
		return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	return bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
}

// Inject arranges a fault. Those injected first are looked at first, and one
// call meets one fault at most.
func (f *FS) Inject(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fault.Times == 0 {
		fault.Times = 1
	}
	f.faults = append(f.faults, &fault)
}

// Fail makes the next calls of op on paths like glob fail: times of them, or
// all where times is negative.
func (f *FS) Fail(op Op, glob string, times int, kind vfs.Kind) {
	f.Inject(Fault{Op: op, Path: glob, Times: times, Kind: kind})
}

// Heal takes back every fault.
func (f *FS) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = nil
}

// SetHook makes h see every call from now on; nil ends that.
func (f *FS) SetHook(h Hook) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hook = h
}

// SetChunk bounds what one Read gives to n bytes; 0 lifts the bound.
func (f *FS) SetChunk(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.chunk = n
}

// Announce makes List, Stat and Reader.Size tell this size for p, whatever it
// holds; vfs.SizeUnknown stands for a server that does not say.
func (f *FS) Announce(p vfs.Path, size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.announce[p] = size
}

// Limit changes what the file system can do, and says it can. With FoldsCase
// or FoldsForm set, names that differ in case or normal form only are one name
// from then on.
func (f *FS) Limit(change func(*vfs.Features)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.features)
}

// Calls returns what was called so far, oldest first.
func (f *FS) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// takeLocked returns the fault that strikes this call. Faults of streams that
// wait for bytes are not among them.
func (f *FS) takeLocked(op Op, p vfs.Path) *Fault {
	for _, fault := range f.faults {
		if fault.inStream() || !fault.matches(op, p) || fault.Times == 0 {
			continue
		}
		if fault.Skip > 0 {
			fault.Skip--
			continue
		}
		fault.Times--
		return fault
	}
	return nil
}

// streamFaultLocked returns the fault that waits in a stream of p, and at
// which byte of it.
func (f *FS) streamFaultLocked(op Op, p vfs.Path) *Fault {
	for _, fault := range f.faults {
		if fault.inStream() && fault.LineEnds == "" && fault.matches(op, p) && fault.Times != 0 {
			return fault
		}
	}
	return nil
}

// lineEndsLocked is what a stream opened now does to line ends.
func (f *FS) lineEndsLocked(op Op, p vfs.Path) LineEnds {
	for _, fault := range f.faults {
		if fault.LineEnds != "" && fault.matches(op, p) && fault.Times != 0 {
			fault.Times--
			return fault.LineEnds
		}
	}
	return ""
}

func (f *Fault) inStream() bool { return f.Bytes > 0 || f.Lie || f.LineEnds != "" }

func (f *Fault) matches(op Op, p vfs.Path) bool {
	if f.Op != "" && f.Op != op {
		return false
	}
	if f.Path == "" {
		return true
	}
	ok, err := path.Match(f.Path, p.String())
	return ok && err == nil
}
