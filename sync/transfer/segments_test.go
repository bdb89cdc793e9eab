package transfer_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// TestOneFileOverSeveralConnections: whatever happens to the ones more, the file
// is whole, and what was of use of them was used.
func TestOneFileOverSeveralConnections(t *testing.T) {
	const over, half = transfer.Overlap, least / 2
	content := random(segmented, 5)
	hole := content[:least/2] + strings.Repeat("\x00", segmented-least/2-10) + "the end..."
	zeros := strings.Repeat("\x00", segmented-10) + "the end..."
	again := content[:seam1] + content[:over] + content[seam1+over:seam2] + content[:over] + content[seam2+over:] // each third begins alike
	for outcome, tc := range map[string]struct {
		content string
		how     map[int]spare
		direct  int64 // bytes that the first connection and those opened later bring; -1 where it depends
		opens   int64
	}{
		"all help":                                  {content, nil, seam1 + over, 1},
		"one connection is refused":                 {content, map[int]spare{1: {refused: true}}, seam2 + over, 1},
		"the last is refused":                       {content, map[int]spare{2: {refused: true}}, -1, -1},
		"all are refused":                           {content, map[int]spare{1: {refused: true}, 2: {refused: true}}, segmented, 1},
		"one hangs, the first goes on":              {content, map[int]spare{1: {hangs: true}}, seam2 + over, 1},
		"all hang":                                  {content, map[int]spare{1: {hangs: true}, 2: {hangs: true}}, segmented, 1},
		"one ignores REST, and none is believed":    {content, map[int]spare{1: {ignores: true}}, segmented, 1},
		"all ignore REST":                           {content, map[int]spare{1: {ignores: true}, 2: {ignores: true}}, segmented, 1},
		"the last ignores REST, a new one goes on":  {content, map[int]spare{2: {ignores: true}}, -1, -1},
		"one lies from its first byte":              {content, map[int]spare{1: {lies: 1}}, segmented, 1},
		"the last lies, and a new one goes on":      {content, map[int]spare{2: {lies: 1000}}, -1, 2},
		"one breaks, and a new one goes on":         {content, map[int]spare{1: {breaks: half}}, 2*seam1 - half + 3*over, 2},
		"the last breaks":                           {content, map[int]spare{2: {breaks: half}}, -1, 2},
		"one is cut, and a new one goes on":         {content, map[int]spare{1: {breaks: half, cut: true}}, 2*seam1 - half + 3*over, 2},
		"one breaks within the overlap":             {content, map[int]spare{1: {breaks: 1000}}, seam2 + over, 1},
		"the first breaks":                          {content, map[int]spare{-1: {breaks: least + 1}}, seam1 + 2*over, 2},
		"the first is cut":                          {content, map[int]spare{-1: {breaks: least + 1, cut: true}}, seam1 + 2*over, 2},
		"the first breaks within the overlap":       {content, map[int]spare{-1: {breaks: seam1 + 1}}, seam1 + 2*over, 2},
		"one sends too few bytes":                   {content, map[int]spare{1: {ends: half}}, segmented, 1},
		"the last sends too few bytes":              {content, map[int]spare{2: {ends: half}}, -1, -1},
		"the last sends too many bytes":             {content, map[int]spare{2: {more: true}}, -1, -1},
		"the last reply of the last is a failure":   {content, map[int]spare{2: {doubtful: true}}, seam1 + 2*over, 2},
		"one finds another size":                    {content, map[int]spare{1: {size: 77}}, segmented, 1},
		"there is no room for one":                  {content, map[int]spare{0: {noRoom: true}}, -1, -1},
		"the disk gets full by one":                 {content, map[int]spare{0: {fills: true}}, -1, -1},
		"a new one ignores REST, and one is enough": {content, map[int]spare{-1: {breaks: least + 1}, -2: {ignores: true}}, -1, 3},
		"a new one gives other bytes":               {content, map[int]spare{-1: {breaks: least + 1}, -2: {lies: 1}}, -1, 3},
		"one ignores REST where thirds begin alike": {again, map[int]spare{1: {ignores: true}}, segmented, 1},
		"a hole proves nothing":                     {hole, nil, segmented, 1},
		"REST ignored in zeros proves nothing":      {zeros, map[int]spare{1: {ignores: true}, 2: {ignores: true}}, segmented, 1},
		"zeros prove nothing":                       {zeros, nil, segmented, 1},
		"REST ignored where thirds begin alike":     {again, map[int]spare{1: {ignores: true}, 2: {ignores: true}}, segmented, 1},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := newSpread(t, tc.content, tc.how)
			s.to.Put(targetName, oldContent, day(1))
			result, err := s.run(t.Context())
			checkInvariant(t, s.pair, tc.content, result, err)
			if err != nil {
				t.Fatal(err)
			}
			if n := s.direct.Load(); tc.direct >= 0 && n != tc.direct {
				t.Errorf("%d bytes came over the first connection and later ones, want %d of %d", n, tc.direct, segmented)
			}
			if n := s.opens.Load(); tc.opens >= 0 && n != tc.opens {
				t.Errorf("%d streams were opened beside the spares, want %d", n, tc.opens)
			}
			if done := s.job.Counter.Done.Load(); done != segmented {
				t.Errorf("counted %d, want %d", done, segmented)
			}
			s.wantFiles(map[string]string{targetName: tc.content})
		})
	}
}

// TestAConnectionThatBreaksAtOnceIsNotReplaced: the queue waits before it tries
// again, as it does without segments.
func TestAConnectionThatBreaksAtOnceIsNotReplaced(t *testing.T) {
	s := newSpread(t, random(segmented, 6), map[int]spare{-1: {breaks: least - 1}})
	s.mustFail(vfs.KindLost)
	if n := s.opens.Load(); n != 1 {
		t.Errorf("%d streams were opened beside the spares", n)
	}
}

// TestAWrongOffsetThatNoSeamCanTell: the other place begins alike, and only the
// end shows that too much came. The file is sent once more, over one connection.
func TestAWrongOffsetThatNoSeamCanTell(t *testing.T) {
	const seam, place = segmented / 2, 2 * transfer.Overlap
	content := random(segmented, 4)
	content = content[:seam] + content[place:place+transfer.Overlap] + content[seam+transfer.Overlap:]
	s := newSpread(t, content, map[int]spare{1: {from: place, late: true}})
	s.job.Segments, s.awaited = 2, 1
	s.mustBeDone()
	if n := s.opens.Load(); n != 2 {
		t.Errorf("%d streams were opened beside the spare", n)
	}
	s.wantFiles(map[string]string{targetName: content})
}

// TestAFileThatBreaksOffWithinASeamKeepsWhatCame: what was read for the seam is a
// beginning of the file as well, and the failure comes behind it.
func TestAFileThatBreaksOffWithinASeamKeepsWhatCame(t *testing.T) {
	content := random(segmented, 8)
	s := newSpread(t, content, map[int]spare{-1: {breaks: seam1 - 100}, -2: {breaks: transfer.Overlap + 1100}})
	s.mustFail(vfs.KindLost)
	s.wantFiles(map[string]string{partName: content[:seam1+1000]})
	s.mustBeDone()
	s.wantFiles(map[string]string{targetName: content})
}

// TestASeamThatDoesNotFitIsDoubted: the source is told that what it gave was wrong,
// so that its sessions look at their mode anew.
func TestASeamThatDoesNotFitIsDoubted(t *testing.T) {
	s := newSpread(t, random(segmented, 9), map[int]spare{1: {lies: 1}})
	s.mustBeDone()
	if n := count(s.from, memfs.OpDoubt); n != 1 {
		t.Errorf("it was doubted %d times", n)
	}
}

// TestWhatNoSeamCanFind: a segment that begins right and goes on wrong is found
// by a hash, and the file is sent once more, over one connection.
func TestWhatNoSeamCanFind(t *testing.T) {
	content := random(segmented, 6)
	s := newSpread(t, content, map[int]spare{2: {lies: transfer.Overlap + 1}})
	s.job.Verify = transfer.VerifyOffered
	s.to.Put(targetName, oldContent, day(1))
	if result := s.mustBeDone(); result.Verified != "hash" {
		t.Errorf("compared by %s", result.Verified)
	}
	if n := s.scratchN.Load(); n != 2 || s.opens.Load() != 2 {
		t.Errorf("%d segments were read ahead, %d streams opened", n, s.opens.Load())
	}
	s.wantFiles(map[string]string{targetName: content})
}

// TestSegmentsAreOffWhereTheyWouldNotHelp.
func TestSegmentsAreOffWhereTheyWouldNotHelp(t *testing.T) {
	for outcome, tc := range map[string]struct {
		size     int
		segments int
		change   func(*spread)
	}{
		"not asked for":            {segmented, 0, func(*spread) {}},
		"one":                      {segmented, 1, func(*spread) {}},
		"a small file":             {2*least - 1, 8, func(*spread) {}},
		"no offset at the source":  {segmented, 3, func(s *spread) { s.from.Limit(func(f *vfs.Features) { f.ResumeRead = false }) }},
		"the source is read here":  {segmented, 3, func(s *spread) { s.from.Limit(func(f *vfs.Features) { f.HashesHere = true }) }},
		"no connections to spare":  {segmented, 3, func(s *spread) { s.job.Source.FS = s.from }},
		"no files without a name":  {segmented, 3, func(s *spread) { s.job.Target.FS = s.to }},
		"a source without a time":  {segmented, 3, func(s *spread) { s.from.Put(sourceName, random(segmented, 3), day(1).AddDate(-2023, -4, 0)) }},
		"a negative number of any": {segmented, -4, func(*spread) {}},
	} {
		t.Run(outcome, func(t *testing.T) {
			content := random(tc.size, 3)
			s := newSpread(t, content, nil)
			s.held, s.job.Segments = false, tc.segments
			tc.change(s)
			s.mustBeDone()
			if n := s.scratchN.Load(); n != 0 && outcome != "a source without a time" {
				t.Errorf("%d segments were read ahead", n)
			}
			s.wantFiles(map[string]string{targetName: content})
		})
	}
}

// TestHowManyConnectionsAreOfUse: fewer than are asked for where each would carry
// little more than the seams cost, and never more than servers bear.
func TestHowManyConnectionsAreOfUse(t *testing.T) {
	for outcome, tc := range map[string]struct {
		size, segments int
		least, want    int64 // want: beside the first
	}{
		"as many as are asked for":        {30 * transfer.Overlap, 4, 2 * transfer.Overlap, 3},
		"no more than servers bear":       {30 * transfer.Overlap, 99, 2 * transfer.Overlap, transfer.MaxSegments - 1},
		"each carries two overlaps":       {5 * transfer.Overlap, 8, 1, 1},
		"each carries what is asked for":  {30 * transfer.Overlap, 8, 10 * transfer.Overlap, 2},
		"each carries what is usual else": {30 * transfer.Overlap, 8, 0, 0},
	} {
		t.Run(outcome, func(t *testing.T) {
			content := random(tc.size, 15)
			s := newSpread(t, content, nil)
			s.held, s.job.Segments, s.job.SegmentLeast, s.awaited = false, tc.segments, tc.least, -1
			s.mustBeDone()
			if n := s.scratchN.Load(); n != tc.want {
				t.Errorf("%d were read ahead, want %d", n, tc.want)
			}
			s.wantFiles(map[string]string{targetName: content})
		})
	}
}

// TestASizeThatOnlyTheStreamTells is as good as one that was listed.
func TestASizeThatOnlyTheStreamTells(t *testing.T) {
	content := random(segmented, 16)
	s := newSpread(t, content, nil)
	s.job.Source.FS = untold{s.job.Source.FS.(spareFS)}
	s.made = &transfer.Identity{Size: vfs.SizeUnknown, ModTime: day(10)} // by an earlier run
	s.mustBeDone()
	if total, n := s.job.Counter.Total.Load(), s.scratchN.Load(); total != segmented || n != 2 {
		t.Errorf("of %d bytes, %d were read ahead", total, n)
	}
	s.wantFiles(map[string]string{targetName: content})
}

type untold struct{ spareFS }

func (f untold) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	e, err := f.spareFS.Stat(ctx, p)
	e.Size = vfs.SizeUnknown
	return e, err
}

// TestAPartThatIsNotReadAgain is gone on with over one connection: without what the
// file begins with no seam is proven.
func TestAPartThatIsNotReadAgain(t *testing.T) {
	content := random(segmented, 17)
	s := newSpread(t, content, nil)
	s.held = false // there is nobody to wait for
	s.to.Put(partName, content[:1000], day(1))
	s.made = &transfer.Identity{Size: segmented, ModTime: day(10)}
	s.to.Inject(memfs.Fault{Op: memfs.OpOpen, Path: partName, Skip: 1, Kind: vfs.KindPermission})
	result := s.mustBeDone()
	if n := s.scratchN.Load(); n != 0 || result.Bytes != segmented-1000 {
		t.Errorf("%d were read ahead, %d bytes moved", n, result.Bytes)
	}
	s.wantFiles(map[string]string{targetName: content})
}

// TestAPlaceThatOnlyBeginsLikeTheFile is another place, also where a part is gone on
// with.
func TestAPlaceThatOnlyBeginsLikeTheFile(t *testing.T) {
	const stands = transfer.Overlap + 9
	const seam = stands + (segmented-stands)/2
	content := random(segmented, 18)
	content = content[:seam] + content[:1000] + content[seam+1000:]
	s := newSpread(t, content, nil)
	s.job.Segments, s.awaited = 2, 1
	s.to.Put(partName, content[:stands], day(1))
	s.made = &transfer.Identity{Size: segmented, ModTime: day(10)}
	s.mustBeDone()
	if n := s.direct.Load(); n > seam+2*transfer.Overlap {
		t.Errorf("%d bytes came over the first connection, want no more than up to %d", n, seam)
	}
	s.wantFiles(map[string]string{targetName: content})
}

// TestAPartIsGoneOnWithOverSeveralConnections, and proven as ever.
func TestAPartIsGoneOnWithOverSeveralConnections(t *testing.T) {
	content := random(segmented, 8)
	for outcome, stands := range map[string]int{"a byte": 1, "less than an overlap": 1000, "more": transfer.Overlap + 9} {
		t.Run(outcome, func(t *testing.T) {
			s := newSpread(t, content, nil)
			s.held = false
			s.to.Put(partName, content[:stands], day(1))
			s.made = &transfer.Identity{Size: segmented, ModTime: day(10)}
			result := s.mustBeDone()
			if result.Bytes != int64(segmented-stands) || s.job.Counter.Done.Load() != segmented {
				t.Errorf("%d bytes moved, %d counted", result.Bytes, s.job.Counter.Done.Load())
			}
			s.wantFiles(map[string]string{targetName: content})
		})
	}
}

// TestASourceThatChangesBetweenSegments is found by its time afterwards, though
// every seam fits.
func TestASourceThatChangesBetweenSegments(t *testing.T) {
	content := random(segmented, 9)
	s := newSpread(t, content, nil)
	s.to.Put(targetName, oldContent, day(1))
	s.from.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpStat && s.settled.Load() > 0 {
			other := []byte(content)
			other[segmented/2]++
			s.from.Put(sourceName, string(other), day(11))
		}
		return nil
	})
	s.mustFail(vfs.KindChanged)
	s.wantFiles(map[string]string{targetName: oldContent})
}

// TestACancelEndsAllSegments, whatever they wait for.
func TestACancelEndsAllSegments(t *testing.T) {
	content := random(segmented, 10)
	for outcome, how := range map[string]map[int]spare{
		"while one hangs":                {1: {hangs: true}},
		"while the first waits for them": {1: {hangs: true}, 2: {breaks: least / 2}},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := newSpread(t, content, how)
			s.awaited = 99 // the first never goes on
			s.to.Put(targetName, oldContent, day(1))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s.onSettle = cancel
			result, err := s.run(ctx)
			if vfs.KindOf(err) != vfs.KindCancelled {
				t.Fatalf("%q, %v", result.Outcome, err)
			}
			checkInvariant(t, s.pair, content, result, err)
			part, _ := s.to.Get(partName)
			if done := s.job.Counter.Done.Load(); done != int64(len(part)) {
				t.Errorf("counted %d of which %d are left", done, len(part))
			}
		})
	}
}

// TestThePartIsCountedApart: what came ahead is done and does not stand in the part,
// where alone a run after a kill can find it.
func TestThePartIsCountedApart(t *testing.T) {
	const stands = 1000
	content := random(segmented, 14)
	s := newSpread(t, content, nil)
	s.to.Put(partName, content[:stands], day(1))
	s.made = &transfer.Identity{Size: segmented, ModTime: day(10)}
	ahead := int64(0)
	s.to.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpWrite {
			part, done := s.job.Counter.Part.Load(), s.job.Counter.Done.Load()
			if have, _ := s.to.Get(partName); part != int64(len(have)) {
				t.Errorf("%d in the part, which has %d", part, len(have))
			}
			ahead = max(ahead, done-part)
		}
		return nil
	})
	s.mustBeDone()
	if n := s.job.Counter.Part.Load(); n != segmented || ahead < least {
		t.Errorf("%d in the part in the end, want %d; %d came ahead", n, segmented, ahead)
	}
}

// TestTheSpeedLimitHoldsForAllSegments: every byte is waited for once, but those
// that are read twice at the seams and asked for behind an end.
func TestTheSpeedLimitHoldsForAllSegments(t *testing.T) {
	s := newSpread(t, random(segmented, 11), nil)
	var waited atomic.Int64
	s.job.Wait = func(_ context.Context, n int) error {
		if n > transfer.WaitMost {
			t.Errorf("waited for %d at a time", n)
		}
		waited.Add(int64(n))
		return nil
	}
	s.from.SetChunk(5000) // what was waited for comes in many readings
	s.mustBeDone()
	if n := waited.Load(); n < segmented || n > segmented+5*transfer.Overlap {
		t.Errorf("waited for %d bytes, want %d", n, segmented)
	}
}

// TestAFullDiskIsTriedWithoutSegments: they may be what has filled it.
func TestAFullDiskIsTriedWithoutSegments(t *testing.T) {
	content := random(segmented, 12)
	s := newSpread(t, content, nil)
	s.to.Inject(memfs.Fault{Op: memfs.OpWrite, Path: partName, Bytes: seam1 + 99, Kind: vfs.KindNoSpace})
	s.mustBeDone()
	s.wantFiles(map[string]string{targetName: content})
	s = newSpread(t, content, nil)
	s.to.Inject(memfs.Fault{Op: memfs.OpWrite, Path: partName, Bytes: seam1 + 99, Kind: vfs.KindNoSpace, Times: -1})
	s.mustFail(vfs.KindNoSpace)
	s.wantFiles(map[string]string{})
}

// TestAFailureAtAnyStepOfSegments leaves old or new whole, and no more than a
// beginning of the source beside it.
func TestAFailureAtAnyStepOfSegments(t *testing.T) {
	content := random(segmented, 13)
	for _, side := range []string{"source", "target"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s after=%v", side, after), func(t *testing.T) {
				for k := 0; ; k++ {
					s := newSpread(t, content, nil)
					s.held = k%2 == 0
					s.to.Put(targetName, oldContent, day(1))
					f := s.to
					if side == "source" {
						f = s.from
					}
					f.Inject(memfs.Fault{Skip: k, Kind: vfs.KindLost, After: after})
					ctx, cancel := context.WithCancel(t.Context())
					if side == "source" && s.held {
						s.held = false // a spare may never settle
					}
					result, err := s.run(ctx)
					cancel()
					checkInvariant(t, s.pair, content, result, err)
					if len(f.Calls()) <= k {
						if k < 6 || err != nil {
							t.Fatalf("%d calls: %v", k, err)
						}
						return
					}
					f.Heal()
					s.held = false
					s.mustBeDone()
					s.wantFiles(map[string]string{targetName: content})
				}
			})
		}
	}
}
