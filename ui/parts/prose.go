package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// NewProse returns an empty text of one style that wraps at words.
func NewProse(style widget.RichTextStyle) *widget.RichText {
	t := widget.NewRichText(&widget.TextSegment{Style: style})
	t.Wrapping = fyne.TextWrapWord
	return t
}

// SetProse changes what a text of NewProse says; nothing happens when it says
// that already.
func SetProse(t *widget.RichText, text string) {
	if s := t.Segments[0].(*widget.TextSegment); s.Text != text {
		s.Text = text
		t.Refresh()
	}
}

// ProseHeight is how high a text is at a width, with its padding on all sides:
// it must have that width to know, and gets it.
func ProseHeight(t *widget.RichText, width float32) float32 {
	t.Resize(fyne.NewSize(width, t.Size().Height))
	return t.MinSize().Height
}
