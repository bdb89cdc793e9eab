package queue

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestMassChangesAreAsSmallOnes alters the same queue row by row and as a mass,
// and compares all that the journal has then, what keeps its counts included.
func TestMassChangesAreAsSmallOnes(t *testing.T) {
	for outcome, change := range map[string]func(r *rig, ids []ID) error{
		"what waits is paused":          func(r *rig, ids []ID) error { return r.Pause(r.t.Context(), ids...) },
		"a folder is paused":            func(r *rig, ids []ID) error { return r.Pause(r.t.Context(), ids[0]) },
		"what was paused goes on":       func(r *rig, ids []ID) error { return r.Resume(r.t.Context(), ids...) },
		"what failed is tried again":    func(r *rig, ids []ID) error { return r.Retry(r.t.Context(), ids...) },
		"all begin later":               func(r *rig, ids []ID) error { return r.Schedule(r.t.Context(), when.AddDate(9, 0, 0), ids...) },
		"all are cancelled":             func(r *rig, ids []ID) error { return r.Cancel(r.t.Context(), ids...) },
		"all but one folder are off":    func(r *rig, ids []ID) error { return r.Cancel(r.t.Context(), ids[1:]...) },
		"the failed and done are off":   func(r *rig, _ []ID) error { return r.Clear(r.t.Context(), Failed, Done) },
		"what waits is off, parts stay": func(r *rig, _ []ID) error { return r.Clear(r.t.Context(), Waiting, Paused) },
	} {
		t.Run(outcome, func(t *testing.T) {
			one, mass := mixed(t, 1<<40), mixed(t, 1)
			ids := one.ids()
			one.must(change(one, ids))
			mass.must(change(mass, ids))
			if diff := cmp.Diff(wholeJournal(one), wholeJournal(mass)); diff != "" {
				t.Errorf("the journal (-row by row +mass):\n%s", diff)
			}
			if diff := cmp.Diff(one.Snapshot().Count, mass.Snapshot().Count); diff != "" {
				t.Errorf("counts:\n%s", diff)
			}
			// The triggers count again.
			for _, r := range []*rig{one, mass} {
				r.here.Put("/new", "new", when)
				r.add(up("/new"))
				r.sound()
			}
		})
	}
}

// mixed is a queue with rows of all kinds, at rest: done, failed and paused ones
// in a folder and beside it, waiting ones, and one that left a part.
func mixed(t *testing.T, crowd int64) *rig {
	r := newDiskRig(t)
	r.clock, r.crowd = &hasty{now: when.AddDate(1, 0, 0)}, crowd
	for i := range 6 {
		r.here.Put(fmt.Sprintf("/t/f%d", i), "some bytes", when)
		r.here.Put(fmt.Sprintf("/t/u/f%d", i), "some bytes", when)
		r.here.Put(fmt.Sprintf("/f%d", i), large, when)
	}
	for _, bad := range []string{"/t/f1", "/t/u/f2", "/f1"} {
		r.here.Fail(memfs.OpOpen, bad, -1, vfs.KindPermission)
	}
	r.add(upDir("/t"), up("/f0"), up("/f1"))
	r.must(r.Drain(t.Context()))
	r.add(up("/f2"), up("/f3"), up("/f4"), up("/f5"), Request{Type: vfs.TypeDir, Source: Place{Site: site.Local, Path: vfs.MustParse("/t/u")}, Target: Place{Site: remote, Path: vfs.MustParse("/in/again")}})
	ids := r.ids()
	r.must(r.Pause(t.Context(), ids[len(ids)-3]))
	r.must(r.write(t.Context(), durable, func() error {
		_, err := r.s.exec(t.Context(), `UPDATE rows SET made_size = 9, made_time = '2024-05-06T07:08:09Z', done = 5 WHERE src_path IN (?, ?)`, []byte("/f3"), []byte("/t/f1"))
		return err
	}))
	return r
}

func (r *rig) ids() (ids []ID) {
	for _, item := range r.items() {
		ids = append(ids, item.ID)
	}
	return ids
}

// wholeJournal is all that the journal has: rows, counts, and what it is made of.
func wholeJournal(r *rig) (lines []string) {
	r.t.Helper()
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	for _, query := range []string{
		`SELECT concat_ws(' ', id, parent, state, next_try, not_before, attempts, done, kind, ended > 0, total, below, failed, skipped) FROM rows ORDER BY id`,
		`SELECT concat_ws(' ', state, n, bytes) FROM tally ORDER BY state`,
		`SELECT concat_ws(' ', type, name, sql) FROM sqlite_schema ORDER BY type, name`,
		`PRAGMA integrity_check`,
	} {
		rows, err := r.s.query(r.t.Context(), query)
		r.must(err)
		for rows.Next() {
			var line string
			r.must(rows.Scan(&line))
			lines = append(lines, line)
		}
		r.must(rows.Close())
	}
	return lines
}
