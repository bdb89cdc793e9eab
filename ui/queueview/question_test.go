package queueview

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/look/looktest"
	"wherry/ui/parts"
)

// taken is a target that the source is newer and larger than.
func taken() transfer.Question {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return transfer.Question{
		Source: vfs.MustParse("/home/anna/projects/site/report final.pdf"), Target: vfs.MustParse("/var/www/html/uploads/report final.pdf"),
		SourceEntry: vfs.Entry{Type: vfs.TypeFile, Size: 1_460_000, ModTime: noon, Accuracy: time.Second},
		TargetNow:   vfs.Entry{Type: vfs.TypeFile, Size: 1_200_000, ModTime: noon.Add(-50 * time.Hour), Accuracy: time.Minute},
	}
}

// askIn shows a question in a window of a size.
func askIn(t *testing.T, choice look.Choice, width, height float32, ask func() parts.Question) fyne.Window {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(choice))
	w := test.NewTempWindow(t, container.NewStack())
	w.SetPadded(false)
	w.Resize(fyne.NewSize(width, height))
	d := parts.Ask(w.Canvas(), ask())
	t.Cleanup(d.Close)
	return w
}

func TestExistsIsAnsweredByKeys(t *testing.T) {
	for outcome, tc := range map[string]struct {
		keys []fyne.KeyName
		want transfer.Answer
	}{
		"Enter leaves what is there":          {[]fyne.KeyName{fyne.KeyReturn}, transfer.Answer{Rule: transfer.Skip}},
		"Esc leaves what is there":            {[]fyne.KeyName{fyne.KeyEscape}, transfer.Answer{Rule: transfer.Skip}},
		"the arrow goes to keeping both":      {[]fyne.KeyName{fyne.KeyLeft, fyne.KeyReturn}, transfer.Answer{Rule: transfer.Rename}},
		"two arrows replace":                  {[]fyne.KeyName{fyne.KeyLeft, fyne.KeyLeft, fyne.KeyReturn}, transfer.Answer{Rule: transfer.Overwrite}},
		"up goes to the row above":            {[]fyne.KeyName{fyne.KeyUp, fyne.KeyReturn}, transfer.Answer{Rule: transfer.Different}},
		"up and down comes back":              {[]fyne.KeyName{fyne.KeyUp, fyne.KeyDown, fyne.KeyReturn}, transfer.Answer{Rule: transfer.Skip}},
		"up, left is for newer ones":          {[]fyne.KeyName{fyne.KeyUp, fyne.KeyLeft, fyne.KeyReturn}, transfer.Answer{Rule: transfer.Newer}},
		"the tick makes it count for all":     {[]fyne.KeyName{fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, "tick", fyne.KeyTab, fyne.KeyTab, fyne.KeyReturn}, transfer.Answer{Rule: transfer.Different, ForAll: true}},
		"Esc at the tick counts for one only": {[]fyne.KeyName{fyne.KeyUp, fyne.KeyUp, fyne.KeyUp, "tick", fyne.KeyEscape}, transfer.Answer{Rule: transfer.Skip}},
	} {
		t.Run(outcome, func(t *testing.T) {
			q := taken()
			q.TargetNow.Size = 2_000_000 // cannot be resumed: five answers
			var got []transfer.Answer
			w := askIn(t, look.Dark, 900, 600, func() parts.Question {
				return Ask(q, time.UTC, func(a transfer.Answer) { got = append(got, a) })
			})
			press(w.Canvas(), tc.keys...)
			if diff := cmp.Diff([]transfer.Answer{tc.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// press types keys as the driver does: Tab goes on, and the space bar, a rune,
// ticks.
func press(c fyne.Canvas, keys ...fyne.KeyName) {
	for _, k := range keys {
		switch {
		case k == fyne.KeyTab:
			c.FocusNext()
		case k == "tick":
			c.Focused().TypedRune(' ')
		default:
			c.Focused().TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
}

func TestNoReplaceIsAnsweredByKeys(t *testing.T) {
	for outcome, tc := range map[string]struct {
		keys []fyne.KeyName
		want transfer.Answer
	}{
		"Enter leaves what is there":       {[]fyne.KeyName{fyne.KeyReturn}, transfer.Answer{}},
		"Esc leaves what is there":         {[]fyne.KeyName{fyne.KeyEscape}, transfer.Answer{}},
		"the arrow leaves all of the site": {[]fyne.KeyName{fyne.KeyLeft, fyne.KeyReturn}, transfer.Answer{ForAll: true}},
		"two arrows go to deletion":        {[]fyne.KeyName{fyne.KeyLeft, fyne.KeyLeft, fyne.KeyReturn}, transfer.Answer{Replace: transfer.ReplaceDelete}},
		"three arrows to writing there":    {[]fyne.KeyName{fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyReturn}, transfer.Answer{Replace: transfer.ReplaceDirect}},
	} {
		t.Run(outcome, func(t *testing.T) {
			q := taken()
			q.NoReplace = true
			var got []transfer.Answer
			w := askIn(t, look.Dark, 900, 600, func() parts.Question {
				return Ask(q, time.UTC, func(a transfer.Answer) { got = append(got, a) })
			})
			press(w.Canvas(), tc.keys...)
			if diff := cmp.Diff([]transfer.Answer{tc.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResumeIsOfferedWhereItMakesSense(t *testing.T) {
	for outcome, tc := range map[string]struct {
		change func(*transfer.Question)
		want   bool
	}{
		"a shorter one may be its beginning": {func(*transfer.Question) {}, true},
		"not a longer one":                   {func(q *transfer.Question) { q.TargetNow.Size = 1 << 40 }, false},
		"not one of the same size":           {func(q *transfer.Question) { q.TargetNow.Size = q.SourceEntry.Size }, false},
		"not an empty one":                   {func(q *transfer.Question) { q.TargetNow.Size = 0 }, false},
		"not one of unknown size":            {func(q *transfer.Question) { q.TargetNow.Size = vfs.SizeUnknown }, false},
		"not when the new one's is unknown":  {func(q *transfer.Question) { q.SourceEntry.Size = vfs.SizeUnknown }, false},
		"not a folder":                       {func(q *transfer.Question) { q.TargetNow.Type = vfs.TypeDir }, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			q := taken()
			tc.change(&q)
			answers := Ask(q, time.UTC, func(transfer.Answer) {}).Answers
			if got := slices.ContainsFunc(answers, func(a parts.Answer) bool { return a.Title == "Resume" }); got != tc.want {
				t.Errorf("offered: %v", got)
			}
			for _, a := range answers {
				if a.Strong != (a.Title == "Skip") || a.Danger { // a red one would draw the eye
					t.Errorf("%s: strong %v, danger %v", a.Title, a.Strong, a.Danger)
				}
			}
		})
	}
}

func TestQuestionsFitTheirWindow(t *testing.T) {
	unknown := taken()
	unknown.TargetNow.Size, unknown.TargetNow.ModTime = vfs.SizeUnknown, time.Time{}
	refused := taken()
	refused.NoReplace = true
	for name, tc := range map[string]struct {
		choice        look.Choice
		width, height float32
		question      transfer.Question
	}{
		"dark-wide":    {look.Dark, 1180, 760, taken()},
		"light-small":  {look.Light, 900, 600, taken()},
		"dark-narrow":  {look.Dark, 420, 400, taken()},
		"dark-unknown": {look.Dark, 900, 600, unknown},
		"refused":      {look.Light, 900, 600, refused},
		"refused-tiny": {look.Dark, 420, 400, refused},
	} {
		t.Run(name, func(t *testing.T) {
			w := askIn(t, tc.choice, tc.width, tc.height, func() parts.Question {
				return Ask(tc.question, time.UTC, func(transfer.Answer) {})
			})
			looktest.Picture(t, w, "exists-"+name)
			if size := w.Canvas().Overlays().Top().MinSize(); size.Width > tc.width || size.Height > tc.height {
				t.Errorf("it needs %v of %vx%v", size, tc.width, tc.height)
			}
		})
	}
}
