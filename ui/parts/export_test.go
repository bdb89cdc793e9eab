package parts

const untouched = "not drawn since"

// Drawn counts the rows that were drawn since it was called before.
func Drawn(l *List) int {
	n := 0
	for _, s := range l.body.slots {
		if s.row >= 0 && s.texts[0].Text != untouched {
			n++
		}
		s.texts[0].Text = untouched
	}
	return n
}

// ShownCells returns the texts of a row in view whose columns are shown.
func ShownCells(l *List, row int) []string {
	var out []string
	for i, s := range l.spans() {
		if s.shown {
			out = append(out, l.body.slots[row%len(l.body.slots)].texts[i].Text)
		}
	}
	return out
}
