package queueview

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/loop"
	"wherry/ui/parts"
)

// View is one tab.
type View struct {
	// Menu is asked for by a right click.
	Menu func(at fyne.Position)
	// Trouble is told when an action failed.
	Trouble func(error)
	// Say tells in passing what does not fit into its column; "" ends it.
	Say func(text string)
	// Focused is told when the list got or lost the keys.
	Focused func(bool)
	// Leave is told when Tab is to take the keys back to the panes.
	Leave func()

	loop      *loop.Loop
	queue     Queue
	names     Names
	model     *Model
	selection parts.Selection
	list      *parts.List
	placard   *parts.Placard // while there is nothing
	object    fyne.CanvasObject
	drag      *fyne.Position // where rows are dragged, nil while none are
	stand     [2]queue.ID    // the rows of the cursor and of the range's anchor, 0 for none
	last      queue.Snapshot
	readAt    int       // where the list was read last
	rested    time.Time // nothing near that is read again before
	calm      calm
	aside     fyne.CanvasObject
	search    *search // nil in the list of what is left to do
	flow      *flow   // only there
}

// New returns the view of a tab. It shows nothing before Take.
func New(l *loop.Loop, q Queue, tab Tab, names Names) *View {
	v := &View{loop: l, queue: q, names: names, model: NewModel(tab)}
	v.selection.Reset(0)
	v.list = parts.NewList(l, columnsOf(tab), &v.selection)
	v.list.SetSource(v)
	v.placard = parts.NewPlacard()
	v.placard.Set(emptiness(tab))
	v.object = container.NewStack(v.list, parts.BelowHeader(v.placard))
	v.list.Hooks = v.hooks()
	v.dragging()
	if tab.Title == Left.Title {
		v.aside = v.buildFlow()
	} else {
		v.aside = v.buildSearch()
	}
	return v
}

// hooks are what the list tells, but for what is dragged.
func (v *View) hooks() parts.Hooks {
	return parts.Hooks{
		Open: v.open,
		ID: func(row int) any {
			if it, ok := v.model.peek(row); ok {
				return it.ID
			}
			return nil
		},
		RowOf: func(id any) int { return v.model.RowOf(id.(queue.ID)) },
		Cut: func(text string) {
			if v.Say != nil {
				v.Say(text)
			}
		},
		Selected: v.selected,
		Menu: func(_ int, at fyne.Position) {
			if v.Menu != nil {
				v.Menu(at)
			}
		},
		Key: func(key fyne.KeyName, _ fyne.KeyModifier) {
			switch key {
			case fyne.KeyDelete:
				v.Cancel()
			case fyne.KeyF3:
				v.Find()
			}
		},
		Focused: func(on bool) {
			if v.Focused != nil {
				v.Focused(on)
			}
		},
		Switch: func() {
			if v.Leave != nil {
				v.Leave()
			}
		},
	}
}

// Object is what to put into the window.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Tab returns which one it is.
func (v *View) Tab() Tab { return v.model.tab }

// SetModifiers gives the list the driver's modifier keys.
func (v *View) SetModifiers(f func() fyne.KeyModifier) { v.list.Modifiers = f }

// Len is the list's number of rows.
func (v *View) Len() int { return v.model.Len() }

// Row is what the list draws of row i.
func (v *View) Row(i int) parts.Row {
	it, ok := v.model.At(i)
	if !ok {
		return parts.Row{Cells: []string{"…"}, Dim: true, Fraction: -1}
	}
	now := v.loop.Now()
	r := row(v.model.tab, it, v.names, now)
	// Another list shows a row that was retried until that is read anew.
	if left := v.model.tab.Title == Left.Title; !left || it.State != queue.Active || isDir(it) || !v.model.Brief(it, now) {
		return r
	}
	if was, _ := v.model.peek(i); was.State == queue.Waiting {
		return row(v.model.tab, was, v.names, now)
	}
	r.Cells[4], r.Cells[6], r.Fraction = "", "", -1
	return r
}

// Take shows a snapshot of the queue; the shell calls it from its ticker.
func (v *View) Take(s queue.Snapshot) {
	v.last = s
	before := v.model.Len()
	v.model.Take(s)
	v.model.Watch(s, v.loop.Now())
	v.showEmptiness()
	if v.model.Len() != before {
		v.reselect()
		v.list.Reload()
	} else {
		v.list.Repaint() // what waits counts down, also while nothing moves
	}
	v.dragOver()
	v.takeFlow(s)
	v.fetch()
}

// fetch reads the pages that were looked at, one after the other. A page far down
// a long list takes a while: it is waited for, and read again only after a rest,
// because the queue cannot go on meanwhile.
func (v *View) fetch() {
	if v.model.find != "" {
		v.seek()
		return
	}
	began, unread := v.loop.Now(), v.model.Unread()
	offset, limit, ok := v.model.Missing()
	if !ok || v.loop.Busy(v) || !unread && v.rests(offset, began) {
		return
	}
	seq, filter := v.model.Seq(), v.model.Filter()
	v.calm.read(seq, began)
	v.loop.Latest(v, func(ctx context.Context) func() {
		items, err := v.queue.List(ctx, filter, offset, limit)
		if err != nil {
			items = nil
		}
		return func() {
			now := v.loop.Now()
			v.readAt, v.rested = offset, now.Add(5*now.Sub(began))
			v.model.Put(offset, seq, items)
			v.reselect()
			v.list.Reload()
			v.dragOver()
			v.fetch()
		}
	})
}

// rests says whether a page that was read is not to be read again yet.
func (v *View) rests(offset int, now time.Time) bool {
	near := max(offset-v.readAt, v.readAt-offset) <= pageSize
	return near && now.Before(v.rested) || v.calm.still(v.model.ReadAt(offset), v.last.FileRate, now)
}

// selected follows the person's selection. Rows that were never read cannot
// be told apart from those that take their place: unless all are meant they
// are shown as not selected.
func (v *View) selected() {
	cursor, _ := v.model.peek(v.selection.Cursor())
	anchor, _ := v.model.peek(v.selection.Anchor())
	v.stand = [2]queue.ID{cursor.ID, anchor.ID}
	v.model.Pick(v.selection.Rows())
	if !v.model.All() && len(v.model.PickedRows()) != v.selection.Count() {
		v.reselect()
		v.list.Restyle()
	}
}

// reselect brings selection, cursor and anchor to where their rows stand now. A
// cursor whose row has gone stays in its place.
func (v *View) reselect() {
	n, place := v.model.Len(), v.selection.Cursor()
	v.selection.Reset(n)
	if v.model.All() {
		v.selection.All()
	}
	rows := v.model.PickedRows()
	for _, i := range rows {
		v.selection.Set(i, true)
	}
	cursor, anchor := v.model.RowOf(v.stand[0]), v.model.RowOf(v.stand[1])
	switch {
	case cursor >= 0:
	case len(rows) > 0:
		cursor = rows[0]
	default:
		cursor = min(place, n-1)
	}
	if cursor < 0 && n > 0 && v.HasFocus() {
		cursor = 0 // the keys must start somewhere that can be seen
	}
	v.selection.Stand(cursor, anchor)
}

// Picked counts the selected rows in the given states; any where none is
// named. Of all selected rows only those that were read are counted.
func (v *View) Picked(states ...queue.State) int {
	n := 0
	for _, it := range v.model.Picked() {
		if len(states) == 0 || slices.Contains(states, it.State) {
			n++
		}
	}
	return n
}

// Retry sends the selected rows that failed, were skipped, paused or wait for
// their next attempt back to waiting.
func (v *View) Retry() {
	v.act(v.queue.Retry, queue.Failed, queue.Skipped, queue.Paused, queue.Waiting)
}

// Cancel takes the selected rows out of the queue; active ones are broken off
// and their part files removed.
func (v *View) Cancel() { v.act(v.queue.Cancel, v.model.tab.States...) }

// Pause holds the selected rows. Of those that are paused the queue takes the
// ones that would go on by themselves, see CanPause.
func (v *View) Pause() {
	v.act(v.queue.Pause, v.model.tab.States...)
}

// CanPause says whether a row is selected that Pause holds: one that is left to
// do and not paused, or paused only until somebody knows its site's password.
func (v *View) CanPause() bool {
	return slices.ContainsFunc(v.model.Picked(), func(it queue.Item) bool {
		if it.State == queue.Paused {
			return it.Kind == vfs.KindLogin && strings.Contains(it.Message, site.ErrNoPassword.Error())
		}
		return slices.Contains(Left.States, it.State)
	})
}

// Resume lets the selected paused rows go on.
func (v *View) Resume() { v.act(v.queue.Resume, queue.Paused) }

// MoveTop has the selected rows taken before all others of their priority.
func (v *View) MoveTop() { v.move(v.queue.MoveTop) }

// MoveBottom has the selected rows taken after all others of their priority.
func (v *View) MoveBottom() { v.move(v.queue.MoveBottom) }

// move leaves a selection of all rows as it is: there is nothing to move it
// past.
func (v *View) move(f func(context.Context, ...queue.ID) error) {
	if !v.model.All() {
		v.act(f, v.model.tab.States...)
	}
}

// Clear empties the list of ended rows.
func (v *View) Clear() {
	v.do(func(ctx context.Context) error { return v.queue.Clear(ctx, v.model.tab.States...) })
}

// SelectAll selects every row, read or not.
func (v *View) SelectAll() {
	v.selection.All()
	v.selected()
	v.list.Restyle()
}

// act does f to the selected rows in the given states.
func (v *View) act(f func(context.Context, ...queue.ID) error, states ...queue.State) {
	if v.model.All() {
		v.onAll(f, states...)
		return
	}
	var ids []queue.ID
	for _, it := range v.model.Picked() {
		if slices.Contains(states, it.State) {
			ids = append(ids, it.ID)
		}
	}
	if len(ids) > 0 {
		v.do(func(ctx context.Context) error { return f(ctx, ids...) })
	}
}

// RetryAll sends all rows that failed back to waiting, those too that the list
// does not show now.
func (v *View) RetryAll() { v.onEvery("", v.queue.Retry, queue.Failed) }

// ResumeAll lets all paused rows go on.
func (v *View) ResumeAll() { v.onEvery("", v.queue.Resume, queue.Paused) }

// CancelAll takes all rows of the tab out of the queue.
func (v *View) CancelAll() { v.onEvery("", v.queue.Cancel, v.model.tab.States...) }

// onAll does f to all rows in the given states that the list shows, read or not.
func (v *View) onAll(f func(context.Context, ...queue.ID) error, states ...queue.State) {
	v.onEvery(v.model.find, f, states...)
}

// onEvery does f to all rows in the given states that hold a text. It asks the
// queue: a list that was never shown knows no rows.
func (v *View) onEvery(find string, f func(context.Context, ...queue.ID) error, states ...queue.State) {
	filter := queue.Filter{States: states, Find: find}
	v.do(func(ctx context.Context) error { return v.actOnAll(ctx, f, filter) })
}

// actOnAll does it in one call, which costs the queue far less than many.
func (v *View) actOnAll(ctx context.Context, f func(context.Context, ...queue.ID) error, filter queue.Filter) error {
	ids, err := v.queue.IDs(ctx, filter)
	if err != nil || len(ids) == 0 {
		return err
	}
	return f(ctx, ids...)
}

func (v *View) do(f func(context.Context) error) {
	v.loop.Go(func(ctx context.Context) func() {
		err := f(ctx)
		return func() {
			v.calm = calm{} // what a person did is to be seen at once
			if err != nil && v.Trouble != nil {
				v.Trouble(err)
			}
		}
	})
}
