package doctorview

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/ui/look"
	"wherry/ui/loop"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// Config is what the view needs of the window.
type Config struct {
	Site site.Site
	// Run makes the check, off the window's thread; onStep is called in the
	// same goroutine. write allows temporary files.
	Run func(ctx context.Context, write bool, onStep func(doctor.Step)) (doctor.Report, error)
	// Folder is where writing would be tested, as people read it; "" for the
	// login folder.
	Folder string
	// Use sets the site to a mode. Nil: that is not offered.
	Use func(site.Mode)
	// Copy puts a text on the clipboard.
	Copy func(text string)
	// Closed: the view is gone. Nil: nothing.
	Closed func()
}

// View is an open check.
type View struct {
	loop   *loop.Loop
	canvas fyne.Canvas
	config Config
	model  Model
	turn   int    // of the check that is shown; steps of earlier ones are ignored
	cancel func() // nil while no check runs

	sheet         *parts.Sheet
	page          *fyne.Container
	scroll        *container.Scroll
	icon          *canvas.Image
	head          *parts.Line
	foot          *fyne.Container
	title, remedy *widget.RichText
	bar           *progress
	actions       *fyne.Container
	drawing       *drawing
	steps         *stepList
	write         *parts.Check
	message       *parts.Line
	stop, again   fyne.CanvasObject
	copy, close   fyne.CanvasObject
	offered       site.Mode
}

// best is the size where the window has room for it.
var best = fyne.NewSize(880, 800)

// Open shows the view over the window and begins to check.
func Open(l *loop.Loop, c fyne.Canvas, config Config) *View {
	v := &View{loop: l, canvas: c, config: config}
	v.head = parts.NewLine("Connection check: "+words.Safe(config.Site.Address()), look.ColorSecondary)
	v.icon = &canvas.Image{FillMode: canvas.ImageFillContain}
	v.title = parts.NewProse(widget.RichTextStyle{SizeName: theme.SizeNameSubHeadingText, TextStyle: fyne.TextStyle{Bold: true}})
	v.remedy = parts.NewProse(widget.RichTextStyle{})
	v.bar = newProgress()
	v.actions = container.New(layout.NewCustomPaddedHBoxLayout(look.Gap))
	v.drawing = newDrawing()
	v.steps = newStepList(func(id doctor.StepID) { v.model.Toggle(id); v.show() }, v.Close, v.bring)
	v.page = container.New(&pageLayout{v}, v.head, v.icon, v.title, v.remedy, v.bar, v.actions, v.drawing, v.steps)
	v.scroll = container.NewVScroll(v.page)
	v.foot = v.bottom()
	v.sheet = parts.NewSheet(c, container.New(&bodyLayout{v}, v.scroll, v.foot), best)
	v.sheet.Escaped = v.Close
	v.sheet.Show()
	v.begin()
	return v
}

// bottom is the row below what scrolls.
func (v *View) bottom() *fyne.Container {
	where := v.config.Folder
	if where == "" {
		where = "the login folder"
	}
	v.write = parts.NewCheck("Also test writing: small temporary files in "+shortened(where), nil)
	v.write.Escaped = v.Close
	v.message = parts.NewLine("", look.ColorOK)
	button := func(title string, strong bool, run func()) fyne.CanvasObject {
		return container.NewGridWrap(fyne.NewSize(104, 28), parts.NewButton(parts.Answer{Title: title, Strong: strong, Run: run}, v.Close))
	}
	v.copy = button("Copy Report", false, v.copyReport)
	v.again = button("Try Again", false, v.begin)
	v.stop = button("Cancel", false, v.halt)
	v.close = button("Close", true, v.Close)
	row := container.New(layout.NewCustomPaddedHBoxLayout(look.Gap), v.copy, v.again, v.stop, v.close)
	return container.New(&bottomLayout{}, v.write, v.message, row)
}

// shortened keeps the end of a long folder.
func shortened(text string) string {
	const most = 36
	if runes := []rune(text); len(runes) > most {
		return ellipsis + string(runes[len(runes)-most:])
	}
	return text
}

// begin checks, from the first step on.
func (v *View) begin() {
	v.turn++
	turn := v.turn
	v.model.Begin(v.config.Site)
	v.message.SetText("")
	mine := func(f func()) func() {
		return func() {
			if v.turn == turn && v.sheet.Open() {
				f()
				v.show()
			}
		}
	}
	write := v.write.Checked
	var steps arrivals
	v.cancel = v.loop.Start(func(ctx context.Context) func() {
		r, err := v.config.Run(ctx, write, func(s doctor.Step) {
			if steps.add(s) {
				v.loop.Post(mine(func() {
					for _, s := range steps.take() {
						v.model.Take(s)
					}
				}))
			}
		})
		return mine(func() {
			v.cancel = nil
			v.model.End(r, err)
		})
	})
	v.show()
	v.scroll.ScrollToTop()
}

// arrivals are steps on their way to the window's thread. A check nearby makes
// them faster than they can be painted, so those that wait are shown together.
type arrivals struct {
	mu    sync.Mutex
	steps []doctor.Step // guarded
}

// add says whether nobody is coming yet to take the steps.
func (a *arrivals) add(s doctor.Step) (first bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.steps = append(a.steps, s)
	return len(a.steps) == 1
}

func (a *arrivals) take() []doctor.Step {
	a.mu.Lock()
	defer a.mu.Unlock()
	steps := a.steps
	a.steps = nil
	return steps
}

// halt cancels the check; what it found so far stays.
func (v *View) halt() {
	if v.cancel != nil {
		v.model.Stop()
		v.cancel()
		v.show()
	}
}

// Close ends the check and takes the view away.
func (v *View) Close() {
	if !v.sheet.Open() {
		return
	}
	if v.cancel != nil {
		v.cancel()
	}
	v.sheet.Close()
	if v.config.Closed != nil {
		v.config.Closed()
	}
}

func (v *View) copyReport() {
	if r, ok := v.model.Report(); ok {
		v.config.Copy(words.ReportText(r))
		v.message.Set("The report is on the clipboard; it holds no password", look.ColorOK, "")
	}
}

// show brings the model to the screen.
func (v *View) show() {
	verdict := v.model.Verdict()
	v.icon.Resource, v.icon.Image = look.Draw(signOf(verdict.Tone), colors[verdict.Tone]), nil
	v.icon.Refresh()
	parts.SetProse(v.title, verdict.Title)
	parts.SetProse(v.remedy, verdict.Remedy)
	running := v.model.Running()
	v.bar.Set(v.model.Progress(), running)
	v.drawing.Set(v.model.Picture())
	v.steps.Set(v.model.Rows())
	v.offer(v.model.Offer())
	_, whole := v.model.Report()
	setVisible(v.stop, running && !v.model.Stopping())
	setVisible(v.copy, whole)
	setVisible(v.again, !running)
	if running {
		v.write.Disable()
	} else {
		v.write.Enable()
	}
	v.page.Refresh()
	v.scroll.Refresh()
	v.foot.Refresh()
	v.focus()
}

// signOf is the sign of a verdict, which has no dash.
func signOf(t Tone) look.Glyph {
	if t == Quiet {
		return look.GlyphInfo
	}
	return signs[t]
}

// offer shows the button that sets the site to another mode.
func (v *View) offer(mode site.Mode) {
	if mode == v.offered || v.config.Use == nil {
		return
	}
	v.offered = mode
	v.actions.RemoveAll()
	title := map[site.Mode]string{site.ModePassive: "Use Passive for This Site", site.ModeActive: "Use Active for This Site"}[mode]
	if title == "" {
		return
	}
	use := func() {
		v.Close()
		v.config.Use(mode)
	}
	v.actions.Add(container.NewGridWrap(fyne.NewSize(190, 28), parts.NewButton(parts.Answer{Title: title, Run: use}, v.Close)))
}

// focus gives the keys to a button where nothing in the sheet has them: Esc
// must be heard.
func (v *View) focus() {
	if !v.sheet.OnTop() {
		return
	}
	if o, ok := v.canvas.Focused().(fyne.CanvasObject); ok && o.Visible() {
		return
	}
	if box, ok := v.close.(*fyne.Container); ok {
		v.canvas.Focus(box.Objects[0].(fyne.Focusable))
	}
}

// bring scrolls until a part of the list is in view.
func (v *View) bring(y, height float32) {
	y += v.steps.Position().Y
	top, room := v.scroll.Offset.Y, v.scroll.Size().Height
	switch {
	case y < top:
		top = y
	case y+height > top+room:
		top = min(y, y+height-room)
	default:
		return
	}
	v.scroll.ScrollToOffset(fyne.NewPos(0, max(top, 0)))
}

func setVisible(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}
