package queue

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"
)

// oldRows are what the first version could hold: two requests of one job, a
// folder that is half done, and what a killed run left.
const oldRows = `
INSERT INTO rows (id, job, parent, depth, name, src_site, src_path, dst_site, dst_path, pair, type, state, exists_, size, done, ended, scanned, total, below, added) VALUES
	(1, 1, 0, 1, x'61', '', x'2f61', 'site-one', x'2f696e2f61', 1, 'file', 'waiting', 'overwrite', 5, 0, 0, 0, 0, 0, 7),
	(2, 1, 0, 1, x'74', '', x'2f74', 'site-one', x'2f696e2f74', 2, 'dir',  'active',  'overwrite', -1, 0, 0, 1, 2, 1, 7),
	(3, 3, 0, 1, x'62', '', x'2f62', 'site-one', x'2f696e2f62', 3, 'file', 'active',  'overwrite', 5, 2, 0, 0, 0, 0, 8),
	(4, 1, 2, 2, x'78', '', x'2f742f78', 'site-one', x'2f696e2f742f78', 4, 'file', 'done', 'overwrite', 1, 1, 9, 0, 0, 0, 8),
	(5, 1, 2, 2, x'79', '', x'2f742f79', 'site-one', x'2f696e2f742f79', 5, 'file', 'waiting', 'overwrite', 1, 0, 0, 0, 0, 0, 8);
INSERT INTO jobs (id, exists_) VALUES (1, 'skip');
INSERT INTO settings (key, value) VALUES ('held', '0');`

// journalOf writes the journal as the given version of the schema had it, with
// content except in version 0, which a kill during the very first start leaves.
func journalOf(t *testing.T, r *rig, version int) {
	t.Helper()
	r.must(makeFile(r.file))
	db, err := sql.Open("sqlite", r.file)
	r.must(err)
	for i, step := range migrations[:version] {
		if i == 1 {
			step += oldRows
		}
		_, err := db.ExecContext(t.Context(), step)
		r.must(err)
	}
	if version == 1 {
		_, err = db.ExecContext(t.Context(), oldRows)
		r.must(err)
	}
	_, err = db.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA user_version = %d`, version))
	r.must(err)
	r.must(db.Close())
}

// TestJournalsOfEveryVersionGoOn: what an older Wherry left is listed in the
// order it had, is worked on, and takes new rows behind it.
func TestJournalsOfEveryVersionGoOn(t *testing.T) {
	for version := range len(migrations) + 1 {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			r := bare(t)
			r.file = t.TempDir() + "/queue.db"
			journalOf(t, r, version)
			r.Queue = r.open(r.onDisk)
			r.sound()
			if version > 0 {
				wanted := []string{"/a: waiting", "/t: active", "/t/x: done", "/t/y: waiting", "/b: waiting"}
				if got := r.states(); !slices.Equal(got, wanted) {
					t.Errorf("rows %v, want %v", got, wanted)
				}
				r.there.Put("/in/t/x", "1", when)
			}
			for _, name := range []string{"/a", "/b", "/t/y", "/new"} {
				r.here.Put(name, "1", when)
			}
			ids := r.add(up("/new"))
			if all := r.items(); all[len(all)-1].ID != ids[0] {
				t.Errorf("the new row stands before others: %v", r.states())
			}
			r.drain()
			for _, item := range r.items() {
				if item.State != Done {
					t.Errorf("%s is %s: %s", item.Source.Path, item.State, item.Message)
				}
			}
		})
	}
}
