package pane

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
	"wherry/ui/look"
	"wherry/ui/parts"
)

func TestRemediesStandBeforeTryAgain(t *testing.T) {
	active := parts.Answer{Title: "Use Active Mode"}
	inClear := parts.Answer{Title: "Connect in Clear", Strong: true}
	for outcome, tc := range map[string]struct {
		remedies []parts.Answer
		want     []string
		enter    string
	}{
		"none":               {nil, []string{"Go Back", "Try Again"}, "Try Again"},
		"one":                {[]parts.Answer{active}, []string{"Go Back", "Use Active Mode", "Try Again"}, "Try Again"},
		"two leave no third": {[]parts.Answer{active, inClear}, []string{"Use Active Mode", "Connect in Clear", "Try Again"}, "Connect in Clear"},
		"never more than three": {
			[]parts.Answer{active, active, active},
			[]string{"Use Active Mode", "Use Active Mode", "Try Again"},
			"Try Again",
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t).start()
			var about error
			r.view.hooks.Remedies = func(err error) []parts.Answer {
				about = err
				return tc.remedies
			}
			r.fs.Fail(memfs.OpList, "/home/anna/photos", 1, vfs.KindNoData)
			r.view.openRow(1)
			r.settle()
			var titles []string
			strong := ""
			for _, a := range r.view.placard.Notice().Answers {
				titles = append(titles, a.Title)
				if a.Strong {
					strong += a.Title
				}
			}
			if diff := cmp.Diff(tc.want, titles); diff != "" {
				t.Error(diff)
			}
			if strong != tc.enter || vfs.KindOf(about) != vfs.KindNoData {
				t.Errorf("Enter chooses %q after %v", strong, about)
			}
		})
	}
}

func TestPlacardHasTheKeysWherePaneHadThem(t *testing.T) {
	r := newRig(t).start()
	fail := func() {
		r.fs.Fail(memfs.OpList, "/home/anna/photos", 1, vfs.KindPermission)
		r.view.Open(vfs.MustParse("/home/anna/photos"))
		r.settle()
	}
	fail()
	if r.window.Canvas().Focused() != nil {
		t.Error("a pane without the keys took them")
	}
	r.view.placard.Pressed() // as a click into it does
	if !r.view.placard.HasFocus() || !r.view.HasFocus() {
		t.Error("the pane gave the keys to the list behind the placard")
	}
	r.key(fyne.KeyReturn) // Try again
	r.settle()
	r.shows("/home/anna/photos", "2025")
	if !r.view.list.HasFocus() {
		t.Error("the keys did not go back to the list")
	}
	fail()
	r.key(fyne.KeyLeft, fyne.KeyReturn) // Go up
	r.settle()
	r.shows("/home/anna")
	fail()
	r.key(fyne.KeyBackspace)
	r.settle()
	r.shows("/home/anna")
}

func TestNothingIsDoneToRowsBehindAPlacard(t *testing.T) {
	r := newRig(t).start()
	r.choose("photos")
	r.fs.Fail(memfs.OpList, "/home/anna/empty", 1, vfs.KindPermission)
	r.view.Open(vfs.MustParse("/home/anna/empty"))
	r.settle()
	if r.view.Ready() {
		t.Error("something could be sent to a folder that is not seen")
	}
	moved := len(r.events)
	r.view.openRow(1)
	r.settle()
	r.view.Actions().Run(CommandDelete)
	if r.dialogText() != "" || len(r.events) != moved+1 || r.view.Path().String() != "/home/anna" {
		t.Errorf("a row that cannot be seen was opened or deleted: %q", r.events)
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(r.view.list).AddXY(60, look.HeaderHeight+10)
	test.MoveMouse(r.window.Canvas(), at)
	test.TapCanvas(r.window.Canvas(), at)
	if r.view.model.Selection.Has(0) {
		t.Error("a row that cannot be seen was selected")
	}
}

func TestPlaceThatAnswersIsToldAndNoOther(t *testing.T) {
	r := newRig(t).start()
	before := r.read
	r.view.Refresh()
	r.settle()
	if r.read != before+1 {
		t.Errorf("a folder read again is told %d times", r.read-before)
	}
	r.fs.Fail(memfs.OpList, "/home/anna", 1, vfs.KindRefused)
	r.view.Refresh()
	r.settle()
	if r.read != before+1 {
		t.Error("a server that does not answer is told as one that does")
	}
}
