package queue

import (
	"context"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// ID numbers a row for ever; a higher one was added later.
type ID int64

// State of a row.
type State string

// The states. Done, Failed and Skipped are ends; a person can send Failed,
// Skipped and Paused back to Waiting. A folder is Scanning while it is read
// and Active while anything below it has not ended.
const (
	Waiting  State = "waiting"
	Scanning State = "scanning" // a folder being read into rows
	Active   State = "active"
	Paused   State = "paused"
	Asking   State = "asking" // a question is open; the rest goes on
	Done     State = "done"
	Failed   State = "failed"
	Skipped  State = "skipped"
)

// Priority of a row: those of a higher one are taken first, whatever their
// place in the list. What is found in a folder has the folder's.
type Priority int

// The priorities; what is added is Normal.
const (
	High   Priority = -1
	Normal Priority = 0
	Low    Priority = 1
)

// String returns high, normal or low; it is part of the command line's
// contract.
func (p Priority) String() string {
	switch {
	case p < Normal:
		return "high"
	case p > Normal:
		return "low"
	}
	return "normal"
}

// Place is one end of a transfer: a path on a site, or here for site.Local.
type Place struct {
	Site site.ID
	Path vfs.Path
}

// Arrival says how a Request's Target is meant where nobody has looked at its
// file system yet. Nothing is made there before the work begins.
type Arrival int

// The arrivals. Those but ArriveAs are for a Target on a site.
const (
	// ArriveAs: Target is the final place, and its folder is there.
	ArriveAs Arrival = iota
	// ArriveIn: Target is the final place, and its folder is made where it is
	// missing.
	ArriveIn
	// ArriveLook: Target is the final place, unless a folder stands there: then
	// it goes into that, by the source's name.
	ArriveLook
)

// Request asks for a copy of one file or one folder with all that is in it.
type Request struct {
	Source Place
	// Target is the final place with its name, not the folder it goes into.
	Target Place
	// Arrive says how Target is meant; ArriveAs by default.
	Arrive Arrival
	// Type is TypeFile or TypeDir as listed; otherwise the worker asks the
	// source first.
	Type vfs.Type
	// Size as listed, vfs.SizeUnknown where not known.
	Size   int64
	Exists transfer.Rule
	// KeepMode sets the source's permission bits on what arrives, where both
	// sides can; a folder's content takes it over. A folder gets them when it is
	// made, with all those of its owner; one that is there keeps its own.
	KeepMode bool
	// Segments is over how many connections one large file is read from a site
	// at a time, at most transfer.MaxSegments; 0 for Tuning.Segments. A
	// folder's content takes it over. See transfer.Job.
	Segments int
	// NotBefore is when the work may begin; zero for at once.
	NotBefore time.Time
}

// Item is one row as it stood when asked for.
type Item struct {
	ID ID
	// Parent is the folder row that this row was scanned from, 0 for none.
	Parent         ID
	Source, Target Place
	// Name is what a folder's listing told where it cannot be part of a path;
	// Source and Target are then the folder's. It can hold any byte. "" for
	// all other rows.
	Name   string
	Type   vfs.Type
	State  State
	Exists transfer.Rule
	// Priority comes before the order of the list.
	Priority Priority
	// Size is the whole file's, vfs.SizeUnknown where not known; Done counts
	// the bytes that stand in the part file. For folders they count the
	// entries found below so far, at any depth, and those of them that ended.
	Size, Done int64
	// Rate in bytes a second over the last seconds; only while Active.
	Rate float64
	// Attempts made so far and the time before which no next one is made.
	Attempts int
	NextTry  time.Time
	// KeepMode, Segments and NotBefore as in Request.
	KeepMode  bool
	Segments  int
	NotBefore time.Time
	// WaitsFor is the site that could not be reached and is tried again at
	// NextTry by one row for all, "" where the row waits for nothing but its
	// turn. It is set by List.
	WaitsFor site.ID
	// Kind and Message tell why it failed or was skipped; Message is the
	// error's line, words for people are made from Kind at the face.
	Kind    vfs.Kind
	Message string
	// About is the path or host that Kind speaks of: the source, the target, or
	// what stood in the way. It can hold any byte; "" where it is not known.
	About string
	// Verified is the transfer's verdict on a done file: size, hash or none.
	Verified string
	// ModeRefused tells, in EventDone alone, that KeepMode could not be done.
	ModeRefused bool
	// Question is what is open while the state is Asking, else nil.
	Question *transfer.Question
	Added    time.Time
	Ended    time.Time
}

// Left is the time to the end at the present rate; ok is false where it
// cannot be told.
func (i Item) Left() (left time.Duration, ok bool) {
	if i.Rate <= 0 || i.Size < i.Done {
		return 0, false
	}
	return timeFor(float64(i.Size-i.Done), i.Rate), true
}

// timeFor is how long an amount takes at so much a second, 30 years at most: a Duration holds no more than
// 292.
func timeFor(amount, rate float64) time.Duration {
	return time.Duration(min(amount/rate, 1e9) * float64(time.Second))
}

// Snapshot is the queue at one moment, cheap enough to take five times a
// second. It is immutable.
type Snapshot struct {
	// Seq grows with every change of any row's state; equal Seq means that
	// the rows a view has read are still true but for Active's progress.
	Seq uint64
	// Running tells whether this process works on the queue, Held that a
	// person paused it as a whole.
	Running, Held bool
	// OpensAt is when files may begin to move again by Tuning.From, zero while
	// they may.
	OpensAt time.Time
	// Active holds the rows this process scans or transfers at the moment, and
	// the first MaxAsking of those asked about, by ID.
	Active []Item
	// Waits are the sites that are waited for, in no order.
	Waits []SiteWait
	// Count of rows by state.
	Count map[State]int
	// BytesLeft of all rows not ended whose size is known, and how fast all
	// moved over the last seconds by direction, in bytes a second, files that
	// have ended included. A copy between two sites counts in both.
	BytesLeft      int64
	RateUp, RateDn float64
	// Rate counts each byte once, those that stay here too. FileRate is how many
	// files a second ended well over the last seconds, 0 before it can be told.
	Rate, FileRate float64
	// Later are the waiting rows that start at a time to come.
	Later Later

	standing int64 // bytes of BytesLeft that wait for a person
}

// ManyFiles a second are so small that their number tells more than their bytes.
const ManyFiles = 5

// Left is the time until everything that may move by now has moved, at the rate of
// the last seconds: what its bytes take or, of ManyFiles, what their number takes, if
// that is longer. ok is false where it cannot be told.
func (s Snapshot) Left() (left time.Duration, ok bool) {
	if bytes := s.BytesLeft - s.Later.Bytes - s.standing; s.Rate > 0 && bytes > 0 {
		left, ok = timeFor(float64(bytes), s.Rate), true
	}
	if files := s.Count[Waiting] - s.Later.Rows; files > 0 && s.FileRate >= ManyFiles {
		left, ok = max(left, timeFor(float64(files), s.FileRate)), true
	}
	return left, ok
}

// Unfinished counts the rows on which work is left. It is never less than
// those in work, which Count may not know of yet: nobody is to be told that
// nothing is left while something moves.
func (s Snapshot) Unfinished() int {
	counted := s.Count[Waiting] + s.Count[Scanning] + s.Count[Active] + s.Count[Asking] + s.Count[Paused]
	return max(counted, len(s.Active))
}

// EventType is the word of a JSON event.
type EventType string

// The events, in the order in which one row can send them. A folder row sends
// Failed, Retry and Skipped for its own trouble only (it could not be read or
// made), never for what is below it, and no Done: who counts events counts
// each loss once.
const (
	EventStarted  EventType = "started"
	EventProgress EventType = "progress"
	EventAsking   EventType = "asking"
	EventDone     EventType = "done"
	EventFailed   EventType = "failed"  // for good: no retry is left
	EventRetry    EventType = "retry"   // failed, and tried again later
	EventSkipped  EventType = "skipped" // by rule, or a name that cannot be used
	// EventPaused tells that what had started is not at work any more: a person
	// paused it, or everything, or wants it later. With a Kind, whether it had
	// started or not, it tells that its site's password is known to nobody, for
	// which the other rows of that site are paused, too.
	EventPaused  EventType = "paused"
	EventRemoved EventType = "removed" // what had started was taken off the queue
)

// Event tells of one change of one row.
type Event struct {
	Type EventType
	Item Item
}

// Opener gives the file system of a site; site.Local is this computer. The
// file system is shared and stays open: the queue never closes it.
type Opener func(ctx context.Context, id site.ID) (vfs.FS, error)

// Filter picks rows for List; the zero Filter picks all.
type Filter struct {
	// States to show; none means all.
	States []State
	// TopLevel leaves out rows that were scanned from a folder.
	TopLevel bool
	// Find leaves rows whose source or target path holds it, whatever the case
	// of ASCII letters. It reads every row that the rest lets through.
	Find string
	// Newest lists first what ended last, and what has not ended at the end.
	Newest bool
	// LaterLast lists the rows that start at a time to come behind all others:
	// nobody looks for what moves below what begins tomorrow. More than 2,000
	// of them stay in their place.
	LaterLast bool
	// ActiveFirst lists the files in work before all others, and behind them the
	// first MaxAsking rows asked about: in a large tree the folders above them
	// fill the list. It is for List alone, and not with Newest.
	ActiveFirst bool

	part  part
	front string // the IDs of rows that come before all others, "" for none
	now   int64  // for part
	after *row   // the row that those asked for are behind, nil for none
}
