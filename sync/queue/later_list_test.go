package queue

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRowsThatStartLaterAreToldAndListedLast.
func TestRowsThatStartLaterAreToldAndListedLast(t *testing.T) {
	r := newDiskRig(t)
	r.clock = &hasty{now: when}
	ids := r.add(many(0, 12)...)
	tonight, tomorrow := when.Add(time.Hour), when.Add(24*time.Hour)
	r.must(r.Schedule(t.Context(), tomorrow, ids[0], ids[5]))
	r.must(r.Schedule(t.Context(), tonight, ids[3]))
	r.must(r.Schedule(t.Context(), tonight, ids[1]))
	r.must(r.Pause(t.Context(), ids[1])) // that waits for a person
	r.must(r.write(t.Context(), durable, func() error {
		_, err := r.s.exec(t.Context(), `UPDATE rows SET size = 100 * id`)
		return err
	}))
	want := Later{Rows: 3, Bytes: int64(100 * (ids[0] + ids[5] + ids[3])), First: tonight, Last: tomorrow}
	if diff := cmp.Diff(want, r.Snapshot().Later); diff != "" {
		t.Errorf("of those that start later it tells (-want +got):\n%s", diff)
	}
	order := []ID{ids[1], ids[2], ids[4], ids[6], ids[7], ids[8], ids[9], ids[10], ids[11], ids[0], ids[3], ids[5]}
	f := Filter{States: []State{Waiting, Paused}, LaterLast: true}
	for _, size := range []int{1, 3, 5, 12, 20} {
		var got []ID
		for offset := 0; offset < 13; offset += size {
			page, err := r.List(t.Context(), f, offset, size)
			r.must(err)
			for _, item := range page {
				got = append(got, item.ID)
			}
		}
		if diff := cmp.Diff(order, got); diff != "" {
			t.Errorf("in pages of %d (-want +got):\n%s", size, diff)
		}
	}
	r.clock = &hasty{now: tomorrow.Add(time.Second)}
	page, err := r.List(t.Context(), f, 0, 20)
	r.must(err)
	r.changed()
	if page[0].ID != ids[0] || r.Snapshot().Later.Rows != 0 {
		t.Errorf("once their time has come, row %d is first, and %d start later", page[0].ID, r.Snapshot().Later.Rows)
	}
}

// BenchmarkLaterOf200kRows is what the window's list and each snapshot cost
// where a few, and where all rows start later.
func BenchmarkLaterOf200kRows(b *testing.B) {
	q, _, err := Open(b.Context(), Config{File: b.TempDir() + "/queue.db", Open: nowhere})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = q.Close() }()
	ids, err := q.Add(b.Context(), many(0, huge)...)
	if err != nil {
		b.Fatal(err)
	}
	f := Filter{States: []State{Waiting, Active, Paused, Asking, Scanning}, LaterLast: true}
	for _, step := range []struct {
		outcome string
		later   []ID
	}{{"a few", ids[:100]}, {"all", ids}} {
		if err := q.Schedule(b.Context(), time.Now().Add(time.Hour), step.later...); err != nil {
			b.Fatal(err)
		}
		b.Run(step.outcome+"/snapshot", func(b *testing.B) {
			for b.Loop() {
				q.changed()
				_ = q.Snapshot()
			}
		})
		for _, offset := range []string{"first", "last"} {
			b.Run(step.outcome+"/page/"+offset, func(b *testing.B) {
				for b.Loop() {
					if _, err := q.List(b.Context(), f, map[string]int{"last": huge - 200}[offset], 128); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// TestManyRowsThatStartLaterAreNotReadAtEachChange, but after a while, which a
// clock that is set back has passed, too.
func TestManyRowsThatStartLaterAreNotReadAtEachChange(t *testing.T) {
	for outcome, then := range map[string]time.Time{"after a while": when.Add(laterEvery), "the clock is set back": when.Add(-time.Minute)} {
		t.Run(outcome, func(t *testing.T) {
			r := newDiskRig(t)
			r.clock = &hasty{now: when}
			ids := r.add(many(0, laterMany+2)...)
			r.must(r.Schedule(t.Context(), when.Add(time.Hour), ids[:laterMany+1]...))
			if got := r.Snapshot().Later.Rows; got != laterMany+1 {
				t.Fatalf("%d start later", got)
			}
			page, err := r.List(t.Context(), Filter{LaterLast: true}, 0, 3)
			r.must(err)
			if page[0].ID != ids[0] {
				t.Errorf("row %d is listed first", page[0].ID)
			}
			r.must(r.Schedule(t.Context(), time.Time{}, ids...))
			if got := r.Snapshot().Later.Rows; got != laterMany+1 {
				t.Errorf("they were read at once, %d start later", got)
			}
			r.clock = &hasty{now: then}
			if got := r.Snapshot().Later.Rows; got != 0 {
				t.Errorf("without another change %d start later still", got)
			}
		})
	}
}
