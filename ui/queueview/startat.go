package queueview

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"wherry/sync/queue"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// StartAt asks when the selected rows are to start.
func (v *View) StartAt() {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.list)
	picked := v.model.Picked()
	if c == nil || len(picked) == 0 && !v.model.All() {
		return
	}
	n := len(picked)
	if v.model.All() {
		n = v.model.Len()
	}
	v.askStart(c, n, scheduled(picked, v.loop.Now()))
}

// scheduled is the time that a person set for the first row that has one.
func scheduled(items []queue.Item, now time.Time) time.Time {
	for _, it := range items {
		if it.NotBefore.After(now) {
			return it.NotBefore
		}
	}
	return time.Time{}
}

// askStart asks for n rows; was is what is set, zero for nothing. What is typed
// is read back in words before it counts.
func (v *View) askStart(c fyne.Canvas, n int, was time.Time) {
	field, told := parts.NewField("22:00", 200), parts.NewLine("", look.ColorSecondary)
	var when time.Time
	answers := []parts.Answer{{Title: "Cancel"}}
	if !was.IsZero() {
		field.SetText(was.In(v.loop.Now().Location()).Format("2006-01-02 15:04"))
		answers = append(answers, parts.Answer{Title: "Start Now", Run: func() { v.schedule(time.Time{}) }})
	}
	answers = append(answers, parts.Answer{Title: "Start Then", Strong: true, Run: func() { v.schedule(when) }})
	d := parts.Ask(c, parts.Question{
		Glyph: look.GlyphWaiting, Title: "Start " + words.Count(int64(n), "transfer", "transfers") + " at",
		Text: "A time " + words.MomentHint + ".", Field: field, Content: told, Answers: answers, Width: 460,
	})
	tell := func(text string) {
		why := ""
		if when, why = startTime(text, v.loop.Now()); why != "" {
			told.Set(why, look.ColorSecondary, "")
		} else {
			told.Set("Starts "+startWords(when, v.loop.Now()), look.ColorOK, "")
		}
		d.SetEnabled(len(answers)-1, why == "")
	}
	tell(field.Text)
	field.OnChanged = tell
	field.Preselect(len(field.Text)) // to be typed over
}

// startTime reads what was typed; why says what is wrong with it.
func startTime(text string, now time.Time) (when time.Time, why string) {
	when, err := words.ParseMoment(text, now)
	switch {
	case text == "":
		return when, "Type when to start."
	case errors.Is(err, words.ErrMoment):
		return when, "This is no time yet."
	case err != nil:
		return when, strings.ToUpper(err.Error()[:1]) + err.Error()[1:] + "."
	case !when.After(now):
		return when, "This time is past."
	}
	return when, ""
}

// startWords tells a time to come, and how far it is.
func startWords(when, now time.Time) string {
	return words.Moment(when, now) + ", in " + words.Duration(when.Sub(now))
}

func (v *View) schedule(when time.Time) {
	v.act(func(ctx context.Context, ids ...queue.ID) error { return v.queue.Schedule(ctx, when, ids...) }, v.model.tab.States...)
}
