package cli

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vbauerster/mpb/v8"

	"wherry/sync/queue"
	"wherry/sync/vfs"
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
			if got := (*p.all.after.Load())[0]; !strings.HasSuffix(got, tc.want) {
				t.Errorf("it shows %q, want %q", got, tc.want)
			}
			p.all.bar.Abort(true)
			p.bars.Wait()
		})
	}
}

// TestProgressFitsTheTerminal: what is told gets shorter with the terminal, and the
// columns stand below each other also where letters are wide.
func TestProgressFitsTheTerminal(t *testing.T) {
	snap := queue.Snapshot{
		Active: []queue.Item{
			{ID: 1, State: queue.Active, Type: vfs.TypeFile, Source: queue.Place{Path: vfs.MustParse("/a long name of a large file.bin")}, Done: 24e6, Size: 200e6, Rate: 11e6},
			{ID: 2, State: queue.Active, Type: vfs.TypeFile, Source: queue.Place{Path: vfs.MustParse("/日本語のとても長いファイル名前.png")}, Done: 16e6, Size: 100e6, Rate: 9e6},
		},
		Rate: 20e6, BytesLeft: 260e6, Count: map[queue.State]int{queue.Active: 2},
	}
	p := &painting{bars: mpb.New(mpb.WithOutput(io.Discard)), files: map[queue.ID]*line{}}
	p.paint(snap)
	for columns, want := range map[int]string{
		80: `a long name of a … file.bin | 24.0 MB of 200 MB  11.0 MB/s  16 s left
日本語のとても長い…名前.png | 16.0 MB of 100 MB  9.0 MB/s  9 s left
All: 2 files left           | 40.0 MB of 300 MB  20.0 MB/s  13 s left`,
		60: `a long name of a … file.bin | 12 %  11.0 MB/s  16 s left
日本語のとても長い…名前.png | 16 %  9.0 MB/s  9 s left
All: 2 files left           | 13 %  20.0 MB/s  13 s left`,
		40: `a long na…e.bin | 12 %  16 s left
日本語のと….png | 16 %  9 s left
All: 2 left     | 13 %  13 s left`,
		24: `a long …bin | 12 %
日本語…png  | 16 %
All: 2 left | 13 %`,
	} {
		got := ""
		for _, l := range []*line{p.files[1], p.files[2], p.all} {
			head := l.head(columns)
			tail := l.tail(columns - cells(head))
			if n := cells(head + tail); n > columns {
				t.Errorf("%d columns in %d", n, columns)
			}
			got += head + "|" + tail + "\n"
		}
		if diff := cmp.Diff(want+"\n", got); diff != "" {
			t.Errorf("in %d columns: %s", columns, diff)
		}
	}
	for _, l := range []*line{p.files[1], p.files[2], p.all} {
		l.bar.Abort(true)
	}
	p.bars.Wait()
}
