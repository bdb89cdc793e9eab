package queueview

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// Names tells people's names of sites.
type Names func(id site.ID) string

// columnsOf gives each tab the columns that its rows are read by.
func columnsOf(tab Tab) []parts.Column {
	name := parts.Column{Title: "Name", Width: 240, Min: 120, Share: true, Middle: true, Fixed: true}
	from := parts.Column{Title: "From", Width: 220, Min: 60, Share: true, Secondary: true, Middle: true, Fixed: true}
	to := parts.Column{Title: "To", Width: 220, Min: 60, Flex: true, Secondary: true, Middle: true, Fixed: true}
	size := parts.Column{Title: "Size", Width: 80, Min: 50, Align: fyne.TextAlignTrailing, Secondary: true, Fixed: true}
	switch tab.Title {
	case Lost.Title:
		to.Flex, to.Share = false, true
		return []parts.Column{name, to, size, {Title: "Reason", Width: 420, Min: 300, Flex: true, Fixed: true}}
	case Over.Title:
		from.Yield = 2
		return []parts.Column{
			name, from, to, size,
			{Title: "Checked", Width: 80, Min: 50, Secondary: true, Fixed: true, Yield: 1},
			{Title: "Ended", Width: 124, Min: 60, Secondary: true, Fixed: true},
		}
	}
	// All of them have room in a window 900 wide; the last one, which tells the
	// state, stays in narrower ones too.
	name.Width, from.Width, size.Width = 220, 150, 70
	from.Yield, size.Yield = 3, 1
	return []parts.Column{
		name, from, to, size,
		{Title: "Progress", Width: 120, Min: 60, Bar: true, Align: fyne.TextAlignCenter, Fixed: true},
		{Title: "Speed", Width: 78, Min: 50, Secondary: true, Align: fyne.TextAlignTrailing, Fixed: true, Yield: 2},
		{Title: "Time left", Width: 195, Min: 60, Secondary: true, Fixed: true},
	}
}

// row puts one item into the cells of its tab's columns.
func row(tab Tab, it queue.Item, names Names, now time.Time) parts.Row {
	r := parts.Row{Icon: icon(it), Fraction: -1}
	name, size := rowName(it, names), words.Size(it.Size)
	if isDir(it) {
		size = ""
	}
	to := target(it, names)
	switch tab.Title {
	case Lost.Title:
		if it.Size < 0 {
			size = ""
		}
		r.Cells = []string{name, to, size, reason(it)}
		return r
	case Over.Title:
		r.Cells = []string{name, folder(it.Source, names), to, size, checked(it), words.Time(it.Ended, time.Minute, now.Location())}
		return r
	}
	r.Cells = []string{name, folder(it.Source, names), to, size, "", "", status(it, now)}
	if it.State == queue.Active || it.State == queue.Scanning || it.Done > 0 {
		r.Cells[4], r.Fraction = progress(it)
	}
	if it.State == queue.Active && it.Rate > 0 {
		r.Cells[5] = words.Rate(it.Rate)
	}
	r.Dim = it.State == queue.Paused || it.Priority > queue.Normal
	return r
}

// rowName is what people call a row: the name of what is copied.
func rowName(it queue.Item, names Names) string {
	if bad, _ := badName(it); bad != "" {
		return bad
	}
	if it.Source.Path.IsRoot() {
		return place(it.Source, names)
	}
	return vfs.Readable(it.Source.Path.Base())
}

func isDir(it queue.Item) bool { return it.Type == vfs.TypeDir }

func icon(it queue.Item) fyne.Resource {
	switch {
	case it.State == queue.Failed:
		return look.Draw(look.GlyphTrouble, look.ColorTrouble)
	case it.State == queue.Skipped:
		return look.Draw(look.GlyphInfo, look.ColorSecondary)
	case it.State == queue.Asking:
		return look.Draw(look.GlyphWarn, look.ColorWarn)
	case it.State == queue.Paused:
		return look.Draw(look.GlyphPause, look.ColorSecondary)
	case it.State == queue.Done:
		return look.Draw(look.GlyphCheck, look.ColorOK)
	case it.Type == vfs.TypeDir:
		return look.Draw(look.GlyphFolder, look.ColorFolder)
	case it.Target.Site == site.Local:
		return look.Draw(look.GlyphDownload, look.ColorAccent)
	}
	return look.Draw(look.GlyphUpload, look.ColorAccent)
}

// folder names the folder that holds a place: "Example Shop: /www".
func folder(p queue.Place, names Names) string {
	return place(queue.Place{Site: p.Site, Path: p.Path.Dir()}, names)
}

// target names the folder that a row goes into; under another name than the source's,
// all of where it goes.
func target(it queue.Item, names Names) string {
	if it.Target.Path.Base() != it.Source.Path.Base() {
		return place(it.Target, names)
	}
	return folder(it.Target, names)
}

func place(p queue.Place, names Names) string {
	if p.Site == site.Local {
		return vfs.Readable(p.Path.String())
	}
	return names(p.Site) + ": " + vfs.Readable(p.Path.String())
}

func progress(it queue.Item) (string, float32) {
	switch {
	case it.Type == vfs.TypeDir && it.Size <= 0:
		return "", -1
	case it.Type == vfs.TypeDir:
		return words.Number(it.Done) + " of " + words.Number(it.Size), min(float32(it.Done)/float32(it.Size), 1)
	case it.Size < 0:
		return words.Size(it.Done), 0
	case it.Size == 0:
		return "0%", 0
	}
	f := min(float32(it.Done)/float32(it.Size), 1)
	// All bytes moved is not yet done: the server still has to confirm.
	return fmt.Sprintf("%d%%", int(f*100)), f
}

func status(it queue.Item, now time.Time) string {
	switch it.State {
	case queue.Active:
		if it.Type == vfs.TypeDir {
			return ""
		}
		if it.Size >= 0 && it.Done >= it.Size {
			return "finishing"
		}
		left, ok := it.Left()
		return words.Left(left, ok)
	case queue.Scanning:
		return "reading the folder"
	case queue.Paused:
		if it.Message != "" {
			return "paused: " + reason(it)
		}
		return "paused"
	case queue.Asking:
		return "has a question"
	}
	if it.NotBefore.After(now) {
		return "starts " + words.Moment(it.NotBefore, now)
	}
	if it.WaitsFor != site.Local && it.NextTry.After(now) {
		return "again in " + words.Duration(it.NextTry.Sub(now)) + ", no answer"
	}
	if it.Attempts > 0 && it.NextTry.After(now) {
		return "again in " + words.Duration(it.NextTry.Sub(now))
	}
	if it.Priority != queue.Normal {
		return "waiting, " + it.Priority.String() + " priority"
	}
	return "waiting"
}

func checked(it queue.Item) string {
	if it.State == queue.Skipped {
		return "skipped"
	}
	switch it.Verified {
	case "hash":
		return "content"
	case "size":
		return "size"
	}
	return ""
}

// reason is why a row failed, was skipped or was paused.
func reason(it queue.Item) string {
	if it.State == queue.Skipped && it.Kind == vfs.KindOther {
		why, _ := words.Skipped(it.Message)
		return "Skipped: " + strings.TrimSuffix(why, ".") + "."
	}
	if it.Type == vfs.TypeDir && it.Kind == vfs.KindOther && it.Message != "" {
		return words.Safe(it.Message) + "."
	}
	if _, why := badName(it); why != "" {
		return "The name cannot be used: " + words.Safe(why) + ". Rename it and try again."
	}
	about := it.About
	if about == "" {
		about = it.Source.Path.String()
	}
	w := words.OfKind(it.Kind, about, it.Message, words.Window)
	if call := called(it, about); call != "" {
		w = w.Calling(about, call)
	}
	return w.String()
}

// called is what a path is called in a row, which names source and target
// already; "" for another path.
func called(it queue.Item, path string) string {
	isSource, isTarget := path == it.Source.Path.String(), path == it.Target.Path.String()
	switch {
	case isSource && !isTarget:
		return "the source"
	case isTarget && !isSource:
		return "the target"
	case isSource && isDir(it):
		return "the folder"
	case isSource:
		return "the file"
	}
	return ""
}

// badName takes a name that cannot be used, and why, out of the journal's
// line. A row of such an entry of a folder has the folder's path, because its
// own can be none.
func badName(it queue.Item) (name, why string) {
	if it.Kind != vfs.KindBadName {
		return "", ""
	}
	head, why, _ := strings.Cut(it.Message, ": "+it.Kind.String()+": ")
	if rest, ok := strings.CutPrefix(head, "name "); ok {
		name = rest
	}
	if rest, ok := strings.CutPrefix(why, "the name "); ok {
		why = "it " + rest
	}
	return name, why
}
