package transfer_test

import (
	"context"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAPartIsContinuedOnlyWhenItIsOfThisSource(t *testing.T) {
	const size = 400_000
	content := random(size, 11)
	for outcome, tc := range map[string]struct {
		part    string
		arrange func(p *pair)
		moved   int64 // by the run; below 0: it fails
	}{
		"a part of the same source":       {content[:150_000], func(*pair) {}, 250_000},
		"a part shorter than the overlap": {content[:100], func(*pair) {}, size - 100},
		"a part that is complete":         {content, func(*pair) {}, 0},
		"a part whose tail is another":    {content[:149_999] + "x", func(*pair) {}, size},
		"a part longer than the source":   {content + "x", func(*pair) {}, size},
		"an empty part":                   {"", func(*pair) {}, size},
		"no journal of it":                {content[:150_000], func(p *pair) { p.made = nil }, size},
		"no journal, but told to resume": {
			content[:150_000],
			func(p *pair) {
				p.made, p.job.Exists = nil, transfer.Resume
				p.to.Put(partName, content[:150_000], day(11))
			}, 250_000,
		},
		"told to resume, and the tail is another": {
			content[:150_000],
			func(p *pair) {
				p.made, p.job.Exists = nil, transfer.Resume
				p.to.Put(partName, content[:149_999]+"x", day(11))
			}, size,
		},
		"told to resume, and older than the source": {
			content[:150_000],
			func(p *pair) { p.made, p.job.Exists = nil, transfer.Resume }, size,
		},
		"made from another size": {content[:150_000], func(p *pair) { p.made.Size-- }, size},
		"made from another time": {content[:150_000], func(p *pair) { p.made.ModTime = day(11) }, size},
		"a source that cannot seek": {
			content[:150_000],
			func(p *pair) { p.from.Limit(func(can *vfs.Features) { can.ResumeRead = false }) }, size,
		},
		"a target that cannot append": {
			content[:150_000],
			func(p *pair) { p.to.Limit(func(can *vfs.Features) { can.ResumeWrite = false }) }, size,
		},
		"a target that says it can append and cannot": {
			content[:150_000],
			func(p *pair) { p.to.Inject(memfs.Fault{Op: memfs.OpCreate, Kind: vfs.KindUnsupported}) }, size,
		},
		"a part that went away since it was looked at": {
			content[:150_000],
			func(p *pair) { p.to.Inject(memfs.Fault{Op: memfs.OpOpen, Kind: vfs.KindNotFound}) }, size,
		},
		"a source that ends early when asked from an offset": {
			content[:150_000],
			func(p *pair) { p.from.Inject(memfs.Fault{Op: memfs.OpRead, Bytes: 10_000, Lie: true}) }, -1,
		},
		"a part that changed since it was looked at": {
			content[:150_000],
			func(p *pair) { p.to.Inject(memfs.Fault{Op: memfs.OpCreate, Kind: vfs.KindChanged}) }, size,
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			p.to.Put(partName, tc.part, day(9))
			p.made = &transfer.Identity{Size: size, ModTime: day(10)}
			tc.arrange(p)
			if tc.moved < 0 {
				p.mustFail(vfs.KindSize)
				p.wantFiles(map[string]string{})
				return
			}
			if result := p.mustBeDone(); result.Bytes != tc.moved || result.Size != size {
				t.Errorf("%d bytes moved of %d, want %d of %d", result.Bytes, result.Size, tc.moved, size)
			}
			p.wantFiles(map[string]string{targetName: content})
			if done := p.job.Counter.Done.Load(); done != size {
				t.Errorf("counted %d, want %d", done, size)
			}
		})
	}
}

func TestAServerThatIgnoresTheOffsetCannotPass(t *testing.T) {
	content := random(300_000, 12)
	p := newPair(t, content)
	p.to.Put(partName, content[:200_000], day(9))
	p.made = &transfer.Identity{Size: 300_000, ModTime: day(10)}
	p.job.Source.FS = noOffset{p.from}
	if result := p.mustBeDone(); result.Bytes != 300_000 {
		t.Errorf("%d bytes moved, want all", result.Bytes)
	}
	p.wantFiles(map[string]string{targetName: content})
}

// noOffset says 350 to REST and sends from the beginning.
type noOffset struct{ vfs.FS }

func (f noOffset) Open(ctx context.Context, p vfs.Path, _ int64) (vfs.Reader, error) {
	return f.FS.Open(ctx, p, 0)
}

func TestACancelLeavesAPartToGoOnWith(t *testing.T) {
	content := random(1_000_000, 13)
	p := newPair(t, content)
	p.to.Put(targetName, "old", day(1))
	p.from.SetChunk(100_000)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reads := 0
	p.from.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpRead {
			if reads++; reads == 6 {
				cancel()
			}
		}
		return nil
	})
	if _, err := p.run(ctx); vfs.KindOf(err) != vfs.KindCancelled {
		t.Fatalf("error %v, want cancelled", err)
	}
	part, _ := p.to.Get(partName)
	if len(part) == 0 {
		t.Fatal("no part is left to go on with")
	}
	p.wantFiles(map[string]string{targetName: "old", partName: content[:len(part)]})
	p.from.SetHook(nil)
	if result := p.mustBeDone(); result.Bytes != int64(len(content)-len(part)) {
		t.Errorf("%d bytes moved, want the missing %d", result.Bytes, len(content)-len(part))
	}
	p.wantFiles(map[string]string{targetName: content})
}

// TestRenameGoesOnUnderTheNameItChose: what happened to the names since the
// first run leads neither to a second copy nor to a part that nobody owns.
func TestRenameGoesOnUnderTheNameItChose(t *testing.T) {
	content := random(1_000_000, 17)
	const second = "/dst/file (2).txt"
	for outcome, tc := range map[string]struct {
		arrange func(p *pair)
		want    map[string]string
		resumed bool
	}{
		"nothing happened":                {func(*pair) {}, map[string]string{targetName: "old", second: content}, true},
		"the name that was taken is free": {func(p *pair) { p.to.Drop(targetName) }, map[string]string{second: content}, true},
		"the chosen name is taken": {
			func(p *pair) { p.to.Put(second, "another's", day(2)) },
			map[string]string{targetName: "old", second: "another's", "/dst/file (3).txt": content},
			false,
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			p.job.Exists = transfer.Rename
			p.to.Put(targetName, "old", day(1))
			p.from.SetChunk(100_000)
			p.from.Inject(memfs.Fault{Op: memfs.OpRead, Bytes: 500_000, Kind: vfs.KindLost})
			p.mustFail(vfs.KindLost)
			if got := p.told.String(); got != second {
				t.Fatalf("the journal was told %s, want %s", got, second)
			}
			p.from.Heal()
			tc.arrange(p)
			result := p.mustBeDone()
			if resumed := result.Bytes < int64(len(content)); resumed != tc.resumed {
				t.Errorf("%d bytes moved of %d", result.Bytes, len(content))
			}
			p.wantFiles(tc.want)
		})
	}
}

func TestACancelOfWhatCannotBeResumedLeavesNothing(t *testing.T) {
	p := newPair(t, random(300_000, 18))
	p.from.Announce(source, vfs.SizeUnknown)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.to.SetHook(func(_ context.Context, c memfs.Call) error {
		if c.Op == memfs.OpCommit {
			cancel()
			return &vfs.Error{Op: "commit", Path: partName, Kind: vfs.KindLost}
		}
		return nil
	})
	_, err := p.run(ctx)
	if vfs.KindOf(err) != vfs.KindCancelled {
		t.Errorf("error %v; want cancelled, which is why the connection broke", err)
	}
	p.wantFiles(map[string]string{})
}

func TestACancelFreesABlockedTransfer(t *testing.T) {
	for _, op := range []memfs.Op{
		memfs.OpFeatures, memfs.OpStat, memfs.OpCreate, memfs.OpWrite, memfs.OpCommit, memfs.OpSetTime, memfs.OpRename,
	} {
		t.Run("while in "+string(op), func(t *testing.T) {
			p := newPair(t, random(100_000, 14))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			blocked := make(chan struct{})
			p.to.SetHook(func(ctx context.Context, c memfs.Call) error {
				if c.Op != op {
					return nil
				}
				p.to.SetHook(nil)
				close(blocked)
				<-ctx.Done()
				return ctx.Err()
			})
			ended := make(chan error, 1)
			go func() {
				_, err := p.run(ctx)
				ended <- err
			}()
			<-blocked
			cancel()
			if err := <-ended; vfs.KindOf(err) != vfs.KindCancelled {
				t.Fatalf("error %v, want cancelled", err)
			}
			if _, there := p.to.Get(targetName); there {
				t.Error("the target stands")
			}
		})
	}
}

func TestNoPartIsLeftThatNobodyCanUse(t *testing.T) {
	content := random(300_000, 15)
	for outcome, tc := range map[string]struct {
		fault memfs.Fault
		left  bool
	}{
		"the connection broke half-way":  {memfs.Fault{Op: memfs.OpWrite, Bytes: 200_000, Kind: vfs.KindLost}, true},
		"it broke before the first byte": {memfs.Fault{Op: memfs.OpWrite, Kind: vfs.KindLost}, false},
		"the reply to the first command": {memfs.Fault{Op: memfs.OpCreate, Kind: vfs.KindLost, After: true}, false},
		"the disk is full half-way":      {memfs.Fault{Op: memfs.OpWrite, Bytes: 200_000, Kind: vfs.KindNoSpace}, false},
		"the source's side has no room":  {memfs.Fault{Op: memfs.OpRead, Bytes: 200_000, Kind: vfs.KindNoSpace}, true},
		"the quota is told at the end":   {memfs.Fault{Op: memfs.OpCommit, Kind: vfs.KindNoSpace}, false},
		"the quota is told beforehand":   {memfs.Fault{Op: memfs.OpCreate, Kind: vfs.KindNoSpace, After: true}, false},
		"writing is not allowed":         {memfs.Fault{Op: memfs.OpWrite, Bytes: 200_000, Kind: vfs.KindPermission}, false},
		"the last reply is bad":          {memfs.Fault{Op: memfs.OpCommit, Kind: vfs.KindLost}, true},
		"the size is wrong in the end":   {memfs.Fault{Op: memfs.OpCommit, Kind: vfs.KindSize}, false},
		"renaming is not allowed":        {memfs.Fault{Op: memfs.OpRename, Kind: vfs.KindPermission}, false},
		"setting the time broke":         {memfs.Fault{Op: memfs.OpSetTime, Kind: vfs.KindLost}, true},
		"renaming broke":                 {memfs.Fault{Op: memfs.OpRename, Kind: vfs.KindLost}, true},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			at := p.to
			if tc.fault.Op == memfs.OpRead {
				at = p.from
			}
			at.Inject(tc.fault)
			p.mustFail(tc.fault.Kind)
			part, left := p.to.Get(partName)
			if left != tc.left || part != content[:len(part)] {
				t.Errorf("a part is left: %v, want %v", left, tc.left)
			}
			if _, there := p.to.Get(targetName); there {
				t.Error("the target stands")
			}
		})
	}
}

func TestARenameWhoseReplyIsLostIsLookedFor(t *testing.T) {
	p := newPair(t, "new")
	p.to.Put(targetName, "old", day(1))
	p.to.Inject(memfs.Fault{Op: memfs.OpRename, Kind: vfs.KindLost, After: true})
	p.mustBeDone()
	p.wantFiles(map[string]string{targetName: "new"})
	renames := 0
	for _, c := range p.to.Calls() {
		if c.Op == memfs.OpRename {
			renames++
		}
	}
	if renames != 1 {
		t.Errorf("renamed %d times, want once", renames)
	}
}

func TestTheTargetItselfIsResumedInOrder(t *testing.T) {
	content := random(300_000, 16)
	p := newPair(t, content)
	p.job.Exists = transfer.Resume
	p.to.Put(targetName, content[:100_000], day(1))
	p.to.Inject(memfs.Fault{Op: memfs.OpWrite, Bytes: 50_000, Kind: vfs.KindLost})
	p.mustFail(vfs.KindLost)
	p.wantFiles(map[string]string{targetName: content[:150_000]})
	if result := p.mustBeDone(); result.Bytes != 150_000 || result.Size != 300_000 || !result.TimeKept || result.Verified != "hash" {
		t.Errorf("result %+v", result)
	}
	p.wantFiles(map[string]string{targetName: content})

	p.to.Put(targetName, content[:100_000], day(1))
	p.to.Limit(func(can *vfs.Features) { can.ResumeWrite = false })
	if result, err := p.run(t.Context()); err != nil || result.Reason != "resume" {
		t.Errorf("without offsets: %+v, %v; want a skip for resume", result, err)
	}
}

func TestOneStreamAtATimeIsReadFromEachSide(t *testing.T) {
	p := newPair(t, random(300_000, 17))
	p.mustBeDone()
	var ops []memfs.Op
	for _, c := range p.from.Calls() {
		if c.Op != memfs.OpRead {
			ops = append(ops, c.Op)
		}
	}
	want := []memfs.Op{memfs.OpFeatures, memfs.OpStat, memfs.OpAhead, memfs.OpOpen, memfs.OpClose, memfs.OpBehind, memfs.OpHash}
	if !slices.Equal(ops, want) {
		t.Errorf("the source was asked %v, want %v", ops, want)
	}
}

// TestAPartOfAnotherSourceIsNotGoneOnWithAfterAFailedStart: between the word to
// the journal and the first byte the old part still stands, and its tail may be
// the new source's, too.
func TestAPartOfAnotherSourceIsNotGoneOnWithAfterAFailedStart(t *testing.T) {
	const size = 400_000
	content := random(size, 31)
	edited := "edited" + content[6:300_000]
	for outcome, made := range map[string]*transfer.Identity{
		"nobody knows what it was made from": nil,
		"it was made from an older source":   {Size: size, ModTime: day(9)},
	} {
		for where, fail := range map[string]func(p *pair){
			"the part cannot be begun":    func(p *pair) { p.to.Inject(memfs.Fault{Op: memfs.OpCreate, Kind: vfs.KindLost}) },
			"the source cannot be opened": func(p *pair) { p.from.Inject(memfs.Fault{Op: memfs.OpOpen, Kind: vfs.KindLost}) },
		} {
			t.Run(outcome+", "+where, func(t *testing.T) {
				p := newPair(t, content)
				p.to.Put(partName, edited, day(9))
				p.made, p.job.Verify = made, transfer.VerifyOff
				fail(p)
				p.to.Inject(memfs.Fault{Op: memfs.OpRemove, Kind: vfs.KindLost}) // nor can the part be removed
				p.mustFail(vfs.KindLost)
				if result := p.mustBeDone(); result.Bytes != size {
					t.Errorf("%d bytes moved, want all", result.Bytes)
				}
				p.wantFiles(map[string]string{targetName: content})
			})
		}
	}
}
