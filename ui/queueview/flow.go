package queueview

import (
	"context"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"wherry/sync/queue"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

const (
	// graphSpan is what the graph shows of the past.
	graphSpan = 10 * time.Minute
	// graphPoints are its values, each the mean of some seconds.
	graphPoints = 150
	graphStep   = graphSpan / graphPoints
	// flowEvery is how often the samples are asked for; there is one a second.
	flowEvery = time.Second
)

// course is how fast transfers went, as the graph shows it.
type course struct {
	up, down []float32 // from 0 to 1, the oldest first
	top      float64   // what 1 means, in bytes a second
	end      time.Time // of the newest sample
	// bestUp and bestDown are the highest samples, meanUp and meanDown the means
	// of the time in which something moved.
	bestUp, bestDown, meanUp, meanDown float64
}

// courseOf reads the samples of the last minutes, up to the newest one; ok is
// false where there are none.
func courseOf(samples []queue.Sample) (c course, ok bool) {
	if len(samples) == 0 {
		return c, false
	}
	newest := samples[len(samples)-1].At
	c.end = newest
	// The steps begin at whole ones of the clock: the picture moves on by one
	// of them, and its shape stays.
	end := newest.Truncate(graphStep).Add(graphStep)
	begin := end.Add(-graphSpan)
	var up, down [graphPoints]float64
	var total time.Duration
	for i, s := range samples {
		at := int(s.At.Add(-1).Sub(begin) / graphStep)
		if s.At.Before(begin.Add(1)) || at < 0 || at >= graphPoints {
			continue
		}
		took := time.Second
		if i > 0 {
			if gap := s.At.Sub(samples[i-1].At); gap > 0 && gap < 2*time.Second {
				took = gap
			}
		}
		total += took
		bytesUp, bytesDown := float64(s.Up)*took.Seconds(), float64(s.Down)*took.Seconds()
		up[at], down[at] = up[at]+bytesUp, down[at]+bytesDown
		c.meanUp, c.meanDown = c.meanUp+bytesUp, c.meanDown+bytesDown
		c.bestUp, c.bestDown = max(c.bestUp, float64(s.Up)), max(c.bestDown, float64(s.Down))
	}
	c.meanUp, c.meanDown = c.meanUp/total.Seconds(), c.meanDown/total.Seconds()
	c.scale(up[:], down[:], newest.Sub(end.Add(-graphStep)))
	return c, true
}

// scale turns bytes a step into values; last is how much of the last step has
// passed.
func (c *course) scale(up, down []float64, last time.Duration) {
	highest := 0.0
	for _, series := range [][]float64{up, down} {
		for i := range series {
			seconds := graphStep.Seconds()
			if i == len(series)-1 {
				seconds = max(last.Seconds(), 1)
			}
			if series[i] /= seconds; i == len(series)-1 && last < time.Second {
				series[i] = series[i-1] // nothing is known of it yet
			}
			highest = max(highest, series[i])
		}
	}
	c.top = roundUp(highest)
	for i := range up {
		c.up, c.down = append(c.up, float32(up[i]/c.top)), append(c.down, float32(down[i]/c.top))
	}
}

// roundUp is the next of 1, 2, 5, 10, 20 ... from v on, so that the scale stays
// for a while; at least 1000 bytes a second.
func roundUp(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(max(v, 1000))))
	for _, step := range []float64{1, 2, 5} {
		if v <= step*power {
			return step * power
		}
	}
	return 10 * power
}

// flow is what stands beside the title of what is left to do: rates, the time
// to the end, and the graph.
type flow struct {
	told, up, down *parts.Line
	rates          [2]*fyne.Container // of up and down, with room for any figure
	graph          *parts.Graph
	box            *fyne.Container
	asked          time.Time
	course         course
	large          *parts.Graph // in the dialog, nil while that is closed
	facts          [3]*parts.Line
}

func (v *View) buildFlow() fyne.CanvasObject {
	f := &flow{
		told: parts.NewLine("", look.ColorSecondary).Align(fyne.TextAlignTrailing),
		up:   parts.NewLine("", look.ColorSecondary), down: parts.NewLine("", look.ColorSecondary),
		graph: parts.NewGraph(fyne.NewSize(120, look.EntryHeight-4), look.ColorAccent, look.ColorOK),
	}
	v.flow = f
	f.graph.Pressed = v.showFlow
	f.graph.Hide()
	for i, l := range []*parts.Line{f.up, f.down} {
		f.rates[i] = container.NewGridWrap(fyne.NewSize(84, look.EntryHeight), l)
		f.rates[i].Hide()
	}
	f.box = container.New(layout.NewCustomPaddedHBoxLayout(0), f.rates[0], f.rates[1],
		container.New(layout.NewCustomPaddedLayout(2, 2, 0, 0), f.graph))
	return container.NewBorder(nil, nil, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 2*look.Gap, 0), f.box), f.told)
}

// takeFlow shows the rates of a snapshot, and asks for the graph's samples at
// times. Nothing is drawn that is as it was.
func (v *View) takeFlow(s queue.Snapshot) {
	f := v.flow
	if f == nil {
		return
	}
	f.up.Set(words.Rate(s.RateUp), look.ColorOK, look.GlyphUpload)
	f.down.Set(words.Rate(s.RateDn), look.ColorAccent, look.GlyphDownload)
	for i, rate := range []float64{s.RateUp, s.RateDn} {
		if (rate <= 0) != f.rates[i].Hidden {
			f.rates[i].Hidden = rate <= 0
			v.aside.Refresh()
		}
	}
	text, color := standing(s, v.names, v.loop.Now())
	f.told.Set(text, color, "")
	if now := v.loop.Now(); now.Sub(f.asked) >= flowEvery {
		f.asked = now
		v.loop.Latest(f, func(context.Context) func() {
			c, ok := courseOf(v.queue.Throughput())
			return func() { v.showCourse(c, ok) }
		})
	}
}

func (v *View) showCourse(c course, ok bool) {
	f := v.flow
	f.course = c
	if ok != f.graph.Visible() {
		f.graph.Hidden = !ok
		f.box.Refresh()
	}
	if ok {
		f.graph.Set(c.down, c.up)
	}
	if f.large != nil {
		f.large.Set(c.down, c.up)
		f.tell(v.loop.Now())
	}
}

// showFlow shows the graph larger, with its figures.
func (v *View) showFlow() {
	c, f := fyne.CurrentApp().Driver().CanvasForObject(v.list), v.flow
	if c == nil {
		return
	}
	f.large = parts.NewGraph(fyne.NewSize(200, 140), look.ColorAccent, look.ColorOK)
	below := container.NewVBox()
	for i := range f.facts {
		f.facts[i] = parts.NewLine("", look.ColorSecondary)
		below.Add(f.facts[i])
	}
	f.large.Set(f.course.down, f.course.up)
	f.tell(v.loop.Now())
	closed := func() { f.large = nil }
	parts.Ask(c, parts.Question{
		Glyph: look.GlyphInfo, Title: "Speed over ten minutes", Width: 560,
		Content: container.NewBorder(nil, container.New(layout.NewCustomPaddedLayout(2*look.Gap, 0, 0, 0), below), nil, nil, f.large),
		Answers: []parts.Answer{{Title: "Close", Strong: true, Run: closed}}, Escape: closed,
	})
}

// tell shows the figures of the large graph, and when it ended: there are no
// samples while nothing moves.
func (f *flow) tell(now time.Time) {
	c := f.course
	pair := func(mean, best float64) string {
		return words.Rate(mean) + " on average, " + words.Rate(best) + " at most"
	}
	line := func(i int, c fyne.ThemeColorName, g look.Glyph, text string) { f.facts[i].Set(text, c, g) }
	line(0, look.ColorAccent, look.GlyphDownload, "Down: "+pair(c.meanDown, c.bestDown))
	line(1, look.ColorOK, look.GlyphUpload, "Up: "+pair(c.meanUp, c.bestUp))
	until := "now"
	if now.Sub(c.end) > graphStep {
		until = words.Time(c.end, time.Minute, now.Location())
	}
	line(2, look.ColorSecondary, "", "The top of the graph is "+words.Rate(c.top)+", its right end is "+until+".")
}
