package queueview

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/loop"
)

// rows is a queue of plain rows that remembers what was asked of it.
type rows struct {
	items    []queue.Item
	seq      uint64
	asked    [][2]int
	counted  int
	canceled []queue.ID
	retried  []queue.ID
	paused   []queue.ID
	top      []queue.ID
	bottom   []queue.ID
	moved    []queue.ID // the row moved before, and then those moved
	priority []queue.Priority
	starts   []time.Time
	samples  []queue.Sample
	sampled  int
	broken   error         // what counting ends with
	before   error         // what MoveBefore ends with
	held     chan struct{} // List waits for it, unless it is nil
	fileRate float64
}

func newRows(n int, state queue.State) *rows {
	r := &rows{seq: 1}
	for i := range n {
		p := vfs.MustParse(fmt.Sprintf("/in/file-%05d", i))
		r.items = append(r.items, queue.Item{
			ID: queue.ID(i + 1), Type: vfs.TypeFile, State: state, Size: 100,
			Source: queue.Place{Path: p}, Target: queue.Place{Site: "s", Path: p},
		})
	}
	return r
}

func (r *rows) Snapshot() queue.Snapshot {
	s := queue.Snapshot{Seq: r.seq, Count: map[queue.State]int{}, FileRate: r.fileRate}
	for _, it := range r.items {
		s.Count[it.State]++
		if it.State == queue.Active {
			s.Active = append(s.Active, it)
		}
	}
	return s
}

func (r *rows) List(ctx context.Context, f queue.Filter, offset, limit int) ([]queue.Item, error) {
	if r.held != nil {
		select {
		case <-r.held:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	r.asked = append(r.asked, [2]int{offset, limit})
	found := r.found(f)
	return append([]queue.Item{}, found[min(offset, len(found)):min(offset+limit, len(found))]...), nil
}

func (r *rows) IDs(_ context.Context, f queue.Filter) (ids []queue.ID, _ error) {
	for _, it := range r.found(f) {
		ids = append(ids, it.ID)
	}
	return ids, nil
}

func (r *rows) Count(_ context.Context, f queue.Filter) (int, error) {
	r.counted++
	if r.broken != nil {
		return 0, r.broken
	}
	return len(r.found(f)), nil
}

// found are the rows that a filter lets through; it heeds Find alone.
func (r *rows) found(f queue.Filter) []queue.Item {
	if f.Find == "" {
		return r.items
	}
	var out []queue.Item
	for _, it := range r.items {
		if strings.Contains(it.Source.Path.String(), f.Find) {
			out = append(out, it)
		}
	}
	return out
}

func (r *rows) Cancel(_ context.Context, ids ...queue.ID) error {
	r.canceled = append(r.canceled, ids...)
	return nil
}

func (r *rows) Retry(_ context.Context, ids ...queue.ID) error {
	r.retried = append(r.retried, ids...)
	return nil
}

func (r *rows) MoveTop(_ context.Context, ids ...queue.ID) error {
	r.top = append(r.top, ids...)
	return nil
}

func (r *rows) MoveBottom(_ context.Context, ids ...queue.ID) error {
	r.bottom = append(r.bottom, ids...)
	r.moved = append([]queue.ID{0}, ids...)
	return nil
}

func (r *rows) MoveBefore(_ context.Context, other queue.ID, ids ...queue.ID) error {
	if r.before != nil {
		return r.before
	}
	r.moved = append([]queue.ID{other}, ids...)
	return nil
}

func (r *rows) SetPriority(_ context.Context, p queue.Priority, _ ...queue.ID) error {
	r.priority = append(r.priority, p)
	return nil
}

func (r *rows) Throughput() []queue.Sample {
	r.sampled++
	return r.samples
}

func (r *rows) Schedule(_ context.Context, when time.Time, _ ...queue.ID) error {
	r.starts = append(r.starts, when)
	return nil
}

func (r *rows) Pause(_ context.Context, ids ...queue.ID) error {
	r.paused = append(r.paused, ids...)
	return nil
}

func (r *rows) Resume(context.Context, ...queue.ID) error   { return nil }
func (r *rows) Clear(context.Context, ...queue.State) error { return nil }

func show(t *testing.T, r *rows, tab Tab) (*View, *loop.Manual) {
	t.Helper()
	return showIn(t, r, tab, look.Dark)
}

func showIn(t *testing.T, r *rows, tab Tab, choice look.Choice) (*View, *loop.Manual) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(choice))
	l := loop.NewManual(context.Background())
	t.Cleanup(l.Close)
	v := New(l.Loop, r, tab, func(id site.ID) string { return "Site " + string(id) })
	w := test.NewTempWindow(t, v.Object())
	w.Resize(fyne.NewSize(1000, 400))
	take(t, v, l, r)
	return v, l
}

func take(t *testing.T, v *View, l *loop.Manual, r *rows) {
	t.Helper()
	v.Take(r.Snapshot())
	if err := l.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestLongQueueIsReadByPages(t *testing.T) {
	r := newRows(100_000, queue.Waiting)
	v, _ := show(t, r, Left)
	if v.Len() != 100_000 {
		t.Fatalf("%d rows", v.Len())
	}
	read := 0
	for _, a := range r.asked {
		read += a[1]
	}
	if read > 2*pageSize {
		t.Errorf("%d rows were read to show the first screen", read)
	}
	if got := v.Row(0).Cells[0]; got != "file-00000" {
		t.Errorf("the first row is %q", got)
	}
}

// TestASlowPageIsWaitedFor, whatever changes meanwhile; it is read again after a
// rest, and what is looked at elsewhere at once.
func TestASlowPageIsWaitedFor(t *testing.T) {
	r := newRows(8*pageSize, queue.Waiting)
	v, l := show(t, r, Left)
	change := func() {
		r.seq++
		v.Take(r.Snapshot())
		l.Advance(loop.Period)
	}
	last := v.Len() - 1
	r.held = make(chan struct{})
	v.list.ScrollToOffset(1 << 20)
	before := len(r.asked)
	for range 3 {
		change()
	}
	close(r.held)
	settle(t, l)
	if got := v.Row(last).Cells[0]; got != "file-01023" || len(r.asked) != before+1 {
		t.Errorf("the last row is %q, read %d times", got, len(r.asked)-before)
	}
	change()
	settle(t, l)
	if len(r.asked) != before+1 {
		t.Error("it is read again without a rest")
	}
	v.list.ScrollToOffset(0)
	change()
	settle(t, l)
	if len(r.asked) != before+2 || r.asked[before+1][0] != 0 {
		t.Errorf("what is looked at elsewhere is not read, but %v", r.asked[before+1:])
	}
	l.Advance(time.Minute)
	v.list.ScrollToOffset(1 << 20)
	change()
	settle(t, l)
	if len(r.asked) != before+3 {
		t.Errorf("after a rest it was read %d times in all", len(r.asked)-before-1)
	}
}

func TestSelectionStaysWithItsFilesWhileOthersEnd(t *testing.T) {
	r := newRows(10, queue.Waiting)
	v, l := show(t, r, Left)
	v.selection.Only(4)
	v.selected()
	r.items, r.seq = r.items[2:], 2
	take(t, v, l, r)
	if diff := cmp.Diff([]int{2}, v.selection.Rows()); diff != "" {
		t.Fatalf("the selection did not move along: %s", diff)
	}
	v.Cancel()
	if err := l.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]queue.ID{5}, r.canceled); diff != "" {
		t.Errorf("another file was cancelled: %s", diff)
	}
}

func TestKeysStayWithTheirRowsWhileOthersEnd(t *testing.T) {
	r := newRows(20, queue.Waiting)
	v, l := show(t, r, Left)
	goOn := func() {
		r.seq++
		take(t, v, l, r)
	}
	v.selection.Only(4)
	v.selection.Extend(6, false)
	v.selected()
	r.items = r.items[2:]
	goOn()
	v.selection.Extend(v.selection.Cursor()+1, false) // Shift+Down
	v.selected()
	if diff := cmp.Diff([]int{2, 3, 4, 5}, v.selection.Rows()); diff != "" {
		t.Errorf("the range did not grow on: %s", diff)
	}
	r.items = slices.Delete(r.items, 2, 6)
	goOn()
	if v.selection.Cursor() != 5 || v.selection.Count() != 0 {
		t.Errorf("once they have gone the cursor is at %d, %d are selected", v.selection.Cursor(), v.selection.Count())
	}
	r.items = r.items[:3]
	goOn()
	if v.selection.Cursor() != 2 {
		t.Errorf("in a shorter list the cursor is at %d", v.selection.Cursor())
	}
	r.items = nil
	goOn()
	if v.selection.Cursor() != -1 {
		t.Errorf("in an empty list the cursor is at %d", v.selection.Cursor())
	}
	v.Focus()
	r.items = newRows(3, queue.Waiting).items
	goOn()
	if v.selection.Cursor() != 0 {
		t.Errorf("of new rows the cursor is at %d", v.selection.Cursor())
	}
}

func TestSelectAllMeansRowsNeverSeenToo(t *testing.T) {
	r := newRows(5000, queue.Failed)
	v, l := show(t, r, Lost)
	v.SelectAll()
	v.Retry()
	if err := l.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(r.retried) != 5000 {
		t.Errorf("%d of 5000 rows were retried", len(r.retried))
	}
}

func TestSelectedRowsMoveInTheirOrder(t *testing.T) {
	r := newRows(10, queue.Waiting)
	v, l := show(t, r, Left)
	for _, i := range []int{7, 3} {
		v.selection.Set(i, true)
	}
	v.selected()
	v.MoveTop()
	v.MoveBottom()
	v.SelectAll() // nothing is left to be moved past
	v.MoveTop()
	if err := l.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []queue.ID{4, 8}
	if diff := cmp.Diff([][]queue.ID{want, want}, [][]queue.ID{r.top, r.bottom}); diff != "" {
		t.Errorf("moved (-want +got):\n%s", diff)
	}
}

func TestRowsTellTheirState(t *testing.T) {
	base := queue.Item{
		Type: vfs.TypeFile, Size: 200, Done: 50,
		Source: queue.Place{Path: vfs.MustParse("/home/a.txt")},
		Target: queue.Place{Site: "s", Path: vfs.MustParse("/www/a.txt")},
	}
	for outcome, tc := range map[string]struct {
		change func(*queue.Item)
		column int
		want   string
	}{
		"an active row has a percentage":          {func(i *queue.Item) { i.State, i.Rate = queue.Active, 50 }, 4, "25%"},
		"an active row has a rate":                {func(i *queue.Item) { i.State, i.Rate = queue.Active, 50 }, 5, "50 B/s"},
		"an active row has a time left":           {func(i *queue.Item) { i.State, i.Rate = queue.Active, 50 }, 6, "3 s left"},
		"all bytes moved is not done":             {func(i *queue.Item) { i.State, i.Done = queue.Active, 200 }, 6, "finishing"},
		"a folder counts its entries":             {func(i *queue.Item) { i.State, i.Type, i.Rate = queue.Active, vfs.TypeDir, 9 }, 4, "50 of 200"},
		"a folder has no time left":               {func(i *queue.Item) { i.State, i.Type, i.Done = queue.Active, vfs.TypeDir, 200 }, 6, ""},
		"a row that has not begun has no rate":    {func(i *queue.Item) { i.State = queue.Active }, 5, ""},
		"a server that is down is named as such":  {func(i *queue.Item) { i.WaitsFor, i.NextTry = "shop", i.Added.Add(5*time.Minute) }, 6, "again in 5 min, no answer"},
		"a time to start is told":                 {func(i *queue.Item) { i.NotBefore = i.Added.Add(time.Hour) }, 6, "starts 01:00"},
		"a time to start that came is waiting":    {func(i *queue.Item) { i.NotBefore, i.Attempts = i.Added.Add(-time.Hour), 0 }, 6, "waiting"},
		"a high priority is named":                {func(i *queue.Item) { i.Priority = queue.High }, 6, "waiting, high priority"},
		"a low priority is named":                 {func(i *queue.Item) { i.Priority = queue.Low }, 6, "waiting, low priority"},
		"a question is named":                     {func(i *queue.Item) { i.State = queue.Asking }, 6, "has a question"},
		"the target names its site and folder":    {func(i *queue.Item) { i.State = queue.Waiting }, 3 - 1, "Site s: /www"},
		"a copy under another name names that":    {func(i *queue.Item) { i.Target.Path = vfs.MustParse("/www/b.txt") }, 2, "Site s: /www/b.txt"},
		"the source here names its folder":        {func(i *queue.Item) { i.State = queue.Waiting }, 1, "/home"},
		"a name cannot hide what it is made of":   {func(i *queue.Item) { i.Source.Path = vfs.MustParse("/a\u202egpj.exe") }, 0, `a\u{202e}gpj.exe`},
		"a row without a known size shows a mark": {func(i *queue.Item) { i.Size = vfs.SizeUnknown }, 3, "?"},
	} {
		t.Run(outcome, func(t *testing.T) {
			it := base
			it.State = queue.Waiting
			tc.change(&it)
			r := row(Left, it, func(id site.ID) string { return "Site " + string(id) }, it.Added)
			if got := r.Cells[tc.column]; got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestFailedRowsTellTheirReason(t *testing.T) {
	base := queue.Item{
		Type: vfs.TypeFile, Size: 200, State: queue.Failed,
		Source: queue.Place{Path: vfs.MustParse("/home/odd")}, Target: queue.Place{Site: "s", Path: vfs.MustParse("/odd")},
	}
	bad := &vfs.Error{Op: "name", Path: "nl\nname", Kind: vfs.KindBadName, Err: errors.New("the name holds a control character")}
	for outcome, tc := range map[string]struct {
		change func(*queue.Item)
		column int
		want   string
	}{
		"an unusable name is the row's": {func(i *queue.Item) { i.Kind, i.Message = vfs.KindBadName, bad.Error() }, 0, `nl\u{000a}name`},
		"an unusable name is explained": {
			func(i *queue.Item) { i.Kind, i.Message = vfs.KindBadName, bad.Error() }, 3,
			"The name cannot be used: it holds a control character. Rename it and try again.",
		},
		"a folder tells what failed in it": {
			func(i *queue.Item) { i.Type, i.Message = vfs.TypeDir, "2 of 12 entries failed" }, 3, "2 of 12 entries failed.",
		},
		"an unknown size is left out": {func(i *queue.Item) { i.Size = vfs.SizeUnknown }, 2, ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			it := base
			tc.change(&it)
			if got := row(Lost, it, func(site.ID) string { return "" }, it.Added).Cells[tc.column]; got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestEmptyTabSaysWhatGoesThere(t *testing.T) {
	for _, tab := range []Tab{Left, Lost, Over} {
		r := newRows(0, tab.States[0])
		v, l := show(t, r, tab)
		if !v.placard.Visible() || v.placard.Notice().Title == "" || v.placard.Notice().Text == "" {
			t.Errorf("%s says nothing", tab.Title)
		}
		if at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.placard); at.Y < look.HeaderHeight {
			t.Errorf("%s: the words begin at %.0f, over the titles", tab.Title, at.Y)
		}
		*r = *newRows(1, tab.States[0])
		r.seq = 2
		take(t, v, l, r)
		if v.placard.Visible() {
			t.Errorf("%s: the words stand over rows", tab.Title)
		}
	}
}

func TestDetailsOfAFailedRowCanTryAgain(t *testing.T) {
	r := newRows(3, queue.Failed)
	r.items[1].Kind = vfs.KindPermission
	v, l := show(t, r, Lost)
	v.open(1)
	c := fyne.CurrentApp().Driver().CanvasForObject(v.list)
	if c.Overlays().Top() == nil {
		t.Fatal("nothing opened")
	}
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if err := l.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]queue.ID{2}, r.retried); diff != "" {
		t.Error(diff)
	}
	v.open(99) // gone meanwhile
	if c.Overlays().Top() != nil {
		t.Error("a row that is not there was opened")
	}
}

func TestDetailsAreThoseOfTheOneSelectedRow(t *testing.T) {
	for outcome, tc := range map[string]struct {
		picked []int
		want   bool
	}{
		"none":    {nil, false},
		"one":     {[]int{1}, true},
		"several": {[]int{0, 2}, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			v, _ := show(t, newRows(3, queue.Waiting), Left)
			v.model.Pick(tc.picked)
			v.Details()
			c := fyne.CurrentApp().Driver().CanvasForObject(v.list)
			if got := c.Overlays().Top() != nil; got != tc.want {
				t.Errorf("details are shown: %v", got)
			}
		})
	}
}

func TestTabLeavesTheList(t *testing.T) {
	v, _ := show(t, newRows(3, queue.Waiting), Left)
	left := 0
	v.Leave = func() { left++ }
	v.Focus()
	keys := fyne.CurrentApp().Driver().CanvasForObject(v.list).Focused()
	if tab, ok := keys.(fyne.Tabbable); !v.HasFocus() || !ok || !tab.AcceptsTab() {
		t.Fatal("the list does not have the keys, or not Tab")
	}
	keys.TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
	if left != 1 {
		t.Errorf("Tab was told %d times", left)
	}
}

// TestWhatGoesOnByItselfCanBePaused: a row that waits for its site's password is
// paused, and goes on once somebody knows that, unless the person pauses it.
func TestWhatGoesOnByItselfCanBePaused(t *testing.T) {
	for outcome, tc := range map[string]struct {
		state   queue.State
		kind    vfs.Kind
		message string
		want    bool
	}{
		"what waits":                   {queue.Waiting, 0, "", true},
		"what asks":                    {queue.Asking, 0, "", true},
		"what lacks a password":        {queue.Paused, vfs.KindLogin, "log in: login: " + site.ErrNoPassword.Error(), true},
		"not what a person paused":     {queue.Paused, 0, "", false},
		"not a password that is wrong": {queue.Paused, vfs.KindLogin, "log in: login: 530 Login incorrect.", false},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRows(1, tc.state)
			r.items[0].Kind, r.items[0].Message = tc.kind, tc.message
			v, l := show(t, r, Left)
			if v.CanPause() {
				t.Error("nothing is selected, and can be paused")
			}
			v.SelectAll()
			if got := v.CanPause(); got != tc.want {
				t.Errorf("it can be paused: %v", got)
			}
			v.Pause()
			settle(t, l)
			if len(r.paused) != 1 {
				t.Errorf("the queue was told of %v", r.paused)
			}
		})
	}
}

// TestTheOnlyRowIsNotEveryRow: what is added after it was selected is not meant.
func TestTheOnlyRowIsNotEveryRow(t *testing.T) {
	r := newRows(1, queue.Waiting)
	v, l := show(t, r, Left)
	v.model.Pick([]int{0})
	r.items = newRows(3, queue.Waiting).items
	r.seq++
	l.Advance(loop.Period)
	take(t, v, l, r)
	v.Cancel()
	settle(t, l)
	if diff := cmp.Diff([]queue.ID{1}, r.canceled); diff != "" {
		t.Error(diff)
	}
}
