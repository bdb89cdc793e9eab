package transfer_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// behind is a pair of which the target holds a beginning of the source, and is to
// be gone on with.
func behind(t *testing.T) (*pair, string, string) {
	t.Helper()
	content := random(300_000, 131)
	p := newPair(t, content)
	p.job.Exists = transfer.Resume
	p.to.Put(targetName, content[:150_000], day(1))
	return p, content, content[:150_000]
}

func TestAResumedTargetStandsWhereItCannotBeGoneOnWith(t *testing.T) {
	for outcome, tc := range map[string]struct {
		arrange func(p *pair)
		kind    vfs.Kind
	}{
		"the source cannot be opened": {func(p *pair) { p.from.Fail(memfs.OpOpen, "", 1, vfs.KindLost) }, vfs.KindLost},
		"the target cannot be read":   {func(p *pair) { p.to.Fail(memfs.OpOpen, "", 1, vfs.KindPermission) }, vfs.KindPermission},
		"the journal does not take it": {func(p *pair) {
			p.job.OnStart = func(transfer.Identity, vfs.Path) error { return errors.New("disk full") }
		}, vfs.KindOther},
		"there is no room": {func(p *pair) { p.to.Fail(memfs.OpReserve, "", 1, vfs.KindNoSpace) }, vfs.KindNoSpace},
	} {
		t.Run(outcome, func(t *testing.T) {
			p, _, half := behind(t)
			tc.arrange(p)
			p.mustFail(tc.kind)
			p.wantFiles(map[string]string{targetName: half})
		})
	}
}

// TestAResumedTargetThatIsWholeIsComparedOnceMore: an earlier run sent every byte and
// broke at the last steps.
func TestAResumedTargetThatIsWholeIsComparedOnceMore(t *testing.T) {
	broken := func(t *testing.T) (*pair, string) {
		p, content, _ := behind(t)
		p.to.Fail(memfs.OpSetTime, "", 1, vfs.KindLost)
		p.mustFail(vfs.KindLost)
		p.wantFiles(map[string]string{targetName: content})
		return p, content
	}
	t.Run("and done", func(t *testing.T) {
		p, content := broken(t)
		if result := p.mustBeDone(); result.Verified != "hash" || result.Bytes != 0 || result.Size != 300_000 || !result.TimeKept {
			t.Errorf("%+v", result)
		}
		p.wantFiles(map[string]string{targetName: content})
	})
	t.Run("and breaks once more", func(t *testing.T) {
		p, _ := broken(t)
		p.to.Fail(memfs.OpSetTime, "", 1, vfs.KindLost)
		p.mustFail(vfs.KindLost)
		p.mustBeDone()
	})
	t.Run("and cannot be compared", func(t *testing.T) {
		p, content := broken(t)
		p.job.Verify = transfer.VerifyOff
		if result, err := p.run(t.Context()); err != nil || result.Outcome != transfer.Skipped || result.Reason != transfer.Same {
			t.Errorf("%+v, %v", result, err)
		}
		p.wantFiles(map[string]string{targetName: content})
	})
	t.Run("and is another", func(t *testing.T) {
		p, _ := broken(t)
		p.to.Put(targetName, random(300_000, 132), day(1))
		p.mustFail(vfs.KindHash)
	})
}

func TestADirectWritingThatBreaksAtItsLastStepsFails(t *testing.T) {
	bothRefusals(t, func(t *testing.T, content string, p *pair) {
		p.job.Replace = transfer.ReplaceDirect
		p.to.Fail(memfs.OpSetTime, targetName, 1, vfs.KindLost)
		p.mustFail(vfs.KindLost)
		p.mustBeDone()
		p.wantFiles(map[string]string{targetName: content})
	})
}

// TestAPartThatCannotBeLookedAtIsNotBegunAnew: a moment without an answer is no
// reason to send it all again.
func TestAPartThatCannotBeLookedAtIsNotBegunAnew(t *testing.T) {
	content := random(300_000, 133)
	p := newPair(t, content)
	p.to.Put(partName, content[:150_000], day(1))
	p.made = &transfer.Identity{Size: 300_000, ModTime: day(10)}
	p.to.Fail(memfs.OpStat, partName, 1, vfs.KindLost)
	p.mustFail(vfs.KindLost)
	p.wantFiles(map[string]string{partName: content[:150_000]})
	if result := p.mustBeDone(); result.Bytes != 150_000 {
		t.Errorf("%d bytes were sent", result.Bytes)
	}
}

// TestRoomThatCannotBeAskedForFails, and is not called a full disk.
func TestRoomThatCannotBeAskedForFails(t *testing.T) {
	for kind, asked := range map[vfs.Kind]int64{vfs.KindNoSpace: 300_000, vfs.KindPermission: 0} {
		p := newPair(t, random(300_000, 134))
		p.to.Fail(memfs.OpReserve, "", 1, kind)
		_, err := p.run(t.Context())
		var e *vfs.Error
		if !errors.As(err, &e) || e.Kind != kind || e.Asked != asked {
			t.Errorf("%v: ended by %v", kind, err)
		}
		p.wantFiles(map[string]string{})
	}
}

// TestAPartIsNotGivenUpForAFailureInPassing: what is said about the offset alone has
// it begun anew.
func TestAPartIsNotGivenUpForAFailureInPassing(t *testing.T) {
	content := random(300_000, 135)
	for outcome, tc := range map[string]struct {
		source bool
		op     memfs.Op
		kind   vfs.Kind
		moved  int64 // 0: it fails, and the part stays
	}{
		"the source cannot be opened now":  {true, memfs.OpOpen, vfs.KindLost, 0},
		"the source cannot be read now":    {true, memfs.OpRead, vfs.KindBusy, 0},
		"the part cannot be read now":      {false, memfs.OpOpen, vfs.KindLost, 0},
		"its reading has no verdict":       {false, memfs.OpClose, vfs.KindLost, 0},
		"the part cannot be written now":   {false, memfs.OpCreate, vfs.KindLost, 0},
		"there is no room for the rest":    {false, memfs.OpReserve, vfs.KindNoSpace, 0},
		"the source knows no offsets":      {true, memfs.OpOpen, vfs.KindUnsupported, 300_000},
		"the source ignores the offset":    {true, memfs.OpOpen, vfs.KindSize, 300_000},
		"the target knows no offsets":      {false, memfs.OpCreate, vfs.KindUnsupported, 300_000},
		"the part may not be written to":   {false, memfs.OpCreate, vfs.KindPermission, 300_000},
		"the part went while it was asked": {false, memfs.OpOpen, vfs.KindNotFound, 300_000},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			p.to.Put(partName, content[:150_000], day(1))
			p.made = &transfer.Identity{Size: 300_000, ModTime: day(10)}
			f := p.to
			if tc.source {
				f = p.from
			}
			f.Fail(tc.op, "", 1, tc.kind)
			if tc.moved == 0 {
				p.mustFail(tc.kind)
				p.wantFiles(map[string]string{partName: content[:150_000]})
				tc.moved = 150_000
			}
			if result := p.mustBeDone(); result.Bytes != tc.moved {
				t.Errorf("%d bytes were sent, want %d", result.Bytes, tc.moved)
			}
			p.wantFiles(map[string]string{targetName: content})
		})
	}
}

// TestAPartNobodyMayWriteToIsRemovedOnlyAsOurs: until it is gone it is in the way of
// the next.
func TestAPartNobodyMayWriteToIsRemovedOnlyAsOurs(t *testing.T) {
	content := random(300_000, 136)
	for outcome, ours := range map[string]bool{"ours": true, "perhaps somebody's": false} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			p.to.Put(partName, content[:150_000], day(11))
			if p.job.Exists = transfer.Resume; ours {
				p.made = &transfer.Identity{Size: 300_000, ModTime: day(10)}
			}
			p.to.SetHook(func(_ context.Context, c memfs.Call) error {
				if _, stands := p.to.Get(partName); c.Op == memfs.OpCreate && stands {
					return &vfs.Error{Op: "create", Path: partName, Kind: vfs.KindPermission}
				}
				return nil
			})
			if !ours {
				p.mustFail(vfs.KindPermission)
				p.wantFiles(map[string]string{partName: content[:150_000]})
				return
			}
			p.mustBeDone()
			p.wantFiles(map[string]string{targetName: content})
		})
	}
}

// TestASourceWithoutATimeIsNeverGoneOnWith: nothing says that a part is of it, and an
// end that agrees says nothing of what lies before.
func TestASourceWithoutATimeIsNeverGoneOnWith(t *testing.T) {
	content := random(300_000, 137)
	for outcome, arrange := range map[string]func(p *pair){
		"by a journal without a time": func(p *pair) { p.made = &transfer.Identity{Size: 300_000} },
		"by the rule":                 func(p *pair) { p.job.Exists = transfer.Resume },
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			p.from.Put(sourceName, content, time.Time{})
			p.to.Put(partName, random(50_000, 138)+content[50_000:200_000], day(11))
			p.job.Verify = transfer.VerifyOff
			arrange(p)
			p.mustBeDone()
			p.wantFiles(map[string]string{targetName: content})
		})
	}
}
