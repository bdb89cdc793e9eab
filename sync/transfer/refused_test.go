package transfer_test

import (
	"context"
	"strings"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

var waysToReplace = []transfer.ReplaceWay{transfer.ReplaceDirect, transfer.ReplaceDelete}

// TestWhatCameWhileItWasAskedIsNotReplaced: the answer was given about another file.
func TestWhatCameWhileItWasAskedIsNotReplaced(t *testing.T) {
	for _, way := range waysToReplace {
		t.Run(string(way), func(t *testing.T) {
			bothRefusals(t, func(t *testing.T, content string, p *pair) {
				p.job.Ask = func(context.Context, transfer.Question) (transfer.Answer, error) {
					p.to.Put(targetName, "somebody's work", day(2))
					return transfer.Answer{Replace: way}, nil
				}
				_, err := p.run(t.Context())
				if vfs.KindOf(err) != vfs.KindChanged || strings.Contains(err.Error(), "removed") {
					t.Fatalf("ended by %v", err)
				}
				p.wantFiles(map[string]string{targetName: "somebody's work", partName: content})
			})
		})
	}
}

func TestTheOldFileStandsWhereItsReplacementCannotBegin(t *testing.T) {
	for outcome, arrange := range map[string]func(p *pair){
		"the target cannot be looked at": func(p *pair) { p.to.Fail(memfs.OpStat, targetName, 1, vfs.KindLost) },
		"the source cannot be opened":    func(p *pair) { p.from.Fail(memfs.OpOpen, "", 1, vfs.KindLost) },
	} {
		t.Run(outcome, func(t *testing.T) {
			content := random(200_000, 111)
			p := refusing(t, content, false)
			p.job.Ask = func(context.Context, transfer.Question) (transfer.Answer, error) {
				arrange(p)
				return transfer.Answer{Replace: transfer.ReplaceDirect}, nil
			}
			p.mustFail(vfs.KindLost)
			p.wantFiles(map[string]string{targetName: oldContent, partName: content})
		})
	}
}

// TestWhetherTheTargetWasRemovedDecidesOverThePart, and not what the server said of
// it: servers have refused what they then did.
func TestWhetherTheTargetWasRemovedDecidesOverThePart(t *testing.T) {
	content := random(200_000, 112)
	for outcome, tc := range map[string]struct {
		after bool
		left  map[string]string
	}{
		"it stands":  {false, map[string]string{targetName: oldContent}},
		"it is gone": {true, map[string]string{partName: content}},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := refusing(t, content, true)
			p.job.Replace = transfer.ReplaceDelete
			p.to.Inject(memfs.Fault{Op: memfs.OpRemove, Path: targetName, Kind: vfs.KindPermission, After: tc.after})
			p.mustFail(vfs.KindPermission)
			p.wantFiles(tc.left)
		})
	}
}

func TestWhatCameInTheRemovedFilesPlaceIsLeft(t *testing.T) {
	content := random(200_000, 113)
	p := refusing(t, content, true)
	p.job.Replace = transfer.ReplaceDelete
	p.to.SetHook(func(_ context.Context, c memfs.Call) error {
		if _, stands := p.to.Get(targetName); c.Op == memfs.OpRename && !stands {
			p.to.Limit(func(can *vfs.Features) { can.Replaces = true })
			p.to.Put(targetName, "somebody's work", day(2))
		}
		return nil
	})
	p.mustFail(vfs.KindExists)
	p.wantFiles(map[string]string{targetName: "somebody's work", partName: content})
}

// TestARenamingAfterTheRemovalWhoseReplyIsLostIsDone, also where the new file looks
// like the one that was removed.
func TestARenamingAfterTheRemovalWhoseReplyIsLostIsDone(t *testing.T) {
	content := random(200_000, 114)
	p := refusing(t, content, true)
	p.job.Replace = transfer.ReplaceDelete
	p.to.Put(targetName, random(200_000, 115), day(10))
	p.to.Inject(memfs.Fault{Op: memfs.OpRename, Skip: 1, Kind: vfs.KindLost, After: true})
	p.mustBeDone()
	p.wantFiles(map[string]string{targetName: content})
}

// TestARenamingThatIsRefusedAndDoneIsDone: its error would name a part that is gone.
func TestARenamingThatIsRefusedAndDoneIsDone(t *testing.T) {
	content := random(200_000, 117)
	p := refusing(t, content, true)
	p.job.Replace = transfer.ReplaceDelete
	p.to.Inject(memfs.Fault{Op: memfs.OpRename, Skip: 1, Kind: vfs.KindPermission, After: true})
	p.mustBeDone()
	p.wantFiles(map[string]string{targetName: content})
}

// TestACancelBetweenRemovalAndRenamingLeavesTheNewFile under its own name, unless
// somebody has taken that.
func TestACancelBetweenRemovalAndRenamingLeavesTheNewFile(t *testing.T) {
	content := random(200_000, 116)
	for outcome, tc := range map[string]struct {
		came string
		left map[string]string
	}{
		"the name is free":  {"", map[string]string{targetName: content}},
		"the name is taken": {"somebody's work", map[string]string{targetName: "somebody's work", partName: content}},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := refusing(t, content, true)
			p.job.Replace = transfer.ReplaceDelete
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p.to.SetHook(func(_ context.Context, c memfs.Call) error {
				if _, stands := p.to.Get(targetName); c.Op == memfs.OpRename && !stands {
					cancel() // for the first of them; the second has a time of its own
					if tc.came != "" {
						p.to.Limit(func(can *vfs.Features) { can.Replaces = true })
						p.to.Put(targetName, tc.came, day(2))
					}
				}
				return nil
			})
			if _, err := p.run(ctx); vfs.KindOf(err) != vfs.KindCancelled || strings.Contains(err.Error(), "whole under") {
				t.Fatalf("ended by %v", err)
			}
			p.wantFiles(tc.left)
		})
	}
}

func TestADirectWritingThatCannotBeginFails(t *testing.T) {
	content := random(200_000, 118)
	for outcome, fault := range map[string]memfs.Fault{
		"the target cannot be made": {Op: memfs.OpCreate, Path: targetName, Kind: vfs.KindPermission},
		"there is no room":          {Op: memfs.OpReserve, Path: targetName, Kind: vfs.KindNoSpace},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := refusing(t, content, true)
			p.job.Replace = transfer.ReplaceDirect
			p.to.Inject(fault)
			p.mustFail(fault.Kind)
			if n := count(p.to, memfs.OpWrite); n != 0 {
				t.Errorf("%d pieces were written", n)
			}
		})
	}
}

// TestADirectWritingRemovesNoPartButItsOwn: that of an earlier run of the job goes,
// and what nobody knows stays.
func TestADirectWritingRemovesNoPartButItsOwn(t *testing.T) {
	content := random(200_000, 119)
	for outcome, tc := range map[string]struct {
		own  bool
		left map[string]string
	}{
		"its own":    {true, map[string]string{targetName: content}},
		"somebody's": {false, map[string]string{targetName: content, partName: "somebody's"}},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := refusing(t, content, true)
			if tc.own {
				if result, err := p.run(t.Context()); err != nil || result.Outcome != transfer.Asking {
					t.Fatalf("%+v, %v", result, err)
				}
			} else {
				p.to.Put(partName, "somebody's", day(1))
			}
			p.job.Replace = transfer.ReplaceDirect
			p.mustBeDone()
			p.wantFiles(tc.left)
		})
	}
}

// TestADirectWritingIsForWhatStandsThere: where nothing does, the part keeps the name
// free until the file is whole.
func TestADirectWritingIsForWhatStandsThere(t *testing.T) {
	content := random(200_000, 120)
	p := refusing(t, content, true)
	p.to.Drop(targetName)
	p.job.Replace = transfer.ReplaceDirect
	p.to.Inject(memfs.Fault{Op: memfs.OpWrite, Bytes: 90_000, Kind: vfs.KindLost})
	p.mustFail(vfs.KindLost)
	p.wantFiles(map[string]string{partName: content[:90_000]})
}

// TestADirectWritingWithoutItsVerdictIsDoneAgain: all bytes may stand there, and
// nobody has said so.
func TestADirectWritingWithoutItsVerdictIsDoneAgain(t *testing.T) {
	for _, rule := range []transfer.Rule{transfer.Newer, transfer.Different} {
		t.Run(string(rule), func(t *testing.T) {
			bothRefusals(t, func(t *testing.T, content string, p *pair) {
				p.job.Replace, p.job.Exists = transfer.ReplaceDirect, rule
				p.to.Inject(memfs.Fault{Op: memfs.OpCommit, Path: targetName, Kind: vfs.KindLost})
				p.mustFail(vfs.KindLost)
				if got, _ := p.to.Get(targetName); got != content {
					t.Fatalf("%d bytes stand there", len(got))
				}
				p.mustBeDone()
			})
		})
	}
}

// TestTheRuleJudgesWhatAnotherSourceLeft: what was begun of another is not this one's
// to go on with.
func TestTheRuleJudgesWhatAnotherSourceLeft(t *testing.T) {
	p := refusing(t, "content", true)
	p.job.Replace, p.job.Exists = transfer.ReplaceDirect, transfer.Newer
	p.to.Put(targetName, oldContent, day(20))
	p.made = &transfer.Identity{Size: 7, ModTime: day(9)}
	if result, err := p.run(t.Context()); err != nil || result.Outcome != transfer.Skipped {
		t.Errorf("%+v, %v", result, err)
	}
	p.wantFiles(map[string]string{targetName: oldContent})
}
