package action_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/google/go-cmp/cmp"

	"wherry/ui/action"
)

func table(ran *[]string, off *string) *action.Table {
	note := func(id string) func() { return func() { *ran = append(*ran, id) } }
	t := action.NewTable(
		action.Command{ID: "refresh", Title: "Refresh", Key: fyne.KeyF5, Run: note("refresh")},
		action.Command{ID: "copy", Title: "Copy the path", Key: fyne.KeyC, Mod: fyne.KeyModifierControl, Run: note("copy")},
		action.Command{
			ID: "delete", Title: "Delete…", Key: fyne.KeyDelete, Run: note("delete"),
			Disabled: func() string { return *off },
		},
		action.Command{ID: "hidden", Title: "Show hidden files", Checked: func() bool { return *off == "" }, Run: note("hidden")},
	)
	t.Refused = func(c action.Command, reason string) { *ran = append(*ran, c.ID+" refused: "+reason) }
	return t
}

func TestCommandsRun(t *testing.T) {
	const off = "Nothing is selected"
	for outcome, tc := range map[string]struct {
		off  string
		do   func(*action.Table) bool
		want []string
		took bool
	}{
		"by id":                        {"", func(t *action.Table) bool { return t.Run("refresh") }, []string{"refresh"}, true},
		"by key":                       {"", func(t *action.Table) bool { return t.ByKey(fyne.KeyF5, 0) }, []string{"refresh"}, true},
		"not by another modifier":      {"", func(t *action.Table) bool { return t.ByKey(fyne.KeyF5, fyne.KeyModifierShift) }, nil, false},
		"by Fyne's own shortcut":       {"", func(t *action.Table) bool { return t.ByShortcut(&fyne.ShortcutCopy{}) }, []string{"copy"}, true},
		"by a custom shortcut":         {"", func(t *action.Table) bool { return t.ByShortcut(ctrlC()) }, []string{"copy"}, true},
		"an unknown one is not":        {"", func(t *action.Table) bool { return t.Run("nothing") }, nil, false},
		"a disabled one says why":      {off, func(t *action.Table) bool { return t.Run("delete") }, []string{"delete refused: " + off}, true},
		"by the menu":                  {"", func(t *action.Table) bool { t.Menu("m", "delete").Items[0].Action(); return true }, []string{"delete"}, true},
		"by the menu's disabled item":  {off, func(t *action.Table) bool { t.Menu("m", "delete").Items[0].Action(); return true }, []string{"delete refused: " + off}, true},
		"commands without key do not":  {"", func(t *action.Table) bool { return t.ByKey("", 0) }, nil, false},
		"shortcuts without key do not": {"", func(t *action.Table) bool { return t.ByShortcut(&odd{}) }, nil, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			test.NewTempApp(t)
			var ran []string
			if took := tc.do(table(&ran, &tc.off)); took != tc.took {
				t.Errorf("took %v", took)
			}
			if diff := cmp.Diff(tc.want, ran); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMenuShowsStateAndFollowsIt(t *testing.T) {
	test.NewTempApp(t)
	var ran []string
	off := ""
	m := table(&ran, &off).Menu("Pane", "refresh", action.Separator, "delete", "hidden")
	if len(m.Items) != 4 || !m.Items[1].IsSeparator || m.Items[2].Disabled || !m.Items[3].Checked {
		t.Fatalf("items %+v", m.Items)
	}
	if m.Sync() {
		t.Error("changed without a change")
	}
	off = "Nothing is selected"
	if !m.Sync() || !m.Items[2].Disabled || m.Items[3].Checked {
		t.Error("the menu did not follow")
	}
	if name := m.Items[0].Shortcut.ShortcutName(); name != "CustomDesktop:F5" {
		t.Errorf("shown key %q", name)
	}
}

// Fyne draws a key that it knows in a fifth of the text's colour.
func TestMenuShowsKeysAsReadableAsTitles(t *testing.T) {
	test.NewTempApp(t)
	titles := []string{"I", "Up", "Refresh", "Show hidden files", "Remove everything from the list…"}
	var commands []action.Command
	var ids []string
	for i := range 40 { // titles of all widths
		title := strings.Repeat("i", i) + titles[i%len(titles)]
		commands = append(commands, action.Command{ID: title, Title: title, Key: fyne.KeyName(fmt.Sprint("F", i)), Mod: fyne.KeyModifierControl})
		ids = append(ids, title)
	}
	commands = append(commands, action.Command{ID: "none", Title: "Without a key"})
	ids = append(ids, action.Separator, "none")
	m := action.NewTable(commands...).Menu("m", ids...)
	measure := func(text string) float32 { return fyne.MeasureText(text, theme.TextSize(), fyne.TextStyle{}).Width }
	column := float32(0)
	for i, c := range commands[:40] {
		item := m.Items[i]
		if _, drawn := item.Shortcut.(fyne.KeyboardShortcut); drawn {
			t.Fatalf("%s: Fyne draws the key too", c.Title)
		}
		before, ok := strings.CutSuffix(item.Label, action.KeyText(c.Key, c.Mod))
		if !ok || !strings.HasPrefix(before, c.Title) {
			t.Fatalf("%s: it says %q", c.Title, item.Label)
		}
		if column == 0 {
			column = measure(before)
		}
		if at := measure(before); at != column || at < measure(c.Title)+10 {
			t.Errorf("%s: the key begins at %v, the first one at %v", c.Title, at, column)
		}
	}
	if got := m.Items[41].Label; got != "Without a key" && got != "Without a key " {
		t.Errorf("without a key it says %q", got)
	}
}

func TestHelpListsKeys(t *testing.T) {
	var ran []string
	off := ""
	want := []action.Line{{Title: "Refresh", Key: "F5"}, {Title: "Copy the path", Key: "Ctrl+C"}, {Title: "Delete", Key: "Del"}}
	if diff := cmp.Diff(want, table(&ran, &off).Help()); diff != "" {
		t.Error(diff)
	}
}

func TestMistakesInATablePanic(t *testing.T) {
	for outcome, make := range map[string]func(){
		"two ids": func() { action.NewTable(action.Command{ID: "a"}, action.Command{ID: "a"}) },
		"two keys": func() {
			action.NewTable(action.Command{ID: "a", Key: fyne.KeyF2}, action.Command{ID: "b", Key: fyne.KeyF2})
		},
		"unknown id": func() { action.NewTable().Menu("m", "a") },
	} {
		t.Run(outcome, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			make()
		})
	}
}

func ctrlC() fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: fyne.KeyC, Modifier: fyne.KeyModifierControl}
}

type odd struct{}

func (odd) ShortcutName() string { return "odd" }

// TestTheMenuHasOneQuit: where no item is marked, Fyne adds one that asks nobody.
func TestTheMenuHasOneQuit(t *testing.T) {
	test.NewTempApp(t)
	table := action.NewTable(action.Command{ID: "a", Title: "A"}, action.Command{ID: "quit", Title: "Quit", Key: fyne.KeyQ, Mod: fyne.KeyModifierControl, Quits: true})
	items := table.Menu("File", "a", "quit").Items
	if items[0].IsQuit || !items[1].IsQuit {
		t.Errorf("marked: %t, %t", items[0].IsQuit, items[1].IsQuit)
	}
}
