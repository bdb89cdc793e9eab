//go:build !headless

package ui

import (
	"bytes"
	"io"
	"slices"
)

// harmless is what Fyne logs where nothing is amiss: it looks for a session bus
// where there is none, and has trouble with files of its own, which we do not use.
var harmless = []string{"settings", "preferences", "app storage", "user theme file"}

// hush passes on what is logged, without what is harmless: who starts a window
// from a terminal takes such lines for a defect. Fyne logs an error as a line that
// says what failed and up to two that say more, each with one Write.
type hush struct {
	to      io.Writer
	dropped bool // the last error, and so what is said of it
}

// Write passes a line on, or drops it.
func (h *hush) Write(line []byte) (int, error) {
	_, what, begins := bytes.Cut(line, []byte("Fyne error:"))
	switch {
	case begins:
		h.dropped = slices.ContainsFunc(harmless, func(s string) bool { return bytes.Contains(bytes.ToLower(what), []byte(s)) })
	case !bytes.Contains(line, []byte("  Cause:")) && !bytes.Contains(line, []byte("  At:")):
		h.dropped = false
	}
	if h.dropped {
		return len(line), nil
	}
	return h.to.Write(line)
}
