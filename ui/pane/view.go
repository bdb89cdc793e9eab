package pane

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/action"
	"wherry/ui/look"
	"wherry/ui/loop"
	"wherry/ui/parts"
)

// View is one pane on the screen. Its methods are called on the window's
// thread.
type View struct {
	loop    *loop.Loop
	hooks   Hooks
	model   Model
	place   Place
	can     vfs.Features // of the place, as far as they could be learned
	actions *action.Table

	trip   *trip // on the way, nil when there
	failed *trip // the last one, when it failed and the placard says so
	slow   func()
	shown  bool // a folder has been shown
	active bool // commands act on it

	object  *fyne.Container
	first   *fyne.Container // the row with the place
	bottom  *fyne.Container // the status line
	stripe  *canvas.Rectangle
	places  *parts.Tool
	tools   map[string]*parts.Tool
	path    *parts.PathBar
	filter  *parts.Field
	list    *parts.List
	placard *parts.Placard
	status  *parts.Line
	working *parts.Line
	stop    *parts.Tool
	jobs    jobs
}

// New returns a pane that shows nothing yet. modifiers tells which modifier
// keys are held down; nil: none.
func New(l *loop.Loop, hooks Hooks, modifiers func() fyne.KeyModifier) *View {
	v := &View{loop: l, hooks: hooks, tools: map[string]*parts.Tool{}}
	v.model.Selection.Reset(0)
	v.actions = action.NewTable(v.commands()...)
	v.actions.Refused = func(_ action.Command, reason string) { v.say(reason) }
	v.list = parts.NewList(l, columns(), &v.model.Selection)
	v.list.Modifiers = modifiers
	v.list.SetSource(v)
	v.list.Hooks = v.listHooks()
	v.list.SetSorted(int(v.model.Order().Column), v.model.Order().Descending)
	v.placard = parts.NewPlacard()
	v.placard.Key, v.placard.Focused, v.placard.Pressed = v.placardKey, v.focused, v.Focus
	v.placard.Hide()
	v.object = container.NewBorder(v.newTop(), v.newStatus(), nil, nil, container.NewStack(v.list, v.placard))
	v.jobs.watch(v)
	v.refreshTools()
	return v
}

func columns() []parts.Column {
	return []parts.Column{
		ByName: {Title: "Name", Min: 130, Flex: true, Middle: true},
		BySize: {Title: "Size", Width: 76, Min: 50, Align: fyne.TextAlignTrailing, Secondary: true},
		ByTime: {Title: "Modified", Width: 118, Min: 60, Secondary: true},
		ByMode: {Title: "Permissions", Width: 88, Min: 50, Secondary: true},
	}
}

func (v *View) listHooks() parts.Hooks {
	return parts.Hooks{
		Sort: func(column int) {
			v.model.SortBy(Column(column))
			v.list.SetSorted(column, v.model.Order().Descending)
			v.list.Reload()
			v.list.ScrollTo(v.model.Selection.Cursor())
		},
		Open:     v.openRow,
		ID:       func(row int) any { return v.model.Entry(row).Name },
		RowOf:    func(id any) int { return v.model.Row(id.(string)) },
		Up:       func() { v.actions.Run(CommandUp) },
		Selected: v.selectionChanged,
		Menu:     v.contextMenu,
		Find:     v.model.Find,
		Renamed:  v.renamed,
		Key:      v.otherKey,
		Cut:      v.say,
		Shortcut: func(s fyne.Shortcut) {
			if !v.actions.ByShortcut(s) && v.hooks.Shortcut != nil {
				v.hooks.Shortcut(s)
			}
		},
		Focused:   v.focused,
		Switch:    v.hooks.Switch,
		DragStart: v.dragStart,
		DragMove:  v.hooks.DragMove,
		DragEnd:   v.hooks.DragEnd,
	}
}

// otherKey is for keys that neither the list nor a button uses.
func (v *View) otherKey(key fyne.KeyName, mod fyne.KeyModifier) {
	if key == fyne.KeyEscape && v.Cancel() || v.actions.ByKey(key, mod) {
		return
	}
	if v.hooks.Key != nil {
		v.hooks.Key(key, mod)
	}
}

// covered says whether the rows cannot be seen, because something is said in
// their place.
func (v *View) covered() bool { return v.placard.Visible() && v.placard.Notice().Solid }

// placardKey lets the list's keys work while a button over it has them.
func (v *View) placardKey(key fyne.KeyName) {
	if key == fyne.KeyBackspace {
		v.actions.Run(CommandUp)
		return
	}
	v.otherKey(key, v.list.HeldModifiers())
}

// newTop makes the two rows over the list: where one is, and how to go.
func (v *View) newTop() fyne.CanvasObject {
	v.stripe = canvas.NewRectangle(color.Transparent)
	v.stripe.SetMinSize(fyne.NewSize(0, 2))
	v.places = parts.NewTool(look.GlyphComputer, "Go to another place", v.openPlaces).Labelled("Nowhere yet").Opening()
	v.filter = parts.NewFilter("Filter", v.narrow, v.list.Focus)
	v.path = parts.NewPathBar()
	v.path.Go = func(step int) { v.Open(ancestor(v.barPath(), step)) }
	v.path.Typed = v.typedPath
	v.path.Back = v.list.Focus
	v.first = container.NewBorder(nil, nil, v.places,
		container.NewHBox(v.tool(CommandMkdir), v.tool(CommandHidden), v.filter))
	second := container.NewBorder(nil, nil,
		container.NewHBox(v.tool(CommandBack), v.tool(CommandForward), v.tool(CommandUp)), v.tool(CommandRefresh), v.path)
	return container.New(&topLayout{}, v.stripe, v.first, second)
}

func (v *View) newStatus() fyne.CanvasObject {
	v.status = parts.NewLine("", look.ColorSecondary)
	v.working = parts.NewLine("", look.ColorAccent)
	v.working.Align(fyne.TextAlignTrailing)
	v.stop = parts.NewTool(look.GlyphCancel, "Stop", v.jobs.stop)
	v.stop.Hide()
	v.bottom = container.New(&statusLayout{}, v.status, v.working, v.stop)
	return v.bottom
}

// tool makes the button of a command.
func (v *View) tool(id string) *parts.Tool {
	c, _ := v.actions.Get(id)
	title := c.Title
	if key := action.KeyText(c.Key, c.Mod); key != "" {
		title += " (" + key + ")"
	}
	t := parts.NewTool(c.Glyph, title, func() { v.actions.Run(id) })
	t.Hovered = func(title string, _ fyne.Position) { v.say(title) }
	v.tools[id] = t
	return t
}

// refreshTools shows which commands can run.
func (v *View) refreshTools() {
	for id, t := range v.tools {
		c, _ := v.actions.Get(id)
		t.SetDisabled(c.Reason() != "")
		t.SetOn(c.Checked != nil && c.Checked())
	}
}

// Object is what goes into the window.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Actions are the pane's commands, for the main menu.
func (v *View) Actions() *action.Table { return v.actions }

// Place is where the pane is; its FS is nil before the first folder is shown.
func (v *View) Place() Place { return v.place }

// Ready says whether the pane shows the folder that Place and Path name, so
// that something can be sent there. It is false while it goes elsewhere, and
// while it says why it could not.
func (v *View) Ready() bool { return v.shown && v.trip == nil && v.failed == nil }

// Receives says whether the pane shows a folder that can be copied to. It does
// while that is read anew, too, which comes with each file that arrives in it.
func (v *View) Receives() bool {
	return v.shown && v.failed == nil && (v.trip == nil || v.trip.opener == nil && v.trip.path == v.model.Path())
}

// Path is the folder shown.
func (v *View) Path() vfs.Path { return v.model.Path() }

// Shows says whether the pane shows this folder of this place.
func (v *View) Shows(id site.ID, dir vfs.Path) bool {
	return v.shown && v.place.ID == id && v.model.Path() == dir
}

// Cargo returns what a transfer from here would take: the selected entries, or
// the one at the cursor. It has no entries when there is nothing.
func (v *View) Cargo() Cargo {
	return Cargo{From: v.place, Dir: v.model.Path(), Entries: v.model.Chosen()}
}

// Focus gives the keys to the pane: to the list, or to the strong answer of
// what stands in its place.
func (v *View) Focus() {
	if !v.placard.Focus() {
		v.list.Focus()
	}
}

// HasFocus says whether the pane's list, or what stands in its place, has the
// keys.
func (v *View) HasFocus() bool { return v.list.HasFocus() || v.placard.HasFocus() }

// Restyle takes the colours of a theme that was changed; Fyne tells only
// widgets, and the stripe is none.
func (v *View) Restyle() { v.SetActive(v.active) }

// SetActive shows whether the pane is the one that commands act on. It stays
// so while the keys are in a field or dialog.
func (v *View) SetActive(on bool) {
	v.stripe.FillColor = color.Transparent
	if on {
		v.stripe.FillColor = look.Color(look.ColorAccent)
	}
	v.active = on
	v.stripe.Refresh()
}

// Layout is what a person arranged, to be kept for the next start.
type Layout struct {
	Widths []float32
	Order  Order
	Hidden bool
}

// Layout returns the present arrangement.
func (v *View) Layout() Layout {
	return Layout{Widths: v.list.Widths(), Order: v.model.Order(), Hidden: v.model.Hidden()}
}

// SetLayout arranges the pane as it was.
func (v *View) SetLayout(l Layout) {
	v.list.SetWidths(l.Widths)
	v.model.ShowHidden(l.Hidden)
	if l.Order.Column >= ByName && l.Order.Column <= ByMode {
		v.model.Sort(l.Order)
	}
	v.list.SetSorted(int(v.model.Order().Column), v.model.Order().Descending)
	v.settle()
}

// Changed tells that the folder shown may have changed, as after a transfer:
// it is read anew, unless the person is in the middle of something in it.
func (v *View) Changed() {
	if v.trip == nil && v.failed == nil && !v.list.Renaming() {
		v.Refresh()
	}
}

func (v *View) focused(on bool) {
	if on && v.hooks.Active != nil {
		v.hooks.Active()
	}
}

func (v *View) selectionChanged() {
	v.status.SetText(v.model.Totals())
	v.refreshTools()
}

func (v *View) say(text string) {
	if v.hooks.Say != nil {
		v.hooks.Say(text)
	}
}

// narrow applies the filter field.
func (v *View) narrow(text string) {
	v.model.Narrow(text)
	v.settle()
}

func (v *View) openPlaces() {
	if v.hooks.Places != nil {
		v.popUp(v.hooks.Places(), v.places)
	}
}

// topLayout stacks stripe and rows with their margins.
type topLayout struct{}

const topPad float32 = 3

func (topLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(size.Width, o[0].MinSize().Height))
	y := o[0].MinSize().Height + topPad
	for _, row := range o[1:] {
		row.Move(fyne.NewPos(topPad, y))
		row.Resize(fyne.NewSize(max(size.Width-2*topPad, 0), row.MinSize().Height))
		y += row.MinSize().Height + topPad
	}
}

func (topLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, topPad)
	for _, row := range o {
		size = fyne.NewSize(max(size.Width, row.MinSize().Width+2*topPad), size.Height+row.MinSize().Height)
	}
	return size.AddWidthHeight(0, 2*topPad)
}

// statusLayout gives the totals what the job does not need.
type statusLayout struct{}

func (statusLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	right := size.Width - look.Gap
	if o[2].Visible() {
		o[2].Move(fyne.NewPos(right-look.StatusHeight, 1))
		o[2].Resize(fyne.NewSquareSize(look.StatusHeight))
		right -= look.StatusHeight + look.Gap
	}
	half := (right - look.Gap) / 2
	o[0].Move(fyne.NewPos(look.Gap, 0))
	o[0].Resize(fyne.NewSize(max(right-look.Gap, 0), size.Height))
	if o[2].Visible() {
		o[0].Resize(fyne.NewSize(max(half-look.Gap, 0), size.Height))
	}
	o[1].Move(fyne.NewPos(look.Gap+half, 0))
	o[1].Resize(fyne.NewSize(max(right-half-look.Gap, 0), size.Height))
}

func (statusLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(100, look.StatusHeight+look.Size(theme.SizeNamePadding))
}
