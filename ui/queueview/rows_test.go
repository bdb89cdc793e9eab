package queueview

import (
	"strings"
	"testing"
	"time"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
)

// A row names source and target in columns of their own, and its reason may be
// cut at the end: what happened has to stand first.
func TestAReasonBeginsWithWhatHappened(t *testing.T) {
	path := func(text string) vfs.Path {
		p, err := vfs.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	up := queue.Item{
		Source: queue.Place{Site: site.Local, Path: path("/home/anna/a.txt")}, Target: queue.Place{Site: "shop", Path: path("/www/a.txt")},
		State: queue.Failed,
	}
	alike := up
	alike.Target.Path = alike.Source.Path
	skipped := up
	skipped.State = queue.Skipped
	for name, c := range map[string]struct {
		item    queue.Item
		kind    vfs.Kind
		about   string
		message string
		want    string
	}{
		"what the server refused":          {up, vfs.KindPermission, "/www/a.txt", "create /www/a.txt: permission denied: 553 Could not create file.", `Permission denied: the server answered "553 Could not create file."`},
		"which side it was":                {up, vfs.KindNotFound, "/home/anna/a.txt", "", "The source does not exist."},
		"the source where nothing is said": {up, vfs.KindLost, "", "", "The connection broke while working on the source."},
		"both sides have the same path":    {alike, vfs.KindNotFound, "/home/anna/a.txt", "", "The file does not exist."},
		"a host keeps its name":            {up, vfs.KindTimeout, "ftp.example.org", "", "ftp.example.org did not answer in time."},
		"another path keeps its name":      {up, vfs.KindNotDir, "/www", "", `"/www" is a file, where a folder is needed.`},
		"skipped by the rule":              {skipped, vfs.KindOther, "", string(transfer.Newer), "Skipped: the target is newer."},
		"skipped for what the source is":   {skipped, vfs.KindOther, "", "not a file, a folder or a link", "Skipped: not a file, a folder or a link."},
	} {
		t.Run(name, func(t *testing.T) {
			it := c.item
			it.Kind, it.About, it.Message = c.kind, c.about, c.message
			if got := reason(it); !strings.HasPrefix(got, c.want) {
				t.Errorf("it says %q", got)
			}
		})
	}
}

// TestBriefRowsShowNoBar: of thousands of small files each is seen for a moment
// only, and a bar that is empty and then full says nothing.
func TestBriefRowsShowNoBar(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	for outcome, c := range map[string]struct {
		done  int64
		after time.Duration
		brief bool
	}{
		"one that just began":           {0, 0, true},
		"one whose bytes moved at once": {100, 400 * time.Millisecond, true},
		"one that is on its way":        {40, 0, false},
		"one that waits for its end":    {100, 2 * time.Second, false},
		"one that does not move":        {0, 2 * time.Second, false},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRows(1, queue.Active)
			r.items[0].Done = c.done
			m := NewModel(Left)
			m.Watch(r.Snapshot(), now)
			m.Watch(r.Snapshot(), now.Add(c.after))
			if got := m.Brief(r.items[0], now.Add(c.after)); got != c.brief {
				t.Errorf("brief: %t", got)
			}
		})
	}
}

func TestARowThatIsBriefSaysNothingYet(t *testing.T) {
	r := newRows(1, queue.Active)
	v, l := show(t, r, Left)
	if got := v.Row(0); got.Fraction >= 0 || got.Cells[4] != "" || got.Cells[6] != "" {
		t.Errorf("it shows %v, %v", got.Fraction, got.Cells)
	}
	l.Advance(briefly)
	take(t, v, l, r)
	if got := v.Row(0); got.Fraction != 0 || got.Cells[4] != "0%" {
		t.Errorf("after a while it shows %v, %v", got.Fraction, got.Cells)
	}
}

// TestARetriedRowIsShownUntilTheListIsReadAnew, in the columns of the list that it
// leaves.
func TestARetriedRowIsShownUntilTheListIsReadAnew(t *testing.T) {
	for _, tc := range []struct {
		tab   Tab
		state queue.State
	}{{Lost, queue.Failed}, {Over, queue.Skipped}} {
		t.Run(tc.tab.Title, func(t *testing.T) {
			r := newRows(2, tc.state)
			v, _ := show(t, r, tc.tab)
			r.items[0].State = queue.Active
			r.seq++
			v.Take(r.Snapshot())
			if got := v.Row(0); got.Cells[0] != "file-00000" || got.Fraction >= 0 {
				t.Errorf("it shows %v, %q", got.Fraction, got.Cells)
			}
		})
	}
}

// TestARowThatMovedIsWhereItWasReadLast and not on a page that is out of date.
func TestARowThatMovedIsWhereItWasReadLast(t *testing.T) {
	r := newRows(2*pageSize, queue.Waiting)
	m := NewModel(Left)
	m.Take(r.Snapshot())
	for range 20 { // a map has no order
		m.Put(0, 1, r.items[:pageSize])
		m.Put(pageSize, 2, r.items[pageSize-1:2*pageSize-1])
		if got := m.RowOf(r.items[pageSize-1].ID); got != pageSize {
			t.Fatalf("it is row %d", got)
		}
	}
}
