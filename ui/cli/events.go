package cli

import (
	"io"
	"strings"
	"sync"
	"time"

	"wherry/sync/queue"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// eventJSON is one line of `--json` about a transfer. bytes and size count
// the whole file; fields that an event has nothing for are left out.
type eventJSON struct {
	Event    string     `json:"event"` // queue.EventType, and added of queue add
	ID       queue.ID   `json:"id"`
	Type     string     `json:"type,omitempty"` // dir for a folder; absent for a file
	Source   string     `json:"source"`
	Target   string     `json:"target"`
	Bytes    *int64     `json:"bytes,omitempty"`
	Size     *int64     `json:"size,omitempty"`
	Rate     *int64     `json:"rate,omitempty"` // bytes a second
	Verified string     `json:"verified,omitempty"`
	ModeKept *bool      `json:"mode_kept,omitempty"` // of done: false where --keep-mode could not be done
	Kind     string     `json:"kind,omitempty"`
	Message  string     `json:"message,omitempty"`
	NextTry  *time.Time `json:"next_try,omitempty"` // of retry
	Existing bool       `json:"existing,omitempty"` // of queue add: the row was there before
}

// summaryJSON is the last line of `get --json` and its like.
type summaryJSON struct {
	Event   string  `json:"event"` // summary
	Done    int64   `json:"files_done"`
	Failed  int64   `json:"files_failed"`
	Skipped int64   `json:"files_skipped"`
	Left    int64   `json:"files_left"` // rows that have not ended; the next four say why
	Paused  int64   `json:"paused"`
	Asking  int64   `json:"asking"`
	Waiting int64   `json:"waiting"` // interrupted, or the queue as a whole is paused
	Later   int64   `json:"later"`   // for a time to begin
	Bytes   int64   `json:"bytes"`   // of the files done
	Seconds float64 `json:"seconds"`
}

// errorJSON is the line of a command that failed before its first transfer.
type errorJSON struct {
	Event   string `json:"event"` // failed
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

// Events writes the queue's events as JSON lines on a goroutine of its own,
// so that a slow reader holds up no transfer.
type Events struct {
	write func(queue.Event) // fixed; called by one goroutine
	done  chan struct{}     // fixed; closed when the last event is written

	mu      sync.Mutex
	wake    *sync.Cond    // fixed; on mu
	pending []queue.Event // guarded
	writing bool          // guarded; a batch is being written
	closed  bool          // guarded
}

// NewEvents starts to write to out; show names a place, as a TARGET does. A
// failure to write ends the writing.
func NewEvents(out io.Writer, show func(queue.Place) string) *Events {
	enc := jsonLines(out)
	return newEvents(func(e queue.Event) { _ = enc.Encode(lineOf(e, show)) })
}

func newEvents(write func(queue.Event)) *Events {
	e := &Events{write: write, done: make(chan struct{})}
	e.wake = sync.NewCond(&e.mu)
	go e.run()
	return e
}

// OnEvent takes one event; it does not block.
func (e *Events) OnEvent(event queue.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	// Progress that nobody has read yet is replaced: pending stays as short
	// as the number of rows.
	for i := len(e.pending) - 1; i >= 0 && event.Type == queue.EventProgress; i-- {
		if p := &e.pending[i]; p.Type == queue.EventProgress && p.Item.ID == event.Item.ID {
			*p = event
			return
		}
		if len(e.pending)-i > 64 {
			break
		}
	}
	e.pending = append(e.pending, event)
	e.wake.Broadcast()
}

// Flush returns once every event so far is written.
func (e *Events) Flush() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.pending) > 0 || e.writing {
		e.wake.Wait()
	}
}

// Close writes what is pending and ends the goroutine. Events after it are
// lost.
func (e *Events) Close() {
	e.mu.Lock()
	e.closed = true
	e.wake.Broadcast()
	e.mu.Unlock()
	<-e.done
}

func (e *Events) run() {
	defer close(e.done)
	for {
		e.mu.Lock()
		for len(e.pending) == 0 && !e.closed {
			e.wake.Wait()
		}
		batch := e.pending
		e.pending, e.writing = nil, len(batch) > 0
		e.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		for _, event := range batch {
			e.write(event)
		}
		e.mu.Lock()
		e.writing = false
		e.wake.Broadcast()
		e.mu.Unlock()
	}
}

func lineOf(e queue.Event, show func(queue.Place) string) eventJSON {
	i := e.Item
	row := eventJSON{Event: string(e.Type), ID: i.ID, Source: withName(show(i.Source), i), Target: withName(show(i.Target), i)}
	if i.Type == vfs.TypeDir {
		row.Type = i.Type.String()
	} else {
		row.fill(e)
	}
	switch e.Type {
	case queue.EventFailed, queue.EventRetry, queue.EventPaused:
		if e.Type == queue.EventPaused && i.Message == "" {
			break
		}
		row.Kind, row.Message = i.Kind.String(), words.OfKind(i.Kind, about(i), i.Message, words.CommandLine).Title
		if e.Type == queue.EventRetry {
			row.NextTry = &i.NextTry
		}
	case queue.EventSkipped:
		row.Message = words.Safe(i.Message)
	}
	return row
}

// withName puts the name of an entry that cannot be one behind its folder.
func withName(folder string, i queue.Item) string {
	if i.Name == "" {
		return folder
	}
	return strings.TrimSuffix(folder, "/") + "/" + vfs.Readable(i.Name)
}

// about is what the failure of an item is about, for words.
func about(i queue.Item) string {
	if i.About != "" {
		return i.About
	}
	return i.Source.Path.String()
}

// fill sets what only files have.
func (row *eventJSON) fill(e queue.Event) {
	i := e.Item
	if i.Size >= 0 {
		row.Size = &i.Size
	}
	switch e.Type {
	case queue.EventProgress:
		perSecond := int64(i.Rate)
		row.Bytes, row.Rate = &i.Done, &perSecond
	case queue.EventDone:
		row.Bytes, row.Verified = &i.Size, i.Verified
		if kept := !i.ModeRefused; i.KeepMode {
			row.ModeKept = &kept
		}
	}
}
