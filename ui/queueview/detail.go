package queueview

import (
	"context"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"wherry/sync/queue"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// emptiness says what will stand in a tab that has nothing.
func emptiness(tab Tab) parts.Notice {
	switch tab.Title {
	case Lost.Title:
		return parts.Notice{
			Glyph: look.GlyphCheck, Title: "Nothing failed",
			Text: "Transfers that could not be done stand here with the reason, ready to be tried again.",
		}
	case Over.Title:
		return parts.Notice{
			Glyph: look.GlyphCheck, Title: "Nothing completed yet",
			Text: "A transfer stands here once every byte has arrived and was checked.",
		}
	}
	return parts.Notice{
		Glyph: look.GlyphUpload, Title: "Nothing to transfer",
		Text: "Drag files or folders from one pane to the other, or double-click a file.",
	}
}

// Details shows all that is known of the selected row, if it is one.
func (v *View) Details() {
	if rows := v.model.PickedRows(); len(rows) == 1 {
		v.open(rows[0])
	}
}

// open shows all that is known of a row, whole: its columns may cut it.
func (v *View) open(row int) {
	if row < 0 || row >= v.model.Len() {
		return
	}
	it, ok := v.model.At(row)
	c := fyne.CurrentApp().Driver().CanvasForObject(v.list)
	if !ok || c == nil {
		return
	}
	q := parts.Question{Glyph: look.GlyphInfo, Width: 560, Content: parts.NewFacts(details(it, v.names, time.Local)...)}
	switch it.State {
	case queue.Failed:
		q.Glyph, q.Color = look.GlyphTrouble, look.ColorTrouble
	case queue.Done:
		q.Glyph, q.Color = look.GlyphCheck, look.ColorOK
	}
	q.Title = rowName(it, v.names)
	q.Answers = []parts.Answer{{Title: "Close", Strong: true}}
	if it.State == queue.Failed || it.State == queue.Skipped {
		q.Answers = []parts.Answer{{Title: "Close"}, {Title: "Try Again", Strong: true, Run: func() {
			v.do(func(ctx context.Context) error { return v.queue.Retry(ctx, it.ID) })
		}}}
	}
	parts.Ask(c, q)
}

// details are the facts of a row; those that are not known are left out.
func details(it queue.Item, names Names, zone *time.Location) []parts.Fact {
	var out []parts.Fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, parts.Fact{Name: name, Value: value})
		}
	}
	add("From", place(it.Source, names))
	add("To", place(it.Target, names))
	if text, _ := progress(it); it.State != queue.Done && it.Done > 0 {
		add("Arrived", text)
	}
	if it.Size >= 0 && !isDir(it) {
		add("Size", words.Size(it.Size))
	}
	if it.State == queue.Failed || it.State == queue.Skipped || it.Kind != 0 {
		add("Reason", reason(it))
	}
	if it.Ended.IsZero() && it.Priority != queue.Normal {
		add("Priority", it.Priority.String())
	}
	if it.Ended.IsZero() && !it.NotBefore.IsZero() {
		add("Starts", words.Time(it.NotBefore, time.Minute, zone))
	}
	if it.Attempts > 1 {
		add("Attempts", strconv.Itoa(it.Attempts))
	}
	add("Checked by", checked(it))
	if !it.Ended.IsZero() {
		add("Ended", strings.TrimSpace(words.Time(it.Ended, time.Second, zone)))
	}
	return out
}
