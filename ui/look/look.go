// Package look is how the window looks: one theme, light and dark, its sizes,
// its colours and its icons.
//
// It exists so that every measure and colour has one name and one place. The
// look is dense and calm, because the window stays open all day: small even
// text, one accent, colour only where it says something.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Choice is which variant a person wants.
type Choice string

// The choices. System, the zero value, follows the desktop.
const (
	System Choice = ""
	Light  Choice = "light"
	Dark   Choice = "dark"
)

// Measures that the theme's own sizes do not name, in Fyne's device
// independent pixels.
const (
	RowHeight    float32 = 20 // of a list
	HeaderHeight float32 = 22 // of a list's titles
	BarHeight    float32 = 32 // of a row of tools
	StatusHeight float32 = 20 // of a line of state under a list
	EntryHeight  float32 = 26 // of a field to type in
	Icon         float32 = 16 // of an icon in a row or a tool
	Gap          float32 = 6  // between things that belong together
	Margin       float32 = 14 // around the content of a dialog
)

// Theme is Wherry's theme.
type Theme struct {
	choice Choice
	base   fyne.Theme
}

// New returns the theme for a choice; an unknown one is System.
func New(choice Choice) *Theme {
	return &Theme{choice: choice, base: theme.DefaultTheme()}
}

// Color returns the colour of Fyne's names and of ours.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch t.choice {
	case Light:
		variant = theme.VariantLight
	case Dark:
		variant = theme.VariantDark
	}
	pair, ours := palette[name]
	switch {
	case !ours:
		return t.base.Color(name, variant)
	case variant == theme.VariantLight:
		return pair.light
	}
	return pair.dark
}

// Font returns Fyne's own fonts, which ship with the program.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource { return t.base.Font(style) }

// Icon returns Fyne's icons for Fyne's own widgets.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.base.Icon(name) }

// Size returns the dense sizes.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	if size, ok := sizes[name]; ok {
		return size
	}
	return t.base.Size(name)
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:            12,
	theme.SizeNameCaptionText:     10,
	theme.SizeNameSubHeadingText:  14,
	theme.SizeNameHeadingText:     17,
	theme.SizeNamePadding:         2,
	theme.SizeNameInnerPadding:    4,
	theme.SizeNameLineSpacing:     2,
	theme.SizeNameInlineIcon:      16,
	theme.SizeNameScrollBar:       14,
	theme.SizeNameScrollBarSmall:  8,
	theme.SizeNameScrollBarRadius: 4,
	theme.SizeNameInputRadius:     3,
	theme.SizeNameButtonRadius:    3,
	theme.SizeNameSelectionRadius: 3,
	theme.SizeNameMenuRadius:      4,
	theme.SizeNamePopupRadius:     4,
	theme.SizeNameDialogRadius:    6,
	theme.SizeNameSplitThickness:  3,
	theme.SizeNameModalBlurRadius: 0, // costs more than it says
}

// Size returns a size of the current theme.
func Size(name fyne.ThemeSizeName) float32 { return theme.Size(name) }

// Color returns a colour of the current theme and variant.
func Color(name fyne.ThemeColorName) color.Color { return theme.Color(name) }
