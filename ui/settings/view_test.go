package settings

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/ui/look"
	"wherry/ui/look/looktest"
	"wherry/ui/parts"
)

// show opens the dialog as the window does, on the smallest window there is.
func show(t *testing.T, theme look.Choice, now Settings) (v *View, w fyne.Window, kept *Settings) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(theme))
	w = test.NewTempWindow(t, container.NewStack())
	w.Resize(fyne.NewSize(900, 600))
	kept = &now
	v = New(now, Hooks{Change: func(f func(*Settings)) { f(kept) }, Awake: true})
	parts.Ask(w.Canvas(), parts.Question{
		Glyph: look.GlyphSettings, Title: "Settings", Width: Width, Content: v.Object(),
		Answers: []parts.Answer{{Title: "Close", Strong: true, Run: func() { v.Finish() }}},
	})
	return v, w, kept
}

func TestSettingsLook(t *testing.T) {
	now := Settings{
		LimitsOn: true, LimitUp: 500_000, LimitDown: 2_000_000, HoursOn: true, From: "22:00", Until: "06:30",
		After: AfterRuns, AfterCommand: "systemctl suspend", ExistsDown: "newer", Workers: 8,
	}
	for _, theme := range []look.Choice{look.Light, look.Dark} {
		v, w, _ := show(t, theme, now)
		for i, title := range []string{pageGeneral, pageTransfers, pageSpeed, pageDone} {
			v.tabs.SetSelected(title)
			if size := v.Object().MinSize(); size.Height > 600-120 || size.Width > Width-60 {
				t.Errorf("%s does not fit: %v", title, size)
			}
			looktest.Picture(t, w, fmt.Sprintf("settings-%s-%d", theme, i+1))
		}
	}
}

// typeInto goes to a field's page and types there, and then leaves the field.
func typeInto(t *testing.T, v *View, w fyne.Window, f *parts.Field, text string, typed func()) {
	t.Helper()
	for _, title := range []string{pageGeneral, pageTransfers, pageSpeed, pageDone} {
		v.tabs.SetSelected(title)
		if w.Canvas().Focus(f); w.Canvas().Focused() != fyne.Focusable(f) {
			continue
		}
		f.SetText("")
		test.Type(f, text)
		typed()
		w.Canvas().Unfocus()
		return
	}
	t.Fatal("the field is on no page")
}

func TestTypedSettingCountsOnceTheKeysGoElsewhere(t *testing.T) {
	switched := Settings{LimitsOn: true, HoursOn: true, After: AfterRuns}
	v, w, kept := show(t, look.Dark, switched)
	find := func(placeholder string) *parts.Field {
		for _, f := range v.fields {
			if f.PlaceHolder == placeholder && (f.Text == "" || f.Text == placeholder) {
				return f
			}
		}
		t.Fatalf("there is no empty field %q", placeholder)
		return nil
	}
	for _, typed := range []struct{ field, text string }{
		{"4", "12"},
		{"30", "7"},
		{"no limit", "500k"},
		{"no limit", "1.5Mi"},
		{"22:00", "23"},
		{"06:00", "6:30"},
		{"such as: systemctl suspend", "  systemctl poweroff "},
	} {
		f := find(typed.field)
		before := *kept
		typeInto(t, v, w, f, typed.text, func() {
			if diff := cmp.Diff(before, *kept); diff != "" {
				t.Errorf("%s took effect while it was typed:\n%s", typed.text, diff)
			}
		})
		if cmp.Equal(before, *kept) {
			t.Errorf("%s took no effect", typed.text)
		}
	}
	want := Settings{
		Workers: 12, KeepDays: 7, LimitUp: 500_000, LimitDown: 3 << 19, From: "23:00", Until: "06:30",
		AfterCommand: "systemctl poweroff", LimitsOn: true, HoursOn: true, After: AfterRuns,
	}
	if diff := cmp.Diff(want, *kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

func TestWrongSettingIsToldAndNotTaken(t *testing.T) {
	switched := Settings{LimitsOn: true, HoursOn: true}
	for text, tc := range map[string]struct{ field, want string }{
		"0":     {"4", "0: it takes a number from 1 to 32"},
		"four":  {"4", "four: it takes a number from 1 to 32"},
		"fast":  {"no limit", "fast: it takes bytes a second, such as 500k, 2M or 1.5MiB"},
		"25:00": {"22:00", "25:00: it takes a time of day, such as 22:00"},
	} {
		v, w, kept := show(t, look.Dark, switched)
		for _, f := range v.fields {
			if f.PlaceHolder == tc.field {
				typeInto(t, v, w, f, text, func() {})
				break
			}
		}
		if got := v.problem.Text(); got != tc.want {
			t.Errorf("%s: it says %q", text, got)
		}
		if !cmp.Equal(*kept, switched) {
			t.Errorf("%s was taken: %+v", text, *kept)
		}
	}
}

func TestSwitchWithNothingToSwitchIsTold(t *testing.T) {
	v, _, _ := show(t, look.Dark, Settings{})
	v.tabs.SetSelected(pageSpeed)
	v.limited.SetChecked(true)
	if got := v.problem.Text(); got != "The limit counts once a speed is set." {
		t.Errorf("it says %q", got)
	}
	v.limited.SetChecked(false)
	if got := v.problem.Text(); got != "" {
		t.Errorf("switched off it says %q", got)
	}
	if got := (Settings{After: AfterRuns}).missing(pageDone); got != "Nothing runs until a command is written." {
		t.Errorf("without a command it says %q", got)
	}
}

func TestHoursShownCount(t *testing.T) {
	v, w, kept := show(t, look.Dark, Settings{})
	v.tabs.SetSelected(pageSpeed)
	v.hours.SetChecked(true)
	count := func(when, from, until string) {
		t.Helper()
		wanted := [2]string{from, until}
		for i, at := range []time.Duration{kept.Tuning(queue.Tuning{}).From, kept.Tuning(queue.Tuning{}).Until} {
			shown := v.clocks[i].Text
			if shown == "" {
				shown = v.clocks[i].PlaceHolder
			}
			if shown != wanted[i] || hourText(at) != wanted[i] {
				t.Errorf("%s it shows %s, and %s counts, not %s", when, shown, hourText(at), wanted[i])
			}
		}
		if got := v.problem.Text(); got != "" {
			t.Errorf("%s it says %q", when, got)
		}
	}
	count("as it is switched on", "22:00", "06:00")
	typeInto(t, v, w, v.clocks[0], "23:30", func() {})
	count("with one of them changed", "23:30", "06:00")
	typeInto(t, v, w, v.clocks[0], "", func() {})
	count("with that taken back", "22:00", "06:00")
}

func TestWhatIsWrongIsSaidOnItsPageUntilItIsRight(t *testing.T) {
	const wrong, missing = "0: it takes a number from 1 to 32", "The limit counts once a speed is set."
	v, w, kept := show(t, look.Dark, Settings{})
	says := func(when, want string) {
		t.Helper()
		if got := v.problem.Text(); got != want {
			t.Errorf("%s it says %q, want %q", when, got, want)
		}
	}
	workers := v.fields[1]
	typeInto(t, v, w, workers, "0", func() { says("before the field is left", "") })
	says("once it is left", wrong)
	v.tabs.SetSelected(pageSpeed)
	says("on another page", "")
	v.limited.SetChecked(true)
	says("with nothing to limit", missing)
	v.tabs.SetSelected(pageTransfers)
	says("on the page of what is wrong", wrong)
	workers.SetText("40")
	says("of another wrong value", "40: it takes a number from 1 to 32")
	workers.SetText("8")
	says("with a right value in the field", "")
	v.tabs.SetSelected(pageSpeed)
	v.rates[0].SetText("3M")
	says("with a speed in the field", "")
	if kept.LimitUp != 0 {
		t.Error("it counts before it is left")
	}
}

func TestFieldsThatCountForNothingAreOff(t *testing.T) {
	for outcome, tc := range map[string]struct {
		now                             Settings
		rates, clocks, command, several bool
	}{
		"all, with all switches off":  {Settings{}, false, false, false, false},
		"but speeds that limit":       {Settings{LimitsOn: true}, true, false, false, false},
		"but hours that hold":         {Settings{HoursOn: true}, false, true, false, false},
		"but a command that runs":     {Settings{After: AfterRuns}, false, false, true, false},
		"but connections of one file": {Settings{SegmentsOn: true}, false, false, false, true},
	} {
		built, _, _ := show(t, look.Dark, tc.now)
		followed, _, _ := show(t, look.Dark, Settings{})
		followed.Follow(tc.now)
		for i, v := range []*View{built, followed} {
			for _, f := range append(slices.Clone(v.rates), v.clocks...) {
				if on := slices.Contains(v.rates, f) && tc.rates || slices.Contains(v.clocks, f) && tc.clocks; f.Disabled() == on {
					t.Errorf("%s, %d: the field %q is off: %v", outcome, i, f.PlaceHolder, !on)
				}
			}
			if v.command.Disabled() == tc.command {
				t.Errorf("%s, %d: the command is off: %v", outcome, i, !tc.command)
			}
			if v.several.Disabled() == tc.several {
				t.Errorf("%s, %d: the connections are off: %v", outcome, i, !tc.several)
			}
		}
	}
	for _, theme := range []look.Choice{look.Light, look.Dark} {
		v, w, _ := show(t, theme, Settings{LimitUp: 500_000, LimitsOn: false, HoursOn: true, From: "22:00", Until: "06:00"})
		v.tabs.SetSelected(pageSpeed)
		looktest.Picture(t, w, fmt.Sprintf("settings-off-%s", theme))
	}
}

// each calls f with every T among objects, those of other pages included.
func each[T any](objects []fyne.CanvasObject, f func(T)) {
	for _, o := range objects {
		if one, ok := o.(T); ok {
			f(one)
		} else if c, ok := o.(*fyne.Container); ok {
			each(c.Objects, f)
		}
	}
}

func TestEachChoiceIsKept(t *testing.T) {
	for chosen, want := range map[string]Settings{
		"Dark":              {Theme: "dark"},
		"Quits":             {CloseTo: CloseQuits},
		"Small files first": {SmallFirst: true},
		"Always":            {Verify: string(transfer.VerifyAlways)},
		"Nothing":           {After: AfterNothing},
		"Quit":              {After: AfterQuits},
		"Command":           {After: AfterRuns},
		"Keep permissions, where both sides have them": {KeepMode: true},
		"Use several connections for one large file":   {SegmentsOn: true},
		"Limit the speed":                          {LimitsOn: true},
		"Work only between certain hours":          {HoursOn: true},
		"Keep the computer awake while files move": {MaySleep: true}, // it was on
	} {
		v, _, kept := show(t, look.Dark, Settings{})
		each(v.pages, func(s *parts.Segments) { s.SetSelected(chosen) })
		each(v.pages, func(c *parts.Check) {
			if c.Text == chosen {
				c.SetChecked(!c.Checked)
			}
		})
		if diff := cmp.Diff(want, *kept); diff != "" {
			t.Errorf("%s (-want +got):\n%s", chosen, diff)
		}
	}
	v, _, kept := show(t, look.Dark, Settings{})
	v.lists[0].SetSelected("Skip")
	v.lists[1].SetSelected("Keep both")
	if kept.Exists("a site") != transfer.Skip || kept.Exists(site.Local) != transfer.Rename {
		t.Errorf("names that are taken: up %s, down %s", kept.Exists("a site"), kept.Exists(site.Local))
	}
}

func TestLastTypedIsTakenAsTheDialogCloses(t *testing.T) {
	v, _, kept := show(t, look.Dark, Settings{})
	v.command.SetText("true")
	if problem := v.Finish(); kept.AfterCommand != "true" || problem != "" {
		t.Errorf("what was typed is lost: %q", problem)
	}
}

func TestLastTypedThatIsWrongIsToldAsTheDialogCloses(t *testing.T) {
	v, _, kept := show(t, look.Dark, Settings{})
	v.fields[0].SetText("many")
	if got := v.Finish(); got != "many: it takes a number from 1 to 3,650" {
		t.Errorf("it says %q", got)
	}
	if !cmp.Equal(*kept, Settings{}) {
		t.Errorf("it was taken: %+v", *kept)
	}
}

func TestDialogFollowsALimitSwitchedElsewhere(t *testing.T) {
	v, _, kept := show(t, look.Dark, Settings{LimitUp: 500})
	for _, on := range []bool{true, false} {
		now := *kept
		now.LimitsOn = on
		v.Follow(now)
		if v.limited.Checked != on {
			t.Errorf("switched to %v, it shows %v", on, v.limited.Checked)
		}
		if kept.LimitsOn {
			t.Error("showing it changed it")
		}
	}
	v.limited.SetChecked(true)
	if !kept.LimitsOn {
		t.Error("afterwards it can no longer be switched")
	}
}
