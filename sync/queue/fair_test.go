package queue

import (
	"fmt"
	"testing"
)

// TestFilesMoveWhileATreeIsRead counts turns at the journal: between the writes of
// what was found, endings are written. How many is the scheduler's affair; a tree
// that has the journal for itself leaves none.
func TestFilesMoveWhileATreeIsRead(t *testing.T) {
	const folders, each = 4, 4 * scanChunk
	r := newDiskRig(t)
	for f := range folders {
		for n := range each {
			r.here.Put(fmt.Sprintf("/t/%d/%04d", f, n), "x", when)
		}
	}
	r.add(upDir("/t"))
	var found, done, reads, turns, meanwhile int
	r.s.onSync = func() {
		var rows, ended int
		r.must(r.s.conn.QueryRowContext(t.Context(), `SELECT sum(n), sum(n) FILTER (WHERE state = 'done') FROM tally`).Scan(&rows, &ended))
		if rows > found {
			reads++
			meanwhile = turns
		}
		if ended > done {
			turns++
		}
		found, done = rows, ended
	}
	r.drain()
	if reads < folders*each/scanChunk || meanwhile < reads/4 {
		t.Errorf("among %d writes of what was found, endings were written %d times", reads, meanwhile)
	}
}
