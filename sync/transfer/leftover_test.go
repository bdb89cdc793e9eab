package transfer_test

import (
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

// What an earlier attempt began is removed once nothing will go on with it.
func TestAnEarlierAttemptsPartGoesWithItsLastUse(t *testing.T) {
	content := random(300_000, 61)
	half := content[:150_000]
	for outcome, tc := range map[string]struct {
		rule   transfer.Rule
		change func(p *pair)
		kind   vfs.Kind // of the failure; KindOther for a skip or a question
		left   map[string]string
	}{
		"the source was deleted": {
			transfer.Overwrite, func(p *pair) { p.from.Drop(sourceName) }, vfs.KindNotFound, map[string]string{},
		},
		"the source's disk was taken out": {
			transfer.Overwrite, func(p *pair) { p.from.Drop("/src") }, vfs.KindNotFound, map[string]string{partName: half},
		},
		"the source cannot be looked at now": {
			transfer.Overwrite, func(p *pair) { p.from.Fail(memfs.OpStat, "", 1, vfs.KindPermission) }, vfs.KindPermission, map[string]string{partName: half},
		},
		"the source has become a folder": {
			transfer.Overwrite, func(p *pair) { p.from.Drop(sourceName); p.from.PutDir(sourceName) }, vfs.KindIsDir, map[string]string{},
		},
		"a folder has taken the name": {
			transfer.Overwrite, func(p *pair) { p.to.PutDir(targetName) }, vfs.KindIsDir, map[string]string{},
		},
		"a device has taken the name": {
			transfer.Overwrite, func(p *pair) { p.to.PutOther(targetName) }, vfs.KindExists, map[string]string{},
		},
		"somebody's file has taken the name, and is left": {
			transfer.Skip, func(p *pair) { p.to.Put(targetName, "other", day(11)) }, vfs.KindOther, map[string]string{targetName: "other"},
		},
		"somebody's newer file has taken the name": {
			transfer.Newer, func(p *pair) { p.to.Put(targetName, "other", day(11)) }, vfs.KindOther, map[string]string{targetName: "other"},
		},
		"a question about it is open": {
			transfer.Ask, func(p *pair) { p.to.Put(targetName, "other", day(11)) }, vfs.KindOther, map[string]string{targetName: "other", partName: half},
		},
		"the part cannot be removed": {
			transfer.Overwrite, func(p *pair) {
				p.from.Drop(sourceName)
				p.to.Fail(memfs.OpRemove, "", 1, vfs.KindPermission)
			}, vfs.KindNotFound, map[string]string{partName: half},
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			p.job.Exists = tc.rule
			p.to.Inject(memfs.Fault{Op: memfs.OpWrite, Bytes: 150_000, Kind: vfs.KindLost})
			p.mustFail(vfs.KindLost)
			p.wantFiles(map[string]string{partName: half})
			tc.change(p)
			if tc.kind != vfs.KindOther {
				p.mustFail(tc.kind)
			} else if result, err := p.run(t.Context()); err != nil || result.Outcome == transfer.Done {
				t.Fatalf("%+v, %v", result, err)
			}
			p.wantFiles(tc.left)
		})
	}
}

func TestAPartThatIsNotOfThisJobIsLeftAlone(t *testing.T) {
	for outcome, change := range map[string]func(p *pair){
		"the source is missing": func(p *pair) { p.from.Drop(sourceName) },
		"the target is skipped": func(p *pair) {
			p.job.Exists = transfer.Skip
			p.to.Put(targetName, "other", day(11))
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "content")
			p.to.Put(partName, "somebody's", day(1))
			change(p)
			_, _ = p.run(t.Context()) // what it comes to is another test's
			if _, there := p.to.Get(partName); !there {
				t.Error("the part is gone")
			}
		})
	}
}

func TestThePartBesideAChosenNameGoesToo(t *testing.T) {
	content := random(300_000, 62)
	p := newPair(t, content)
	p.job.Exists = transfer.Rename
	p.to.Put(targetName, "old", day(1))
	p.to.Inject(memfs.Fault{Op: memfs.OpWrite, Bytes: 150_000, Kind: vfs.KindLost})
	p.mustFail(vfs.KindLost)
	p.from.Drop(sourceName)
	p.mustFail(vfs.KindNotFound)
	p.wantFiles(map[string]string{targetName: "old"})
}
