package pane

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"wherry/sync/vfs"
	"wherry/ui/action"
	"wherry/ui/look"
)

// The pane's commands.
const (
	CommandOpen      = "pane.open"
	CommandUp        = "pane.up"
	CommandBack      = "pane.back"
	CommandForward   = "pane.forward"
	CommandRefresh   = "pane.refresh"
	CommandTransfer  = "pane.transfer"
	CommandMkdir     = "pane.mkdir"
	CommandRename    = "pane.rename"
	CommandDelete    = "pane.delete"
	CommandMode      = "pane.mode"
	CommandCopyPath  = "pane.copy-path"
	CommandCopyURL   = "pane.copy-url"
	CommandSelectAll = "pane.select-all"
	CommandInvert    = "pane.invert"
	CommandHidden    = "pane.hidden"
	CommandFilter    = "pane.filter"
	CommandEditPath  = "pane.edit-path"
)

const (
	ctrl  = fyne.KeyModifierShortcutDefault
	shift = fyne.KeyModifierShift
	alt   = fyne.KeyModifierAlt
)

// commands is the table; menus and keys are made from it.
func (v *View) commands() []action.Command {
	return append(v.wayCommands(), v.entryCommands()...)
}

func (v *View) wayCommands() []action.Command {
	return []action.Command{
		{ID: CommandUp, Title: "Up", Glyph: look.GlyphUp, Key: fyne.KeyUp, Mod: alt, Disabled: v.noUp, Run: v.up},
		{ID: CommandBack, Title: "Back", Glyph: look.GlyphBack, Key: fyne.KeyLeft, Mod: alt, Disabled: v.noBack, Run: v.backward},
		{
			ID: CommandForward, Title: "Forward", Glyph: look.GlyphForward, Key: fyne.KeyRight, Mod: alt,
			Disabled: v.noForward, Run: v.forward,
		},
		{ID: CommandRefresh, Title: "Refresh", Glyph: look.GlyphRefresh, Key: fyne.KeyF5, Disabled: v.noRefresh, Run: v.Refresh},
		{ID: CommandEditPath, Title: "Type a path", Key: fyne.KeyL, Mod: ctrl, Disabled: v.noFolder, Run: v.editPath},
		{ID: CommandFilter, Title: "Filter", Glyph: look.GlyphSearch, Key: fyne.KeyF, Mod: ctrl, Disabled: v.noFolder, Run: v.focusFilter},
		{
			ID: CommandHidden, Title: "Show hidden files", Glyph: look.GlyphEye, Key: fyne.KeyH, Mod: ctrl,
			Checked: v.model.Hidden, Run: v.toggleHidden,
		},
		{ID: CommandSelectAll, Title: "Select all", Key: fyne.KeyA, Mod: ctrl, Disabled: v.noFolder, Run: v.selectAll},
		{ID: CommandInvert, Title: "Invert the selection", Key: fyne.KeyI, Mod: ctrl, Disabled: v.noFolder, Run: v.invert},
	}
}

func (v *View) entryCommands() []action.Command {
	return []action.Command{
		{ID: CommandOpen, Title: "Open", Disabled: v.noChoice, Run: func() { v.openRow(v.model.Selection.Cursor()) }},
		{
			ID: CommandTransfer, Title: "Copy to the other pane", Glyph: look.GlyphCopy, Key: fyne.KeyReturn, Mod: ctrl,
			Disabled: v.noChoice, Run: v.transfer,
		},
		{ID: CommandMkdir, Title: "New folder…", Glyph: look.GlyphNewFolder, Key: fyne.KeyF7, Disabled: v.noFolder, Run: v.askMkdir},
		{ID: CommandRename, Title: "Rename", Glyph: look.GlyphEdit, Key: fyne.KeyF2, Disabled: v.noOne, Run: v.beginRename},
		{ID: CommandDelete, Title: "Delete…", Glyph: look.GlyphTrash, Key: fyne.KeyDelete, Disabled: v.noChoice, Run: v.askDelete},
		{ID: CommandMode, Title: "Permissions…", Glyph: look.GlyphLock, Disabled: v.noMode, Run: v.askMode},
		{ID: CommandCopyPath, Title: "Copy the path", Key: fyne.KeyC, Mod: ctrl, Disabled: v.noFolder, Run: v.copyPath},
		{ID: CommandCopyURL, Title: "Copy the URL", Key: fyne.KeyC, Mod: ctrl | shift, Disabled: v.noURL, Run: v.copyURL},
	}
}

// contextMenu is what a right click opens.
func (v *View) contextMenu(row int, at fyne.Position) {
	ids := []string{CommandMkdir, CommandRefresh, action.Separator, CommandSelectAll, CommandHidden, action.Separator, CommandCopyPath, CommandCopyURL}
	if row >= 0 {
		ids = []string{
			CommandOpen, CommandTransfer, action.Separator, CommandRename, CommandMode, CommandDelete, action.Separator,
			CommandCopyPath, CommandCopyURL, action.Separator, CommandMkdir, CommandRefresh,
		}
	}
	m := v.actions.Menu("", ids...).Menu
	if v.hooks.Menu != nil {
		m.Items = append(m.Items, v.hooks.Menu()...)
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.list); c != nil {
		widget.ShowPopUpMenuAtPosition(m, c, at)
	}
}

// popUp shows a menu below an object.
func (v *View) popUp(m *fyne.Menu, below fyne.CanvasObject) {
	d := fyne.CurrentApp().Driver()
	if c := d.CanvasForObject(below); c != nil && m != nil {
		widget.ShowPopUpMenuAtPosition(m, c, d.AbsolutePositionForObject(below).AddXY(0, below.Size().Height))
	}
}

// openRow opens a folder, and sends a file to the other pane.
func (v *View) openRow(row int) {
	if row < 0 || row >= v.model.Len() || v.covered() {
		return
	}
	e := v.model.Entry(row)
	path, err := v.model.Path().Join(e.Name)
	switch {
	case err != nil:
		v.trouble(err)
	case e.IsDir(), e.Type == vfs.TypeLink && e.TargetType == vfs.TypeUnknown:
		v.Open(path)
	default:
		v.transfer()
	}
}

func (v *View) transfer() {
	if c := v.Cargo(); v.hooks.Transfer != nil && len(c.Entries) > 0 {
		v.hooks.Transfer(c)
	}
}

func (v *View) selectAll() { v.model.Selection.All(); v.reselected() }
func (v *View) invert()    { v.model.Selection.Invert(); v.reselected() }

func (v *View) reselected() {
	v.list.Restyle()
	v.selectionChanged()
}

func (v *View) toggleHidden() {
	v.model.ShowHidden(!v.model.Hidden())
	v.settle()
}

func (v *View) editPath() { v.path.Edit() }

func (v *View) focusFilter() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.filter); c != nil {
		c.Focus(v.filter)
	}
}

func (v *View) copyPath() { v.copyText(v.place.show) }
func (v *View) copyURL()  { v.copyText(v.place.URL) }

// copyText puts the chosen entries, or the folder itself, on the clipboard, a
// line each.
func (v *View) copyText(write func(vfs.Path) string) {
	var lines []string
	for _, e := range v.model.Chosen() {
		if path, err := v.model.Path().Join(e.Name); err == nil {
			lines = append(lines, write(path))
		}
	}
	if len(lines) == 0 {
		lines = []string{write(v.model.Path())}
	}
	fyne.CurrentApp().Clipboard().SetContent(strings.Join(lines, "\n"))
	v.say("Copied " + lines[0])
}

func (v *View) noFolder() string {
	if !v.shown {
		return "No folder is shown"
	}
	return ""
}

func (v *View) noUp() string {
	if v.shown && v.barPath().IsRoot() {
		return "This is the top folder"
	}
	return v.noFolder()
}

func (v *View) noRefresh() string {
	if v.failed != nil {
		return ""
	}
	return v.noFolder()
}

func (v *View) noBack() string {
	if _, _, ok := v.model.Back(); !ok {
		return "There is no folder to go back to"
	}
	return ""
}

func (v *View) noForward() string {
	if _, _, ok := v.model.Forward(); !ok {
		return "There is no folder to go forward to"
	}
	return ""
}

func (v *View) noChoice() string {
	switch {
	case !v.shown || v.failed != nil || v.covered():
		return "No folder is shown"
	case len(v.model.Chosen()) == 0:
		return "Nothing is selected"
	}
	return ""
}

func (v *View) noOne() string {
	if reason := v.noChoice(); reason != "" {
		return reason
	}
	if len(v.model.Chosen()) > 1 {
		return "Select one entry to rename it"
	}
	return ""
}

func (v *View) noMode() string {
	if v.shown && !v.can.SetMode {
		return v.place.Title + " cannot change permissions"
	}
	return v.noChoice()
}

func (v *View) noURL() string {
	if v.shown && v.place.URL == nil {
		return v.place.Title + " has no URLs"
	}
	return v.noFolder()
}
