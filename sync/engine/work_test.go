package engine

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"wherry/sync/queue"
)

// TestAStoppedQueueGoesOn: how long the queue rests after what ended its runs,
// and what is told of it.
func TestAStoppedQueueGoesOn(t *testing.T) {
	full := errors.New("the disk is full")
	type run struct {
		lasts time.Duration
		err   error
	}
	again := func(n int) []run { return slices.Repeat([]run{{0, full}}, n) }
	for outcome, tc := range map[string]struct {
		runs    []run
		changed time.Duration // when somebody changed the queue, 0 for never
		rests   []time.Duration
		told    int
	}{
		"soon, then ever later":             {again(4), 0, []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second}, 1},
		"each minute at last":               {again(8), 0, []time.Duration{2e9, 4e9, 8e9, 16e9, 32e9, time.Minute, time.Minute, time.Minute}, 1},
		"when somebody could change it":     {again(5), 40 * time.Second, []time.Duration{2e9, 4e9, 8e9, 16e9, 10e9}, 1},
		"a stop after long work is another": {[]run{{0, full}, {time.Hour, full}}, 0, []time.Duration{2e9, 2e9}, 2},
		"another's work is no trouble":      {[]run{{0, queue.ErrRunning}, {0, queue.ErrRunning}}, 0, []time.Duration{2e9, 2e9}, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				begun, ended := time.Now(), time.Time{}
				var rests []time.Duration
				told, n := 0, 0
				runner{
					run: func(context.Context) error {
						if !ended.IsZero() {
							rests = append(rests, time.Since(ended))
						}
						if n == len(tc.runs) {
							stop()
							return nil
						}
						one := tc.runs[n]
						n++
						time.Sleep(one.lasts) // of the bubble's clock
						ended = time.Now()
						return one.err
					},
					seq: func() uint64 {
						if tc.changed > 0 && time.Since(begun) >= tc.changed {
							return 2
						}
						return 1
					},
					tell: func(string) { told++ },
				}.keep(ctx)
				if !slices.Equal(rests, tc.rests) || told != tc.told {
					t.Errorf("rested for %v and told %d times, want %v and %d", rests, told, tc.rests, tc.told)
				}
			})
		})
	}
}
