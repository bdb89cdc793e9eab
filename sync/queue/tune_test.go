package queue

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"wherry/sync/site"
	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// spreading is a file system that could read and write over several connections,
// and counts how often it was asked for one more.
type spreading struct {
	*memfs.FS
	asked atomic.Int32
}

func (s *spreading) OpenSpare(context.Context, vfs.Path, int64) (vfs.Reader, error) {
	return nil, &vfs.Error{Op: "open", Kind: vfs.KindBusy}
}

func (s *spreading) Scratch(context.Context, vfs.Path, int64) (vfs.Scratch, error) {
	s.asked.Add(1)
	return nil, &vfs.Error{Op: "scratch", Kind: vfs.KindUnsupported}
}

// TestRowWithoutAChoiceIsReadAsTheTuningSays: whoever put it there, and whenever.
func TestRowWithoutAChoiceIsReadAsTheTuningSays(t *testing.T) {
	for outcome, tc := range map[string]struct {
		first, tuned, row int
		more              int32 // connections
	}{
		"one connection where nobody chose":     {0, 0, 0, 0},
		"as many as the tuning says":            {3, 3, 0, 2},
		"as many as it says by then":            {0, 2, 0, 1},
		"one where it was switched off by then": {3, 0, 0, 0},
		"the row's own":                         {0, 0, 3, 2},
		"the row's own is one":                  {3, 3, 1, 0},
		"numbers that nobody means are none":    {-3, -3, 0, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			r := bare(t)
			here, there := &spreading{FS: r.here}, &spreading{FS: r.there}
			r.Queue = r.open(func(c *Config) {
				c.Tuning.Segments = tc.first
				c.Open = func(_ context.Context, id site.ID) (vfs.FS, error) {
					return map[site.ID]vfs.FS{site.Local: here, remote: there}[id], nil
				}
			})
			r.there.Put("/big", strings.Repeat("0123456789abcdef", 3*transfer.SegmentLeast/16), when)
			req := down("/big")
			req.Segments = tc.row
			id := r.add(req)[0]
			if tc.tuned != tc.first {
				r.Tune(Tuning{Segments: tc.tuned})
			}
			r.drain()
			if got := r.item(id); got.State != Done || here.asked.Load() != tc.more {
				t.Errorf("it is %s, %d more connections were asked for, want %d", got.State, here.asked.Load(), tc.more)
			}
		})
	}
}
