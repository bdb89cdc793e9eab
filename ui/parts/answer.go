package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Answer is one button: what stands on it and what it does.
type Answer struct {
	Title string
	// Strong is the one that Enter chooses; at most one.
	Strong bool
	// Danger colours what cannot be undone.
	Danger bool
	Run    func()
}

// answerButton adds Enter and the arrows to Fyne's button, which knows only
// the space bar.
type answerButton struct {
	widget.Button
	answer  Answer
	other   func(*fyne.KeyEvent) // keys a button has no use for
	focused func(on bool)        // nil: nobody wants to know
	upright func(by int) bool    // to the button above (-1) or below; false or nil: there is none
	on      bool                 // it has the keys
}

// newAnswer returns the button of an answer, which calls tapped.
func newAnswer(a Answer, tapped func(), other func(*fyne.KeyEvent)) *answerButton {
	b := &answerButton{answer: a, other: other}
	b.Text = a.Title
	b.OnTapped = tapped
	switch {
	case a.Danger:
		b.Importance = widget.DangerImportance
	case a.Strong:
		b.Importance = widget.HighImportance
	}
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey chooses, or goes to the neighbour.
func (b *answerButton) TypedKey(e *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(b)
	if by := map[fyne.KeyName]int{fyne.KeyUp: -1, fyne.KeyDown: 1}[e.Name]; by != 0 && b.upright != nil && b.upright(by) {
		return
	}
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if !b.Disabled() {
			b.OnTapped()
		}
	case fyne.KeyLeft, fyne.KeyUp:
		if c != nil {
			c.FocusPrevious()
		}
	case fyne.KeyRight, fyne.KeyDown:
		if c != nil {
			c.FocusNext()
		}
	default:
		b.other(e)
	}
}

// FocusGained is called when the keys go to the button.
func (b *answerButton) FocusGained() {
	b.Button.FocusGained()
	b.tell(true)
}

// FocusLost is called when they go elsewhere.
func (b *answerButton) FocusLost() {
	b.Button.FocusLost()
	b.tell(false)
}

func (b *answerButton) tell(on bool) {
	b.on = on
	if b.focused != nil {
		b.focused(on)
	}
}
