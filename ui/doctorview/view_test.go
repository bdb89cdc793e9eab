package doctorview

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"wherry/sync/ftpfs"
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/look/looktest"
	"wherry/ui/loop"
)

func at(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

var (
	passiveWorks  = ftpfs.Attempt{Rung: ftpfs.EPSV, Outcome: ftpfs.Worked, From: at("192.168.1.7:50815"), To: at("203.0.113.5:40112"), Took: 21 * time.Millisecond}
	pasvWorks     = ftpfs.Attempt{Rung: ftpfs.PASV, Outcome: ftpfs.Worked, From: at("192.168.1.7:50816"), To: at("203.0.113.5:40113"), Took: 22 * time.Millisecond}
	activeWorks   = ftpfs.Attempt{Rung: ftpfs.EPRT, Outcome: ftpfs.Worked, From: at("203.0.113.5:20"), To: at("192.168.1.7:50001"), Took: 30 * time.Millisecond}
	passiveSilent = ftpfs.Attempt{Rung: ftpfs.EPSV, Outcome: ftpfs.Silent, From: at("192.168.1.7:50815"), To: at("203.0.113.5:40112"), Took: 6 * time.Second}
	activeSilent  = ftpfs.Attempt{Rung: ftpfs.EPRT, Outcome: ftpfs.NoCall, Advertised: at("192.168.1.7:50001"), To: at("192.168.1.7:50001"), Took: 6 * time.Second}
	portRefused   = ftpfs.Attempt{Rung: ftpfs.PORT, Outcome: ftpfs.NotAllowed, Reply: "500 Illegal PORT command.", Advertised: at("192.168.1.7:50002"), Took: 9 * time.Millisecond}
	portUnknown   = ftpfs.Attempt{Rung: ftpfs.PORT, Outcome: ftpfs.NotKnown, Reply: "502 Not here"}
	proxied       = ftpfs.Attempt{Rung: ftpfs.EPRT, Outcome: ftpfs.Impossible}
)

// found is a check that came to data connections, with the attempts in order.
func found(mode site.Mode, attempts ...ftpfs.Attempt) doctor.Report {
	s := site.Site{ID: "shop-id", Name: "Shop", Host: "ftp.example.org", User: "anna", Mode: mode, TLS: site.TLSExplicit}
	steps := []doctor.Step{
		{ID: doctor.Resolve, Took: 12 * time.Millisecond, Facts: []doctor.Fact{{Name: doctor.FactAddress, Value: "203.0.113.5"}}},
		{ID: doctor.Connect, Took: 31 * time.Millisecond, Facts: []doctor.Fact{{Name: doctor.FactAddress, Value: "203.0.113.5 answered in 31 ms"}}},
		{ID: doctor.Greeting, Took: 8 * time.Millisecond, Facts: []doctor.Fact{{Name: doctor.FactGreeting, Value: "220 Welcome to the shop"}}},
		{ID: doctor.TLS, Took: 64 * time.Millisecond, Facts: []doctor.Fact{
			{Name: doctor.FactVersion, Value: "TLS 1.3"},
			{Name: doctor.FactSubject, Value: "ftp.example.org"},
			{Name: doctor.FactIssuer, Value: "Example Authority"},
			{Name: doctor.FactUntil, Value: "2027-02-01"},
			{Name: doctor.FactTrust, Value: doctor.TrustSystem},
		}},
		{ID: doctor.Login, Took: 90 * time.Millisecond, Facts: []doctor.Fact{
			{Name: doctor.FactUser, Value: "anna"},
			{Name: doctor.FactHome, Value: "/"},
			{Name: doctor.FactLocal, Value: "192.168.1.7:50814"},
			{Name: doctor.FactPeer, Value: "203.0.113.5:21"},
		}},
		{ID: doctor.Features, Took: 9 * time.Millisecond, Facts: []doctor.Fact{
			{Name: doctor.FactSystem, Value: "215 UNIX Type: L8"}, {Name: doctor.FactFeatures, Value: "EPRT, EPSV, MDTM, MLST, PASV, REST STREAM, SIZE, UTF8"},
		}},
	}
	ids := map[ftpfs.Rung]doctor.StepID{ftpfs.EPSV: doctor.EPSV, ftpfs.PASV: doctor.PASV, ftpfs.EPRT: doctor.EPRT, ftpfs.PORT: doctor.PORT}
	works := false
	for _, a := range attempts {
		step := doctor.Step{ID: ids[a.Rung], Took: a.Took, Attempt: &a}
		switch a.Outcome {
		case ftpfs.Worked:
			works = true
		case ftpfs.Impossible:
			step.Status = doctor.NotPossible
		default:
			step.Status, step.Err = doctor.Failed, &vfs.Error{Op: "check", Kind: vfs.KindNoData}
		}
		steps = append(steps, step)
	}
	list := doctor.Step{ID: doctor.List, Took: 25 * time.Millisecond, Facts: []doctor.Fact{{Name: doctor.FactEntries, Value: "14"}, {Name: doctor.FactFolder, Value: "/"}}}
	if !works {
		list = doctor.Step{ID: doctor.List, Status: doctor.NotPossible}
	}
	steps = append(steps, doctor.Step{ID: doctor.Reuse, Facts: []doctor.Fact{{Name: doctor.FactResumed, Value: "2 of 2"}}}, list)
	for _, id := range []doctor.StepID{doctor.Upload, doctor.Download, doctor.Resume, doctor.Rename, doctor.Delete} {
		steps = append(steps, doctor.Step{ID: id, Status: doctor.NotAllowed})
	}
	steps = append(steps, doctor.Step{ID: doctor.Clock, Status: doctor.NotPossible},
		doctor.Step{ID: doctor.Encoding, Facts: []doctor.Fact{{Name: doctor.FactEncoding, Value: "UTF-8"}, {Name: doctor.FactUTF8, Value: "offered"}}})
	for i := range steps {
		if steps[i].Status == "" {
			steps[i].Status = doctor.Passed
		}
	}
	r := doctor.Partial(s, steps)
	r.Took = 3 * time.Second
	r.Began = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return r
}

// rig is a view with a check that goes on step by step.
type rig struct {
	*View
	loop   *loop.Manual
	window fyne.Window
	report doctor.Report
	err    error
	hold   chan struct{} // closed: the check may end
	writes []bool
	used   []site.Mode
	copied string
	closed bool
}

func open(t *testing.T, choice look.Choice, size fyne.Size, r doctor.Report) *rig {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(choice))
	g := &rig{loop: loop.NewManual(context.Background()), report: r, hold: make(chan struct{})}
	t.Cleanup(g.loop.Close)
	g.window = test.NewTempWindow(t, container.NewStack(widget.NewLabel("")))
	g.window.Resize(size)
	g.View = Open(g.loop.Loop, g.window.Canvas(), Config{
		Site: r.Site, Folder: "/www/html",
		Run: func(ctx context.Context, write bool, onStep func(doctor.Step)) (doctor.Report, error) {
			g.writes = append(g.writes, write)
			for _, s := range g.report.Steps {
				onStep(s)
			}
			select {
			case <-g.hold:
				return g.report, g.err
			case <-ctx.Done():
				return doctor.Partial(r.Site, []doctor.Step{{
					ID: doctor.Resolve, Status: doctor.Failed, Err: &vfs.Error{Op: "check", Kind: vfs.KindCancelled, Err: ctx.Err()},
				}}), nil
			}
		},
		Use:    func(m site.Mode) { g.used = append(g.used, m) },
		Copy:   func(text string) { g.copied = text },
		Closed: func() { g.closed = true },
	})
	return g
}

// finish lets the check end.
func (g *rig) finish(t *testing.T) {
	t.Helper()
	close(g.hold)
	if err := g.loop.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestCheckFitsItsWindow(t *testing.T) {
	for name, tc := range map[string]struct {
		choice look.Choice
		size   fyne.Size
		report doctor.Report
	}{
		"dark-wide-passive-blocked":  {look.Dark, fyne.NewSize(1280, 800), found(site.ModeAuto, passiveSilent, activeWorks)},
		"light-wide-active-behind":   {look.Light, fyne.NewSize(1280, 800), found(site.ModeAuto, passiveWorks, pasvWorks, activeSilent, portRefused)},
		"dark-narrow-neither":        {look.Dark, fyne.NewSize(900, 600), found(site.ModeAuto, passiveSilent, activeSilent)},
		"light-narrow-forced-blocks": {look.Light, fyne.NewSize(900, 600), found(site.ModePassive, passiveSilent, activeWorks)},
		"dark-tiny":                  {look.Dark, fyne.NewSize(480, 360), found(site.ModeAuto, passiveWorks, activeSilent)},
	} {
		t.Run(name, func(t *testing.T) {
			g := open(t, tc.choice, tc.size, tc.report)
			g.finish(t)
			looktest.Picture(t, g.window, "check-"+name)
		})
	}
}

// button finds a button that can be seen, and returns what presses it.
func (g *rig) button(title string) func() {
	return buttonIn(g.window.Canvas().Overlays().Top(), title)
}

func buttonIn(o fyne.CanvasObject, title string) func() {
	if !o.Visible() {
		return nil
	}
	switch o := o.(type) {
	case *fyne.Container:
		for _, inner := range o.Objects {
			if found := buttonIn(inner, title); found != nil {
				return found
			}
		}
	case *container.Scroll:
		return buttonIn(o.Content, title)
	case interface {
		fyne.Accessible
		fyne.Tappable
	}:
		if o.AccessibilityRole() == fyne.AccessibleRoleButton && o.AccessibilityLabel() == title {
			return func() { o.Tapped(nil) }
		}
	}
	return nil
}

func (g *rig) press(t *testing.T, title string) {
	t.Helper()
	b := g.button(title)
	if b == nil {
		t.Fatalf("there is no button %q", title)
	}
	b()
}

func TestButtonsOfACheck(t *testing.T) {
	g := open(t, look.Dark, fyne.NewSize(1000, 700), found(site.ModePassive, passiveSilent, activeWorks))
	for _, absent := range []string{"Copy Report", "Try Again", "Use Active for This Site"} {
		if g.button(absent) != nil {
			t.Errorf("%q is there while the check goes on", absent)
		}
	}
	g.finish(t)
	if g.button("Cancel") != nil {
		t.Error("a check that is over can be cancelled")
	}
	g.press(t, "Copy Report")
	if g.copied == "" {
		t.Error("nothing was copied")
	}
	g.write.SetChecked(true)
	g.press(t, "Try Again")
	if err := g.loop.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(g.writes) != 2 || g.writes[0] || !g.writes[1] {
		t.Errorf("writing was allowed: %v", g.writes)
	}
	g.press(t, "Use Active for This Site")
	if len(g.used) != 1 || g.used[0] != site.ModeActive || !g.closed || g.sheet.Open() {
		t.Errorf("used %v, closed %v", g.used, g.closed)
	}
}

func TestCancelledCheckKeepsTheWindow(t *testing.T) {
	g := open(t, look.Dark, fyne.NewSize(1000, 700), found(site.ModeAuto, passiveSilent, activeSilent))
	g.press(t, "Cancel")
	if g.button("Cancel") != nil || !g.model.Stopping() {
		t.Error("the button does nothing to be seen")
	}
	if err := g.loop.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := g.model.Verdict(); v.Tone != Quiet || !g.sheet.Open() || g.button("Try Again") == nil {
		t.Errorf("after it: %+v", v)
	}
}

func TestEscapeEndsTheCheckAndItsView(t *testing.T) {
	g := open(t, look.Dark, fyne.NewSize(1000, 700), found(site.ModeAuto, passiveWorks))
	g.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if err := g.loop.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if g.sheet.Open() || !g.closed || g.window.Canvas().Overlays().Top() != nil {
		t.Error("the view stays")
	}
}

func TestStepsAreReachedByKeys(t *testing.T) {
	g := open(t, look.Dark, fyne.NewSize(900, 500), found(site.ModeAuto, passiveWorks, pasvWorks))
	g.finish(t)
	g.window.Canvas().Focus(g.steps)
	for range 3 {
		g.steps.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	g.steps.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if row := g.steps.rows[3]; row.ID != doctor.TLS || !row.Open {
		t.Errorf("unfolded is %+v", row)
	}
	g.steps.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if g.scroll.Offset.Y == 0 {
		t.Error("the last row is not scrolled to")
	}
}
