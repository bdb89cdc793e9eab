package queueview

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"wherry/sync/queue"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/words"
)

// pace says how it goes on: files a second where they are many, and the time
// left where it can be told.
func pace(s queue.Snapshot) string {
	left := words.Left(s.Left())
	if s.FileRate < queue.ManyFiles {
		return left
	}
	files := words.Files(int64(s.FileRate+0.5)) + "/s"
	if left == "" {
		return files
	}
	return files + ", " + left
}

// standing says how the queue as a whole stands, and in what colour. What a
// person may have to do something about comes first.
func standing(s queue.Snapshot, names Names, now time.Time) (string, fyne.ThemeColorName) {
	waits := waitText(s.Waits, names, now)
	switch {
	case s.Held && s.Unfinished() > 0:
		return "On hold", look.ColorWarn
	case s.OpensAt.After(now) && s.Unfinished() > 0:
		return "Files move from " + words.Moment(s.OpensAt, now) + " on", look.ColorSecondary
	case waits != "":
		return waits, look.ColorWarn
	}
	left := pace(s)
	switch {
	case s.Later.Rows == 0:
		return left, look.ColorSecondary
	case left == "":
		return words.Number(int64(s.Later.Rows)) + " later, from " + words.Moment(s.Later.First, now) + " on", look.ColorSecondary
	}
	return left + " + " + words.Number(int64(s.Later.Rows)) + " later", look.ColorSecondary
}

// waitText names the site that is tried again first, and when; "" where none
// is waited for.
func waitText(waits []queue.SiteWait, names Names, now time.Time) string {
	if len(waits) == 0 {
		return ""
	}
	// One that is being tried has no time.
	first := slices.MinFunc(waits, func(a, b queue.SiteWait) int {
		return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Site, b.Site))
	})
	text := words.Safe(names(first.Site))
	if more := len(waits) - 1; more > 0 {
		text += " and " + words.Count(int64(more), "more server", "more servers") + " do not answer"
	} else if first.Kind == vfs.KindHost {
		text += " is not found"
	} else {
		text += " does not answer"
	}
	if first.Until.After(now) {
		return text + ", again in " + words.Duration(first.Until.Sub(now))
	}
	return text + ", trying again"
}
