package queue

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// TestWhatADamagedJournalStillSaysIsKept damages journals at random, and compares
// what the next start has with what was there: nothing is made up, doubled or
// falsely done, and all arrives in the end.
func TestWhatADamagedJournalStillSaysIsKept(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(seed, 11))
			r := bare(t)
			r.Queue = r.open(r.onDisk)
			var names []string
			for i := range 300 {
				names = append(names, fmt.Sprintf("/t/%d/%03d-%s", i%7, i, strings.Repeat("n", i%60)))
				r.here.Put(names[i], names[i], when)
			}
			top := upDir("/t")
			top.Exists = transfer.Different
			r.add(top)
			for i := range 40 {
				name := fmt.Sprintf("/single-%d", i)
				r.here.Put(name, name, when)
				r.add(up(name))
			}
			r.here.Fail("open", "/t/3/*", -1, vfs.KindPermission)
			r.must(r.Pause(t.Context(), r.add(up("/single-7"))...))
			r.drain()
			r.here.Heal()
			was := map[ID]Item{}
			for _, item := range r.items() {
				was[item.ID] = item
			}
			r.must(r.Close())
			content, err := os.ReadFile(r.file)
			r.must(err)
			damageAt(dice, content)
			if dice.IntN(4) == 0 {
				content = content[:dice.IntN(len(content))]
			}
			r.must(os.WriteFile(r.file, content, 0o600))
			markDamaged(r.file)

			c := r.config()
			c.File = r.file
			q, notices, err := Open(t.Context(), c)
			if err != nil || len(notices) != 1 {
				t.Fatal(notices, err)
			}
			r.Queue = q
			r.clock = &hasty{now: when.AddDate(1, 0, 0)}
			r.sound()
			for _, item := range r.items() {
				old, ok := was[item.ID]
				if !ok || old.Source != item.Source || old.Target != item.Target {
					t.Errorf("row %d (%s to %s) was not there", item.ID, item.Source.Path, item.Target.Path)
				}
				if item.State == Done && old.State != Done {
					t.Errorf("row %d is falsely done, it was %s", item.ID, old.State)
				}
			}
			r.must(r.Hold(t.Context(), false))
			var all []ID
			for _, item := range r.items() {
				all = append(all, item.ID)
			}
			r.must(r.Retry(t.Context(), all...))
			r.add(top)
			r.drain()
			r.sound()
			for _, name := range names {
				if got, _ := r.there.Get("/in" + name); got != name {
					t.Errorf("%s did not arrive", name)
				}
			}
		})
	}
}

// damageAt flips bytes or overwrites pages, but not the first one: without that
// nothing can be read.
func damageAt(dice *rand.Rand, content []byte) {
	const page = 4096
	for range 1 + dice.IntN(20) {
		content[page+dice.IntN(len(content)-page)] ^= byte(1 + dice.IntN(255))
	}
	for range dice.IntN(3) {
		at := page * (1 + dice.IntN(len(content)/page-1))
		for i := at; i < at+page; i++ {
			content[i] = byte(dice.IntN(256))
		}
	}
}

// TestASoundJournalIsReadWhole: what was marked by mistake loses nothing, from
// any version.
func TestASoundJournalIsReadWhole(t *testing.T) {
	for version := 1; version <= len(migrations); version++ {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			r := bare(t)
			r.file = t.TempDir() + "/queue.db"
			journalOf(t, r, version)
			r.givePairs()
			if version == len(migrations) {
				r.change(`UPDATE rows SET segments = 3`)
			}
			markDamaged(r.file)
			c := r.config()
			c.File = r.file
			q, notices, err := Open(t.Context(), c)
			r.must(err)
			r.Queue = q
			if len(notices) != 1 || !strings.Contains(notices[0], "its 5 rows could be read") {
				t.Errorf("notices %q", notices)
			}
			r.sound()
			if got := r.item(5).Segments; got != 3*(version/len(migrations)) {
				t.Errorf("%d segments are kept", got)
			}
			wantStates(t, r, "/a: waiting", "/b: active", "/t: waiting", "/t/x: done", "/t/y: waiting")
		})
	}
}

// change writes into the journal behind the queue's back.
func (r *rig) change(statement string) {
	r.t.Helper()
	db, err := sql.Open("sqlite", r.file)
	r.must(err)
	_, err = db.ExecContext(r.t.Context(), statement)
	r.must(err)
	r.must(db.Close())
}

// givePairs gives the rows of journalOf the sums that they would have.
func (r *rig) givePairs() {
	r.t.Helper()
	db, err := sql.Open("sqlite", r.file)
	r.must(err)
	for id, name := range map[int]string{1: "/a", 2: "/t", 3: "/b", 4: "/t/x", 5: "/t/y"} {
		pair := pairOf(Place{Path: vfs.MustParse(name)}, Place{Site: remote, Path: vfs.MustParse("/in" + name)})
		_, err := db.ExecContext(r.t.Context(), `UPDATE rows SET pair = ? WHERE id = ?`, pair, id)
		r.must(err)
	}
	r.must(db.Close())
}
