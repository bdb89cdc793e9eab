package loop_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wherry/ui/loop"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAnswerIsAppliedOnlyWhenTheThreadRuns(t *testing.T) {
	l := loop.NewManual(t.Context())
	defer l.Close()
	done, applied := make(chan struct{}), false
	l.Go(func(context.Context) func() {
		defer close(done)
		return func() { applied = true }
	})
	if l.Idle() {
		t.Fatal("idle although work was handed in")
	}
	<-done
	if applied {
		t.Fatal("applied off the window's thread")
	}
	settle(t, l)
	if !applied || !l.Idle() {
		t.Fatalf("applied %v, idle %v after settling", applied, l.Idle())
	}
}

func TestLateAnswerIsDropped(t *testing.T) {
	l := loop.NewManual(t.Context())
	defer l.Close()
	release, cancelled := make(chan struct{}), make(chan struct{})
	var got []string
	l.Latest("pane", func(ctx context.Context) func() {
		<-ctx.Done()
		close(cancelled)
		<-release // it answers although cancelled
		return func() { got = append(got, "old") }
	})
	l.Latest("pane", func(context.Context) func() { return func() { got = append(got, "new") } })
	l.Latest("other pane", func(context.Context) func() { return func() { got = append(got, "other") } })
	<-cancelled
	close(release)
	settle(t, l)
	if len(got) != 2 || got[0] == "old" || got[1] == "old" {
		t.Fatalf("applied %q, want the newest of each key", got)
	}
	if l.Busy("pane") {
		t.Fatal("busy after the answer was applied")
	}
}

func TestAnswerAlreadyQueuedIsDroppedByDrop(t *testing.T) {
	l := loop.NewManual(t.Context())
	defer l.Close()
	ran := make(chan struct{})
	l.Latest(1, func(context.Context) func() {
		close(ran)
		return func() { t.Error("a dropped answer was applied") }
	})
	<-ran
	l.Drop(1)
	settle(t, l)
}

func TestCancelledWorkStillAnswers(t *testing.T) {
	l := loop.NewManual(t.Context())
	defer l.Close()
	answered := false
	cancel := l.Start(func(ctx context.Context) func() {
		<-ctx.Done()
		return func() { answered = true }
	})
	cancel()
	settle(t, l)
	if !answered {
		t.Fatal("no answer from work that was called off")
	}
}

func TestCloseWaitsForWorkAndAppliesNothing(t *testing.T) {
	l := loop.NewManual(t.Context())
	ended := false
	l.Go(func(ctx context.Context) func() {
		<-ctx.Done()
		ended = true
		return func() { t.Error("applied after Close") }
	})
	l.Close()
	if !ended {
		t.Fatal("Close returned before the work had ended")
	}
	l.Go(func(context.Context) func() { t.Error("started after Close"); return nil })
	l.Close()
	l.Run()
}

func TestTickerPaintsOnlyWhatChangedAndIsSeen(t *testing.T) {
	l := loop.NewManual(t.Context())
	defer l.Close()
	value, changed := 0, false
	var painted []int
	w := loop.Sample(l.Loop, func() (int, bool) {
		was := changed
		changed = false
		return value, was
	}, func(v int) { painted = append(painted, v) })

	l.Tick() // nothing changed
	value, changed = 1, true
	l.Tick()
	l.Tick()
	w.SetVisible(false)
	value, changed = 2, true
	l.Tick()
	if len(painted) != 1 || painted[0] != 1 {
		t.Fatalf("painted %v, want only 1", painted)
	}
	w.SetVisible(true)
	l.Tick()
	if len(painted) != 2 || painted[1] != 2 {
		t.Fatalf("painted %v, want what changed while hidden", painted)
	}
	w.Stop()
	value, changed = 3, true
	l.Tick()
	if len(painted) != 2 {
		t.Fatalf("painted %v after Stop", painted)
	}
}

func TestTickMakesOneHopForAllViews(t *testing.T) {
	l := loop.NewManual(t.Context())
	defer l.Close()
	painted := 0
	for range 3 {
		loop.Sample(l.Loop, func() (int, bool) { return 0, true }, func(int) { painted++ })
	}
	if hops := l.Tick(); painted != 3 || hops != 1 {
		t.Fatalf("painted %d in %d hops, want 3 in 1", painted, hops)
	}
}

func TestAfterFollowsTheClock(t *testing.T) {
	l := loop.NewManual(t.Context())
	defer l.Close()
	var order []string
	l.After(3*time.Second, func() { order = append(order, "late") })
	l.After(time.Second, func() { order = append(order, "early") })
	stop := l.After(2*time.Second, func() { order = append(order, "stopped") })
	stop()
	l.Advance(999 * time.Millisecond)
	if len(order) != 0 {
		t.Fatalf("%q before the time", order)
	}
	l.Advance(5 * time.Second)
	if len(order) != 2 || order[0] != "early" || order[1] != "late" {
		t.Fatalf("order %q", order)
	}
}

func TestAskReturnsTheAnswerOrTakesTheQuestionAway(t *testing.T) {
	l := loop.NewManual(t.Context())
	defer l.Close()
	var got string
	l.Go(func(ctx context.Context) func() {
		v, err := loop.Ask(ctx, l.Loop, func(reply func(string)) func() {
			reply("skip")
			reply("second answers are ignored")
			return nil
		})
		return func() { got = v; fail(t, err) }
	})
	settle(t, l)
	if got != "skip" {
		t.Fatalf("answer %q", got)
	}

	ctx, cancel := context.WithCancel(t.Context())
	dismissed, asked := false, make(chan struct{})
	l.Go(func(context.Context) func() {
		_, err := loop.Ask(ctx, l.Loop, func(func(string)) func() {
			close(asked)
			return func() { dismissed = true }
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		return nil
	})
	go func() { <-asked; cancel() }()
	settle(t, l)
	if !dismissed {
		t.Fatal("the question stayed although nobody waits for it")
	}
}

// TestRealLoop runs the real clock against a thread of its own.
func TestRealLoopTicksAndEnds(t *testing.T) {
	thread := make(chan func(), 100)
	l := loop.New(t.Context(), func(f func()) { thread <- f })
	painted := make(chan struct{})
	var once sync.Once
	loop.Sample(l, func() (int, bool) { return 1, true }, func(int) { once.Do(func() { close(painted) }) })
	fired := make(chan struct{})
	l.After(time.Millisecond, func() { close(fired) })
	l.After(time.Hour, func() { t.Error("fired an hour early") })
	for painted, fired := painted, fired; painted != nil || fired != nil; {
		select {
		case f := <-thread:
			f()
		case <-painted:
			painted = nil
		case <-fired:
			fired = nil
		}
	}
	l.Close()
}

func TestWaitIdleEndsWhenTheLastAnswerIsApplied(t *testing.T) {
	l := loop.NewManual(t.Context())
	defer l.Close()
	l.Go(func(context.Context) func() { return func() {} })
	waited := make(chan error)
	go func() { waited <- l.WaitIdle(t.Context()) }()
	settle(t, l)
	if err := <-waited; err != nil {
		t.Fatal(err)
	}
}

func settle(t *testing.T, l *loop.Manual) {
	t.Helper()
	fail(t, l.Settle(t.Context()))
}

func fail(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
