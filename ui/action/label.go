package action

import (
	"math"
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"wherry/ui/look"
)

const (
	// tabStop is how far apart Fyne's tab stops are in a menu's text.
	tabStop float32 = 40
	// between is the least distance from the widest title to the keys.
	between float32 = 16
	// unsure is how near to a tab stop a title may end without being drawn on
	// its other side at another scale.
	unsure float32 = 1.5
)

// nativeMenus says that the system draws the menus, keys included.
const nativeMenus = runtime.GOOS == "darwin"

// quiet is a shortcut whose key Fyne does not draw. It would do so in a fifth of
// the text's strength, whatever the theme, which is too faint to be read.
type quiet struct{ fyne.Shortcut }

func shortcut(c Command) fyne.Shortcut {
	s := &desktop.CustomShortcut{KeyName: c.Key, Modifier: c.Mod}
	if nativeMenus {
		return s
	}
	return quiet{s}
}

// labelled is what stands in a menu for each command: its title, and its key in
// a column of its own.
func labelled(rows []Command) []string {
	labels, widths := make([]string, len(rows)), make([]float32, len(rows))
	widest := float32(0)
	for i, c := range rows {
		if labels[i] = c.Title; nativeMenus || c.Title == "" {
			continue
		}
		if widths[i] = width(labels[i]); nearStop(widths[i]) {
			labels[i] += " "
			widths[i] = width(labels[i])
		}
		widest = max(widest, widths[i])
	}
	column := stops(widest + between)
	for i, c := range rows {
		if key := KeyText(c.Key, c.Mod); key != "" && !nativeMenus {
			labels[i] += strings.Repeat("\t", column-stops(widths[i])+1) + key
		}
	}
	return labels
}

// stops counts the tab stops up to x, and the first behind it.
func stops(x float32) int { return int(x/tabStop) + 1 }

func nearStop(x float32) bool {
	rest := float32(math.Mod(float64(x), float64(tabStop)))
	return rest < unsure || rest > tabStop-unsure
}

func width(text string) float32 {
	return fyne.MeasureText(text, look.Size(theme.SizeNameText), fyne.TextStyle{}).Width
}
