//go:build !headless

package ui

import (
	"encoding/json"
	"io"
	"sync"
)

// fact is one thing that became true in the window, as tests and bug reports
// read it. Positions are in the window's own coordinates.
type fact struct {
	// Fact is the kind. What is true until it is told anew: pane, queue,
	// status, focus, controls, question. What happened: dialog, connecting,
	// connected, failed, queued, drag, trouble, raised,
	// hidden, finished, command, closed. And frame, which says
	// that the window took in what mouse and keys had done.
	Fact string `json:"fact"`
	// Frame: when, in nanoseconds since 1970.
	At int64 `json:"at,omitempty"`

	// Pane: its side, site and path, its rows in order, and where the list
	// draws them.
	Side     string   `json:"side,omitempty"`
	Site     string   `json:"site,omitempty"`
	Path     string   `json:"path,omitempty"`
	Rows     []string `json:"rows,omitempty"`
	Selected int      `json:"selected,omitempty"`
	X        float32  `json:"x,omitempty"` // of the list's rows
	Y        float32  `json:"y,omitempty"`
	W        float32  `json:"w,omitempty"`
	H        float32  `json:"h,omitempty"`
	RowH     float32  `json:"row_height,omitempty"`

	// Queue: rows by state.
	Count map[string]int `json:"count,omitempty"`

	// Dialog, question, failed, status and drag: what is written there; ""
	// for no question. Focus: address, left, right, field, or elsewhere.
	Text string `json:"text,omitempty"`
	// Controls, question: buttons and fields by their label, with the middle
	// of each. Focus: the button that has the keys.
	Controls map[string][2]float32 `json:"controls,omitempty"`
}

// maxFactRows bounds what one fact tells of a long list.
const maxFactRows = 200

// facts writes what becomes true as JSON lines. Its zero value, and a nil
// one, write nothing. A reader that went away is written to no more.
type facts struct {
	mu  sync.Mutex
	enc *json.Encoder // guarded; nil without a reader
}

func newFacts(w io.Writer) *facts {
	if w == nil {
		return &facts{}
	}
	return &facts{enc: json.NewEncoder(w)}
}

func (f *facts) on() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.enc != nil
}

func (f *facts) tell(x fact) {
	if len(x.Rows) > maxFactRows {
		x.Rows = x.Rows[:maxFactRows]
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.enc == nil {
		return
	}
	if err := f.enc.Encode(x); err != nil {
		f.enc = nil
	}
}
