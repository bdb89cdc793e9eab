package parts

// Selection says which rows of a list are selected, where the keys stand, and
// from where a range grows. It is plain state without a widget; the zero value
// is a list of no rows.
type Selection struct {
	on     []bool
	count  int
	cursor int // -1 for none
	anchor int
}

// Reset makes it a list of n rows with nothing selected and no cursor.
func (s *Selection) Reset(n int) { *s = Selection{on: make([]bool, n), cursor: -1} }

// Len returns the number of rows.
func (s *Selection) Len() int { return len(s.on) }

// Count returns how many rows are selected.
func (s *Selection) Count() int { return s.count }

// Has says whether row i is selected; false for rows that do not exist.
func (s *Selection) Has(i int) bool { return i >= 0 && i < len(s.on) && s.on[i] }

// Cursor returns the row that the keys move, -1 for none.
func (s *Selection) Cursor() int { return s.cursor }

// Anchor returns the row from which a range grows; without a cursor it means
// nothing.
func (s *Selection) Anchor() int { return s.anchor }

// Stand puts cursor and anchor where a list that was read anew has them now, -1
// for nowhere, and selects nothing.
func (s *Selection) Stand(cursor, anchor int) {
	if s.cursor = cursor; cursor < 0 || cursor >= len(s.on) {
		s.cursor = -1
	}
	if s.anchor = anchor; anchor < 0 || anchor >= len(s.on) {
		s.anchor = s.cursor
	}
}

// Rows returns the selected rows from the top down.
func (s *Selection) Rows() []int {
	rows := make([]int, 0, s.count)
	for i, on := range s.on {
		if on {
			rows = append(rows, i)
		}
	}
	return rows
}

// Only selects row i alone and puts cursor and anchor there; -1 selects
// nothing and leaves the cursor.
func (s *Selection) Only(i int) {
	clear(s.on)
	s.count = 0
	if i < 0 || i >= len(s.on) {
		return
	}
	s.set(i, true)
	s.cursor, s.anchor = i, i
}

// Toggle turns row i and puts cursor and anchor there.
func (s *Selection) Toggle(i int) {
	if i < 0 || i >= len(s.on) {
		return
	}
	s.set(i, !s.on[i])
	s.cursor, s.anchor = i, i
}

// Set selects row i or takes it out, without moving the cursor.
func (s *Selection) Set(i int, on bool) {
	if i >= 0 && i < len(s.on) {
		s.set(i, on)
	}
}

// Extend selects the range from the anchor to row i and moves the cursor to i.
// Without add, everything else is deselected.
func (s *Selection) Extend(i int, add bool) {
	if i < 0 || i >= len(s.on) {
		return
	}
	if s.cursor < 0 {
		s.anchor = i
	}
	if !add {
		clear(s.on)
		s.count = 0
	}
	for row := min(s.anchor, i); row <= max(s.anchor, i); row++ {
		s.set(row, true)
	}
	s.cursor = i
}

// Point moves cursor and anchor to row i and selects nothing.
func (s *Selection) Point(i int) {
	if i >= 0 && i < len(s.on) {
		s.cursor, s.anchor = i, i
	}
}

// All selects every row.
func (s *Selection) All() {
	for i := range s.on {
		s.on[i] = true
	}
	s.count = len(s.on)
}

// Invert turns every row.
func (s *Selection) Invert() {
	for i := range s.on {
		s.on[i] = !s.on[i]
	}
	s.count = len(s.on) - s.count
}

func (s *Selection) set(i int, on bool) {
	if s.on[i] == on {
		return
	}
	s.on[i] = on
	if on {
		s.count++
	} else {
		s.count--
	}
}
