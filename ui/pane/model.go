package pane

import (
	"slices"
	"strings"

	"wherry/sync/vfs"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// Model is what a pane shows, without any widget: a folder's entries in an
// order, narrowed by a filter, with a selection that lives by name. It is used
// on one goroutine.
type Model struct {
	// Selection is by row; it is shared with the list that shows it.
	Selection parts.Selection

	path    vfs.Path
	listing Listing
	rows    []int32 // items shown, in order
	order   Order
	filter  filter
	back    []visit
	forward []visit
}

// visit is a folder one has been in, and the name the cursor was on.
type visit struct {
	path   vfs.Path
	cursor string
}

// Path returns the folder shown.
func (m *Model) Path() vfs.Path { return m.path }

// Order returns the order.
func (m *Model) Order() Order { return m.order }

// Len returns the number of rows.
func (m *Model) Len() int { return len(m.rows) }

// Total returns the number of entries, those that are not shown included.
func (m *Model) Total() int { return len(m.listing.entries) }

// Entry returns the entry of a row.
func (m *Model) Entry(row int) vfs.Entry { return m.listing.entries[m.rows[row]] }

func (m *Model) item(row int) *item { return &m.listing.items[m.rows[row]] }

// Load shows a folder. The same folder again keeps selection and cursor by
// name; another one begins with the cursor on want, or with nothing selected.
// want "" wants nothing.
func (m *Model) Load(path vfs.Path, l Listing, want string) {
	var keep marks
	if path == m.path {
		keep = m.marks()
	}
	if l.order != m.order {
		l.sort(m.order)
	}
	m.path, m.listing = path, l
	if want != "" {
		keep = marks{cursor: want, names: map[string]bool{want: true}}
	}
	m.narrow(keep)
}

// Clear shows nothing, as while a place cannot be read.
func (m *Model) Clear(path vfs.Path) { m.Load(path, Listing{order: m.order}, "") }

// Sort changes the order; the selection stays by name.
func (m *Model) Sort(o Order) {
	keep := m.marks()
	m.order = o
	m.listing.sort(o)
	m.narrow(keep)
}

// SortBy sorts by a column, or turns the order round when it is by that one
// already. Sizes and times begin with the largest and newest.
func (m *Model) SortBy(c Column) {
	o := Order{Column: c, Descending: c == BySize || c == ByTime}
	if m.order.Column == c {
		o.Descending = !m.order.Descending
	}
	m.Sort(o)
}

// Narrow shows only names that hold text, or match it when it holds * or ?,
// in any case; "" shows all.
func (m *Model) Narrow(text string) {
	keep := m.marks()
	m.filter.text, m.filter.pattern = strings.ToLower(text), strings.ContainsAny(text, "*?")
	m.narrow(keep)
}

// Narrowed says whether a filter is on.
func (m *Model) Narrowed() bool { return m.filter.text != "" }

// ShowHidden shows names that begin with a dot, or not.
func (m *Model) ShowHidden(on bool) {
	keep := m.marks()
	m.filter.hidden = on
	m.narrow(keep)
}

// Hidden says whether names that begin with a dot are shown.
func (m *Model) Hidden() bool { return m.filter.hidden }

// marks is a selection by name.
type marks struct {
	names  map[string]bool
	cursor string
	anchor string
	row    int // where the cursor was, for when its name is gone
	any    bool
}

func (m *Model) marks() marks {
	k := marks{names: map[string]bool{}, row: m.Selection.Cursor()}
	for _, row := range m.Selection.Rows() {
		k.names[m.Entry(row).Name] = true
	}
	if k.row >= 0 && k.row < len(m.rows) {
		k.cursor, k.any = m.Entry(k.row).Name, true
		k.anchor = m.Entry(min(m.Selection.Anchor(), len(m.rows)-1)).Name
	}
	return k
}

// narrow finds the rows anew and puts the selection back.
func (m *Model) narrow(keep marks) {
	m.rows = m.rows[:0]
	for _, i := range m.listing.sorted {
		if m.filter.shows(&m.listing.items[i]) {
			m.rows = append(m.rows, i)
		}
	}
	m.Selection.Reset(len(m.rows))
	cursor, anchor := -1, -1
	if len(keep.names) > 0 || keep.cursor != "" {
		for row := range m.rows {
			name := m.Entry(row).Name
			m.Selection.Set(row, keep.names[name])
			if name == keep.cursor {
				cursor = row
			}
			if name == keep.anchor {
				anchor = row
			}
		}
	}
	if cursor < 0 && keep.any {
		cursor = min(keep.row, len(m.rows)-1)
	}
	m.Selection.Stand(cursor, anchor)
}

// Find returns the first row from a row on, going round, whose name begins
// with prefix in any case, or -1.
func (m *Model) Find(prefix string, from int) int {
	prefix = strings.ToLower(prefix)
	for i := range m.rows {
		row := (from + i) % len(m.rows)
		if strings.HasPrefix(m.item(row).lower, prefix) {
			return row
		}
	}
	return -1
}

// Row returns the row of a name, -1 when it is not shown.
func (m *Model) Row(name string) int {
	for row := range m.rows {
		if m.Entry(row).Name == name {
			return row
		}
	}
	return -1
}

// Holds says whether the folder has an entry of that name, shown or not.
func (m *Model) Holds(name string) bool {
	return slices.ContainsFunc(m.listing.entries, func(e vfs.Entry) bool { return e.Name == name })
}

// Selected returns the selected entries that can be used. refused counts those
// that cannot, because their name can be no path.
func (m *Model) Selected() (entries []vfs.Entry, refused int) {
	for _, row := range m.Selection.Rows() {
		if !m.Usable(row) {
			refused++
			continue
		}
		entries = append(entries, m.Entry(row))
	}
	return entries, refused
}

// Chosen is Selected, or the entry at the cursor when nothing is selected:
// what a command acts on.
func (m *Model) Chosen() []vfs.Entry {
	entries, refused := m.Selected()
	cursor := m.Selection.Cursor()
	if len(entries) == 0 && refused == 0 && cursor >= 0 && cursor < len(m.rows) && m.Usable(cursor) {
		return []vfs.Entry{m.Entry(cursor)}
	}
	return entries
}

// Usable says whether a row's name can be a path.
func (m *Model) Usable(row int) bool { return m.item(row).usable }

// Totals is the status line: "300 items, 3 selected (4.2 MB)". With a filter
// on it says how many of how many are shown.
func (m *Model) Totals() string {
	shown, total := int64(m.Len()), int64(m.Total())
	text := words.Count(shown, "item", "items")
	if m.Narrowed() {
		text = words.Number(shown) + " of " + words.Count(total, "item", "items")
	} else if hidden := total - shown; hidden > 0 {
		text += ", " + words.Number(hidden) + " hidden"
	}
	n := m.Selection.Count()
	if n == 0 {
		return text
	}
	text += ", " + words.Number(int64(n)) + " selected"
	var bytes int64
	files := 0
	for _, row := range m.Selection.Rows() {
		if size := m.item(row).size; size >= 0 {
			bytes += size
			files++
		}
	}
	if files > 0 {
		text += " (" + words.Size(bytes) + ")"
	}
	return text
}

// Leave remembers the folder shown, before another one is gone to.
func (m *Model) Leave() {
	m.back = append(m.back, m.here())
	m.forward = nil
	if len(m.back) > maxVisits {
		m.back = m.back[1:]
	}
}

// maxVisits bounds the way back.
const maxVisits = 100

// Back and Forward say where those lead, and the name the cursor was on there;
// ok is false at the end. Went tells the model that one of them was gone.
func (m *Model) Back() (path vfs.Path, cursor string, ok bool) { return last(m.back) }

// Forward is the way back after Back.
func (m *Model) Forward() (path vfs.Path, cursor string, ok bool) { return last(m.forward) }

// WentBack moves the folder shown from the way back to the way forward.
func (m *Model) WentBack() {
	m.forward = append(m.forward, m.here())
	m.back = m.back[:len(m.back)-1]
}

// WentForward is the opposite of WentBack.
func (m *Model) WentForward() {
	m.back = append(m.back, m.here())
	m.forward = m.forward[:len(m.forward)-1]
}

// Forget drops the way, as when the place changes.
func (m *Model) Forget() { m.back, m.forward = nil, nil }

func (m *Model) here() visit {
	v := visit{path: m.path}
	if row := m.Selection.Cursor(); row >= 0 && row < len(m.rows) {
		v.cursor = m.Entry(row).Name
	}
	return v
}

func last(way []visit) (vfs.Path, string, bool) {
	if len(way) == 0 {
		return vfs.Path{}, "", false
	}
	v := way[len(way)-1]
	return v.path, v.cursor, true
}
