// Package action is the table of commands: what a person can do, under which
// key, and why not just now.
//
// It exists so that menus, shortcuts and the help come from one place and can
// never disagree. A feature makes a Table of its commands; the window puts
// several into menus and hands keys to them.
package action

import (
	"strings"

	"fyne.io/fyne/v2"

	"wherry/ui/look"
)

// Command is one row of the table.
type Command struct {
	// ID names the command for ever, as "pane.refresh".
	ID string
	// Title stands in menus; one that asks before it acts ends in "…".
	Title string
	Glyph look.Glyph // for tools; menus have none
	// Key and Mod run it; Key "" for none. A key without modifier reaches
	// only the widget that has the keys, so that widget's owner asks ByKey.
	Key fyne.KeyName
	Mod fyne.KeyModifier
	// Disabled says in words why it cannot run now, "" when it can. Nil: it
	// always can. It must be quick: menus ask it whenever they open.
	Disabled func() string
	// Checked makes it a switch and says whether it is on.
	Checked func() bool
	Run     func()
	// Quits: it ends the program. Fyne puts a "Quit" of its own, which asks
	// nobody, into a main menu that has none.
	Quits bool
}

// Reason says why the command cannot run now, "" when it can.
func (c Command) Reason() string {
	if c.Disabled == nil {
		return ""
	}
	return c.Disabled()
}

// Table is an ordered set of commands.
type Table struct {
	// Refused is called with the reason when a person asks for a command
	// that cannot run. Nil: nothing happens then.
	Refused func(c Command, reason string)

	commands []Command
}

// NewTable returns a table of commands. Two with one ID, or with one key, are
// a mistake in the program and panic.
func NewTable(commands ...Command) *Table {
	t := &Table{commands: commands}
	ids, keys := map[string]bool{}, map[string]string{}
	for _, c := range commands {
		if ids[c.ID] {
			panic("action: two commands " + c.ID)
		}
		ids[c.ID] = true
		key := KeyText(c.Key, c.Mod)
		if other := keys[key]; key != "" && other != "" {
			panic("action: " + other + " and " + c.ID + " both on " + key)
		}
		keys[key] = c.ID
	}
	return t
}

// Commands returns all rows in their order.
func (t *Table) Commands() []Command { return append([]Command(nil), t.commands...) }

// Get returns the command with an ID.
func (t *Table) Get(id string) (Command, bool) {
	for _, c := range t.commands {
		if c.ID == id {
			return c, true
		}
	}
	return Command{}, false
}

// Run runs a command, or tells Refused why not. It says whether there is one
// of that ID.
func (t *Table) Run(id string) bool {
	c, ok := t.Get(id)
	if ok {
		t.run(c)
	}
	return ok
}

// ByKey runs the command on a key, and says whether there is one.
func (t *Table) ByKey(key fyne.KeyName, mod fyne.KeyModifier) bool {
	if key == fyne.KeyEnter {
		key = fyne.KeyReturn
	}
	for _, c := range t.commands {
		if c.Key == key && c.Mod == mod && key != "" {
			t.run(c)
			return true
		}
	}
	return false
}

// ByShortcut is ByKey for what a widget gets as a shortcut: Fyne turns Ctrl+C
// and its like into types of their own.
func (t *Table) ByShortcut(s fyne.Shortcut) bool {
	k, ok := s.(fyne.KeyboardShortcut)
	return ok && t.ByKey(k.Key(), k.Mod())
}

func (t *Table) run(c Command) {
	if reason := c.Reason(); reason != "" {
		if t.Refused != nil {
			t.Refused(c, reason)
		}
		return
	}
	if c.Run != nil {
		c.Run()
	}
}

// Separator stands for a line between items in the list given to Menu.
const Separator = "-"

// Menu is a menu made of commands.
type Menu struct {
	*fyne.Menu
	rows map[*fyne.MenuItem]Command
}

// Menu makes a menu of the commands with these IDs and Separators, with their
// present state; an unknown ID is a mistake in the program and panics. For a
// menu that stays, call Sync before it is shown.
//
// The keys are shortcuts of a custom name on purpose: the main menu does not
// take Ctrl+C, Ctrl+V and their like away from the fields then.
func (t *Table) Menu(title string, ids ...string) *Menu {
	m := &Menu{Menu: fyne.NewMenu(title), rows: map[*fyne.MenuItem]Command{}}
	var rows []Command
	for _, id := range ids {
		c, ok := t.Get(id)
		if !ok && id != Separator {
			panic("action: no command " + id)
		}
		rows = append(rows, c)
	}
	labels := labelled(rows)
	for i, c := range rows {
		if c.ID == "" {
			m.Items = append(m.Items, fyne.NewMenuItemSeparator())
			continue
		}
		item := fyne.NewMenuItem(labels[i], func() { t.run(c) })
		item.IsQuit = c.Quits
		if c.Key != "" {
			item.Shortcut = shortcut(c)
		}
		m.Items = append(m.Items, item)
		m.rows[item] = c
	}
	m.Sync()
	return m
}

// Sync brings the items' state up to date and says whether any changed; the
// owner of the main menu then refreshes it.
func (m *Menu) Sync() (changed bool) {
	for item, c := range m.rows {
		disabled, checked := c.Reason() != "", c.Checked != nil && c.Checked()
		if item.Disabled != disabled || item.Checked != checked {
			item.Disabled, item.Checked, changed = disabled, checked, true
		}
	}
	return changed
}

// Line is one line of the help: what it does and on which key.
type Line struct{ Title, Key string }

// Help returns the commands that have a key, in their order.
func (t *Table) Help() []Line {
	var lines []Line
	for _, c := range t.commands {
		if c.Key != "" {
			lines = append(lines, Line{Title: strings.TrimSuffix(c.Title, "…"), Key: KeyText(c.Key, c.Mod)})
		}
	}
	return lines
}

// KeyText writes a key as a person reads it: "Ctrl+Shift+N"; "" for none.
func KeyText(key fyne.KeyName, mod fyne.KeyModifier) string {
	if key == "" {
		return ""
	}
	var b strings.Builder
	for _, m := range []struct {
		mod  fyne.KeyModifier
		name string
	}{
		{fyne.KeyModifierControl, "Ctrl"},
		{fyne.KeyModifierAlt, "Alt"},
		{fyne.KeyModifierShift, "Shift"},
		{fyne.KeyModifierSuper, "Super"},
	} {
		if mod&m.mod != 0 {
			b.WriteString(m.name + "+")
		}
	}
	name, ok := keyNames[key]
	if !ok {
		name = string(key)
	}
	return b.String() + name
}

var keyNames = map[fyne.KeyName]string{
	fyne.KeyReturn: "Enter", fyne.KeyBackspace: "Backspace", fyne.KeyDelete: "Del", fyne.KeyEscape: "Esc",
	fyne.KeyPageUp: "Page Up", fyne.KeyPageDown: "Page Down", fyne.KeyInsert: "Ins",
}
