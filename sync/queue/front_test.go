package queue

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/vfs/memfs"
)

// TestWhatMovesIsListedFirst, before the folders and whatever its place; then
// what asks; and pages of any size hold each of the rows once.
func TestWhatMovesIsListedFirst(t *testing.T) {
	left := []State{Waiting, Scanning, Active, Paused, Asking}
	for outcome, move := range map[string]func(*rig, ID){
		"in this process": func(r *rig, _ ID) {
			g := newGate(r.there, func(c memfs.Call) bool { return c.Op == memfs.OpWrite })
			r.t.Cleanup(r.start())
			<-g.reached
		},
		"in another process": func(r *rig, id ID) {
			r.must(r.write(r.t.Context(), cheap, func() error {
				_, err := r.s.exec(r.t.Context(), `UPDATE rows SET state = 'active' WHERE id = ?`, int64(id))
				return err
			}))
		},
		"but nothing does": nil,
	} {
		t.Run(outcome, func(t *testing.T) {
			r, _ := planted(t)
			var ids []ID
			for i := range 4 {
				name := fmt.Sprintf("/m%d", i)
				r.here.Put(name, "1", when)
				ids = append(ids, r.add(up(name))...)
			}
			r.must(r.Schedule(t.Context(), when.AddDate(1, 0, 0), ids[0]))
			want := []string{"/t/sub/asking", "/t", "/t/sub", "/t/sub/paused", "/m1", "/m2", "/m3", "/m0"}
			if move != nil {
				want = []string{"/m1", "/t/sub/asking", "/t", "/t/sub", "/t/sub/paused", "/m2", "/m3", "/m0"}
				move(r, ids[1])
			}
			f := Filter{States: left, ActiveFirst: true, LaterLast: true}
			for size := 1; size <= len(want)+1; size++ {
				var got []string
				for offset := 0; offset <= len(want); offset += size {
					page, err := r.List(t.Context(), f, offset, size)
					r.must(err)
					for _, item := range page {
						got = append(got, item.Source.Path.String())
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("in pages of %d (-want +got):\n%s", size, diff)
				}
			}
			f = Filter{States: []State{Waiting}, ActiveFirst: true}
			page, err := r.List(t.Context(), f, 0, 10)
			r.must(err)
			for _, item := range page {
				if item.State != Waiting {
					t.Errorf("of those that wait it lists %s, which is %s", item.Source.Path, item.State)
				}
			}
		})
	}
}

// TestManyQuestionsLeaveRoomForTheRest: beyond MaxAsking they stay in their place.
func TestManyQuestionsLeaveRoomForTheRest(t *testing.T) {
	r, ids := taken(t, MaxAsking+2, nil)
	r.drain()
	first := r.add(many(0, 1)...)[0]
	r.must(r.MoveTop(t.Context(), first))
	page, err := r.List(t.Context(), Filter{States: []State{Waiting, Asking}, ActiveFirst: true}, MaxAsking-1, 4)
	r.must(err)
	var got []ID
	for _, item := range page {
		got = append(got, item.ID)
	}
	if diff := cmp.Diff([]ID{ids[MaxAsking-1], first, ids[MaxAsking], ids[MaxAsking+1]}, got); diff != "" {
		t.Errorf("around the last of those asked about (-want +got):\n%s", diff)
	}
}

// BenchmarkActiveFirstOf200k is what a page of the window's list costs while
// some files move.
func BenchmarkActiveFirstOf200k(b *testing.B) {
	q, _, err := Open(b.Context(), Config{File: b.TempDir() + "/queue.db", Open: nowhere})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = q.Close() }()
	if _, err := q.Add(b.Context(), many(0, huge)...); err != nil {
		b.Fatal(err)
	}
	if err := q.write(b.Context(), cheap, func() error {
		_, err := q.s.exec(b.Context(), `UPDATE rows SET state = 'active' WHERE id IN (7, 70, 700, 7000)`)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	for outcome, offset := range map[string]int{"first": 0, "last": huge - 200} {
		for _, first := range []bool{false, true} {
			f := Filter{States: []State{Waiting, Active, Paused, Asking, Scanning}, LaterLast: true, ActiveFirst: first}
			b.Run(fmt.Sprintf("%s/%v", outcome, first), func(b *testing.B) {
				for b.Loop() {
					if page, err := q.List(b.Context(), f, offset, 128); err != nil || len(page) != 128 {
						b.Fatal(len(page), err)
					}
				}
			})
		}
	}
}
