package settings

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/ui/look"
	"wherry/ui/parts"
)

// choice is one answer of a setting.
type choice struct{ value, text, means string }

var (
	themes = []choice{
		{string(look.System), "As the system", ""}, {string(look.Light), "Light", ""}, {string(look.Dark), "Dark", ""},
	}
	closings = []choice{
		{"", "To the tray", "Transfers go on there. Without a tray it is as if Quits were chosen."},
		{CloseQuits, "Quits", "It asks first while something is left to transfer."},
	}
	orders = []choice{{"", "In order", ""}, {"small", "Small files first", ""}}
	rules  = []choice{
		{string(transfer.Ask), "Ask", ""},
		{string(transfer.Overwrite), "Overwrite", ""},
		{string(transfer.Newer), "Overwrite if newer", ""},
		{string(transfer.Different), "Overwrite if the size differs", ""},
		{string(transfer.Resume), "Go on where it ends", ""},
		{string(transfer.Rename), "Keep both", ""},
		{string(transfer.Skip), "Skip", ""},
	}
	verifies = []choice{
		{string(transfer.VerifyOff), "Off", "Only the sizes are compared."},
		{string(transfer.VerifyOffered), "When offered", "By a hash, where the server can make one."},
		{string(transfer.VerifyAlways), "Always", "By a hash; without one a transfer fails."},
	}
	afters = []choice{
		{string(AfterTells), "Notify", "A notification, while the window is not in front."},
		{string(AfterNothing), "Nothing", "Not even a notification."},
		{string(AfterQuits), "Quit", "Half a minute later; until then you can stay."},
		{string(AfterRuns), "Command", "Run by your shell, once something was transferred."},
	}
)

// Hooks are what the dialog needs of the window.
type Hooks struct {
	// Change alters what is kept; it takes effect at once.
	Change func(func(*Settings))
	// Awake says whether this desktop can be kept from falling asleep.
	Awake bool
}

// View is the dialog for what is set for all sites.
type View struct {
	hooks Hooks
	now   Settings

	pages   []fyne.CanvasObject
	tabs    *parts.Segments
	problem *parts.Line
	shown   int            // the page in view
	page    int            // the one being built
	wrong   map[int]string // what is wrong with a field, by its number
	fields  []*parts.Field
	takes   []func() (problem string) // of each field
	reads   []func() (func(*Settings), error)
	pageOf  []int
	lists   []*parts.Choice
	command *parts.Field
	limited *parts.Check
	hours   *parts.Check
	several *parts.Field   // that counts while segments are on
	rates   []*parts.Field // that count while limited is on
	clocks  []*parts.Field // that count while hours is on
}

// Page titles.
const (
	pageGeneral   = "General"
	pageTransfers = "Transfers"
	pageSpeed     = "Speed"
	pageDone      = "When done"
)

var titles = []string{pageGeneral, pageTransfers, pageSpeed, pageDone}

// Width of the dialog.
const Width float32 = 640

// New returns the dialog's content for settings.
func New(now Settings, hooks Hooks) *View {
	v := &View{hooks: hooks, now: now, wrong: map[int]string{}, problem: parts.NewLine("", look.ColorTrouble)}
	for n, build := range []func() fyne.CanvasObject{v.general, v.transfers, v.speed, v.done} {
		v.page = n
		v.pages = append(v.pages, build())
	}
	v.follow()
	v.tabs = parts.NewSegments(titles, func(title string) { v.show(slices.Index(titles, title)) })
	v.show(0)
	return v
}

// Object is what the dialog shows.
func (v *View) Object() fyne.CanvasObject {
	gap := layout.NewCustomPaddedVBoxLayout(look.Gap)
	return container.New(gap, container.New(layout.NewCustomPaddedLayout(0, look.Gap, 0, 0), v.tabs),
		container.New(tallest{}, v.pages...), v.problem)
}

func (v *View) show(n int) {
	v.shown = n
	for i, p := range v.pages {
		if i == n {
			p.Show()
		} else {
			p.Hide()
		}
	}
	v.tell()
}

// tell says what is wrong on the page in view, or what it lacks.
func (v *View) tell() {
	for i := range v.fields {
		if wrong := v.wrong[i]; wrong != "" && v.pageOf[i] == v.shown {
			v.problem.SetText(wrong)
			return
		}
	}
	v.problem.SetText(v.typed().missing(titles[v.shown]))
}

// typed is what is kept once all fields have been left.
func (v *View) typed() Settings {
	now := v.now
	for i := range v.fields {
		if change, err := v.reads[i](); err == nil {
			change(&now)
		}
	}
	return now
}

// follow lets the fields look off that count for nothing.
func (v *View) follow() {
	set := func(on bool, fields ...*parts.Field) {
		for _, f := range fields {
			if on == f.Disabled() {
				if on {
					f.Enable()
				} else {
					f.Disable()
				}
			}
		}
	}
	set(v.now.SegmentsOn, v.several)
	set(v.now.LimitsOn, v.rates...)
	set(v.now.HoursOn, v.clocks...)
	set(v.now.After == AfterRuns, v.command)
}

// Escaped is what Esc does in the lists that drop down; a dialog knows the rest
// by itself.
func (v *View) Escaped(escape func()) {
	for _, l := range v.lists {
		l.Escaped = escape
	}
}

// Finish takes what was typed last; it is called as the dialog closes. problem
// says what of it was not taken, "" for nothing.
func (v *View) Finish() (problem string) {
	for _, take := range v.takes {
		if wrong := take(); problem == "" {
			problem = wrong
		}
	}
	return problem
}

// Follow shows what was changed elsewhere while the dialog is open: the tray's
// menu switches the limit too.
func (v *View) Follow(now Settings) {
	v.now = now
	if v.limited.Checked != now.LimitsOn {
		changed := v.limited.OnChanged
		v.limited.OnChanged = nil
		v.limited.SetChecked(now.LimitsOn)
		v.limited.OnChanged = changed
	}
	v.follow()
	v.tell()
}

func (v *View) general() fyne.CanvasObject {
	return page(
		row("Look", v.segments(themes, v.now.Theme, nil, func(s *Settings, value string) { s.Theme = value })),
		v.explained("Closing the window", closings, v.now.CloseTo, func(s *Settings, value string) { s.CloseTo = value }),
		row("Completed is kept", beside(v.number(v.now.KeepDays, queue.DefaultKeepEnded.Hours()/24, 3650, func(s *Settings, n int) { s.KeepDays = n }), note("days"))),
	)
}

func (v *View) transfers() fyne.CanvasObject {
	order := ""
	if v.now.SmallFirst {
		order = orders[1].value
	}
	keep := v.check("Keep permissions, where both sides have them", v.now.KeepMode, func(s *Settings, on bool) { s.KeepMode = on })
	workers := v.number(v.now.Workers, queue.DefaultWorkers, queue.MaxWorkers, func(s *Settings, n int) { s.Workers = n })
	v.several = v.number(v.now.Segments, usualSegments, transfer.MaxSegments, func(s *Settings, n int) { s.Segments = n })
	verify := v.now.Verify
	if !slices.ContainsFunc(verifies, func(c choice) bool { return c.value == verify }) {
		verify = string(transfer.VerifyOffered)
	}
	return page(
		row("At a time", beside(workers, note("files"))),
		row("Order", v.segments(orders, order, nil, func(s *Settings, value string) { s.SmallFirst = value != "" })),
		row("Upload: name is taken", v.list(rules, string(v.now.Exists("a site")), func(s *Settings, value string) { s.ExistsUp = value })),
		row("Download: name is taken", v.list(rules, string(v.now.Exists(site.Local)), func(s *Settings, value string) { s.ExistsDown = value })),
		row("", keep),
		row("", v.check("Use several connections for one large file", v.now.SegmentsOn, func(s *Settings, on bool) { s.SegmentsOn = on })),
		row("Connections", beside(v.several, note("for a download; the disk needs nearly twice its room"))),
		v.explained("Compare contents", verifies, verify, func(s *Settings, value string) { s.Verify = value }),
	)
}

func (v *View) speed() fyne.CanvasObject {
	v.limited = v.check("Limit the speed", v.now.LimitsOn, func(s *Settings, on bool) { s.LimitsOn = on })
	v.hours = v.check("Work only between certain hours", v.now.HoursOn, func(s *Settings, on bool) { s.HoursOn = on })
	return page(
		row("", v.limited),
		row("Up", beside(v.rate(v.now.LimitUp, func(s *Settings, n int64) { s.LimitUp = n }), note("bytes a second, such as 500k or 2M"))),
		row("Down", beside(v.rate(v.now.LimitDown, func(s *Settings, n int64) { s.LimitDown = n }), note("of all transfers together"))),
		row("", v.hours),
		row("From", beside(
			v.hour(usualFrom, v.now.From, func(s *Settings, text string) { s.From = text }), note("to"),
			v.hour(usualUntil, v.now.Until, func(s *Settings, text string) { s.Until = text }))),
		row("", note("What moves then goes on to its end.")),
	)
}

func (v *View) done() fyne.CanvasObject {
	v.command = v.field("such as: systemctl suspend", 410, v.now.AfterCommand, func(text string) (func(*Settings), error) {
		return func(s *Settings) { s.AfterCommand = text }, nil
	})
	rows := []fyne.CanvasObject{
		v.explained("The queue is done", afters, string(v.now.After), func(s *Settings, value string) { s.After = After(value) }),
		row("Command", v.command),
		row("", note("WHERRY_DONE, WHERRY_FAILED, WHERRY_SKIPPED say how many.")),
	}
	if v.hooks.Awake {
		rows = append(rows, row("", v.check("Keep the computer awake while files move", !v.now.MaySleep, func(s *Settings, on bool) { s.MaySleep = !on })))
	}
	return page(rows...)
}

// change alters what is kept.
func (v *View) change(f func(*Settings)) {
	f(&v.now)
	v.hooks.Change(f)
	v.follow()
	v.tell()
}
