package queue

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"
	"time"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// many are n requests as a person's folder gives them, from number first on.
func many(first, n int) []Request {
	out := make([]Request, n)
	for i := range out {
		name := fmt.Sprintf("/home/somebody/pictures/2024/holiday in the north/raw/IMG_%08d.jpeg", first+i)
		out[i] = Request{
			Source: Place{Path: vfs.MustParse(name)}, Target: Place{Site: "0123456789abcdef0123456789abcdef", Path: vfs.MustParse(name)},
			Type: vfs.TypeFile, Size: 4 << 20, Exists: transfer.Overwrite,
		}
	}
	return out
}

// TestMemoryDoesNotGrowWithTheQueue: what is in the journal is not in memory.
// SQLite's own share is bounded by its cache_size.
func TestMemoryDoesNotGrowWithTheQueue(t *testing.T) {
	r := newDiskRig(t)
	heap := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	fill := func(first, n int) {
		for from := 0; from < n; from += chunk {
			r.add(many(first+from, chunk)...)
		}
		if _, err := r.List(t.Context(), Filter{}, 0, 100); err != nil {
			t.Fatal(err)
		}
		if got := r.Snapshot().Count[Waiting]; got != first+n {
			t.Fatalf("%d rows are waiting", got)
		}
	}
	fill(0, 2*chunk)
	before := heap()
	const rows = 6 * chunk
	fill(2*chunk, rows)
	if grown := heap() - before; grown > rows*20 {
		t.Errorf("%d rows took %d bytes of the heap", rows, grown)
	}
	var cache int
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.must(r.s.row(t.Context(), `PRAGMA cache_size`).Scan(&cache))
	if cache != -8000 {
		t.Errorf("the cache is %d", cache)
	}
}

// TestListPages: pages do not overlap and leave nothing out, with each filter.
func TestListPages(t *testing.T) {
	r, _ := planted(t)
	r.add(many(0, 30)...)
	for outcome, tc := range map[string]struct {
		f    Filter
		want int
	}{
		"everything":                 {Filter{}, 37},
		"one state":                  {Filter{States: []State{Waiting}}, 30},
		"several states":             {Filter{States: []State{Failed, Paused, Waiting}}, 32},
		"requests only":              {Filter{TopLevel: true}, 31},
		"requests in several states": {Filter{States: []State{Done, Active, Waiting}, TopLevel: true}, 31},
		"none":                       {Filter{States: []State{Scanning}}, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			seen := map[ID]bool{}
			for offset := 0; ; offset += 10 {
				page, err := r.List(t.Context(), tc.f, offset, 10)
				r.must(err)
				for _, item := range page {
					if seen[item.ID] {
						t.Errorf("row %d is listed twice", item.ID)
					}
					seen[item.ID] = true
				}
				if len(page) < 10 {
					break
				}
			}
			if len(seen) != tc.want {
				t.Errorf("%d rows, want %d", len(seen), tc.want)
			}
			ids, err := r.IDs(t.Context(), tc.f)
			r.must(err)
			if want := slices.Sorted(maps.Keys(seen)); !slices.Equal(ids, want) {
				t.Errorf("their IDs are %v, in pages they are %v", ids, want)
			}
		})
	}
}

// TestListFinds rows by their paths, and the newest first.
func TestListFinds(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Tuning.Workers = 1 })
	clock := &manual{now: when, due: make(chan time.Time)}
	r.clock = clock
	for _, name := range []string{"/in/Report.pdf", "/in/\xffother", "/100%_", "/last"} {
		r.here.Put(name, "x", when)
		r.add(up(name))
		clock.advance(time.Minute)
		r.drain()
	}
	r.here.Fail("open", "/report.txt", -1, vfs.KindPermission)
	r.here.Put("/report.txt", "x", when)
	r.add(up("/report.txt"))
	r.drain()
	done := []State{Done}
	for outcome, tc := range map[string]struct {
		f    Filter
		want []string
	}{
		"the newest first":           {Filter{States: done, Newest: true}, []string{"/last", "/100%_", "/in/\xffother", "/in/Report.pdf"}},
		"whatever the case":          {Filter{States: done, Newest: true, Find: "rePORT"}, []string{"/in/Report.pdf"}},
		"in every state":             {Filter{Find: "report"}, []string{"/in/Report.pdf", "/report.txt"}},
		"in a name of any bytes":     {Filter{Find: "other"}, []string{"/in/\xffother"}},
		"signs stand for themselves": {Filter{Find: "%_"}, []string{"/100%_"}},
		"nothing":                    {Filter{States: done, Find: "x*"}, nil},
	} {
		t.Run(outcome, func(t *testing.T) {
			found, err := r.List(t.Context(), tc.f, 0, 10)
			r.must(err)
			var got []string
			for _, item := range found {
				got = append(got, item.Source.Path.String())
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("found %q, want %q", got, tc.want)
			}
		})
	}
}

// huge is the queue that the figures of the benchmarks are for.
const huge = 200_000

func BenchmarkEnqueue200k(b *testing.B) {
	requests := many(0, huge)
	for b.Loop() {
		benchQueue(b, b.TempDir()+"/queue.db", requests)
	}
}

func benchQueue(b *testing.B, file string, requests []Request) {
	b.Helper()
	q, _, err := Open(b.Context(), Config{File: file, Open: nowhere})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := q.Add(b.Context(), requests...); err != nil {
		b.Fatal(err)
	}
	if err := q.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkWith200kRows(b *testing.B) {
	file := b.TempDir() + "/queue.db"
	benchQueue(b, file, many(0, huge))
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			benchQueue(b, file, nil)
		}
	})
	q, _, err := Open(b.Context(), Config{File: file, Open: nowhere})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = q.Close() }()
	for outcome, f := range map[string]Filter{
		"all": {}, "waiting": {States: []State{Waiting}}, "unfinished": {States: []State{Waiting, Active, Paused, Asking, Scanning}}, "top": {TopLevel: true},
	} {
		for _, offset := range []int{0, huge - 200} {
			b.Run(fmt.Sprintf("page/%s/%d", outcome, offset), func(b *testing.B) {
				for b.Loop() {
					if page, err := q.List(b.Context(), f, offset, 100); err != nil || len(page) != 100 {
						b.Fatal(len(page), err)
					}
				}
			})
		}
	}
	b.Run("snapshot after a change", func(b *testing.B) {
		for b.Loop() {
			q.changed()
			_ = q.Snapshot()
		}
	})
}

// BenchmarkChange200k is what a person waits for who changes that many rows in
// one write.
func BenchmarkChange200k(b *testing.B) {
	do := map[string]func(q *Queue, ids []ID) error{
		"pause":  func(q *Queue, ids []ID) error { return q.Pause(b.Context(), ids...) },
		"resume": func(q *Queue, ids []ID) error { return q.Resume(b.Context(), ids...) },
		"fail": func(q *Queue, _ []ID) error {
			return q.write(b.Context(), durable, func() error {
				_, err := q.s.exec(b.Context(), `UPDATE rows SET state = 'failed', ended = 1`)
				return err
			})
		},
		"retry":  func(q *Queue, ids []ID) error { return q.Retry(b.Context(), ids...) },
		"clear":  func(q *Queue, _ []ID) error { return q.Clear(b.Context(), Waiting) },
		"cancel": func(q *Queue, ids []ID) error { return q.Cancel(b.Context(), ids...) },
	}
	for outcome, steps := range map[string][]string{
		"paused and resumed": {"pause", "resume"}, "retried": {"fail", "retry"}, "cleared": {"clear"}, "cancelled": {"cancel"},
	} {
		b.Run(outcome, func(b *testing.B) {
			took := map[string]time.Duration{}
			n := 0
			for b.Loop() {
				n++
				q, _, err := Open(b.Context(), Config{File: fmt.Sprintf("%s/%d.db", b.TempDir(), n), Open: nowhere})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := q.Add(b.Context(), many(0, huge)...); err != nil {
					b.Fatal(err)
				}
				for _, step := range steps {
					begun := time.Now()
					ids, err := q.IDs(b.Context(), Filter{})
					if err != nil {
						b.Fatal(err)
					}
					if err := do[step](q, ids); err != nil {
						b.Fatal(err)
					}
					took[step] += time.Since(begun)
				}
				if err := q.Close(); err != nil {
					b.Fatal(err)
				}
			}
			for step, d := range took {
				b.ReportMetric(d.Seconds()/float64(n), "s/"+step)
			}
		})
	}
}

// BenchmarkTwins200k is what one folder of that many costs where names fold.
func BenchmarkTwins200k(b *testing.B) {
	entries := make([]vfs.Entry, huge)
	for i := range entries {
		entries[i].Name = fmt.Sprintf("IMG_%08d Ärger.jpeg", i)
	}
	can := vfs.Features{FoldsCase: true, FoldsForm: true}
	for b.Loop() {
		if found := twins(entries, can); len(found) > 0 {
			b.Fatal(len(found))
		}
	}
}

// BenchmarkOccupied is what each row costs that is taken while ten are in work.
func BenchmarkOccupied(b *testing.B) {
	q := &Queue{running: map[ID]*work{}}
	rows := many(0, 11)
	for i, r := range rows {
		q.running[ID(i)] = &work{row: row{Item: Item{ID: ID(i), Type: r.Type, Target: r.Target}}, names: likes(r.Target.Path)}
	}
	next := q.running[10].row
	delete(q.running, 10)
	for b.Loop() {
		if q.isOccupied(next) {
			b.Fatal("another row has its target")
		}
	}
}

func nowhere(context.Context, site.ID) (vfs.FS, error) {
	return nil, &vfs.Error{Op: "open", Kind: vfs.KindRefused}
}
