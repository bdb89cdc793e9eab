// Package logview shows the transcript: what Wherry and the servers said to
// each other, in four colours.
//
// It exists as one feature of the window, for the moment when something does
// not work and a person, or their provider, wants to see why.
package logview

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"wherry/sync/trace"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/loop"
	"wherry/ui/parts"
)

// Transcript is what the view needs of the engine: *trace.Ring is one.
type Transcript interface {
	Since(seq uint64) ([]trace.Line, uint64)
}

// maxLines is how many lines stand in the view; older ones go. The same as
// the ring holds, so nothing that could be shown is missing.
const maxLines = 5000

// colors has one colour for each direction.
var colors = map[trace.Direction]fyne.ThemeColorName{
	trace.Status:   look.ColorLogStatus,
	trace.Sent:     look.ColorLogSent,
	trace.Received: look.ColorLogReceived,
	trace.Trouble:  look.ColorLogTrouble,
}

// View is the log tab.
type View struct {
	// Menu is asked for by a right click.
	Menu func(at fyne.Position)

	// Say tells in passing a line that does not fit; "" ends it.
	Say func(text string)
	// Leave is told when Tab is to take the keys back to the panes.
	Leave func()

	source    Transcript
	lines     []trace.Line
	next      uint64 // read in the ticker's goroutine alone
	selection parts.Selection
	list      *parts.List
	placard   *parts.Placard // while there is nothing
	object    fyne.CanvasObject
}

// New returns the view of a transcript, sampled while it is visible.
func New(l *loop.Loop, source Transcript) (*View, *loop.Watch) {
	v := &View{source: source}
	v.selection.Reset(0)
	v.list = parts.NewList(l, []parts.Column{
		{Title: "Time", Width: 92, Min: 60, Secondary: true, Fixed: true},
		{Title: "Session", Width: 56, Min: 40, Align: fyne.TextAlignTrailing, Secondary: true, Fixed: true},
		{Title: "Host", Width: 150, Min: 40, Secondary: true, Middle: true, Fixed: true},
		{Title: "Said", Width: 400, Min: 120, Flex: true, Fixed: true},
	}, &v.selection)
	v.list.SetSource(v)
	v.placard = parts.NewPlacard()
	v.placard.Set(parts.Notice{
		Glyph: look.GlyphText, Title: "Nothing was said yet",
		Text: "What Wherry and the servers say to each other stands here, without passwords.",
	})
	v.object = container.NewStack(v.list, parts.BelowHeader(v.placard))
	v.list.Hooks.Cut = func(text string) {
		if v.Say != nil {
			v.Say(text)
		}
	}
	v.list.Hooks.Shortcut = func(s fyne.Shortcut) {
		if _, ok := s.(*fyne.ShortcutCopy); ok {
			fyne.CurrentApp().Clipboard().SetContent(v.Text())
		}
	}
	v.list.Hooks.Menu = func(_ int, at fyne.Position) {
		if v.Menu != nil {
			v.Menu(at)
		}
	}
	v.list.Hooks.Switch = func() {
		if v.Leave != nil {
			v.Leave()
		}
	}
	return v, loop.Sample(l, v.take, v.add)
}

func (v *View) take() ([]trace.Line, bool) {
	lines, next := v.source.Since(v.next)
	v.next = next
	return lines, len(lines) > 0
}

// add appends lines and follows them, unless the person scrolled up or
// selected something to read.
func (v *View) add(lines []trace.Line) {
	follow := v.selection.Count() == 0 && v.list.AtEnd()
	v.lines = append(v.lines, lines...)
	over := max(len(v.lines)-maxLines, 0)
	if over > 0 {
		v.lines = append([]trace.Line(nil), v.lines[over:]...)
	}
	rows, cursor, anchor := v.selection.Rows(), v.selection.Cursor(), v.selection.Anchor()
	v.selection.Reset(len(v.lines))
	v.selection.Stand(cursor-over, anchor-over)
	for _, row := range rows {
		v.selection.Set(row-over, true)
	}
	v.placard.Hide()
	v.list.Reload()
	if follow {
		v.list.ScrollTo(len(v.lines) - 1)
	}
}

// Focus gives the keys to the log, from the newest line on.
func (v *View) Focus() {
	if v.selection.Cursor() < 0 {
		v.selection.Point(len(v.lines) - 1)
	}
	v.list.Focus()
}

// Object is what to put into the window.
func (v *View) Object() fyne.CanvasObject { return v.object }

// SetModifiers gives the list the driver's modifier keys.
func (v *View) SetModifiers(f func() fyne.KeyModifier) { v.list.Modifiers = f }

// Len is the list's number of rows.
func (v *View) Len() int { return len(v.lines) }

// Row is what the list draws of row i.
func (v *View) Row(i int) parts.Row {
	if i < 0 || i >= len(v.lines) {
		return parts.Row{Fraction: -1}
	}
	l := v.lines[i]
	session := ""
	if l.Session > 0 {
		session = strconv.Itoa(l.Session)
	}
	return parts.Row{
		Cells:    []string{l.Time.Format("15:04:05.000"), session, vfs.Readable(l.Host), l.Dir.String() + "  " + vfs.Readable(l.Text)},
		Color:    colors[l.Dir],
		Fraction: -1,
	}
}

// Text is the selected lines, or all, for the clipboard.
func (v *View) Text() string {
	var b strings.Builder
	for i, l := range v.lines {
		if v.selection.Count() == 0 || v.selection.Has(i) {
			b.WriteString(l.String() + "\n")
		}
	}
	return b.String()
}

// Clear empties the view; the transcript itself stays.
func (v *View) Clear() {
	v.lines = nil
	v.selection.Reset(0)
	v.placard.Show()
	v.list.Reload()
}
