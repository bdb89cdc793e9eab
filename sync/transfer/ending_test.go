package transfer_test

import (
	"context"
	"testing"
	"time"

	"wherry/sync/transfer"
	"wherry/sync/vfs"
	"wherry/sync/vfs/memfs"
)

func TestATimeToldToTheMinuteIsKept(t *testing.T) {
	bothWays(t, func(t *testing.T, ways func(*pair)) {
		p := newPair(t, "content")
		ways(p)
		p.job.Verify = transfer.VerifyOff
		p.from.Limit(func(can *vfs.Features) { can.TimeStep = time.Minute })
		if result := p.mustBeDone(); !result.TimeKept {
			t.Error("the time is not kept")
		}
		if e, err := p.to.Stat(t.Context(), target); err != nil || !e.ModTime.Equal(day(10)) {
			t.Errorf("the time is %v: %v", e.ModTime, err)
		}
	})
}

func TestATimeThatCannotBeSetIsNotTried(t *testing.T) {
	bothWays(t, func(t *testing.T, ways func(*pair)) {
		p := newPair(t, "content")
		ways(p)
		p.job.Verify = transfer.VerifyOff
		p.to.Limit(func(can *vfs.Features) { can.SetTime = false })
		if result := p.mustBeDone(); result.TimeKept || count(p.to, memfs.OpSetTime) != 0 {
			t.Errorf("kept=%v, tried %d times", result.TimeKept, count(p.to, memfs.OpSetTime))
		}
	})
}

// TestWhatBreaksByACancelKeepsThePart, whatever it is called.
func TestWhatBreaksByACancelKeepsThePart(t *testing.T) {
	content := random(300_000, 101)
	p := newPair(t, content)
	p.from.SetChunk(50_000)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.to.SetHook(func(_ context.Context, c memfs.Call) error {
		if got, _ := p.to.Get(partName); c.Op == memfs.OpWrite && len(got) >= 100_000 {
			cancel()
			return &vfs.Error{Op: "write", Path: partName, Kind: vfs.KindPermission}
		}
		return nil
	})
	if _, err := p.run(ctx); vfs.KindOf(err) != vfs.KindCancelled {
		t.Fatalf("ended by %v", err)
	}
	part, _ := p.to.Get(partName)
	if len(part) < 100_000 {
		t.Fatalf("%d bytes are kept", len(part))
	}
	p.to.SetHook(nil)
	if result := p.mustBeDone(); result.Bytes != int64(len(content)-len(part)) {
		t.Errorf("%d bytes were sent again", result.Bytes)
	}
	p.wantFiles(map[string]string{targetName: content})
}

// TestAUselessPartIsRemovedInTimeAfterACancel: a run ends within a second of it.
func TestAUselessPartIsRemovedInTimeAfterACancel(t *testing.T) {
	p := newPair(t, random(300_000, 102))
	p.from.SetChunk(50_000)
	p.to.Limit(func(can *vfs.Features) { can.ResumeWrite = false })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	removed := false
	p.to.SetHook(func(ctx context.Context, c memfs.Call) error {
		switch got, _ := p.to.Get(partName); {
		case c.Op == memfs.OpWrite && len(got) >= 100_000:
			cancel()
		case c.Op == memfs.OpRemove:
			end, bound := ctx.Deadline()
			removed = bound && ctx.Err() == nil && time.Until(end) <= 800*time.Millisecond
		}
		return nil
	})
	if _, err := p.run(ctx); vfs.KindOf(err) != vfs.KindCancelled || !removed {
		t.Fatalf("ended by %v, removed in time: %v", err, removed)
	}
	p.wantFiles(map[string]string{})
}

// TestAStepThatIsCancelledIsNotLeftOut: a file system that is closed meanwhile says
// so of permissions and times as well.
func TestAStepThatIsCancelledIsNotLeftOut(t *testing.T) {
	for _, op := range []memfs.Op{memfs.OpSetMode, memfs.OpSetTime} {
		bothWays(t, func(t *testing.T, ways func(*pair)) {
			p := newPair(t, "content")
			ways(p)
			p.job.Verify, p.job.KeepMode = transfer.VerifyOff, true
			if err := p.from.SetMode(t.Context(), source, 0o750); err != nil {
				t.Fatal(err)
			}
			p.to.Fail(op, "", 1, vfs.KindCancelled)
			p.mustFail(vfs.KindCancelled)
			p.wantFiles(map[string]string{partName: "content"})
		})
	}
}

func TestAPartIsKeptOnlyWhereARunCanGetFurther(t *testing.T) {
	content := random(300_000, 103)
	for kind, kept := range map[vfs.Kind]bool{
		vfs.KindLost: true, vfs.KindBusy: true, vfs.KindTimeout: true, vfs.KindOther: true, vfs.KindRefused: true, vfs.KindLogin: true,
		vfs.KindNotFound: false, vfs.KindPermission: false, vfs.KindUnsupported: false, vfs.KindBadName: false,
		vfs.KindIsDir: false, vfs.KindNotDir: false, vfs.KindExists: false, vfs.KindHash: false, vfs.KindNoSpace: false,
	} {
		t.Run(kind.String(), func(t *testing.T) {
			p := newPair(t, content)
			p.to.Inject(memfs.Fault{Op: memfs.OpWrite, Bytes: 100_000, Kind: kind})
			p.mustFail(kind)
			want := map[string]string{}
			if kept {
				want[partName] = content[:100_000]
			}
			p.wantFiles(want)
		})
	}
}
