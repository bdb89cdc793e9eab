package vfs

import (
	"io/fs"
	"time"
)

// Type is what a listed name stands for.
type Type uint8

// The types an Entry can have. Unknown is the zero value: a server that does
// not say.
const (
	TypeUnknown Type = iota
	TypeFile
	TypeDir
	TypeLink
	TypeOther // device, socket, pipe: never copied
)

// String returns the word used in JSON output.
func (t Type) String() string {
	switch t {
	case TypeFile:
		return "file"
	case TypeDir:
		return "dir"
	case TypeLink:
		return "link"
	default:
		return "other"
	}
}

// SizeUnknown stands in Entry.Size and Reader.Size where nobody said.
const SizeUnknown int64 = -1

// Entry is one name in a folder, as the file system tells it. It is a value:
// nothing in it changes after it was handed out.
type Entry struct {
	// Name is the last element with the file system's own bytes. It can be
	// one that Path.Join refuses; then the entry is shown and never used.
	Name string
	Type Type
	// Size in bytes, SizeUnknown where not told. Only meaningful for files.
	Size int64
	// ModTime is zero where not told.
	ModTime time.Time
	// Accuracy is the step of ModTime: a second for MLSD, a minute or a day
	// for LIST (RFC 959 leaves the format open), a nanosecond here.
	Accuracy time.Duration
	// Mode holds the permission bits when HasMode is set.
	Mode    fs.FileMode
	HasMode bool
	Owner   string
	Group   string
	// Target is where a link points, "" where not told.
	Target string
	// TargetType is the type behind a link, TypeUnknown where not known
	// without asking again.
	TargetType Type
}

// IsDir says whether the entry is a folder, or a link known to lead to one.
func (e Entry) IsDir() bool {
	return e.Type == TypeDir || e.Type == TypeLink && e.TargetType == TypeDir
}
