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
