package pane

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wherry/sync/vfs"
)

func file(name string, size int64) vfs.Entry {
	return vfs.Entry{Name: name, Type: vfs.TypeFile, Size: size, ModTime: time.Unix(size, 0), HasMode: true, Mode: 0o644}
}

func dir(name string) vfs.Entry {
	return vfs.Entry{Name: name, Type: vfs.TypeDir, Size: 4096, HasMode: true, Mode: 0o755}
}

// sample is a folder with all there is.
func sample() []vfs.Entry {
	return []vfs.Entry{
		file("b10.txt", 10), file("B9.txt", 900), dir("zeta"), file("a.txt", 500),
		{Name: "link", Type: vfs.TypeLink, TargetType: vfs.TypeDir, Size: 3},
		file(".profile", 1), dir(".git"), dir("Alpha"),
	}
}

func load(m *Model, path string, entries []vfs.Entry) {
	p := vfs.MustParse(path)
	m.Load(p, NewListing(p, entries, m.Order()), "")
}

func names(m *Model) []string {
	var out []string
	for row := range m.Len() {
		out = append(out, m.Entry(row).Name)
	}
	return out
}

func selected(m *Model) string {
	var out []string
	entries, _ := m.Selected()
	for _, e := range entries {
		out = append(out, e.Name)
	}
	return strings.Join(out, " ")
}

func TestOrder(t *testing.T) {
	for outcome, tc := range map[string]struct {
		order Order
		want  string
	}{
		"names naturally, folders first": {Order{ByName, false}, "Alpha link zeta a.txt B9.txt b10.txt"},
		"names backwards, folders first": {Order{ByName, true}, "zeta link Alpha b10.txt B9.txt a.txt"},
		"sizes":                          {Order{BySize, false}, "Alpha link zeta b10.txt a.txt B9.txt"},
		"largest first":                  {Order{BySize, true}, "Alpha link zeta B9.txt a.txt b10.txt"},
		"newest first":                   {Order{ByTime, true}, "Alpha link zeta B9.txt a.txt b10.txt"},
		"permissions":                    {Order{ByMode, false}, "link Alpha zeta a.txt B9.txt b10.txt"},
	} {
		t.Run(outcome, func(t *testing.T) {
			var m Model
			load(&m, "/", sample())
			m.Sort(tc.order)
			if diff := cmp.Diff(strings.Fields(tc.want), names(&m)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNaturalOrder(t *testing.T) {
	want := []string{"", "1", "2", "10", "a", "a1", "a01b", "a2", "a10", "a10b", "a100", "b", "b1x2", "b1x10", "file 9.txt", "file 10.txt"}
	got := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(naturalKey(a), naturalKey(b)) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if naturalKey("007") != naturalKey("7") {
		t.Error("leading zeros count")
	}
}

func TestFilterAndHidden(t *testing.T) {
	for outcome, tc := range map[string]struct {
		text   string
		hidden bool
		want   string
		totals string
	}{
		"all but hidden":       {"", false, "Alpha link zeta a.txt B9.txt b10.txt", "6 items, 2 hidden"},
		"hidden too":           {"", true, ".git Alpha link zeta .profile a.txt B9.txt b10.txt", "8 items"},
		"part of a name":       {"TXT", false, "a.txt B9.txt b10.txt", "3 of 8 items"},
		"a pattern":            {"b*.t?t", false, "B9.txt b10.txt", "2 of 8 items"},
		"a pattern half typed": {"[*", false, "Alpha link zeta a.txt B9.txt b10.txt", "6 of 8 items"},
		"nothing":              {"nope", false, "", "0 of 8 items"},
	} {
		t.Run(outcome, func(t *testing.T) {
			var m Model
			load(&m, "/", sample())
			m.Narrow(tc.text)
			m.ShowHidden(tc.hidden)
			if diff := cmp.Diff(strings.Fields(tc.want), append([]string{}, names(&m)...)); diff != "" {
				t.Error(diff)
			}
			if m.Totals() != tc.totals {
				t.Errorf("totals %q", m.Totals())
			}
		})
	}
}

func TestSelectionLivesByName(t *testing.T) {
	for outcome, tc := range map[string]struct {
		do     func(m *Model)
		want   string
		cursor string
	}{
		"another order":             {func(m *Model) { m.SortBy(BySize) }, "B9.txt a.txt", "a.txt"},
		"refreshed":                 {func(m *Model) { load(m, "/", append(sample(), file("0", 1), file("aa", 1))) }, "a.txt B9.txt", "a.txt"},
		"one of them gone":          {func(m *Model) { load(m, "/", sample()[:3]) }, "B9.txt", "b10.txt"}, // the cursor keeps its row, or the last
		"filtered out and in again": {func(m *Model) { m.Narrow("b"); m.Narrow("") }, "B9.txt", "b10.txt"},
		"another folder":            {func(m *Model) { load(m, "/x", sample()) }, "", ""},
		"the one that was asked for": {func(m *Model) {
			m.Load(vfs.MustParse("/x"), NewListing(vfs.MustParse("/x"), sample(), m.Order()), "zeta")
		}, "zeta", "zeta"},
	} {
		t.Run(outcome, func(t *testing.T) {
			var m Model
			load(&m, "/", sample())
			m.Selection.Only(m.Row("B9.txt"))
			m.Selection.Toggle(m.Row("a.txt"))
			tc.do(&m)
			if got := selected(&m); got != tc.want {
				t.Errorf("selected %q, want %q", got, tc.want)
			}
			cursor := ""
			if row := m.Selection.Cursor(); row >= 0 {
				cursor = m.Entry(row).Name
			}
			if cursor != tc.cursor {
				t.Errorf("cursor on %q, want %q", cursor, tc.cursor)
			}
		})
	}
}

// TestRangeGrowsOnWhileFilesArrive: a folder is read anew again and again while
// transfers run, and Shift must go on from where it began.
func TestRangeGrowsOnWhileFilesArrive(t *testing.T) {
	var m Model
	entries := []vfs.Entry{file("b", 1), file("c", 1), file("d", 1), file("e", 1)}
	load(&m, "/", entries)
	m.Selection.Only(m.Row("b"))
	m.Selection.Extend(m.Row("c"), false)
	load(&m, "/", append(entries, file("a", 1)))
	m.Selection.Extend(m.Row("d"), false)
	if got := selected(&m); got != "b c d" {
		t.Errorf("the range is %q", got)
	}
	load(&m, "/", append(entries[1:], file("a", 1))) // where it began is gone
	m.Selection.Extend(m.Row("e"), false)
	if got := selected(&m); got != "d e" {
		t.Errorf("from the cursor it is %q", got)
	}
}

func TestTotalsOfTheSelection(t *testing.T) {
	var m Model
	load(&m, "/", append(sample(), file("big", 4_200_000)))
	m.Selection.All()
	if got := m.Totals(); got != "7 items, 2 hidden, 7 selected (4.2 MB)" {
		t.Error(got)
	}
	m.Selection.Only(m.Row("zeta"))
	if got := m.Totals(); got != "7 items, 2 hidden, 1 selected" {
		t.Error(got)
	}
}

func TestNamesThatCanBeNoPathAreShownAndNeverUsed(t *testing.T) {
	var m Model
	load(&m, "/", []vfs.Entry{file("..", 1), file("a/b", 1), file("fine", 1)})
	m.ShowHidden(true)
	m.Selection.All()
	entries, refused := m.Selected()
	if m.Len() != 3 || len(entries) != 1 || refused != 2 {
		t.Errorf("%d rows, %d usable, %d refused", m.Len(), len(entries), refused)
	}
	m.Selection.Only(m.Row(".."))
	if got := m.Chosen(); len(got) != 0 {
		t.Errorf("a command acts on %v", got)
	}
}

func TestCommandsActOnTheCursorWhenNothingIsSelected(t *testing.T) {
	var m Model
	load(&m, "/", sample())
	if got := m.Chosen(); len(got) != 0 {
		t.Errorf("chosen %v without a cursor", got)
	}
	m.Selection.Point(2)
	if got := m.Chosen(); len(got) != 1 || got[0].Name != "zeta" {
		t.Errorf("chosen %v", got)
	}
}

func TestFindGoesRound(t *testing.T) {
	var m Model
	load(&m, "/", sample())
	for outcome, tc := range map[string]struct {
		prefix string
		from   int
		want   string
	}{
		"from the top":   {"b", 0, "B9.txt"},
		"behind a row":   {"b", 5, "b10.txt"},
		"round the end":  {"al", 4, "Alpha"},
		"past the end":   {"al", 6, "Alpha"},
		"longer prefix":  {"b1", 0, "b10.txt"},
		"in either case": {"ALP", 0, "Alpha"},
	} {
		if row := m.Find(tc.prefix, tc.from); row < 0 || m.Entry(row).Name != tc.want {
			t.Errorf("%s: row %d", outcome, row)
		}
	}
	if m.Find("q", 0) != -1 || new(Model).Find("a", 0) != -1 {
		t.Error("found what is not there")
	}
}

func TestWayBackAndForward(t *testing.T) {
	var m Model
	load(&m, "/a", sample())
	m.Selection.Only(m.Row("zeta"))
	m.Leave()
	load(&m, "/a/zeta", nil)
	path, cursor, ok := m.Back()
	if !ok || path.String() != "/a" || cursor != "zeta" {
		t.Fatalf("back leads to %v on %q: %v", path, cursor, ok)
	}
	m.WentBack()
	load(&m, "/a", sample())
	if path, _, ok := m.Forward(); !ok || path.String() != "/a/zeta" {
		t.Fatalf("forward leads to %v: %v", path, ok)
	}
	m.WentForward()
	load(&m, "/a/zeta", nil)
	m.WentBack()
	m.Leave() // a new way ends the one forward
	if _, _, ok := m.Forward(); ok {
		t.Error("forward after going elsewhere")
	}
	for range 300 {
		m.Leave()
	}
	if len(m.back) != maxVisits {
		t.Errorf("%d visits kept", len(m.back))
	}
	m.Forget()
	if _, _, ok := m.Back(); ok {
		t.Error("back after forgetting")
	}
}

func manyEntries(n int) []vfs.Entry {
	r := rand.New(rand.NewPCG(1, 2))
	entries := make([]vfs.Entry, n)
	for i := range entries {
		entries[i] = file(fmt.Sprintf("Report %d of %d.txt", r.IntN(n), i), int64(r.IntN(1e6)))
	}
	return entries
}

// BenchmarkListing100k is what the worker does for a large folder.
func BenchmarkListing100k(b *testing.B) {
	entries := manyEntries(100_000)
	for b.Loop() {
		NewListing(vfs.Root(), entries, Order{})
	}
}

// BenchmarkSort100k is a click on a title, on the window's thread.
func BenchmarkSort100k(b *testing.B) {
	var m Model
	load(&m, "/", manyEntries(100_000))
	for b.Loop() {
		m.SortBy(BySize)
	}
}

// BenchmarkFilter100k is one key typed into the filter.
func BenchmarkFilter100k(b *testing.B) {
	var m Model
	load(&m, "/", manyEntries(100_000))
	for i := 0; b.Loop(); i++ {
		m.Narrow([]string{"99", "report"}[i%2])
	}
}
