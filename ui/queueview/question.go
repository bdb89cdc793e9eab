package queueview

import (
	"time"

	"fyne.io/fyne/v2/container"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// Ask is what a transfer asks; reply is called once. Esc and Enter leave what is
// there.
func Ask(q transfer.Question, zone *time.Location, reply func(transfer.Answer)) parts.Question {
	if q.NoReplace {
		return noReplace(q, reply)
	}
	return exists(q, zone, reply)
}

// noReplace is asked where a server refuses to rename onto an existing file. It
// counts for the site, so it is not asked for each file.
func noReplace(q transfer.Question, reply func(transfer.Answer)) parts.Question {
	answer := func(way transfer.ReplaceWay) func() { return func() { reply(transfer.Answer{Replace: way}) } }
	return parts.Question{
		Glyph: look.GlyphWarn, Color: look.ColorWarn,
		Title: "The server does not replace “" + vfs.Readable(q.Target.Base()) + "”",
		Text: "It refuses to give a new file the name of one that is there. The new file has arrived whole and waits beside the old one. " +
			"Your choice counts for all files of this site from now on; that of a saved site can be changed in the site manager.",
		Content: parts.NewFacts(
			parts.Fact{Name: "Delete, then rename", Value: "The old file is deleted, and the new one takes its name. For a moment neither has it."},
			parts.Fact{Name: "Write directly", Value: "The new file is written over the old one. If the connection breaks then, neither is whole there until it is tried again."},
			parts.Fact{Name: "Skip, Skip All", Value: "The old file stays, for this time; or all of this site stay, as long as something is left to do there."},
		),
		Width: 560,
		Answers: []parts.Answer{
			{Title: "Write Directly", Run: answer(transfer.ReplaceDirect)},
			{Title: "Delete, Then Rename", Run: answer(transfer.ReplaceDelete)},
			{Title: "Skip All", Run: func() { reply(transfer.Answer{ForAll: true}) }},
			{Title: "Skip", Strong: true, Run: answer(transfer.ReplaceAsk)},
		},
		Escape: answer(transfer.ReplaceAsk),
	}
}

// exists shows both sides, and which one is newer and larger.
func exists(q transfer.Question, zone *time.Location, reply func(transfer.Answer)) parts.Question {
	all := parts.NewCheck("For all of this transfer", nil)
	answer := func(r transfer.Rule) func() {
		return func() { reply(transfer.Answer{Rule: r, ForAll: all.Checked}) }
	}
	answers := []parts.Answer{
		{Title: "Replace if Newer", Run: answer(transfer.Newer)},
		{Title: "Replace if Size Differs", Run: answer(transfer.Different)},
	}
	if canResume(q) {
		answers = append(answers, parts.Answer{Title: "Resume", Run: answer(transfer.Resume)})
	}
	answers = append(answers,
		parts.Answer{Title: "Replace", Run: answer(transfer.Overwrite)},
		parts.Answer{Title: "Keep Both", Run: answer(transfer.Rename)},
		parts.Answer{Title: "Skip", Strong: true, Run: answer(transfer.Skip)},
	)
	return parts.Question{
		Glyph: look.GlyphWarn, Color: look.ColorWarn,
		Title: "“" + vfs.Readable(q.Target.Base()) + "” exists already",
		Text:  words.Compared(q.SourceEntry, q.TargetNow),
		Content: container.NewVBox(parts.NewSides(
			side("There now", q.Target, q.TargetNow, q.SourceEntry, zone),
			side("New", q.Source, q.SourceEntry, q.TargetNow, zone),
		), all),
		Width:   540,
		Answers: answers,
		Escape:  func() { reply(transfer.Answer{Rule: transfer.Skip}) },
	}
}

// canResume says whether the target can be the beginning of the source.
func canResume(q transfer.Question) bool {
	return q.TargetNow.Type == vfs.TypeFile && q.TargetNow.Size > 0 && q.TargetNow.Size < q.SourceEntry.Size
}

func side(title string, path vfs.Path, e, other vfs.Entry, zone *time.Location) parts.Side {
	c := words.Compare(e, other, zone)
	if e.Size < 0 {
		c.Size = "size not known"
	}
	if c.Time == "" {
		c.Time = "time not known"
	}
	return parts.Side{
		Title: title, Lines: []parts.Marked{{Text: c.Size, Mark: c.Larger}, {Text: c.Time, Mark: c.Newer}},
		Foot: vfs.Readable(path.Dir().String()),
	}
}
