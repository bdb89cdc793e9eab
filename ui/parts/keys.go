package parts

import (
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"wherry/ui/look"
)

// FocusGained is called when the keys go to the list.
func (b *body) FocusGained() { b.setFocused(true) }

// FocusLost is called when they go elsewhere.
func (b *body) FocusLost() { b.setFocused(false) }

func (b *body) setFocused(on bool) {
	if b.focused == on {
		return
	}
	b.focused = on
	if s := b.list.selection; on && s.Cursor() < 0 && s.Len() > 0 {
		s.Point(0)
	}
	b.restyle()
	if b.list.Hooks.Focused != nil {
		b.list.Hooks.Focused(on)
	}
}

// AcceptsTab says that Tab goes to the list's owner, if that one wants it.
func (b *body) AcceptsTab() bool { return b.list.Hooks.Switch != nil }

// TypedKey moves, selects and opens; keys it has no use for go to the owner.
func (b *body) TypedKey(e *fyne.KeyEvent) {
	mod := b.list.HeldModifiers()
	if b.moved(e.Name, mod&fyne.KeyModifierShift != 0) {
		return
	}
	h := &b.list.Hooks
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if cursor := b.list.selection.Cursor(); cursor >= 0 && h.Open != nil {
			h.Open(cursor)
		}
	case fyne.KeyBackspace:
		if h.Up != nil {
			h.Up()
		}
	case fyne.KeyTab:
		if h.Switch != nil {
			h.Switch()
		}
	case fyne.KeyEscape:
		if !b.endDrag(false) {
			b.otherKey(e.Name, mod)
		}
	case desktop.KeyMenu:
		b.menuByKey()
	case fyne.KeyF10:
		if mod == fyne.KeyModifierShift { // for keyboards without a menu key
			b.menuByKey()
			return
		}
		b.otherKey(e.Name, mod)
	case desktop.KeyShiftLeft, desktop.KeyShiftRight, desktop.KeyControlLeft, desktop.KeyControlRight,
		desktop.KeyAltLeft, desktop.KeyAltRight, desktop.KeySuperLeft, desktop.KeySuperRight:
		// TypedKey fires for bare modifiers too.
	default:
		b.otherKey(e.Name, mod)
	}
}

func (b *body) otherKey(name fyne.KeyName, mod fyne.KeyModifier) {
	if b.list.Hooks.Key != nil {
		b.list.Hooks.Key(name, mod)
	}
}

// destination is where a key takes the cursor; ok is false for keys that do
// not move it.
func (b *body) destination(name fyne.KeyName) (to int, ok bool) {
	s := b.list.selection
	page := max(int(b.list.scroll.Size().Height/look.RowHeight)-1, 1)
	to = s.Cursor()
	switch name {
	case fyne.KeyUp:
		to--
	case fyne.KeyDown:
		to++
	case fyne.KeyPageUp:
		to -= page
	case fyne.KeyPageDown:
		to += page
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = s.Len() - 1
	default:
		return 0, false
	}
	return min(max(to, 0), s.Len()-1), true
}

// moved handles the keys that move the cursor or toggle a row.
func (b *body) moved(name fyne.KeyName, extend bool) bool {
	s := b.list.selection
	if to, ok := b.destination(name); ok {
		if extend {
			s.Extend(to, false)
		} else if to >= 0 {
			s.Only(to)
		}
		b.shown()
		return true
	}
	switch name {
	case fyne.KeyInsert:
		at := s.Cursor()
		s.Toggle(at)
		s.Point(min(at+1, s.Len()-1))
	case fyne.KeySpace:
		if b.list.ahead.running(b.list.clock.Now()) {
			return true // it comes as a rune too
		}
		s.Toggle(s.Cursor())
	default:
		return false
	}
	b.shown()
	return true
}

// walked handles the same keys with Ctrl: the cursor moves, and the selection
// stays; with Shift too, the range is added. Ctrl+Space is Space.
func (b *body) walked(name fyne.KeyName, mod fyne.KeyModifier) bool {
	const ctrl = fyne.KeyModifierShortcutDefault
	s := b.list.selection
	if name == fyne.KeySpace && mod == ctrl {
		s.Toggle(s.Cursor())
		b.shown()
		return true
	}
	to, ok := b.destination(name)
	switch {
	case !ok:
		return false
	case mod == ctrl:
		s.Point(to)
	case mod == ctrl|fyne.KeyModifierShift:
		s.Extend(to, true)
	default:
		return false
	}
	b.shown()
	return true
}

// shown brings the cursor into view after a key.
func (b *body) shown() {
	b.list.ScrollTo(b.list.selection.Cursor())
	b.changed()
}

func (b *body) menuByKey() {
	if b.list.Hooks.Menu == nil {
		return
	}
	row := b.list.selection.Cursor()
	b.list.ScrollTo(row)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b.list.scroll)
	y := max(float32(row+1)*look.RowHeight-b.list.scroll.Offset.Y, 0)
	b.list.Hooks.Menu(row, at.AddXY(look.Icon+2*cellPad, y))
}

// TypedRune goes to the next name that begins with what is being typed.
func (b *body) TypedRune(r rune) {
	find := b.list.Hooks.Find
	if find == nil || !unicode.IsPrint(r) {
		return
	}
	prefix, next := b.list.ahead.add(r, b.list.clock.Now())
	if prefix == "" {
		return
	}
	from := max(b.list.selection.Cursor(), 0)
	if next {
		from++
	}
	if row := find(prefix, from); row >= 0 {
		b.list.selection.Only(row)
		b.shown()
	}
}

// TypedShortcut selects all on Ctrl+A; everything else goes to the owner.
// Fyne hands a focused widget that takes shortcuts all of them, those of the
// main menu excepted, which come first.
func (b *body) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutSelectAll:
		b.list.selection.All()
		b.changed()
		return
	case *desktop.CustomShortcut:
		if b.walked(s.KeyName, s.Modifier) {
			return
		}
	}
	if b.list.Hooks.Shortcut != nil {
		b.list.Hooks.Shortcut(s)
	}
}

// typeAhead gathers what is typed quickly enough to belong together.
type typeAhead struct {
	text string
	last time.Time
}

// aheadPause ends a word.
const aheadPause = time.Second

func (t *typeAhead) running(now time.Time) bool {
	return t.text != "" && now.Sub(t.last) < aheadPause
}

// add takes one more character and returns the prefix to look for, and
// whether the search begins behind the cursor's row: at the first character,
// and while the same one is typed again and again.
func (t *typeAhead) add(r rune, now time.Time) (prefix string, next bool) {
	if !t.running(now) {
		t.text = ""
	}
	if t.text == "" && r == ' ' {
		return "", false // the space bar selects
	}
	t.text += string(r)
	t.last = now
	if first := strings.Repeat(string(r), len([]rune(t.text))); first == t.text {
		return string(r), true
	}
	return t.text, false
}
