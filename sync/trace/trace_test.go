package trace_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"wherry/sync/trace"
)

func texts(lines []trace.Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Text)
	}
	return strings.Join(all, " ")
}

func TestTheNewestLinesAreHeld(t *testing.T) {
	for outcome, tc := range map[string]struct {
		size, added int
		since       uint64
		want        string
		next        uint64
	}{
		"none":                          {3, 0, 0, "", 0},
		"fewer than it holds":           {3, 2, 0, "0 1", 2},
		"as many as it holds":           {3, 3, 0, "0 1 2", 3},
		"the oldest give way":           {3, 5, 0, "2 3 4", 5},
		"only those not yet seen":       {3, 5, 4, "4", 5},
		"all seen":                      {3, 5, 5, "", 5},
		"asked beyond the end":          {3, 5, 99, "", 5},
		"missed ones are skipped":       {2, 9, 3, "7 8", 9},
		"a ring of one":                 {1, 4, 0, "3", 4},
		"a ring of none is one of one":  {0, 4, 0, "3", 4},
		"a ring of less is one as well": {-7, 4, 0, "3", 4},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := trace.NewRing(tc.size, nil)
			for i := range tc.added {
				r.Add(trace.Line{Text: fmt.Sprint(i)})
			}
			lines, next := r.Since(tc.since)
			if texts(lines) != tc.want || next != tc.next {
				t.Fatalf("%q and %d, want %q and %d", texts(lines), next, tc.want, tc.next)
			}
		})
	}
}

func TestALineIsStampedOnce(t *testing.T) {
	r := trace.NewRing(2, nil)
	when := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	r.Add(trace.Line{Time: when})
	r.Add(trace.Line{})
	lines, _ := r.Since(0)
	if !lines[0].Time.Equal(when) || lines[1].Time.IsZero() {
		t.Fatalf("times %v and %v", lines[0].Time, lines[1].Time)
	}
}

func TestWhatWasHandedOutStaysAsItWas(t *testing.T) {
	r := trace.NewRing(2, nil)
	r.Add(trace.Line{Text: "first"})
	lines, _ := r.Since(0)
	for range 5 {
		r.Add(trace.Line{Text: "later"})
	}
	if texts(lines) != "first" {
		t.Fatalf("it became %q", texts(lines))
	}
}

func TestALongLineIsCut(t *testing.T) {
	for outcome, text := range map[string]string{
		"as long as allowed":    strings.Repeat("x", trace.MaxText),
		"longer":                strings.Repeat("x", trace.MaxText+1),
		"through a character":   "x" + strings.Repeat("ä", trace.MaxText),
		"through an emoji":      "xyz" + strings.Repeat("\U0001F6F6", trace.MaxText),
		"through bytes of none": strings.Repeat("\x80", 2*trace.MaxText),
	} {
		t.Run(outcome, func(t *testing.T) {
			r := trace.NewRing(1, nil)
			r.Add(trace.Line{Text: text})
			lines, _ := r.Since(0)
			got, cut := strings.CutSuffix(lines[0].Text, "…")
			if cut != (len(text) > trace.MaxText) || !strings.HasPrefix(text, got) || len(got) > trace.MaxText || len(got) < min(len(text), trace.MaxText-3) {
				t.Fatalf("%d bytes of %d are left, cut %v", len(got), len(text), cut)
			}
			if utf8.ValidString(text) && !utf8.ValidString(got) {
				t.Fatal("a character is cut through")
			}
		})
	}
}

func TestAWrittenLineCannotSteerATerminal(t *testing.T) {
	var out bytes.Buffer
	r := trace.NewRing(1, &out)
	r.Add(trace.Line{
		Time: time.Date(2024, 1, 2, 3, 4, 5, 6_000_000, time.UTC), Session: 7,
		Dir: trace.Received, Text: "220 \x1b[2Jhello\r\nforged\u202e",
	})
	want := `2024-01-02 03:04:05.006 [7] <- 220 \u{001b}[2Jhello\u{000d}\u{000a}forged\u{202e}` + "\n"
	if out.String() != want {
		t.Fatalf("%q, want %q", out.String(), want)
	}
}

func TestEachDirectionHasItsMark(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range []trace.Direction{trace.Status, trace.Sent, trace.Received, trace.Trouble} {
		if mark := d.String(); len(mark) != 2 || seen[mark] {
			t.Errorf("%d has the mark %q", d, mark)
		}
		seen[d.String()] = true
	}
}

// fullDisk takes n lines and then no more.
type fullDisk struct{ left, tried int }

var errFull = errors.New("full")

func (d *fullDisk) Write(p []byte) (int, error) {
	d.tried++
	if d.left--; d.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFileThatFailsIsLeftAndTheRingGoesOn(t *testing.T) {
	disk := &fullDisk{left: 2}
	r := trace.NewRing(10, disk)
	for i := range 5 {
		if i == 2 && r.Err() != nil {
			t.Errorf("an error before there was one: %v", r.Err())
		}
		r.Add(trace.Line{Text: fmt.Sprint(i)})
	}
	if !errors.Is(r.Err(), errFull) || disk.tried != 3 {
		t.Errorf("error %v after %d tries, want the first one after 3", r.Err(), disk.tried)
	}
	if lines, _ := r.Since(0); texts(lines) != "0 1 2 3 4" {
		t.Errorf("held %q", texts(lines))
	}
}

func TestManyGoroutinesLoseNoLine(t *testing.T) {
	r := trace.NewRing(1000, nil)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			for range 100 {
				r.Add(trace.Line{Session: i})
				r.Since(0)
			}
		})
	}
	wg.Wait()
	lines, next := r.Since(0)
	count := map[int]int{}
	for _, l := range lines {
		count[l.Session]++
	}
	for i := range 10 {
		if count[i] != 100 {
			t.Errorf("session %d has %d lines, want 100", i, count[i])
		}
	}
	if next != 1000 {
		t.Errorf("%d lines counted, want 1000", next)
	}
}
