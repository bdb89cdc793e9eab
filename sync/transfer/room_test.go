package transfer_test

import (
	"errors"
	"slices"
	"testing"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func (p *pair) asked(op memfs.Op) bool {
	return slices.ContainsFunc(p.to.Calls(), func(c memfs.Call) bool { return c.Op == op })
}

func TestAFullPlaceIsFoundBeforeTheFirstByte(t *testing.T) {
	content := random(300_000, 41)
	for outcome, tc := range map[string]struct {
		arrange func(p *pair)
		left    map[string]string
		stands  int64 // bytes that are there already
	}{
		"a new file leaves nothing": {func(*pair) {}, map[string]string{}, 0},
		"the old file stays": {
			func(p *pair) { p.to.Put(targetName, "old", day(1)) }, map[string]string{targetName: "old"}, 0,
		},
		"an earlier attempt's part stays": {
			func(p *pair) {
				p.to.Put(partName, content[:150_000], day(1))
				p.made = &transfer.Identity{Size: 300_000, ModTime: day(10)}
			}, map[string]string{partName: content[:150_000]}, 150_000,
		},
		"a target to be resumed stays": {
			func(p *pair) {
				p.job.Exists = transfer.Resume
				p.to.Put(targetName, content[:150_000], day(1))
			}, map[string]string{targetName: content[:150_000]}, 150_000,
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, content)
			tc.arrange(p)
			p.to.Inject(memfs.Fault{Op: memfs.OpReserve, Kind: vfs.KindNoSpace})
			_, err := p.run(t.Context())
			var e *vfs.Error
			if !errors.As(err, &e) || e.Kind != vfs.KindNoSpace || e.Asked != 300_000-tc.stands {
				t.Fatalf("failed by %+v, which asked for %d", err, e.Asked)
			}
			p.wantFiles(tc.left)
			if p.asked(memfs.OpWrite) {
				t.Error("bytes were written")
			}
			p.mustBeDone()
			p.wantFiles(map[string]string{targetName: content})
		})
	}
}

func TestRoomIsNotAskedForWhereItSaysNothing(t *testing.T) {
	for outcome, arrange := range map[string]func(p *pair){
		"the size is not told": func(p *pair) { p.from.Announce(source, vfs.SizeUnknown) },
		"a copy within this computer may share blocks": func(p *pair) {
			p.from.Limit(func(can *vfs.Features) { can.HashesHere = true })
			p.to.Limit(func(can *vfs.Features) { can.HashesHere = true })
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			p := newPair(t, "content")
			arrange(p)
			p.mustBeDone()
			if p.asked(memfs.OpReserve) {
				t.Error("room was asked for")
			}
		})
	}
}

func TestAPlaceThatFillsHalfWayIsFull(t *testing.T) {
	p := newPair(t, random(300_000, 42))
	p.to.Inject(memfs.Fault{Op: memfs.OpWrite, Bytes: 100_000, Kind: vfs.KindNoSpace})
	_, err := p.run(t.Context())
	var e *vfs.Error
	if !errors.As(err, &e) || e.Kind != vfs.KindNoSpace || e.Asked != 0 {
		t.Errorf("failed by %+v", err)
	}
}
