package parts

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

const ellipsis = "…"

// fitter shortens texts to a width. canvas.Text neither clips nor shortens,
// and measuring each text by shaping it is too slow for a list that scrolls,
// so it adds up advances measured once per character. Kerning is left out:
// texts come out a point narrower than reckoned, never wider by more.
type fitter struct {
	size     float32
	style    fyne.TextStyle
	advances map[rune]float32
}

// maxAdvances bounds the table; a folder in a script of ten thousand signs
// fills it, and then it begins anew.
const maxAdvances = 4096

func newFitter(style fyne.TextStyle) *fitter { return &fitter{style: style} }

// fit returns text, or as much of it as is at most width wide with an
// ellipsis: at its end, or in its middle so that its last characters stay.
func (f *fitter) fit(text string, width float32, middle bool) string {
	if f.size != theme.TextSize() {
		f.size, f.advances = theme.TextSize(), map[rune]float32{}
	}
	if f.width(text) <= width {
		return text
	}
	room := width - f.advance('…')
	if room <= 0 {
		return ""
	}
	runes := []rune(text)
	tail := 0
	if middle {
		tailRoom := room * 0.4
		for tail < len(runes) && tail < 12 {
			if tailRoom -= f.advance(runes[len(runes)-1-tail]); tailRoom < 0 {
				break
			}
			tail++
		}
		for _, r := range runes[len(runes)-tail:] {
			room -= f.advance(r)
		}
	}
	head := 0
	for ; head < len(runes)-tail; head++ {
		if room -= f.advance(runes[head]); room < 0 {
			break
		}
	}
	return string(runes[:head]) + ellipsis + string(runes[len(runes)-tail:])
}

// atWord takes the rest of a word off a text that was cut at its end.
func atWord(whole, cut string) string {
	head, ok := strings.CutSuffix(cut, ellipsis)
	if space := strings.LastIndex(head, " "); ok && space > 0 && cut != whole && whole[len(head)] != ' ' {
		return head[:space+1] + ellipsis
	}
	return cut
}

func (f *fitter) width(text string) float32 {
	var sum float32
	for _, r := range text {
		sum += f.advance(r)
	}
	return sum
}

func (f *fitter) advance(r rune) float32 {
	if a, ok := f.advances[r]; ok {
		return a
	}
	if len(f.advances) >= maxAdvances {
		clear(f.advances)
	}
	a := fyne.MeasureText(string(r), f.size, f.style).Width
	f.advances[r] = a
	return a
}
