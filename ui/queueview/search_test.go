package queueview

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/look/looktest"
	"wherry/ui/loop"
	"wherry/ui/parts"
)

// showBeside puts a tab with what stands beside its title into a window.
func showBeside(t *testing.T, r *rows, tab Tab, choice look.Choice, width float32) (*View, *loop.Manual, fyne.Window) {
	t.Helper()
	v, l := showIn(t, r, tab, choice)
	tabs := parts.NewTabs()
	for _, other := range []Tab{Left, Lost, Over} {
		if other.Title != tab.Title {
			tabs.Append(other.Title, container.NewStack())
			continue
		}
		n := tabs.Append(tab.Title+" (1,000)", v.Object())
		tabs.SetAside(n, v.Aside())
		tabs.Choose(n)
	}
	w := test.NewTempWindow(t, tabs)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(width, 300))
	return v, l, w
}

// find types into the field of a view and waits for what is found.
func find(t *testing.T, v *View, l *loop.Manual, text string) {
	t.Helper()
	v.Find()
	c := fyne.CurrentApp().Driver().CanvasForObject(v.search.field)
	for _, letter := range text {
		c.Focused().TypedRune(letter)
	}
	if text == "" {
		c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	}
	l.Advance(time.Second)
	settle(t, l)
}

func settle(t *testing.T, l *loop.Manual) {
	t.Helper()
	if err := l.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestHistoryIsFound(t *testing.T) {
	for outcome, tc := range map[string]struct {
		text  string
		rows  int
		first string
		told  string
	}{
		"by a part of a name":         {"file-0001", 10, "file-00010", "10 found"},
		"by a folder":                 {"/in/", 1000, "file-00000", "1,000 found"},
		"not where nothing has it":    {"nowhere", 0, "", "0 found"},
		"all where nothing is sought": {"", 1000, "file-00000", ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRows(1000, queue.Done)
			v, l, _ := showBeside(t, r, Over, look.Dark, 1000)
			find(t, v, l, "other")
			find(t, v, l, "")
			find(t, v, l, tc.text)
			if v.Len() != tc.rows || v.search.told.Text() != tc.told {
				t.Errorf("%d rows, told %q", v.Len(), v.search.told.Text())
			}
			if tc.rows == 0 {
				if !v.placard.Visible() || v.placard.Notice().Title != "Nothing found" {
					t.Errorf("the list says %q", v.placard.Notice().Title)
				}
				return
			}
			if got := v.Row(0).Cells[0]; got != tc.first || v.placard.Visible() {
				t.Errorf("the first row is %q", got)
			}
		})
	}
}

func TestSearchThatFailedIsNotSaidToHaveFoundNothing(t *testing.T) {
	r := newRows(1000, queue.Done)
	v, l, _ := showBeside(t, r, Over, look.Dark, 1000)
	r.broken = &vfs.Error{Op: "list", Kind: vfs.KindLost}
	find(t, v, l, "file-0001")
	if got := v.placard.Notice().Title; !v.placard.Visible() || got == "Nothing found" || got != v.search.told.Text() {
		t.Errorf("the list says %q, and beside it stands %q", got, v.search.told.Text())
	}
	if r.counted != 1 {
		t.Errorf("it was tried %d times at once", r.counted)
	}
	r.broken = nil
	l.Advance(5 * searchRest)
	settle(t, l)
	if v.Len() != 10 || v.placard.Visible() || v.search.told.Text() != "10 found" {
		t.Errorf("after the rest %d rows are found, told %q", v.Len(), v.search.told.Text())
	}
}

func TestSearchIsForTheLastLetter(t *testing.T) {
	r := newRows(1000, queue.Done)
	v, l, _ := showBeside(t, r, Over, look.Dark, 1000)
	v.Find()
	for _, letter := range "file-00042" {
		v.search.field.TypedRune(letter)
		l.Advance(typingPause / 2)
		settle(t, l)
	}
	if r.counted != 0 {
		t.Errorf("searched %d times while letters came", r.counted)
	}
	l.Advance(typingPause)
	settle(t, l)
	if r.counted != 1 || v.Len() != 1 {
		t.Errorf("searched %d times for %d rows", r.counted, v.Len())
	}
}

// TestSearchLetsTheQueueWork: a search reads the whole history, and the queue
// changes with each file.
func TestSearchLetsTheQueueWork(t *testing.T) {
	r := newRows(1000, queue.Done)
	v, l, _ := showBeside(t, r, Over, look.Dark, 1000)
	find(t, v, l, "file-0001")
	l.Advance(2 * searchRest)
	settle(t, l)
	before := r.counted
	for range 5 {
		r.items = append(r.items, r.items[10])
		r.seq++
		v.Take(r.Snapshot())
		settle(t, l)
		l.Advance(loop.Period)
		settle(t, l)
	}
	if r.counted > before+1 {
		t.Errorf("searched %d times in a second", r.counted-before)
	}
	l.Advance(searchRest)
	settle(t, l)
	if v.Len() != 15 {
		t.Errorf("%d rows are found in the end", v.Len())
	}
}

func TestAllMeansWhatIsFound(t *testing.T) {
	r := newRows(1000, queue.Failed)
	v, l, _ := showBeside(t, r, Lost, look.Dark, 1000)
	find(t, v, l, "file-0001")
	v.SelectAll()
	v.Retry()
	settle(t, l)
	v.search.retry.Tapped(nil) // beside the number of those found
	settle(t, l)
	if len(r.retried) != 20 || r.retried[0] != 11 || r.retried[10] != 11 {
		t.Errorf("%d were retried, from %v on", len(r.retried), r.retried[:min(len(r.retried), 1)])
	}
}

// TestMenuMeansAllThereAre: the main menu knows nothing of what a list shows, or
// whether it was ever looked at.
func TestMenuMeansAllThereAre(t *testing.T) {
	for outcome, prepare := range map[string]func(*testing.T, *rows) (*View, *loop.Manual){
		"also those that a list does not show now": func(t *testing.T, r *rows) (*View, *loop.Manual) {
			v, l, _ := showBeside(t, r, Lost, look.Dark, 1000)
			find(t, v, l, "file-0001")
			return v, l
		},
		"also where the list was never shown": func(t *testing.T, r *rows) (*View, *loop.Manual) {
			test.NewTempApp(t)
			l := loop.NewManual(t.Context())
			t.Cleanup(l.Close)
			return New(l.Loop, r, Lost, func(site.ID) string { return "" }), l
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRows(30, queue.Failed)
			v, l := prepare(t, r)
			v.RetryAll()
			settle(t, l)
			v.CancelAll()
			settle(t, l)
			if len(r.retried) != 30 || len(r.canceled) != 30 {
				t.Errorf("%d were retried and %d taken out", len(r.retried), len(r.canceled))
			}
		})
	}
}

func TestHistoryFitsItsWindow(t *testing.T) {
	reasons := []vfs.Kind{vfs.KindPermission, vfs.KindNotFound, vfs.KindLost, vfs.KindNoSpace, vfs.KindSize}
	for name, tc := range map[string]struct {
		tab    Tab
		choice look.Choice
		width  float32
		find   string
	}{
		"completed-dark":   {Over, look.Dark, 1180, "file-0001"},
		"completed-small":  {Over, look.Light, 640, "file"},
		"completed-narrow": {Over, look.Dark, 380, ""},
		"completed-none":   {Over, look.Light, 900, "invoice"},
		"failed-dark":      {Lost, look.Dark, 900, ""},
		"failed-light":     {Lost, look.Light, 1180, "file"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRows(1000, tc.tab.States[0])
			for i := range r.items {
				r.items[i].Kind, r.items[i].Verified, r.items[i].Ended = 0, "hash", time.Date(2026, 11, 22, 12, i, 0, 0, time.UTC)
				if tc.tab.Title == Lost.Title {
					r.items[i].Kind, r.items[i].Attempts = reasons[i%len(reasons)], 3
				}
			}
			v, l, w := showBeside(t, r, tc.tab, tc.choice, tc.width)
			if tc.find != "" {
				find(t, v, l, tc.find)
			}
			looktest.Picture(t, w, "history-"+name)
			if diff := cmp.Diff(tc.width >= 500, v.Aside().Visible()); diff != "" {
				t.Errorf("the field is shown: %s", diff)
			}
		})
	}
}
