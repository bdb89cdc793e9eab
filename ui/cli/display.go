package cli

import (
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"wherry/sync/queue"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// paintEvery is how often the bars are painted anew.
const paintEvery = 200 * time.Millisecond

// maxBars bounds the files shown at a time; more do not fit on a screen.
const maxBars = 8

// display is the progress on a terminal: a bar for each file that moves, and
// one for all below them. It samples snapshots and is told nothing. Between
// pause and resume the terminal belongs to others.
type display struct {
	out      io.Writer             // fixed
	snapshot func() queue.Snapshot // fixed

	mu    sync.Mutex
	bars  *mpb.Progress // guarded; nil while paused
	stop  chan struct{} // guarded; ends the painting goroutine
	ended chan struct{} // guarded; closed when it has
}

func newDisplay(out io.Writer, snapshot func() queue.Snapshot) *display {
	return &display{out: out, snapshot: snapshot}
}

// Write puts whole lines above the bars.
func (d *display) Write(text []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bars != nil {
		return d.bars.Write(text)
	}
	return d.out.Write(text)
}

func (d *display) resume() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bars != nil {
		return
	}
	d.bars = mpb.New(mpb.WithOutput(d.out), mpb.WithRefreshRate(paintEvery))
	d.stop, d.ended = make(chan struct{}), make(chan struct{})
	p := &painting{bars: d.bars, files: map[queue.ID]*line{}}
	go p.run(d.snapshot, d.stop, d.ended)
}

// pause takes the bars away and returns when the terminal is clean.
func (d *display) pause() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bars == nil {
		return
	}
	close(d.stop)
	<-d.ended
	d.bars.Wait()
	d.bars = nil
}

// painting is the bars between two pauses. One goroutine owns it.
type painting struct {
	bars  *mpb.Progress
	files map[queue.ID]*line
	all   *line
	moved int64              // bytes of rows that were seen active and have ended
	last  map[queue.ID]int64 // bytes of those active when last looked at
}

// line is one bar with its texts; mpb reads them from a goroutine of its own.
type line struct {
	bar         *mpb.Bar
	name, after atomic.Pointer[[]string] // each in several lengths, the fullest first
}

func (p *painting) run(snapshot func() queue.Snapshot, stop, ended chan struct{}) {
	defer close(ended)
	tick := time.NewTicker(paintEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.paint(snapshot())
		case <-stop:
			for _, l := range p.files {
				l.bar.Abort(true)
			}
			if p.all != nil {
				p.all.bar.Abort(true)
			}
			return
		}
	}
}

func (p *painting) paint(snap queue.Snapshot) {
	now := map[queue.ID]int64{}
	var inHand int64
	for _, i := range snap.Active {
		if i.Type == vfs.TypeDir || i.State != queue.Active {
			continue
		}
		now[i.ID] = i.Done
		inHand += i.Done
		if p.files[i.ID] == nil && len(p.files) < maxBars {
			p.files[i.ID] = p.add(int(i.ID)) // oldest on top
		}
		if l := p.files[i.ID]; l != nil {
			l.show(i.Done, i.Size, i.Rate, words.Left(i.Left()), vfs.Readable(i.Source.Path.Base()))
		}
	}
	for id, l := range p.files {
		if _, active := now[id]; !active {
			l.bar.Abort(true)
			delete(p.files, id)
		}
	}
	for id, done := range p.last {
		if _, active := now[id]; !active {
			p.moved += done
		}
	}
	p.last = now
	p.overall(snap, p.moved+inHand)
}

func (p *painting) overall(snap queue.Snapshot, moved int64) {
	if p.all == nil {
		p.all = p.add(math.MaxInt) // below every file
	}
	rate := snap.Rate
	left, known := snap.Left()
	known = known && snap.Count[queue.Scanning] == 0 // else it is not known of what
	// Folders count as active while anything is left in them.
	files := int64(snap.Count[queue.Waiting] + snap.Count[queue.Asking] + len(p.last))
	p.all.show(moved, moved+snap.BytesLeft, rate, words.Left(left, known), "All: "+words.Files(files)+" left", "All: "+words.Number(files)+" left")
}

// nameColumns is how much of a terminal's width names get: what is told of a file
// needs the more of a narrow one.
func nameColumns(terminal int) int { return min(max(terminal-24, 12), 28) }

func (p *painting) add(priority int) *line {
	l := &line{}
	l.name.Store(&[]string{""})
	l.after.Store(&[]string{""})
	style := mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]")
	l.bar = p.bars.New(0, style, mpb.BarPriority(priority),
		mpb.PrependDecorators(decor.Any(func(s decor.Statistics) string { return l.head(s.AvailableWidth) })),
		mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string { return l.tail(s.AvailableWidth) })))
	return l
}

// head stands before the bar on a terminal of so many columns.
func (l *line) head(terminal int) string {
	room := nameColumns(terminal)
	text := shorten(firstFit(room-1, *l.name.Load()...), room-1)
	return text + strings.Repeat(" ", room-cells(text))
}

// tail stands behind the bar, in the columns that head leaves; the bar gets the rest.
func (l *line) tail(left int) string { return " " + firstFit(left-1, *l.after.Load()...) }

func (l *line) show(done, total int64, rate float64, left string, names ...string) {
	texts := figures(done, total, words.Rate(rate), left)
	l.name.Store(&names)
	l.after.Store(&texts)
	l.bar.SetTotal(max(total, done, 1), false) // only the queue says when it is done
	l.bar.SetCurrent(done)
}

// figures tell how far a file is, for terminals of any width.
func figures(done, total int64, rate, left string) []string {
	far, full := words.Size(done), words.Size(done)
	if total > 0 {
		far = fmt.Sprintf("%d %%", int(100*float64(min(done, total))/float64(total)))
		full += " of " + words.Size(total)
	}
	if left == "" {
		return []string{full + "  " + rate, far + "  " + rate, far}
	}
	return []string{full + "  " + rate + "  " + left, far + "  " + rate + "  " + left, far + "  " + left, far}
}
