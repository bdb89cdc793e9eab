package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/ui/look"
)

// Question is what a dialog asks.
type Question struct {
	Glyph look.Glyph
	Color fyne.ThemeColorName // of the glyph; "" for the accent
	Title string
	Text  string
	// Field, when set, is a line to type in; it gets the keys, and Enter in
	// it chooses the strong answer.
	Field *Field
	// Content, when set, stands between text and buttons.
	Content fyne.CanvasObject
	// Answers stand from left to right. Choosing one closes the dialog.
	Answers []Answer
	// Escape runs when the person closes the dialog without an answer.
	Escape func()
	// Width of the dialog; 0 for the usual one.
	Width float32
}

// Dialog is a Question being shown.
type Dialog struct {
	question Question
	canvas   fyne.Canvas
	popup    *widget.PopUp
	buttons  []*answerButton
	title    *widget.RichText
	text     *widget.RichText
	content  *fyne.Container
	row      *fyne.Container      // a spacer and the buttons
	before   func(*fyne.KeyEvent) // the canvas's own key hook
	closed   bool
}

const (
	questionWidth float32 = 440
	leastWidth    float32 = 240 // of a dialog in a window that is narrower than it wants to be
)

// Ask shows a question over everything else. The strong answer has the keys,
// so Enter chooses it; Esc chooses none. Arrows and Tab go from answer to
// answer.
func Ask(c fyne.Canvas, q Question) *Dialog {
	d := &Dialog{question: q, canvas: c, before: c.OnTypedKey()}
	if d.question.Width == 0 {
		d.question.Width = questionWidth
	}
	d.question.Width = min(d.question.Width, max(c.Size().Width-2*sheetEdge, leastWidth))
	d.content = container.New(&questionLayout{d}, d.objects()...)
	d.popup = widget.NewModalPopUp(container.NewStack(NewKeeper(), d.content), c)
	d.popup.Show()
	c.SetOnTypedKey(d.strayKey)
	d.focus()
	return d
}

func (d *Dialog) objects() []fyne.CanvasObject {
	q := d.question
	c := q.Color
	if c == "" {
		c = look.ColorAccent
	}
	icon := canvas.NewImageFromResource(look.Draw(q.Glyph, c))
	icon.FillMode = canvas.ImageFillContain
	icon.Hidden = q.Glyph == ""
	d.title = NewProse(widget.RichTextStyle{SizeName: theme.SizeNameSubHeadingText, TextStyle: fyne.TextStyle{Bold: true}})
	SetProse(d.title, q.Title)
	d.text = NewProse(widget.RichTextStyle{})
	SetProse(d.text, q.Text)
	d.text.Hidden = q.Text == ""
	middle := container.NewVBox()
	if q.Field != nil {
		q.Field.Escaped = d.escape
		q.Field.OnSubmitted = func(string) { d.strong() }
		middle.Add(q.Field)
	}
	if q.Content != nil {
		d.leaveBy(q.Content)
		middle.Add(q.Content)
	}
	middle.Hidden = len(middle.Objects) == 0
	d.row = container.New(&buttonLayout{}, layout.NewSpacer())
	for i, a := range q.Answers {
		b := newAnswer(a, func() { d.choose(a) }, d.otherKey)
		b.upright = func(by int) bool { return d.upright(i, by) }
		d.buttons = append(d.buttons, b)
		d.row.Add(b)
	}
	return []fyne.CanvasObject{icon, d.title, d.text, middle, d.row}
}

// focus gives the keys to the field, or else to the strong answer.
func (d *Dialog) focus() {
	if d.question.Field != nil {
		d.canvas.Focus(d.question.Field)
		return
	}
	for _, b := range d.buttons {
		if b.answer.Strong {
			d.canvas.Focus(b)
			return
		}
	}
	if len(d.buttons) > 0 {
		d.canvas.Focus(d.buttons[len(d.buttons)-1])
	}
}

// Close takes the dialog away; no answer runs. A second call does nothing.
func (d *Dialog) Close() {
	if d.closed {
		return
	}
	d.closed = true
	d.canvas.SetOnTypedKey(d.before)
	d.popup.Hide()
}

// Closed says whether the dialog is gone.
func (d *Dialog) Closed() bool { return d.closed }

// SetText changes the text of an open dialog, as while things are counted.
func (d *Dialog) SetText(text string) {
	SetProse(d.text, text)
	d.text.Hidden = text == ""
	d.Fit()
}

// SetEnabled allows an answer or not, by its place from the left.
func (d *Dialog) SetEnabled(answer int, on bool) {
	if on {
		d.buttons[answer].Enable()
	} else {
		d.buttons[answer].Disable()
	}
}

// Fit makes the dialog as high as its content is by now.
func (d *Dialog) Fit() {
	d.popup.Resize(d.content.MinSize().AddWidthHeight(4, 4))
	d.popup.Refresh()
}

func (d *Dialog) choose(a Answer) {
	if d.closed {
		return
	}
	d.Close()
	if a.Run != nil {
		a.Run()
	}
}

func (d *Dialog) strong() {
	for _, b := range d.buttons {
		if b.answer.Strong && !b.Disabled() {
			d.choose(b.answer)
			return
		}
	}
}

func (d *Dialog) escape() {
	if d.closed {
		return
	}
	d.Close()
	if d.question.Escape != nil {
		d.question.Escape()
	}
}

// leaveBy lets Esc in what a dialog holds close it, and Enter in a box or a
// field choose the strong answer.
func (d *Dialog) leaveBy(o fyne.CanvasObject) {
	switch o := o.(type) {
	case *fyne.Container:
		for _, inner := range o.Objects {
			d.leaveBy(inner)
		}
	case *Check:
		o.Escaped, o.Entered = d.escape, d.strong
	case *Segments:
		o.Escaped = d.escape
	case *Field:
		o.Escaped = d.escape
		if o.OnSubmitted == nil {
			o.OnSubmitted = func(string) { d.strong() }
		}
	}
}

// upright goes from answer i to the one above or below it, where they stand in
// several rows; false where there is none.
func (d *Dialog) upright(i, by int) bool {
	perRow, _ := buttonLayout{}.grid(d.row.Objects, d.row.Size().Width)
	to := i + by*perRow
	if to < 0 || to >= len(d.buttons) || d.buttons[to].Disabled() {
		return false
	}
	d.canvas.Focus(d.buttons[to])
	return true
}

// strayKey is for keys that come to the canvas because nothing in the dialog
// has them, as after a click beside it.
func (d *Dialog) strayKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		d.escape()
		return
	}
	d.focus()
	if f := d.canvas.Focused(); f != nil {
		f.TypedKey(e)
	}
}

func (d *Dialog) otherKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		d.escape()
	}
}

// questionLayout puts the glyph left of title, text and content, and the
// buttons below.
type questionLayout struct{ d *Dialog }

const questionIcon float32 = 28

func (q *questionLayout) left() float32 {
	if q.d.question.Glyph == "" {
		return look.Margin
	}
	return look.Margin + questionIcon + look.Gap*2
}

// texts are the texts shown.
func (q *questionLayout) texts() []*widget.RichText {
	if q.d.text.Hidden {
		return []*widget.RichText{q.d.title}
	}
	return []*widget.RichText{q.d.title, q.d.text}
}

func (q *questionLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	icon, middle, row := o[0], o[3], o[4]
	left := q.left()
	width := size.Width - left - look.Margin
	icon.Move(fyne.NewPos(look.Margin, look.Margin))
	icon.Resize(fyne.NewSquareSize(questionIcon))
	y := look.Margin
	pad := look.Size(theme.SizeNameInnerPadding) // a text has one of its own
	for _, text := range q.texts() {
		height := ProseHeight(text, width+2*pad)
		text.Move(fyne.NewPos(left-pad, y-pad))
		text.Resize(fyne.NewSize(width+2*pad, height))
		y += height - 2*pad + look.Gap
	}
	if middle.Visible() {
		middle.Move(fyne.NewPos(left, y))
		middle.Resize(fyne.NewSize(width, middle.MinSize().Height))
	}
	high := q.buttonsHeight()
	row.Move(fyne.NewPos(look.Margin, size.Height-look.Margin-high))
	row.Resize(fyne.NewSize(size.Width-2*look.Margin, high))
}

func (q *questionLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	middle := o[3]
	width := q.d.question.Width
	height := 2 * look.Margin
	inner := width - q.left() - look.Margin
	pad := look.Size(theme.SizeNameInnerPadding)
	for _, text := range q.texts() {
		height += ProseHeight(text, inner+2*pad) - 2*pad + look.Gap
	}
	if middle.Visible() {
		middle.Resize(fyne.NewSize(inner, middle.Size().Height)) // what wraps must know its width
		height += middle.MinSize().Height + look.Gap
	}
	return fyne.NewSize(width, max(height, look.Margin+questionIcon+look.Gap)+look.Gap*2+q.buttonsHeight())
}

func (q *questionLayout) buttonsHeight() float32 {
	perRow, _ := buttonLayout{}.grid(q.d.row.Objects, q.d.question.Width-2*look.Margin)
	rows := max((len(q.d.buttons)+perRow-1)/perRow, 1)
	return float32(rows)*(buttonHeight+look.Gap) - look.Gap
}

// buttonLayout puts buttons at the right, all as wide as the widest: in one
// row, or where that has no room in several full ones, of which the last one
// ends with the last button.
type buttonLayout struct{}

// grid is how many buttons stand in a row, and how wide each is.
func (buttonLayout) grid(o []fyne.CanvasObject, room float32) (perRow int, width float32) {
	width = buttonWidth
	for _, b := range o[1:] {
		width = max(width, b.MinSize().Width+2*look.Gap)
	}
	n := len(o) - 1
	fit := max(int((room+look.Gap)/(width+look.Gap)), 1)
	if n <= fit {
		return max(n, 1), width
	}
	rows := (n + fit - 1) / fit
	perRow = (n + rows - 1) / rows
	return perRow, (room+look.Gap)/float32(perRow) - look.Gap
}

func (l buttonLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	perRow, width := l.grid(o, size.Width)
	for i := len(o) - 1; i >= 1; i-- {
		back := len(o) - 1 - i // from the last one
		x := size.Width - float32(back%perRow+1)*(width+look.Gap) + look.Gap
		y := size.Height - buttonHeight - float32(back/perRow)*(buttonHeight+look.Gap)
		o[i].Move(fyne.NewPos(x, y))
		o[i].Resize(fyne.NewSize(width, buttonHeight))
	}
}

func (buttonLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, buttonHeight) }
