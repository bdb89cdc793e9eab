package queue

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// BenchmarkSmallFiles is what the queue adds to each of 2,000 small files in
// 40 folders: the file systems are in memory and cost next to nothing.
func BenchmarkSmallFiles(b *testing.B) {
	const folders, each = 40, 50
	for _, where := range []string{"memory", "disk"} {
		b.Run(where, func(b *testing.B) {
			here := memfs.New()
			for f := range folders {
				for n := range each {
					here.Put(fmt.Sprintf("/t/%02d/%04d", f, n), "some bytes", when)
				}
			}
			n := 0
			for b.Loop() {
				n++
				there := memfs.New()
				there.PutDir("/in")
				file := Memory
				if where == "disk" {
					file = fmt.Sprintf("%s/queue-%d.db", b.TempDir(), n)
				}
				q, _, err := Open(b.Context(), Config{File: file, Open: func(_ context.Context, id site.ID) (vfs.FS, error) {
					if id == site.Local {
						return here, nil
					}
					return there, nil
				}})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := q.Add(b.Context(), upDir("/t")); err != nil {
					b.Fatal(err)
				}
				if err := q.Drain(b.Context()); err != nil {
					b.Fatal(err)
				}
				if got := q.Snapshot().Count[Done]; got != folders*each+folders+1 {
					b.Fatal(got)
				}
				if err := q.Close(); err != nil {
					b.Fatal(err)
				}
			}
			runtime.GC()
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n)/(folders*each), "µs/file")
		})
	}
}
