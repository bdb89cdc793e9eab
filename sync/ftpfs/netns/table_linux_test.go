package netns

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// table collects what the clients have seen, and is printed at the end of its
// test: how long people wait is for people to judge.
type table struct {
	mu   sync.Mutex
	rows []string // guarded
}

// newTable belongs to a test whose subtests add to it.
func newTable(t *testing.T, head ...string) *table {
	all := &table{}
	t.Cleanup(func() {
		if len(all.rows) == 0 {
			return // a client's process has none of its own
		}
		slices.Sort(all.rows)
		t.Log(line(head...))
		t.Log("|" + strings.Repeat("---|", len(head)))
		for _, row := range all.rows {
			t.Log(row)
		}
	})
	return all
}

// add takes the rows out of what a client has printed.
func (all *table) add(printed string) {
	all.mu.Lock()
	defer all.mu.Unlock()
	for text := range strings.Lines(printed) {
		if _, cells, ok := strings.Cut(strings.TrimSpace(text), ": | "); ok {
			all.rows = append(all.rows, "| "+cells)
		}
	}
}

// row prints the test's row.
func row(t *testing.T, cells ...string) {
	t.Helper()
	name := strings.ReplaceAll(path.Base(t.Name()), "_", " ")
	t.Log(line(append([]string{name}, cells...)...))
}

// row is one of a person's first three clicks.
func (d *desk) row(via string, t took) {
	d.t.Helper()
	row(d.t, via, seconds(t.list), seconds(t.put), seconds(t.get))
}

func line(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |" }

func seconds(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", d.Seconds())
}
