package logview

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"wherry/sync/trace"
	"wherry/ui/look"
	"wherry/ui/loop"
)

func show(t *testing.T, ring *trace.Ring) (*View, *loop.Manual) {
	t.Helper()
	test.NewTempApp(t)
	l := loop.NewManual(context.Background())
	t.Cleanup(l.Close)
	v, watch := New(l.Loop, ring)
	t.Cleanup(watch.Stop)
	test.NewTempWindow(t, v.Object())
	return v, l
}

func TestLinesShowWhoSpoke(t *testing.T) {
	ring := trace.NewRing(10, nil)
	v, l := show(t, ring)
	ring.Add(trace.Line{Session: 2, Host: "ftp.example.org", Dir: trace.Sent, Text: "PASS ****"})
	ring.Add(trace.Line{Dir: trace.Trouble, Text: "evil \x1b[2J"})
	l.Tick()
	if v.Len() != 2 {
		t.Fatalf("%d rows for two lines", v.Len())
	}
	sent, trouble := v.Row(0), v.Row(1)
	if sent.Color != look.ColorLogSent || trouble.Color != look.ColorLogTrouble {
		t.Errorf("colours %q and %q", sent.Color, trouble.Color)
	}
	if sent.Cells[1] != "2" || sent.Cells[3] != "->  PASS ****" {
		t.Errorf("the sent line reads %q", sent.Cells)
	}
	if strings.ContainsRune(trouble.Cells[3], 0x1b) {
		t.Errorf("an escape character reaches the screen: %q", trouble.Cells[3])
	}
}

func TestViewForgetsNoMoreThanTheRing(t *testing.T) {
	ring := trace.NewRing(maxLines, nil)
	v, l := show(t, ring)
	for range maxLines {
		ring.Add(trace.Line{Text: "old"})
	}
	l.Tick()
	ring.Add(trace.Line{Text: "new"})
	l.Tick()
	if v.Len() != maxLines {
		t.Fatalf("%d rows, want %d", v.Len(), maxLines)
	}
	if last := v.Row(maxLines - 1).Cells[3]; !strings.HasSuffix(last, "new") {
		t.Errorf("the last row reads %q", last)
	}
}

func TestClearedViewShowsWhatComesAfter(t *testing.T) {
	ring := trace.NewRing(10, nil)
	v, l := show(t, ring)
	ring.Add(trace.Line{Text: "before"})
	l.Tick()
	v.Clear()
	ring.Add(trace.Line{Text: "after"})
	l.Tick()
	if text := v.Text(); strings.Contains(text, "before") || !strings.Contains(text, "after") {
		t.Errorf("the text to copy is %q", text)
	}
}

func TestNewLinesLeaveAReaderAlone(t *testing.T) {
	ring := trace.NewRing(maxLines, nil)
	v, l := show(t, ring)
	if !v.placard.Visible() {
		t.Error("an empty log says nothing")
	}
	say := func(n int) {
		for range n {
			ring.Add(trace.Line{Text: "a line"})
		}
		l.Tick()
	}
	say(200)
	if !v.list.AtEnd() || v.placard.Visible() {
		t.Error("the newest line is not in view")
	}
	v.list.ScrollToOffset(0)
	if say(10); v.list.Offset() != 0 {
		t.Error("new lines took the view away from somebody who scrolled up")
	}
	v.list.ScrollToOffset(1e6)
	if say(10); !v.list.AtEnd() {
		t.Error("the view does not follow again")
	}
	v.selection.Only(3)
	say(maxLines - 220 + 1) // one more than is kept
	if !v.selection.Has(2) || v.selection.Count() != 1 {
		t.Errorf("selected: %v", v.selection.Rows())
	}
}

func TestKeysBeginAtTheNewestLine(t *testing.T) {
	ring := trace.NewRing(10, nil)
	v, l := show(t, ring)
	left := 0
	v.Leave = func() { left++ }
	v.Focus() // nothing to stand on yet
	for range 5 {
		ring.Add(trace.Line{Text: "NOOP"})
	}
	l.Tick()
	v.Focus()
	keys := fyne.CurrentApp().Driver().CanvasForObject(v.list).Focused()
	keys.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if rows := v.selection.Rows(); len(rows) != 1 || rows[0] != 3 {
		t.Errorf("Up leads to %d", rows)
	}
	v.selection.Extend(2, false) // Shift+Up
	ring.Add(trace.Line{Text: "NOOP"})
	l.Tick()
	v.selection.Extend(1, false)
	if rows := v.selection.Rows(); len(rows) != 3 || rows[2] != 3 {
		t.Errorf("a range that grows while lines come is %d", rows)
	}
	if tab, ok := keys.(fyne.Tabbable); !ok || !tab.AcceptsTab() {
		t.Fatal("Tab does not come here")
	}
	keys.TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
	if left != 1 {
		t.Errorf("Tab was told %d times", left)
	}
}
