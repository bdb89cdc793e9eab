package pane

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"wherry/sync/vfs"
)

// Column is what a pane can be sorted by, in the order of the columns.
type Column int

// The columns.
const (
	ByName Column = iota
	BySize
	ByTime
	ByMode
)

// Order is how a pane is sorted. Folders come first in any.
type Order struct {
	Column     Column
	Descending bool
}

// item is what sorting and filtering need of an entry, made once and kept
// small: a folder can have 100,000.
type item struct {
	lower string // the name as shown, in lower case
	key   string // compares in natural order
	size  int64
	time  int64
	mode  int64
	dir   bool
	dot   bool
	// usable is false for a name that can be no path: it is shown and never
	// touched.
	usable bool
}

// Listing is a folder's content made ready for a Model. Making one is the
// expensive part of showing a folder, and may be done on any goroutine.
type Listing struct {
	entries []vfs.Entry
	items   []item  // as entries
	sorted  []int32 // indexes into both
	order   Order
}

// NewListing makes entries of dir ready in an order. It keeps entries.
func NewListing(dir vfs.Path, entries []vfs.Entry, order Order) Listing {
	l := Listing{entries: entries, items: make([]item, len(entries)), sorted: make([]int32, len(entries))}
	for i, e := range entries {
		lower := strings.ToLower(vfs.Readable(e.Name))
		_, err := dir.Join(e.Name)
		l.items[i] = item{
			lower: lower, key: naturalKey(lower), size: sizeOf(e), time: e.ModTime.UnixNano(), mode: int64(e.Mode.Perm()),
			dir: e.IsDir(), dot: strings.HasPrefix(e.Name, "."), usable: err == nil,
		}
		l.sorted[i] = int32(i)
	}
	l.sort(order)
	return l
}

func (l *Listing) sort(o Order) {
	l.order = o
	slices.SortFunc(l.sorted, func(a, b int32) int {
		if c := compare(&l.items[a], &l.items[b], o); c != 0 {
			return c
		}
		return strings.Compare(l.entries[a].Name, l.entries[b].Name)
	})
}

func compare(a, b *item, o Order) int {
	if a.dir != b.dir {
		if a.dir {
			return -1
		}
		return 1
	}
	c := 0
	switch o.Column {
	case BySize:
		c = cmp.Compare(a.size, b.size)
	case ByTime:
		c = cmp.Compare(a.time, b.time)
	case ByMode:
		c = cmp.Compare(a.mode, b.mode)
	case ByName:
		c = strings.Compare(a.key, b.key)
	}
	if o.Descending {
		c = -c
	}
	if c != 0 || o.Column == ByName {
		return c
	}
	return strings.Compare(a.key, b.key)
}

// sizeOf is the size that counts: a folder's own says nothing.
func sizeOf(e vfs.Entry) int64 {
	if e.IsDir() {
		return vfs.SizeUnknown
	}
	return e.Size
}

// naturalKey turns a name into bytes that compare as people order names:
// "file 9" before "file 10". A run of digits becomes '0', its length without
// leading zeros, and the digits; the length decides first. Runs are told
// apart from letters by the '0' as plain digits would be.
func naturalKey(name string) string {
	if !strings.ContainsAny(name, "0123456789") {
		return name
	}
	var b strings.Builder
	b.Grow(len(name) + 8)
	for i := 0; i < len(name); {
		if name[i] < '0' || name[i] > '9' {
			b.WriteByte(name[i])
			i++
			continue
		}
		j := i
		for j < len(name) && name[j] >= '0' && name[j] <= '9' {
			j++
		}
		digits := strings.TrimLeft(name[i:j], "0")
		b.WriteByte('0')
		b.WriteByte(byte(min(len(digits), 255)))
		b.WriteString(digits)
		i = j
	}
	return b.String()
}

// filter says which items a person wants to see.
type filter struct {
	text    string // lower case
	pattern bool   // text is one for the whole name
	hidden  bool   // show names that begin with a dot
}

func (f filter) shows(it *item) bool {
	if it.dot && !f.hidden {
		return false
	}
	switch {
	case f.text == "":
		return true
	case f.pattern:
		ok, err := path.Match(f.text, it.lower)
		return err != nil || ok // a pattern half typed hides nothing
	}
	return strings.Contains(it.lower, f.text)
}
