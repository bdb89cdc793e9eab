package pane

import (
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

// item is an entry with what sorting and showing need, made once.
type item struct {
	entry vfs.Entry
	name  string // as shown
	lower string
	key   string // compares in natural order
	// usable is false for a name that can be no path: it is shown and never
	// touched.
	usable bool
}

// Listing is a folder's content made ready for a Model. Making one is the
// expensive part of showing a folder, and may be done on any goroutine.
type Listing struct {
	items []item
	order Order
}

// NewListing makes entries of dir ready in an order.
func NewListing(dir vfs.Path, entries []vfs.Entry, order Order) Listing {
	l := Listing{items: make([]item, len(entries)), order: order}
	for i, e := range entries {
		name := vfs.Readable(e.Name)
		lower := strings.ToLower(name)
		_, err := dir.Join(e.Name)
		l.items[i] = item{entry: e, name: name, lower: lower, key: naturalKey(lower), usable: err == nil}
	}
	l.sort(order)
	return l
}

func (l *Listing) sort(o Order) {
	l.order = o
	slices.SortFunc(l.items, func(a, b item) int { return compare(&a, &b, o) })
}

func compare(a, b *item, o Order) int {
	if x, y := a.entry.IsDir(), b.entry.IsDir(); x != y {
		if x {
			return -1
		}
		return 1
	}
	c := 0
	switch o.Column {
	case BySize:
		c = compareInt(sizeOf(a.entry), sizeOf(b.entry))
	case ByTime:
		c = a.entry.ModTime.Compare(b.entry.ModTime)
	case ByMode:
		c = compareInt(int64(a.entry.Mode.Perm()), int64(b.entry.Mode.Perm()))
	case ByName:
		c = strings.Compare(a.key, b.key)
	}
	if o.Descending {
		c = -c
	}
	if c != 0 {
		return c
	}
	if c := strings.Compare(a.key, b.key); c != 0 {
		return c
	}
	return strings.Compare(a.entry.Name, b.entry.Name)
}

func compareInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
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
	text   string // lower case; with * or ? a pattern for the whole name
	hidden bool   // show names that begin with a dot
}

func (f filter) shows(it *item) bool {
	if !f.hidden && strings.HasPrefix(it.entry.Name, ".") {
		return false
	}
	switch {
	case f.text == "":
		return true
	case strings.ContainsAny(f.text, "*?"):
		ok, err := path.Match(f.text, it.lower)
		return err != nil || ok // a pattern half typed hides nothing
	}
	return strings.Contains(it.lower, f.text)
}
