package pane

import (
	"context"
	"sync/atomic"

	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/loop"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// tally counts what a deletion would take. Any goroutine may read it.
type tally struct {
	files, folders, bytes atomic.Int64
}

func (t *tally) add(e vfs.Entry) {
	if e.Type == vfs.TypeDir {
		t.folders.Add(1)
		return
	}
	t.files.Add(1)
	if e.Type == vfs.TypeFile && e.Size > 0 {
		t.bytes.Add(e.Size)
	}
}

// String is "12 files (4.2 MB) and 2 folders".
func (t *tally) String() string {
	files, folders, bytes := t.files.Load(), t.folders.Load(), t.bytes.Load()
	text := words.Files(files)
	if bytes > 0 {
		text += " (" + words.Size(bytes) + ")"
	}
	switch {
	case folders == 0:
		return text
	case files == 0:
		return words.Count(folders, "folder", "folders")
	}
	return text + " and " + words.Count(folders, "folder", "folders")
}

// count adds up entries and all that is below them. Links are not followed, as
// deleting does not follow them.
func (t *tally) count(ctx context.Context, f vfs.FS, dir vfs.Path, entries []vfs.Entry) error {
	for _, e := range entries {
		t.add(e)
		if e.Type != vfs.TypeDir {
			continue
		}
		path, err := dir.Join(e.Name)
		if err != nil {
			return err
		}
		err = vfs.Walk(ctx, f, path, func(_ vfs.Path, e vfs.Entry, leaving bool) error {
			if !leaving {
				t.add(e)
			}
			return nil
		}, func(_ vfs.Path, e vfs.Entry, _ error) { t.add(e) })
		if err != nil {
			return err
		}
	}
	return nil
}

// removal is a question about deleting, with its counting.
type removal struct {
	view    *View
	cargo   Cargo
	tally   tally
	dialog  *parts.Dialog
	watch   *loop.Watch
	cancel  func()
	counted bool
}

// noReturn says that deleting one or more is for ever.
func noReturn(n int64) string {
	if n == 1 {
		return " It is deleted at once and cannot be brought back."
	}
	return " They are deleted at once and cannot be brought back."
}

// askDelete asks before deleting, and names how much that is: folders are
// counted meanwhile, and only then the answer is allowed.
func (v *View) askDelete() {
	r := &removal{view: v, cargo: v.Cargo()}
	title := "Delete " + words.Count(int64(len(r.cargo.Entries)), "item", "items") + "?"
	if len(r.cargo.Entries) == 1 {
		title = "Delete " + vfs.Readable(r.cargo.Entries[0].Name) + "?"
	}
	question := parts.Question{
		Glyph: look.GlyphTrash, Color: look.ColorTrouble, Title: title, Text: "Counting …", Escape: r.end,
		Answers: []parts.Answer{{Title: "Cancel", Run: r.end}, {Title: "Delete", Danger: true, Strong: true, Run: r.run}},
	}
	if len(r.cargo.Entries) > 1 {
		var names []string
		for _, e := range r.cargo.Entries {
			names = append(names, vfs.Readable(e.Name))
		}
		question.Content = parts.NewLines(names, 6)
	}
	if r.dialog = v.ask(question); r.dialog == nil {
		return
	}
	r.dialog.SetEnabled(1, false)
	r.watch = loop.Sample(v.loop, func() (string, bool) { return r.tally.String(), true }, func(text string) {
		if !r.counted && !r.dialog.Closed() {
			r.dialog.SetText("Counting: " + text + " so far …")
		}
	})
	r.cancel = v.loop.Start(func(ctx context.Context) func() {
		err := r.tally.count(ctx, r.cargo.From.FS, r.cargo.Dir, r.cargo.Entries)
		return func() { r.wasCounted(err) }
	})
}

// wasCounted allows the answer. What could not be counted can still be
// deleted, as far as it goes.
func (r *removal) wasCounted(err error) {
	r.watch.Stop()
	r.counted = true
	if r.dialog.Closed() {
		return
	}
	text := r.tally.String() + "." + noReturn(r.tally.files.Load()+r.tally.folders.Load())
	if err != nil {
		text = "At least " + text + " Not all could be counted: " + words.Of(err, words.Window).Title
	}
	r.dialog.SetText(text)
	r.dialog.SetEnabled(1, true)
}

func (r *removal) end() {
	r.cancel()
	r.watch.Stop()
	r.view.list.Focus()
}

func (r *removal) run() {
	r.end()
	v, c := r.view, r.cargo
	total := r.tally.files.Load() + r.tally.folders.Load()
	v.jobs.run("Deleting", total, func(ctx context.Context, j *job) error {
		for _, e := range c.Entries {
			path, err := c.Dir.Join(e.Name)
			if err == nil {
				err = vfs.RemoveAll(ctx, c.From.FS, path, e, func(vfs.Path) { j.done.Add(1) })
			}
			if err != nil {
				return err
			}
		}
		return nil
	}, v.ended(""))
}
