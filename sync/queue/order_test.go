package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// names lists the rows that have not ended, in the order of the list.
func (r *rig) names() (out []string) {
	r.t.Helper()
	for _, item := range r.items() {
		if !isEnd(item.State) {
			out = append(out, item.Source.Path.String())
		}
	}
	return out
}

// TestRowsAreTakenInThePersonsOrder: what the list shows is what is done.
func TestRowsAreTakenInThePersonsOrder(t *testing.T) {
	for outcome, tc := range map[string]struct {
		do   func(r *rig, id map[string]ID) error
		want string
	}{
		"as added":                   {func(*rig, map[string]ID) error { return nil }, "/a /b /c /d /e"},
		"top":                        {func(r *rig, id map[string]ID) error { return r.MoveTop(r.t.Context(), id["/d"]) }, "/d /a /b /c /e"},
		"two to the top keep order":  {func(r *rig, id map[string]ID) error { return r.MoveTop(r.t.Context(), id["/e"], id["/c"]) }, "/c /e /a /b /d"},
		"bottom":                     {func(r *rig, id map[string]ID) error { return r.MoveBottom(r.t.Context(), id["/a"], id["/c"]) }, "/b /d /e /a /c"},
		"before one of the same job": {func(r *rig, id map[string]ID) error { return r.MoveBefore(r.t.Context(), id["/b"], id["/e"], id["/c"]) }, "/a /c /e /b /d"},
		"before one of another job":  {func(r *rig, id map[string]ID) error { return r.MoveBefore(r.t.Context(), id["/d"], id["/a"]) }, "/b /c /a /d /e"},
		"before the first":           {func(r *rig, id map[string]ID) error { return r.MoveBefore(r.t.Context(), id["/a"], id["/b"]) }, "/b /a /c /d /e"},
		"high comes first, low last": {func(r *rig, id map[string]ID) error {
			r.must(r.SetPriority(r.t.Context(), Low, id["/a"]))
			return r.SetPriority(r.t.Context(), High, id["/e"])
		}, "/e /b /c /d /a"},
		"top is within the priority": {func(r *rig, id map[string]ID) error {
			r.must(r.SetPriority(r.t.Context(), High, id["/e"]))
			return r.MoveTop(r.t.Context(), id["/c"])
		}, "/e /c /a /b /d"},
		"before takes the priority": {func(r *rig, id map[string]ID) error {
			r.must(r.SetPriority(r.t.Context(), High, id["/e"]))
			return r.MoveBefore(r.t.Context(), id["/e"], id["/b"])
		}, "/b /e /a /c /d"},
		"what is added later is last": {func(r *rig, id map[string]ID) error {
			r.must(r.MoveBottom(r.t.Context(), id["/a"]))
			r.here.Put("/z", "", when)
			r.add(up("/z"))
			return nil
		}, "/b /c /d /e /a /z"},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
			id := map[string]ID{}
			for _, job := range [][]string{{"/a", "/b", "/c"}, {"/d", "/e"}} {
				var requests []Request
				for _, name := range job {
					r.here.Put(name, "", when)
					requests = append(requests, up(name))
				}
				for i, n := range r.add(requests...) {
					id[job[i]] = n
				}
			}
			r.must(tc.do(r, id))
			if got := strings.Join(r.names(), " "); got != tc.want {
				t.Errorf("listed %s, want %s", got, tc.want)
			}
			r.drain()
			if got := strings.Join(r.began(), " "); got != tc.want {
				t.Errorf("done %s, want %s", got, tc.want)
			}
		})
	}
}

// began lists the sources in the order in which their transfers started.
func (r *rig) began() (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.Type == EventStarted {
			out = append(out, e.Item.Source.Path.String())
		}
	}
	return out
}

func TestMovesThatCannotBe(t *testing.T) {
	r := newRig(t, nil)
	r.here.Put("/a", "", when)
	done := r.add(up("/a"))[0]
	r.drain()
	ids := r.add(up("/b"), up("/c"))
	for outcome, tc := range map[string]struct {
		other ID
		ids   []ID
		want  vfs.Kind
	}{
		"before a row that is not there": {4711, ids[:1], vfs.KindNotFound},
		"before one that has ended":      {done, ids[:1], vfs.KindNotFound},
		"before itself":                  {ids[0], ids, vfs.KindUnsupported},
	} {
		if err := r.MoveBefore(t.Context(), tc.other, tc.ids...); vfs.KindOf(err) != tc.want {
			t.Errorf("%s: %v", outcome, err)
		}
	}
	if got := r.names(); !slices.Equal(got, []string{"/b", "/c"}) {
		t.Errorf("rows %v", got)
	}
}

// TestAFolderTakesItsContentAlong, also what is found in it later.
func TestAFolderTakesItsContentAlong(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
	r.here.Put("/a", "", when)
	r.here.Put("/t/x", "", when)
	r.here.Put("/t/sub/y", "", when)
	ids := r.add(up("/a"), upDir("/t"))
	r.must(r.SetPriority(t.Context(), High, ids[1]))
	// The folder is moved once more while it is being read.
	var once sync.Once
	var moved error
	r.here.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpList {
			once.Do(func() { moved = r.SetPriority(t.Context(), Low, ids[1]) })
		}
		return nil
	})
	r.drain()
	r.must(moved)
	for _, item := range r.items() {
		if want := map[bool]Priority{true: Normal, false: Low}[item.Source.Path.String() == "/a"]; item.Priority != want {
			t.Errorf("%s has priority %d", item.Source.Path, item.Priority)
		}
	}
}

// TestOrderAgainstAModel moves rows at random and compares the list with
// slices in which the same was done, one for each priority.
func TestOrderAgainstAModel(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(seed, 9))
			r := newRig(t, nil)
			model := map[Priority][]ID{}
			n := 0
			for range 120 {
				var ids []ID
				for _, p := range []Priority{High, Normal, Low} {
					for _, id := range model[p] {
						if dice.IntN(4) == 0 {
							ids = append(ids, id)
						}
					}
				}
				r.orderStep(dice, model, ids, &n)
				var want, got []ID
				for _, p := range []Priority{High, Normal, Low} {
					want = append(want, model[p]...)
				}
				for _, item := range r.items() {
					got = append(got, item.ID)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("rows (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// orderStep does one thing to the queue and to the model.
func (r *rig) orderStep(dice *rand.Rand, model map[Priority][]ID, ids []ID, n *int) {
	r.t.Helper()
	ctx := r.t.Context()
	isPicked := func(id ID) bool { return slices.Contains(ids, id) }
	pick := func(p Priority) (picked, rest []ID) {
		for _, id := range model[p] {
			if isPicked(id) {
				picked = append(picked, id)
			} else {
				rest = append(rest, id)
			}
		}
		return picked, rest
	}
	switch dice.IntN(8) {
	case 0:
		var requests []Request
		for range 1 + dice.IntN(4) {
			*n++
			requests = append(requests, up(fmt.Sprint("/", *n)))
		}
		model[Normal] = append(model[Normal], r.add(requests...)...)
	case 1, 2:
		r.must(r.MoveTop(ctx, ids...))
		for p := range model {
			picked, rest := pick(p)
			model[p] = append(picked, rest...)
		}
	case 3:
		r.must(r.MoveBottom(ctx, ids...))
		for p := range model {
			picked, rest := pick(p)
			model[p] = append(rest, picked...)
		}
	case 4:
		p := Priority(dice.IntN(3) - 1)
		r.must(r.SetPriority(ctx, p, ids...))
		r.reprioritised(model, p, ids)
	default:
		p := Priority(dice.IntN(3) - 1)
		if len(model[p]) == 0 {
			return
		}
		other := model[p][dice.IntN(len(model[p]))]
		ids = slices.DeleteFunc(ids, func(id ID) bool { return id == other })
		r.must(r.MoveBefore(ctx, other, ids...))
		var moved []ID
		for _, from := range []Priority{High, Normal, Low} {
			picked, rest := pick(from)
			model[from], moved = rest, append(moved, picked...)
		}
		model[p] = slices.Insert(model[p], slices.Index(model[p], other), moved...)
	}
}

// reprioritised takes over from the list where among those of the new
// priority the rows came to stand, having checked that nobody else moved.
func (r *rig) reprioritised(model map[Priority][]ID, p Priority, ids []ID) {
	r.t.Helper()
	before := slices.Clone(model[p])
	for from := range model {
		model[from] = slices.DeleteFunc(model[from], func(id ID) bool { return from != p && slices.Contains(ids, id) })
	}
	model[p] = nil
	for _, item := range r.items() {
		if item.Priority == p {
			model[p] = append(model[p], item.ID)
		}
	}
	kept := slices.DeleteFunc(slices.Clone(model[p]), func(id ID) bool { return !slices.Contains(before, id) })
	if !slices.Equal(kept, before) {
		r.t.Fatalf("those that had the priority stood as %v, now %v", before, kept)
	}
}

// TestThereIsAlwaysRoom: more moves to one place than the ranks between two
// jobs can tell apart.
func TestThereIsAlwaysRoom(t *testing.T) {
	r := newRig(t, nil)
	first := r.add(up("/a"))[0]
	want := []ID{r.add(up("/b"))[0]}
	for i := range 80 {
		id := r.add(up(fmt.Sprint("/", i)))[0]
		r.must(r.MoveBefore(t.Context(), want[0], id))
		want = append([]ID{id}, want...)
	}
	var got []ID
	for _, item := range r.items() {
		got = append(got, item.ID)
	}
	if diff := cmp.Diff(append([]ID{first}, want...), got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestTakingARowReadsNoOther: the first of 200,000 rows costs what the first
// of ten does, by whatever index of the line. What comes behind all rows of a
// pair is found by going there (SeekGT), not by reading them (SeekGE).
func TestTakingARowReadsNoOther(t *testing.T) {
	r := newRig(t, nil)
	explain := func(kind, query string, column int) (told []string) {
		r.s.mu.Lock()
		defer r.s.mu.Unlock()
		rows, err := r.s.conn.QueryContext(t.Context(), kind+query, []any{"a", "b"}[:strings.Count(query, "?")]...)
		r.must(err)
		defer rows.Close()
		names, err := rows.Columns()
		r.must(err)
		for rows.Next() {
			row := make([]any, len(names))
			for i := range row {
				row[i] = new(any)
			}
			r.must(rows.Scan(row...))
			told = append(told, fmt.Sprint(*row[column].(*any)))
		}
		return told
	}
	for _, query := range []string{files.first, files.beside, files.next, scans.first, scans.beside, scans.next, sweeps.first} {
		for _, detail := range explain(`EXPLAIN QUERY PLAN `, query, 3) {
			if strings.Contains(detail, "B-TREE") || !strings.Contains(detail, "INDEX") {
				t.Errorf("%s: %s", query, detail)
			}
		}
		if steps := explain(`EXPLAIN `, query, 1); strings.Contains(query, ">") && strings.Contains(query, "?") && !slices.Contains(steps, "SeekGT") {
			t.Errorf("%s: %v", query, steps)
		}
	}
}

// TestAFullSiteHoldsUpNoOther: rows of a second site do not wait behind a site
// that takes one transfer at a time, though they are behind in the list.
func TestAFullSiteHoldsUpNoOther(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Tuning.Workers = 3
		c.PerSite = func(id site.ID) int { return map[site.ID]int{remote: 1}[id] }
	})
	g := newGate(r.there, func(c memfs.Call) bool { return c.Op == memfs.OpCreate })
	var requests []Request
	for _, name := range []string{"/a", "/b", "/c"} {
		r.here.Put(name, "x", when)
		requests = append(requests, up(name))
	}
	elsewhere := up("/a")
	elsewhere.Target = Place{Site: other, Path: vfs.MustParse("/elsewhere")}
	across := elsewhere
	across.Source.Site, across.Target.Path = remote, vfs.MustParse("/across")
	r.there.Put("/a", "x", when)
	ids := r.add(append(requests, elsewhere, across)...)
	stop := r.start()
	<-g.reached
	r.await("end of the other site's row", func() bool { return r.item(ids[3]).State == Done })
	r.must(r.refresh(t.Context())) // for which Snapshot does not wait
	if active := r.Snapshot().Count[Active]; active != 1 {
		t.Errorf("%d rows move", active)
	}
	wantStates(t, r, "/a: active", "/b: waiting", "/c: waiting", "/a: done", "/a: waiting")
	stop()
	r.there.SetHook(nil)
	r.drain()
	if count := r.Snapshot().Count; count[Done] != 5 {
		t.Errorf("rows %v", count)
	}
}
