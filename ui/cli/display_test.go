package cli

import (
	"io"
	"strings"
	"testing"

	"github.com/vbauerster/mpb/v8"

	"wherry/sync/queue"
)

// TestTheRateOfAllCountsEveryByteOnce: what goes up and what comes down at the
// same time are added, and a copy between two sites counts once.
func TestTheRateOfAllCountsEveryByteOnce(t *testing.T) {
	for outcome, tc := range map[string]struct {
		snap queue.Snapshot
		want string
	}{
		"both directions":   {queue.Snapshot{Rate: 3e6, RateUp: 9e5, RateDn: 2.1e6, BytesLeft: 60e6}, "3.0 MB/s  20 s left"},
		"one direction":     {queue.Snapshot{Rate: 2e6, RateDn: 2e6, BytesLeft: 60e6}, "2.0 MB/s  30 s left"},
		"from site to site": {queue.Snapshot{Rate: 1e6, RateUp: 1e6, RateDn: 1e6, BytesLeft: 60e6}, "1.0 MB/s  1 min left"},
		"here alone":        {queue.Snapshot{Rate: 4e6, BytesLeft: 60e6}, "4.0 MB/s  15 s left"},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := &painting{bars: mpb.New(mpb.WithOutput(io.Discard)), files: map[queue.ID]*line{}}
			p.paint(tc.snap)
			if got := *p.all.after.Load(); !strings.HasSuffix(got, tc.want) {
				t.Errorf("it shows %q, want %q", got, tc.want)
			}
			p.all.bar.Abort(true)
			p.bars.Wait()
		})
	}
}
