package queueview

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/google/go-cmp/cmp"

	"wherry/sync/queue"
	"wherry/ui/look"
	"wherry/ui/look/looktest"
)

func TestStartIsSetByKeys(t *testing.T) {
	for outcome, tc := range map[string]struct {
		was, text string
		keys      []fyne.KeyName
		want      string // "" for nothing
		open      bool
	}{
		"Enter sets a time":                   {"", "in 90m", []fyne.KeyName{fyne.KeyReturn}, "1h30m0s", false},
		"Esc sets nothing":                    {"", "in 90m", []fyne.KeyName{fyne.KeyEscape}, "", false},
		"Enter does nothing without a time":   {"", "", []fyne.KeyName{fyne.KeyReturn}, "", true},
		"Enter does nothing for no time":      {"", "soon", []fyne.KeyName{fyne.KeyReturn}, "", true},
		"Enter does nothing for what is past": {"", "2001-01-01 9:00", []fyne.KeyName{fyne.KeyReturn}, "", true},
		"what is set can start now":           {"3h", "", []fyne.KeyName{fyne.KeyTab, fyne.KeyTab, fyne.KeyReturn}, "now", false},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRows(3, queue.Waiting)
			v, l := show(t, r, Left)
			now := l.Now()
			if tc.was != "" {
				d, _ := time.ParseDuration(tc.was)
				r.items[1].NotBefore, r.seq = now.Add(d), 2
				take(t, v, l, r)
			}
			v.selection.Only(1)
			v.selected()
			v.StartAt()
			c := fyne.CurrentApp().Driver().CanvasForObject(v.list)
			for _, letter := range tc.text {
				c.Focused().TypedRune(letter)
			}
			press(c, tc.keys...)
			if err := l.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got string
			for _, when := range r.starts {
				if got = "now"; !when.IsZero() {
					got = when.Sub(now).String()
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if open := c.Overlays().Top() != nil; open != tc.open {
				t.Errorf("the dialog is open: %v", open)
			}
		})
	}
}

func TestStartIsReadBack(t *testing.T) {
	for name, choice := range map[string]look.Choice{"dark": look.Dark, "light": look.Light} {
		r := newRows(6, queue.Waiting)
		v, l := showIn(t, r, Left, choice)
		r.items[0].State = queue.Active
		r.items[1].NotBefore, r.items[2].NotBefore = l.Now().Add(5*time.Hour), l.Now().Add(30*time.Hour)
		r.items[3].Priority, r.items[4].State, r.items[5].Priority, r.seq = queue.High, queue.Paused, queue.Low, 2
		take(t, v, l, r)
		c := fyne.CurrentApp().Driver().CanvasForObject(v.list)
		for _, w := range fyne.CurrentApp().Driver().AllWindows() {
			w.Resize(fyne.NewSize(1180, 400))
			looktest.Picture(t, w, "queue-states-"+name)
			v.SelectAll()
			v.StartAt()
			for _, letter := range "in 7h" {
				c.Focused().TypedRune(letter)
			}
			looktest.Picture(t, w, "queue-start-"+name)
		}
	}
}
