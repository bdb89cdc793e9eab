package engine

import (
	"context"
	"errors"
	"time"

	"wherry/sync/queue"
)

const (
	// lookAgain is the pause between looks whether another Wherry still works on
	// the queue, or whether somebody could write into it again.
	lookAgain = 2 * time.Second
	// longestStop is the longest time after which a queue that stopped is tried
	// again, and how long it must have worked since for a stop to be a new one.
	longestStop = time.Minute
)

// runner keeps the queue at work. What stops it is its own journal, which
// cannot be written while the disk is full, or another Wherry that works on it.
type runner struct {
	run func(context.Context) error
	// seq grows with every change of the queue that could be written.
	seq  func() uint64
	tell func(text string)
}

func (e *Engine) work() {
	runner{
		run: e.queue.Run, seq: func() uint64 { return e.queue.Snapshot().Seq }, tell: e.tellTrouble,
	}.keep(e.root)
}

// keep runs the queue until ctx ends. After another's work it looks again soon;
// after an error, which it tells once, ever later up to longestStop, and at once
// when somebody, of this process or another, could change the queue: who says
// Resume has made room.
func (r runner) keep(ctx context.Context) {
	stops := 0
	for {
		begun := time.Now()
		err := r.run(ctx)
		if ctx.Err() != nil || err == nil {
			return
		}
		pause := lookAgain
		if !errors.Is(err, queue.ErrRunning) {
			if time.Since(begun) >= longestStop {
				stops = 0
			}
			if stops == 0 {
				r.tell("the queue stopped, and is tried again: " + err.Error())
			}
			pause = min(lookAgain<<min(stops, 10), longestStop)
			stops++
		}
		if !r.rest(ctx, pause) {
			return
		}
	}
}

// rest waits for a pause to be over, or for a change; false where ctx ended.
func (r runner) rest(ctx context.Context, pause time.Duration) bool {
	for before := r.seq(); pause > 0 && r.seq() == before; pause -= lookAgain {
		look := time.NewTimer(min(pause, lookAgain))
		select {
		case <-ctx.Done():
			look.Stop()
			return false
		case <-look.C:
		}
	}
	return true
}
