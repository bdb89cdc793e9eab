// Package trace keeps the transcript: what Wherry and the servers said to each
// other, for the log tab, `--log` and the connection doctor.
//
// It exists apart from the sessions so that every one of them writes into one
// bounded place, and so that nothing unmasked can get in: the writers below
// mask secrets before they call Add, and a test greps what comes out.
package trace

import (
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"wherry/sync/vfs"
)

// Direction says who spoke; the log tab has a colour for each.
type Direction uint8

// The directions.
const (
	Status   Direction = iota // Wherry about itself: "connected", "switched to active"
	Sent                      // a command as it went out, secrets masked
	Received                  // a reply line
	Trouble                   // what failed
)

// String returns the mark of a line in a written transcript.
func (d Direction) String() string { return [...]string{"--", "->", "<-", "!!"}[d] }

// Line is one line of the transcript.
type Line struct {
	Time time.Time
	// Session numbers the control connection within this process, from 1; 0
	// is Wherry itself.
	Session int
	// Host is the server's name as the person gave it.
	Host string
	Dir  Direction
	// Text is masked and without line ends; it may hold any other byte.
	Text string
}

// String returns the line as written to a file: nothing in it can move a
// terminal's cursor.
func (l Line) String() string {
	return fmt.Sprintf("%s [%d] %s %s", l.Time.Format("2006-01-02 15:04:05.000"), l.Session, l.Dir, vfs.Readable(l.Text))
}

// MaxText bounds one line in bytes; longer ones are cut and end in an
// ellipsis.
const MaxText = 2000

// Ring holds the newest lines. Its methods may be called from any goroutine.
type Ring struct {
	out io.Writer // fixed; nil without a file

	mu       sync.Mutex
	lines    []Line // guarded; a ring once full
	next     uint64 // guarded; the number of the next line, from 0
	writeErr error  // guarded; the first failure to write to out
}

// NewRing returns a Ring of n lines (at least 1). out, when not nil, gets
// every line as it comes; a failing out is written to no more and its error
// kept for Err.
func NewRing(n int, out io.Writer) *Ring {
	return &Ring{out: out, lines: make([]Line, max(n, 1))}
}

// Add appends a line and stamps it when its Time is zero.
func (r *Ring) Add(l Line) {
	if l.Time.IsZero() {
		l.Time = time.Now()
	}
	if len(l.Text) > MaxText {
		l.Text = whole(l.Text[:MaxText]) + "…"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines[r.next%uint64(len(r.lines))] = l
	r.next++
	if r.out != nil && r.writeErr == nil {
		_, r.writeErr = fmt.Fprintln(r.out, l)
	}
}

// whole drops a last character that was cut through.
func whole(text string) string {
	for i := len(text) - 1; i >= 0 && i >= len(text)-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRuneInString(text[i:]) {
				return text[:i]
			}
			break
		}
	}
	return text
}

// Since returns the lines numbered from seq on that are still held, oldest
// first, and the number to ask for next time. Since(0) returns all.
func (r *Ring) Since(seq uint64) ([]Line, uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	size := uint64(len(r.lines))
	if r.next > size {
		seq = max(seq, r.next-size)
	}
	var out []Line
	for ; seq < r.next; seq++ {
		out = append(out, r.lines[seq%size])
	}
	return out, r.next
}

// Err returns the first error of writing to out, nil while all is well.
func (r *Ring) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.writeErr
}
