// Package settings keeps how a person arranged the window.
//
// It exists beside Fyne's preferences because those are not written whole or
// not at all; a crash while they are written loses them.
package settings

import (
	"path/filepath"

	"wherry/sync/jsonfile"
)

// Settings is everything kept. Zero values stand for what the program thinks
// best.
type Settings struct {
	// Theme is "", "light" or "dark".
	Theme string `json:"theme,omitempty"`
	// Verify says when the content of what was copied is compared by a hash,
	// in the words of transfer.Verify; "" is its default.
	Verify string `json:"verify,omitempty"`
	// Workers is how many files move at a time, 0 for the usual number.
	Workers int `json:"workers,omitempty"`
	// LimitsOn says whether LimitUp and LimitDown hold now: bytes a second of
	// all transfers together, 0 for no limit that way.
	LimitsOn  bool  `json:"limits_on,omitempty"`
	LimitUp   int64 `json:"limit_up,omitempty"`
	LimitDown int64 `json:"limit_down,omitempty"`
	// HoursOn says whether files begin to move only between From and Until,
	// times of day as "22:00"; "" for the usual ones.
	HoursOn bool   `json:"hours_on,omitempty"`
	From    string `json:"from,omitempty"`
	Until   string `json:"until,omitempty"`
	// SmallFirst takes small files first.
	SmallFirst bool `json:"small_first,omitempty"`
	// KeepDays is how long what has ended is listed, 0 for the usual time.
	KeepDays int `json:"keep_days,omitempty"`
	// ExistsUp and ExistsDown say what happens to a name that is taken, in the
	// words of transfer.Rule; "" asks.
	ExistsUp   string `json:"exists_up,omitempty"`
	ExistsDown string `json:"exists_down,omitempty"`
	// KeepMode sets the source's permissions on the copy.
	KeepMode bool `json:"keep_mode,omitempty"`
	// SegmentsOn reads one large file from a site over Segments connections, 0
	// for the usual number.
	SegmentsOn bool `json:"segments_on,omitempty"`
	Segments   int  `json:"segments,omitempty"`
	// After says what follows when the queue is done, and AfterCommand is what
	// AfterRuns runs.
	After        After  `json:"after,omitempty"`
	AfterCommand string `json:"after_command,omitempty"`
	// MaySleep lets the computer fall asleep while files move.
	MaySleep bool `json:"may_sleep,omitempty"`
	// CloseTo is "" for the tray where there is one, or CloseQuits.
	CloseTo string `json:"close_to,omitempty"`
	// TrayTold: the person was told once that the window goes into the tray.
	TrayTold bool `json:"tray_told,omitempty"`
	// Width and Height of the window in device independent pixels.
	Width  float32 `json:"width,omitempty"`
	Height float32 `json:"height,omitempty"`
	// Columns is the left pane's share of the width, Rows the panes' share of
	// the height, from 0 to 1.
	Columns float32 `json:"columns,omitempty"`
	Rows    float32 `json:"rows,omitempty"`
	// Panes are the left and the right one.
	Panes [2]Pane `json:"panes"`
	// Recent are what was typed to connect, newest first, without passwords.
	Recent []string `json:"recent,omitempty"`
}

// After is what follows when the queue is done.
type After string

// What may follow. AfterTells, the zero value, is a notification where the
// window is not in front; AfterQuits and AfterRuns come on top of that.
const (
	AfterTells   After = ""
	AfterNothing After = "nothing"
	AfterQuits   After = "quit"
	AfterRuns    After = "command"
)

// CloseQuits as Settings.CloseTo ends the program with its window; it asks
// while work is left.
const CloseQuits = "quit"

// Pane is the arrangement of one pane.
type Pane struct {
	Widths     []float32 `json:"widths,omitempty"`
	Sort       int       `json:"sort,omitempty"`
	Descending bool      `json:"descending,omitempty"`
	Hidden     bool      `json:"hidden,omitempty"`
	// Folder of this computer that was shown last.
	Folder string `json:"folder,omitempty"`
}

// MaxRecent bounds Settings.Recent.
const MaxRecent = 12

// Remember puts text at the front of the recent ones.
func (s *Settings) Remember(text string) {
	recent := []string{text}
	for _, r := range s.Recent {
		if r != text && len(recent) < MaxRecent {
			recent = append(recent, r)
		}
	}
	s.Recent = recent
}

// File is the document on disk.
type File struct{ file *jsonfile.File[Settings] }

// Open reads settings.json in a folder; a missing one is empty. The notices
// tell of a damaged one that was set aside.
func Open(dir string) (*File, []string, error) {
	f, notices, err := jsonfile.Open[Settings](filepath.Join(dir, "settings.json"), "settings", 1)
	if err != nil {
		return nil, notices, err
	}
	return &File{f}, notices, nil
}

// Load returns what is kept; the zero Settings where it cannot be read.
func (f *File) Load() Settings {
	s, err := f.file.View()
	if err != nil {
		return Settings{}
	}
	return s
}

// Change alters what is kept. The error means that nothing was written.
func (f *File) Change(change func(*Settings)) error {
	return f.file.Update(func(s *Settings) error {
		change(s)
		return nil
	})
}
