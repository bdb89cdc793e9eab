package queueview

import (
	"bytes"
	"image"
	"math"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/look/looktest"
	"wherry/ui/loop"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// steady are samples of n seconds up to a time.
func steady(until time.Time, n int, up, down int64) []queue.Sample {
	var out []queue.Sample
	for i := range n {
		out = append(out, queue.Sample{At: until.Add(time.Duration(i+1-n) * time.Second), Up: up, Down: down})
	}
	return out
}

func TestCourseShowsTheLastTenMinutes(t *testing.T) {
	const last = graphPoints - 1
	for outcome, tc := range map[string]struct {
		samples []queue.Sample
		top     float64
		up      map[int]float32 // at some points
	}{
		"a steady rate is a level line":     {steady(noon, 600, 1_000_000, 0), 1e6, map[int]float32{10: 1, 75: 1, last: 1, last - 1: 1}},
		"the edge is above the highest":     {steady(noon, 60, 1_200_000, 300), 2e6, map[int]float32{last - 1: 0.6, 0: 0}},
		"a pause is nought":                 {append(steady(noon.Add(-5*time.Minute), 60, 1_000_000, 0), steady(noon, 60, 1_000_000, 0)...), 1e6, map[int]float32{last - 40: 0, last - 1: 1, 70: 1}},
		"what is older is left out":         {append(steady(noon.Add(-11*time.Minute), 60, 9_000_000, 0), steady(noon, 60, 1_000_000, 0)...), 1e6, map[int]float32{0: 0, last - 1: 1}},
		"a step that has begun is whole":    {steady(noon.Add(time.Second), 30, 1_000_000, 0), 1e6, map[int]float32{last: 1, last - 1: 1}},
		"samples of more than a second fit": {[]queue.Sample{{At: noon.Add(-2800 * time.Millisecond), Up: 500}, {At: noon.Add(-1600 * time.Millisecond), Up: 500}, {At: noon.Add(-400 * time.Millisecond), Up: 500}}, 1000, map[int]float32{last: 0.5}},
	} {
		t.Run(outcome, func(t *testing.T) {
			c, ok := courseOf(tc.samples)
			if !ok || c.top != tc.top || len(c.up) != graphPoints || len(c.down) != graphPoints {
				t.Fatalf("%v, %d points up to %v", ok, len(c.up), c.top)
			}
			for i, want := range tc.up {
				if math.Abs(float64(c.up[i]-want)) > 0.15 {
					t.Errorf("point %d is %.2f, want %.2f", i, c.up[i], want)
				}
			}
		})
	}
	if _, ok := courseOf(nil); ok {
		t.Error("nothing is shown as something")
	}
}

// waits are for one site, so many seconds from noon.
func waits(id site.ID, seconds int) []queue.SiteWait {
	return []queue.SiteWait{{Site: id, Until: noon.Add(time.Duration(seconds) * time.Second), Kind: vfs.KindRefused}}
}

func TestTimeLeftOfTheQueue(t *testing.T) {
	for outcome, tc := range map[string]struct {
		s    queue.Snapshot
		want string
	}{
		"by all rates together":               {queue.Snapshot{Rate: 200, BytesLeft: 12_000}, "1 min left"},
		"files a second where they are small": {queue.Snapshot{Rate: 200, FileRate: 37.6, BytesLeft: 12_000}, "38 files/s, 1 min left"},
		"and of empty ones alone":             {queue.Snapshot{FileRate: 1200}, "1,200 files/s"},
		"not of a few":                        {queue.Snapshot{Rate: 200, FileRate: 4.9, BytesLeft: 12_000}, "1 min left"},
		"by their number, where that takes longer": {
			queue.Snapshot{Rate: 200, FileRate: 10, BytesLeft: 12_000, Count: map[queue.State]int{queue.Waiting: 6_000}}, "10 files/s, 10 min left",
		},
		"by their number without what starts later": {
			queue.Snapshot{FileRate: 10, Count: map[queue.State]int{queue.Waiting: 700}, Later: queue.Later{Rows: 100, First: noon.Add(time.Hour)}},
			"10 files/s, 1 min left + 100 later",
		},
		"by their bytes, where these take longer": {
			queue.Snapshot{Rate: 200, FileRate: 10, BytesLeft: 12_000, Count: map[queue.State]int{queue.Waiting: 20}}, "10 files/s, 1 min left",
		},
		"nothing where nothing moves":   {queue.Snapshot{BytesLeft: 12_000}, ""},
		"nothing where nothing is left": {queue.Snapshot{Rate: 100}, ""},
		"that it is held":               {queue.Snapshot{Held: true, Count: map[queue.State]int{queue.Waiting: 1}}, "On hold"},
		"nothing of an empty one":       {queue.Snapshot{Held: true}, ""},
		"without what starts later": {
			queue.Snapshot{Rate: 100, BytesLeft: 12_000, Later: queue.Later{Rows: 2, Bytes: 6_000, First: noon.Add(time.Hour)}}, "1 min left + 2 later",
		},
		"when it goes on where nothing moves": {
			queue.Snapshot{BytesLeft: 6_000, Later: queue.Later{Rows: 2, Bytes: 6_000, First: noon.Add(24 * time.Hour)}}, "2 later, from tomorrow 12:00 on",
		},
		"a server that is down":             {queue.Snapshot{Waits: waits("s", 15)}, "Site s does not answer, again in 15 s"},
		"a server that is down, before all": {queue.Snapshot{Rate: 100, BytesLeft: 12_000, Waits: waits("s", 15)}, "Site s does not answer, again in 15 s"},
		"a server that is tried":            {queue.Snapshot{Waits: waits("s", 0)}, "Site s does not answer, trying again"},
		"a server that is not known":        {queue.Snapshot{Waits: []queue.SiteWait{{Site: "s", Kind: vfs.KindHost}}}, "Site s is not found, trying again"},
		"the first of several servers":      {queue.Snapshot{Waits: append(waits("far", 90), waits("near", 15)...)}, "Site near and 1 more server do not answer, again in 15 s"},
		"when its hours begin":              {queue.Snapshot{OpensAt: noon.Add(10 * time.Hour), Count: map[queue.State]int{queue.Waiting: 1}}, "Files move from 22:00 on"},
	} {
		t.Run(outcome, func(t *testing.T) {
			got, _ := standing(tc.s, func(id site.ID) string { return "Site " + string(id) }, noon)
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestSamplesAreAskedForOnceASecond(t *testing.T) {
	r := newRows(3, queue.Active)
	v, l := show(t, r, Left)
	r.sampled = 0
	for range 10 {
		l.Advance(loop.Period)
		take(t, v, l, r)
	}
	if r.sampled != 2 {
		t.Errorf("asked %d times in two seconds", r.sampled)
	}
	if v.flow.graph.Visible() {
		t.Error("a graph of nothing is shown")
	}
}

func TestFlowFitsItsWindow(t *testing.T) {
	wave := steady(noon, 600, 0, 0)
	for i := range wave {
		wave[i].Down = int64(2.2e6 + 1.2e6*math.Sin(float64(i)/47) + 3e5*math.Sin(float64(i)/5))
		if i > 250 {
			wave[i].Up = int64(9e5 + 2e5*math.Sin(float64(i)/13))
		}
	}
	for name, tc := range map[string]struct {
		choice look.Choice
		width  float32
	}{
		"dark-wide": {look.Dark, 1180}, "light-wide": {look.Light, 1180}, "light-small": {look.Light, 720}, "dark-narrow": {look.Dark, 420},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRows(8, queue.Waiting)
			for i := range r.items[:3] {
				r.items[i].State, r.items[i].Size, r.items[i].Done, r.items[i].Rate = queue.Active, 90_000_000, int64(i+1)*20_000_000, 1e6
			}
			r.samples = wave
			v, l, w := showBeside(t, r, Left, tc.choice, tc.width)
			s := r.Snapshot()
			s.RateUp, s.RateDn, s.Rate, s.BytesLeft = 9e5, 2.1e6, 3e6, 600_000_000
			l.Advance(2 * time.Second)
			v.Take(s)
			settle(t, l)
			if !v.flow.graph.Visible() {
				t.Error("no graph")
			}
			looktest.Picture(t, w, "flow-"+name)
			if tc.width > 1000 {
				l.Advance(time.Second)
				tap(t, v, w)
				looktest.Picture(t, w, "flow-large-"+name)
			}
		})
	}
}

// tap opens the large graph and closes it by Esc.
func tap(t *testing.T, v *View, w fyne.Window) {
	t.Helper()
	w.Resize(fyne.NewSize(900, 600))
	test.Tap(v.flow.graph)
	if w.Canvas().Overlays().Top() == nil || v.flow.large == nil {
		t.Fatal("nothing opened")
	}
}

// TestServerThatIsDownIsInView paints what a person sees then.
func TestServerThatIsDownIsInView(t *testing.T) {
	clock := loop.NewManual(t.Context())
	t.Cleanup(clock.Close)
	now := clock.Now()
	for _, choice := range []look.Choice{look.Dark, look.Light} {
		r := newRows(8, queue.Waiting)
		for i := range r.items[:4] {
			r.items[i].WaitsFor, r.items[i].NextTry = "s", now.Add(75*time.Second)
		}
		for i := range r.items[4:] {
			r.items[4+i].NotBefore = now.Add(20 * time.Hour)
		}
		v, l, w := showBeside(t, r, Left, choice, 1180)
		s := r.Snapshot()
		s.Waits = []queue.SiteWait{{Site: "s", Until: now.Add(15 * time.Second), Kind: vfs.KindRefused}}
		s.Later = queue.Later{Rows: 4, First: now.Add(20 * time.Hour)}
		v.Take(s)
		settle(t, l)
		if got := v.flow.told.Text(); got != "Site s does not answer, again in 15 s" {
			t.Errorf("it says %q", got)
		}
		looktest.Picture(t, w, "flow-down-"+string(choice))
	}
}

func TestWaitCountsDownWhileNothingMoves(t *testing.T) {
	r := newRows(1, queue.Waiting)
	v, l, w := showBeside(t, r, Left, look.Dark, 1180)
	r.items[0].WaitsFor, r.items[0].NextTry = "s", l.Now().Add(15*time.Second)
	r.seq++
	take(t, v, l, r)
	picture := func() []uint8 { return w.Canvas().Capture().(*image.NRGBA).Pix }
	before := picture()
	take(t, v, l, r)
	if !bytes.Equal(before, picture()) {
		t.Fatal("it is drawn anew at the same second")
	}
	l.Advance(5 * time.Second)
	take(t, v, l, r)
	if bytes.Equal(before, picture()) {
		t.Error("the row says the same five seconds later")
	}
}
