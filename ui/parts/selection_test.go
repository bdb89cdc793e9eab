package parts

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"wherry/ui/look"
)

func TestSelectionOperations(t *testing.T) {
	for outcome, tc := range map[string]struct {
		do     func(s *Selection)
		rows   []int
		cursor int
	}{
		"nothing at first":              {func(*Selection) {}, []int{}, -1},
		"all":                           {func(s *Selection) { s.All() }, []int{0, 1, 2, 3, 4}, -1},
		"inverted":                      {func(s *Selection) { s.Only(1); s.Invert() }, []int{0, 2, 3, 4}, 1},
		"range without an anchor":       {func(s *Selection) { s.Extend(2, false) }, []int{2}, 2},
		"range keeps its anchor":        {func(s *Selection) { s.Only(3); s.Extend(0, false); s.Extend(4, false) }, []int{3, 4}, 4},
		"set does not move the cursor":  {func(s *Selection) { s.Only(1); s.Set(3, true); s.Set(3, true) }, []int{1, 3}, 1},
		"rows that do not exist":        {func(s *Selection) { s.Only(9); s.Toggle(-1); s.Extend(7, true); s.Set(5, true); s.Point(-2) }, []int{}, -1},
		"toggled twice":                 {func(s *Selection) { s.Toggle(2); s.Toggle(2) }, []int{}, 2},
		"nothing selected keeps cursor": {func(s *Selection) { s.Only(2); s.Only(-1) }, []int{}, 2},
		"reset":                         {func(s *Selection) { s.All(); s.Reset(2) }, []int{}, -1},
	} {
		t.Run(outcome, func(t *testing.T) {
			var s Selection
			s.Reset(5)
			tc.do(&s)
			if diff := cmp.Diff(tc.rows, s.Rows()); diff != "" {
				t.Error(diff)
			}
			if s.Cursor() != tc.cursor || s.Count() != len(tc.rows) {
				t.Errorf("cursor %d, count %d", s.Cursor(), s.Count())
			}
		})
	}
}

func TestColumnsShareTheWidth(t *testing.T) {
	columns := []Column{{Min: 100, Flex: true}, {Min: 40}, {Min: 40}}
	widths := []float32{0, 60, 80}
	for outcome, tc := range map[string]struct {
		total float32
		want  []float32 // -1: hidden
	}{
		"room for all":              {400, []float32{260, 60, 80}},
		"exactly enough":            {240, []float32{100, 60, 80}},
		"the last is hidden first":  {239, []float32{179, 60, -1}},
		"then the next":             {150, []float32{150, -1, -1}},
		"the flexible one is never": {50, []float32{50, -1, -1}},
	} {
		t.Run(outcome, func(t *testing.T) {
			var got []float32
			for _, s := range spread(columns, widths, tc.total) {
				if !s.shown {
					got = append(got, -1)
					continue
				}
				got = append(got, s.width)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSpareWidthIsShared(t *testing.T) {
	columns := []Column{{Width: 100, Min: 50, Share: true}, {Width: 100, Min: 50, Flex: true}, {Width: 80, Min: 50}, {Width: 60, Share: true, Yield: 1}}
	for outcome, tc := range map[string]struct {
		total float32
		want  []float32
	}{
		"what is beyond the usual is dealt out": {640, []float32{200, 100, 80, 160}},
		"nothing is where there is no more":     {340, []float32{100, 100, 80, 60}},
		"nothing is where there is less":        {300, []float32{100, 100, 80, 60}},
		"one that is hidden counts for nothing": {240, []float32{100, 100, 80, 60}},
	} {
		t.Run(outcome, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, share(columns, []float32{100, 100, 80, 60}, tc.total)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBorderStaysWhereItWasMovedTo(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark))
	l := NewList(nil, []Column{{Width: 100, Share: true}, {Width: 100, Flex: true}, {Width: 80}}, &Selection{})
	l.Resize(fyne.NewSize(800, 200))
	before := l.spans()
	if before[0].width <= 100 {
		t.Fatalf("nothing is shared: %v", before)
	}
	l.header.grips[0].Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(20, 0)})
	if after := l.spans(); after[0].width != before[0].width+20 {
		t.Errorf("the border stands at %v, was moved by 20 from %v", after[0].end(), before[0].end())
	}
	l.Resize(fyne.NewSize(1000, 200))
	if after := l.spans(); after[0].width != before[0].width+20 {
		t.Errorf("a wider window moved it to %v", after[0].end())
	}
}

func TestBorderMoves(t *testing.T) {
	columns := []Column{{Min: 100, Flex: true}, {Min: 40}, {Min: 40}}
	for outcome, tc := range map[string]struct {
		left int
		dx   float32
		want []float32
	}{
		"of the flexible column":       {0, 10, []float32{0, 50, 80}},
		"between two others":           {1, 10, []float32{0, 70, 70}},
		"not under the right's least":  {1, 100, []float32{0, 100, 40}},
		"not under the left's least":   {1, -100, []float32{0, 40, 100}},
		"the last has none":            {2, 10, []float32{0, 60, 80}},
		"flexible keeps its least too": {0, -500, []float32{0, 220, 80}},
	} {
		t.Run(outcome, func(t *testing.T) {
			widths := []float32{0, 60, 80}
			got := shift(columns, widths, spread(columns, widths, 400), tc.left, tc.dx)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTextFitsItsWidth(t *testing.T) {
	test.NewTempApp(t)
	f := newFitter(fyne.TextStyle{})
	wide := func(s string) float32 { return fyne.MeasureText(s, f.size, f.style).Width }
	const name = "a rather long name of a file.tar.gz"
	if got := f.fit(name, 1000, true); got != name {
		t.Errorf("cut without need: %q", got)
	}
	for _, width := range []float32{30, 60, 90, 150} {
		end, middle := f.fit(name, width, false), f.fit(name, width, true)
		for _, got := range []string{end, middle} {
			if wide(got) > width || !strings.Contains(got, ellipsis) {
				t.Errorf("%q is %.1f wide for %.1f", got, wide(got), width)
			}
		}
		if !strings.HasPrefix(name, strings.TrimSuffix(end, ellipsis)) {
			t.Errorf("%q does not begin as the name does", end)
		}
		if width >= 60 && !strings.HasSuffix(middle, "z") {
			t.Errorf("%q does not end as the name does", middle)
		}
	}
	if got := f.fit(name, 2, true); got != "" {
		t.Errorf("%q where nothing fits", got)
	}
}

func TestTypingAheadGathersWords(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var ahead typeAhead
	for i, step := range []struct {
		r      rune
		after  time.Duration
		prefix string
		next   bool
	}{
		{' ', 0, "", false},
		{'a', 0, "a", true},
		{'a', 0, "a", true},
		{'b', 0, "aab", false},
		{' ', 0, "aab ", false},
		{'x', 2 * time.Second, "x", true},
		{'y', 900 * time.Millisecond, "xy", false},
	} {
		now = now.Add(step.after)
		if prefix, next := ahead.add(step.r, now); prefix != step.prefix || next != step.next {
			t.Errorf("step %d: %q, %v", i, prefix, next)
		}
	}
}
