package queue

import (
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestAPartIsNotSweptForEver: it is tried as often as a file is, and then the row
// goes without it.
func TestAPartIsNotSweptForEver(t *testing.T) {
	for retries, want := range map[int]int{-1: 1, 1: 2, 3: 4} {
		r := newRig(t, func(c *Config) { c.Retries = retries })
		id := r.add(up("/a"))[0]
		_, err := r.s.exec(t.Context(), `UPDATE rows SET state = 'removing' WHERE id = ?`, int64(id))
		r.must(err)
		r.there.Fail(memfs.OpRemove, "/in/a"+transfer.Suffix, -1, vfs.KindLost)
		r.drain()
		tried := 0
		for _, c := range r.there.Calls() {
			if c.Op == memfs.OpRemove {
				tried++
			}
		}
		if tried != want || len(r.items()) > 0 {
			t.Errorf("with %d retries it was tried %d times, want %d; left is %v", retries, tried, want, r.items())
		}
	}
}

// TestAPartIsSweptOnlyFromItsOwnName: where the rule Rename found the name free, a
// row that was asked for since goes on with it.
func TestAPartIsSweptOnlyFromItsOwnName(t *testing.T) {
	for outcome, tc := range map[string]struct {
		chosen string
		again  bool
		stays  bool
	}{
		"nobody wants it":              {"/in/a", false, false},
		"wanted again":                 {"/in/a", true, true},
		"wanted, by the name it got":   {"/in/b", true, false},
		"wanted, before it had a name": {"/", true, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			if tc.again {
				r.add(up("/a"))
			}
			gone := row{Item: Item{Source: up("/a").Source, Target: up("/a").Target}, depth: 1, chosen: vfs.MustParse(tc.chosen)}
			part := vfs.MustParse("/in/a")
			if tc.chosen == "/in/b" {
				part = gone.chosen
			}
			r.there.Put(part.String()+transfer.Suffix, "half", when)
			r.must(r.sweep(t.Context(), gone))
			if _, stands := r.there.Get(part.String() + transfer.Suffix); stands != tc.stays {
				t.Errorf("the part stands: %v", stands)
			}
		})
	}
}
