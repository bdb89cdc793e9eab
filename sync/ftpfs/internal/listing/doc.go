// Package listing turns what servers send for MLSD, MLST and LIST into
// entries.
//
// It exists because every pane, every copied folder and every comparison
// stands on listings, and because a listing is the least defined part of FTP:
// RFC 3659 describes MLSD, but LIST is "information on a file in a form for
// people" (RFC 959, 4.1.3). So the package is pure (bytes in, values out, no
// clock, no connection), its limits are enforced while the bytes stream by,
// and a line it cannot read is handed back instead of dropped: whoever asked
// must never take a part of a folder for the whole.
//
// MLSD has one parser. LIST has a table of dialects in list.go, each in a file
// of its own; the first line that one of them reads chooses it for the whole
// listing. What a line leaves open stays unknown (a size in blocks, a month
// in no language known here), and what one line cannot tell is decided by all
// of them, as whether 04/03/18 is in April or in March.
package listing

import (
	"time"

	"wherry/sync/vfs"
)

// Format is the command that a listing answers.
type Format uint8

// The formats.
const (
	MLSD Format = iota // RFC 3659, section 7
	LIST               // RFC 959, in one of the dialects
)

// The limits that hold where Options.Limits says nothing. The largest honest
// folders measured have a few hundred thousand names of under 300 bytes.
const (
	MaxLine    = 64 << 10  // bytes of a line, its end included
	MaxBytes   = 256 << 20 // bytes of a listing
	MaxEntries = 2_000_000 // lines that are entries or could not be read
)

// Limits bound one listing; a zero field means the default above. A listing
// beyond one ends with KindProtocol.
type Limits struct {
	Line    int
	Bytes   int64
	Entries int
}

// Options say what a listing does not: when and where it was made.
type Options struct {
	// Now decides the year of "Jan  2 15:04". LIST leaves the year out for
	// recent files, and what is recent is the server's own idea.
	Now time.Time
	// Location is where the server's clock of LIST stands; nil is UTC. MLSD
	// times are UTC by RFC 3659, 2.3.
	Location *time.Location
	// Decode turns the server's bytes into a name; nil keeps the bytes.
	Decode func(string) string
	// Unique is called with each entry of MLSD or MLST of which the server tells
	// what is the same under all names of it (RFC 3659, 7.5.2); nil for nobody.
	Unique func(e vfs.Entry, unique string)
	Limits Limits
}

// Unparsed is a line that is no entry and no known noise. Line has its end
// removed and is otherwise as sent.
type Unparsed struct{ Line string }

func (o Options) withDefaults() Options {
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Decode == nil {
		o.Decode = func(s string) string { return s }
	}
	if o.Limits.Line <= 0 {
		o.Limits.Line = MaxLine
	}
	if o.Limits.Bytes <= 0 {
		o.Limits.Bytes = MaxBytes
	}
	if o.Limits.Entries <= 0 {
		o.Limits.Entries = MaxEntries
	}
	return o
}
