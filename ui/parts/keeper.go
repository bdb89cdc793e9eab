package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Keeper leaves the keys where they are when something is clicked that does
// not want them: a tool, a tab, a title. Fyne takes the keys away from
// everything on such a click, and a person who refreshes a folder by mouse and
// goes on with the arrows would wonder; it does not do so where the mouse is
// over anything that could have them. A Keeper lies behind the things it
// serves and says that it could, and that it is disabled, so that Tab passes
// it by. It must lie beside them and not inside: whatever is innermost gets
// the click.
type Keeper struct{ widget.BaseWidget }

// NewKeeper returns a keeper.
func NewKeeper() *Keeper {
	k := &Keeper{}
	k.ExtendBaseWidget(k)
	return k
}

// CreateRenderer is Fyne's.
func (k *Keeper) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// FocusGained never happens.
func (k *Keeper) FocusGained() {}

// FocusLost never happens.
func (k *Keeper) FocusLost() {}

// TypedRune never happens.
func (k *Keeper) TypedRune(rune) {}

// TypedKey never happens.
func (k *Keeper) TypedKey(*fyne.KeyEvent) {}

// Enable does nothing.
func (k *Keeper) Enable() {}

// Disable does nothing: it always is.
func (k *Keeper) Disable() {}

// Disabled is why Tab passes by.
func (k *Keeper) Disabled() bool { return true }
