package pane

import (
	"context"
	"io/fs"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// ask shows a dialog over the window.
func (v *View) ask(q parts.Question) *parts.Dialog {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.object)
	if c == nil {
		return nil
	}
	return parts.Ask(c, q)
}

// ended shows the folder anew after a change, with the cursor on name, and the
// error when there is one. What a person stopped needs no dialog.
func (v *View) ended(name string) func(error) {
	return func(err error) {
		v.refreshTo(name)
		if err != nil && vfs.KindOf(err) != vfs.KindCancelled {
			v.trouble(err)
		}
	}
}

// askMkdir asks for a name, and says of one that is taken that it is before it
// would have to be typed again.
func (v *View) askMkdir() {
	field, told := parts.NewField("Name", 100), parts.NewLine("", look.ColorWarn)
	place, dir := v.place, v.model.Path()
	d := v.ask(parts.Question{
		Glyph: look.GlyphNewFolder, Title: "New folder", Text: "In " + place.show(dir), Field: field, Content: told,
		Answers: []parts.Answer{{Title: "Cancel"}, {Title: "Make", Strong: true, Run: func() {
			v.change("Making a folder", place, dir, field.Text, func(ctx context.Context, p vfs.Path) error {
				return place.FS.Mkdir(ctx, p)
			})
		}}},
	})
	if d == nil {
		return
	}
	d.SetEnabled(1, false)
	field.OnChanged = func(name string) {
		taken := v.Shows(place.ID, dir) && v.model.Holds(name)
		told.SetText("")
		if taken {
			told.SetText("“" + vfs.Readable(name) + "” is there already.")
		}
		d.SetEnabled(1, name != "" && !taken)
	}
}

// change does work on a name of a folder that a person typed.
func (v *View) change(title string, place Place, dir vfs.Path, name string, do func(context.Context, vfs.Path) error) {
	path, err := dir.Join(name)
	if err != nil {
		v.trouble(err)
		return
	}
	v.jobs.run(title, 0, func(ctx context.Context, _ *job) error { return do(ctx, path) }, func(err error) {
		want := name
		if err != nil {
			want = ""
		}
		if v.Shows(place.ID, dir) {
			v.ended(want)(err)
		} else if err != nil {
			v.trouble(err)
		}
	})
}

func (v *View) beginRename() {
	entries := v.model.Chosen()
	row := v.model.Row(entries[0].Name)
	name := vfs.Readable(entries[0].Name)
	stem := len([]rune(name))
	if dot := strings.LastIndexByte(name, '.'); dot > 0 && !entries[0].IsDir() {
		stem = len([]rune(name[:dot]))
	}
	v.list.BeginRename(row, name, stem)
}

// renamed gives a row the name that was typed in place.
func (v *View) renamed(row int, name string) {
	old := v.model.Entry(row).Name
	if name == "" || name == vfs.Readable(old) {
		return
	}
	place, dir := v.place, v.model.Path()
	from, err := dir.Join(old)
	if err != nil {
		v.trouble(err)
		return
	}
	v.change("Renaming", place, dir, name, func(ctx context.Context, to vfs.Path) error {
		return place.FS.Rename(ctx, from, to, false)
	})
}

// askMode asks for permission bits, beginning with those of the first entry.
func (v *View) askMode() {
	entries := v.model.Chosen()
	place, dir := v.place, v.model.Path()
	boxes := newModeBoxes(entries[0].Mode.Perm())
	title := "Permissions of " + vfs.Readable(entries[0].Name)
	if len(entries) > 1 {
		title = "Permissions of " + words.Count(int64(len(entries)), "item", "items")
	}
	v.ask(parts.Question{
		Glyph: look.GlyphLock, Title: title, Content: boxes.object,
		Answers: []parts.Answer{{Title: "Cancel"}, {Title: "Set", Strong: true, Run: func() {
			mode := boxes.mode
			v.jobs.run("Setting permissions", int64(len(entries)), func(ctx context.Context, j *job) error {
				for _, e := range entries {
					path, err := dir.Join(e.Name)
					if err == nil {
						err = place.FS.SetMode(ctx, path, mode)
					}
					if err != nil {
						return err
					}
					j.done.Add(1)
				}
				return nil
			}, v.ended(""))
		}}},
	})
}

// modeBoxes is a mode as nine boxes and as the number people know.
type modeBoxes struct {
	object fyne.CanvasObject
	mode   fs.FileMode
	boxes  [9]*parts.Check
	octal  *parts.Field
	busy   bool // one side is following the other
}

func newModeBoxes(mode fs.FileMode) *modeBoxes {
	m := &modeBoxes{mode: mode}
	grid := container.NewGridWithColumns(4)
	for i, who := range []string{"Owner", "Group", "Others"} {
		grid.Add(parts.NewLine(who, look.ColorSecondary))
		for j, what := range []string{"read", "write", "execute"} {
			bit := fs.FileMode(1) << (8 - 3*i - j)
			box := parts.NewCheck(what, nil)
			box.OnChanged = func(on bool) {
				if on {
					m.set(m.mode | bit)
				} else {
					m.set(m.mode &^ bit)
				}
			}
			m.boxes[3*i+j] = box
			grid.Add(box)
		}
	}
	m.octal = parts.NewField("644", 60)
	m.octal.OnChanged = func(text string) {
		if n, err := strconv.ParseUint(text, 8, 32); err == nil && n <= 0o777 && len(text) >= 3 {
			m.set(fs.FileMode(n))
		}
	}
	number := container.NewBorder(nil, nil, parts.NewLine("As a number", look.ColorSecondary).Whole(), nil, container.NewHBox(m.octal))
	m.object = container.NewVBox(grid, number)
	m.set(mode)
	return m
}

// set shows a mode on both sides. Each side's change comes back here, so it
// is let through once.
func (m *modeBoxes) set(mode fs.FileMode) {
	if m.busy {
		return
	}
	m.busy = true
	m.mode = mode
	for i, box := range m.boxes {
		box.SetChecked(mode&(1<<(8-i)) != 0)
	}
	text := "00" + strconv.FormatUint(uint64(mode), 8)
	m.octal.SetText(text[len(text)-3:])
	m.busy = false
}
