package queueview

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"wherry/sync/queue"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// sought is what is known of the rows that hold Model.find.
type sought struct {
	known bool   // they were counted
	seq   uint64 // the queue's state then
}

// Filter picks the rows that the list shows. What has ended is shown the
// latest first; of what is left what moves is first, and what starts at a later
// time last.
func (m *Model) Filter() queue.Filter {
	left := m.tab.Title == Left.Title
	return queue.Filter{States: m.tab.States, Find: m.find, Newest: !left, ActiveFirst: left, LaterLast: left}
}

// SetFind shows only the rows whose paths hold a text, "" for all, and says
// whether that is new. There are none of them before Found.
func (m *Model) SetFind(text string) (changed bool) {
	if text == m.find {
		return false
	}
	m.find, m.sought, m.len = text, sought{}, 0
	clear(m.pages)
	clear(m.picked)
	m.index, m.all = nil, false
	return true
}

// Uncounted says whether the rows found are to be counted, again where the
// queue changed since.
func (m *Model) Uncounted() bool { return m.find != "" && (!m.sought.known || m.sought.seq != m.seq) }

// Unread says whether rows that are looked at were never counted or read.
func (m *Model) Unread() bool {
	if m.find != "" && !m.sought.known {
		return true
	}
	offset, _, ok := m.Missing()
	return ok && m.pages[offset/pageSize].items == nil
}

// Found takes how many rows there are with the text, as counted at seq.
func (m *Model) Found(seq uint64, n int) { m.sought, m.len = sought{true, seq}, n }

// search is the field that narrows a list of what has ended.
type search struct {
	field   *parts.Field
	told    *parts.Line
	retry   *parts.Tool // nil where nothing can be tried again
	stop    func()      // ends the wait for more letters, nil while there is none
	resting bool        // what is shown may be a moment old
	failed  error       // of the last search
}

const (
	// typingPause is how long nothing is typed before it is searched.
	typingPause = 150 * time.Millisecond
	// searchRest lies at least between two searches while the queue changes: one
	// reads every row, and nothing can be written meanwhile.
	searchRest = 2 * time.Second
)

func (v *View) buildSearch() fyne.CanvasObject {
	s := &search{told: parts.NewLine("", look.ColorSecondary).Align(fyne.TextAlignTrailing)}
	s.field = parts.NewFilter("Find", func(string) { v.typed() }, func() {
		v.seekNow()
		v.list.Focus()
	})
	v.search = s
	right := container.New(layout.NewCustomPaddedHBoxLayout(look.Gap))
	if v.model.tab.Title == Lost.Title {
		s.retry = parts.NewTool(look.GlyphRefresh, "Try all that the list shows again", v.retryShown).Labelled("Try All Again")
		right.Add(s.retry)
	}
	right.Add(container.NewGridWrap(fyne.NewSize(180, look.EntryHeight), s.field))
	return container.NewBorder(nil, nil, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 2*look.Gap, 0), right), s.told)
}

// Aside is what to put beside the tab's title.
func (v *View) Aside() fyne.CanvasObject { return v.aside }

// Find gives the keys to the field that narrows the list; false where none is
// shown.
func (v *View) Find() bool {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.list)
	if c == nil || v.search == nil || !v.aside.Visible() {
		return false
	}
	c.Focus(v.search.field)
	return true
}

// Focus gives the keys to the list.
func (v *View) Focus() { v.list.Focus() }

// HasFocus says whether the keys go to the list.
func (v *View) HasFocus() bool { return v.list.HasFocus() }

// retryShown sends all rows that the list shows and that failed back to waiting.
func (v *View) retryShown() { v.onAll(v.queue.Retry, queue.Failed) }

// typed waits for a pause before it searches.
func (v *View) typed() {
	if v.search.stop != nil {
		v.search.stop()
	}
	v.search.stop = v.loop.After(typingPause, v.seekNow)
}

// seekNow searches for what stands in the field.
func (v *View) seekNow() {
	if v.search.stop != nil {
		v.search.stop()
		v.search.stop = nil
	}
	if !v.model.SetFind(v.search.field.Text) {
		return
	}
	v.loop.Drop(v)
	v.search.resting, v.search.failed = false, nil
	v.stand = [2]queue.ID{}
	v.reselect()
	v.list.ScrollToOffset(0)
	v.Take(v.last)
	v.list.Reload()
}

// seek counts the rows found and reads those in view, off the window's thread
// and one search at a time: it goes through the whole history.
func (v *View) seek() {
	if v.loop.Busy(v) || v.search.resting && !v.model.Unread() {
		return
	}
	count := v.model.Uncounted()
	offset, limit, read := v.model.Missing()
	if !count && !read {
		return
	}
	seq, filter, began := v.model.Seq(), v.model.Filter(), v.loop.Now()
	v.loop.Latest(v, func(ctx context.Context) func() {
		var n int
		var items []queue.Item
		var err error
		if count {
			n, err = v.queue.Count(ctx, filter)
		}
		if read && err == nil {
			items, err = v.queue.List(ctx, filter, offset, limit)
		}
		return func() {
			v.search.failed = err
			switch {
			case err != nil:
				v.model.Found(^seq, 0) // of no state that there is: it is tried again after the rest
			case count:
				v.model.Found(seq, n)
			}
			if read {
				v.model.Put(offset, seq, items)
			}
			v.rest(v.loop.Now().Sub(began))
			v.showEmptiness()
			v.tellFound()
			v.reselect()
			v.list.Reload()
			v.fetch()
		}
	})
}

// rest leaves the queue to the transfers for a while, after a search that took
// so long.
func (v *View) rest(took time.Duration) {
	if !v.search.resting {
		v.search.resting = true
		v.loop.After(max(searchRest, 5*took), func() {
			v.search.resting = false
			v.fetch()
		})
	}
}

func (v *View) tellFound() {
	switch {
	case v.model.find == "":
		v.search.told.SetText("")
	case v.search.failed != nil:
		v.search.told.SetText(words.Of(v.search.failed, words.Window).Title)
	case !v.model.sought.known:
		v.search.told.SetText("Searching…")
	default:
		v.search.told.SetText(words.Number(int64(v.model.Len())) + " found")
	}
}

// showEmptiness says why there is nothing to see.
func (v *View) showEmptiness() {
	if v.search != nil {
		if v.model.find == "" || !v.model.sought.known {
			v.tellFound()
		}
		if v.search.retry != nil {
			v.search.retry.SetDisabled(v.model.Len() == 0)
		}
	}
	if v.model.Len() > 0 || v.model.find != "" && !v.model.sought.known {
		v.placard.Hide()
		return
	}
	notice := emptiness(v.model.tab)
	switch {
	case v.model.find != "" && v.search.failed != nil:
		told := words.Of(v.search.failed, words.Window)
		notice = parts.Notice{Glyph: look.GlyphTrouble, Title: told.Title, Text: told.Remedy}
	case v.model.find != "":
		notice = parts.Notice{
			Glyph: look.GlyphSearch, Title: "Nothing found",
			Text: "No name or folder, here or there, holds “" + words.Safe(v.model.find) + "”.",
		}
	}
	if v.placard.Notice().Title != notice.Title || v.placard.Notice().Text != notice.Text {
		v.placard.Set(notice)
	}
	v.placard.Show()
}
