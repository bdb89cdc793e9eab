package settings

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

func page(rows ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedVBoxLayout(look.Gap), rows...)
}

// labelWidth is that of the widest label.
const labelWidth float32 = 160

// listWidth is enough for every choice of a list.
const listWidth float32 = 210

// tallest puts things over each other, with room for the highest, shown or not:
// a dialog that grows and shrinks from page to page is hard to look at.
type tallest struct{}

func (tallest) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, page := range o {
		page.Move(fyne.NewPos(0, 0))
		page.Resize(size)
	}
}

func (tallest) MinSize(o []fyne.CanvasObject) (size fyne.Size) {
	for _, page := range o {
		size = size.Max(page.MinSize())
	}
	return size
}

func row(label string, o fyne.CanvasObject) fyne.CanvasObject {
	name := container.NewGridWrap(fyne.NewSize(labelWidth, look.EntryHeight), parts.NewLine(label, look.ColorSecondary))
	return container.NewBorder(nil, nil, name, nil, o)
}

func note(text string) fyne.CanvasObject { return parts.NewLine(text, look.ColorSecondary).Whole() }

func beside(o ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedHBoxLayout(look.Gap), o...)
}

// segments shows choices of which one is kept; means, where it is not nil, says
// what the chosen one does.
func (v *View) segments(choices []choice, kept string, means *parts.Line, set func(*Settings, string)) *parts.Segments {
	chosen := max(slices.IndexFunc(choices, func(c choice) bool { return c.value == kept }), 0)
	var texts []string
	for _, c := range choices {
		texts = append(texts, c.text)
	}
	explain := func(n int) {
		if means != nil {
			means.SetText(choices[n].means)
		}
	}
	explain(chosen)
	ready := false
	s := parts.NewSegments(texts, func(text string) {
		if ready {
			n := slices.Index(texts, text)
			explain(n)
			v.change(func(s *Settings) { set(s, choices[n].value) })
		}
	})
	s.SetSelected(texts[chosen])
	ready = true
	return s
}

func (v *View) explained(label string, choices []choice, kept string, set func(*Settings, string)) fyne.CanvasObject {
	means := parts.NewLine("", look.ColorSecondary)
	return container.New(layout.NewCustomPaddedVBoxLayout(0), row(label, v.segments(choices, kept, means, set)), row("", means))
}

// list shows more choices than stand beside each other.
func (v *View) list(choices []choice, kept string, set func(*Settings, string)) fyne.CanvasObject {
	var texts []string
	for _, c := range choices {
		texts = append(texts, c.text)
	}
	l := parts.NewChoice(texts, nil)
	l.SetSelectedIndex(slices.IndexFunc(choices, func(c choice) bool { return c.value == kept }))
	l.OnChanged = func(text string) {
		v.change(func(s *Settings) { set(s, choices[slices.Index(texts, text)].value) })
	}
	v.lists = append(v.lists, l)
	return container.NewHBox(container.NewGridWrap(fyne.NewSize(listWidth, look.EntryHeight), l))
}

func (v *View) check(label string, on bool, set func(*Settings, bool)) *parts.Check {
	c := parts.NewCheck(label, nil)
	c.SetChecked(on)
	c.OnChanged = func(on bool) { v.change(func(s *Settings) { set(s, on) }) }
	return c
}

// field takes what was typed once the keys go elsewhere: half a number is not
// to take effect. read turns it into a change, or says what is wrong with it.
func (v *View) field(placeholder string, width float32, text string, read func(string) (func(*Settings), error)) *parts.Field {
	f := parts.NewField(placeholder, width)
	f.SetText(text)
	taken := text
	number := len(v.fields)
	see := func() (change func(*Settings), err error) { return read(strings.TrimSpace(f.Text)) }
	take := func() (problem string) {
		if f.Text == taken {
			return ""
		}
		change, err := see()
		if err != nil {
			v.wrong[number] = f.Text + ": " + err.Error()
			v.tell()
			return v.wrong[number]
		}
		taken = f.Text
		v.change(change)
		return ""
	}
	f.Left = func() { take() }
	f.OnSubmitted = func(string) { take() }
	f.OnChanged = func(text string) {
		if _, err := see(); err == nil {
			delete(v.wrong, number)
		} else if v.wrong[number] != "" {
			v.wrong[number] = text + ": " + err.Error()
		}
		v.tell()
	}
	v.fields, v.takes = append(v.fields, f), append(v.takes, take)
	v.reads, v.pageOf = append(v.reads, see), append(v.pageOf, v.page)
	return f
}

// number takes a number from 1 to most, nothing for the usual one.
func (v *View) number(kept int, usual float64, most int, set func(*Settings, int)) *parts.Field {
	text := ""
	if kept > 0 {
		text = strconv.Itoa(kept)
	}
	return v.field(fmt.Sprint(usual), 60, text, func(text string) (func(*Settings), error) {
		n, err := strconv.Atoi(text)
		if text != "" && (err != nil || n < 1 || n > most) {
			return nil, fmt.Errorf("it takes a number from 1 to %s", words.Number(int64(most)))
		}
		return func(s *Settings) { set(s, n) }, nil
	})
}

func (v *View) rate(kept int64, set func(*Settings, int64)) fyne.CanvasObject {
	f := v.field("no limit", 90, words.RateText(kept), func(text string) (func(*Settings), error) {
		if text == "" || text == "0" {
			return func(s *Settings) { set(s, 0) }, nil
		}
		n, err := words.ParseRate(text)
		return func(s *Settings) { set(s, n) }, err
	})
	v.rates = append(v.rates, f)
	return f
}

// hour shows the usual time as one that is set: it counts.
func (v *View) hour(usual, kept string, set func(*Settings, string)) fyne.CanvasObject {
	f := v.field(usual, 60, cmp.Or(kept, usual), func(text string) (func(*Settings), error) {
		at, err := ParseHour(text)
		if text == "" {
			return func(s *Settings) { set(s, "") }, nil
		}
		return func(s *Settings) { set(s, hourText(at)) }, err
	})
	v.clocks = append(v.clocks, f)
	return f
}
