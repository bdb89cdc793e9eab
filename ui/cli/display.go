package cli

import (
	"io"
	"math"
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
	name, after atomic.Pointer[string]
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
			l.show(vfs.Readable(i.Source.Path.Base()), i.Done, i.Size, i.Rate, words.Left(i.Left()))
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
	left, known := time.Duration(0), rate > 0 && snap.Count[queue.Scanning] == 0
	if known {
		left = time.Duration(float64(snap.BytesLeft) / rate * float64(time.Second))
	}
	// Folders count as active while anything is left in them.
	files := int64(snap.Count[queue.Waiting] + snap.Count[queue.Asking] + len(p.last))
	p.all.show("All: "+words.Files(files)+" left", moved, moved+snap.BytesLeft, rate, words.Left(left, known))
}

const nameWidth = 28

func (p *painting) add(priority int) *line {
	l := &line{}
	empty := ""
	l.name.Store(&empty)
	l.after.Store(&empty)
	text := func(from *atomic.Pointer[string]) func(decor.Statistics) string {
		return func(decor.Statistics) string { return *from.Load() }
	}
	style := mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]")
	l.bar = p.bars.New(0, style, mpb.BarPriority(priority),
		mpb.PrependDecorators(decor.Any(text(&l.name), decor.WC{W: nameWidth, C: decor.DindentRight})),
		mpb.AppendDecorators(decor.Any(text(&l.after))))
	return l
}

func (l *line) show(name string, done, total int64, rate float64, left string) {
	name = shorten(name, nameWidth-1)
	after := " " + words.Size(done)
	if total >= 0 {
		after += " of " + words.Size(total)
	}
	after += "  " + words.Rate(rate)
	if left != "" {
		after += "  " + left
	}
	l.name.Store(&name)
	l.after.Store(&after)
	l.bar.SetTotal(max(total, done, 1), false) // only the queue says when it is done
	l.bar.SetCurrent(done)
}

// shorten keeps both ends of a long name: the end has the extension.
func shorten(name string, width int) string {
	r := []rune(name)
	if len(r) <= width {
		return name
	}
	tail := width / 3
	return string(r[:width-tail-1]) + "…" + string(r[len(r)-tail:])
}
