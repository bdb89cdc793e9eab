//go:build !headless

package ui

import (
	"slices"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"wherry/sync/transfer"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/settings"
)

// verifying is when contents are compared, between the window's thread and the
// queue's workers.
type verifying struct{ kept atomic.Value }

func (v *verifying) set(kept string) { v.kept.Store(kept) }

func (v *verifying) get() transfer.Verify {
	switch kept, _ := v.kept.Load().(string); transfer.Verify(kept) {
	case transfer.VerifyOff:
		return transfer.VerifyOff
	case transfer.VerifyAlways:
		return transfer.VerifyAlways
	}
	return transfer.VerifyOffered
}

// option is one answer of a setting.
type option struct{ value, text, means string }

var (
	themeOptions = []option{
		{string(look.System), "As the system", ""}, {string(look.Light), "Light", ""}, {string(look.Dark), "Dark", ""},
	}
	verifyOptions = []option{
		{string(transfer.VerifyOff), "Off", "Only the sizes are compared."},
		{string(transfer.VerifyOffered), "When offered", "By a hash, where the server can make one."},
		{string(transfer.VerifyAlways), "Always", "By a hash; without one a transfer fails."},
	}
	finishOptions = []option{{notify, "Notify", ""}, {nothing, "Nothing", ""}}
)

// What happens when the queue is done and the window is not in front.
const (
	notify  = "notify"
	nothing = "nothing"
)

// openSettings shows what is set for all sites. Each choice counts at once.
func (s *shell) openSettings() {
	means := parts.NewLine("", look.ColorSecondary)
	theme := segmentsOf(themeOptions, s.kept.Theme, func(o option) { s.setTheme(look.Choice(o.value)) })
	verify := segmentsOf(verifyOptions, string(s.verify.get()), func(o option) {
		means.SetText(o.means)
		s.verify.set(o.value)
		s.change(func(kept *settings.Settings) { kept.Verify = o.value })
	})
	for _, o := range verifyOptions {
		if o.value == string(s.verify.get()) {
			means.SetText(o.means)
		}
	}
	atEnd := notify
	if s.kept.Silent {
		atEnd = nothing
	}
	finish := segmentsOf(finishOptions, atEnd, func(o option) {
		s.change(func(kept *settings.Settings) { kept.Silent = o.value == nothing })
	})
	row := func(title string, o fyne.CanvasObject) fyne.CanvasObject {
		label := container.NewGridWrap(fyne.NewSize(118, look.EntryHeight), parts.NewLine(title, look.ColorSecondary))
		return container.NewBorder(nil, nil, label, nil, o)
	}
	showQuestion(s.window, s.facts, parts.Question{
		Glyph: look.GlyphSettings, Title: "Settings", Width: 520,
		Content: container.New(layout.NewCustomPaddedVBoxLayout(look.Gap),
			row("Look", theme), row("Compare contents", verify), row("", means),
			row("Queue is done", finish),
			row("", parts.NewLine("A notification, while the window is not in front.", look.ColorSecondary))),
		Answers: []parts.Answer{{Title: "Close", Strong: true}},
	})
}

// segmentsOf shows options of which one is kept; chosen is called whenever the
// person takes another one.
func segmentsOf(options []option, kept string, chosen func(option)) *parts.Segments {
	var texts []string
	for _, o := range options {
		texts = append(texts, o.text)
	}
	ready := false
	s := parts.NewSegments(texts, func(text string) {
		if ready {
			chosen(options[slices.Index(texts, text)])
		}
	})
	if i := slices.IndexFunc(options, func(o option) bool { return o.value == kept }); i >= 0 {
		s.SetSelected(texts[i])
	}
	ready = true
	return s
}
