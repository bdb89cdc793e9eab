package queue

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
			was := map[[2]Place]Item{}
			for _, item := range r.items() {
				was[[2]Place{item.Source, item.Target}] = item
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
				// Nothing tells a byte that was changed in an ID, and nobody needs that one.
				what := [2]Place{item.Source, item.Target}
				old, ok := was[what]
				if delete(was, what); !ok {
					t.Errorf("row %d (%s to %s) was not there, or is twice", item.ID, item.Source.Path, item.Target.Path)
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

// TestARowIsBelievedThatHoldsTogether, and no other: what is made up could be sent,
// or called done.
func TestARowIsBelievedThatHoldsTogether(t *testing.T) {
	for outcome, tc := range map[string]struct {
		change   func(*row)
		believed bool
	}{
		"as it was written":                  {func(*row) {}, true},
		"with a state that there is not":     {func(r *row) { r.State = "waitinf" }, false},
		"ended, and without a time":          {func(r *row) { r.State = Done }, false},
		"ended":                              {func(r *row) { r.State, r.Ended = Failed, when }, true},
		"not ended, and with a time":         {func(r *row) { r.Ended = when }, false},
		"ended before there were computers":  {func(r *row) { r.State, r.Ended = Done, time.Unix(-1, 0) }, false},
		"without a number":                   {func(r *row) { r.ID = 0 }, false},
		"without a request":                  {func(r *row) { r.job = 0 }, false},
		"in a folder below none":             {func(r *row) { r.Parent = -1 }, false},
		"in itself":                          {func(r *row) { r.Parent = r.ID }, false},
		"in a folder that came before":       {func(r *row) { r.Parent = r.ID - 1 }, true},
		"above the top":                      {func(r *row) { r.depth = 0 }, false},
		"as deep as its path, and one more":  {func(r *row) { r.depth = 4 }, true},
		"deeper than its path":               {func(r *row) { r.depth = 5 }, false},
		"deeper, but a name that is no path": {func(r *row) { r.depth, r.Parent, r.Type = 5, 1, vfs.TypeOther }, true},
		"deeper, of another type at the top": {func(r *row) { r.depth, r.Type = 5, vfs.TypeOther }, false},
		"from another path":                  {func(r *row) { r.Source.Path = vfs.MustParse("/t/b") }, false},
		"to another path":                    {func(r *row) { r.Target.Path = vfs.MustParse("/in/t/b") }, false},
		"done beside, under a name it chose": {func(r *row) {
			r.State, r.Ended, r.Exists, r.Target.Path = Done, when, transfer.Rename, vfs.MustParse("/in/t/a (2)")
		}, true},
		"not done, under a name it chose":     {func(r *row) { r.Exists, r.Target.Path = transfer.Rename, vfs.MustParse("/in/t/a (2)") }, false},
		"done under another name by no rule ": {func(r *row) { r.State, r.Ended, r.Target.Path = Done, when, vfs.MustParse("/in/t/a (2)") }, false},
		"on its way out":                      {func(r *row) { r.State = removing }, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := read(3, 0, vfs.TypeFile, Waiting, "/t/a")
			pair := pairOf(r.Source, r.Target)
			if tc.change(&r); believable(r, pair) != tc.believed {
				t.Errorf("believed: %t", !tc.believed)
			}
		})
	}
}

// TestWhatIsOddInARowIsLeftOut: what it asks for is kept.
func TestWhatIsOddInARowIsLeftOut(t *testing.T) {
	for outcome, tc := range map[string]struct{ change, want func(*row) }{
		"a rule that there is not asks": {func(r *row) { r.Exists = "overwritf" }, func(r *row) { r.Exists = transfer.Ask }},
		"a size below none is unknown":  {func(r *row) { r.Size, r.Done = -7, -7 }, func(r *row) { r.Size, r.Done = vfs.SizeUnknown, 0 }},
		"a size and what of it is done": {func(r *row) { r.Size, r.Done = 7, 5 }, func(r *row) { r.Size, r.Done = 7, 5 }},
		"fewer attempts than none":      {func(r *row) { r.Attempts = -1 }, func(*row) {}},
		"attempts":                      {func(r *row) { r.Attempts = 2 }, func(r *row) { r.Attempts = 2 }},
		"a priority above the highest":  {func(r *row) { r.Priority = -9 }, func(r *row) { r.Priority = High }},
		"a priority below the lowest":   {func(r *row) { r.Priority = 9 }, func(r *row) { r.Priority = Low }},
		"more connections than any":     {func(r *row) { r.Segments = 99 }, func(r *row) { r.Segments = transfer.MaxSegments }},
		"fewer connections than none":   {func(r *row) { r.Segments = -1 }, func(r *row) { r.Segments = 0 }},
		"another arrival than there is": {func(r *row) { r.arrive = 9 }, func(r *row) { r.arrive = ArriveLook }},
		"an arrival below the first":    {func(r *row) { r.arrive = -1 }, func(*row) {}},
		"a time to begin is waited for": {func(r *row) { r.NotBefore = when }, func(r *row) { r.NotBefore, r.NextTry = when, when }},
		"one of long ago is not":        {func(r *row) { r.NotBefore = time.Unix(-1, 0) }, func(*row) {}},
		"why it failed": {
			func(r *row) {
				r.State, r.Ended, r.Kind, r.Message, r.About = Failed, when, vfs.KindNotFound, "gone", "/t/a"
			},
			func(r *row) {
				r.State, r.Ended, r.Kind, r.Message, r.About = Failed, when, vfs.KindNotFound, "gone", "/t/a"
			},
		},
		"what its part is made from": {
			func(r *row) {
				r.made, r.chosen = &transfer.Identity{Size: 7, ModTime: when}, vfs.MustParse("/in/t/a (2)")
			},
			func(r *row) {
				r.made, r.chosen = &transfer.Identity{Size: 7, ModTime: when}, vfs.MustParse("/in/t/a (2)")
			},
		},
		"what listings told is asked again": {func(r *row) { r.seen = []byte{1, 2} }, func(*row) {}},
		"what it asks": {
			func(r *row) { r.State, r.Question = Asking, &transfer.Question{NoReplace: true} },
			func(r *row) { r.State, r.Question = Asking, &transfer.Question{NoReplace: true} },
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, nil)
			give, want := read(3, 0, vfs.TypeFile, Waiting, "/t/a"), read(3, 0, vfs.TypeFile, Waiting, "/t/a")
			tc.change(&give)
			tc.want(&want)
			s := salvager{fresh: r.s}
			r.must(r.s.write(t.Context(), cheap, func() error { return s.insertAll(t.Context(), []row{give, give}) }))
			got := r.all()
			if len(got) != 1 || s.rescued != 1 {
				t.Fatalf("%d rows, %d are counted", len(got), s.rescued)
			}
			if want.Question != nil {
				want.Question = &transfer.Question{NoReplace: true}
				if got[0].Question == nil || !got[0].Question.NoReplace {
					t.Errorf("it asks %v", got[0].Question)
				}
			}
			got[0].Question, want.Question, got[0].asked = nil, nil, ""
			if !cmp.Equal(want.Item, got[0].Item, cmp.AllowUnexported(vfs.Path{})) || !cmp.Equal(want.made, got[0].made) ||
				want.chosen != got[0].chosen || want.arrive != got[0].arrive || want.job != got[0].job || want.depth != got[0].depth || got[0].seen != nil {
				t.Errorf("got  %+v\nwant %+v", got[0], want)
			}
		})
	}
}

// TestWhatIsLostIsCounted: of what was damaged no more is left out than could not
// be read or believed, and no number is given twice.
func TestWhatIsLostIsCounted(t *testing.T) {
	const all, gone = 600, 10
	for outcome, tc := range map[string]struct {
		damage func(t *testing.T, r *rig)
		lost   int // at most
	}{
		"rows that say what cannot be": {func(_ *testing.T, r *rig) {
			r.change(`UPDATE rows SET state = 'waitinf' WHERE id IN (5, 120)`)
		}, 2},
		"a page of rows": {func(t *testing.T, r *rig) {
			const page, leaf = 4096, 13 // of a table (SQLite file format, 1.6)
			content, err := os.ReadFile(r.file)
			r.must(err)
			for at := page; at < len(content); at += page {
				if one := content[at : at+page]; one[0] == leaf && bytes.Contains(one, []byte("/in/file-0300")) {
					clear(one)
					r.must(os.WriteFile(r.file, content, 0o600))
					return
				}
			}
			t.Fatal("no page has the row")
		}, 40},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := bare(t)
			r.file = t.TempDir() + "/queue.db"
			q := r.open(r.onDisk)
			var requests []Request
			for i := range all + gone {
				requests = append(requests, up(fmt.Sprintf("/file-%04d", i)))
			}
			ids, err := q.Add(t.Context(), requests...)
			r.must(err)
			r.must(q.Close())
			r.change(fmt.Sprintf(`DELETE FROM rows WHERE id > %d`, ids[all-1]))
			tc.damage(t, r)
			markDamaged(r.file)
			c := r.config()
			c.File = r.file
			q, notices, err := Open(t.Context(), c)
			r.must(err)
			r.Queue = q
			r.sound()
			kept := r.all()
			lost := all - len(kept)
			if lost < 1 || lost > tc.lost {
				t.Errorf("%d rows are lost", lost)
			}
			if len(notices) != 1 || !strings.Contains(notices[0], fmt.Sprintf(" %d of its rows could be read and stand in the queue, %d could not.", len(kept), lost)) {
				t.Errorf("notices %q", notices)
			}
			if more := r.add(up("/more"))[0]; more != ids[all+gone-1]+1 {
				t.Errorf("the next row has the number %d, there were %d", more, ids[all+gone-1])
			}
		})
	}
}

// TestWhatWasSaidForAllIsKept of a damaged journal; where it cannot be read whether
// the queue was held, it is.
func TestWhatWasSaidForAllIsKept(t *testing.T) {
	for outcome, tc := range map[string]struct {
		hold   bool
		damage string
		held   bool
		rule   transfer.Rule
	}{
		"held, as it was":      {true, `DELETE FROM tally`, true, transfer.Newer},
		"going on, as it was":  {false, `DELETE FROM tally`, false, transfer.Newer},
		"held where none says": {false, `DROP TABLE settings`, true, transfer.Newer},
		"asked about anew":     {false, `DROP TABLE jobs`, false, transfer.Ask},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := bare(t)
			r.file = t.TempDir() + "/queue.db"
			q := r.open(r.onDisk)
			_, err := q.Add(t.Context(), up("/a"))
			r.must(err)
			r.must(q.Hold(t.Context(), tc.hold))
			r.must(q.Close())
			r.change(`INSERT INTO jobs SELECT job, 'newer' FROM rows`)
			r.change(tc.damage)
			markDamaged(r.file)
			c := r.config()
			c.File = r.file
			r.Queue, _, err = Open(t.Context(), c)
			r.must(err)
			if got := r.Snapshot().Held; got != tc.held {
				t.Errorf("held: %t", got)
			}
			r.s.mu.Lock()
			defer r.s.mu.Unlock()
			found, err := r.list(t.Context(), `SELECT `+columns+` FROM rows`)
			r.must(err)
			rule, err := r.jobRule(t.Context(), found[0].job)
			r.must(err)
			if rule != tc.rule {
				t.Errorf("the rule for all is %s", rule)
			}
		})
	}
}
